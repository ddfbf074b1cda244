/** The external builder with which peers take packages of chaincode that runs as a service. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { writeAtomically } from '../host/files.ts';
import { readOnlyBind } from './compose-parts.ts';

const NAME = 'ccaas_builder';
/** Where Fabric's own images have their builder, and where core.yaml looks for it from 2.4.1 on. */
const PLACE = '/opt/hyperledger/ccaas_builder';
const KEY = ['chaincode', 'externalBuilders'];

/** Folder of the builder, in the folder of the network. */
export const BUILDER_FOLDER = 'ccaas';

export interface ExternalBuilder {
  /** Folder of the builder in the container of a peer. */
  readonly path: string;
  /** core.yaml with the builder; absent if that of the source has it. */
  readonly core?: string;
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
    : [folder, readOnlyBind('./config/core.yaml', `${cfgPath}/core.yaml`)];
}

/** Copies the builder into the folder of a network: the package of this program may move. */
export async function writeBuilder(dataDir: string, networkFolder: string): Promise<void> {
  const folder = join(networkFolder, BUILDER_FOLDER, 'bin');
  await mkdir(folder, { recursive: true });
  for (const program of ['detect', 'build', 'release'])
    await writeAtomically(
      join(folder, program),
      await readFile(join(dataDir, 'ccaas', 'bin', program), 'utf8'),
      0o755,
    );
}
