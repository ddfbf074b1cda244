import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import type { SmokeResult } from '../../../src/pipeline/core/events.ts';
import type { ProofChange } from '../../../src/pipeline/core/last-proof.ts';
import type { MachineTrouble } from '../../../src/pipeline/core/machine-trouble.ts';
import { reduceRun } from '../../../src/pipeline/core/run-state.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { connectionOf } from '../../../src/pipeline/network/connection.ts';
import { SERVICE } from '../../../src/pipeline/network/network-events.ts';
import { networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState } from '../../../src/screens/app-state.ts';
import { DashboardScreen } from '../../../src/screens/dashboard-screen.tsx';
import { dashboardView } from '../../../src/screens/dashboard-view.ts';
import { createTheme } from '../../../src/ui/theme.tsx';
import { BROKEN_BUILD } from '../../support/broken-build.ts';
import { answers, folded, healthyNetwork, PEERS, STARTED, seen, seenNode } from '../../support/networks.ts';
import { recordedState } from '../../support/recorded.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

const HEALTHY = healthyNetwork();
const [DEAD = ''] = PEERS;
const WITH_DEAD = [
  seen({ [DEAD]: { state: 'exited', exitCode: 137 } }),
  {
    type: 'lines',
    at: 1,
    lines: [
      { node: DEAD, line: 'I die', at: 1 },
      { node: 'cli', line: 'I do not', at: 1 },
    ],
  } as const,
].reduce(reduceNetwork, HEALTHY);
const proof = {
  result: { ...(recordedState('up-1.4.12').smoke as SmokeResult), at: STARTED + 1000 },
  changed: [] as ProofChange[],
};

const RELEASE = releaseOf('1.4.12');
if (!RELEASE) throw new Error('no release 1.4.12');
const { values } = await loadConfig({ dir: tmpdir(), flags: {} });
const CONNECTION = connectionOf({ spec: networkSpec(values, RELEASE, 'fw-x'), version: '1.4.12' }, '/net');

function show(state: Partial<AppState>, size = SIZES[1]) {
  const { app, calls } = fakeApp({ id: 'dashboard' }, { network: HEALTHY, proof, ...state });
  return showScreen(<DashboardScreen />, app, { size }).then((shown) => ({ ...shown, app, calls }));
}

describe.each(SIZES)('the dashboard at $columns x $rows', (size) => {
  it.each([
    ['a healthy network', HEALTHY],
    ['a dead peer', WITH_DEAD],
    ['no network', folded([{ ...seen(), nodes: [], chaincodes: [] } as ReturnType<typeof seen>])],
    ['a lost engine', reduceNetwork(HEALTHY, { type: 'engine-lost', at: 1 })],
    ['a network that is not known yet', folded([])],
  ])('fits its rows and leaves one free with %s', async (_, network) => {
    const { rows } = await show({ network }, size);
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(rows().at(-1)).toMatch(/q quit$/);
  });

  it('shows every node with its state and height', async () => {
    const { text } = await show({}, size);
    expect(text()).toMatch(/✓ +orderer\S* +ready/);
    for (const peer of PEERS)
      expect(text()).toMatch(new RegExp(`✓ +${peer.split('.').slice(0, 2).join('\\.')}\\S* +ready +5`));
  });
});

/** The second organisation is on another machine. */
const machineOf = (node: string) => (node.includes('org2') ? 'machine2' : 'machine1');
const PLACED = Object.fromEntries(
  ['cli', 'orderer.example.com', ...PEERS].map((node) => [node, { machine: machineOf(node) }]),
);
const OF_SECOND = PEERS.filter((peer) => machineOf(peer) === 'machine2');

function onMachines(state: string | undefined, machines: readonly MachineTrouble[] = []) {
  const changes = Object.entries(PLACED).map(([node, { machine }]) => [
    node,
    { machine, ...(state !== undefined && OF_SECOND.includes(node) ? { state } : {}) },
  ]);
  return reduceNetwork(HEALTHY, { ...seen(Object.fromEntries(changes)), machines } as ReturnType<
    typeof seen
  >);
}

