/** The loop from an edit to running nodes, on a real engine: what is touched, what is kept, and what is true afterwards. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/pipeline/core/plan.ts';
import { containerNames, engine, goArch, imageId, labelsOf, logOf, runIn } from '../support/engine.ts';
import { english } from '../support/english.ts';
import { commitAll } from '../support/fabric-shape.ts';
import { eventually, type LiveRun, liveRun } from '../support/live-run.ts';
import { type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-rebuild';
const PORT = 45050;
const ORDERER = 'orderer.example.com';
const PEERS = ['peer0.org1.example.com', 'peer1.org1.example.com'];
const NODES = [ORDERER, ...PEERS, 'cli'];
const IMAGES = ['ccenv', 'peer', 'orderer', 'tools'];

const PEER_GO = 'peer/main.go';
const ORDERER_GO = 'orderer/main.go';
const CORE_YAML = 'sampleconfig/core.yaml';
const SHIM_GO = 'core/chaincode/shim/shim.go';

let wizard: Wizard;
let source: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  await commitAll(source);
  wizard = await wizardWith({ project: PROJECT, 'port-base': PORT, source, orgs: 1, peers: 2 });
  (await wizard.events('up', '--yes')).wentWell();
});

afterAll(async () => {
  await wizard?.dispose();
  await rm(join(source, '..'), { recursive: true, force: true });
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

/** A word that the peer says as its version and as it starts. */
function saying(word: string): (text: string) => string {
  return (text) => text.replace(/"peer:.*?\\n Version/, `"peer: ${word}\\n Version`);
}

async function rebuild(...flags: readonly string[]): Promise<EndedRun> {
  return (await wizard.events('rebuild', ...flags)).wentWell();
}

interface NodeState {
  readonly id: string;
  readonly imageId: string;
  readonly startedAt: string;
  readonly running: boolean;
}

async function states(): Promise<Record<string, NodeState>> {
  const states = await Promise.all(
    NODES.map(async (node): Promise<[string, NodeState]> => {
      const { Id, Image, State } = await engine.getContainer(`${PROJECT}-${node}`).inspect();
      return [node, { id: Id, imageId: Image, startedAt: State.StartedAt, running: State.Running }];
    }),
  );
  return Object.fromEntries(states);
}

/** What happened to the nodes between two looks. */
function touched(before: Record<string, NodeState>, after: Record<string, NodeState>) {
  const where = (differs: (a: NodeState | undefined, b: NodeState | undefined) => boolean) =>
    NODES.filter((node) => differs(before[node], after[node]));
  return {
    recreated: where((a, b) => a?.id !== b?.id),
    restarted: where((a, b) => a?.id === b?.id && a?.startedAt !== b?.startedAt),
    down: NODES.filter((node) => after[node]?.running !== true),
  };
}

async function heights(): Promise<number[]> {
  return Promise.all(
    PEERS.map(async (peer, index) => {
      const said = await runIn(
        `${PROJECT}-cli`,
        ...['env', `CORE_PEER_ADDRESS=${peer}:${PORT + 1 + 1000 * index}`],
        ...['peer', 'channel', 'getinfo', '-c', 'mychannel'],
      );
      return Number(/"height":(\d+)/.exec(said)?.[1]);
    }),
  );
}

function ref(image: string): string {
  return `${wizard.dockerNs}/fabric-${image}:1.4`;
}

async function imageIds(): Promise<(string | undefined)[]> {
  return Promise.all(IMAGES.map((image) => imageId(ref(image))));
}

/** The sha256 that an image says its program has. */
async function labelled(image: string, program: string): Promise<string> {
  const content = (await labelsOf(ref(image)))['io.fabric-wizard.content'] ?? '{}';
  return (JSON.parse(content) as { programs: Record<string, string> }).programs[program] ?? 'none';
}

/** Holds every node to this: what its image says is what it has, and what it has is what it runs. */
async function expectTruth(): Promise<void> {
  const nodes = [
    { node: ORDERER, image: 'orderer', programs: ['orderer'] },
    ...PEERS.map((node) => ({ node, image: 'peer', programs: ['peer'] })),
    { node: 'cli', image: 'tools', programs: ['peer', 'cryptogen'] },
  ];
  const looked = await Promise.all(
    nodes.map(async ({ node, image, programs }) => {
      const paths = programs.map((program) => `/usr/local/bin/${program}`);
      const script = `sha256sum ${paths.join(' ')}; readlink /proc/1/exe`;
      const [said, ...says] = await Promise.all([
        runIn(`${PROJECT}-${node}`, 'sh', '-c', script),
        ...programs.map((program) => labelled(image, program)),
      ]);
      const lines = said.trim().split(/\r?\n/);
      expect(lines, said).toHaveLength(programs.length + 1);
      return paths.map((path, index) => {
        const runs = node === 'cli' ? path : lines.at(-1)?.trim();
        return { node, path, has: lines[index]?.split(' ')[0], says: says[index], runs };
      });
    }),
  );
  const found = looked.flat();
  // Of a program that was replaced under a running process the kernel says "(deleted)".
  expect(found).toEqual(found.map((each) => ({ ...each, has: each.says, runs: each.path })));
}

async function peerSays(): Promise<string> {
  return runIn(`${PROJECT}-${PEERS[0]}`, 'peer', 'version');
}

function outcomes(run: EndedRun): Record<string, string> {
  return Object.fromEntries(run.of('stage-finished').map(({ stage, outcome }) => [stage, outcome]));
}

function detailOf(run: EndedRun, stage: string): string {
  return english.translate(run.of('stage-finished').find((event) => event.stage === stage)?.detail ?? '');
}

/** Ids of the stages that `up` would run now. */
async function upWouldRun(): Promise<string[]> {
  const plan = (await wizard.json('up', '--dry-run')) as Plan;
  return plan.stages.filter(({ action }) => action === 'run').map(({ id }) => id);
}

async function halfWritten(): Promise<string[]> {
  const names = await readdir(join(wizard.dir, '.fabric-wizard'), { recursive: true });
  return names.filter((name) => /\.(partial|old-|tmp)/.test(name));
}

describe('a running network', () => {
  it('is left alone where nothing changed', async () => {
    const before = await states();
    const run = await rebuild();
    expect(run.built).toEqual([]);
    expect(run.plan.filter(({ action }) => action === 'run').map(({ id }) => id)).toEqual(['source']);
    expect(await states()).toEqual(before);
    await expectTruth();
  });

  it('gets an edit of the peer into the peers, keeps the ledgers, and is what `up` would make of it', async () => {
    const [before, height] = [await states(), await heights()];
    await edit(PEER_GO, saying('EDIT-1'));
    const run = await rebuild();
    const after = await states();
    expect(touched(before, after)).toEqual({ recreated: [], restarted: PEERS, down: [] });
    expect(outcomes(run)).toMatchObject({
      compile: 'built',
      swap: 'built',
      'image.peer': 'built',
      'image.tools': 'built',
      'image.orderer': 'cached',
      'image.ccenv': 'cached',
      verify: 'built',
      start: 'cached',
    });
    expect(await peerSays()).toContain('EDIT-1');
    expect(await logOf(`${PROJECT}-${PEERS[0]}`)).toContain('EDIT-1');
    expect(await heights()).toEqual(height);
    await expectTruth();
    // The containers are of the older image, and that is all that is old in them.
    expect(after[PEERS[0] ?? '']?.imageId).not.toBe(await imageId(ref('peer')));
    expect(await upWouldRun()).toEqual(['source', 'smoke']);
  });

  it('gets a new ccenv for an edit of the shim, and hears which chaincode is of the old one', async () => {
    const ccenv = await imageId(ref('ccenv'));
    const restore = await edit(SHIM_GO, (text) => `${text}\nfunc edited() {}\n`);
    const run = await rebuild();
    expect(outcomes(run)).toMatchObject({
      goshim: 'built',
      'image.ccenv': 'built',
      'image.orderer': 'cached',
    });
    expect(await imageId(ref('ccenv'))).not.toBe(ccenv);
    const stale = run.of('stage-warning').find(({ code }) => code === 'chaincode-stale');
    expect(stale?.message).toMatch(new RegExp(`${PROJECT}-${PEERS[0]}-smoke-`));
    await expectTruth();

    await restore();
    const back = await rebuild();
    expect(await imageId(ref('ccenv'))).toBe(ccenv);
    // Whose chaincode this is: nothing is stale any more.
    expect(back.of('stage-warning').map(({ code }) => code)).not.toContain('chaincode-stale');
  });

  it('restarts the orderer alone for an edit of the orderer, and is proved afterwards', async () => {
    const before = await states();
    await edit(ORDERER_GO, (text) => text.replace('func main() {', 'func main() {\n\tfmt.Println("EDITED")'));
    const run = await rebuild('--smoke');
    expect(touched(before, await states())).toEqual({ recreated: [], restarted: [ORDERER], down: [] });
    expect(outcomes(run)).toMatchObject({ 'image.peer': 'cached', 'image.tools': 'cached' });
    expect(run.one('smoke-result').ok).toBe(true);
    expect(await logOf(`${PROJECT}-${ORDERER}`)).toContain('EDITED');
    await expectTruth();
  });

  it('stops one peer for a program that panics at its start, tells where, and `up` makes all of the mended source', async () => {
    const [before, height] = [await states(), await heights()];
    const restore = await edit('peer/node.go', (text) =>
      text.replace('func startNode() error {', 'func startNode() error {\n\tpanic("nobody is home")'),
    );
    const run = await wizard.events('rebuild');
    expect(run.ended.exitCode).toBe(1);
    const { stage, failure, diagnosis, described } = run.one('stage-failed');
    expect(stage).toBe('swap');
    expect(failure).toMatchObject({ kind: 'check', expected: 'running' });
    expect(JSON.stringify(failure)).toContain('panic: nobody is home');
    const [failed = ''] = touched(before, await states()).down;
    expect(PEERS).toContain(failed);
    expect(diagnosis).toMatchObject({ symptom: 'node-panics', facts: { node: failed } });
    expect(described?.title).toBe(`${failed} panicked: nobody is home`);
    expect(described?.why).toMatch(/^The panic comes from peer\/node\.go:\d+\./);
    expect(described?.next).toEqual([`fabric-wizard logs ${failed}`, 'fabric-wizard rebuild']);
    // The other peer keeps the old program.
    expect(touched(before, await states())).toMatchObject({ recreated: [], down: [failed] });
    expect(touched(before, await states()).restarted).toEqual([failed]);

    // A second attempt stops no other peer, nor does `up`, which replaces the containers.
    for (const again of [['rebuild'], ['up', '--yes']]) {
      expect((await wizard.events(...again)).one('stage-failed').diagnosis?.symptom).toBe('node-panics');
      expect(touched(before, await states()).down).toEqual([failed]);
    }

    await restore();
    const up = (await wizard.events('up', '--yes')).wentWell();
    expect(outcomes(up)).toMatchObject({ compile: 'cached', start: 'built', join: 'cached', smoke: 'built' });
    expect(touched({}, await states()).down).toEqual([]);
    for (const [index, now] of (await heights()).entries()) expect(now).toBeGreaterThan(height[index] ?? 0);
    await expectTruth();
    expect(await upWouldRun()).toEqual(['source', 'smoke']);
  });

  it('compiles nothing for an edit of sampleconfig, and makes its nodes anew', async () => {
    const [before, height] = [await states(), await heights()];
    await edit(CORE_YAML, (text) => `${text}# EDITED\n`);
    const run = await rebuild();
    expect(outcomes(run)).toMatchObject({ compile: 'cached', swap: 'cached', 'image.ccenv': 'cached' });
    expect(touched(before, await states())).toEqual({ recreated: NODES, restarted: [], down: [] });
    // In the tools image it is in a volume of its own.
    for (const node of NODES)
      expect(await runIn(`${PROJECT}-${node}`, 'tail', '-n1', '/etc/hyperledger/fabric/core.yaml')).toMatch(
        '# EDITED',
      );
    expect(await heights()).toEqual(height);
    await expectTruth();
  });

  it('runs on, on the images that it had, where the source does not compile', async () => {
    const [before, images, height] = [await states(), await imageIds(), await heights()];
    const restore = await edit(PEER_GO, (text) => `${text}\nfunc broken() int { return "x" }\n`);
    const line = (await readFile(join(source, PEER_GO), 'utf8')).split('\n').length - 1;
    const run = await wizard.events('rebuild', '--smoke');
    await restore();
    expect(run.ended.exitCode).toBe(1);
    const { stage, failure, described } = run.one('stage-failed');
    expect(stage).toBe('compile');
    // The source is in fabric-wizard.yaml, so the command need not name it.
    expect(described?.next[0]).toBe('fabric-wizard rebuild --yes --smoke');
    expect(failure).toMatchObject({
      kind: 'command',
      compileErrors: [{ file: PEER_GO, line, message: expect.stringContaining('cannot use "x"') }],
    });
    expect(described?.title).toMatch(`${PEER_GO}:${line} does not compile`);
    expect(await states()).toEqual(before);
    expect(await imageIds()).toEqual(images);
    expect(await heights()).toEqual(height);
    expect((await rebuild()).built).toEqual([]);
  });

  it('restarts one node after another where that is asked for, and takes the edit back without compiling or building', async () => {
    const restore = await edit(PEER_GO, saying('EDIT-2'));
    const run = await rebuild('--one-by-one');
    const steps = run.of('node-health').map(({ node, state }) => `${node} ${state}`);
    const [first = '', second = ''] = steps[0]?.startsWith(PEERS[0] ?? '') ? PEERS : [...PEERS].reverse();
    expect(steps).toEqual([first, second].flatMap((peer) => [`${peer} starting`, `${peer} ready`]));
    expect(await peerSays()).toContain('EDIT-2');
    await expectTruth();

    const before = await states();
    await restore();
    const back = await rebuild();
    expect(outcomes(back)).toMatchObject({ compile: 'cached', swap: 'built' });
    expect(detailOf(back, 'image.peer')).toMatch(/built earlier$/);
    expect(touched(before, await states())).toEqual({ recreated: [], restarted: PEERS, down: [] });
    expect(await peerSays()).toContain('EDIT-1');
    await expectTruth();
  });

  it('is told the truth of a source that is edited while it is compiled, and nobody else rebuilds meanwhile', async () => {
    await edit(PEER_GO, saying('EDIT-3'));
    const run = liveRun(wizard.dir, ['rebuild']);
    await run.started('compile');
    const again = await edit(PEER_GO, saying('EDIT-4'));
    const second = await wizard.run('rebuild');
    expect(second.exitCode).toBe(3);
    expect(second.stderr).toContain('Another fabric-wizard is running in this folder');
    // Those that only look are let in.
    expect(await wizard.json('status')).toMatchObject({ ok: true });
    await wizard.ok('logs', PEERS[0] ?? '', '--tail', '1');
    const ended = (await run.ended).wentWell();
    expect(ended.of('stage-warning').map(({ code }) => code)).toContain('source-edited');
    await expectTruth();
    await again();
    await rebuild();
    expect(await peerSays()).toContain('EDIT-3');
    await expectTruth();
  });
});

