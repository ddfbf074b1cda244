import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesChanged, watchedChoice } from '../../../src/commands/chaincode-watch.ts';
import { filesDigest } from '../../../src/pipeline/chaincode/chaincode-digest.ts';
import type { FolderChaincode } from '../../../src/pipeline/config/chaincode-list.ts';
import { CancelledError } from '../../../src/pipeline/core/failure.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

async function chaincode() {
  const dir = await tempDir();
  await writeFiles(dir, { 'main.go': 'package main', 'words/words.go': 'package words' });
  const choice: FolderChaincode = { name: 'basic', path: dir, language: 'go' };
  return { dir, choice, before: await filesDigest(choice) };
}

it('a save ends the wait with the digest of what was saved', async () => {
  const { dir, choice, before } = await chaincode();
  const changed = filesChanged(choice, before, new Map(), new AbortController().signal);
  await writeFile(join(dir, 'words/words.go'), 'package others');
  expect(await changed).toBe(await filesDigest(choice));
});

it('a file that is removed is a change too', async () => {
  const { dir, choice, before } = await chaincode();
  const changed = filesChanged(choice, before, new Map(), new AbortController().signal);
  await rm(join(dir, 'words/words.go'));
  expect(await changed).not.toBe(before);
});

it('a cancelled wait ends', async () => {
  const { choice, before } = await chaincode();
  const abort = new AbortController();
  const changed = filesChanged(choice, before, new Map(), abort.signal);
  abort.abort();
  await expect(changed).rejects.toThrow(CancelledError);
});

it.each<[string, Parameters<typeof watchedChoice>[0]]>([
  ['none', []],
  ['one that peers build', [{ name: 'a', path: '/a', language: 'go' }]],
  ['a process of the user', [{ name: 'a', service: 'localhost:1' }]],
  [
    'two services',
    [
      { name: 'a', path: '/a', language: 'go', service: true },
      { name: 'b', path: '/b', language: 'go', service: true },
    ],
  ],
])('only one service in a container can be watched, not %s', (_, choices) => {
  expect(() => watchedChoice(choices, 'again')).toThrow();
});
