/** An engine on another machine: everything that uses it works without its files and ports. */
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { userChaincode } from '../support/chaincode.ts';
import { goArch } from '../support/engine.ts';
import { type EngineElsewhere, startEngineElsewhere } from '../support/engine-elsewhere.ts';
import { tempDir } from '../support/temp-dir.ts';
import { BIN, type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

type Env = Readonly<Record<string, string>>;

const started = await startEngineElsewhere().catch((error: unknown) => String(error));
if (typeof started === 'string') process.stderr.write(`\nSKIPPED: no engine elsewhere: ${started}\n\n`);

describe.skipIf(typeof started === 'string')('an engine elsewhere', () => {
  const far = started as EngineElsewhere;
  let dir: string;

  beforeAll(async () => {
    dir = await tempDir(afterAll);
  });

  afterAll(() => far.stop());

  const run = async (env: Env, ...args: readonly string[]) =>
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
    expect(row('memory')?.detail).toMatch(/^the engine has .* in all/);
  });

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
      const arch = await goArch();
      const names = ['fabric-baseimage', 'fabric-baseos'];
      await far.copyImages(names.map((name) => `hyperledger/${name}:${arch}-0.4.22`));
      source = join(dir, 'source');
      await cp(SAMPLE, source, { recursive: true });
      const choices = { project: 'fw-e2e-far', 'port-base': PORT, source, orgs: 1, peers: 1 };
      wizard = await wizardWith(choices, { DOCKER_HOST: far.tcp });
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
