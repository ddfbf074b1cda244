/** The external builder with which peers take packages of chaincode that runs as a service. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { readCoreYaml } from '../fabric/core-yaml.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { isFolder, writeAtomically } from '../host/files.ts';
import { readOnlyBind } from './compose-parts.ts';

const NAME = 'ccaas_builder';
/** Where Fabric's own images have their builder, and where core.yaml looks for it from 2.4.1 on. */
const PLACE = '/opt/hyperledger/ccaas_builder';
const KEY = ['chaincode', 'externalBuilders'];

/** Folder of the builder, in the folder of the network. */
export const BUILDER_FOLDER = 'ccaas';

/** core.yaml for the peers, in the folder of the network. */
export const CORE_YAML = 'config/core.yaml';

export interface ExternalBuilder {
  /** Folder of the builder in the container of a peer. */
  readonly path: string;
  /** core.yaml with the builder; absent if that of the source has it. */
  readonly core?: string;
  /** See `peerFilesId`. */
  readonly id?: string | undefined;
}

/**
 * Returns the builder that a core.yaml names, or a core.yaml that names it.
 * @param core text of core.yaml
 * @returns undefined if the text has no place for it
 */
export function externalBuilder(core: string): ExternalBuilder | undefined {
  const document = parseDocument(core, { logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0 || !isMap(document.getIn(KEY.slice(0, 1)))) return undefined;
  const listed = document.getIn(KEY);
  const builders = isSeq(listed) ? listed.items.filter(isMap) : [];
  const ours = builders.find((builder) => builder.get('name') === NAME);
  if (ours) return { path: String(ours.get('path')) };
  const others = builders.map((builder) => builder.toJSON() as unknown);
  document.setIn(KEY, [{ name: NAME, path: PLACE }, ...others]);
  return { path: PLACE, core: document.toString({ lineWidth: 0 }) };
}

/**
 * Returns the mounts of peers: the builder, and core.yaml if that of the image does not name it.
 * @param cfgPath folder of core.yaml in the container
 */
export function builderMounts(builder: ExternalBuilder | undefined, cfgPath: string) {
  if (!builder) return [];
  const folder = readOnlyBind(`./${BUILDER_FOLDER}`, builder.path);
  return builder.core === undefined
    ? [folder]
    : [folder, readOnlyBind(`./${CORE_YAML}`, `${cfgPath}/core.yaml`)];
}

/** A file that peers mount, or that the `peer` command on the host reads. */
interface PeerFile {
  /** In the folder of the network. */
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
  readonly mounted: boolean;
}

/** Changes when a mounted file is written: a container keeps the file that it was started with. */
const ID_FILE = join(BUILDER_FOLDER, 'id');

export interface PeerFilesSource {
  readonly source: { readonly dir: string };
  readonly settings: { readonly release: Pick<ReleaseFacts, 'externalBuilders'> };
  /** Folder of what this program ships for a network. */
  readonly dataDir: string;
}

/** Returns the programs of the builder that this program ships, as it is laid out: `bin/detect`, … */
export async function builderPrograms(
  dataDir: string,
): Promise<readonly { readonly path: string; readonly content: string; readonly mode: number }[]> {
  return Promise.all(
    ['detect', 'build', 'release'].map(async (program) => ({
      path: join('bin', program),
      content: await readFile(join(dataDir, 'ccaas', 'bin', program), 'utf8'),
      mode: 0o755,
    })),
  );
}

/** Returns core.yaml and, for peers with external builders, the builder: the package of this program may move. */
async function peerFiles({ source, settings, dataDir }: PeerFilesSource): Promise<readonly PeerFile[]> {
  const { path, text } = await readCoreYaml(source.dir);
  if (text === undefined) throw new Error(`cannot read ${path}`);
  const core = (builder: ExternalBuilder | undefined): PeerFile => ({
    path: CORE_YAML,
    content: builder?.core ?? text,
    mounted: builder?.core !== undefined,
  });
  if (!settings.release.externalBuilders) return [core(undefined)];
  const programs = await builderPrograms(dataDir);
  const mounted = programs.map((file) => ({ ...file, path: join(BUILDER_FOLDER, file.path), mounted: true }));
  return [core(externalBuilder(text)), ...mounted];
}

/** Returns the id of the files that peers mount; undefined before they are written. */
export async function peerFilesId(networkFolder: string): Promise<string | undefined> {
  return readFile(join(networkFolder, ID_FILE), 'utf8').catch(() => undefined);
}

async function isWritten({ path, content }: PeerFile, networkFolder: string): Promise<boolean> {
  return (await readFile(join(networkFolder, path), 'utf8').catch(() => undefined)) === content;
}

/** Whether the files are in the folder of a network as they would be written now. */
export async function hasPeerFiles(from: PeerFilesSource, networkFolder: string): Promise<boolean> {
  const files = await peerFiles(from);
  return (await Promise.all(files.map((file) => isWritten(file, networkFolder)))).every(Boolean);
}

/** Writes the files that are missing or different. */
export async function writePeerFiles(from: PeerFilesSource, networkFolder: string): Promise<void> {
  const files = await peerFiles(from);
  const written = await Promise.all(files.map((file) => isWritten(file, networkFolder)));
  const wrong = files.filter((_, index) => !written[index]);
  for (const { path, content, mode } of wrong) {
    const target = join(networkFolder, path);
    // An engine that has to mount a missing file creates a folder of its name.
    if (await isFolder(target)) await rm(target, { recursive: true });
    await mkdir(dirname(target), { recursive: true });
    await writeAtomically(target, content, mode);
  }
  const isMounted = files.some(({ mounted }) => mounted);
  const isNew = wrong.some(({ mounted }) => mounted) || (await peerFilesId(networkFolder)) === undefined;
  if (isMounted && isNew) await writeAtomically(join(networkFolder, ID_FILE), randomBytes(3).toString('hex'));
}
