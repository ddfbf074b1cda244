import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkNodeProgram } from '../../../../src/pipeline/chaincode/node-check.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { ExecResult } from '../../../../src/pipeline/engine/engine-types.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/** Runs a command on this machine instead of in a container. */
const docker = {
  exec: (_id: string, [program = '', ...args]: readonly string[]) =>
    new Promise<ExecResult>((resolve) => {
      execFile(program, args, (error, stdout, stderr) =>
        resolve({ exitCode: error ? 1 : 0, stdout, stderr }),
      );
    }),
};

/** Checks files that are to replace others. @returns the place of the error */
async function checked(
  next: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>> = {},
): Promise<{ readonly place: unknown; readonly isLeft: boolean }> {
  const dir = await tempDir();
  await writeFiles(join(dir, 'next'), { 'package.json': '{}', ...next });
  await writeFiles(join(dir, 'now'), { 'package.json': '{}', ...now });
  const folders = { next: join(dir, 'next'), now: join(dir, 'now') };
  const context = { docker, signal: new AbortController().signal, options: { again: 'again' } };
  const place = await checkNodeProgram(context, 'id', join(dir, 'next'), folders).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof WizardFailure && error.failure.kind === 'chaincode') return error.failure.place;
      throw error;
    },
  );
  return { place, isLeft: existsSync(folders.next) };
}

it('a syntax error in a changed file has its position, and the next program does not stay', async () => {
  const files = { 'index.js': 'let a = 1;\n', 'lib/values.js': 'let a = 1;\nclas Values {}\n' };
  expect(await checked(files, { 'index.js': files['index.js'] })).toEqual({
    place: expect.stringMatching(/\/next\/lib\/values\.js:2: SyntaxError: /),
    isLeft: false,
  });
});

it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ['correct files', { 'index.js': '#!/usr/bin/env node\nreturn require("x");\n' }, {}],
  [
    'an error in a file that the running program has too',
    { 'old.js': 'clas X {}' },
    { 'old.js': 'clas X {}' },
  ],
  ['modules', { 'package.json': '{"type":"module"}', 'index.js': 'import x from "x"; await x();' }, {}],
  ['a module by its name', { 'index.mjs': 'import x from "x";' }, {}],
  ['files of packages', { 'node_modules/x/broken.js': 'clas X {}' }, {}],
])('%s may replace the running program', async (_, next, now) => {
  expect(await checked(next, now)).toEqual({ place: undefined, isLeft: true });
});
