/** An engine on another machine: everything that uses it works without its files and ports. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanUpRunner } from '../../scripts/command-line.mjs';
import { gatewayNames } from '../../scripts/engines/base-images.mjs';
import { obstacleToMachines } from '../../scripts/machines/machine.mjs';
import { cachePipe } from '../../scripts/swarm/go-cache.mjs';
import type { WizardFailure } from '../../src/pipeline/core/failure.ts';
import { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { findEngine } from '../../src/pipeline/engine/engine-address.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { userChaincode } from '../support/chaincode.ts';
import { goArch, imageId } from '../support/engine.ts';
import { type EngineElsewhere, startEngineElsewhere } from '../support/engine-elsewhere.ts';
import { eventually } from '../support/live-run.ts';
import { tempDir } from '../support/temp-dir.ts';
import { BIN, type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

type Env = Readonly<Record<string, string>>;

/** Adds a context to a folder of docker's configuration. @param certificates folder to copy */
async function addContext(
  config: string,
  name: string,
  docker: object,
  certificates?: string,
): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(config, 'contexts', 'meta', id);
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker } }));
  if (certificates === undefined) return;
  await cp(certificates, join(config, 'contexts', 'tls', id, 'docker'), { recursive: true });
}

const reason = await obstacleToMachines();
if (reason !== undefined) process.stderr.write(`\nSKIPPED: no engine elsewhere: ${reason}\n\n`);

/** Names of the images that the engine needs for a network, except those that are built of the source. */
async function wantedImages(): Promise<string[]> {
  const arch = await goArch();
  const bases = ['fabric-baseimage', 'fabric-baseos'].map((name) => `hyperledger/${name}:${arch}-0.4.22`);
  return [...bases, ...(await gatewayNames(cleanUpRunner()))];
}

const started = reason === undefined ? await startEngineElsewhere(await wantedImages()) : undefined;
const hasSsh = started?.ssh !== undefined;

