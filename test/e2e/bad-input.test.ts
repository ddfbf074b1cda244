/** What cannot work is refused before anything is changed, with what, where and the command that helps. */
import {
  access,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StageFailure } from '../../src/pipeline/core/failure.ts';
import type { FailureDescription } from '../../src/report/failure-text.ts';
import { engine, programImage } from '../support/engine.ts';
import { commitAll, fabricRepository, fabricShape } from '../support/fabric-shape.ts';
import { eventually, liveRun } from '../support/live-run.ts';
import { type AtEnd, tempDir, writeFiles } from '../support/temp-dir.ts';
import { BIN, EndedRun, SAMPLE } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-bad';
const PORT = 12150;
const UP = ['up', '--yes', '--source', 'sample', '--project', PROJECT, '--port-base', String(PORT)];
/** Made by whatever shell reads what was given as a name. */
const PROOF_OF_SHELL = '/tmp/fabric-wizard-e2e-shell';

interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the program as this user. */
  readonly user?: string;
}

async function wizard(args: readonly string[], { cwd, env, user }: Surroundings): Promise<Outcome> {
  const command = [process.execPath, BIN, ...args];
  const as = user ? ['setpriv', '--reuid', user, '--clear-groups', '--'] : [];
  const [program = '', ...rest] = [...as, ...command];
  const startedAt = performance.now();
  const { exitCode, stdout, stderr } = await execa(program, rest, {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { ...env },
    timeout: 60_000,
  });
  return { exitCode, stdout, stderr, seconds: (performance.now() - startedAt) / 1000 };
}

async function containerIds(): Promise<string[]> {
  const filters = JSON.stringify({ label: [`io.fabric-wizard.project=${PROJECT}`] });
  return (await engine.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

/** Every file under a folder with its content. */
async function contents(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')]));
  return Object.fromEntries(texts) as Record<string, string>;
}

interface Refusal {
  readonly failure: StageFailure;
  readonly described: FailureDescription;
  /** Everything that a person would read. */
  readonly text: string;
  readonly seconds: number;
}

/**
 * Runs the program and checks what is true of every refusal: two events beside the notices, the exit code in both, and
 * nothing is changed.
 */
async function refused(
  exitCode: 2 | 3,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<Refusal> {
  const before = await contents(surroundings.cwd);
  const ended = await wizard([...args, '--json'], surroundings);
  expect(await contents(surroundings.cwd)).toEqual(before);
  expect(await containerIds()).toEqual([]);
  const run = new EndedRun(ended);
  expect(run.withoutNotices.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
  const { failure, described, ...end } = run.one('run-finished');
  expect(end).toMatchObject({ outcome: 'failed', exitCode });
  expect(ended.exitCode).toBe(exitCode);
  if (!failure || !described) throw new Error('no reason is given');
  expect(described.exitCode).toBe(exitCode);
  expect(described.next.length).toBeGreaterThan(0);
  const { title, detail, hint = '', next } = described;
  return { failure, described, text: [title, ...detail, hint, ...next].join('\n'), seconds: ended.seconds };
}

async function listening(
  server: Server,
  at: { path: string } | { host: string; port: number },
  atEnd: AtEnd,
): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, resolve);
  });
  atEnd(async () => void server.close());
  return server;
}

const SLEEP_IMAGE = 'fw-e2e-bad/sleep:1';

beforeAll(async () => {
  await rm(PROOF_OF_SHELL, { force: true });
});

describe('a command line', () => {
  it('has one argument too many, which is named', async ({ onTestFinished }) => {
    const { exitCode, stderr } = await wizard(['init', 'notes', 'more'], {
      cwd: await tempDir(onTestFinished),
    });
    expect(stderr).toContain("unexpected argument 'more'");
    expect(exitCode).toBe(2);
  });
});

