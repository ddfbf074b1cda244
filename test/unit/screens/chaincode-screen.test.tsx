import { describe, expect, it } from 'vitest';
import type { ChaincodeChoice } from '../../../src/pipeline/config/chaincode-list.ts';
import { initialNetworkState } from '../../../src/pipeline/network/network-state.ts';
import type { ChaincodeRow } from '../../../src/report/chaincode-text.ts';
import type { Language } from '../../../src/report/language/language.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState } from '../../../src/screens/app-state.ts';
import { ChaincodeScreen } from '../../../src/screens/chaincode-screen.tsx';
import {
  type AnsweredCall,
  type CallResult,
  type ChaincodesState,
  initialChaincodesState,
} from '../../../src/screens/chaincode-state.ts';
import type { Size } from '../../../src/ui/theme.tsx';
import { healthyNetwork, PEERS } from '../../support/networks.ts';
import { fakeApp, KEY, SIZES, showApp, showScreen } from '../../support/screen.tsx';

const BASIC: ChaincodeChoice = { name: 'basic', path: '/work/basic', language: 'go' };
const FRESH: ChaincodeChoice = { name: 'fresh', path: '/work/fresh', language: 'go' };

function row(name: string, more: Partial<ChaincodeRow> = {}): ChaincodeRow {
  return {
    ...{ channel: 'mychannel', name, version: '2-4f9a81c0d3e7', sequence: 2 },
    ...{ peers: PEERS.length, installed: PEERS, running: PEERS },
    ...more,
  };
}

const LISTED: ChaincodesState = {
  ...initialChaincodesState,
  known: true,
  channels: ['mychannel'],
  choices: [BASIC, FRESH],
  rows: [row('smoke-1', { version: '1.0' }), row('basic', { current: true })],
};

const BASIC_CALL = { kind: 'query', name: 'basic', channel: 'mychannel', line: 'get a' } as const;

const answered = (result: CallResult, line = 'get a'): AnsweredCall => ({ ...BASIC_CALL, line, result });

interface Options {
  readonly size?: Size;
  readonly language?: Language;
  readonly state?: Partial<AppState>;
}

async function show(change: Partial<ChaincodesState> = {}, { state, ...options }: Options = {}) {
  const chaincodes = { ...LISTED, ...change };
  const first = { id: 'dashboard' } as const;
  const { app, calls } = fakeApp(first, { network: healthyNetwork(), ...state, chaincodes });
  app.store.updateNow((all) => ({ ...all, navigation: [first, { id: 'chaincodes' }] }));
  const shown = await showScreen(<ChaincodeScreen />, app, options);
  const change2 = async (more: Partial<ChaincodesState>) => {
    app.store.updateNow((all) => ({ ...all, chaincodes: { ...all.chaincodes, ...more } }));
    await shown.press();
  };
  return { ...shown, app, calls, change: change2, done: () => calls.at(-1) };
}

const LONG = Array.from({ length: 25 }, (_, index) =>
  answered({ kind: 'answered', answer: `value ${index}` }),
);

describe.each([...SIZES, { columns: 200, rows: 60 }])('the chaincode screen at $columns x $rows', (size) => {
  const long = 'a-name-that-is-as-long-as-the-name-of-a-chaincode-can-possibly-be';
  it.each<[string, Partial<ChaincodesState>]>([
    ['a list', {}],
    ['no chaincode', { rows: [], choices: [] }],
    ['a list that is being read', { rows: [], choices: [], known: false }],
    ['a problem', { problem: 'peer0.org1.example.com is not running.' }],
    ['a call and many answers', { answers: LONG, calling: { ...BASIC_CALL, line: 'x'.repeat(300) } }],
    ['long names', { rows: Array.from({ length: 50 }, (_, index) => row(`${long}${index}`)) }],
    ['a long answer', { answers: [answered({ kind: 'answered', answer: '长'.repeat(2000) })] }],
  ])('fits its rows and leaves one free with %s', async (_, change) => {
    for (const language of ['en', 'zh'] as const) {
      const { rows, press } = await show(change, { size, language });
      const check = () => {
        expect(rows()).toHaveLength(size.rows - 1);
        for (const line of rows()) expect(textWidth(line)).toBeLessThanOrEqual(size.columns);
      };
      check();
      await press('f', 'text that is longer than a narrow terminal is wide', KEY.enter);
      check();
    }
  });

  it('says of each chaincode whether its files are as deployed', async () => {
    const { text } = await show({ changed: ['basic'] }, { size });
    expect(text()).toMatch(/basic +changed/);
    expect(text()).toMatch(/fresh +not deployed/);
  });

  it('shows the newest answer first, and older ones at PgDn', async () => {
    const { text, press } = await show({ answers: LONG }, { size });
    expect(text()).toMatch(/ value 24$/m);
    for (let page = 0; page < 25 && !/ value 0$/m.test(text()); page += 1) await press(KEY.pageDown);
    expect(text()).toMatch(/ value 0$/m);
  });
});

