import { describe, expect, it } from 'vitest';
import type { SmokeResult } from '../../../src/pipeline/core/events.ts';
import type { ProofChange } from '../../../src/pipeline/core/last-proof.ts';
import { reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState } from '../../../src/screens/app-state.ts';
import { DashboardScreen } from '../../../src/screens/dashboard-screen.tsx';
import { dashboardView } from '../../../src/screens/dashboard-view.ts';
import { createTheme } from '../../../src/ui/theme.tsx';
import { answers, folded, healthyNetwork, PEERS, STARTED, seen } from '../../support/networks.ts';
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

describe('the dashboard', () => {
  it('shows image, uptime, memory, CPU, chaincode and proof at 80 columns', async () => {
    const { text } = await show({});
    expect(text()).toMatch(/peer0\.org1 +ready +5 +10 min +1aa7539bd0d6 +20\.8 MB +10\.0 %/);
    expect(text()).toMatch(/smoke-1-1\.0 {2}✓ peer0\.org1 {2}✓ peer0\.org2/);
    expect(text()).toMatch(/✓ chaincode \S+ \S+ on \S+ answered on every peer/);
    expect(text()).toMatch(/builder +\S+fabric-ccenv\S* [0-9a-f]{12}/);
    expect(text()).toMatch(/✓ 100 -> 90 {2}peer0\.org1 peer1\.org1 peer0\.org2 peer1\.org2/);
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
      dashboardView(HEALTHY, { ...proof, changed }, { theme: colour, columns: 80, rows: 24, chosen: 0 });
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
    await press(KEY.enter);
    expect(calls).toContain(`startNode "${DEAD}"`);
  });

  it.each([
    ['killed (exit 137)', { exitCode: 137 }],
    ['exited (2)', { exitCode: 2 }],
    ['out of memory (137)', { exitCode: 137, outOfMemory: true }],
    ['down', { state: 'paused' }],
  ])('shows why a node is down: %s', async (expected, change) => {
    const network = reduceNetwork(HEALTHY, seen({ [DEAD]: { state: 'exited', ...change } }));
    for (const size of SIZES) {
      const { rows } = await show({ network }, size);
      const row = rows().find((line) => /✗ +peer0\.org1/.test(line));
      expect(row?.split(/ {2,}/)).toContain(expected);
    }
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
    expect(calls).toContain(`startNode "${other}"`);
  });

  it('acts on the node under the cursor only', async () => {
    const { text, press, calls, app } = await show({ network: WITH_DEAD });
    await press(KEY.end);
    expect(text()).not.toContain('start peer0.org1');
    await press(KEY.enter, 'x');
    expect(calls.filter((call) => call !== 'observeNetwork')).toEqual(['showResolve']);
    await press(KEY.home, KEY.down, KEY.down, 'x');
    expect(app.store.now().selectedNode).toBe(PEERS[2]);
    expect(calls.at(-1)).toBe(`showResolve "id-of-${PEERS[2]}"`);
    await press(KEY.home, KEY.down, KEY.enter);
    expect(calls.at(-1)).toBe(`startNode "${DEAD}"`);
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
    const all = Object.fromEntries(PEERS.map((peer) => [peer, { state: 'exited' }]));
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

  it('says which nodes run newer programs than their image', async () => {
    const { text } = await show({ network: reduceNetwork(HEALTHY, seen({ [DEAD]: { isAhead: true } })) });
    expect(text()).toMatch(/peer0\.org1 .* 1aa7539bd0d6\+/);
    expect(text().replace(/\s+/g, ' ')).toContain('+ peer0.org1 runs newer programs than its image has.');
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
  ])('runs at %s: %s', async (key, expected) => {
    const { press, calls, app } = await show({});
    await press(key);
    expect(calls).toContain(expected);
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
  });

  it.each([
    ['l', 'logs'],
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
    ['?', 'showTopic "orderer"'],
  ])('requests at %s: %s', async (key, expected) => {
    const { press, calls } = await show({});
    await press(key);
    expect(calls).toContain(expected);
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

  it('shows the message of an action that failed', async () => {
    const { text } = await show({ notice: 'The folder is in use.' });
    expect(text()).toContain('✗ The folder is in use.');
  });
});