describe('CouchDB', () => {
  it('can not be had, and nothing is built', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const image = '127.0.0.1:1/nobody/couchdb:1';
    const ended = await wizard([...UP, '--couchdb', '--couchdb-image', image, '--json'], { cwd: dir });
    const run = new EndedRun(ended);
    expect(run.one('stage-failed')).toMatchObject({
      stage: 'couchdb',
      failure: { kind: 'couchdb-image', looked: [image] },
    });
    const begun = run.events.flatMap((event) => (event.type === 'stage-started' ? event.stage : []));
    expect(begun).toEqual(['source', 'couchdb']);
    expect(ended.exitCode).toBe(3);
    const { described } = run.one('stage-failed');
    expect(described?.next).toEqual([
      `docker pull ${image}`,
      'fabric-wizard up --yes --couchdb-image IMAGE',
      'fabric-wizard up --yes --no-couchdb',
    ]);
    expect(await containerIds()).toEqual([]);
  });
});

/** The shape of a 2.5 whose Dockerfiles start from what nobody has. */
async function upstreamCheckout(dir: string, peer: string): Promise<void> {
  const from = 'ARG UBUNTU_VER\nFROM 127.0.0.1:1/ubuntu:$UBUNTU_VER\n';
  const shape = fabricShape('FABRIC_VER ?= 2.5.12\nUBUNTU_VER ?= 22.04\n');
  const images = ['baseos', 'ccenv', 'orderer', 'tools'].map((name) => [`images/${name}/Dockerfile`, from]);
  await writeFiles(dir, {
    ...shape,
    ...Object.fromEntries(images),
    'images/peer/Dockerfile': `${from}${peer}`,
    'cmd/peer/main.go': 'package main\n',
    'cmd/orderer/main.go': 'package main\n',
    'go.mod': 'module github.com/hyperledger/fabric\n\ngo 1.19\n',
  });
}

describe('chaincode that no peer can build', () => {
  it('is refused before anything is built or started', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await writeFiles(dir, { 'cc/cc.go': '// My chaincode.\npackage cc\n' });
    const { failure, text } = await refused(2, [...UP, '--chaincode', 'cc'], { cwd: dir });
    expect(failure).toMatchObject({ kind: 'chaincode', place: 'cc.go:2: package cc' });
    expect(text).toContain('only package main can be run');
  });
});

describe('a port in use', () => {
  it('is named with the process that has it', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await listening(createServer(), { host: '127.0.0.1', port: PORT + 1 }, onTestFinished);
    const { failure, text } = await refused(3, UP, { cwd: dir });
    expect(failure).toMatchObject({ kind: 'port-taken', taken: [{ port: PORT + 1 }] });
    const program = (await readFile('/proc/self/comm', 'utf8')).trim();
    expect(text).toContain(`${PORT + 1}, needed by peer0.org1.example.com`);
    expect(text).toContain(`process ${process.pid} (${program})`);
    expect(text).toContain('--port-base');
  });

  it('is named with the container that has it and its compose project', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await programImage(SLEEP_IMAGE, '/bin/sleep');
    const container = await engine.createContainer({
      name: 'fw-e2e-bad-somebody',
      Image: SLEEP_IMAGE,
      Cmd: ['/bin/sleep', '600'],
      Labels: { 'com.docker.compose.project': 'somebody' },
      ExposedPorts: { '7050/tcp': {} },
      HostConfig: {
        PortBindings: { '7050/tcp': [{ HostIp: '127.0.0.1', HostPort: `${PORT}` }] },
      },
    });
    onTestFinished(async () => {
      await container.remove({ force: true }).catch(() => undefined);
      await engine.getImage(SLEEP_IMAGE).remove({ force: true });
    });
    await container.start();
    const { text } = await refused(3, UP, { cwd: dir });
    expect(text).toContain(`${PORT}, needed by orderer.example.com`);
    expect(text).toContain('container fw-e2e-bad-somebody (compose project somebody)');
  });
});

