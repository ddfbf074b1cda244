/** Real failures on a real engine, and what the wizard says of them: the cause, the line that proves it, what mends it. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import { engine, logOf, volumeNames } from '../support/engine.ts';
import { eventually, liveRun } from '../support/live-run.ts';
import { BIN, type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const SHIPPED_CHAINCODE = join(SAMPLE, '..', 'compose', 'chaincode', 'smoke');
const PEER = 'peer0.org1.example.com';
const PORT = 35050;

let wizard: Wizard;
let folder: string;
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  wizard = await wizardWith({ project: 'fw-e2e-diagnosis', 'port-base': PORT, source, orgs: 1, peers: 1 });
  await wizard.ok('up', '--yes');
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

/** The checks before a run would find what fails here. */
async function unchecked(): Promise<EndedRun> {
  return wizard.events('up', '--yes', '--no-preflight');
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

describe('chaincode', () => {
  it('that does not compile is named with file, line and message', async () => {
    const dir = await chaincodeThat('broken', '_ = os.Args; nowhere()');
    const { symptom, facts, described } = diagnosed(await wizard.events('smoke', '--chaincode', dir));
    expect(symptom).toBe('chaincode-does-not-compile');
    expect(facts).toMatchObject({ file: 'smoke.go', message: 'undefined: nowhere' });
    expect(described.title).toMatch(/^The chaincode does not compile: smoke\.go:\d+: undefined: nowhere$/);
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
    expect(proof).toMatchObject({ by: 'chaincode', line: expect.stringContaining('panic: out of tea') });
    expect(proof.name).toMatch(new RegExp(`^${wizard.project}-${PEER}-smoke-`));
    await wizard.ok('smoke', '--chaincode', SHIPPED_CHAINCODE);
  });
});

describe('the images of chaincode', () => {
  const CORE = 'sampleconfig/core.yaml';

  it('a runtime that is not here: the tag that is told makes the smoke test pass', async () => {
    const restore = await edit(join(source, CORE), (text) =>
      text.replace('/fabric-baseos:', '/fabric-dxbaseos:'),
    );
    const { symptom, facts, described } = diagnosed(await unchecked());
    await restore();
    expect(symptom).toBe('runtime-absent');
    expect(facts).toMatchObject({ key: 'chaincode.golang.runtime' });
    expect(facts.image).toMatch(/^hyperledger\/fabric-dxbaseos:/);
    const [repair = ''] = described.next;
    expect(repair).toMatch(/^docker tag \S+\/fabric-baseos:\S+ hyperledger\/fabric-dxbaseos:\S+ && /);
    await edit(join(source, CORE), (text) => text.replace('/fabric-baseos:', '/fabric-dxbaseos:'));
    try {
      await typeIn(repair);
    } finally {
      await restore();
      await engine.getImage(facts.image ?? '').remove();
    }
  });

  it('a builder in another tag is told from one that is nowhere', async () => {
    const asIs = join(source, CORE);
    const tag = await edit(asIs, (text) =>
      text.replace('fabric-ccenv:$(TWO_DIGIT_VERSION)', 'fabric-ccenv:9'),
    );
    const other = diagnosed(await unchecked());
    await tag();
    expect(other.symptom).toBe('builder-other-tag');
    expect(other.described.title).toContain(`${wizard.dockerNs}/fabric-ccenv:9 is not on this engine`);

    const name = await edit(asIs, (text) => text.replace('/fabric-ccenv:', '/fabric-dxccenv:'));
    const nowhere = diagnosed(await unchecked());
    await name();
    expect(nowhere.symptom).toBe('builder-absent');
    expect(nowhere.described.title).toContain(`${wizard.dockerNs}/fabric-dxccenv:1.4 is not on this engine`);
    await wizard.ok('up', '--yes');
  });
});

describe('networks', () => {
  async function peersUse(mode: string): Promise<void> {
    await edit(network('docker-compose.yaml'), (text) =>
      text.replace(/NETWORKMODE: .*/, `NETWORKMODE: ${mode}`),
    );
    await execa('docker-compose', ['--project-name', wizard.project, 'up', '-d'], { cwd: network() });
    await eventually('the peer to start', async () =>
      (await logOf(`${wizard.project}-${PEER}`)).includes('Started peer'),
    );
  }

  it('a mode that names no network, and one that does not reach the peer', async () => {
    await peersUse(`${wizard.project}_byfn`);
    const absent = diagnosed(await wizard.events('smoke'));
    expect(absent.symptom).toBe('chaincode-network-absent');
    expect(absent.facts).toEqual({ network: `${wizard.project}_byfn`, ours: wizard.project });

    await peersUse('bridge');
    const unreached = diagnosed(await wizard.events('smoke'));
    expect(unreached.symptom).toBe('chaincode-cannot-reach-peer');
    expect(unreached.proof.by).toBe('chaincode');
    expect(unreached.described.next[0]).toBe('fabric-wizard up --yes');
    await typeIn(unreached.described.next[0] ?? '');
  });

  it('a port that a container holds is named with it', async () => {
    await wizard.ok('down', '--yes');
    const [image = ''] = (await engine.listImages()).flatMap(({ RepoTags }) =>
      (RepoTags ?? []).filter((tag) => tag.startsWith(`${wizard.dockerNs}/fabric-tools:`)),
    );
    // With our label the check before the run takes it for a node of ours: as after a network that was half removed.
    const holder = await engine.createContainer({
      Image: image,
      name: 'fw-e2e-diagnosis-holder',
      Cmd: ['sleep', '600'],
      Labels: { [LABEL.project]: wizard.project },
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(PORT) }] } },
    });
    try {
      await holder.start();
      const { symptom, facts, stage, described } = diagnosed(await wizard.events('up', '--yes'));
      expect([stage, symptom]).toEqual(['start', 'port-of-container']);
      expect(facts).toMatchObject({ port: String(PORT), owner: 'fw-e2e-diagnosis-holder' });
      expect(described.next[0]).toBe('fabric-wizard up --yes --port-base 45050');
    } finally {
      await holder.remove({ force: true });
    }
  });
});

