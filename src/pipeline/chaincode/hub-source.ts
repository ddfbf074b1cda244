/** The source of the hub, through which the process of a chaincode answers peers without external builders. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { type ChaincodeContext, checkoutPackages } from './chaincode-source.ts';

/** Its folder in Fabric's tree: only what is below this may import Fabric's `vendor`. */
const FOLDER = 'fabric-wizard/hub';

type HubContext = ChaincodeContext & Pick<StageContext, 'dataDir'>;

export interface HubSource {
  /** Import path. */
  readonly path: string;
  /** Files of the hub, for `src` of a GOPATH. */
  readonly files: readonly TarEntry[];
  /** Digest of these files. */
  readonly digest: string;
}

export async function hubSource({ dataDir, settings }: HubContext): Promise<HubSource> {
  const dir = join(dataDir, 'dev', 'hub');
  const path = `${settings.release.modulePath}/${FOLDER}`;
  const names = (await readdir(dir)).filter((name) => name.endsWith('.go')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name: `${path}/${name}`, content: await readFile(join(dir, name)) })),
  );
  const hash = createHash('sha256');
  for (const { content } of files) hash.update(content);
  return { path, files, digest: hash.digest('hex') };
}

/**
 * Returns the packages of Fabric that the hub and a chaincode import, with all that these import.
 * @param brought import paths besides those of the shim
 */
export function hubWorld(context: HubContext, brought: readonly string[]): Promise<TarEntry[]> {
  const { shim } = context.settings.release;
  const ofHub = [
    'google.golang.org/grpc',
    'google.golang.org/grpc/keepalive',
    'google.golang.org/grpc/grpclog',
  ];
  const all = [shim.shim, shim.protos, 'github.com/golang/protobuf/proto', ...ofHub, ...brought];
  return checkoutPackages(context, all);
}
