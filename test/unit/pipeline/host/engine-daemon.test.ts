import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { startDaemon } from '../../../../src/pipeline/host/engine-daemon.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const HELD = 'failed to start daemon: pid file found, ensure docker is not running or delete';

let dir: string;

/** A `dockerd` that counts its starts. It refuses as long as the pid file is there, and else is up. */
beforeEach(async () => {
  dir = await tempDir();
  const script = `echo x >> "${dir}/starts"
if [ -e "${dir}/docker.pid" ]; then echo "${HELD} ${dir}/docker.pid"; exit 1; fi
echo up > "${dir}/up"`;
  await writeFiles(dir, { dockerd: `#!/bin/sh\n${script}\n` });
  await chmod(join(dir, 'dockerd'), 0o755);
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`);
});

afterEach(() => vi.unstubAllEnvs());

async function starts(): Promise<number> {
  return (await readFile(join(dir, 'starts'), 'utf8').catch(() => '')).split('\n').length - 1;
}

/** An engine that answers when `dockerd` is up. `onSilence` is called each time that it does not. */
function engine(onSilence: () => Promise<void> = async () => undefined) {
  const endpoint = `unix://${dir}/docker.sock`;
  const version = async () => {
    const up = await readFile(join(dir, 'up'), 'utf8').catch(() => undefined);
    if (up !== undefined)
      return { name: 'Docker Engine', engine: '20.10', api: '1.41', minApi: '1.12', arch: 'amd64' };
    await onSilence();
    throw new WizardFailure({ kind: 'engine', problem: 'unreachable', endpoint, detail: '' });
  };
  return { endpoint, version };
}

function start(docker: ReturnType<typeof engine>): Promise<void> {
  const { signal } = new AbortController();
  const pidFiles = [join(dir, 'containerd.pid')];
  return startDaemon(docker, { signal, logFile: join(dir, 'log'), deadlineMs: 20_000, pidFiles });
}

describe('startDaemon', () => {
  it('starts dockerd without the variables of the client', async () => {
    vi.stubEnv('DOCKER_TLS_VERIFY', '1');
    vi.stubEnv('DOCKER_HOST', 'unix:///stale.sock');
    const script = `echo "$DOCKER_TLS_VERIFY|$DOCKER_HOST" > "${dir}/up"`;
    await writeFile(join(dir, 'dockerd'), `#!/bin/sh\n${script}\n`);
    await start(engine());
    expect(await readFile(join(dir, 'up'), 'utf8')).toBe('|\n');
  });

  it('waits for an earlier dockerd that is still ending, and starts again', async () => {
    // The process of the pid file has ended, the file is still there.
    await writeFile(join(dir, 'docker.pid'), '999999999');
    await start(
      engine(async () => {
        if ((await starts()) >= 3) await rm(join(dir, 'docker.pid'), { force: true });
      }),
    );
    expect(await starts()).toBeGreaterThanOrEqual(4);
  });

  it('waits until a killed containerd is gone, and starts once', async () => {
    // A child that has ended stays a zombie until its parent asks for it. A shell does, `sleep` does not.
    const child = 'until grep -qx sleep "/proc/$$/comm"; do :; done';
    const parent = spawn('sh', ['-c', `(${child}) & echo $! > "${dir}/containerd.pid"; exec sleep 60`]);
    onTestFinished(() => void parent.kill());
    await once(parent, 'spawn');
    const isZombie = async () => {
      const pid = (await readFile(join(dir, 'containerd.pid'), 'utf8').catch(() => '')).trim();
      const status = await readFile(`/proc/${pid || 'none'}/status`, 'utf8').catch(() => '');
      return /^State:\s+Z/m.test(status);
    };
    await vi.waitUntil(isZombie, { timeout: 10_000, interval: 10 });
    const script = `grep -q '^State:.*Z' "/proc/$(cat "${dir}/containerd.pid")/status" && echo yes > "${dir}/early"`;
    await writeFile(
      join(dir, 'dockerd'),
      `#!/bin/sh\n${script}\necho x >> "${dir}/starts"; echo up > "${dir}/up"\n`,
    );
    setTimeout(() => parent.kill(), 500);
    await start(engine());
    expect(await readFile(join(dir, 'early'), 'utf8').catch(() => 'no')).toBe('no');
    expect(await starts()).toBe(1);
  });

  it('starts again where dockerd has waited for a containerd that was going', async () => {
    const script = `echo x >> "${dir}/starts"
if [ "$(wc -l < "${dir}/starts")" = 1 ]; then echo "failed to start containerd: timeout waiting for containerd to start"; exit 1; fi
echo up > "${dir}/up"`;
    await writeFile(join(dir, 'dockerd'), `#!/bin/sh\n${script}\n`);
    await start(engine());
    expect(await starts()).toBe(2);
  });

  it('gives up at once where the pid file names another program', async () => {
    await writeFile(join(dir, 'docker.pid'), String(process.pid));
    const error = await start(engine()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WizardFailure);
    expect((error as WizardFailure).failure).toMatchObject({
      kind: 'engine',
      problem: 'install-failed',
      detail: expect.stringContaining(HELD),
    });
    expect(await starts()).toBe(1);
  });
});
