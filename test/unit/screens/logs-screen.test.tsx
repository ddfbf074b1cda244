import { describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../../src/pipeline/network/network-events.ts';
import { appendLines, emptyLog } from '../../../src/pipeline/network/network-log.ts';
import { type NetworkState, reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import type { Language } from '../../../src/report/language/language.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { initialChaincodesState } from '../../../src/screens/chaincode-state.ts';
import { LogsScreen } from '../../../src/screens/logs-screen.tsx';
import { healthyNetwork, PEERS } from '../../support/networks.ts';
import { fakeApp, KEY, SIZES, showApp, showScreen } from '../../support/screen.tsx';

const [FIRST = '', SECOND = ''] = PEERS;

function withLines(network: NetworkState, from: number, count: number): NetworkState {
  const lines = Array.from({ length: count }, (_, i) => ({
    node: (from + i) % 2 === 0 ? FIRST : SECOND,
    line: `2018-03-01 10:00:00.000 UTC [m] f -> ${(from + i) % 10 === 0 ? 'WARN' : 'INFO'} 001 line ${from + i} 中文字符`,
    at: from + i,
  }));
  return reduceNetwork(network, { type: 'lines', at: 1, lines } satisfies NetworkEvent);
}

async function show(
  size = SIZES[1],
  network = withLines(healthyNetwork(), 0, 100),
  node?: string,
  language?: Language,
) {
  const { app, calls } = fakeApp({ id: 'logs' }, { network });
  const shown = await showScreen(<LogsScreen node={node} />, app, { size, ...(language && { language }) });
  /** Numbers of the lines in view. */
  const lines = () => [...shown.text().matchAll(/\| .*line (\d+)/g)].map(([, number]) => Number(number));
  const more = (from: number, count: number) =>
    app.store.updateNow((state) => ({ ...state, network: withLines(state.network, from, count) }));
  return { ...shown, app, calls, lines, more };
}

function showLogs(size = SIZES[1]) {
  const { app } = fakeApp({ id: 'logs' }, { network: withLines(healthyNetwork(), 0, 100) });
  return { app, ...showApp(app, size ? { size } : {}) };
}

describe.each(SIZES)('the logs screen at $columns x $rows', (size) => {
  it('fits its rows, leaves one free, and ends with the newest line', async () => {
    const { rows, text } = await show(size);
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(text()).toContain('line 99');
    expect(rows().at(-1)).toMatch(/q quit$/);
  });
});

describe('the logs screen', () => {
  it('follows new lines', async () => {
    const { lines, more, press } = await show();
    more(100, 5);
    await press('');
    expect(lines().at(-1)).toBe(104);
  });

  it('stops at Space, and follows again at the next Space', async () => {
    const { lines, more, press, text } = await show();
    await press(' ');
    more(100, 5);
    await press('');
    expect(lines().at(-1)).toBe(99);
    expect(text()).toContain('paused');
    await press(' ');
    expect(lines().at(-1)).toBe(104);
  });

  it('keeps level and filters when it is left and opened again', async () => {
    const { app, send, shows } = showLogs();
    await shows(/line 99/);
    send('v', '/', 'line 9', KEY.enter, '!', 'line 98', KEY.enter, 't', '2h', KEY.enter);
    const status = /minimum level info · since 2h · \/line 9 · !line 98/;
    await shows(status);
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }] }));
    await shows(/dashboard/);
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }, { id: 'logs' }] }));
    await shows(status);
  });

  it('lists the keys that scroll', async () => {
    const { send, shows } = showLogs(SIZES[2]);
    await shows(/line 99/);
    send('?');
    const rows = await shows(/on this screen/);
    expect(rows).toContain('  ↑ ↓ PgUp PgDn Home  scroll');
    expect(rows.find((row) => / End +newest lines/.test(row))).toBeDefined();
  });

  it('gives examples of a time until something is typed', async () => {
    const { press, text } = await show();
    await press('t');
    expect(text()).toContain('for example 10m, 1h30m');
    await press('1');
    expect(text()).not.toContain('for example');
  });

  it('pauses when the user scrolls up, and follows again at End', async () => {
    const { lines, more, press, text } = await show();
    await press(KEY.up, KEY.up);
    more(100, 5);
    await press('');
    expect(lines().at(-1)).toBe(97);
    await press(KEY.home);
    expect(lines()[0]).toBe(0);
    await press(KEY.end);
    expect(lines().at(-1)).toBe(104);
    expect(text()).not.toContain('paused');
  });

  it('shows one node after another at Tab', async () => {
    const { press, text, lines } = await show();
    const nodes = ['orderer', 'peer0.org1'];
    await press(KEY.tab);
    expect(text()).toContain(`${nodes[0]}`);
    expect(lines()).toEqual([]);
    await press(KEY.tab);
    expect(lines().at(-1)).toBe(98);
    expect(lines().every((number) => number % 2 === 0)).toBe(true);
  });

  it('filters by level', async () => {
    const { press, lines, text } = await show();
    await press('v', 'v');
    expect(text()).toContain('minimum level warning');
    expect(lines()).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  it('searches while the user types, and takes every key as text', async () => {
    const { press, lines, text, app } = await show();
    await press('/', 'line 4', 'q', KEY.backspace, '2');
    expect(lines()).toEqual([42]);
    expect(text()).toContain('/line 42');
    expect(text()).toContain('Enter apply  Esc clear  Tab next node');
    expect(text()).not.toMatch(/w wrap|s save|v level/);
    await press(KEY.enter);
    expect(text()).toContain('q quit');
    expect(lines()).toEqual([42]);
    await press('/', KEY.escape);
    expect(lines().at(-1)).toBe(99);
    expect(app.store.now().navigation).toEqual([{ id: 'logs' }]);
  });

  it('opens on a node', async () => {
    const { text, lines } = await show(SIZES[1], undefined, SECOND);
    expect(text()).toContain(SECOND);
    expect(lines().every((number) => number % 2 === 1)).toBe(true);
  });

  it('searches by a regular expression, and hides lines by another one', async () => {
    const { press, lines, text } = await show();
    await press('/', 'line [45]2', KEY.enter, '!', 'line 5', KEY.enter);
    expect(lines()).toEqual([42]);
    expect(text()).toMatch(/\/line \[45\]2 · !line 5/);
    await press('!', KEY.escape);
    expect(lines()).toEqual([42, 52]);
  });

  it('says what is wrong with an expression, and keeps the last valid one', async () => {
    const { press, lines, text, app } = await show();
    await press('/', 'line 42', '(', KEY.enter);
    expect(text()).toMatch(/\/line 42\( +Not a regular expression: Unterminated group/);
    expect(lines()).toEqual([42]);
    await press(KEY.backspace, KEY.enter);
    expect(text()).not.toContain('Unterminated');
    expect(app.store.now().navigation).toEqual([{ id: 'logs' }]);
  });

  it('shows the lines since a time, and says what is no time', async () => {
    const at = (minutes: number) => Date.now() - 60_000 * minutes;
    const network = reduceNetwork(healthyNetwork(), {
      type: 'lines',
      at: 1,
      lines: [30, 5].map((minutes) => ({ node: FIRST, line: `line ${minutes}`, at: at(minutes) })),
    });
    const { press, text } = await show(SIZES[1], network);
    await press('t', '10 minutes', KEY.enter);
    expect(text()).toContain('Not a time.');
    await press('\u0015', '10m', KEY.enter);
    expect(text()).toContain('since 10m');
    expect(text()).toContain('line 5');
    expect(text()).not.toContain('line 30');
  });

  it.each(SIZES)('shows the whole reason at $columns x $rows, and keeps to the rows', async (size) => {
    const { press, text, rows } = await show(size);
    await press('t', '10 minutes', KEY.enter);
    expect(text().replace(/\s+/g, ' ')).toContain('Examples: 10m, 1h30m, 2026-11-29T14:00Z.');
    expect(rows()).toHaveLength(size.rows - 1);
  });

  it('shows the filters in force on a narrow terminal', async () => {
    const { press, text } = await show(SIZES[0], undefined, FIRST);
    await press('/', 'line', KEY.enter, '!', 'x', KEY.enter);
    expect(text()).toContain('peer0.org1 · debug · /line · !x');
  });

  it('has no English words beside the fields in Chinese', async () => {
    const { press, text } = await show(SIZES[1], undefined, undefined, 'zh');
    await press('t', '1h', KEY.enter);
    expect(text()).toContain('起始时间 1h');
    await press('s');
    expect(text()).toMatch(/文件 fabric-logs-/);
  });

  it('asks the app to save what passes the filters', async () => {
    const { press, calls, text } = await show();
    await press('v', 'v', 's');
    expect(text()).toMatch(/file fabric-logs-\d{8}-\d{6}\.log/);
    await press('\u0015', 'out.log', KEY.enter);
    expect(calls.at(-1)).toBe('saveLogs "out.log" {"level":"warning"}');
  });

  it('marks what was searched', async () => {
    const { press, raw } = await show();
    await press('/', 'LINE 4'.toLowerCase(), KEY.enter);
    expect(raw()).toContain('\u001b[7mline 4\u001b[27m');
  });
});

describe('a line that is wider than the screen', () => {
  const long = (name: string) => `${name}Begins ${'middle '.repeat(30)}${name}Ends`;
  const network = reduceNetwork(healthyNetwork(), {
    type: 'lines',
    at: 1,
    lines: ['one', 'two', 'three'].map((name, at) => ({ node: FIRST, line: long(name), at })),
  });

  it('is moved sideways, until its end is in view', async () => {
    const { press, text } = await show(SIZES[1], network);
    expect(text()).toMatch(/oneBegins/);
    expect(text()).not.toContain('oneEnds');
    await press(...Array.from({ length: 20 }, () => KEY.right));
    expect(text()).toMatch(/oneEnds/);
    expect(text()).not.toContain('oneBegins');
    await press(...Array.from({ length: 20 }, () => KEY.left));
    expect(text()).toMatch(/oneBegins/);
  });

  it.each(SIZES)('is wrapped at w, and every row can be reached at $columns x $rows', async (size) => {
    const { press, text, rows } = await show(size, network);
    await press('w', KEY.home);
    expect(text()).toContain('oneBegins');
    expect(rows()).toHaveLength(size.rows - 1);
    const seen = [text()];
    for (let i = 0; i < 60; i += 1) {
      await press(KEY.down);
      seen.push(text());
    }
    const wanted = ['one', 'two', 'three'].flatMap((name) => [`${name}Begins`, `${name}Ends`]);
    expect(wanted.filter((word) => !seen.some((each) => each.includes(word)))).toEqual([]);
    expect(text()).toContain('threeEnds');
    expect(text()).not.toContain('paused');
  });
});

it('the logs of a chaincode are its own lines, followed on every peer, and saved as such', async () => {
  const network = withLines(healthyNetwork(), 0, 100);
  const lines = [{ node: FIRST, line: 'printed by the chaincode', at: 1 }];
  const chaincodes = { ...initialChaincodesState, log: appendLines(emptyLog, lines) };
  const { app, calls } = fakeApp({ id: 'logs', chaincode: 'smoke-1' }, { network, chaincodes });
  const { press, text } = await showScreen(<LogsScreen chaincode="smoke-1" />, app);
  expect(text()).toMatch(/logs of smoke-1[\s\S]*peer0\.org1 \| printed by the chaincode/);
  expect(text()).not.toContain('line 99');
  expect(calls).toContain('followLog "smoke-1"');
  // A peer starts another container: its lines are read too.
  const follows = () => calls.filter((call) => call.startsWith('followLog')).length;
  const before = follows();
  const started = { peer: SECOND, container: 'new', chaincode: 'smoke-1-1.0', running: true };
  app.store.updateNow((state) => ({
    ...state,
    network: { ...state.network, chaincodes: [...state.network.chaincodes, started] },
  }));
  await press();
  expect(follows()).toBe(before + 1);
  await press('s', KEY.enter);
  expect(calls.at(-1)).toMatch(/^saveLog "smoke-1" "fabric-logs-/);
});
