import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { expect, it, vi } from 'vitest';
import { eventually } from '../../support/live-run.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const SOURCE = new URL('../../../src/commands/early-signals.ts', import.meta.url).pathname;

it('a signal that comes while modules are loaded cancels the command, which listens later', async () => {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', 'fabric-wizard', 'build']);
  await import('../../../src/commands/early-signals.ts');
  const { cancelOnSignals } = await import('../../../src/commands/terminal.ts');
  // It is delivered when this function waits, as one that comes while a module runs is delivered after it.
  process.kill(process.pid, 'SIGHUP');
  const { signal, dispose } = cancelOnSignals();
  if (!signal.aborted) await once(signal, 'abort');
  expect(signal.aborted).toBe(true);
  dispose();
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
