/** Palette and help in front of a screen, with all screens mounted as the program does it. */
import { describe, expect, it, vi } from 'vitest';
import { type NetworkState, reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState, Work } from '../../../src/screens/app-state.ts';
import type { Route } from '../../../src/screens/navigation.ts';
import { folded, healthyNetwork, PEERS, seen } from '../../support/networks.ts';
import { recordedState } from '../../support/recorded.ts';
import { fakeApp, KEY, SIZES, showApp } from '../../support/screen.tsx';

const DASHBOARD = { id: 'dashboard' } as const;
const [PEER = ''] = PEERS;
const HEALTHY = healthyNetwork();
const LOST = reduceNetwork(HEALTHY, { type: 'engine-lost', at: 1 });
const STOPPED = reduceNetwork(HEALTHY, seen({ [PEER]: { state: 'exited', exitCode: 0 } }));
const PAUSED = reduceNetwork(HEALTHY, seen({ [PEER]: { state: 'paused' } }));
const RESOLVE: Route = {
  id: 'resolve',
  lines: () => [],
  repairs: [{ kind: 'tag', from: 'a:1', to: 'b:1' }],
};
const UP = { command: 'up' } as const;
const RUNNING: Work = { kind: 'running', request: UP, cancelling: false };
const ENDED: Work = { kind: 'ended', request: UP };
const FAILED = recordedState('up-practice-failed');
const NONE = folded([{ type: 'snapshot', at: 1, nodes: [], chaincodes: [] }]);

function show(route: Route = DASHBOARD, state: Partial<AppState> = {}, size = SIZES[1]) {
  const { app, calls } = fakeApp(route, { network: HEALTHY, ...state });
  return { app, calls, ...showApp(app, size ? { size } : {}) };
}

describe.each(SIZES)('in $columns x $rows', (size) => {
  it.each([
    [':', /fabric-wizard · actions|^actions/, /Enter do it/],
    ['?', /fabric-wizard · keys|^keys/, /Enter explain orderer/],
  ])('%s covers the screen, and Esc uncovers it', async (key, title, footer) => {
    const { send, shows } = show(DASHBOARD, {}, size);
    await shows(/peer0\.org1/);
    send(key);
    const rows = await shows(title);
    expect(rows.join('\n')).toMatch(footer);
    expect(rows).toHaveLength(size.rows - 1);
    for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    send(KEY.escape);
    await shows(/peer0\.org1/);
  });
});

describe('the palette', () => {
  it('does an action in the screen behind it, whose state stays', async () => {
    const { send, shows } = show({ id: 'logs' });
    await shows(/level debug/);
    send('v');
    await shows(/level info/);
    send(':', 'level');
    await shows(/:level/);
    send(KEY.enter);
    await shows(/level warn/);
  });

  it('follows the state: an action that becomes impossible moves to the end', async () => {
    const { app, send, shows } = show();
    await shows(/peer0/);
    send(':', 'smoke');
    await shows(/smoke test +s$/m);
    const work = { kind: 'running', request: { command: 'rebuild' }, cancelling: false } as const;
    app.store.updateNow((state) => ({ ...state, work }));
    await shows(/smoke test +s {2}rebuild is running$/m);
  });

  it.each<[string, NetworkState, Partial<AppState>, string]>([
    ['smoke', HEALTHY, { work: { kind: 'stopping' } }, 'smoke test s the network is being stopped'],
    ['smoke', NONE, {}, 'smoke test s the network is not running'],
    ['smoke', LOST, {}, 'smoke test s the engine does not respond'],
    ['stop', LOST, {}, 'stop t the engine does not respond'],
    ['restart', NONE, {}, 'restart o the network is not running'],
    ['shell', STOPPED, { selectedNode: PEER }, 'shell e peer0.org1 is not running'],
    ['pause', STOPPED, { selectedNode: PEER }, 'pause z peer0.org1 is not running'],
    ['shell', PAUSED, { selectedNode: PEER }, 'shell e peer0.org1 is paused'],
    [
      'restart',
      HEALTHY,
      { selectedNode: PEER, nodeActions: { [PEER]: 'stop' } },
      'restart o peer0.org1 is stopping',
    ],
    ['proof', HEALTHY, {}, 'proof p there is no proof yet'],
  ])('tells why an action is not possible now: %s', async (filter, network, state, row) => {
    const { send, shows } = show(DASHBOARD, { network, ...state });
    await shows(/dashboard/);
    send(':', filter);
    const rows = await shows(new RegExp(`:${filter}`));
    expect(rows.map((each) => each.replace(/^›/, '').replace(/ +/g, ' ').trim())).toContain(row);
  });

  it.each<[Route, string, Partial<AppState>, string]>([
    [{ id: 'run' }, 'again', { work: RUNNING }, 'try again r up is running'],
    [
      { id: 'run' },
      'edit',
      { work: ENDED, run: FAILED },
      'edit the source at the error e the failure names no line of the source',
    ],
    [{ id: 'run' }, 'next log', { work: ENDED, run: FAILED }, 'next log Tab no run is under way'],
    [{ id: 'run' }, 'log', { work: RUNNING }, 'full log o no stage has written to its log yet'],
    [{ id: 'logs' }, 'sideways', {}, 'sideways → everything is visible'],
    [{ id: 'blocks' }, 'pause', {}, 'pause Space no block has been read yet'],
    [{ id: 'blocks' }, 'channel', {}, 'next channel Tab there is no other channel'],
    [RESOLVE, 'tag', { work: { kind: 'stopping' } }, 'tag the image t the network is being stopped'],
    [
      { id: 'node', node: 'orderer.example.com', facts: [] },
      'admin',
      {},
      'shell as admin E orderer is not a peer',
    ],
    [{ id: 'welcome' }, 'repair', {}, 'repair the first problem f no check offers a repair'],
    [{ id: 'review' }, 'scroll', {}, 'scroll ↑ everything is visible'],
  ])('tells on every screen why an action is not possible now: %j %s', async (route, filter, state, row) => {
    const { send, shows } = show(route, state, { columns: 100, rows: 24 });
    await shows(/fabric-wizard/);
    send(':', filter);
    const rows = await shows(new RegExp(`:${filter}`));
    expect(rows.map((each) => each.replace(/^›/, '').replace(/ +/g, ' ').trim())).toContain(row);
    send(KEY.escape);
    await shows(/\? help/);
    send('?', KEY.end);
    const [label = '', reason = ''] = row.split(/ (?:Tab|Space|[a-zA-Z→↑]) (?=[a-z]+ )/);
    expect((await shows(/on every screen/)).join('\n')).toContain(`${label} · ${reason}`);
  });

  it('is opened by : on every row of a form but a text field, which takes the colon', async () => {
    const { app, send, shows } = show({ id: 'build' });
    await shows(/› version/);
    send('?', KEY.end);
    await shows(/In a text field, `:` and `q` are typed as text\./);
    expect((await shows(/on every screen/)).join('\n')).not.toMatch(/^ +: +all actions/m);
    send(KEY.escape);
    await shows(/› version/);
    send(':');
    await shows(/› version .*:/);
    expect(app.store.now().overlay).toBeUndefined();
    send(KEY.down, KEY.down, KEY.down);
    await shows(/: all actions/);
    send(':');
    await shows(/Enter do it/);
  });

  it('keeps the keys when the screen behind it changes', async () => {
    const { app, calls, send, shows } = show();
    await shows(/peer0/);
    send(':');
    await shows(/Enter do it/);
    app.store.updateNow((state) => ({ ...state, navigation: [...state.navigation, { id: 'logs' }] }));
    await shows(/hide lines/);
    send('s');
    await shows(/:s/);
    expect(calls.filter((call) => call.startsWith('run'))).toEqual([]);
  });
});