describe.each(SIZES)('a network on several machines, at $columns x $rows', (size) => {
  const lost = [{ machine: 'machine2', state: 'unreachable', since: STARTED }] as const;

  it('shows the machine of each node', async () => {
    const { rows } = await show({ network: onMachines(undefined) }, size);
    expect(rows().find((row) => /NODE +MACHINE +STATE/.test(row))).toBeDefined();
    expect(rows().find((row) => /peer0\.org2\S* +machine2 +ready/.test(row))).toBeDefined();
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
  });

  it('shows nodes of a machine that does not answer, which cannot be started', async () => {
    const { rows, text, press, calls } = await show({ network: onMachines('unreachable', lost) }, size);
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(text()).toMatch(/✗ machine2 has not answered since/);
    expect(rows().find((row) => /✗ +peer0\.org2\S* +machine2 +unreachable/.test(row))).toBeDefined();
    expect(rows().find((row) => /peer0\.org2\S* +machine2 +ready/.test(row))).toBeUndefined();
    expect(text()).not.toContain('last lines');
    await press(KEY.enter);
    expect(calls.filter((call) => call.startsWith('actOnNode'))).toEqual([]);
  });
});

it('a machine that was only cut off has nodes that answer as soon as it is back', async () => {
  const snapshot = (state: string | undefined) => ({
    ...seen(
      Object.fromEntries(OF_SECOND.map((node) => [node, { ...PLACED[node], ...(state ? { state } : {}) }])),
    ),
  });
  const lost = reduceNetwork(HEALTHY, snapshot('unreachable'));
  const { rows, app, press } = await show({ network: lost }, { columns: 120, rows: 40 });
  expect(rows().filter((row) => row.includes('unreachable'))).toHaveLength(OF_SECOND.length);
  app.store.updateNow((state) => ({ ...state, network: reduceNetwork(state.network, snapshot(undefined)) }));
  await press();
  expect(rows().filter((row) => row.includes('unreachable'))).toHaveLength(0);
  for (const peer of OF_SECOND) expect(rows().find((row) => row.includes(peer))).toMatch(/machine2 +ready/);
});

it('tells that a machine is drained, and the command', async () => {
  const drained = onMachines(undefined, [{ machine: 'machine2', state: 'drain' }]);
  const { text } = await show({ network: drained }, { columns: 120, rows: 40 });
  expect(text()).toContain('! machine2 is drained. Its containers keep running');
  expect(text()).toContain('docker node update --availability active machine2');
});

describe.each(SIZES)('a gateway that is down, at $columns x $rows', (size) => {
  const down = {
    ...seen(),
    nodes: [
      ...(seen() as Extract<ReturnType<typeof seen>, { type: 'snapshot' }>).nodes,
      seenNode('gateway', { role: 'gateway', state: 'exited', exitCode: 137 }),
    ],
  } as ReturnType<typeof seen>;

  it('is in view, and Enter starts it', async () => {
    const { rows, press, calls } = await show({ network: reduceNetwork(HEALTHY, down) }, size);
    expect(rows().find((line) => /✗ +gateway +killed/.test(line))).toBeDefined();
    await press(KEY.enter);
    expect(calls).toContain('actOnNode "gateway" "start"');
  });

  it('is named while another node is selected', async () => {
    const { rows, text, press, app } = await show({}, size);
    await press(KEY.down);
    const selected = () => rows().find((line) => line.includes('›'));
    expect(selected()).toContain('peer0.org1');
    app.store.updateNow((state) => ({ ...state, network: reduceNetwork(state.network, down) }));
    await press();
    expect(selected()).toContain('peer0.org1');
    expect(text()).toContain('gateway');
  });

  it('has refused a request before: a line tells which', async () => {
    const refused = {
      type: 'refused',
      at: 1,
      peer: DEAD,
      request: 'POST /containers/create',
      reason: 'no binds',
      time: '2026-11-29T11:34:12.841Z',
    } as const;
    const { text } = await show({ network: reduceNetwork(HEALTHY, refused) }, size);
    expect(text().replace(/\s+/g, ' ')).toContain(
      '11:34:12 UTC: the gateway refused POST /containers/create of peer0.org1: no binds',
    );
  });
});

