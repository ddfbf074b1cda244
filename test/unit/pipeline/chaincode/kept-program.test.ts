import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  keptProgram,
  keptProgramsDir,
  removeKeptProgram,
  stageProgram,
} from '../../../../src/pipeline/chaincode/kept-program.ts';
import { HUB } from '../../../../src/pipeline/chaincode/service-scripts.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function keepProgram(...program: Parameters<typeof stageProgram>): Promise<void> {
  return stageProgram(...program).keep();
}

const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const files = [{ name: 'chaincode', content: Buffer.from('program'), mode: 0o755 }];
const program = { language: 'go', image: 'sha256:1', digest: 'd', files } as const;

it('a program is kept as it was brought, without its image', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, program);
  const { image: _, ...others } = program;
  expect(await keptProgram(stateDir, 'basic')).toEqual({ packageId: PACKAGE, ...others });
});

it('a program that is discarded leaves the last one, and no other file', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, program);
  await stageProgram(stateDir, 'basic', PACKAGE, { ...program, digest: 'next' }).discard();
  expect(await keptProgram(stateDir, 'basic')).toMatchObject({ digest: 'd' });
  expect(await readdir(keptProgramsDir(stateDir))).toEqual(['basic.tar']);
});

it('a program that registers is kept as one', async () => {
  const stateDir = await tempDir();
  await keepProgram(stateDir, 'basic', PACKAGE, { ...program, registers: 'here' });
  expect(await keptProgram(stateDir, 'basic')).toMatchObject({ language: 'go', registers: 'here' });
});

it('the hub that an earlier version kept has the name that the scripts of a container know', async () => {
  const stateDir = await tempDir();
  const namesOf = async (...names: string[]) => {
    const kept = names.map((name) => ({ name, content: Buffer.from(name) }));
    await keepProgram(stateDir, 'basic', PACKAGE, { ...program, registers: 'here', files: kept });
    return (await keptProgram(stateDir, 'basic'))?.files.map(({ name }) => name).sort();
  };
  expect(await namesOf('chaincode', 'hub')).toEqual([HUB, 'chaincode']);
  // A file of the user's.
  expect(await namesOf('index.js', 'hub', HUB)).toEqual([HUB, 'hub', 'index.js']);
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
