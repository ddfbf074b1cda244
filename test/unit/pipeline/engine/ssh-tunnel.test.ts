/** The tunnel to an engine behind SSH, with programs `ssh` that behave as a test needs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import type { EngineAddress } from '../../../../src/pipeline/engine/engine-address.ts';
import { connectedEnvironment, loginThroughSsh } from '../../../../src/pipeline/engine/ssh-tunnel.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const run = promisify(execFile);
const { signal: NEVER } = new AbortController();
let hosts = 0;

/** The address of another host than those of other tests: a process has one tunnel for each. */
function newAddress(): EngineAddress {
  hosts += 1;
  return { endpoint: `ssh://me@far${hosts}`, origin: { kind: 'variable' } };
}

function setVariable(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a script the program `ssh`. It has the variable `dir`, and writes its process to a file there.
 * @returns its folder
 */
async function becomeSsh(script: string): Promise<string> {
  const dir = await tempDir();
  const program = join(dir, 'ssh');
  await writeFile(program, `#!/bin/sh\ndir=${dir}\necho $$ >> $dir/pids\n${script}\n`);
  await chmod(program, 0o755);
  setVariable('PATH', `${dir}:${process.env.PATH}`);
  onTestFinished(async () => {
    for (const pid of (await pidsOf(dir)).filter(isRunning)) process.kill(pid, 'SIGKILL');
  });
  return dir;
}

async function pidsOf(dir: string): Promise<number[]> {
  const text = await readFile(join(dir, 'pids'), 'utf8').catch(() => '');
  return text.trim().split('\n').filter(Boolean).map(Number);
}

/** Answers as an engine at the socket that `ssh` should forward. */
const ENGINE = `
const path = process.argv.find((word) => word.includes('engine.sock:')).split(':')[0];
require('node:http').createServer((_, answer) =>
  answer.setHeader('content-type', 'application/json').end('{"Version":"1","ApiVersion":"1.41"}'),
).listen(path, () => console.log('fabric-wizard:open'));`;

/** Becomes an `ssh` that forwards the socket. @param before what the script does first */
async function becomeWorkingSsh(before = ''): Promise<string> {
  return becomeSsh(`${before}\nexec ${process.execPath} -e "$(cat $dir/engine.js)" -- "$@"`).then(
    async (dir) => {
      await writeFile(join(dir, 'engine.js'), ENGINE);
      return dir;
    },
  );
}

const failsWith = (problem: string, detail: unknown = expect.anything()) => ({
  failure: { kind: 'engine', problem, detail },
});

describe('a failure of ssh', () => {
  it.each([
    ['Host key verification failed.', 255, 'host-key'],
    [
      '@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\nHost key verification failed.',
      255,
      'host-key-changed',
    ],
    ['me@far: Permission denied (publickey).', 255, 'login'],
    ['connect to host far port 22: Connection refused', 255, 'unreachable'],
    ['proxy: not found', 127, 'unreachable'],
  ])('%s', async (says, code, problem) => {
    await becomeSsh(`printf '%s\\n' '${says}' >&2; exit ${code}`);
    await expect(loginThroughSsh(newAddress())).rejects.toMatchObject(failsWith(problem, says));
  });

  it('is that it is not installed', async () => {
    const dir = await tempDir();
    await Promise.all(
      ['sh', 'rm', 'rmdir'].map(async (name) => {
        const { stdout } = await run('sh', ['-c', `command -v ${name}`]);
        await run('ln', ['-s', stdout.trim(), join(dir, name)]);
      }),
    );
    setVariable('PATH', dir);
    await expect(loginThroughSsh(newAddress())).rejects.toMatchObject(failsWith('no-ssh', ''));
  });
});

describe('a login', () => {
  it('that does not end fails after a time, and its ssh ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const dir = await becomeSsh('echo "waiting for a second factor" >&2; : > $dir/waits; exec sleep 1000');
    const login = loginThroughSsh(newAddress());
    const failed = expect(login).rejects.toMatchObject(
      failsWith('unreachable', { key: 'detail.late-ssh', words: 'waiting for a second factor' }),
    );
    await vi.waitUntil(() => existsSync(join(dir, 'waits')));
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
    const [pid = 0] = await pidsOf(dir);
    await vi.waitUntil(() => !isRunning(pid));
  });

  it('goes on for others when a caller is cancelled', async () => {
    const dir = await becomeWorkingSsh('mkfifo $dir/go; : > $dir/waits; read -r go < $dir/go');
    const address = newAddress();
    const [first, second] = [new AbortController(), new AbortController()];
    const cancelled = expect(loginThroughSsh(address, first.signal)).rejects.toThrow(CancelledError);
    const environment = expect(connectedEnvironment(address, second.signal)).rejects.toThrow(CancelledError);
    const version = new DockerPort(address).version();
    await vi.waitUntil(() => existsSync(join(dir, 'waits')));
    first.abort();
    second.abort();
    await cancelled;
    await environment;
    await writeFile(join(dir, 'go'), 'go\n');
    expect(await version).toMatchObject({ engine: '1' });
    expect(await pidsOf(dir)).toHaveLength(1);
  });
});

it('a tunnel whose socket was removed is replaced, also if its folder cannot be made again', async () => {
  const runtime = await tempDir();
  setVariable('XDG_RUNTIME_DIR', runtime);
  const dir = await becomeWorkingSsh();
  const address = newAddress();
  const docker = new DockerPort(address);
  await docker.version();
  const { DOCKER_HOST: before } = await connectedEnvironment(address, NEVER);
  expect(before).toContain(runtime);
  await rm(runtime, { recursive: true });
  const { DOCKER_HOST: after } = await connectedEnvironment(address, NEVER);
  expect(after).not.toBe(before);
  expect(await docker.version()).toMatchObject({ engine: '1' });
  expect(await pidsOf(dir)).toHaveLength(2);
});

const ssh = await run('sh', ['-c', 'command -v ssh']).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
);

it.skipIf(ssh === undefined)(
  "uses no connection of the user's configuration, and runs its command",
  async () => {
    const config = `Host *
  ControlMaster auto
  ControlPath /tmp/%C
  SessionType none
  ForkAfterAuthentication yes
  StdinNull yes
  RemoteCommand true
  IgnoreUnknown UseKeychain
  UseKeychain yes\n`;
    const dir = await becomeSsh(`${ssh} -F $dir/config -G "$@" > $dir/settings; exit 1`);
    await writeFile(join(dir, 'config'), config);
    await expect(loginThroughSsh(newAddress())).rejects.toMatchObject(failsWith('unreachable', ''));
    const settings = (await readFile(join(dir, 'settings'), 'utf8')).split('\n');
    expect(settings).toEqual(
      expect.arrayContaining(['sessiontype default', 'stdinnull no', 'forkafterauthentication no']),
    );
    expect(settings).toContain('controlmaster false');
    expect(settings.filter((line) => /^(controlpath|remotecommand)/.test(line))).toEqual([]);
  },
);
