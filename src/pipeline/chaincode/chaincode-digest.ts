/** The digest of a chaincode: its files and its definition. It decides whether a deployment has anything to do. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { ChaincodeChoice, FolderChaincode } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellWord } from '../core/shell-text.ts';
import { isSkippedIn } from '../fabric/chaincode-folder.ts';
import { type FolderFile, folderFiles } from '../host/folder-files.ts';
import { DIGEST_LENGTH } from './chaincode-version.ts';

const READS_AT_ONCE = 32;
const INDEXES = 'META-INF';
/** Files are read as a whole, which Node.js does up to this size. */
const LARGEST = 2 ** 31 - 1;

function tooLarge(path: string, size: number): WizardFailure {
  const gigabytes = (size / 1e9).toFixed(1);
  return new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.file-too-large', path, gigabytes },
    next: [`ls -l ${shellWord(path)}`],
  });
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hashes of files by path, each with what changes when the file is written: a file that is as before is not read again. */
export type KnownHashes = Map<string, { readonly stamp: string; readonly hash: string }>;

/** Returns a line for each file: path, whether it is executable, and hash. */
async function fileLines(files: readonly FolderFile[], known: KnownHashes): Promise<readonly string[]> {
  const lines = new Array<string>(files.length);
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  await queue.addAll(
    files.map(({ path, file }, index) => async () => {
      const { mode, size, mtimeMs, ctimeMs, ino } = await stat(file);
      if (size > LARGEST) throw tooLarge(file, size);
      const stamp = [size, mtimeMs, ctimeMs, ino].join(' ');
      const before = known.get(file);
      const hash = before?.stamp === stamp ? before.hash : sha256(await readFile(file));
      known.set(file, { stamp, hash });
      lines[index] = JSON.stringify([path, (mode & 0o100) !== 0, hash]);
    }),
  );
  return lines;
}

/** Returns the text of a file with collections. @throws WizardFailure `usage` if it has no list of them */
async function readCollections(path: string, name: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const isList = (json: string) => {
    try {
      return Array.isArray(JSON.parse(json));
    } catch {
      return false;
    }
  };
  if (text !== undefined && isList(text)) return text;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: text === undefined ? 'issue.no-file' : 'issue.no-collections', path },
    next: [`fabric-wizard chaincode deploy ${name} --collections FILE`],
  });
}

/** @throws WizardFailure `check` if the folder cannot be read */
async function linesOf({ path, language }: FolderChaincode, known: KnownHashes): Promise<readonly string[]> {
  try {
    const { files } = await folderFiles(path, isSkippedIn(language));
    return await fileLines(files, known);
  } catch (error) {
    if (error instanceof WizardFailure) throw error;
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${path}`,
      expected: { key: 'state.source-folder' },
      got: (error as Error).message,
    });
  }
}

function digestOf(lines: readonly string[]): string {
  return sha256(lines.join('\n')).slice(0, DIGEST_LENGTH);
}

/**
 * Returns 12 hex digits for the files of a chaincode, from which the process of a service is made.
 * @throws WizardFailure `check` if the folder cannot be read
 */
export async function filesDigest(choice: FolderChaincode, known: KnownHashes = new Map()): Promise<string> {
  return digestOf([choice.language, ...(await linesOf(choice, known))]);
}

/**
 * Returns 12 hex digits for what peers get: arguments of `Init`, policy and collections, with the files and their language
 * or, of a service, its address and the indexes of its state.
 * @param known for a digest that is computed again and again
 * @throws WizardFailure `check` if the folder cannot be read
 */
export async function chaincodeDigest(
  choice: ChaincodeChoice,
  known: KnownHashes = new Map(),
): Promise<string> {
  const { name, language, init, policy, collections } = choice;
  const collected = collections === undefined ? undefined : await readCollections(collections, name);
  if (choice.service === undefined) {
    const definition = JSON.stringify({ name, language, init, policy, collections: collected });
    return digestOf([definition, ...(await linesOf(choice, known))]);
  }
  const { service, path } = choice;
  const definition = JSON.stringify({ name, service, init, policy, collections: collected });
  const indexes = path === undefined ? [] : await fileLines(await indexFiles(path), known);
  return digestOf([definition, ...indexes]);
}

/** Returns the files in a chaincode's folder that define indexes of the state database. */
export async function indexFiles(dir: string): Promise<readonly FolderFile[]> {
  const { files } = await folderFiles(join(dir, INDEXES), () => false).catch(() => ({ files: [] }));
  return files.map(({ path, file }) => ({ path: `${INDEXES}/${path}`, file }));
}
