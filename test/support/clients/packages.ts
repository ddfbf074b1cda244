/** The packages of the client programs beside this file. They are no part of our package: npm installs them once per machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const PACKAGES = {
  'fabric-network': '2.2.20',
  'fabric-ca-client': '2.2.20',
  '@hyperledger/fabric-gateway': '1.11.0',
  '@grpc/grpc-js': '1',
};

/** Installs the packages, unless an earlier test has. @returns the folder in which node finds them */
async function installPackages(): Promise<string> {
  const folder = join(tmpdir(), 'fabric-wizard-client-packages');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await execa('npm', ['install', ...options], { cwd: folder });
  return join(folder, 'node_modules');
}

/** What a client program saw: the value of a before and after its transaction, the event, and who endorsed it. */
export interface Seen {
  readonly before: string;
  readonly after: string;
  readonly event: { readonly name: string; readonly payload: string };
  readonly signed: readonly string[];
}

let packages: Promise<string> | undefined;

/** An identity that a client program has got from a CA, as PEM text. */
export interface Enrolled {
  readonly certificate: string;
  readonly key: string;
  readonly caName: string;
}

/** Runs a client program. @throws with all that it said, if it fails */
export function runClient(
  program: 'fabric-network' | 'fabric-gateway',
  ...args: readonly string[]
): Promise<Seen> {
  return outputOf<Seen>(program, args);
}

/** Runs the client of a CA. @throws with all that it said, if it fails */
export function runCaClient(...args: readonly string[]): Promise<Enrolled> {
  return outputOf<Enrolled>('fabric-ca-client', args);
}

async function outputOf<T>(program: string, args: readonly string[]): Promise<T> {
  packages ??= installPackages();
  const file = join(import.meta.dirname, `${program}.cjs`);
  const env = { NODE_PATH: await packages };
  const { stdout } = await execa(process.execPath, [file, ...args], { env, timeout: 60_000 });
  return JSON.parse(stdout) as T;
}
