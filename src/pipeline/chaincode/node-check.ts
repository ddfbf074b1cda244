/** Checks the syntax of a Node.js program in its container before the process restarts with it. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { crashPlace } from './crash-text.ts';

/**
 * Throws the syntax error of the next program. It reads the main file, and the files that are loaded by statements at the
 * beginning of a line: others may never be loaded. A file is correct if it is a script or a module, because it depends on the
 * version of Node.js which of them it is. If the running program has errors too, something translates its files, and those of
 * the next program cannot be judged. Everything else is left to the process. $1 folder of the next program, $2 that of the
 * running one
 */
const CHECK = `
const fs = require('fs'), path = require('path'), { wrap } = require('module'), { Script, SourceTextModule } = require('vm');
const [next, now] = process.argv.slice(1);
const COMMENT = /\\/\\*[\\s\\S]*?\\*\\//g;
const ASSIGNED = '(?:(?:const|let|var)\\\\s[\\\\w$\\\\s{},:]+|(?:module\\\\.)?exports[.\\\\w$]*\\\\s*)=\\\\s*';
const IMPORTED = '(?:import|export)\\\\s+(?:[\\\\w$\\\\s{},*]*\\\\bfrom\\\\s*)?';
const LOADED = new RegExp('^(?:(?:' + ASSIGNED + ')?require\\\\(\\\\s*|' + IMPORTED + ')([\\'"])(\\\\.[^\\'"\\\\n]*)\\\\1', 'gm');
const isFile = (file) => { try { return fs.statSync(file).isFile(); } catch { return false; } };
const fileOf = (name) => {
  const index = isFile(path.join(name, 'package.json')) ? [] : [path.join(name, 'index.js')];
  return [name, name + '.js', ...index].find(isFile);
};
const errorOf = (text, filename) => {
  const asScript = () => new Script(wrap(text.replace(/^#!.*/, '')), { filename });
  const asModule = () => new SourceTextModule(text, { identifier: filename });
  const order = /^(?:import|export)\\b/m.test(text) ? [asModule, asScript] : [asScript, asModule];
  const errors = order.map((parse) => {
    try { parse(); } catch (error) { return error; }
  });
  return errors.every((error) => error instanceof SyntaxError) ? errors[0] : undefined;
};
const errorIn = (root) => {
  const { main = 'index.js' } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const files = new Set([fileOf(path.join(root, main))]);
  for (const file of files) {
    const name = path.relative(root, file ?? root);
    if (/^\\.\\.|node_modules/.test(name) || !/\\.[cm]?js$/.test(name)) continue;
    const text = fs.readFileSync(file, 'utf8');
    const error = errorOf(text, path.join('/service/app', name));
    if (error) return error;
    for (const [, , loaded] of text.replace(COMMENT, ' ').matchAll(LOADED))
      files.add(fileOf(path.join(file, '..', loaded)));
  }
};
let error;
try { error = errorIn(now) ? undefined : errorIn(next); } catch {}
if (error) throw error;
`;

const NODE = ['node', '--no-warnings', '--experimental-vm-modules', '-e'];

/**
 * @param next folder of the next program in the container
 * @param now folder of the running program
 * @throws WizardFailure `chaincode` with the file and the line
 */
export async function checkNodeProgram(
  context: {
    readonly docker: Pick<DockerPort, 'execInShell'>;
    readonly signal: AbortSignal;
    readonly options: { readonly again: string };
  },
  id: string,
  dir: string,
  { next, now }: { readonly next: string; readonly now: string },
): Promise<void> {
  const { docker, signal, options } = context;
  const how = { signal, atMost: 1 };
  const { exitCode, stdout, stderr } = await docker.execInShell(id, [...NODE, CHECK, next, now], how);
  const lines = `${stdout}\n${stderr}`.split('\n');
  const place = exitCode === 0 ? undefined : await crashPlace(lines, dir);
  if (place === undefined) return;
  await docker.execInShell(id, ['rm', '-rf', next], how);
  throw new WizardFailure({
    kind: 'chaincode',
    problem: { key: 'chaincode.not-compiled', dir },
    place,
    next: [options.again],
  });
}
