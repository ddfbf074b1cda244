import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { HUB, serviceScripts, takeCommand } from '../../../../src/pipeline/chaincode/service-scripts.ts';
import { processStat } from '../../../../src/pipeline/host/process-alive.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const started: ChildProcess[] = [];
const printedIds: number[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of printedIds.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});

async function executable(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

/** The folder of a container of a service. Commands of `bin` come before those of the host. */
async function service(language: 'go' | 'node', registers?: 'here' | 'own') {
  const dir = await tempDir();
  const bin = join(dir, 'bin');
  await mkdir(bin);
  for (const { name, content } of serviceScripts({ language, registers }))
    await writeFile(join(dir, name), String(content));
  const bring = async (digest: string, files: Readonly<Record<string, string>>) => {
    await mkdir(join(dir, digest));
    for (const [name, script] of Object.entries(files)) await executable(join(dir, digest, name), script);
    await writeFile(join(dir, 'next.partial'), digest);
    await rename(join(dir, 'next.partial'), join(dir, 'next'));
  };
  const run = () => {
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const child = spawn('sh', [join(dir, 'run')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const errors: string[] = [];
    child.stderr.on('data', (chunk) => errors.push(String(chunk)));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    /** Returns the process id in the first line that begins with a word. */
    const printed = async (word: string): Promise<number> => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`ended before it printed ${word}`);
        const [first, pid] = value.split(' ');
        printedIds.push(Number(pid));
        if (first === word) return Number(pid);
      }
    };
    return { child, printed, errors };
  };
  /** Offers the program of a digest to the script, and waits until it is taken. */
  const take = async (child: ChildProcess, digest: string) => {
    const [command = '', ...args] = takeCommand(digest, '.digest', child.pid);
    await promisify(execFile)(command, args, { cwd: dir });
  };
  return { dir, bin, bring, run, take };
}

/** A zombie has ended: nobody has asked for its exit code yet. */
async function hasEnded(pid: number): Promise<boolean> {
  return ['Z', undefined].includes((await processStat(pid))?.state);
}

const program = (word: string) => ({ chaincode: `echo "${word} $$"; exec sleep 600` });

it('a signal restarts the process with what was brought', async () => {
  const { bring, run } = await service('go');
  await bring('a', program('one'));
  const { child, printed } = run();
  const first = await printed('one');
  await bring('b', program('two'));
  child.kill('SIGHUP');
  await printed('two');
  expect(await hasEnded(first)).toBe(true);
});

it('a command offers a program, and ends when it is taken', async () => {
  const { dir, bring, run, take } = await service('go');
  await bring('a', { ...program('one'), '.digest': '' });
  const { child, printed } = run();
  const first = await printed('one');
  await mkdir(join(dir, 'b'));
  await executable(join(dir, 'b', 'chaincode'), program('two').chaincode);
  await writeFile(join(dir, 'b', '.digest'), 'b');
  await take(child, 'b');
  expect(await readdir(dir)).not.toContain('b');
  expect(await hasEnded(first)).toBe(true);
  await printed('two');
});

it('a command that cannot offer a program ends at once, and the process goes on', async () => {
  const { dir, bring, run, take } = await service('go');
  await bring('a', program('one'));
  const { child, printed } = run();
  const first = await printed('one');
  // It cannot be written, as on a full disk.
  await mkdir(join(dir, 'offered'));
  await expect(take(child, 'b')).rejects.toThrow('offered');
  expect(await readdir(dir)).not.toContain('next');
  expect(await hasEnded(first)).toBe(false);
});

it('the next program, and nothing else, prints what is shown if it ends', async () => {
  const { bring, run } = await service('go');
  await bring('a', program('one'));
  const { child, printed, errors } = run();
  await printed('one');
  await bring('b', { chaincode: 'echo "no database" >&2; exit 4' });
  child.kill('SIGHUP');
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(4);
  expect(errors.join('')).toBe('no database\nThe program ended with exit code 4.\n');
});

