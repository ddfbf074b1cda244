/** `doctor` on a real machine: who holds a port, what others left, what is repaired, and engines that are none. */
import { createHash } from 'node:crypto';
import { chown, readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DoctorCheck, DoctorReport } from '../../src/pipeline/core/doctor-report.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import { containerNames, engine, programImage } from '../support/engine.ts';
import { engineProxy } from '../support/engine-proxy.ts';
import { type AtEnd, tempDir, writeFiles } from '../support/temp-dir.ts';
import { BIN } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-doctor';
const PORT = 22150;
const CHOICES = ['--source', 'sample', '--project', PROJECT, '--port-base', String(PORT)];
const SLEEP_IMAGE = 'fw-e2e-doctor/fabric-peer:1';

interface Said extends DoctorReport {
  readonly exitCode: number | undefined;
  readonly row: (id: string) => DoctorCheck | undefined;
}

async function doctor(
  env: Readonly<Record<string, string>> = {},
  atEnd: AtEnd = onTestFinished,
): Promise<Said> {
  const { exitCode, stdout } = await execa(process.execPath, [BIN, 'doctor', '--json', ...CHOICES], {
    cwd: await tempDir(atEnd),
    env: { ...env },
    reject: false,
    stdin: 'ignore',
  });
  const report = JSON.parse(stdout) as DoctorReport;
  return { ...report, exitCode, row: (id) => report.checks.find((check) => check.id === id) };
}

async function listening(
  at: { path: string } | { host: string; port: number },
  atEnd: AtEnd = onTestFinished,
): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, resolve);
  });
  atEnd(async () => void server.close());
  return server;
}

/** Runs until the test ends. */
async function container(
  name: string,
  labels: Record<string, string>,
  options: { readonly port?: number; readonly cmd?: string[] } = {},
): Promise<void> {
  const made = await engine.createContainer({
    name,
    Image: SLEEP_IMAGE,
    Cmd: options.cmd ?? ['/bin/sleep', '600'],
    Labels: labels,
    ExposedPorts: { '7050/tcp': {} },
    HostConfig:
      options.port === undefined
        ? {}
        : { PortBindings: { '7050/tcp': [{ HostIp: '127.0.0.1', HostPort: `${options.port}` }] } },
  });
  onTestFinished(() => made.remove({ force: true }).catch(() => undefined));
  await made.start();
}

beforeAll(async () => {
  await programImage(SLEEP_IMAGE, '/bin/sleep');
  return async () => {
    await engine.getImage(SLEEP_IMAGE).remove({ force: true });
  };
});

it('answers for the choices that it is given, and leaves nothing in the folder', async () => {
  const said = await doctor();
  expect(said.exitCode, JSON.stringify(said.checks)).toBe(0);
  expect(said.ok).toBe(true);
  expect(said.row('engine')?.detail).toMatch(/^Docker Engine \d+/);
  expect(said.row('source')?.detail).toMatch(/^practice source 1\.4\.12 in /);
  for (const id of [
    'api',
    'compose',
    'socket',
    'ports',
    'disk',
    'memory',
    'architecture',
    'proxies',
    'folder',
  ])
    expect(said.row(id), id).toBeDefined();
});

it('uses the engine of the selected context, and says so', async () => {
  const { env, cut } = await engineProxy();
  const folder = await tempDir();
  const id = createHash('sha256').update('lab').digest('hex');
  await writeFiles(folder, {
    'config.json': JSON.stringify({ currentContext: 'lab' }),
    [`contexts/meta/${id}/meta.json`]: JSON.stringify({ Endpoints: { docker: { Host: env.DOCKER_HOST } } }),
  });
  const selected = { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_CONFIG: folder };
  const from = `${env.DOCKER_HOST} (docker context lab, from ${join(folder, 'config.json')})`;
  expect((await doctor(selected)).row('engine')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining(from),
  });
  cut();
  expect((await doctor(selected)).row('engine')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining(env.DOCKER_HOST),
  });
});

