/** What `init` and `import` refuse, with the command to run instead. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importCommand } from '../../../src/commands/import.ts';
import { commandsFor, init } from '../../../src/commands/init.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

async function refused(command: Promise<unknown>) {
  const error = await command.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'usage') throw error;
  return error.failure;
}

it.each([
  [{ language: 'nod', service: true }, 'fabric-wizard init notes --service --language node'],
  [{ client: 'nod', language: 'go' }, 'fabric-wizard init notes --language go --client node'],
  [{ source: 'nowhere', service: true }, /^fabric-wizard init notes --service --source v\d/],
])('init with %j suggests the same command with another value', async (flags, next) => {
  const dir = await tempDir();
  const failure = await refused(init(plainTerminal(dir, PACKAGE), flags, 'notes'));
  expect(failure.next[0]).toEqual(typeof next === 'string' ? next : expect.stringMatching(next));
  expect(await readdir(dir)).toEqual([]);
});

it('init leads to the folder of the project, unless it is this one', () => {
  expect(commandsFor(process.cwd())).toEqual(['fabric-wizard up --yes']);
  expect(commandsFor(join(process.cwd(), 'my notes'))).toEqual(["cd 'my notes'", 'fabric-wizard up --yes']);
});

it('init where files exist suggests another folder', async () => {
  const dir = await tempDir();
  await mkdir(join(dir, 'notes'));
  await writeFile(join(dir, 'notes/README.md'), 'mine');
  const failure = await refused(init(plainTerminal(dir, PACKAGE), { language: 'node' }, 'notes'));
  expect(failure.next).toEqual(['fabric-wizard init NEW_FOLDER --language node']);
});

it.each([
  ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1])],
  ['a text in another encoding', Buffer.from('global: é', 'latin1')],
])('import refuses %s as what it is', async (_, content) => {
  const dir = await tempDir();
  const file = join(dir, 'given');
  await writeFile(file, content);
  const failure = await refused(importCommand(plainTerminal(dir, PACKAGE), [file], undefined));
  expect(failure.message).toEqual({ key: 'usage.import-no-text', file });
  expect(await readdir(dir)).toEqual(['given']);
});
