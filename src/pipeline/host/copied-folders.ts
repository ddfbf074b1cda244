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
import type { ListedVolume, WorkContainer } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { writeAtomically } from './files.ts';

/** A file or a folder of this host, and its place in the volume. */
export interface CopiedPart {
  readonly from: string;
  readonly at: string;
  /** The files of the folder, relative to it; default: all. */
  readonly paths?: readonly string[];
}

/** A volume, and the files that it gets, with their modes and times. */
export interface CopiedFolder {
  readonly volume: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the volume gets; files and folders that do not exist are left out. */
  readonly parts: readonly CopiedPart[];
  /** Whether a file or a folder below a part is left out. The path is relative to the part. */
  readonly leavesOut?: (path: string) => boolean;
}

export interface CopyContext {
  readonly docker: Pick<DockerPort, 'listVolumes' | 'createVolume' | 'runToEnd'>;
  /** An image with a shell and `rm`. */
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
  const ofPart = async ({ from, at, paths }: CopiedPart): Promise<HostFile[]> => {
    if (!paths) return walk(from, at, '');
    return (await Promise.all(paths.map((path) => fileAt(join(from, path), posix.join(at, path))))).flat();
  };
  const found = (await Promise.all(parts.map(ofPart))).flat();
  return [...new Map(found.map((file) => [file.path, file])).values()];
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
  /** Paths that the volume has and the folder does not have any more. */
  readonly removed: readonly string[];
  /** Whether it is not known what the volume has, so that it is emptied first. */
  readonly isUnknown: boolean;
}

/** Returns the folders that a path is in, relative like the path. */
function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === '.' ? [] : [above, ...foldersAbove(above)];
}

/** Whether `rm` with these paths removes nothing else: not if a path became a folder or a link, or has two lines. */
function areRemovable(removed: readonly string[], files: readonly HostFile[]): boolean {
  const paths = new Set(files.map(({ path }) => path));
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  return removed.every(
    (path) =>
      !path.includes('\n') && !folders.has(path) && !foldersAbove(path).some((above) => paths.has(above)),
  );
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
  const recordedFiles = known !== undefined && known.id === id ? known.files : undefined;
  const paths = new Set(files.map(({ path }) => path));
  const gone = Object.keys(recordedFiles ?? {}).filter((path) => !paths.has(path));
  const sent = areRemovable(gone, files) ? recordedFiles : undefined;
  return {
    folder,
    id: id ?? randomBytes(8).toString('hex'),
    isNew: found === undefined,
    files,
    changed: files.filter((file) => sent?.[file.path] !== stampOf(file)),
    removed: sent ? gone : [],
    isUnknown: found !== undefined && sent === undefined,
  };
}

/** Place of the volume with this number in the container. */
function placeOf(index: number): string {
  return `copies/${index}`;
}

/** Returns the entries of the folders that files are in, with the modes of the folders on this host. */
async function folderEntries(place: string, files: readonly HostFile[]): Promise<TarEntry[]> {
  const folders = new Map<string, string>();
  for (const { path, file } of files) {
    let onHost = file;
    for (const above of foldersAbove(path)) {
      onHost = dirname(onHost);
      folders.set(above, onHost);
    }
  }
  return Promise.all(
    [...folders].map(async ([path, onHost]) => ({
      name: `${place}/${path}/`,
      content: '',
      // If it has disappeared, so have its files, which is reported when they are read.
      mode: await lstat(onHost).then(
        (stats) => stats.mode & 0o7777,
        () => undefined,
      ),
    })),
  );
}

async function entriesOf({ changed, removed }: PlannedCopy, index: number): Promise<TarEntry[]> {
  const place = placeOf(index);
  return [
    ...(await folderEntries(place, changed)),
    ...changed.map(({ path, file, mode, modified, link }) => ({
      name: `${place}/${path}`,
      ...(link === undefined ? { content: { file, mayGrow: true } } : { content: '', link }),
      ...{ mode, modified },
    })),
    { name: `${place}.removed`, content: removed.map((path) => `./${path}\n`).join('') },
  ];
}

/** Removes everything that volumes have. The arguments of both scripts are the numbers of the volumes. */
const EMPTY = `
for number; do
  cd "/copies/$number"
  rm -rf -- * .[!.]* ..?*
done
`;

/** Removes the files that the folders of the volumes do not have any more. */
const REMOVE = `
for number; do
  cd "/copies/$number"
  while IFS= read -r file; do rm -f "$file"; done < "/copies/$number.removed"
done
`;

/** Runs a script in a container with the volumes. @throws WizardFailure `copy` */
async function runWith(
  { docker, image, labels, signal }: CopyContext,
  volumes: readonly string[],
  script: string,
  sent: Pick<WorkContainer, 'inputs' | 'onSent'> = {},
): Promise<void> {
  const lines: string[] = [];
  const exitCode = await docker.runToEnd(
    {
      image,
      cmd: ['sh', '-euc', script, 'copy', ...volumes.map((_, index) => String(index))],
      binds: volumes.map((volume, index) => `${volume}:/${placeOf(index)}`),
      networkMode: 'none',
      labels,
      ...sent,
      signal,
      onLine: (line) => lines.push(line),
    },
    async (ended) => ended.exitCode,
  );
  if (exitCode !== 0)
    throw new WizardFailure({ kind: 'copy', volumes, image, exitCode, tail: lines.slice(-10) });
}

async function send(context: CopyContext, planned: readonly PlannedCopy[]): Promise<void> {
  const unknown = planned.filter(({ isUnknown }) => isUnknown).map(({ folder }) => folder.volume);
  if (unknown.length > 0) await runWith(context, unknown, EMPTY);
  const total = planned.flatMap(({ changed }) => changed).reduce((sum, { size }) => sum + size, 0);
  const volumes = planned.map(({ folder }) => folder.volume);
  await runWith(context, volumes, REMOVE, {
    inputs: (await Promise.all(planned.map(entriesOf))).flat(),
    // The headers of the tar are sent too.
    onSent: (bytes) => context.onSent?.(Math.min(bytes, total), total),
  });
}

/**
 * Brings each volume to the state of its folder, and makes it first if it is missing. If the copy ends early, the next one
 * sends everything again: nothing that is incomplete counts as complete.
 * @returns how many files were sent
 * @throws WizardFailure `file`, `copy`; CancelledError
 */
export async function copyFolders(context: CopyContext, folders: readonly CopiedFolder[]): Promise<number> {
  const { docker, record } = context;
  const [recorded, volumes] = await Promise.all([
    readRecord(record),
    docker.listVolumes([LABEL.copy]),
    mkdir(dirname(record), { recursive: true }),
  ]);
  const all = await Promise.all(folders.map((folder) => planOf(folder, recorded, volumes)));
  const planned = all.filter(
    ({ isNew, isUnknown, changed, removed }) =>
      isNew || isUnknown || changed.length > 0 || removed.length > 0,
  );
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