describe('a node that is down', () => {
  it('is started, alone, with the programs of now', async () => {
    const before = await states();
    await engine.getContainer(`${PROJECT}-${PEERS[1]}`).stop({ t: 5 });
    const run = await rebuild();
    expect(run.causeOf('start')).toContain(PEERS[1]);
    expect(touched(before, await states())).toMatchObject({ down: [] });
    expect((await states())[PEERS[0] ?? '']).toEqual(before[PEERS[0] ?? '']);
    await expectTruth();
  });
});

describe('an interrupted rebuild', () => {
  it('leaves every node running, nothing half, and is made good by the next one', async () => {
    const before = await states();
    const restore = await edit(PEER_GO, saying('EDIT-5'));
    const run = liveRun(wizard.dir, ['rebuild', '--one-by-one']);
    await run.heard('a peer that restarts', (event) => event.type === 'node-health');
    const { run: ended } = await run.interrupt('SIGINT');
    expect(ended.ended.exitCode).toBe(130);
    expect(ended.of('stage-cancelled').map(({ stage }) => stage)).toEqual(['swap']);
    await eventually(
      'the engine to end the restart',
      async () => touched(before, await states()).down.length === 0,
    );
    expect(touched(before, await states()).recreated).toEqual([]);
    expect((await containerNames()).filter((name) => name.startsWith(PROJECT)).length).toBeGreaterThan(3);
    expect(await halfWritten()).toEqual([]);
    // One peer has been given the new program, and another has not: both are to be what they were.
    await restore();
    const back = await rebuild();
    expect(outcomes(back)).toMatchObject({ compile: 'cached', swap: 'built' });
    await expectTruth();
  });
});