it('names the process and the container with its project that hold its ports', async () => {
  await listening({ host: '127.0.0.1', port: PORT + 1 });
  await container('fw-e2e-doctor-other', { 'com.docker.compose.project': 'somebody' }, { port: PORT });
  const { ok, exitCode, row } = await doctor();
  expect({ ok, exitCode }).toEqual({ ok: false, exitCode: 3 });
  expect(row('ports')).toMatchObject({
    status: 'fail',
    fix: expect.stringMatching(/^fabric-wizard up --port-base \d+ --source sample --project fw-e2e-doctor$/),
  });
  expect(row('ports')?.detail).toContain(
    `${PORT} in use by container fw-e2e-doctor-other (compose project somebody)`,
  );
  expect(row('ports')?.detail).toMatch(new RegExp(`${PORT + 1} in use by process ${process.pid} \\(`));
  // The command that helps a refused run keeps what the user typed.
  const dir = await tempDir(onTestFinished);
  const refused = await execa(
    process.execPath,
    [BIN, 'up', '--yes', '--orgs', '1', '--dir', dir, ...CHOICES],
    {
      reject: false,
    },
  );
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toMatch(
    new RegExp(`fabric-wizard up --yes --port-base \\d+ --dir ${dir} --source sample --orgs 1`),
  );
});

it("tells of another tool's network, and leaves it alone", async () => {
  const labels = {
    'com.docker.compose.project': 'net',
    'com.docker.compose.project.working_dir': '/srv/fabric-samples/first-network',
  };
  await container('fw-e2e-doctor-byfn-peer0', labels);
  const { row } = await doctor();
  const leftovers = row('leftovers');
  expect(leftovers?.status).toBe('ok');
  expect(leftovers?.detail).toContain('byfn net in /srv/fabric-samples/first-network: 1 running container');
  expect(leftovers?.fix ?? '').not.toContain('first-network');
  expect(await containerNames()).toContain('fw-e2e-doctor-byfn-peer0');
});

it('--fix work removes what a killed run of ours left, and nothing else', async () => {
  const work = (pid: number) => ({
    [LABEL.role]: 'work',
    [LABEL.project]: PROJECT,
    [LABEL.run]: `2026-01-01T00-00-00-000Z-${pid}`,
  });
  const ends = { cmd: ['/bin/sleep', '0'] };
  // Above the highest process id that a system gives.
  await container('fw-e2e-doctor-left', work(4_194_305), ends);
  await container('fw-e2e-doctor-alive', work(process.pid), ends);
  await container('fw-e2e-doctor-stranger', {}, ends);
  await engine.getContainer('fw-e2e-doctor-left').wait();
  expect((await doctor()).row('work')).toMatchObject({
    status: 'warn',
    fix: expect.stringMatching(/^fabric-wizard doctor --fix work /),
  });
  const { stderr } = await execa(process.execPath, [BIN, 'doctor', '--fix', 'work', ...CHOICES], {
    cwd: await tempDir(),
    reject: false,
  });
  expect(stderr).toMatch(/removing work containers: .*fw-e2e-doctor-left/);
  const names = await containerNames();
  expect(names).not.toContain('fw-e2e-doctor-left');
  expect(names).toEqual(expect.arrayContaining(['fw-e2e-doctor-stranger', 'fw-e2e-doctor-alive']));
});

it.runIf(process.getuid?.() === 0)('writes nothing in the folder of another user', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { '.fabric-wizard/.gitignore': '*\n' });
  await chown(join(dir, '.fabric-wizard'), 65_534, 65_534);
  await execa(process.execPath, [BIN, 'doctor', ...CHOICES], { cwd: dir, reject: false });
  expect(await readdir(join(dir, '.fabric-wizard'))).toEqual(['.gitignore']);
});

describe.concurrent('what can not be had', () => {
  it('knows no other repair', async ({ onTestFinished }) => {
    const { exitCode, stderr } = await execa(process.execPath, [BIN, 'doctor', '--fix', 'everything'], {
      cwd: await tempDir(onTestFinished),
      reject: false,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Available: engine, compose, git, work');
  });

  it('has an answer where the engine has none', async ({ onTestFinished }) => {
    const path = join(await tempDir(onTestFinished), 'engine.sock');
    await listening({ path }, onTestFinished);
    const { ok, row } = await doctor({ DOCKER_HOST: `unix://${path}` }, onTestFinished);
    expect(ok).toBe(false);
    expect(row('engine')).toMatchObject({ status: 'fail', detail: expect.stringContaining(path) });
    // What only the engine could say is not made up.
    expect(row('leftovers')).toBeUndefined();
    expect(row('folder')?.status).toBe('ok');
  });
});
