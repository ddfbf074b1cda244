/** The digest of a chaincode: its files and its definition. It decides whether a deployment has anything to do. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import PQueue from 'p-queue';
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import { isSkippedIn } from '../fabric/chaincode-folder.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';
import { folderFiles } from '../host/folder-files.ts';
import { DIGEST_LENGTH } from './chaincode-version.ts';

const READS_AT_ONCE = 32;

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Returns a line for each file: path, whether it is executable, and hash. */
async function fileLines(dir: string, language: ChaincodeLanguage): Promise<readonly string[]> {
  const { files } = await folderFiles(dir, isSkippedIn(language));
  const lines = new Array<string>(files.length);
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  await queue.addAll(
    files.map(({ path, file }, index) => async () => {
      const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
      lines[index] = JSON.stringify([path, (mode & 0o100) !== 0, sha256(content)]);
    }),
  );
  return lines;
}

/**
 * Returns 12 hex digits for what peers get: files, language, arguments of `Init`, policy and collections.
 * @throws WizardFailure `check` if the folder cannot be read
 */
export async function chaincodeDigest(choice: ChaincodeChoice): Promise<string> {
  const { name, path, language, init, policy, collections } = choice;
  try {
    const [files, collected] = await Promise.all([
      fileLines(path, language),
      collections === undefined ? undefined : readFile(collections, 'utf8'),
    ]);
    const definition = JSON.stringify({ name, language, init, policy, collections: collected });
    return sha256([definition, ...files].join('\n')).slice(0, DIGEST_LENGTH);
  } catch (error) {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${path}`,
      expected: { key: 'state.source-folder' },
      got: (error as Error).message,
    });
  }
}
