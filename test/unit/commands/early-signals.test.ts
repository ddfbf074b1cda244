import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { eventually } from '../../support/live-run.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const SOURCE = new URL('../../../src/commands/early-signals.ts', import.meta.url).pathname;

it('a signal that comes while modules are loaded cancels the command, which listens later', async () => {
  const dir = await tempDir();
  // It is delivered when this module waits, as one that comes while a module runs is delivered after it.
  const contents = `import './early-signals.ts';
import { cancelOnSignals } from './terminal.ts';
process.kill(process.pid, 'SIGHUP');
const { signal } = cancelOnSignals();
signal.addEventListener('abort', () => { console.log('cancelled'); process.exit(); });
setInterval(() => undefined, 1000);`;
  await build({
    stdin: { contents, resolveDir: dirname(SOURCE), loader: 'ts' },
    outfile: join(dir, 'program.cjs'),
    ...{ bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    define: { 'import.meta.url': '"file:///program.cjs"' },
  });
  const { stdout } = await execa(process.execPath, ['program.cjs', 'build'], { cwd: dir, timeout: 10_000 });
  expect(stdout).toBe('cancelled');
});

it('a process whose terminal was closed ends by SIGHUP, after everything else that it does at its end', async () => {
  const dir = await tempDir();
  await build({
    entryPoints: [SOURCE],
    outfile: join(dir, 'early.cjs'),
    ...{ bundle: true, platform: 'node', format: 'cjs' },
  });
  await writeFiles(dir, {
    'main.cjs': `require('./early.cjs');
process.on('exit', () => { throw new Error('the terminal is gone'); });
process.on('exit', (code) => require('node:fs').writeFileSync('last', String(code)));
for (const name of ['error', 'end']) process.stdin.on(name, () => process.exit(3));
process.stdin.resume();
console.log('ready');`,
    // A shell that outlives its terminal. It says how the program ended.
    'main.sh': `trap : HUP; "${process.execPath}" main.cjs; code=$?; echo $code > code`,
  });
  const terminal = execa('script', ['--quiet', '--flush', '--command', 'sh main.sh', '/dev/null'], {
    ...{ cwd: dir, reject: false, stdin: 'pipe', env: { SHELL: '/bin/sh' } },
  });
  await once(terminal.stdout, 'data');
  terminal.kill('SIGKILL');
  // The shell makes the file before it writes.
  const code = () => readFile(join(dir, 'code'), 'utf8').catch(() => '');
  expect(await eventually('the end of the program', async () => (await code()) || undefined)).toBe('129\n');
  expect(await readFile(join(dir, 'last'), 'utf8')).toBe('3');
});