// The groups that follow run at the same time. The first has a test that waits for half a minute.
describe.concurrent('the engine', () => {
  it('is not there', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const { failure, text } = await refused(3, UP, {
      cwd: dir,
      env: { DOCKER_HOST: 'unix:///nonexistent.sock' },
    });
    expect(failure).toMatchObject({ kind: 'engine', problem: 'unreachable' });
    expect(text).toContain('unix:///nonexistent.sock');
    expect(text).toContain('fabric-wizard doctor');
  });

  it('is on a host that accepts no login', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const { failure, text } = await refused(3, UP, {
      cwd: dir,
      env: { DOCKER_HOST: 'ssh://somebody@127.0.0.1:1' },
    });
    expect(failure).toMatchObject({ kind: 'engine', problem: 'unreachable' });
    expect(text).toContain('port 1: Connection refused');
    expect(text).toContain('unset DOCKER_HOST');
  });

  it.for(['SIGKILL', 'SIGINT'] as const)(
    'does not react, and the process gets %s: ssh is ended',
    async (signal, { onTestFinished }) => {
      const dir = await tempDir(onTestFinished);
      const runtime = join(dir, 'run');
      await mkdir(runtime);
      await writeFile(
        join(dir, 'ssh'),
        `#!/bin/sh\necho $$ > ${dir}/made; mv ${dir}/made ${dir}/pid\nexec sleep 1000\n`,
      );
      await chmod(join(dir, 'ssh'), 0o755);
      const env = { DOCKER_HOST: 'ssh://far', XDG_RUNTIME_DIR: runtime, PATH: `${dir}:${process.env.PATH}` };
      const running = execa(process.execPath, [BIN, 'down'], {
        cwd: dir,
        env,
        reject: false,
        stdin: 'ignore',
      });
      const pid = await eventually('ssh', () => readFile(join(dir, 'pid'), 'utf8').catch(() => undefined));
      running.kill(signal);
      await running;
      await eventually('the end of ssh', () =>
        access(`/proc/${pid.trim()}`).then(
          () => false,
          () => true,
        ),
      );
      await eventually('the end of its folder', async () => (await readdir(runtime)).length === 0);
    },
  );

  it('is named by a context that does not exist', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const env = { DOCKER_HOST: '', DOCKER_CONTEXT: 'nosuch', DOCKER_CONFIG: dir };
    const { failure, text } = await refused(3, UP, { cwd: dir, env });
    expect(failure).toMatchObject({ kind: 'engine', problem: 'context' });
    expect(text).toContain('context "nosuch": context not found');
    expect(text).toContain('unset DOCKER_CONTEXT');
    expect(await readdir(dir)).toEqual([]);
  });

  it('takes the question and never answers', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const path = join(await tempDir(onTestFinished), 'engine.sock');
    await listening(createServer(), { path }, onTestFinished);
    const env = { DOCKER_HOST: `unix://${path}` };
    const { failure, text, seconds } = await refused(3, UP, { cwd: dir, env });
    expect(failure).toMatchObject({ kind: 'engine', problem: 'silent' });
    expect(text).toContain('does not respond');
    expect(seconds).toBeLessThan(40);
  });

  // setpriv needs root, and root is let in everywhere.
  it.skipIf(process.getuid?.() !== 0)('does not let this user in', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const folder = await tempDir(onTestFinished);
    const path = join(folder, 'engine.sock');
    await listening(createServer(), { path }, onTestFinished);
    for (const open of [dir, folder]) await chmod(open, 0o777);
    await chmod(path, 0o000);
    const { failure, text } = await refused(3, UP, {
      cwd: dir,
      env: { DOCKER_HOST: `unix://${path}` },
      user: 'nobody',
    });
    expect(failure).toMatchObject({ kind: 'engine', problem: 'denied' });
    expect(text).toContain('usermod -aG docker');
  });

  it('has no compose, and nobody said that it may be installed', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const bin = await tempDir(onTestFinished);
    const { stdout: git } = await execa('which', ['git']);
    await symlink(git, join(bin, 'git'));
    const args = ['up', '--source', 'sample', '--project', PROJECT, '--port-base', String(PORT)];
    const { failure, text } = await refused(3, args, { cwd: dir, env: { PATH: bin } });
    expect(failure).toMatchObject({ kind: 'compose-missing' });
    expect(text).toContain('docker-compose');
  });
});