/** `rebuild --watch --json`; its n-th run ended with this exit code. */
async function nthRun(run: LiveRun, n: number, exitCode: number): Promise<void> {
  let ended = 0;
  await run.heard(`the end of run ${n}`, (event) => {
    if (event.type !== 'run-finished') return false;
    ended += 1;
    if (ended !== n) return false;
    expect(event.exitCode).toBe(exitCode);
    return true;
  });
}

describe('watching', () => {
  it('rebuilds by itself, stays when the source is broken, gives way to others, goes on, and ends well', async () => {
    const before = await states();
    const run = liveRun(wizard.dir, ['rebuild', '--watch']);
    await nthRun(run, 1, 0);
    const restore = await edit(PEER_GO, saying('WATCHED-1'));
    await nthRun(run, 2, 0);
    expect(await peerSays()).toContain('WATCHED-1');

    const mend = await edit(PEER_GO, (text) => text.replace('func main() {', 'func main( {'));
    await nthRun(run, 3, 1);
    expect(await peerSays()).toContain('WATCHED-1');
    await mend();
    await nthRun(run, 4, 0);

    // What keeps a run from beginning is told once, and the next change is waited for.
    const complete = await edit('Makefile', (text) => text.replace('BASE_VERSION', 'NO_VERSION'));
    await edit(PEER_GO, saying('WATCHED-2'));
    await nthRun(run, 5, 2);
    await complete();
    await restore();
    await nthRun(run, 6, 0);

    // Another command in the folder goes first.
    const smoke = liveRun(wizard.dir, ['smoke']);
    await smoke.started('smoke');
    await edit(PEER_GO, saying('WATCHED-3'));
    await nthRun(run, 7, 3);
    (await smoke.ended).wentWell();
    await nthRun(run, 8, 0);
    expect(await peerSays()).toContain('WATCHED-3');

    const { run: ended } = await run.interrupt('SIGINT');
    expect(ended.ended.exitCode).toBe(0);
    expect(ended.of('run-finished').map(({ exitCode }) => exitCode)).toEqual([0, 0, 1, 0, 2, 0, 3, 0]);
    expect(touched(before, await states())).toEqual({ recreated: [], restarted: PEERS, down: [] });
    expect(
      await engine.listContainers({
        filters: { label: [`io.fabric-wizard.project=${PROJECT}`, 'io.fabric-wizard.role=work'] },
      }),
    ).toEqual([]);
    await expectTruth();
  });
});

