/** The chaincode of a smoke test: its fresh name, its files, what a peer calls its container and image, its removal. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RunContext } from '../context/run-context.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { allPeers, type PeerSpec } from '../network/network-spec.ts';
import {
  type ChaincodeSource,
  chaincodeFiles,
  chaincodeSource,
  shippedChaincode,
} from './chaincode-source.ts';

/** Of the names of all chaincodes that a smoke test makes. */
export const SMOKE_PREFIX = 'smoke-';
const GOPATH_SRC = 'opt/gopath/src';

export interface SmokeChaincode {
  /** No chaincode of this network had it before: a left-over image can't be taken for a build. */
  readonly name: string;
  readonly version: string;
  /** What stands behind the name in the names of containers and images: the version, or a package's hash. */
  readonly mark: string;
  /** To be put under `/` of the CLI container. */
  readonly files: readonly TarEntry[];
  /** How peers are given it: by its place in GOPATH, or as a file with its id. */
  readonly given: { readonly importPath: string } | { readonly package: string; readonly id: string };
  /** The one that ships with us, whose values are known. */
  readonly shipped: boolean;
}

/** @throws WizardFailure `check` where the user's folder holds no Go source */
export async function freshChaincode(bench: RunContext): Promise<SmokeChaincode> {
  const name = `${SMOKE_PREFIX}${Date.now().toString(36)}`;
  const version = '1.0';
  const { chaincode } = bench.config;
  const shipped = chaincode === undefined;
  const dir = chaincode ?? shippedChaincode(bench);
  if (bench.settings.release.lifecycle === 'package') {
    const file = `tmp/${name}.tar.gz`;
    const content = await packaged(name, await chaincodeSource(bench, dir, shipped));
    const mark = createHash('sha256').update(content).digest('hex');
    const given = { package: `/${file}`, id: `${name}:${mark}` };
    return { name, version, mark, files: [{ name: file, content }], given, shipped };
  }
  const importPath = `fabric-wizard/${name}`;
  const files = (await chaincodeFiles(dir)).map((path) => ({
    name: `${GOPATH_SRC}/${importPath}/${path}`,
    content: { file: join(dir, path) },
  }));
  return { name, version, mark: version, files, given: { importPath }, shipped };
}

const gzipped = promisify(gzip);

async function tarGz(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipped(await buffer(packTar(entries)));
}

/** What `peer lifecycle chaincode package` writes; that needs Go beside it. */
async function packaged(label: string, { files, path }: ChaincodeSource): Promise<Buffer> {
  return tarGz([
    { name: 'metadata.json', content: JSON.stringify({ path, type: 'golang', label }) },
    { name: 'code.tar.gz', content: await tarGz(files) },
  ]);
}

/** What this peer names the chaincode's container, and the image that it looks for before it builds one. */
export function namesOnPeer(
  { spec, settings: { release } }: Pick<RunContext, 'spec' | 'settings'>,
  { name, mark }: Pick<SmokeChaincode, 'name' | 'mark'>,
  peer: PeerSpec,
): { readonly container: string; readonly image: string } {
  return {
    container: release.chaincodeContainerName(spec.networkId, peer.name, name, mark),
    image: release.chaincodeImageName(spec.networkId, peer.name, name, mark),
  };
}

/**
 * Removes the chaincode containers and images of this network's smoke tests, and nothing else. An image goes
 * with the last of its names, and peers may share one.
 */
export async function removeSmokeChaincode(bench: Pick<RunContext, 'docker' | 'spec'>): Promise<void> {
  const { docker, spec } = bench;
  const prefixes = allPeers(spec).map((peer) => `${spec.networkId}-${peer.name}-${SMOKE_PREFIX}`);
  const isDoomed = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  const containers = (await docker.listContainers()).filter(({ name }) => isDoomed(name));
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  const tags = (await docker.listImages()).flatMap((image) => image.tags).filter(isDoomed);
  await Promise.all(tags.map((tag) => docker.removeImage(tag, true)));
}
