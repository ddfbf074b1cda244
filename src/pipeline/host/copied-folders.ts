/**
 * Copies files of this host to volumes of an engine that does not have them. What was sent is recorded, so that only what
 * has changed since is sent again.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import * as z from 'zod/mini';
import { errorCode, isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ListedVolume } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { writeAtomically } from './files.ts';

/** A volume, and the files that it gets, with their modes and times. */
export interface CopiedFolder {
  readonly volume: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Files or folders of this host, and their places in the volume; those that do not exist are left out. */
  readonly parts: readonly { readonly from: string; readonly at: string }[];
  /** Whether a file or a folder is left out. The path is relative to its part. */
  readonly leavesOut?: (path: string) => boolean;
}

export interface CopyContext {
  readonly docker: Pick<DockerPort, 'listVolumes' | 'createVolume' | 'runToEnd'>;
  /** An image with a shell, `find`, `sort` and `comm`. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** File that records what was sent. */
  readonly record: string;
  readonly signal: AbortSignal;
  /** Receives how much of the changed files has been sent, in bytes. */
  readonly onSent?: (done: number, total: number) => void;
}

/** What a volume has: the id of the volume, and a text for each file that changes with it. */
const copySchema = z.object({ id: z.string(), files: z.record(z.string(), z.string()) });
const recordSchema = z.record(z.string(), copySchema);
type CopyRecord = z.infer<typeof recordSchema>;

interface HostFile {
  /** In the volume. */
  readonly path: string;
  /** On this host. */
  readonly file: string;
  readonly size: number;
  readonly modified: number;
  readonly mode: number;
  /** Text of a symbolic link. */
  readonly link?: string;
}

async function readRecord(path: string): Promise<CopyRecord> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Without a record, everything is sent.
    return {};
  }
}