describe('the dashboard', () => {
  it('shows image, uptime, memory, CPU, chaincode and proof at 80 columns', async () => {
    const { text } = await show({});
    expect(text()).toMatch(/peer0\.org1 +ready +5 +10 min +1aa7539bd0d6 +20\.8 MB +10\.0 %/);
    expect(text()).toMatch(/smoke-1-1\.0 {2}✓ peer0\.org1 {2}✓ peer0\.org2/);
    expect(text()).toMatch(/✓ chaincode \S+ \S+ on \S+ answered on every peer/);
    expect(text()).toMatch(/builder +\S+fabric-ccenv\S* [0-9a-f]{12}/);
    expect(text()).toMatch(/✓ 100 -> 90 {2}peer0\.org1 peer0\.org2 peer1\.org1 peer1\.org2/);
  });

  it('marks a proof from before images or nodes were made anew, and shows it without colours', async () => {
    const { text, press, app } = await show({ proof: { ...proof, changed: ['image.peer', 'programs'] } });
    expect(text()).toMatch(/ last proof \(outdated\) /);
    expect(text().replace(/\s+/g, ' ')).toContain(
      'Changed since then: the peer image was built again, new programs were copied into the nodes.',
    );
    await press('p');
    const opened = app.store.now().navigation.at(-1);
    expect(opened?.id === 'text' && opened.lines(120)[0]).toContain('the peer image was built again');
    const colour = createTheme({ colour: true, unicode: true, language: 'en' });
    const { good, symbol } = colour.style;
    const drawn = (...changed: readonly ProofChange[]) =>
      dashboardView(
        HEALTHY,
        { ...proof, changed },
        { theme: colour, columns: 80, rows: 24, chosen: 0, actions: {} },
      );
    const at = (lines: readonly string[]) => lines.findIndex((line) => line.includes('last proof'));
    const green = (lines: readonly string[]) =>
      lines.slice(at(lines)).some((line) => line.includes(good(symbol.good)));
    expect(green(drawn())).toBe(true);
    expect(green(drawn('network', 'nodes'))).toBe(false);
    expect(drawn('network', 'nodes').join(' ')).not.toContain('nodes were created');
  });

  it('observes the network', async () => {
    expect((await show({})).calls).toEqual(['observeNetwork']);
  });

  it('shows a dead node with its last lines, and Enter starts it', async () => {
    const { text, press, calls } = await show({ network: WITH_DEAD });
    expect(text()).toMatch(/✗ +peer0\.org1 +killed \(exit 137\)/);
    expect(text()).toMatch(/peer0\.org1\.example\.com: last lines ─+\nI die\n/);
    expect(text()).not.toContain('I do not');
    expect(text()).toContain('Enter start peer0.org1');
    expect(text().match(/start peer0\.org1/g)).toHaveLength(1);
    await press(KEY.enter, 't');
    expect(calls.filter((call) => call === `actOnNode "${DEAD}" "start"`)).toHaveLength(2);
  });

  it('names the roles of the images in Chinese too', async () => {
    const { app } = fakeApp({ id: 'dashboard' }, { network: HEALTHY, proof });
    const { text } = await showScreen(<DashboardScreen />, app, { language: 'zh' });
    expect(text()).toMatch(/^ +构建镜像 {4}\S+ccenv/m);
    expect(text()).toMatch(/^ +运行时镜像 {2}\S+baseos/m);
  });

  it.each([
    ['killed (exit 137)', { exitCode: 137 }],
    ['exited (2)', { exitCode: 2 }],
    ['out of memory (137)', { exitCode: 137, outOfMemory: true }],
    ['down', { state: 'dead' }],
  ])('shows why a node is down: %s', async (expected, change) => {
    const network = reduceNetwork(HEALTHY, seen({ [DEAD]: { state: 'exited', ...change } }));
    for (const size of SIZES) {
      const { rows } = await show({ network }, size);
      const row = rows().find((line) => /✗ +peer0\.org1/.test(line));
      expect(row?.split(/ {2,}/)).toContain(expected);
    }
  });

  it.each([
    ['stopped', DEAD, { state: 'exited', exitCode: 0 }],
    ['stopped', DEAD, { state: 'exited', exitCode: 143 }],
    // Its shell ignores SIGTERM.
    ['stopped', 'cli', { state: 'exited', exitCode: 137 }],
    ['paused', DEAD, { state: 'paused' }],
  ])('shows a node as %s and not as failed: %s %j', async (expected, name, change) => {
    const { rows, text } = await show({ network: reduceNetwork(HEALTHY, seen({ [name]: change })) });
    expect(text()).toMatch(new RegExp(`·  ${name === 'cli' ? 'cli' : 'peer0\\.org1'} +${expected}`));
    expect(text()).not.toContain('last lines');
    expect(rows()[0]).not.toContain('down');
  });

  it('acts on the node under the cursor at a key, and shows an action that is not done', async () => {
    const { press, calls } = await show({ selectedNode: DEAD });
    await press('e', 't', 'o', 'z', KEY.enter, 'b');
    expect(calls.slice(1)).toEqual([
      `openShell "${DEAD}" "node"`,
      ...['stop', 'restart', 'pause'].map((action) => `actOnNode "${DEAD}" "${action}"`),
      `showNode "${DEAD}"`,
    ]);
    const { text } = await show({ nodeActions: { [DEAD]: 'stop' } });
    expect(text()).toMatch(/peer0\.org1 +stopping/);
  });

  it('keeps a node whose container was removed', async () => {
    const gone = { [DEAD]: { state: 'removed', container: '', imageId: '' } };
    const { text } = await show({ network: reduceNetwork(HEALTHY, seen(gone)) });
    expect(text()).toMatch(/✗ +peer0\.org1 +removed +5/);
    expect(text()).toContain('Enter start peer0.org1');
  });

  it('starts the selected one of two dead nodes', async () => {
    const other = PEERS[3] ?? '';
    const both = { [DEAD]: { state: 'exited' }, [other]: { state: 'exited' } };
    const { press, calls } = await show({ network: reduceNetwork(HEALTHY, seen(both)) });
    await press(KEY.end, KEY.up, KEY.enter);
    expect(calls).toContain(`actOnNode "${other}" "start"`);
  });

  it('acts on the node under the cursor only', async () => {
    const { text, press, calls, app } = await show({ network: WITH_DEAD });
    await press(KEY.end);
    expect(text()).not.toContain('start peer0.org1');
    await press(KEY.enter, 'x');
    expect(calls.filter((call) => call !== 'observeNetwork')).toEqual(['showNode "cli"', 'showResolve']);
    await press(KEY.home, KEY.down, KEY.down, 'x');
    expect(app.store.now().selectedNode).toBe(PEERS[2]);
    expect(calls.at(-1)).toBe(`showResolve "id-of-${PEERS[2]}"`);
    await press(KEY.home, KEY.down, KEY.enter);
    expect(calls.at(-1)).toBe(`actOnNode "${DEAD}" "start"`);
  });

  it('keeps its cursor on a node when the user comes back, and when nodes come and go', async () => {
    const first = await show({});
    await first.press(KEY.down, KEY.down);
    const { selectedNode } = first.app.store.now();
    expect(selectedNode).toBe(PEERS[2]);
    const event = seen();
    const rest = { ...event, nodes: 'nodes' in event ? event.nodes.filter(({ node }) => node !== DEAD) : [] };
    const network = reduceNetwork(HEALTHY, rest as ReturnType<typeof seen>);
    const { text } = await show({ selectedNode, network });
    expect(text()).toMatch(/›✓ +peer0\.org2/);
  });

  it('says in its head line which node is down, whatever was done before', async () => {
    const work = { kind: 'ended', request: { command: 'smoke' } } as const;
    const run = recordedState('up-1.4.12');
    const { rows } = await show({ work, run });
    expect(rows()[0]).toMatch(/✓ smoke done$/);
    const one = await show({ work, run, network: WITH_DEAD });
    expect(one.rows()[0]).toMatch(/dashboard +✗ node down: peer0\.org1$/);
    const all = Object.fromEntries(PEERS.map((peer) => [peer, { state: 'exited', exitCode: 2 }]));
    const four = await show({ work, run, network: reduceNetwork(HEALTHY, seen(all)) });
    expect(four.rows()[0]).toMatch(/✗ 4 of 6 nodes down$/);
    const failed = { ...run, outcome: 'failed' } as const;
    const both = await show({ work, run: failed, network: WITH_DEAD });
    expect(both.rows()[0]).toMatch(/✗ smoke failed · ✗ node down: peer0\.org1$/);
    const narrow = await show({ work, run: failed, network: WITH_DEAD }, SIZES[0]);
    expect(narrow.rows()[0]).toMatch(/^dashboard +✗ node down: peer0\.org1$/);
  });

  it('marks the practice source although nothing was run in this process', async () => {
    expect((await show({ practice: true })).rows()[0]).toContain('dashboard ! practice source');
    expect((await show({ practice: false })).rows()[0]).not.toContain('practice');
  });

  it('marks a proof when a peer was started again since, and not when another node was', async () => {
    const later = { startedAt: STARTED + 5000 };
    const orderer = await show({ network: reduceNetwork(HEALTHY, seen({ cli: later })) });
    expect(orderer.text()).not.toContain('outdated');
    const { text } = await show({ network: reduceNetwork(HEALTHY, seen({ [DEAD]: later })) });
    expect(text()).toContain('last proof (outdated)');
    expect(text()).toContain('nodes were created or started again');
  });

  it('tells where the network can be reached, and opens everything that a client needs', async () => {
    const { text, press, calls } = await show({ connection: CONNECTION }, SIZES[2]);
    expect(text()).toMatch(/connect ─+\n +localhost:7050 +OrdererMSP +orderer\.example\.com/);
    expect(text()).toMatch(/localhost:9051 +Org2MSP +peer0\.org2\.example\.com/);
    await press('c');
    expect(calls).toContain('showConnection');
    await press('m');
    expect(calls).toContain('showTopology');
    const small = (await show({ connection: CONNECTION })).text();
    expect(small).toContain('c connect');
    expect(small).toContain('localhost:7050 OrdererMSP · localhost:7051 Org1MSP · localhost:9051 Org2MSP');
  });

  it('fills a high screen with what the node under the cursor does', async () => {
    const lines = Array.from({ length: 120 }, (_, i) => ({
      node: i % 2 ? DEAD : 'cli',
      line: `line ${i}`,
      at: STARTED + i,
    }));
    const network = reduceNetwork(HEALTHY, { type: 'lines', at: 1, lines });
    const { text, press, rows } = await show({ network, selectedNode: DEAD }, { columns: 200, rows: 60 });
    expect(text()).toMatch(/peer0\.org1\.example\.com: last lines ─+\n[\s\S]*line 117\nline 119\n/);
    expect(
      rows()
        .slice(0, -2)
        .filter((row) => row === '').length,
    ).toBeLessThan(8);
    await press(KEY.end);
    expect(text()).toMatch(/cli: last lines ─+\n[\s\S]*line 116\nline 118\n/);
  });

  it('says which nodes run newer programs than their image', async () => {
    const { text } = await show({ network: reduceNetwork(HEALTHY, seen({ [DEAD]: { isAhead: true } })) });
    expect(text()).toMatch(/peer0\.org1 .* 1aa7539bd0d6\+/);
    expect(text().replace(/\s+/g, ' ')).toContain('+ peer0.org1 runs newer programs than its image has.');
    // The image was built since.
    const built = [seen({ [DEAD]: { isAhead: true } }), seen({ [DEAD]: { imageId: 'sha256:abcdefabcdef' } })];
    const after = await show({ network: built.reduce(reduceNetwork, HEALTHY) });
    expect(after.text()).toMatch(/peer0\.org1 .* abcdefabcdef /);
    expect(after.text()).not.toContain('newer programs');
  });

  it('counts uptimes in seconds', async () => {
    const { text, app, press } = await show({ network: folded([seen(), answers(DEAD)]) });
    expect(text()).toMatch(/peer0\.org1 +ready +0 s/);
    app.store.updateNow((state) => ({
      ...state,
      network: reduceNetwork(state.network, { type: 'tick', at: STARTED + 3000 }),
    }));
    await press();
    expect(text()).toMatch(/peer0\.org1 +ready +3 s/);
  });

  it('distinguishes a starting node from a ready one', async () => {
    const { text } = await show({ network: folded([seen(), answers(DEAD)]) });
    expect(text()).toMatch(/✓ +peer0\.org1 +ready/);
    expect(text()).toMatch(/· +peer1\.org1 +starting/);
  });

  it.each([
    ['r', 'run {"command":"rebuild","smoke":true}'],
    ['s', 'run {"command":"smoke"}'],
    ['T', 'run {"command":"test"}'],
  ])('runs at %s: %s', async (key, expected) => {
    const { press, calls, app } = await show({});
    await press(key);
    expect(calls).toContain(expected);
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
  });

  it.each([
    ['l', 'logs'],
    ['b', 'blocks'],
    ['d', 'down'],
    ['R', 'rebuild-all'],
    ['p', 'text'],
  ])('opens at %s the screen %s', async (key, id) => {
    const { press, app } = await show({});
    await press(key);
    expect(app.store.now().navigation.at(-1)?.id).toBe(id);
  });

  it.each([
    ['x', 'showResolve'],
    ['w', 'toggleWatch'],
  ])('requests at %s: %s', async (key, expected) => {
    const { press, calls } = await show({});
    await press(key);
    expect(calls).toContain(expected);
  });

  it('opens at ? the help about the node under the cursor', async () => {
    const { press, app } = await show({});
    await press('?');
    expect(app.store.now().overlay).toEqual({ id: 'help', topic: 'orderer' });
  });

  it('starts nothing while a run is in progress', async () => {
    const work = { kind: 'running', request: { command: 'rebuild' }, cancelling: false } as const;
    const { press, calls, text, app } = await show({ work });
    expect(text()).not.toContain('r rebuild');
    await press('r', 'R', 's', 'd');
    expect(calls).toEqual(['observeNetwork']);
    await press(KEY.enter);
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
  });

  it('changes nothing while the engine does not respond', async () => {
    const { press, calls, app } = await show({
      network: reduceNetwork(WITH_DEAD, { type: 'engine-lost', at: 2 }),
    });
    await press('r', 'R', 's', 'd', 't', 'o', 'z', KEY.enter);
    expect(calls).toEqual(['observeNetwork']);
    expect(app.store.now().navigation).toHaveLength(1);
  });

  it('shows the message of an action that failed', async () => {
    const { text } = await show({ notice: 'The folder is in use.' });
    expect(text()).toContain('✗ The folder is in use.');
  });
});