describe('unit tests', () => {
  const PACKAGE = 'common/metadata';
  const test = (body: string) =>
    `package metadata\n\nimport "testing"\n\nfunc TestVersion(t *testing.T) {\n\t${body}\n}\n`;

  it('of a package with an untracked file run beside the network, and fail with file and line', async () => {
    const before = await states();
    const file = join(source, PACKAGE, 'metadata_test.go');
    await writeFile(file, test('t.Errorf("version %q", Version)'));
    const report = join(source, '..', 'junit.xml');
    const failed = await wizard.events('test', '--run', 'TestVersion', '--junit', report);
    expect(failed.ended.exitCode).toBe(1);
    expect(failed.one('stage-failed')).toMatchObject({
      stage: 'test',
      failure: {
        kind: 'tests',
        failed: [
          { package: PACKAGE, test: 'TestVersion', place: { file: `${PACKAGE}/metadata_test.go`, line: 6 } },
        ],
      },
    });
    expect(failed.of('package-tested').map(({ package: name }) => name)).toContain('peer');
    expect(await readFile(report, 'utf8')).toContain(
      '<testcase classname="common/metadata" name="TestVersion"',
    );
    await writeFile(file, test('t.Log(Version)'));
    const passed = (await wizard.events('test', PACKAGE)).wentWell();
    expect(passed.one('package-tested')).toMatchObject({ package: PACKAGE, outcome: 'passed', passed: 1 });
    // Edits of earlier tests are in the working tree.
    await rm(file);
    expect(await states()).toEqual(before);
  });
});

