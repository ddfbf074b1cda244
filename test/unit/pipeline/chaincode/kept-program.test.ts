import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  keepProgram,
  keptProgram,
  keptProgramsDir,
  removeKeptProgram,
} from '../../../../src/pipeline/chaincode/kept-program.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const files = [{ name: 'chaincode', content: Buffer.from('program'), mode: 0o755 }];
const program = { language: 'go', image: 'sha256:1', digest: 'd', files } as const;

it('a program is kept as it was brought, without its image', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, program);
  const { image: _, ...others } = program;
  expect(await keptProgram(stateDir, 'basic')).toEqual({ packageId: PACKAGE, ...others });
});

it('a program that registers is kept as one', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, { ...program, registers: 'here' });
  expect(await keptProgram(stateDir, 'basic')).toMatchObject({ language: 'go', registers: 'here' });
});

it('a file that cannot be read counts as none', async () => {
  const stateDir = await tempDir();
  expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  await keepProgram(stateDir, 'basic', PACKAGE, program);
  const path = join(keptProgramsDir(stateDir), 'basic.tar');
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, 700));
  expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  await writeFile(path, whole);
  expect(await keptProgram(stateDir, 'basic')).toBeDefined();
});

it('a program that is removed is not kept any more, and others are', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, program);
  await keepProgram(stateDir, 'other', PACKAGE, program);
  await removeKeptProgram(stateDir, 'basic');
  await removeKeptProgram(stateDir, 'basic');
  expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  expect(await keptProgram(stateDir, 'other')).toBeDefined();
});
