/** Blocks for tests: one that a peer of 2.5.12 has validated, and others that are made of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blockOf, type DecodedBlock } from '../../src/pipeline/network/block-summary.ts';
import { PACKAGE } from './wizard.ts';

/** JSON of configtxlator: a block with a valid transaction and one that read what the first one has written. */
export async function recordedBlock(): Promise<unknown> {
  const file = join(PACKAGE, 'test/recordings/blocks/mvcc-conflict-2.5.12.json');
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

/** Blocks with these numbers and the transactions of the recorded one. */
export async function blocksFrom(from: number, to: number): Promise<DecodedBlock[]> {
  const json = await recordedBlock();
  return Array.from({ length: to - from }, (_, i) => ({ ...blockOf(json), number: from + i }));
}
