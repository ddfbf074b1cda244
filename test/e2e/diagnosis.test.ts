/** Real failures on a real engine, and what the wizard says of them: the cause, the line that proves it, what mends it. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  containerNames,
  engine,
  goArch,
  imageId,
  logOf,
  programImage,
  runIn,
  volumeNames,
} from '../support/engine.ts';
import { engineProxy } from '../support/engine-proxy.ts';
import { eventually, type LiveRun, liveRun } from '../support/live-run.ts';
import { BIN, type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const SHIPPED_CHAINCODE = join(SAMPLE, '..', 'compose', 'chaincode', 'smoke');
const PEER = 'peer0.org1.example.com';
const PORT = 16050;

let wizard: Wizard;
let folder: string;
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  wizard = await wizardWith({ project: 'fw-e2e-diagnosis', 'port-base': PORT, source, orgs: 1, peers: 1 });
});

afterAll(async () => {
  await wizard?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Its diagnosis and its words, after it failed as a stage does. */
function diagnosed(run: EndedRun) {
  expect(run.ended.exitCode, run.ended.stderr).toBe(1);
  const { stage, diagnosis, described } = run.one('stage-failed');
  if (!diagnosis || !described) throw new Error(`no diagnosis:\n${run.ended.stdout.slice(-3000)}`);
  return { stage, ...diagnosis, described };
}

function network(...path: readonly string[]): string {
  return join(wizard.dir, '.fabric-wizard', 'network', ...path);
}

