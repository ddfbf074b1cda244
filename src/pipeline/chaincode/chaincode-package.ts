/** Packs a Go chaincode for each lifecycle: as files of a GOPATH, or as a package file. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RunContext, StageContext } from '../context/run-context.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { chaincodeImports } from '../fabric/chaincode-check.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import type { PeerSpec } from '../network/network-spec.ts';
import {
  buildableChaincode,
  type ChaincodeSource,
  chaincodeSource,
  chaincodeWorld,
  fabricPackages,
} from './chaincode-source.ts';

/**
 * What peers install: an import path in a GOPATH of its own, so that no file of an earlier chaincode is in it, or a
 * package file with its id.
 */
export type Installable =
  | { readonly importPath: string; readonly gopath: string }
  | { readonly package: string; readonly id: string };

export interface PackedChaincode {
  /** Name of the chaincode in the names of containers and images: in the package lifecycle, the package's label. */
  readonly label: string;
  /** Follows the name in the names of containers and images: the version, or the package's hash. */
  readonly mark: string;
  /** Files for the CLI container, under `/`. */
  readonly files: readonly TarEntry[];
  readonly given: Installable;
}

export interface ChaincodeToPack {
  readonly name: string;
  /** Label of the package, for the package lifecycle. */
  readonly label: string;
  readonly version: string;
  readonly dir: string;
  /** Whether it is the bundled chaincode. */
  readonly shipped: boolean;
}

/** @throws WizardFailure `chaincode` if peers could not build it, `check` if the folder cannot be read */
export async function packChaincode(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  { name, label, version, dir, shipped }: ChaincodeToPack,
): Promise<PackedChaincode> {
  const place = `tmp/${name}-${version}`;
  if (context.settings.release.lifecycle === 'package') {
    const file = `${place}.tar.gz`;
    const content = await packaged(label, await chaincodeSource(context, outputs, { dir, shipped }));
    const mark = createHash('sha256').update(content).digest('hex');
    const given = { package: `/${file}`, id: `${label}:${mark}` };
    return { label, mark, files: [{ name: file, content }], given };
  }
  const folder = await buildableChaincode(context, dir);
  const { root, brought } = chaincodeImports(folder, chaincodeWorld(context));
  const importPath = root ?? `fabric-wizard/${name}`;
  const own = folder.files.map(({ path, file }) => ({ name: `${importPath}/${path}`, content: { file } }));
  const files = [...own, ...(await fabricPackages(context, brought))];
  return {
    label: name,
    mark: version,
    files: files.map((entry) => ({ ...entry, name: `${place}/src/${entry.name}` })),
    given: { importPath, gopath: `/${place}` },
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
  {
    spec,
    settings: { release },
  }: Pick<RunContext, 'spec'> & {
    readonly settings: Pick<RunContext['settings'], 'release'>;
  },
  { label, mark }: Pick<PackedChaincode, 'label' | 'mark'>,
  peer: PeerSpec,
): { readonly container: string; readonly image: string } {
  return {
    container: release.chaincodeContainerName(spec.networkId, peer.name, label, mark),
    image: release.chaincodeImageName(spec.networkId, peer.name, label, mark),
  };
}