describe('the list of chaincodes', () => {
  it('is read while the screen is open, and again when the network or files change', async () => {
    const { calls, app, press } = await show();
    const reads = () => calls.filter((call) => call === 'observeChaincodes').length;
    expect(calls).toContain('observeNetwork');
    const first = reads();
    app.store.updateNow((all) => ({ ...all, network: { ...all.network, chaincodes: [] } }));
    await press();
    expect(reads()).toBe(first + 1);
    app.store.updateNow((all) => ({ ...all, chaincodes: { ...all.chaincodes, changed: ['basic'] } }));
    await press();
    expect(reads()).toBe(first + 2);
    // A block or a log line is no change of the list.
    app.store.updateNow((all) => ({ ...all, network: { ...all.network, at: all.network.at + 1 } }));
    await press();
    expect(reads()).toBe(first + 2);
  });

  it('has smoke tests at its end, dim', async () => {
    const { rows } = await show();
    const names = rows().flatMap((line) => /^[ ›] +(basic|fresh|smoke-1)\b/.exec(line)?.[1] ?? []);
    expect(names).toEqual(['basic', 'fresh', 'smoke-1']);
  });

  it('keeps its cursor when the user comes back and when chaincodes come', async () => {
    const { press, change, text } = await show();
    await press(KEY.down);
    expect(text()).toMatch(/^› +fresh/m);
    await change({ rows: [...LISTED.rows, row('another')] });
    expect(text()).toMatch(/^› +fresh/m);
  });

  it('says that there is none, and how to deploy one', async () => {
    const { text } = await show({ rows: [], choices: [] });
    expect(text()).toContain('Press f to deploy a folder.');
  });
});

describe('deploying', () => {
  it('deploys the chaincode under the cursor at d, and one that is not deployed at Enter too', async () => {
    const { press, done, text } = await show();
    await press('d');
    expect(done()).toBe(`deploy ${JSON.stringify([BASIC])}`);
    await press(KEY.down);
    expect(text()).toContain('Enter deploy');
    await press(KEY.enter);
    expect(done()).toBe(`deploy ${JSON.stringify([FRESH])}`);
  });

  it('deploys everything that has changed or is not deployed at a', async () => {
    const { press, done, change } = await show();
    await press('a');
    expect(done()).toBe(`deploy ${JSON.stringify([FRESH])}`);
    await change({ changed: ['basic'] });
    await press('a');
    expect(done()).toBe(`deploy ${JSON.stringify([BASIC, FRESH])}`);
  });

  it('deploys a folder whose path is entered', async () => {
    const { press, done, text } = await show({ history: [{ name: '', line: './old' }] });
    await press('f', './mine', KEY.enter);
    expect(done()).toBe('deployFolder "./mine"');
    await press('f', KEY.up);
    expect(text()).toMatch(/^folder \.\/old/m);
    await press(KEY.escape, 'f', KEY.enter);
    expect(text()).toContain('Enter the path of a folder.');
  });
});

