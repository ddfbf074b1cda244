/** The chaincode of a smoke test: its fresh name, its files, what a peer calls its container and image, its removal. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { TarEntry } from '../engine/tar-context.ts';
import { allPeers, type PeerSpec } from '../network/network-spec.ts';
import { WizardFailure } from '../run/failure.ts';
import type { Workbench } from '../run/workbench.ts';

/** Of the names of all chaincodes that a smoke test makes. */
export const SMOKE_PREFIX = 'smoke-';
const GOPATH_SRC = 'opt/gopath/src';

export interface SmokeChaincode {
  /** No chaincode of this network had it before: a left-over image can't be taken for a build. */
  readonly name: string;
  readonly version: string;
  readonly importPath: string;
  /** To be put under `/` of the CLI container. */
  readonly files: readonly TarEntry[];
  /** The one that ships with us, whose values are known. */
  readonly shipped: boolean;
}

/** @throws WizardFailure `check` where the user's folder holds no Go source */
export async function freshChaincode(bench: Workbench): Promise<SmokeChaincode> {
  const name = `${SMOKE_PREFIX}${Date.now().toString(36)}`;
  const importPath = `fabric-wizard/${name}`;
  const dir = bench.config.chaincode ?? join(bench.dataDir, 'chaincode', 'smoke');
  return {
    name,
    version: '1.0',
    importPath,
    files: await chaincodeFiles(dir, importPath),
    shipped: bench.config.chaincode === undefined,
  };
}

/** Everything of a chaincode's folder but version control, as entries under `$GOPATH/src`. */
async function chaincodeFiles(dir: string, importPath: string): Promise<TarEntry[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: { say: 'state.source-folder' },
      got: error.message,
    });
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(dir, file).split(sep).includes('.git'));
  if (!files.some((file) => file.endsWith('.go'))) {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: { say: 'state.go-source' },
      got: { say: 'state.no-go-file' },
    });
  }
  return files.map((file) => ({
    name: `${GOPATH_SRC}/${importPath}/${relative(dir, file).split(sep).join('/')}`,
    content: { file },
  }));
}

/** What this peer names the chaincode's container, and the image that it looks for before it builds one. */
export function namesOnPeer(
  { spec, settings: { line } }: Pick<Workbench, 'spec' | 'settings'>,
  { name, version }: Pick<SmokeChaincode, 'name' | 'version'>,
  peer: PeerSpec,
): { readonly container: string; readonly image: string } {
  return {
    container: line.chaincodeContainerName(spec.networkId, peer.name, name, version),
    image: line.chaincodeImageName(spec.networkId, peer.name, name, version),
  };
}

/**
 * Removes the chaincode containers and images of this network's smoke tests, and nothing else. An image goes
 * with the last of its names, and peers may share one.
 */
export async function removeSmokeChaincode(bench: Pick<Workbench, 'docker' | 'spec'>): Promise<void> {
  const { docker, spec } = bench;
  const prefixes = allPeers(spec).map((peer) => `${spec.networkId}-${peer.name}-${SMOKE_PREFIX}`);
  const isDoomed = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  const containers = (await docker.listContainers()).filter(({ name }) => isDoomed(name));
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  const tags = (await docker.listImages()).flatMap((image) => image.tags).filter(isDoomed);
  await Promise.all(tags.map((tag) => docker.removeImage(tag, true)));
}