describe.concurrent("the checkout's own Dockerfiles", () => {
  const BUILD = ['build', '--dockerfiles', 'upstream', '--project', PROJECT, '--docker-ns', 'fw-e2e-bad'];

  it('are no choice of 1.x', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const { text } = await refused(2, [...BUILD, '--source', 'sample'], { cwd: dir });
    expect(text).toContain('only 2.0 and later have this choice');
  });

  it('would lose what was chosen', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await upstreamCheckout(dir, 'ARG GO_TAGS\nRUN make peer GO_TAGS="$GO_TAGS"\n');
    const { described } = await refused(2, [...BUILD, '--source', dir], { cwd: dir });
    expect(described.title).toContain('images/peer/Dockerfile passes no make variables');
    expect(described.next).toEqual([`fabric-wizard up --yes --dockerfiles own --project ${PROJECT}`]);
  });

  it('start from an image that no registry gives', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await upstreamCheckout(dir, 'ARG GO_TAGS\nRUN make peer GO_TAGS=$GO_TAGS\n');
    const run = new EndedRun(await wizard([...BUILD, '--source', dir, '--json'], { cwd: dir }));
    const { stage, described } = run.one('stage-failed');
    expect(stage).toBe('base.upstream');
    expect(described?.title).toContain('127.0.0.1:1/ubuntu:22.04');
    expect(described?.next[0]).toBe('fabric-wizard up --yes --dockerfiles own');
    expect(run.events.filter(({ type }) => type === 'stage-finished')).toHaveLength(1);
    expect(run.one('run-finished').exitCode).toBe(1);
  });
});

describe.concurrent('the source', () => {
  it('is a folder that is not Fabric', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await writeFile(join(dir, 'README.md'), 'my notes\n');
    const { failure, text } = await refused(2, [...UP, '--source', dir], { cwd: dir });
    expect(failure).toMatchObject({ kind: 'source', problem: 'not-fabric', path: dir });
    expect(text).toContain(dir);
    expect(text).toMatch(/missing: .*sampleconfig\/core\.yaml/);
    expect(text).toContain('fabric-wizard up --source PATH');
  });

  it('is no folder at all', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const { failure, text } = await refused(2, [...UP, '--source', './nowhere'], { cwd: dir });
    expect(failure).toMatchObject({ kind: 'source', problem: 'absent' });
    expect(text).toContain(join(dir, 'nowhere'));
  });

  it('is a checkout without its vendor folder', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const origin = await tempDir(onTestFinished);
    await fabricRepository(origin);
    await execa('git', ['clone', '-q', origin, join(dir, 'fabric')]);
    await rm(join(dir, 'fabric', 'vendor'), { recursive: true });
    const { failure, text } = await refused(2, [...UP, '--source', 'fabric'], { cwd: dir });
    expect(failure).toMatchObject({ kind: 'source', problem: 'incomplete' });
    expect(text).toContain('missing: vendor');
    expect(text).toContain(`git -C ${join(dir, 'fabric')} checkout -- vendor`);
  });

  it('has a script with CRLF line endings, and the command that is offered repairs it', async ({
    onTestFinished,
  }) => {
    const dir = await tempDir(onTestFinished);
    const [origin, source] = [join(dir, 'origin'), join(dir, 'my fabric')];
    await cp(SAMPLE, origin, { recursive: true });
    await commitAll(origin);
    await execa('git', ['clone', '-q', '-c', 'core.autocrlf=true', origin, source]);
    const build = ['build', '--source', source, '--project', PROJECT];
    const { text, described } = await refused(3, build, { cwd: dir });
    expect(text).toMatch(/CRLF line endings/);
    expect(text).toContain(source);
    await execa('sh', ['-c', described.next[0] ?? '']);
    expect((await execa('git', ['-C', source, 'status', '--short', 'scripts'])).stdout).toBe('');
    expect((await wizard([...build, '--dry-run'], { cwd: dir })).exitCode).toBe(0);
  });

  it('is a tag that does not exist', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const origin = await tempDir(onTestFinished);
    await cp(SAMPLE, origin, { recursive: true });
    await commitAll(origin, 'v1.4.12');
    const { failure, text } = await refused(2, [...UP, '--source', 'v1.4.99'], {
      cwd: dir,
      env: { FABRIC_WIZARD_FABRIC_URL: origin },
    });
    expect(failure).toMatchObject({ kind: 'source', problem: 'unknown-tag' });
    expect(text).toContain('v1.4.99');
    expect(text).toContain('v1.4.12');
  });
});

