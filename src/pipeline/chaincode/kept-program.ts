/** The last program of a service that listened. It is kept, because its files may have changed when it has to start again. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { packTar, unpackTar } from '../engine/tar-context.ts';
import { partialOf } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { filesDigest } from './chaincode-digest.ts';
import type { ServiceProgram } from './service-process.ts';

const ABOUT = 'about.json';
const FILES = 'files/';

/** A program without its image, which depends on the network. */
export interface KeptProgram extends Omit<ServiceProgram, 'image'> {
  readonly packageId: string;
}

/** It belongs to a network, as its package does. */
function pathOf(stateDir: string, name: string): string {
  return join(networkDir(stateDir), 'services', `${name}.tar`);
}

/** Keeps a program. Files that have changed since it was made are not kept. */
export async function keepProgram(
  stateDir: string,
  choice: FolderChaincode,
  packageId: string,
  { language, digest, files }: ServiceProgram,
): Promise<void> {
  const path = pathOf(stateDir, choice.name);
  await mkdir(dirname(path), { recursive: true });
  const partial = partialOf(path);
  try {
    const about = { name: ABOUT, content: JSON.stringify({ packageId, language, digest }) };
    const entries = [about, ...files.map((file) => ({ ...file, name: `${FILES}${file.name}` }))];
    await pipeline(packTar(entries), createWriteStream(partial));
    const readsFiles = files.some(({ content }) => typeof content === 'object' && 'file' in content);
    if (!readsFiles || (await filesDigest(choice)) === digest) await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Returns the program that was kept of a chaincode; undefined if there is none that can be read. */
export async function keptProgram(stateDir: string, name: string): Promise<KeptProgram | undefined> {
  try {
    const entries = await unpackTar(Readable.from([await readFile(pathOf(stateDir, name))]));
    const about = entries.find((entry) => entry.name === ABOUT);
    const files = entries.filter((entry) => entry.name.startsWith(FILES));
    const known = JSON.parse(String(about?.content)) as Omit<KeptProgram, 'files'>;
    return { ...known, files: files.map((file) => ({ ...file, name: file.name.slice(FILES.length) })) };
  } catch {
    return undefined;
  }
}