describe.skipIf(started === undefined)('an engine elsewhere', () => {
  const far = started as EngineElsewhere;
  let dir: string;

  beforeAll(async () => {
    dir = await tempDir(afterAll);
  });

  afterAll(() => far.stop());

  const run = (env: Env, ...args: readonly string[]) =>
    execa(process.execPath, [BIN, ...args], { cwd: dir, env, reject: false, stdin: 'ignore' });

  /** The rows of `doctor`, by id. */
  async function doctor(env: Env) {
    const { stdout } = await run(env, 'doctor', '--source', 'sample', '--json');
    const { checks } = JSON.parse(stdout) as {
      readonly checks: readonly { readonly id: string; readonly status: string; readonly detail: string }[];
    };
    return (wanted: string) => checks.find(({ id }) => id === wanted);
  }

  it('is told apart from this machine', async () => {
    const row = await doctor({ DOCKER_HOST: far.tcp });
    expect(row('engine')).toMatchObject({ status: 'ok', detail: expect.stringContaining(far.tcp) });
    expect(row('socket')).toBeUndefined();
    expect(row('disk')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining("free space in the engine's /var/lib/docker is unknown"),
    });
    expect(row('memory')?.detail).toMatch(/^the engine's host has .* of memory/);
  });

  /** Environments that lead to the engine, by what is special. */
  async function ways(): Promise<Readonly<Record<string, Env>>> {
    const DOCKER_CONFIG = await tempDir();
    await addContext(DOCKER_CONFIG, 'tls', { Host: far.tls }, far.certificates);
    await addContext(DOCKER_CONFIG, 'unverified', { Host: far.tls, SkipTLSVerify: true }, far.certificates);
    const tls = { DOCKER_HOST: far.tls, DOCKER_CERT_PATH: far.certificates };
    const byTcp = {
      tcp: { DOCKER_HOST: far.tcp },
      tls: { ...tls, DOCKER_TLS_VERIFY: '1' },
      'tls, unverified': { ...tls, DOCKER_TLS: '1' },
      'tls context': { DOCKER_CONFIG, DOCKER_CONTEXT: 'tls' },
      'unverified context': { DOCKER_CONFIG, DOCKER_CONTEXT: 'unverified' },
    };
    if (!far.ssh) return byTcp;
    const { env, host } = far.ssh;
    await addContext(DOCKER_CONFIG, 'ssh', { Host: `ssh://${host}` });
    return {
      ...byTcp,
      ssh: { ...env, DOCKER_HOST: `ssh://${host}`, DOCKER_TLS_VERIFY: '1' },
      'ssh port and path': { ...env, DOCKER_HOST: `ssh://${host}:2222/run/docker.sock` },
      'ssh context': { ...env, DOCKER_CONFIG, DOCKER_CONTEXT: 'ssh' },
    };
  }

  afterEach(() => vi.unstubAllEnvs());

  /** A client in this process. */
  async function client(env: Env): Promise<DockerPort> {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    return new DockerPort(await findEngine(process.env));
  }

  it('answers by every way to it', async () => {
    for (const [way, env] of Object.entries(await ways())) {
      const docker = await client(env);
      expect(await docker.info(), way).toMatchObject({ host: 'elsewhere' });
      expect(await docker.socketOnHost(), way).toBe(
        way === 'ssh port and path' ? '/run/docker.sock' : '/var/run/docker.sock',
      );
      vi.unstubAllEnvs();
    }
  });

  it('takes and gives streams by every way to it', async () => {
    const { tls = {}, ssh = tls } = await ways();
    for (const env of [tls, ssh]) {
      const docker = await client(env);
      const name = `fw-stream:${env === tls ? 'tls' : 'ssh'}`;
      const actions: string[] = [];
      const stop = await docker.watchEvents({ type: ['image'] }, ({ action }) => actions.push(action));
      const file = { name: 'file', content: Buffer.alloc(5_000_000, 'x') };
      const dockerfile = { name: 'Dockerfile', content: 'FROM scratch\nCOPY file /file\n' };
      const signal = new AbortController().signal;
      await docker.buildImage([dockerfile, file], { tag: name, signal, onLine: () => undefined });
      await eventually('the event', async () => actions.includes('tag'));
      const [read] = await docker.withCreated(name, {}, (files) => files.read('/file'));
      // Vitest compares the bytes one by one.
      expect(file.content.equals(read?.content as Buffer)).toBe(true);
      stop();
      await docker.removeImage(name);
      vi.unstubAllEnvs();
    }
  });

  it.skipIf(!hasSsh)('is lost with its connection, and found again', async () => {
    const docker = await client((await ways()).ssh ?? {});
    await docker.version();
    const failure = new Promise<WizardFailure>((resolve) => {
      void docker
        .watchEvents({}, () => undefined, resolve)
        .then(() => far.inside('pkill', '-f', 'sshd: root'));
    });
    expect((await failure).failure).toMatchObject({ problem: 'gone', endpoint: docker.endpoint });
    expect(await docker.info()).toMatchObject({ host: 'elsewhere' });
  });

  /** Command lines of the programs `ssh` that connect to the other machine. */
  async function connections(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    return lines.filter((line) => line.includes('engine.sock') && line.includes(far.host));
  }

  it.skipIf(!hasSsh).each(['SIGKILL', 'SIGINT'] as const)(
    'is left when the process gets %s',
    async (signal) => {
      const { ssh } = await ways();
      const before = (await connections()).length;
      const env = { ...ssh, XDG_RUNTIME_DIR: await tempDir() };
      const running = run(env, 'up', '--yes', '--source', 'sample', '--project', 'fw-e2e-elsewhere-cut');
      await eventually('ssh', async () => (await connections()).length > before);
      running.kill(signal);
      await running;
      await eventually('the end of ssh', async () => (await connections()).length === before);
      await eventually(
        'the end of its folder',
        async () => (await readdir(env.XDG_RUNTIME_DIR)).length === 0,
      );
    },
  );

  it('says why it cannot be reached, and what to try', async () => {
    const empty = await tempDir();
    const tls = { DOCKER_HOST: far.tls, DOCKER_TLS_VERIFY: '1' };
    const cases: [Env, ...string[]][] = [
      [{ DOCKER_HOST: far.tls }, 'accepts only TLS connections', 'docker version'],
      [{ ...tls, DOCKER_CERT_PATH: empty }, `${empty}/ca.pem does not exist`],
      [
        { DOCKER_HOST: far.tls, DOCKER_TLS: '1', DOCKER_CERT_PATH: empty },
        `does not accept the client certificate ${empty}/cert.pem`,
      ],
      [{ ...tls, DOCKER_HOST: far.tcp, DOCKER_CERT_PATH: far.certificates }, 'does not use TLS'],
      [
        { DOCKER_HOST: `tcp://${far.host}:1` },
        'ECONNREFUSED',
        'this machine can reach the host',
        'docker version',
      ],
    ];
    if (far.ssh) {
      const { env, host, guest, config } = far.ssh;
      const stranger = join(await tempDir(), 'ssh_config');
      await writeFile(stranger, `${config}UserKnownHostsFile none\n`);
      const at = (endpoint: string) => ({ ...env, DOCKER_HOST: `ssh://${endpoint}` });
      cases.push(
        [{ ...at(host), TEST_SSH_CONFIG: stranger }, 'cannot verify the host key', `ssh ${host}`],
        [at(`nobody@${far.host}`), 'ssh could not log in', 'Permission denied', 'ssh-add'],
        [at(guest), 'Permission denied for this user', `ssh -t ${guest} 'sudo usermod -aG docker $USER'`],
        [at(`${host}/run/nosuch.sock`), 'the host has no socket /run/nosuch.sock'],
        [at(`${host}:1`), 'Connection refused', `ssh -p 1 ${host} ls -l /var/run/docker.sock`],
        [{ ...at(host), PATH: await programs('sh', 'rm', 'rmdir') }, 'ssh is needed', 'openssh-client'],
      );
    }
    const ended = cases.map(async ([env, ...texts]) => {
      const { exitCode, stderr } = await run(env, 'status');
      expect(exitCode, stderr).not.toBe(0);
      for (const text of texts) expect(stderr).toContain(text);
    });
    await Promise.all(ended);
  });

  /** A folder with these programs of this machine. */
  async function programs(...names: readonly string[]): Promise<string> {
    const folder = await tempDir();
    for (const name of names) {
      const { stdout } = await execa('sh', ['-c', `command -v ${name}`]);
      await symlink(stdout, join(folder, name));
    }
    return folder;
  }

  describe('with a network', () => {
    const PORT = 47050;
    /** What no volume of the engine has to have at the end. */
    const OURS = 'io.fabric-wizard.project';
    let wizard: Wizard;
    let source: string;
    let first: EndedRun;

    /** What `docker` prints on the other machine. */
    const docker = (...args: readonly string[]) => far.inside('docker', ...args);
    const volumes = async (role: string) =>
      (await docker('volume', 'ls', '-q', '--filter', `label=io.fabric-wizard.role=${role}`)).split('\n');
    /** How many files of the source each copy has sent. */
    const sent = (run: EndedRun) =>
      run.of('stage-log').flatMap(({ line }) => /^files sent to \S+: (\d+)$/.exec(line)?.[1] ?? []);

    beforeAll(async () => {
      source = join(dir, 'source');
      await cp(SAMPLE, source, { recursive: true });
      const choices = { project: 'fw-e2e-far', 'port-base': PORT, source, orgs: 1, peers: 1 };
      wizard = await wizardWith(choices, { DOCKER_HOST: far.tcp });
      // Without it, the compile of the standard library takes half a minute of a core.
      const name = `hyperledger/fabric-baseimage:${await goArch()}-0.4.22`;
      const id = await imageId(name);
      if (id !== undefined)
        await cachePipe({ run: cleanUpRunner(), to: far.tcp }, { name, id, idInside: id });
      // A program of this machine has a port that the network publishes on the other one.
      const here = createServer().listen(PORT, '127.0.0.1');
      await once(here, 'listening');
      try {
        first = (await wizard.events('up', '--yes')).wentWell();
      } finally {
        here.close();
      }
    });

    afterAll(() => wizard?.dispose());

    it('compiles a copy of the source, and proves that chaincode works', async () => {
      expect(sent(first)).toHaveLength(1);
      expect(first.one('smoke-result')).toMatchObject({ peers: [expect.anything()] });
      const published = await docker('port', 'fw-e2e-far-orderer.example.com');
      expect(published).toContain(`127.0.0.1:${PORT}`);
      const text = await readFile(join(wizard.dir, '.fabric-wizard/network/docker-compose.yaml'), 'utf8');
      expect(text.match(/type: bind\n +source: .*/g)?.join()).not.toMatch(/source: (?!\/\S*docker\.sock)/);
    });

    it('keeps the keys of a node to itself', async () => {
      const found = await docker(
        ...['exec', 'fw-e2e-far-peer0.org1.example.com', 'sh', '-c'],
        'find /etc/hyperledger -name "*_sk" -perm 600; find / -xdev -name "ca.*-cert.pem" -path "*orderer*"',
      );
      expect(found).toMatch(/^\/etc\/hyperledger\/fabric\/msp\/keystore\/\S+_sk$/);
      // The CLI container has the keys of all nodes and users, and none of a CA.
      const keys = await docker('exec', 'fw-e2e-far-cli', 'find', '/opt/gopath', '-name', '*_sk');
      expect(keys).toContain('/users/');
      expect(keys).not.toMatch(/\/(ca|tlsca)\//);
    });

    it('has nothing to do the second time', async () => {
      const again = (await wizard.events('up', '--yes')).wentWell();
      expect(again.built.filter((stage) => !['channel', 'join', 'anchors', 'smoke'].includes(stage))).toEqual(
        [],
      );
      expect(sent(again)).toEqual([]);
    });

    it('gets the one file that was edited', async () => {
      const file = join(source, 'peer/main.go');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/"peer:.*?\\n Version/, '"peer: far\\n Version'));
      const rebuilt = (await wizard.events('rebuild', '--smoke')).wentWell();
      expect(sent(rebuilt)).toEqual(['1']);
      const { stdout } = await wizard.ok('logs', 'peer0.org1.example.com', '--tail', '400');
      expect(stdout).toContain('peer: far');
    });

    it('runs chaincode of a folder of this machine', async () => {
      const release = releaseOf('1.4.12') ?? expect.fail('no release');
      await userChaincode(join(wizard.dir, 'basic'), 'example.org/basic', release.shim);
      await wizard.ok('chaincode', 'deploy', './basic', '--init', '["init","a","100","b","200"]');
      expect((await wizard.ok('chaincode', 'query', 'basic', 'query', 'a')).stdout.trim()).toBe('100');
    });

    it('gets a channel, which starts no node', async () => {
      (await wizard.events('add', 'channel', 'second', '--yes')).wentWell();
      expect(await docker('exec', 'fw-e2e-far-cli', 'sh', '-c', 'ls channel-artifacts')).toContain(
        'second.tx',
      );
    });

    it('tells the tunnel to its ports', async () => {
      const command = `ssh -N -L ${PORT}:127.0.0.1:${PORT}`;
      for (const args of [['connect'], ['status']])
        expect((await wizard.ok(...args)).stdout, args.join(' ')).toContain(command);
    });

    it('starts again with its ledgers, and leaves nothing behind at the end', async () => {
      await wizard.ok('down');
      expect(await volumes('files')).toContainEqual(expect.stringContaining('peer0.org1.example.com-files'));
      (await wizard.events('up', '--yes')).wentWell();
      expect((await wizard.ok('chaincode', 'query', 'basic', 'query', 'a')).stdout.trim()).toBe('100');
      await wizard.ok('clean', '--images', '--yes');
      expect(await docker('volume', 'ls', '-q', '--filter', `label=${OURS}`)).toBe('');
      expect(await docker('ps', '-aq')).toBe('');
    });
  });
});