describe.concurrent('a name', () => {
  const bad = ['MyNamespace', 'my namespace', 'my;namespace', `$(touch ${PROOF_OF_SHELL})`];

  it.for(bad)(
    '%s as namespace is refused from flag and file, and no shell reads it',
    async (name, { onTestFinished }) => {
      const dir = await tempDir(onTestFinished);
      const byFlag = await refused(2, [...UP, '--docker-ns', name], { cwd: dir });
      expect(byFlag.failure).toMatchObject({
        kind: 'config',
        issues: [{ path: 'docker-ns', where: '--docker-ns' }],
      });
      expect(byFlag.text).toContain(name);
      await writeFile(join(dir, 'fabric-wizard.yaml'), `base-docker-ns: ${JSON.stringify(name)}\n`);
      const byFile = await refused(2, UP, { cwd: dir });
      expect(byFile.failure).toMatchObject({
        kind: 'config',
        issues: [{ path: 'base-docker-ns', where: 'fabric-wizard.yaml:1:17' }],
      });
      expect(await readdir('/tmp')).not.toContain(PROOF_OF_SHELL.slice('/tmp/'.length));
    },
  );

  it('with a slash as version is refused', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const { text } = await refused(2, [...UP, '--fabric-version', '1.4/12'], { cwd: dir });
    expect(text).toContain('--fabric-version');
    expect(text).toContain('1.4/12');
  });
});

describe.concurrent('fabric-wizard.yaml', () => {
  it.for([
    ['an unknown key', 'orgs: 1\ndokcer-ns: mine\n', '2:1', 'did you mean docker-ns?'],
    ['a wrong type', 'orgs: 1\npeers:   many\n', '2:10', 'must be a whole number'],
    ['no YAML', 'orgs: [1\n', '2:1', 'is not valid YAML'],
  ] as const)('with %s is refused with line and column', async ([_, yaml, at, words], { onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await writeFile(join(dir, 'fabric-wizard.yaml'), yaml);
    const { text } = await refused(2, UP, { cwd: dir });
    expect(text).toContain(`fabric-wizard.yaml:${at}`);
    expect(text).toContain(words);
  });
});

describe.concurrent('the state folder', () => {
  it('of a newer version is left alone', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    await mkdir(join(dir, '.fabric-wizard'));
    await writeFile(join(dir, '.fabric-wizard', '.gitignore'), '*\n');
    await writeFile(join(dir, '.fabric-wizard', 'state.json'), '{"version": 7, "more": true}\n');
    const { failure, text } = await refused(3, UP, { cwd: dir });
    expect(failure).toMatchObject({ kind: 'state-newer', found: 7 });
    expect(text).toContain(join(dir, '.fabric-wizard', 'state.json'));
    expect(text).toContain('schema 7');
  });

  it('is held by one run at a time', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    const socket = join(await tempDir(onTestFinished), 'engine.sock');
    let asked = 0;
    // The first run waits here for as long as the test wants.
    await listening(
      createServer(() => {
        asked += 1;
      }),
      { path: socket },
      onTestFinished,
    );
    const first = liveRun(dir, UP, { DOCKER_HOST: `unix://${socket}` });
    await eventually('the first run to be at work', async () => asked > 0);
    const { failure, text } = await refused(3, UP, { cwd: dir });
    expect(failure).toMatchObject({ kind: 'locked', pid: first.pid, command: 'fabric-wizard up' });
    expect(text).toContain(`${first.pid}, fabric-wizard up`);
    expect(process.kill(first.pid, 0)).toBe(true);
    const { run } = await first.interrupt('SIGTERM');
    expect(run.one('run-finished').outcome).toBe('cancelled');
    expect(await readdir(dir)).toEqual([]);
  });
});

