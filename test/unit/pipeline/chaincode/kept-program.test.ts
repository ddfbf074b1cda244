import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesDigest } from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { keepProgram, keptProgram } from '../../../../src/pipeline/chaincode/kept-program.ts';
import type { FolderChaincode } from '../../../../src/pipeline/config/chaincode-list.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const PACKAGE = 'basic_aaaaaaaaaaaa:1';

it('a program is kept as it was, whatever becomes of the folder', async () => {
  const [stateDir, dir] = [await tempDir(), await tempDir()];
  await writeFiles(dir, { 'main.go': 'package main' });
  const choice: FolderChaincode = { name: 'basic', path: dir, language: 'go' };
  const files = [{ name: 'chaincode', content: Buffer.from('program'), mode: 0o755 }];
  await keepProgram(stateDir, choice, PACKAGE, { language: 'go', image: 'sha256:1', digest: 'd', files });
  await writeFile(join(dir, 'main.go'), 'package broken');
  expect(await keptProgram(stateDir, 'basic')).toEqual({
    packageId: PACKAGE,
    language: 'go',
    digest: 'd',
    files,
  });
});

it('files that changed after the program was made are not kept', async () => {
  const [stateDir, dir] = [await tempDir(), await tempDir()];
  await writeFiles(dir, { 'package.json': '{}', 'index.js': 'first' });
  const choice: FolderChaincode = { name: 'basic', path: dir, language: 'node' };
  const made = async () => ({
    ...{ language: 'node' as const, image: 'sha256:1', digest: await filesDigest(choice) },
    files: [{ name: 'index.js', content: { file: join(dir, 'index.js') } }],
  });
  const first = await made();
  await keepProgram(stateDir, choice, PACKAGE, first);
  const second = await made();
  await writeFile(join(dir, 'index.js'), 'third');
  await keepProgram(stateDir, choice, PACKAGE, second);
  const kept = await keptProgram(stateDir, 'basic');
  expect(kept?.digest).toBe(first.digest);
  expect(String(kept?.files[0]?.content)).toBe('first');
});

it('a file that cannot be read counts as none', async () => {
  const stateDir = await tempDir();
  expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  await writeFiles(stateDir, { 'network/services/basic.tar': 'half of a tar' });
  expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
});