describe('what nodes live on', () => {
  it('a genesis block that became a folder', async () => {
    await wizard.ok('down', '--volumes', '--yes');
    await rm(network('channel-artifacts', 'genesis.block'));
    await mkdir(network('channel-artifacts', 'genesis.block'));
    const { symptom, proof, stage, described } = diagnosed(await unchecked());
    expect([stage, symptom]).toEqual(['ready', 'genesis-is-folder']);
    expect(proof).toMatchObject({
      name: 'orderer.example.com',
      line: expect.stringMatching(/is a directory$/),
    });
    await typeIn(described.next[0] ?? '');
  });

  it('an orderer whose ledger was written under other certificates', async () => {
    const before = await volumeNames();
    const ours = (name: string) =>
      name.startsWith(`${wizard.project}-`) && name.endsWith('-orderer.example.com');
    const old = before.find(ours) ?? '';
    await wizard.ok('down', '--yes');
    await rm(network(), { recursive: true });
    await wizard.ok('up', '--yes');
    await wizard.ok('down', '--yes');
    const fresh = (await volumeNames()).find((name) => ours(name) && !before.includes(name)) ?? '';
    await execa('docker', [
      ...['run', '--rm', '-v', `${old}:/old`, '-v', `${fresh}:/fresh`, `${wizard.dockerNs}/fabric-tools:1.4`],
      ...['sh', '-c', 'rm -rf /fresh/* && cp -a /old/. /fresh/'],
    ]);
    const { symptom, stage, described } = diagnosed(await wizard.events('up', '--yes'));
    expect([stage, symptom]).toEqual(['channel', 'ledger-of-other-crypto']);
    expect(described.next[0]).toBe('fabric-wizard down --volumes && fabric-wizard up --yes');
    await typeIn(described.next[0] ?? '');
  });

  it('a peer that is killed while it should join', async () => {
    await wizard.ok('down', '--volumes', '--yes');
    const run = liveRun(wizard.dir, ['up', '--yes']);
    await run.started('channel');
    await engine.getContainer(`${wizard.project}-${PEER}`).kill();
    const { symptom, stage, facts, described } = diagnosed(await run.ended);
    expect([stage, symptom]).toEqual(['join', 'node-killed']);
    expect(facts).toMatchObject({ node: PEER, code: '137' });
    expect(described.next).toContain(`fabric-wizard logs ${PEER}`);
  });

  it('an unknown failure shows what everybody said last', async () => {
    await wizard.ok('up', '--yes');
    await engine.getContainer(`${wizard.project}-cli`).kill();
    const run = await wizard.run('smoke', '--plain');
    expect(run.exitCode).toBe(1);
    for (const node of [PEER, 'orderer.example.com'])
      expect(run.stderr).toMatch(new RegExp(`── ${node} \\(Up .*\\): last \\d+ lines`));
    expect(run.stderr).toMatch(/Started peer|Committed block/);
    expect(run.stderr).toContain('Not as expected: the CLI container.');
  });
});
