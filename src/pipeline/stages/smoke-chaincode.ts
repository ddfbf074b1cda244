/** The chaincode of a smoke test: its name, its files, the names of its containers and images, and its removal. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RunContext, StageContext } from '../context/run-context.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { chaincodeImports } from '../fabric/chaincode-check.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { allPeers, type PeerSpec } from '../network/network-spec.ts';
import {
  buildableChaincode,
  type ChaincodeSource,
  chaincodeSource,
  chaincodeWorld,
  fabricPackages,
  shippedChaincode,
} from './chaincode-source.ts';

/** Prefix of the names of all smoke test chaincodes. */
export const SMOKE_PREFIX = 'smoke-';

export interface SmokeChaincode {
  /** New in this network, so that an image of an earlier test does not count as a build. */
  readonly name: string;
  readonly version: string;
  /** Follows the name in the names of containers and images: the version, or the package's hash. */
  readonly mark: string;
  /** Files for the CLI container, under `/`. */
  readonly files: readonly TarEntry[];
  /**
   * How it is installed: by its import path in a GOPATH of its own, so that no file of an earlier test is in it, or as
   * a package file with its id.
   */
  readonly given:
    | { readonly importPath: string; readonly gopath: string }
    | { readonly package: string; readonly id: string };
  /** Whether it is the bundled chaincode, whose values are known. */
  readonly shipped: boolean;
}

/**
 * Prepares a chaincode under a name that no chaincode of this network had before.
 * @throws WizardFailure `chaincode` if peers could not build the user's folder
 */
export async function freshChaincode(
  context: StageContext,
  outputs: BuildOutputs | undefined,
): Promise<SmokeChaincode> {
  const name = `${SMOKE_PREFIX}${Date.now().toString(36)}`;
  const version = '1.0';
  const { chaincode } = context.config;
  const shipped = chaincode === undefined;
  const dir = chaincode ?? shippedChaincode(context);
  if (context.settings.release.lifecycle === 'package') {
    const file = `tmp/${name}.tar.gz`;
    const content = await packaged(name, await chaincodeSource(context, outputs, { dir, shipped }));
    const mark = createHash('sha256').update(content).digest('hex');
    const given = { package: `/${file}`, id: `${name}:${mark}` };
    return { name, version, mark, files: [{ name: file, content }], given, shipped };
  }
  const folder = await buildableChaincode(context, dir);
  const { root, brought } = chaincodeImports(folder, chaincodeWorld(context));
  const importPath = root ?? `fabric-wizard/${name}`;
  const own = folder.files.map(({ path, file }) => ({ name: `${importPath}/${path}`, content: { file } }));
  const files = [...own, ...(await fabricPackages(context, brought))];
  const gopath = `tmp/${name}`;
  return {
    name,
    version,
    mark: version,
    files: files.map((entry) => ({ ...entry, name: `${gopath}/src/${entry.name}` })),
    given: { importPath, gopath: `/${gopath}` },
    shipped,
  };
}

const gzipped = promisify(gzip);

async function tarGz(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipped(await buffer(packTar(entries)));
}

/** The package that `peer lifecycle chaincode package` writes; that command needs Go in the container. */
async function packaged(label: string, { files, path }: ChaincodeSource): Promise<Buffer> {
  return tarGz([
    { name: 'metadata.json', content: JSON.stringify({ path, type: 'golang', label }) },
    { name: 'code.tar.gz', content: await tarGz(files) },
  ]);
}

/**
 * Returns the names that a peer gives to the chaincode's container and image. A peer that finds the image does not
 * build.
 */
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
 * Removes the chaincode containers and images of this network's smoke tests, except the chaincode that `up` left, and
 * nothing else. Peers may share an image; it is removed with the last of its names.
 */
export async function removeSmokeChaincode({
  docker,
  spec,
  journal,
}: Pick<RunContext, 'docker' | 'spec' | 'journal'>): Promise<void> {
  const kept = journal.getFact(STATE_KEYS.keptChaincode);
  const isDoomed = (name: string) =>
    allPeers(spec).some((peer) => {
      const prefix = `${spec.networkId}-${peer.name}-`;
      return name.startsWith(`${prefix}${SMOKE_PREFIX}`) && !name.startsWith(`${prefix}${kept}-`);
    });
  const containers = (await docker.listContainers()).filter(({ name }) => isDoomed(name));
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  const tags = (await docker.listImages()).flatMap((image) => image.tags).filter(isDoomed);
  await Promise.all(tags.map((tag) => docker.removeImage(tag, true)));
}
