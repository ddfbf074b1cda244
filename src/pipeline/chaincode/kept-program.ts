/** The last program of a service that listened. It is kept, because its files may have changed when it has to start again. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { packTar, unpackTar } from '../engine/tar-context.ts';
import { partialOf } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import type { ServiceProgram } from './service-process.ts';
import { HUB } from './service-scripts.ts';

/** Name of the file of a kept program. */
export const KEPT_PROGRAM = /^(?<name>.+)\.tar$/;
/** Name of a file that is being written, or that a run which was killed has left. */
export const PARTIAL_PROGRAM = /\.tar\.partial-\d+$/;

const ABOUT = 'about.json';
const FILES = 'files/';
/** The file of the hub in a program that an earlier version kept. */
const FORMER_HUB = 'hub';

/** A program without its image, which depends on the network. */
export interface KeptProgram extends Omit<ServiceProgram, 'image'> {
  readonly packageId: string;
}

/** Returns the folder of kept programs. They belong to a network, as their packages do. */
export function keptProgramsDir(stateDir: string): string {
  return join(networkDir(stateDir), 'services');
}

function pathOf(stateDir: string, name: string): string {
  return join(keptProgramsDir(stateDir), `${name}.tar`);
}

/** A program on its way to the disk. Either `keep` or `discard` is called. */
export interface StagedProgram {
  /** Puts it in the place of the last one. */
  readonly keep: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** Begins to write a program, while its process starts. Only the user can read it: it has files of a folder that can be private. */
export function stageProgram(
  stateDir: string,
  name: string,
  packageId: string,
  { language, registers, digest, files }: ServiceProgram,
): StagedProgram {
  const path = pathOf(stateDir, name);
  const partial = partialOf(path);
  const write = async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const about = { name: ABOUT, content: JSON.stringify({ packageId, language, registers, digest }) };
    const entries = [about, ...files.map((file) => ({ ...file, name: `${FILES}${file.name}` }))];
    await pipeline(packTar(entries), createWriteStream(partial, { mode: 0o600 }));
  };
  const writing = write();
  // It may fail before it is awaited.
  const written = writing.catch(() => undefined);
  const discard = async () => {
    await written;
    await rm(partial, { force: true });
  };
  return {
    keep: async () => {
      try {
        await writing;
        await rename(partial, path);
      } finally {
        await discard();
      }
    },
    discard,
  };
}

/** Removes the program that was kept of a chaincode. */
export async function removeKeptProgram(stateDir: string, name: string): Promise<void> {
  await rm(pathOf(stateDir, name), { force: true });
}

/** Returns the program that was kept of a chaincode; undefined if there is none that can be read. */
export async function keptProgram(stateDir: string, name: string): Promise<KeptProgram | undefined> {
  try {
    const entries = await unpackTar(Readable.from([await readFile(pathOf(stateDir, name))]));
    const about = entries.find((entry) => entry.name === ABOUT);
    const known = JSON.parse(String(about?.content)) as Omit<KeptProgram, 'files'>;
    const files = entries
      .filter((entry) => entry.name.startsWith(FILES))
      .map((file) => ({ ...file, name: file.name.slice(FILES.length) }));
    const isFormer = known.registers !== undefined && !files.some(({ name }) => name === HUB);
    const nameOf = (name: string) => (isFormer && name === FORMER_HUB ? HUB : name);
    return { ...known, files: files.map((file) => ({ ...file, name: nameOf(file.name) })) };
  } catch {
    return undefined;
  }
}