describe('chaincode and proof', () => {
  const chaincodes = (name: string, running: boolean) =>
    PEERS.map((peer) => ({ peer, container: `${name}-${peer}`, chaincode: name, running }));

  it('of two chaincodes and an outdated proof, the values stay in view at 80 x 24', async () => {
    const two = {
      ...(seen() as Extract<ReturnType<typeof seen>, { type: 'snapshot' }>),
      chaincodes: [...chaincodes('smoke-1-1.0', true), ...chaincodes('smoke-2-1.0', true)],
    };
    for (const changed of [['programs'], ['network', 'image.ccenv', 'base.builder']] as ProofChange[][]) {
      const { text } = await show({
        network: reduceNetwork(HEALTHY, two),
        proof: { ...proof, changed },
        connection: CONNECTION,
      });
      expect(text()).toMatch(/✓ 100 -> 90 +peer0\.org1/);
    }
  });

  it('a chaincode that its peer has ended is no failure', async () => {
    const idle = {
      ...(seen() as Extract<ReturnType<typeof seen>, { type: 'snapshot' }>),
      chaincodes: chaincodes('smoke-1-1.0', false),
    };
    const network = reduceNetwork(HEALTHY, idle);
    const { text } = await show({ network });
    expect(text()).toMatch(/smoke-1-1\.0 {2}· peer0\.org1 .* · peer1\.org2$/m);
    expect(text()).not.toContain('✗');
    const wide = await show({ network }, SIZES[2]);
    expect(wide.text()).toMatch(/smoke-1-1\.0 {2}· peer0\.org1 .* {2}starts at the next call$/m);
  });

  it.each(['basic-2-4f9a81c0d3e7', 'basic_4f9a81c0d3e7'])('of changed files are marked: %s', async (name) => {
    const deployed = {
      ...(seen() as Extract<ReturnType<typeof seen>, { type: 'snapshot' }>),
      chaincodes: [...chaincodes(name, true), ...chaincodes('basic-old-1.0', true)],
    };
    const network = reduceNetwork(HEALTHY, deployed);
    for (const size of SIZES) {
      const { text, app, press } = await show({ network }, size);
      expect(text()).not.toContain('files changed');
      app.store.updateNow((state) => ({ ...state, chaincodes: { ...state.chaincodes, changed: ['basic'] } }));
      await press();
      expect(text()).toMatch(new RegExp(`^${name} {2}! files changed`, 'm'));
      expect(text().match(/files changed/g)).toHaveLength(1);
    }
  });

  it.each([
    [true, /^basic {2}✓ process$/m],
    [false, /^basic {2}✗ process$/m],
  ])(
    'of a service say whether its process runs (%s), and are marked if its files have changed',
    async (running, line) => {
      const served = {
        ...(seen() as Extract<ReturnType<typeof seen>, { type: 'snapshot' }>),
        chaincodes: [{ peer: SERVICE, container: 'c', chaincode: 'basic', running }],
      };
      const network = reduceNetwork(HEALTHY, served);
      for (const size of SIZES) {
        const { text, app, press } = await show({ network }, size);
        expect(text()).toMatch(line);
        app.store.updateNow((state) => ({
          ...state,
          chaincodes: { ...state.chaincodes, changed: ['basic'] },
        }));
        await press();
        expect(text()).toMatch(/^basic {2}! files changed {2}[✓✗] process$/m);
      }
    },
  );

  it('C opens the chaincode screen', async () => {
    const { press, app } = await show({});
    await press('C');
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'chaincodes' });
  });

  it('the proof lists its peers in the order of the nodes', async () => {
    const reversed = { ...proof.result, peers: proof.result.peers.toReversed() };
    const { rows, press, app } = await show({ proof: { ...proof, result: reversed } });
    const nodes = rows().flatMap((row) => /[✓›] +(peer\d\.org\d) +ready/.exec(row)?.[1] ?? []);
    expect(rows().find((row) => row.includes('100 -> 90'))).toContain(nodes.join(' '));
    await press('p');
    const opened = app.store.now().navigation.at(-1);
    const whole = opened?.id === 'text' ? opened.lines(200).join('\n') : '';
    expect(Array.from(whole.matchAll(/✓ (peer\d\.org\d)/g), ([, name]) => name)).toEqual(nodes);
  });
});