it('a signal that comes before the first process does not end the service', async () => {
  const { bin, bring, run } = await service('go');
  await bring('a', program('one'));
  // Sends the signal while the files are taken, the first time.
  await executable(
    join(bin, 'mv'),
    `PATH="\${PATH#*:}"; mv "$@"; if [ ! -e sent ]; then touch sent; kill -HUP "$PPID"; fi`,
  );
  const { child, printed } = run();
  await printed('one');
  await bring('b', program('two'));
  child.kill('SIGHUP');
  await printed('two');
});

it('many signals at once end with what was brought last', async () => {
  const { bring, run } = await service('go');
  await bring('a', program('one'));
  const { child, printed } = run();
  await printed('one');
  for (const digest of ['b', 'c', 'd', 'e']) {
    await bring(digest, program(digest));
    child.kill('SIGHUP');
  }
  await printed('e');
});

it('the exit code of the container is that of the process', async () => {
  const { bring, run } = await service('go');
  await bring('a', { chaincode: 'exit 7' });
  const { child, errors } = run();
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(7);
  // The process may say nothing itself.
  expect(errors.join('')).toBe('The program ended with exit code 7.\n');
});

it('npm does not write any more when a signal has ended its process', async () => {
  const { bin, bring, run } = await service('node');
  await executable(
    join(bin, 'npm'),
    'sh -c \'echo "npm $$"; while :; do mkdir -p node_modules/$$; rmdir node_modules/$$; done\'; true',
  );
  await bring('a', { '.packages': 'a' });
  const { child, printed } = run();
  const npm = await printed('npm');
  await bring('b', { '.packages': 'b' });
  child.kill('SIGHUP');
  await printed('npm');
  expect(await hasEnded(npm)).toBe(true);
});

it('the hub goes on when the process beside it restarts', async () => {
  const { dir, bring, run } = await service('go', 'here');
  const hub = 'echo "hub $$ $1"; exec sleep 600';
  await bring('a', { [HUB]: hub, ...program('one') });
  const { child, printed } = run();
  const [beside, first] = [await printed('hub'), await printed('one')];
  await bring('b', program('two'));
  child.kill('SIGHUP');
  await printed('two');
  expect(await Promise.all([beside, first].map(hasEnded))).toEqual([false, true]);
  // It was not brought again, and is there when the container starts again.
  expect(await readFile(join(dir, 'app', HUB), 'utf8')).toContain(hub);
});

it('a program that brings its own hub keeps that one', async () => {
  const { dir, bring, run } = await service('go', 'here');
  await bring('a', { [HUB]: 'exec sleep 600', ...program('one') });
  const { child, printed } = run();
  await printed('one');
  await bring('b', { [HUB]: 'exec sleep 601', ...program('two') });
  child.kill('SIGHUP');
  await printed('two');
  expect(await readFile(join(dir, 'app', HUB), 'utf8')).toContain('601');
});

it('a program that registers and ends without an error has failed, so that the engine starts it again', async () => {
  const { bring, run } = await service('go', 'here');
  await bring('a', { [HUB]: 'exec sleep 600', chaincode: 'echo "args $*"' });
  const { child } = run();
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
});

it.each([
  ['here', '127.0.0.1:7052'],
  ['own', ':7052'],
] as const)('only a process of this host reaches a hub %s', async (registers, address) => {
  const { bring, run } = await service('go', registers);
  await bring('a', { [HUB]: 'echo "at$1 $$"; exec sleep 600', ...program('one') });
  await run().printed(`at${address}`);
});

it('the hub of a process elsewhere runs alone', async () => {
  const { bring, run } = await service('go', 'own');
  await bring('a', { [HUB]: 'echo "hub $$"; exec sleep 600' });
  const { child, printed } = run();
  const hub = await printed('hub');
  expect(child.exitCode).toBeNull();
  process.kill(hub, 'SIGKILL');
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
});
