/**
 * The real thing: FABRIC_SRC names checkouts of Hyperledger Fabric, separated by `:`. Without it these tests
 * are skipped, loudly.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PeerProof } from '../../src/pipeline/core/events.ts';
import { recogniseSource } from '../../src/pipeline/fabric/source.ts';
import { BROKEN_AT, type UserChaincode, userChaincode } from '../support/chaincode.ts';
import { unpackPackage } from '../support/debian-package.ts';
import { builtShape, promisedShape } from '../support/dockerfile.ts';
import { engine, imageId, layersOf, logOf } from '../support/engine.ts';
import { type EndedRun, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-fabric';
const checkouts = (process.env.FABRIC_SRC ?? '').split(':').filter(Boolean);
const releases = await Promise.all(
  checkouts.map(async (checkout) => [checkout, (await recogniseSource(checkout)).release] as const),
);

if (checkouts.length === 0) {
  process.stderr.write('FABRIC_SRC is not set: the end-to-end on real Fabric was skipped\n');
  it.skip('real Fabric, as FABRIC_SRC is not set');
}

/** Where a dynamically linked peer finds what this host lacks: 1.0's wants libltdl. */
async function missingLibraries(program: string): Promise<string> {
  const { stdout } = await execa('ldd', [program]);
  if (!/libltdl\S* => not found/.test(stdout)) return '';
  const folder = join(dirname(program), 'libraries');
  await unpackPackage('libltdl7', folder);
  const { stdout: found } = await execa('find', [folder, '-name', 'libltdl.so.7']);
  return dirname(found.split('\n')[0] ?? '');
}