describe('a failed rebuild', () => {
  const request = { command: 'rebuild' } as const;

  it.each(SIZES)('is on the dashboard with its place and message at $columns x $rows', async (size) => {
    const { text, rows } = await show({ run: BROKEN_BUILD, work: { kind: 'ended', request } }, size);
    expect(text()).toMatch(/── rebuild failed ─/);
    expect(text().replace(/\s+/g, ' ')).toContain('core/peer/peer.go:12');
    expect(text()).toContain('undefined: x');
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
  });

  it('shows the diagnosis of a failure that has one', async () => {
    const run = recordedState('up-practice-failed');
    const { text } = await show({ run, work: { kind: 'ended', request: { command: 'up' } } }, SIZES[2]);
    expect(text()).toMatch(/── up failed ─+\n✗ smoke: /);
    expect(text()).toContain('No such image');
  });

  it('is opened by Enter, also after other work', async () => {
    for (const work of [{ kind: 'ended', request } as const, { kind: 'idle' } as const]) {
      const { text, press, app } = await show({ run: BROKEN_BUILD, work });
      expect(text()).toContain('Enter show failure');
      await press(KEY.enter);
      expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
    }
  });

  it('is opened by f while the cursor is on a node that is down', async () => {
    const { text, press, app, calls } = await show({
      network: WITH_DEAD,
      run: BROKEN_BUILD,
      work: { kind: 'ended', request },
      selectedNode: DEAD,
    });
    expect(text()).toContain('Enter start peer0.org1');
    await press('f');
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
    expect(calls).not.toContain(`startNode "${DEAD}"`);
  });

  it('is not shown while the next run is under way, or after it', async () => {
    const done = reduceRun(BROKEN_BUILD, {
      type: 'run-finished',
      at: 2,
      outcome: 'done',
      exitCode: 0,
      seconds: 1,
    });
    for (const state of [
      { run: BROKEN_BUILD, work: { kind: 'running', request, cancelling: false } },
      { run: done, work: { kind: 'ended', request } },
    ] as const) {
      const { text } = await show(state);
      expect(text()).not.toContain('── rebuild failed');
      expect(text()).not.toContain('show failure');
    }
  });

  it('can be a run that has not started', async () => {
    const failure = { kind: 'usage', message: 'The moon is full.', next: [] } as const;
    const { text } = await show({ work: { kind: 'refused', request, failure } });
    expect(text()).toMatch(/── rebuild not started ─+\n✗ The moon is full\./);
  });
});

it('says that a screen is being read, until it opens', async () => {
  const { text, app, press } = await show({ opening: true });
  expect(text().split('\n')[0]).toMatch(/ loading$/);
  app.store.updateNow((state) => ({ ...state, opening: false }));
  await press('');
  expect(text()).not.toContain('loading');
});

describe('a snapshot command', () => {
  it.each(SIZES)(
    'that was killed is named with the command that ends it, at $columns x $rows',
    async (size) => {
      const { text, rows } = await show({ copy: 'interrupted' }, size);
      expect(text()).toContain('A snapshot command was interrupted.');
      expect(text().replace(/\s+/g, ' ')).toContain('fabric-wizard up --yes');
      expect(rows()).toHaveLength(size.rows - 1);
    },
  );
});
