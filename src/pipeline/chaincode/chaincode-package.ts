/** Packs a chaincode for each lifecycle: as files in the CLI container, or as a package file. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RunContext, StageContext } from '../context/run-context.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { chaincodeImports } from '../fabric/chaincode-check.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import type { PeerSpec } from '../network/network-spec.ts';
import {
  buildableChaincode,
  type ChaincodeSource,
  chaincodeSource,
  chaincodeWorld,
  fabricPackages,
} from './chaincode-source.ts';
import { cliFiles } from './cli-files.ts';
import { projectFiles, projectSource } from './project-source.ts';

/**
 * What peers install. In the legacy lifecycle: an import path in a GOPATH of its own, so that no file of an earlier
 * chaincode is in it, or a folder, or the file of another peer. In the package lifecycle: a package file with its id.
 */
export type Installable =
  | { readonly path: string; readonly language: ChaincodeLanguage; readonly gopath: string }
  | { readonly file: string }
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
  readonly language: ChaincodeLanguage;
  /** Whether it is the bundled chaincode. */
  readonly shipped: boolean;
  /** Import path of Go source that does not have one; default: one with the name of the chaincode. */
  readonly importPath?: string;
}

/** @throws WizardFailure `chaincode` if peers could not build it, `check` if the folder cannot be read */
export async function packChaincode(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  chaincode: ChaincodeToPack,
): Promise<PackedChaincode> {
  const { name, label, version, language } = chaincode;
  const { folder: place, package: file } = cliFiles(name, version);
  if (context.settings.release.lifecycle === 'legacy')
    return {
      ...{ label: name, mark: version },
      ...(language === 'go'
        ? await goFolder(context, chaincode, place)
        : await projectFolder(context, chaincode, place)),
    };
  const content =
    language === 'go'
      ? await packaged(label, 'golang', await chaincodeSource(context, outputs, chaincode))
      : await packaged(label, language, await projectSource(context, chaincode));
  const mark = createHash('sha256').update(content).digest('hex');
  return {
    label,
    mark,
    files: [{ name: file, content }],
    given: { package: `/${file}`, id: `${label}:${mark}` },
  };
}

type LegacyFiles = Pick<PackedChaincode, 'files' | 'given'>;

/** Puts Go source below `src` of a GOPATH, with what it imports. */
async function goFolder(
  context: StageContext,
  { name, dir, importPath = `fabric-wizard/${name}` }: ChaincodeToPack,
  place: string,
): Promise<LegacyFiles> {
  const folder = await buildableChaincode(context, dir);
  const { root, brought } = chaincodeImports(folder, chaincodeWorld(context));
  const path = root ?? importPath;
  const own = folder.files.map(({ path: file, ...each }) => ({
    name: `${path}/${file}`,
    content: { file: each.file },
  }));
  const files = [...own, ...(await fabricPackages(context, brought))];
  return {
    files: files.map((entry) => ({ ...entry, name: `${place}/src/${entry.name}` })),
    given: { path, language: 'go', gopath: `/${place}` },
  };
}

/** The peer's command packs the folder itself. */
async function projectFolder(
  context: StageContext,
  chaincode: ChaincodeToPack,
  place: string,
): Promise<LegacyFiles> {
  const files = await projectFiles(context, chaincode);
  return {
    files: files.map((entry) => ({ ...entry, name: `${place}/${entry.name}` })),
    given: { path: `/${place}`, language: chaincode.language, gopath: `/${place}` },
  };
}

const gzipped = promisify(gzip);

export async function tarGz(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipped(await buffer(packTar(entries)));
}

/** The package that `peer lifecycle chaincode package` writes; that command needs Go in the container. */
async function packaged(
  label: string,
  type: 'golang' | 'node' | 'java',
  { files, path }: Pick<ChaincodeSource, 'files' | 'path'>,
): Promise<Buffer> {
  return tarGz([
    { name: 'metadata.json', content: JSON.stringify({ path, type, label }) },
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
