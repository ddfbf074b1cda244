/** What goes wrong, on a real engine: the words that are shown, what stays untouched, and how the next run goes on. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../src/pipeline/doctor/doctor.ts';
import { containerNames, goArch, imageId } from '../support/engine.ts';
import { type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const IMAGES = ['ccenv', 'peer', 'orderer', 'tools'];
const CORE = 'sampleconfig/core.yaml';
const ORDERER = 'orderer/main.go';

let wizard: Wizard;
let folder: string;
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  wizard = await wizardWith({
    project: 'fw-e2e-failures',
    'port-base': 21050,
    source,
    orgs: 1,
    peers: 1,
  });
});

afterAll(async () => {
  await wizard?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Changes one file of the source; @returns what puts it back */
async function edit(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const file = join(source, path);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${path} was not changed`);
  await writeFile(file, changed);
  return () => writeFile(file, text);
}

async function imageIds(): Promise<(string | undefined)[]> {
  return Promise.all(IMAGES.map((name) => imageId(`${wizard.dockerNs}/fabric-${name}:1.4`)));
}

/** The one failed stage of a run that ended with this exit code. */
function failureOf(run: EndedRun, exitCode: number) {
  expect(run.ended.exitCode, run.ended.stderr).toBe(exitCode);
  expect(run.events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'failed', exitCode });
  return run.one('stage-failed');
}

function tailOf({ failure }: ReturnType<typeof failureOf>): string {
  return 'tail' in failure ? failure.tail.join('\n') : '';
}

describe('an image that is not what it should be', () => {
  it('fails in verify by name, and no network is started from it', async () => {
    const restore = await edit('images/ccenv/Dockerfile.in', (text) =>
      text.replace(' /chaincode/output', ''),
    );
    const run = await wizard.events('up', '--yes');
    await restore();
    const failed = failureOf(run, 1);
    expect(failed.stage).toBe('verify');
    expect(failed.failure).toMatchObject({
      kind: 'check',
      what: `/chaincode/output in ${wizard.dockerNs}/fabric-ccenv:${await goArch()}-1.4.12`,
      expected: 'present',
    });
    expect(run.of('stage-started').map(({ stage }) => stage)).not.toContain('start');
    expect((await containerNames()).filter((name) => name.startsWith(wizard.project))).toEqual([]);
  });
});

describe('a runtime image that is nowhere', () => {
  const TWICE = /error starting container: error starting container: .*(no such host|pull access denied)/i;
  let restore: () => Promise<void>;

  beforeAll(async () => {
    restore = await edit(CORE, (text) => text.replace('/fabric-baseos:', '/fabric-yxbaseos:'));
  });
  afterAll(() => restore());

  it('stops up before anything is changed, with what is asked for and what helps', async () => {
    const run = await wizard.events('up', '--yes');
    expect(run.ended.exitCode).toBe(3);
    expect(run.events.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
    const { failure, described } = run.one('run-finished');
    expect(failure).toMatchObject({ kind: 'preflight', command: 'up', checks: [{ id: 'runtime' }] });
    expect(described?.title).toMatch(/^runtime: hyperledger\/fabric-yxbaseos:\S+ is not on this engine/);
    expect(described?.next[0]).toMatch(
      /^docker tag hyperledger\/fabric-baseos:\S+ hyperledger\/fabric-yxbaseos:/,
    );
    expect((await containerNames()).filter((name) => name.startsWith(wizard.project))).toEqual([]);
  });

  it('is found by doctor too', async () => {
    const { exitCode, stdout } = await wizard.run('doctor', '--json');
    expect(exitCode).toBe(3);
    const { ok, checks } = JSON.parse(stdout) as DoctorReport;
    expect(ok).toBe(false);
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(['runtime']);
  });

  it("fails in the smoke test with the engine's own words in the event, where nobody looks first", async () => {
    const run = await wizard.events('up', '--yes', '--no-preflight');
    const failed = failureOf(run, 1);
    expect(failed.stage).toBe('smoke');
    expect(tailOf(failed)).toMatch(TWICE);
    expect(failed.described).toMatchObject({
      exitCode: 1,
      title: expect.stringMatching(
        /^The runtime image hyperledger\/fabric-yxbaseos:\S+ is not on this engine/,
      ),
    });
    expect(failed.described?.next.join('\n')).toMatch(
      /docker tag \S+\/fabric-baseos:\S+ hyperledger\/fabric-yxbaseos:/,
    );
    expect(failed.described?.next).toContain('fabric-wizard logs peer0.org1.example.com');
    const warning = run.of('stage-warning').find(({ code }) => code === 'runtime-missing');
    expect(warning?.message).toContain('hyperledger/fabric-yxbaseos:');
  });

  it('shows the same words, and goes on where it stopped', async () => {
    const { exitCode, stderr } = await wizard.run('up', '--yes', '--no-preflight');
    expect(exitCode).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(TWICE);
    expect(stderr).toContain('hyperledger/fabric-yxbaseos:');
    for (const stage of ['image.peer', 'start', 'join']) expect(stderr).toMatch(`${stage} cached`);
    expect(stderr).toMatch(/smoke failed/);
    expect(stderr).toContain('failed after');
  });

  it('leaves the network running, to be looked at', async () => {
    expect(await wizard.json('status')).toMatchObject({ ok: true });
  });
});

describe('a builder image that is nowhere', () => {
  it("fails in the smoke test with the peer's words", async () => {
    const restore = await edit(CORE, (text) => text.replace('/fabric-ccenv:', '/fabric-yxccenv:'));
    const stopped = await wizard.events('smoke');
    const run = await wizard.events('up', '--yes', '--no-preflight');
    await restore();
    expect(stopped.ended.exitCode).toBe(3);
    expect(stopped.one('run-finished').failure).toMatchObject({
      kind: 'preflight',
      checks: [{ id: 'builder' }],
    });
    const failed = failureOf(run, 1);
    expect(failed.stage).toBe('smoke');
    expect(tailOf(failed)).toMatch(/Failed to pull \S*fabric-yxccenv:1\.4/);
  });
});

describe('a Go file that does not compile', () => {
  it('fails with file and line, leaves the images of before, and goes on once it is mended', async () => {
    const before = await imageIds();
    const containers = (await containerNames()).filter((name) => name.startsWith(wizard.project));
    const restore = await edit(ORDERER, (text) => `${text}\nfunc broken() { return 1 }\n`);
    const run = await wizard.events('up', '--yes');
    await restore();
    const failed = failureOf(run, 1);
    expect(failed.stage).toBe('compile');
    expect(failed.failure).toMatchObject({ kind: 'command', exitCode: expect.toSatisfy((code) => code > 0) });
    expect(tailOf(failed)).toMatch(/orderer\/main\.go:\d+:\d+: /);
    expect(run.of('stage-started').map(({ stage }) => stage)).not.toContain('image.orderer');
    expect(await imageIds()).toEqual(before);
    expect((await containerNames()).filter((name) => name.startsWith(wizard.project))).toEqual(containers);

    await edit(ORDERER, (text) => `${text}\nfunc mended() int { return 1 }\n`);
    const mended = (await wizard.events('up', '--yes')).wentWell();
    expect(mended.built).toContain('compile');
    expect(mended.built).not.toContain('crypto');
    expect(mended.one('smoke-result').ok).toBe(true);
  });
});

describe('a builder image of the user', () => {
  it('is refused with the list of what it lacks, and tagged nowhere', async () => {
    const arch = await goArch();
    const builder = `hyperledger/fabric-baseimage:${arch}-0.4.22`;
    const before = await imageId(builder);
    const poor = `hyperledger/fabric-baseos:${arch}-0.4.22`;
    const failed = failureOf(await wizard.events('build', '--yes', '--builder-image', poor), 1);
    expect(failed.stage).toBe('base.builder');
    expect(failed.failure).toMatchObject({
      kind: 'base-image',
      ref: poor,
      lacks: expect.arrayContaining(['go', 'gcc', 'git', 'make']),
    });
    expect(failed.described?.detail.join('\n')).toMatch(/gcc/);
    expect(await imageId(builder)).toBe(before);
  });
});
