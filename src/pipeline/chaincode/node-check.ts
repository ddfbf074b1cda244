/** Checks the syntax of a Node.js program in its container before the process restarts with it. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { crashPlace } from './crash-text.ts';

/**
 * Reads the files that differ from those of the running program: only they can have broken it. Modules of ECMAScript are left
 * out, because Node.js compiles them in another way. $1 folder of the next program, $2 that of the running one
 */
const CHECK = `
const fs = require('fs'), path = require('path'), { wrap } = require('module'), { Script } = require('vm');
const [next, now] = process.argv.slice(1);
const read = (file) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } };
const isModule = (folder) => {
  for (let at = folder; ; at = path.dirname(at)) {
    const text = read(path.join(next, at, 'package.json'));
    if (text !== undefined) return JSON.parse(text).type === 'module';
    if (at === '.') return false;
  }
};
const check = (folder) => {
  for (const entry of fs.readdirSync(path.join(next, folder), { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') check(name);
    if (!entry.isFile() || !/\\.c?js$/.test(name)) continue;
    const text = read(path.join(next, name));
    if (text === read(path.join(now, name))) continue;
    if (!name.endsWith('.cjs') && isModule(folder)) continue;
    new Script(wrap(text.replace(/^#!.*/, '')), { filename: path.join('/service/app', name) });
  }
};
check('.');
`;

/**
 * @param next folder of the next program in the container
 * @param now folder of the running program
 * @throws WizardFailure `chaincode` with the file and the line
 */
export async function checkNodeProgram(
  context: {
    readonly docker: Pick<DockerPort, 'exec'>;
    readonly signal: AbortSignal;
    readonly options: { readonly again: string };
  },
  id: string,
  dir: string,
  { next, now }: { readonly next: string; readonly now: string },
): Promise<void> {
  const { docker, signal, options } = context;
  const { exitCode, stdout, stderr } = await docker.exec(id, ['node', '-e', CHECK, next, now], { signal });
  const lines = `${stdout}\n${stderr}`.split('\n');
  const place = exitCode === 0 ? undefined : await crashPlace(lines, dir);
  if (place === undefined) return;
  await docker.exec(id, ['rm', '-rf', next], { signal });
  throw new WizardFailure({
    kind: 'chaincode',
    problem: { key: 'chaincode.not-compiled', dir },
    place,
    next: [options.again],
  });
}
