/** PURE: finds out before anything is installed why peers could not build or start a chaincode in Node.js. */
import type { ChaincodeFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';

/** The folder of a chaincode in Node.js, without its `node_modules`. */
export interface NodeProject {
  readonly dir: string;
  /** Paths of its files. */
  readonly paths: readonly string[];
  /** Content of package.json; undefined if there is none. */
  readonly packageJson: string | undefined;
}

interface PackageJson {
  readonly main?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
}

const SHIM = 'fabric-shim';

/** Scripts that npm runs when it installs, and that may write files. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The oldest major version that a range allows, as npm reads `^1.4.0`, `~1.4`, `>=1.4 <3` and `1.x`. */
function majorOf(range: string): number | undefined {
  const major = /^[\s^~>=v]*(\d+)/.exec(range)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Whether npm or Node.js finds the file that `main` names. */
function hasMain(main: string, paths: readonly string[]): boolean {
  const path = main.replace(/^\.\//, '').replace(/\/$/, '');
  const candidates = [path, `${path}.js`, `${path}.json`, `${path}.node`, `${path}/index.js`];
  return candidates.some((each) => paths.includes(each));
}

/**
 * Returns why the chaincode cannot be built and started; undefined if nothing is known against it.
 * @param again the command that deploys it
 */
export function nodeProjectProblem(
  { dir, paths, packageJson }: NodeProject,
  again: string,
): ChaincodeFailure | undefined {
  const problem = (found: Phrase, place: string, command: string): ChaincodeFailure => ({
    kind: 'chaincode',
    problem: found,
    place,
    next: [`(cd ${shellWord(dir)} && ${command})`, again],
  });
  const file = 'package.json';
  if (packageJson === undefined) return problem({ key: 'chaincode.no-package-json', dir }, '', 'npm init');
  let parsed: PackageJson;
  try {
    parsed = asObject(JSON.parse(packageJson));
  } catch (error) {
    return problem(
      { key: 'chaincode.bad-package-json', dir },
      `${file}: ${(error as Error).message}`,
      'npm pkg get',
    );
  }
  const { main } = parsed;
  const scripts = asObject(parsed.scripts);
  const dependencies = asObject(parsed.dependencies);
  const start = scripts.start;
  if (typeof start !== 'string')
    return problem(
      { key: 'chaincode.no-start', dir },
      file,
      "npm pkg set scripts.start='fabric-chaincode-node start'",
    );
  const shim = dependencies[SHIM];
  if (shim === undefined && start.includes('fabric-chaincode-node'))
    return problem(
      { key: 'chaincode.no-node-shim', dir },
      `${file}: "start": "${start}"`,
      `npm install ${SHIM}@2`,
    );
  if (typeof shim === 'string' && (majorOf(shim) ?? 2) < 2)
    return problem(
      { key: 'chaincode.old-node-shim', dir },
      `${file}: "${SHIM}": "${shim}"`,
      `npm install ${SHIM}@2 fabric-contract-api@2`,
    );
  const makesFiles = INSTALL_SCRIPTS.some((name) => scripts[name] !== undefined);
  if (typeof main === 'string' && !makesFiles && !hasMain(main, paths))
    return problem(
      { key: 'chaincode.no-node-main', dir, main },
      `${file}: "main": "${main}"`,
      scripts.build === undefined ? `ls -l ${shellWord(main)}` : 'npm install && npm run build',
    );
  return undefined;
}

/** Settings of npm that only their owner may know. */
const SECRET =
  /^\s*(\/\/[^=]*:)?(_auth|_authToken|_password|username|email|certfile|keyfile|cert|key|otp)\s*=/i;

/** Returns the text of an `.npmrc` without credentials: every peer, and every image of the chaincode, gets this file. */
export function withoutCredentials(npmrc: string): string {
  return npmrc
    .split('\n')
    .filter((line) => !SECRET.test(line))
    .map((line) => line.replace(/(:\/\/)[^/@\s]*@/g, '$1'))
    .join('\n');
}