describe('other choices than the network was made with', () => {
  it('are refused where certificates or ledgers would have to be others', async () => {
    const before = await states();
    for (const flags of [
      ['--orgs', '2'],
      ['--channel', 'other'],
    ]) {
      const run = await wizard.events('rebuild', ...flags);
      expect(run.ended.exitCode, flags.join(' ')).toBe(2);
      expect(run.one('run-finished').described?.title).toMatch(/has another configuration/);
    }
    expect(await states()).toEqual(before);
    expect((await rebuild()).built).toEqual([]);
  });

  it('make every node anew where it is called or reached otherwise', async () => {
    const [before, height] = [await states(), await heights()];
    // Peer 0 gets the port that peer 1 had.
    const run = await rebuild('--port-base', '46050', '--docker-ns', `${PROJECT}-other`);
    expect(outcomes(run)).toMatchObject({
      compile: 'built',
      swap: 'cached',
      compose: 'built',
      start: 'built',
    });
    expect(touched(before, await states())).toMatchObject({ recreated: NODES, down: [] });
    expect(await heights()).toEqual(height);
    expect(await peerSays()).toContain(`Docker Namespace: ${PROJECT}-other`);
    expect(await wizard.ok('env')).toMatchObject({ stdout: expect.stringContaining(':46051') });
  });
});

describe('no network', () => {
  it('that runs: the images are built, and nothing is started', async () => {
    await wizard.ok('down', '--yes');
    await edit(PEER_GO, saying('EDIT-6'));
    const peer = await imageId(ref('peer'));
    const run = await rebuild();
    expect(run.causeOf('start')).toBe('no network is running');
    expect(outcomes(run)).toMatchObject({ compile: 'built', swap: 'cached', 'image.peer': 'built' });
    expect(await imageId(ref('peer'))).not.toBe(peer);
    expect((await containerNames()).filter((name) => name.startsWith(`${PROJECT}-`))).toEqual([]);
    const version = `${wizard.dockerNs}/fabric-peer:${await goArch()}-1.4.12`;
    expect(await imageId(version)).toBe(await imageId(ref('peer')));
  });
});