async function edit(file: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${file} was not changed`);
  await writeFile(file, changed);
  return () => writeFile(file, text);
}

/** The shipped chaincode, with this in its main function. */
async function chaincodeThat(name: string, does: string): Promise<string> {
  const dir = join(folder, name);
  await cp(SHIPPED_CHAINCODE, dir, { recursive: true });
  await edit(join(dir, 'smoke.go'), (text) =>
    text.replace('func main() {', `func main() {\n\t${does}`).replace('import (', 'import (\n\t"os"'),
  );
  return dir;
}

/** A command as the wizard told it to be typed; what it asks is answered with yes. */
async function typeIn(command: string): Promise<void> {
  const program = `${process.execPath} ${BIN}`;
  const script = command
    .replaceAll(/fabric-wizard (clean|down)/g, 'fabric-wizard $1 --yes')
    .replaceAll(/(^|&& )fabric-wizard /g, `$1${program} `);
  await execa('sh', ['-c', script], { cwd: wizard.dir, stdin: 'ignore' });
}

describe('an image that is not what it should be', () => {
  it('fails in verify by name, and no network is started from it', async () => {
    const restore = await edit(join(source, 'images/ccenv/Dockerfile.in'), (text) =>
      text.replace(' /chaincode/output', ''),
    );
    const run = await wizard.events('up', '--yes');
    await restore();
    expect(run.ended.exitCode).toBe(1);
    expect(run.events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'failed', exitCode: 1 });
    expect(run.one('stage-failed')).toMatchObject({
      stage: 'verify',
      failure: {
        kind: 'check',
        what: `/chaincode/output in ${wizard.dockerNs}/fabric-ccenv:${await goArch()}-1.4.12`,
        expected: 'present',
      },
    });
    expect(run.of('stage-started').map(({ stage }) => stage)).not.toContain('start');
    expect((await containerNames()).filter((name) => name.startsWith(wizard.project))).toEqual([]);
  });
});

describe('chaincode', () => {
  beforeAll(async () => {
    await wizard.ok('up', '--yes');
  });

  it('that does not compile is named with file, line and message', async () => {
    const dir = await chaincodeThat('broken', '_ = os.Args; nowhere()');
    const { symptom, facts, described } = diagnosed(await wizard.events('smoke', '--chaincode', dir));
    expect(symptom).toBe('chaincode-does-not-compile');
    expect(facts).toMatchObject({ file: 'smoke.go', message: 'undefined: nowhere' });
    expect(described.title).toMatch(/^The chaincode does not compile: smoke\.go:\d+: undefined: nowhere$/);
  });

  it('that imports what is nowhere fails at install, as with Fabric 1.x, and is named', async () => {
    const dir = await chaincodeThat('astray', '_ = os.Args; nowhere.Go()');
    await edit(join(dir, 'smoke.go'), (text) => text.replace('import (', 'import (\n\t"nowhere"'));
    const run = await wizard.events('smoke', '--chaincode', dir);
    const { symptom, facts } = diagnosed(run);
    expect(symptom).toBe('chaincode-package-missing');
    expect(facts).toMatchObject({ package: 'nowhere' });
    expect(run.one('stage-failed').failure).toMatchObject({
      kind: 'command',
      command: expect.stringMatching(/^peer chaincode install /),
    });
  });

  it('that ends at once is quoted, although the peer removes its container', async () => {
    const dir = await chaincodeThat('short', 'println("not today"); os.Exit(3)');
    const run = await wizard.events('smoke', '--chaincode', dir);
    const { symptom, facts, proof, described } = diagnosed(run);
    expect(symptom).toBe('chaincode-ended');
    expect(facts).toMatchObject({ code: '3', last: 'not today' });
    expect(proof.line).toContain('container exited with 3');
    expect(described.why).toContain('not today');
  });

  it('that panics proves it itself', async () => {
    const dir = await chaincodeThat('crash', 'panic("out of tea: " + os.Args[0])');
    const { symptom, proof } = diagnosed(await wizard.events('smoke', '--chaincode', dir));
    expect(symptom).toBe('chaincode-panics');
    expect(proof).toMatchObject({ source: 'chaincode', line: expect.stringContaining('panic: out of tea') });
    expect(proof.name).toMatch(new RegExp(`^${wizard.project}-${PEER}-smoke-`));
  });
});

describe('the builder of chaincode', () => {
  const smoke = ['smoke', '--chaincode', SHIPPED_CHAINCODE];

  it('in another tag stops the run before it begins, is told where it did not, and the tag that is told helps', async () => {
    const asked = `${wizard.dockerNs}/fabric-ccenv:1.4`;
    await engine.getImage(asked).remove();
    const stopped = await wizard.events(...smoke);
    expect(stopped.ended.exitCode).toBe(3);
    expect(stopped.one('run-finished').failure).toMatchObject({
      kind: 'preflight',
      checks: [{ id: 'builder' }],
    });

    const run = await wizard.events(...smoke, '--no-preflight');
    const { stage, symptom, proof, described } = diagnosed(run);
    expect([stage, symptom]).toEqual(['smoke', 'builder-other-tag']);
    expect(proof.line).toMatch(/Failed to pull \S*fabric-ccenv:1\.4/);
    expect(described.title).toContain(`${asked} is not on this engine`);
    const [repair = ''] = described.next;
    expect(repair).toMatch(/^docker tag \S+\/fabric-ccenv:\S+ \S+\/fabric-ccenv:1\.4 && /);
    await typeIn(repair);
  });
});

describe('an unknown failure', () => {
  it('shows what everybody said last', async () => {
    const cli = `${wizard.project}-cli`;
    const inCli = (script: string) => runIn(cli, 'sh', '-c', script);
    const peer = '/usr/local/bin/peer';
    await inCli(
      `mv ${peer} ${peer}.away; printf '#!/bin/sh\\necho no tea\\nexit 7\\n' >${peer}; chmod +x ${peer}`,
    );
    const run = await wizard.run('smoke', '--plain');
    await inCli(`mv ${peer}.away ${peer}`);
    expect(run.exitCode).toBe(1);
    for (const node of [PEER, 'orderer.example.com'])
      expect(run.stderr).toMatch(new RegExp(`── ${node} \\(Up .*\\): last \\d+ lines?`));
    expect(run.stderr).toMatch(/Started peer|Committed block/);
    expect(run.stderr).toContain('no tea');
  });
});

describe('a node that is down', () => {
  it('is named by status and doctor, and smoke does not wait for it', async () => {
    const peer = engine.getContainer(`${wizard.project}-${PEER}`);
    await peer.kill();
    const [status, smoke, doctor] = await Promise.all([
      wizard.run('status'),
      wizard.run('smoke'),
      wizard.run('doctor'),
    ]);
    await wizard.ok('up', '--yes');
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(new RegExp(`${PEER} +Exited`));
    expect(status.stdout).toContain('fabric-wizard up --yes');
    expect(smoke.exitCode).toBe(2);
    expect(smoke.stderr).toMatch(new RegExp(`needs\\s+${PEER},\\s+which\\s+is\\s+not\\s+running`));
    expect(smoke.stderr).toContain('fabric-wizard up --yes');
    expect(doctor.stdout).toContain(`not running: ${PEER}`);
    expect((await wizard.run('status')).exitCode).toBe(0);
  });
});

describe('networks', () => {
  it('an address of the peer that its chaincode does not find', async () => {
    await edit(network('docker-compose.yaml'), (text) =>
      text.replace(/(_CHAINCODEADDRESS): .*/, '$1: nowhere.example.com:7052'),
    );
    await execa('docker-compose', ['--project-name', wizard.project, 'up', '-d'], { cwd: network() });
    await eventually('the peer to start', async () =>
      (await logOf(`${wizard.project}-${PEER}`)).includes('Started peer'),
    );
    const unreached = diagnosed(await wizard.events('smoke'));
    expect(unreached.symptom).toBe('chaincode-cannot-reach-peer');
    expect(unreached.proof.source).toBe('chaincode');
    expect(unreached.described.next[0]).toBe('fabric-wizard up --yes');
    await typeIn(unreached.described.next[0] ?? '');
  });

  it('a port that a container holds is named with it', async () => {
    await wizard.ok('down', '--yes');
    const [image = ''] = (await engine.listImages()).flatMap(({ RepoTags }) =>
      (RepoTags ?? []).filter((tag) => tag.startsWith(`${wizard.dockerNs}/fabric-tools:`)),
    );
    // The checks before the run would find it: this is a port that is taken afterwards.
    const holder = await engine.createContainer({
      Image: image,
      name: 'fw-e2e-diagnosis-holder',
      Cmd: ['sleep', '600'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(PORT) }] } },
    });
    try {
      await holder.start();
      const { symptom, facts, stage, described } = diagnosed(
        await wizard.events('up', '--yes', '--no-preflight'),
      );
      expect([stage, symptom]).toEqual(['start', 'port-of-container']);
      expect(facts).toMatchObject({ port: String(PORT), owner: 'fw-e2e-diagnosis-holder' });
      expect(described.next[0]).toBe(`fabric-wizard up --yes --port-base ${PORT + 10_000}`);
    } finally {
      await holder.remove({ force: true });
    }
  });
});

describe('what nodes live on', () => {
  /** The volume of the orderer's ledger, by the compose file. */
  async function ordererVolume(): Promise<string> {
    const compose = await readFile(network('docker-compose.yaml'), 'utf8');
    const name = new RegExp(`${wizard.project}-[0-9a-f]{6}-orderer\\.example\\.com`).exec(compose)?.[0];
    if (name === undefined) throw new Error(`no volume of the orderer:\n${compose}`);
    return name;
  }

  it('a genesis block that became a folder is made again, and the ledgers stay', async () => {
    await wizard.ok('down', '--yes');
    const volume = await ordererVolume();
    await rm(network('channel-artifacts', 'genesis.block'));
    await mkdir(network('channel-artifacts', 'genesis.block'));
    const run = await wizard.events('up', '--yes');
    expect(run.ended.exitCode, run.ended.stderr).toBe(0);
    expect(run.of('preflight-warning').map(({ check }) => check)).toContain('folder');
    expect(run.built).toContain('artifacts');
    expect(run.built).not.toContain('channel');
    expect(await ordererVolume()).toBe(volume);
  });

  it('an orderer whose ledger was written under other certificates', async () => {
    const old = await ordererVolume();
    await wizard.ok('down', '--yes');
    await rm(network(), { recursive: true });
    const interrupted = liveRun(wizard.dir, ['up', '--yes']);
    await interrupted.started('start');
    await interrupted.interrupt('SIGINT');
    const fresh = await ordererVolume();
    expect(fresh).not.toBe(old);
    const { Labels } = await engine.getVolume(old).inspect();
    await engine.createVolume({ Name: fresh, Labels });
    await execa('docker', [
      ...['run', '--rm', '-v', `${old}:/old`, '-v', `${fresh}:/fresh`, `${wizard.dockerNs}/fabric-tools:1.4`],
      ...['sh', '-c', 'rm -rf /fresh/* && cp -a /old/. /fresh/'],
    ]);
    const { symptom, stage, described } = diagnosed(await wizard.events('up', '--yes'));
    expect([stage, symptom]).toEqual(['channel', 'ledger-of-other-crypto']);
    // The old certificates are kept, and the ledgers that belong to them.
    await typeIn(described.next[0] ?? '');
    expect(await volumeNames()).toEqual(expect.arrayContaining([old, fresh, await ordererVolume()]));
  });

  it('a peer that is killed while it should join', async () => {
    await wizard.ok('down', '--volumes', '--yes');
    const run = liveRun(wizard.dir, ['up', '--yes']);
    await run.started('channel');
    await engine.getContainer(`${wizard.project}-${PEER}`).kill();
    const ended = await run.ended;
    expect(ended.built).toContain('channel');
    const { symptom, stage, facts, described } = diagnosed(ended);
    expect([stage, symptom]).toEqual(['join', 'node-killed']);
    expect(facts).toMatchObject({ node: PEER, code: '137' });
    expect(described.next).toContain(`fabric-wizard logs ${PEER}`);
  });
});

/** Whether a peer compiles chaincode. */
async function isBuilding(): Promise<boolean> {
  const ccenv = await imageId(`${wizard.dockerNs}/fabric-ccenv:latest`);
  return (await engine.listContainers({ all: true })).some(({ ImageID }) => ImageID === ccenv);
}

describe('an engine whose connection breaks', () => {
  it.each<readonly [string, readonly string[], (run: LiveRun) => Promise<unknown>]>([
    ['compile', ['build', '--force'], (run) => run.working('compile')],
    ['image.ccenv', ['build', 'ccenv', '--force'], (run) => run.working('image.ccenv')],
    ['start', ['up', '--yes'], (run) => run.working('start')],
    ['join', ['up', '--yes'], (run) => run.started('join')],
    ['smoke', ['up', '--yes', '--fresh'], () => eventually('a builder', isBuilding)],
  ])('ends the run in %s with a reason', async (stage, args, reached) => {
    const { env, cut } = await engineProxy();
    const run = liveRun(wizard.dir, args, env);
    await reached(run);
    cut();
    const ended = await run.ended;
    expect(ended.ended.exitCode).toBe(1);
    expect(ended.one('run-finished')).toMatchObject({ outcome: 'failed', exitCode: 1 });
    const [failed] = ended.of('stage-failed');
    const reason =
      failed?.diagnosis?.symptom ?? (failed?.failure.kind === 'engine' && failed.failure.problem);
    expect([failed?.stage, String(reason)], JSON.stringify(failed?.failure)).toEqual([
      stage,
      expect.stringMatching(/^(?:engine-)?gone$/),
    ]);
    expect(await readdir(join(wizard.dir, '.fabric-wizard'))).not.toContain('lock');
  });

  it('leaves nothing that the next run does not repair', async () => {
    const run = (await wizard.events('up', '--yes')).wentWell();
    expect(run.one('smoke-result').ok).toBe(true);
    const work = (await engine.listContainers({ all: true })).filter(
      ({ Labels }) =>
        Labels['io.fabric-wizard.project'] === wizard.project && Labels['io.fabric-wizard.role'] === 'work',
    );
    expect(work).toEqual([]);
  });
});

describe('a builder image of the user', () => {
  it('is refused with the list of what it lacks, and tagged nowhere', async () => {
    const arch = await goArch();
    const builder = `hyperledger/fabric-baseimage:${arch}-0.4.22`;
    const before = await imageId(builder);
    const poor = `${wizard.dockerNs}/poor:1`;
    await programImage(poor, '/bin/sh');
    const run = await wizard.events('build', '--yes', '--builder-image', poor);
    await engine.getImage(poor).remove();
    expect(run.ended.exitCode).toBe(1);
    const { stage, failure, described } = run.one('stage-failed');
    expect(stage).toBe('base.builder');
    expect(failure).toMatchObject({
      kind: 'base-image',
      ref: poor,
      lacks: expect.arrayContaining(['go', 'gcc', 'git', 'make']),
    });
    expect(described?.detail.join('\n')).toMatch(/gcc/);
    expect(await imageId(builder)).toBe(before);
  });
});