it.each([
  [[':', 'smoke'], /:smoke/, /smoke test s .* the engine does not respond/],
  [['?', KEY.end], /on every screen/, /proof · there is no proof yet/],
])('reasons are shown in full on a narrow terminal: %j', async (keys, opened, reason) => {
  const { send, shows } = show(DASHBOARD, { network: LOST }, SIZES[0]);
  await shows(/does not respond/);
  send(...keys);
  expect((await shows(opened)).join('\n').replace(/\s+/g, ' ')).toMatch(reason);
});

describe('the help', () => {
  it('lists the keys of the screen, those that do nothing now, and those of every screen', async () => {
    const work = { kind: 'running', request: { command: 'rebuild' }, cancelling: false } as const;
    const { send, shows } = show(DASHBOARD, { work }, SIZES[2]);
    await shows(/peer0/);
    send('?');
    const text = (await shows(/on every screen/)).join('\n');
    expect(text).toMatch(
      /on this screen\n[\s\S]*Enter +show run[\s\S]*not possible now\n[\s\S]*r +rebuild · rebuild is running/,
    );
    expect(text).toMatch(/on every screen\n[\s\S]*Ctrl-C +cancel[\s\S]*: +all actions[\s\S]*q +quit/);
  });

  it.each([KEY.enter, '?'])(
    'explains at %j what is under the cursor, once the keys were shown',
    async (key) => {
      const { calls, send, shows } = show();
      await shows(/peer0/);
      send('?');
      await shows(/Enter explain orderer/);
      expect(calls.filter((call) => call.startsWith('showTopic'))).toEqual([]);
      send(key);
      await vi.waitFor(() => expect(calls).toContain('showTopic "orderer"'));
      await shows(/peer0/);
    },
  );

  it('lets q ask whether the network should keep running', async () => {
    const { send, shows } = show();
    await shows(/peer0/);
    send('?');
    await shows(/Enter explain/);
    send('q');
    await shows(/stop the network and quit/);
  });
});

describe('a key that does nothing now', () => {
  it('says why, until the next key', async () => {
    const { send, shows, calls } = show(DASHBOARD, { network: NONE });
    await shows(/not running/);
    send('r');
    expect((await shows(/✗ /))[0]).toContain('✗ the network is not running');
    expect(calls).not.toContain('run');
    send(KEY.down);
    expect((await shows(/^fabric-wizard · dashboard$/m))[0]).not.toContain('✗');
  });
});