describe.each(releases)('Fabric in %s', (checkout, release) => {
  const withRelays = !release.externalBuilders;
  let wizard: Wizard;
  let binaries: string;
  let first: EndedRun;

  beforeAll(async () => {
    binaries = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    wizard = await wizardWith({ project: PROJECT, 'port-base': 24050, source: checkout });
    first = (await wizard.events('up', '--yes')).wentWell();
  });

  afterAll(async () => {
    await wizard?.dispose();
    await rm(binaries, { recursive: true, force: true });
  });

  it('is proved on every peer', async () => {
    expect(first.events[0]).toMatchObject({ type: 'run-started', practice: false });
    const proof = first.one('smoke-result');
    expect(proof.ok).toBe(true);
    expect(proof.peers).toHaveLength(4);
    for (const peer of proof.peers) {
      expect(peer).toMatchObject({ before: '100', after: '90', ok: true });
      expect(peer.builder.ref).toContain(`${wizard.dockerNs}/fabric-ccenv:`);
      expect(peer.builder.id).toBe(await imageId(peer.builder.ref));
      expect(peer.runtime.id).toBe(await imageId(peer.runtime.ref));
      const runtime = await layersOf(peer.runtime.ref);
      expect((await layersOf(peer.image)).slice(0, runtime.length)).toEqual(runtime);
      expect((await engine.getContainer(peer.container).inspect()).State.Running).toBe(true);
    }
  });

  it('is compiled by one peer, from which all others have it', () => {
    const { peers } = first.one('smoke-result');
    const compiled = peers.filter(({ built }) => built).map(({ peer }) => peer);
    expect(compiled).toHaveLength(1);
    expect(peers.filter(({ built }) => !built).map(({ from }) => from)).toEqual(Array(3).fill(compiled[0]));
  });

  const names = ['peer', 'orderer', 'tools', 'ccenv', 'baseos'];
  it.each(names.filter((name) => existsSync(join(checkout, 'images', name))))(
    'has a %s image with the paths of its own Dockerfile, for networks of other programs',
    async (name) => {
      const all = await promisedShape(checkout, name);
      // Of CAR chaincode; it is in the image where one is given.
      const promised = { ...all, programs: all.programs.filter((program) => program !== 'chaintool') };
      expect(await builtShape(`${wizard.dockerNs}/fabric-${name}:latest`, promised)).toEqual(promised);
    },
  );

  it('lists its blocks with the calls of the proof and their validation codes', async () => {
    const isOld = first.one('smoke-result').peers[0]?.builder.ref.includes('-1.0.');
    const { exitCode, stdout, stderr } = await wizard.run('blocks', '50', '--json');
    if (isOld) {
      expect(exitCode).toBe(2);
      expect(stderr + stdout).toContain('cannot decode transactions');
      return;
    }
    const blocks = stdout
      .split('\n')
      .filter(Boolean)
      .map(
        (line) => JSON.parse(line) as { number: number; transactions: readonly Record<string, unknown>[] },
      );
    expect(blocks.map(({ number }) => number)).toEqual(blocks.map((_, index) => index));
    expect(blocks[0]?.transactions).toMatchObject([{ type: 'CONFIG' }]);
    expect(blocks.flatMap(({ transactions }) => transactions)).toContainEqual(
      expect.objectContaining({
        type: 'ENDORSER_TRANSACTION',
        creator: 'Org1MSP',
        chaincode: first.one('smoke-result').chaincode,
        function: 'invoke',
        args: ['a', 'b', '10'],
        validation: 'VALID',
      }),
    );
  });

  it('only runs the proof in a second run', async () => {
    const second = (await wizard.events('up', '--yes')).wentWell();
    expect(second.built).toEqual(['smoke']);
    const { ok, peers } = second.one('smoke-result');
    expect(ok).toBe(true);
    // The gateway has kept what this ccenv compiled in the first run.
    const { builder } = first.one('smoke-result').peers[0] as PeerProof;
    for (const peer of peers) expect(peer).toMatchObject({ built: false, earlier: {}, builder });
  });

  it('compiles again if it is asked to', async () => {
    const { peers } = (await wizard.events('smoke', '--fresh')).wentWell().one('smoke-result');
    expect(peers.map(({ built, from }) => built || from !== undefined)).toEqual(Array(4).fill(true));
  });

  describe("a user's chaincode with a package of its own", () => {
    const peers = ['peer0.org1', 'peer1.org1', 'peer0.org2', 'peer1.org2'];
    let basic: UserChaincode;
    /** @param account new in each deployment, as 1.x calls Init again */
    const deploy = (account: string) =>
      wizard.events(
        'chaincode',
        'deploy',
        'basic',
        '--init',
        `["init","${account}","100","b","200"]`,
        '--yes',
      );
    /** A peer may receive the block of a transaction later than others, and 1.0 and 1.1 do not wait for it. */
    const expectAnswers = (answer: string, ...call: readonly string[]) =>
      expect
        .poll(
          async () => {
            const ask = (peer: string) => wizard.ok('chaincode', 'query', 'basic', ...call, '--peer', peer);
            return (await Promise.all(peers.map(ask))).map(({ stdout }) => stdout.trim());
          },
          { timeout: 60_000 },
        )
        .toEqual(peers.map(() => answer));

    beforeAll(async () => {
      basic = await userChaincode(join(wizard.dir, 'basic'), 'example.org/basic', release.shim);
    });

    it('is deployed, takes a transaction, and every peer answers', async () => {
      const run = (await deploy('a')).wentWell();
      expect(run.one('chaincode-deployed').peers).toHaveLength(peers.length);
      await wizard.ok('chaincode', 'invoke', 'basic', 'invoke', 'a', 'b', '10');
      await expectAnswers('90', 'query', 'a');
    });

    it('stays as it is if nothing has changed', async () => {
      const args = ['--init', '["init","a","100","b","200"]'];
      expect(await wizard.json('chaincode', 'deploy', 'basic', ...args)).toMatchObject({ deployed: true });
    });

    it('is upgraded with its ledger, and back to the earlier files', async () => {
      for (const text of ['two', 'one']) {
        await basic.say(text);
        (await deploy('c')).wentWell();
        await expectAnswers(text, 'say');
        await expectAnswers('90', 'query', 'a');
      }
    });

    it('stays as it was if it does not compile, with the position in its own file', async () => {
      await basic.breakIt();
      const run = await deploy('c');
      expect(run.ended.exitCode).toBe(2);
      expect(JSON.stringify(run.one('stage-failed').described)).toContain(BROKEN_AT);
      await expectAnswers('one', 'say');
    });

    it('answers again after it was removed from the engine', async () => {
      await wizard.ok('chaincode', 'remove', 'basic', '--yes');
      await expectAnswers('one', 'say');
    });

    describe.runIf(withRelays)('run as a process that registers', () => {
      const init = '["init","d","100","b","200"]';
      const dev = (...words: readonly string[]) =>
        wizard.events(
          'chaincode',
          'deploy',
          'basic',
          '--name',
          'live',
          '--dev',
          '--init',
          init,
          ...words,
          '--yes',
        );
      const ask = async (...call: readonly string[]) =>
        (await wizard.ok('chaincode', 'query', 'live', ...call)).stdout.trim();
      const versionOf = async () =>
        /^\S+ +live +(\S+)/m.exec((await wizard.ok('chaincode', 'list')).stdout)?.[1];
      const answers = async (text: string) => {
        for (const peer of peers) expect(await ask('say', '--peer', peer)).toBe(text);
      };

      it('answers every peer, beside chaincode that peers run', async () => {
        // An earlier test has left a file that does not compile.
        await basic.say('one');
        const run = (await dev()).wentWell();
        const { peers: reached, service } = run.one('chaincode-deployed');
        expect(reached).toHaveLength(peers.length);
        expect(service).toMatchObject({ registers: true, answers: true });
        await answers('one');
        await expectAnswers('one', 'say');
        await wizard.ok('chaincode', 'invoke', 'live', 'invoke', 'd', 'b', '10');
        await expect.poll(() => ask('query', 'd'), { timeout: 60_000 }).toBe('90');
      });

      it('restarts with changed files, and peers notice nothing', async () => {
        const before = await versionOf();
        await basic.say('live');
        (await dev()).wentWell();
        await answers('live');
        await basic.breakIt();
        const run = await dev();
        expect(run.ended.exitCode).toBe(2);
        expect(JSON.stringify(run.one('stage-failed').described)).toContain(BROKEN_AT);
        await answers('live');
        await basic.say('one');
        expect(await versionOf()).toBe(before);
      });

      it('can be a process of the user', async () => {
        const program = join(binaries, 'live');
        await execa('docker', ['cp', `${PROJECT}.chaincode.live:/service/app/chaincode`, program]);
        const address = 'localhost:24990';
        const words = ['own', '--dev', address, '--init', init, '--yes'];
        const deploying = wizard.events('chaincode', 'deploy', ...words);
        // As the user who waits until the deployment asks for it.
        const own = execa('sh', ['-c', `while :; do "$0"; sleep 0.2; done`, program], {
          env: {
            CORE_PEER_ADDRESS: address,
            CORE_CHAINCODE_ID_NAME: 'own:1',
            CORE_PEER_TLS_ENABLED: 'false',
          },
          detached: true,
          reject: false,
        });
        try {
          const run = (await deploying).wentWell();
          expect(run.one('chaincode-deployed').service).toMatchObject({ address, answers: true });
          expect((await wizard.ok('chaincode', 'query', 'own', 'say')).stdout.trim()).toBe('live');
        } finally {
          process.kill(-(own.pid ?? 0), 'SIGKILL');
          await own;
          await wizard.ok('chaincode', 'remove', 'own', '--yes');
          await wizard.ok('chaincode', 'remove', 'live', '--yes');
        }
      });
    });

    it('answers on a peer and on an organisation that are added to the network', async () => {
      if (!release.extendsNetworks) {
        expect((await wizard.run('add', 'peer')).exitCode).toBe(2);
        return;
      }
      for (const words of [['peer', 'org2'], ['channel', 'orders'], ['org']])
        (await wizard.events('add', ...words, '--yes')).wentWell();
      for (const peer of ['peer2.org2', 'peer0.org3']) {
        const { stdout } = await wizard.ok('chaincode', 'query', 'basic', 'query', 'a', '--peer', peer);
        expect(stdout.trim()).toBe('90');
      }
    });
  });

  it('builds host binaries that connect to the network', async () => {
    (await wizard.events('build', '--binaries', binaries)).wentWell();
    const { stdout: exports } = await wizard.ok('env', 'org2');
    const peer = join(binaries, 'peer');
    const libraries = await missingLibraries(peer);
    const onHost = async (line: string) => {
      const env = { EXPORTS: exports, LD_LIBRARY_PATH: libraries };
      const { stdout, stderr } = await execa('bash', ['-c', `eval "$EXPORTS"; ${line}`], { env });
      // 1.0 answers by its log.
      return `${stdout}\n${stderr}`;
    };
    const version = await onHost(`${peer} version`);
    expect(version).toContain(`Docker Namespace: ${wizard.dockerNs}`);
    expect(version).toMatch(/Version: v?\d+\.\d+\.\d+/);
    expect(await onHost(`${peer} channel list`)).toContain('mychannel');
  });

  it('rebuilds only the running peers after an edit of the peer, and is proved again', async () => {
    const clone = join(binaries, 'clone');
    await execa('git', ['clone', '-q', checkout, clone]);
    const file = join(clone, 'core/peer/peer.go');
    const text = await readFile(file, 'utf8');
    const edited = text.replace('Infof("Loading chain', 'Infof("EDITED: loading chain');
    expect(edited).not.toBe(text);
    await writeFile(file, edited);
    const startOf = async (node: string) =>
      (await engine.getContainer(`${PROJECT}-${node}`).inspect()).State.StartedAt;
    const orderer = await startOf('orderer.example.com');

    const run = (await wizard.events('rebuild', '--smoke', '--source', clone)).wentWell();
    expect(run.built).toEqual(expect.arrayContaining(['compile', 'swap', 'image.peer', 'smoke']));
    expect(run.built).not.toContain('image.orderer');
    expect(run.built).not.toContain('start');
    expect(run.one('smoke-result').ok).toBe(true);
    for (const peer of ['peer0.org1', 'peer1.org2'])
      expect(await logOf(`${PROJECT}-${peer}.example.com`)).toContain('EDITED: loading chain mychannel');
    expect(await startOf('orderer.example.com')).toBe(orderer);
  });
});