describe.concurrent('the command line', () => {
  it.for([['--help'], ['up', '--help'], ['--version']])(
    '%s explains itself',
    async (args, { onTestFinished }) => {
      const { exitCode, stdout, stderr } = await wizard(args, { cwd: await tempDir(onTestFinished) });
      expect(exitCode).toBe(0);
      expect(stdout.length).toBeGreaterThan(4);
      expect(stderr).toBe('');
    },
  );

  it.for<[string[], string, string]>([
    [['conquer'], "unknown command 'conquer'", 'fabric-wizard --help'],
    [['--bogus'], '--bogus', 'fabric-wizard --help'],
    [['status', '--colour'], '--colour', 'fabric-wizard status --help'],
    [['up', '--bogus'], '--bogus', 'fabric-wizard up --help'],
    [['build', 'pear'], 'pear', 'fabric-wizard build peer'],
    [['logs', '--tail', 'few'], '--tail', 'fabric-wizard logs --tail 200'],
    [['logs', '--since', 'yesterday'], '"yesterday"', 'fabric-wizard logs --since 10m'],
    [['logs', '--level', 'loud'], '"loud"', 'fabric-wizard logs --level warning'],
    [['logs', '--exclude', '(a'], '--exclude "(a"', "fabric-wizard logs --exclude 'Committed block|error'"],
  ])('%s is refused', async ([args, named, next], { onTestFinished }) => {
    const cwd = await tempDir(onTestFinished);
    const { exitCode, stdout, stderr } = await wizard(args, { cwd });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(named);
    expect(`${stderr}\n`).toContain(`Next:\n    ${next}\n`);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('is refused in events where those were asked for', async ({ onTestFinished }) => {
    const { text } = await refused(2, ['up', '--bogus'], { cwd: await tempDir(onTestFinished) });
    expect(text).toContain('--bogus');
  });

  it.for([['smoke'], ['rebuild', '--smoke']])(
    '%s without a network is refused before the source is looked for',
    async (args, { onTestFinished }) => {
      const all = [...args, '--source', '/nowhere', '--project', PROJECT];
      const cwd = await tempDir(onTestFinished);
      const { failure, described } = await refused(2, all, { cwd });
      expect(failure).toMatchObject({ message: `${cwd} has no network yet.` });
      expect(described.next).toEqual([`fabric-wizard up --yes --source /nowhere --project ${PROJECT}`]);
    },
  );

  it('logs without a network names the command that starts one, for the same folder', async ({
    onTestFinished,
  }) => {
    const dir = await tempDir(onTestFinished);
    const { exitCode, stderr } = await wizard(['logs', 'peer0', '--dir', dir], { cwd: tmpdir() });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`fabric-wizard up --yes --dir ${dir}`);
  });

  it('tells a person the same as a program', async ({ onTestFinished }) => {
    const cwd = await tempDir(onTestFinished);
    const { exitCode, stdout, stderr } = await wizard([...UP, '--docker-ns', 'A B', '--plain'], { cwd });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('docker-ns (from --docker-ns)');
    expect(stderr).toContain('fabric-wizard config');
  });
});

describe.concurrent('commands that only read', () => {
  const source = ['--source', 'sample'];

  it.each([
    [0, ['doctor', ...source]],
    [0, ['status']],
    [0, ['config']],
    [0, ['explain', 'peer']],
    [0, ['resolve', ...source]],
    [2, ['resolve', '--source', 'v1.4.11']],
    [0, ['down', '--dry-run']],
    [0, ['clean', '--all', '--dry-run']],
    [0, ['up', '--dry-run', '--no-preflight', ...source]],
    [2, ['up', '--dry-run', '--source', 'v1.4.11']],
    [2, ['build', '--dry-run', '--yes', '--source', 'v1.4.11']],
  ])('exit code %i, and nothing is written: %j', async (exitCode, args) => {
    const dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    try {
      for (const folder of [dir, join(dir, 'absent', 'folder')]) {
        const ended = await wizard([...args, '--dir', folder], { cwd: dir });
        // A port that another program uses is what doctor is for.
        expect(ended.stderr).not.toContain('bug');
        expect([exitCode, args[0] === 'doctor' ? 3 : exitCode]).toContain(ended.exitCode);
        expect(await readdir(dir)).toEqual([]);
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('a call without a command starts nothing where nobody can be asked', async ({ onTestFinished }) => {
    const dir = await tempDir(onTestFinished);
    for (const args of [[], ['--plain'], ['--source', 'sample']]) {
      const { exitCode, stderr } = await wizard(args, { cwd: dir });
      expect(exitCode).toBe(2);
      expect(stderr).toContain('use a command, --yes or --dry-run. Nothing was started.');
      expect(stderr).toContain('fabric-wizard up --yes');
    }
    expect(await readdir(dir)).toEqual([]);
  });
});
