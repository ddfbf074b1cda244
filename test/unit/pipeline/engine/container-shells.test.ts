/** Shells that stay in a container. The container is this machine: its shells are real. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex, type PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ContainerShells } from '../../../../src/pipeline/engine/container-shells.ts';

const ADDRESS = { endpoint: 'unix:///nowhere', origin: { kind: 'default' } } as const;

let opened: ChildProcess[];
let shells: ContainerShells;
let cancel: AbortController;
/** What the streams have in addition. */
let added: object;

/** An engine whose commands run here. */
const docker = {
  modem: {
    demuxStream: (stream: Duplex, stdout: PassThrough, stderr: PassThrough) => {
      const child = children.get(stream);
      child?.stdout?.on('data', (data) => stdout.write(data));
      child?.stderr?.on('data', (data) => stderr.write(data));
    },
  },
  getContainer: () => ({
    exec: async ({ Cmd: [program = '', ...args] }: { Cmd: string[] }) => {
      const child = spawn(program, args);
      opened.push(child);
      return {
        start: async () => Object.assign(streamOf(child), added),
        inspect: async () => ({
          Running: child.exitCode === null && child.signalCode === null,
          ExitCode: 137,
        }),
      };
    },
  }),
};
const children = new Map<Duplex, ChildProcess>();

function streamOf(child: ChildProcess): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (data: Buffer, _, done) => child.stdin?.write(data, done),
    destroy: (error, done) => {
      child.stdin?.end();
      done(error);
    },
  });
  // A shell that was killed reads nothing more.
  child.stdin?.on('error', () => undefined);
  child.on('close', () => {
    stream.resume();
    stream.push(null);
  });
  children.set(stream, child);
  return stream;
}

beforeEach(() => {
  opened = [];
  added = {};
  cancel = new AbortController();
  shells = new ContainerShells(docker as unknown as Docker, ADDRESS, 'cli', 2);
});

afterEach(() => {
  vi.useRealTimers();
  for (const child of opened) child.kill('SIGKILL');
});

function run(script: string, env: Record<string, string> = {}) {
  return shells.run(['sh', '-c', script], { env, workdir: '/', signal: cancel.signal });
}

it('returns exit code, output and errors of a command, each as it was printed', async () => {
  const both = await run('printf "one\\n\\n two"; printf "bad\\n" >&2; exit 3');
  expect(both).toEqual({ exitCode: 3, stdout: 'one\n\n two', stderr: 'bad\n' });
  expect(await run('true')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('runs the command in its folder with its variables, whatever characters they have', async () => {
  const text = `it's "$HOME" \`id\` \\ 中文\nsecond line`;
  expect(await run('pwd; printf "%s" "$TEXT"', { TEXT: text })).toMatchObject({ stdout: `/\n${text}` });
  const printed = await shells.run(['printf', '%s', text], { env: {}, workdir: '/', signal: cancel.signal });
  expect(printed.stdout).toBe(text);
  expect((await run('printf "%s" "$TEXT"')).stdout).toBe('');
});

it('gives a command no input, so that it cannot read the next one', async () => {
  expect((await run('cat')).exitCode).toBe(0);
  expect((await run('echo next')).stdout).toBe('next\n');
});

it('uses a shell for one command after another, and opens no more than it may', async () => {
  const parents = await Promise.all(Array.from({ length: 9 }, () => run('echo $PPID')));
  // A command's parent is the process in which its shell started it, so shells are counted here.
  expect(opened).toHaveLength(2);
  expect(parents.every(({ exitCode }) => exitCode === 0)).toBe(true);
});

it('ends the shells when no command follows', async () => {
  await run('true');
  const [shell] = opened;
  await expect.poll(() => shell?.exitCode).toBe(0);
  expect((await run('echo again')).stdout).toBe('again\n');
  expect(opened).toHaveLength(2);
});

it('keeps the shells longer if their connection does not keep the process alive', async () => {
  const calls: string[] = [];
  added = { ref: () => calls.push('ref'), unref: () => calls.push('unref') };
  await run('true');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await run('true');
  vi.advanceTimersByTime(5000);
  await run('true');
  expect(opened).toHaveLength(1);
  expect(calls).toEqual(['unref', 'ref', 'unref', 'ref', 'unref']);
  vi.advanceTimersByTime(120_000);
  vi.useRealTimers();
  await expect.poll(() => opened[0]?.exitCode).toBe(0);
});

it('runs a command in another shell if its own has just ended', async () => {
  await run('true');
  opened[0]?.kill('SIGKILL');
  expect(await run('echo again')).toEqual({ exitCode: 0, stdout: 'again\n', stderr: '' });
  expect(opened).toHaveLength(2);
});

it('returns what a command has printed when its container ends', async () => {
  const ended = run('echo begun; kill -9 $(ps -o ppid= -p $$)');
  await expect(ended).resolves.toMatchObject({ exitCode: 137 });
});

it('kills the command when it is cancelled, and runs no more', async () => {
  const ended = Promise.allSettled([run('exec sleep 100'), run('exec sleep 100'), run('echo never')]);
  await expect.poll(() => opened.length).toBe(2);
  cancel.abort();
  for (const each of await ended) expect(each).toMatchObject({ reason: { message: 'cancelled' } });
  await expect.poll(() => opened[0]?.exitCode).not.toBeNull();
});