describe('calling', () => {
  it('queries at Enter and invokes at i, with the words as they are entered', async () => {
    const { press, done } = await show();
    await press(KEY.enter, "get 'a key'", KEY.enter);
    expect(done()).toBe(`call ${JSON.stringify({ ...BASIC_CALL, line: "get 'a key'" })}`);
    await press('i', 'put q ?', KEY.enter);
    expect(done()).toBe(`call ${JSON.stringify({ ...BASIC_CALL, kind: 'invoke', line: 'put q ?' })}`);
  });

  it('refuses a line without words, or with an open quotation mark, and keeps it', async () => {
    const { press, text, done } = await show();
    await press(KEY.enter, KEY.enter);
    expect(text()).toContain('Enter a function and its arguments.');
    await press("get 'a", KEY.enter);
    expect(text()).toMatch(/^query basic get 'a +The quotation mark ' is not closed\./m);
    await press("'", KEY.enter);
    expect(done()).toContain(`get 'a'`);
  });

  it('has the earlier calls of the same chaincode at Up, and the new one at Down', async () => {
    const { press, text } = await show({
      history: [
        { name: 'basic', line: 'get a' },
        { name: 'basic', line: 'put a 1' },
        { name: 'fresh', line: 'other' },
      ],
    });
    const field = () => /^query basic (.*)$/m.exec(text())?.[1]?.trimEnd();
    await press(KEY.enter, 'dra', KEY.up);
    expect(field()).toBe('put a 1');
    await press(KEY.up, KEY.up);
    expect(field()).toBe('get a');
    await press(KEY.down, KEY.down);
    expect(field()).toBe('dra');
    await press('ft');
    expect(field()).toBe('draft');
  });

  it('waits for one call at a time, which Esc cancels before it leaves the screen', async () => {
    const { press, text, done, app } = await show({ calling: BASIC_CALL });
    expect(text()).toMatch(/query basic get a mychannel\n +· waiting for the answer/);
    await press(KEY.enter, 'i');
    expect(text()).not.toContain('Enter call');
    await press(KEY.escape);
    expect(done()).toBe('cancelCall');
    expect(app.store.now().navigation).toHaveLength(2);
  });

  it.each<[string, CallResult, RegExp]>([
    ['an answer of several lines', { kind: 'answered', answer: 'one\ntwo' }, /^ {2}one\n {2}two$/m],
    ['an empty answer', { kind: 'answered', answer: '' }, /^ {2}empty answer$/m],
    [
      'a transaction',
      { kind: 'sent', answer: 'paid', transaction: 'abc', status: 'VALID' },
      /^ {2}paid\n {2}✓ transaction abc VALID$/m,
    ],
    ['a transaction of 1.0', { kind: 'sent', answer: '' }, /✓ sent; this release does not wait/],
    ['a cancelled query', { kind: 'cancelled' }, /! cancelled$/m],
    [
      'a refusal, without what the network did',
      {
        kind: 'failed',
        failure: {
          ...{ kind: 'command', command: 'peer chaincode query', where: 'cli', exitCode: 1, tail: [] },
          chaincode: { name: 'basic', refusal: 'no account x' },
        },
      },
      /✗ The chaincode basic refused the call: no account x\n\n/,
    ],
    [
      'a failure of the network, with the next commands',
      {
        kind: 'failed',
        failure: {
          kind: 'usage',
          message: { key: 'usage.node-not-running', node: 'peer0.org1.example.com' },
          next: ['fabric-wizard node start peer0.org1.example.com'],
        },
      },
      /✗ peer0\.org1\.example\.com is not running[\s\S]*fabric-wizard node start peer0/,
    ],
  ])('shows %s', async (_, result, wanted) => {
    const { text } = await show({ answers: [answered(result)] });
    expect(text()).toMatch(wanted);
  });

  it('says that a cancelled transaction may still be committed', async () => {
    const { text } = await show({ answers: [{ ...answered({ kind: 'cancelled' }), kind: 'invoke' }] });
    expect(text()).toContain('the transaction may still be committed');
  });

  it('shows no escape sequences of an answer', async () => {
    const { raw } = await show({ answers: [answered({ kind: 'answered', answer: 'a\u001b[2Jb' })] });
    expect(raw()).not.toContain('\u001b[2J');
  });
});

describe('the other keys', () => {
  it('open the logs of a chaincode that a peer has started', async () => {
    const { press, app } = await show();
    await press(KEY.end, 'l');
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'logs', chaincode: 'smoke-1' });
  });

  it('ask before containers and images are removed', async () => {
    const { press, done } = await show();
    await press('x');
    expect(done()).toBe('askRemoval "basic"');
  });

  it('say why they do nothing, in the palette', async () => {
    const chaincodes = { ...LISTED, rows: [], selected: 'mychannel fresh' };
    const { app } = fakeApp({ id: 'chaincodes' }, { network: healthyNetwork(), chaincodes });
    const { send, shows } = showApp(app);
    await shows(/› +fresh/);
    send(':');
    await shows(/invoke +i +fresh is not deployed on mychannel/);
    await shows(/logs +l +fresh is not deployed/);
  });

  it('wait for a run, and for a network', async () => {
    const running = { kind: 'running', request: { command: 'rebuild' }, cancelling: false } as const;
    const gone = { ...initialNetworkState, known: true };
    for (const state of [{ work: running }, { network: gone }]) {
      const { press, calls, text } = await show({}, { state });
      await press('d', 'a', 'i', 'x', 'f');
      expect(calls.filter((call) => /^(deploy|call|askRemoval)/.test(call))).toEqual([]);
      expect(text()).not.toContain('Enter call');
    }
  });
});

it('the question before a removal names what is removed, and Enter removes it', async () => {
  const [containers, images] = [['fw-peer0-basic'], ['fw-peer0-basic:latest']];
  const { app, calls } = fakeApp({ id: 'dashboard' }, { network: healthyNetwork(), chaincodes: LISTED });
  app.store.updateNow((all) => ({
    ...all,
    navigation: [{ id: 'chaincodes' }, { id: 'remove-chaincode', name: 'basic', containers, images }],
  }));
  const { send, shows } = showApp(app);
  const rows = await shows(/Remove 1 container and 1 image of basic\?/);
  for (const item of [...containers, ...images]) expect(rows.join('\n')).toContain(`  ${item}`);
  send(KEY.enter);
  await shows(/^fabric-wizard · chaincode/);
  expect(calls).toContain('remove "basic"');
});