/** Returns a file or link; nothing if it is neither, or has disappeared. */
async function fileAt(file: string, path: string): Promise<HostFile[]> {
  try {
    const stats = await lstat(file);
    const found = {
      path,
      file,
      size: stats.size,
      modified: Math.trunc(stats.mtimeMs),
      mode: stats.mode & 0o7777,
    };
    if (stats.isSymbolicLink()) return [{ ...found, link: await readlink(file) }];
    return stats.isFile() ? [found] : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Lists the files and links of a folder, or a file. */
async function filesOf({ parts, leavesOut }: CopiedFolder): Promise<HostFile[]> {
  const walk = async (dir: string, at: string, below: string): Promise<HostFile[]> => {
    const entries = await readdir(join(dir, below), { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOTDIR') return undefined;
      if (isMissing(error)) return [];
      throw error;
    });
    if (!entries) return fileAt(dir, at);
    const found = entries.map(async (entry) => {
      const path = posix.join(below, entry.name);
      if (leavesOut?.(path)) return [];
      return entry.isDirectory() ? walk(dir, at, path) : fileAt(join(dir, path), posix.join(at, path));
    });
    return (await Promise.all(found)).flat();
  };
  return (await Promise.all(parts.map(({ from, at }) => walk(from, at, '')))).flat();
}

function stampOf({ size, modified, mode, link = '' }: HostFile): string {
  return `${size} ${modified} ${mode.toString(8)} ${link}`;
}

interface PlannedCopy {
  readonly folder: CopiedFolder;
  readonly id: string;
  readonly isNew: boolean;
  readonly files: readonly HostFile[];
  readonly changed: readonly HostFile[];
  /** Whether the volume may have files that the folder does not have. */
  readonly hasOthers: boolean;
}

async function planOf(
  folder: CopiedFolder,
  recorded: CopyRecord,
  volumes: readonly ListedVolume[],
): Promise<PlannedCopy> {
  const files = await filesOf(folder);
  const found = volumes.find(({ name }) => name === folder.volume);
  const id = found?.labels[LABEL.copy];
  const known = recorded[folder.volume];
  const sent = known !== undefined && known.id === id ? known.files : undefined;
  const paths = new Set(files.map(({ path }) => path));
  return {
    folder,
    id: id ?? randomBytes(8).toString('hex'),
    isNew: found === undefined,
    files,
    changed: files.filter((file) => sent?.[file.path] !== stampOf(file)),
    hasOthers: sent === undefined || Object.keys(sent).some((path) => !paths.has(path)),
  };
}

/** Place of the volume with this number in the container. */
function placeOf(index: number): string {
  return `copies/${index}`;
}

function entriesOf({ files, changed }: PlannedCopy, index: number): TarEntry[] {
  const place = placeOf(index);
  const folders = new Set<string>();
  for (const { path } of changed)
    for (let above = dirname(path); above !== '.' && !folders.has(above); above = dirname(above))
      folders.add(above);
  return [
    ...[...folders].map((path) => ({ name: `${place}/${path}/`, content: '' })),
    ...changed.map(({ path, file, mode, modified, link }) => ({
      name: `${place}/${path}`,
      ...(link === undefined ? { content: { file } } : { content: '', link }),
      ...{ mode, modified },
    })),
    { name: `${place}.files`, content: files.map(({ path }) => `./${path}\n`).join('') },
  ];
}

/** Removes what a volume has and its folder has not. The arguments are the numbers of the volumes. */
const SCRIPT = `
export LC_ALL=C
for number; do
  cd "/copies/$number"
  sort "/copies/$number.files" > /tmp/wanted
  find . ! -type d | sort > /tmp/present
  comm -13 /tmp/wanted /tmp/present | while IFS= read -r file; do
    case $file in ./*) rm -f "$file" ;; esac
  done
done
`;

async function send(context: CopyContext, planned: readonly PlannedCopy[]): Promise<void> {
  const { docker, image, labels, signal, onSent } = context;
  const total = planned.flatMap(({ changed }) => changed).reduce((sum, { size }) => sum + size, 0);
  const lines: string[] = [];
  const command = ['sh', '-euc', SCRIPT, 'copy', ...planned.map((_, index) => String(index))];
  const exitCode = await docker.runToEnd(
    {
      image,
      cmd: command,
      binds: planned.map(({ folder }, index) => `${folder.volume}:/${placeOf(index)}`),
      networkMode: 'none',
      labels,
      inputs: planned.flatMap(entriesOf),
      // The headers of the tar are sent too.
      onSent: (bytes) => onSent?.(Math.min(bytes, total), total),
      signal,
      onLine: (line) => lines.push(line),
    },
    async (ended) => ended.exitCode,
  );
  if (exitCode === 0) return;
  const tail = lines.slice(-10);
  throw new WizardFailure({ kind: 'command', command: 'find . ! -type d', where: image, exitCode, tail });
}

/**
 * Brings each volume to the state of its folder, and makes it first if it is missing. If the copy ends early, the next one
 * sends everything again: nothing that is incomplete counts as complete.
 * @returns how many files were sent
 * @throws WizardFailure `file`, `command`; CancelledError
 */
export async function copyFolders(context: CopyContext, folders: readonly CopiedFolder[]): Promise<number> {
  const { docker, record } = context;
  const [recorded, volumes] = await Promise.all([
    readRecord(record),
    docker.listVolumes([LABEL.copy]),
    mkdir(dirname(record), { recursive: true }),
  ]);
  const all = await Promise.all(folders.map((folder) => planOf(folder, recorded, volumes)));
  const planned = all.filter(({ isNew, changed, hasOthers }) => isNew || changed.length > 0 || hasOthers);
  if (planned.length === 0) return 0;
  const others = Object.entries(recorded).filter(
    ([volume]) => !planned.some(({ folder }) => folder.volume === volume),
  );
  await writeAtomically(record, JSON.stringify(Object.fromEntries(others)));
  const missing = planned.filter(({ isNew }) => isNew);
  await Promise.all(
    missing.map(({ folder: { volume, labels }, id }) =>
      docker.createVolume(volume, { ...labels, [LABEL.copy]: id }),
    ),
  );
  await send(context, planned);
  const copies = planned.map(({ folder, id, files }) => [
    folder.volume,
    { id, files: Object.fromEntries(files.map((file) => [file.path, stampOf(file)])) },
  ]);
  await writeAtomically(record, JSON.stringify(Object.fromEntries([...others, ...copies])));
  return planned.reduce((sum, { changed }) => sum + changed.length, 0);
}
