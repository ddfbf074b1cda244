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
  execInShell: (_id: string, [program = '', ...args]: readonly string[]) =>
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

const LOADING = "'use strict';\nconst { Values } = require('./lib/values');\n";

it.each<[string, Readonly<Record<string, string>>]>([
  ['that the main file loads', { 'index.js': LOADING }],
  [
    'that is loaded by a file that the main file loads',
    {
      'index.js': "module.exports.contracts = require('./lib');\n",
      'lib/index.js': "require('./values.js');\n",
    },
  ],
  [
    'that a module loads',
    {
      'package.json': '{"type":"module","main":"src/main.js"}',
      'src/main.js': "import {\n  a,\n} from '../lib/values.js';\nawait a();\n",
    },
  ],
])('a syntax error in a file %s has its position, and the next program does not stay', async (_, next) => {
  const now = { ...next, 'lib/values.js': 'let a = 1;\n' };
  const broken = { ...next, 'lib/values.js': 'let a = 1;\nclas Values {}\n' };
  expect(await checked(broken, now)).toEqual({
    place: expect.stringMatching(/\/next\/lib\/values\.js:2: SyntaxError: /),
    isLeft: false,
  });
});

it('a syntax error in the main file has its position', async () => {
  const next = { 'package.json': '{"main":"app"}', 'app.js': 'clas X {}' };
  expect((await checked(next, { 'index.js': '' })).place).toMatch(/\/next\/app\.js:1: SyntaxError: /);
});

const BROKEN = 'clas X {}';

it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ['correct files', { 'index.js': '#!/usr/bin/env node\nreturn require("x");\n' }, {}],
  ['modules', { 'package.json': '{"type":"module"}', 'index.js': 'import x from "x"; await x();' }, {}],
  [
    'a module that does not say that it is one',
    { 'index.js': 'import x from "x";\nexport const y = x;\n' },
    {},
  ],
  ['a module by its name', { 'index.js': 'require("./x.mjs")', 'x.mjs': 'import x from "x";' }, {}],
  ['files of packages', { 'node_modules/x/broken.js': BROKEN, 'index.js': 'const x = require("x");' }, {}],
  ['a file that nothing loads', { 'index.js': 'let a;', 'client/app.js': 'const a = <App />;' }, {}],
  [
    'a file that is loaded by a comment, a function or a condition',
    {
      'index.js': `/*\nconst x = require('./x');\n*/\n// require('./x');
const load = () => require('./x');\nif (process.env.X)\n  require('./x');\n`,
      'x.js': BROKEN,
    },
    {},
  ],
  [
    'a program whose files something translates',
    { 'index.js': "require('@babel/register');\nrequire('./x');", 'x.js': 'const b = <Values />;' },
    { 'index.js': "require('@babel/register');\nrequire('./x');", 'x.js': 'const a = <Values />;' },
  ],
  ['a folder with an empty package.json', { 'index.js': 'require("./lib");', 'lib/package.json': '' }, {}],
  ['a program without a main file', { 'package.json': '{"main":"dist/index.js"}' }, {}],
  ['a program whose package.json is not valid', { 'package.json': '{', 'index.js': BROKEN }, {}],
])('%s may replace the running program', async (_, next, now) => {
  expect(await checked(next, now)).toEqual({ place: undefined, isLeft: true });
});
