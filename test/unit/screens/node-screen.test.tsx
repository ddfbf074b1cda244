import { describe, expect, it } from 'vitest';
import type { NodeSnapshot } from '../../../src/pipeline/network/network-events.ts';
import { reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import type { NodeFact } from '../../../src/pipeline/network/node-facts.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState } from '../../../src/screens/app-state.ts';
import { NodeScreen } from '../../../src/screens/node-screen.tsx';
import { healthyNetwork, PEERS, seen } from '../../support/networks.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

const [NODE = ''] = PEERS;
const LONG = `/home/user/${'folder/'.repeat(20)}tls/ca.crt`;
const FACTS: readonly NodeFact[] = [
  { key: 'address', value: 'localhost:7051' },
  { key: 'mspId', value: 'Org1MSP' },
  { key: 'tlsCa', value: LONG },
  { key: 'imageId', value: `sha256:7b77ddbbc3d6${'e'.repeat(52)}` },
  { key: 'container', value: 'fw-peer0.org1.example.com' },
];

async function show(change: Partial<NodeSnapshot> = {}, state: Partial<AppState> = {}, size = SIZES[1]) {
  const network = reduceNetwork(healthyNetwork(), seen({ [NODE]: change }));
  const { app, calls } = fakeApp({ id: 'node', node: NODE, facts: FACTS }, { network, ...state });
  const screen = <NodeScreen id="node" node={NODE} facts={FACTS} />;
  return { ...(await showScreen(screen, app, { size })), app, calls };
}

describe.each(SIZES)('the node screen at $columns x $rows', (size) => {
  it('fits its rows and leaves one free', async () => {
    const { rows, text, press } = await show({}, {}, size);
    await press(KEY.down, KEY.down, 'c');
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(text()).toContain('/tls/ca.crt');
    expect(text()).toMatch(/was sent to/);
  });
});

describe('the node screen', () => {
  it('shows state and facts, and the selected value in full', async () => {
    const { text, press } = await show();
    expect(text()).toMatch(/✓ ready · peer · height 5 · up 10 min/);
    expect(text()).toMatch(/MSP id +Org1MSP/);
    await press(KEY.down, KEY.down);
    expect(text().replace(/\n/g, '')).toContain(LONG);
  });

  it('keeps its row when it is drawn again, as after a shell', async () => {
    const { app } = fakeApp({ id: 'node', node: NODE, facts: FACTS }, { network: healthyNetwork() });
    const screen = <NodeScreen id="node" node={NODE} facts={FACTS} />;
    await (await showScreen(screen, app)).press(KEY.down);
    const again = await showScreen(screen, app);
    await again.press('c');
    expect(again.text()).toMatch(/› MSP id/);
  });

  it('shows the end of a path that is too long, and the start of an id', async () => {
    const { rows } = await show();
    expect(rows().find((row) => row.includes('TLS root'))).toMatch(/….*folder\/tls\/ca\.crt$/);
    expect(rows().find((row) => row.includes('image id'))).toMatch(/ sha256:7b77ddbbc3d6e+…$/);
  });

  it('copies the selected value, and says so until the cursor moves', async () => {
    const { press, calls, text } = await show();
    await press(KEY.down, 'c');
    expect(calls).toContain('copy "Org1MSP"');
    expect(text()).toContain('MSP id was sent to the clipboard of the terminal');
    await press(KEY.up);
    expect(text()).not.toContain('was sent');
  });

  it.each([
    ['e', `openShell "${NODE}" "node"`],
    ['E', `openShell "${NODE}" "admin"`],
    ['t', `actOnNode "${NODE}" "stop"`],
    ['o', `actOnNode "${NODE}" "restart"`],
    ['z', `actOnNode "${NODE}" "pause"`],
  ])('requests at %s: %s', async (key, expected) => {
    const { press, calls } = await show();
    await press(key);
    expect(calls).toEqual([expected]);
  });

  it('continues a paused node, and starts a stopped one', async () => {
    const paused = await show({ state: 'paused' });
    expect(paused.text()).toMatch(/· paused/);
    await paused.press('z', 'e');
    expect(paused.calls).toEqual([`actOnNode "${NODE}" "unpause"`]);
    const stopped = await show({ state: 'exited' });
    expect(stopped.text()).toMatch(/· stopped/);
    await stopped.press('z', 'o', 'e', 't');
    expect(stopped.calls).toEqual([`actOnNode "${NODE}" "start"`]);
  });

  it('shows an action that is not done, and takes no other one', async () => {
    const { text, press, calls } = await show({}, { nodeActions: { [NODE]: 'restart' } });
    expect(text()).toContain('restarting');
    await press('t', 'o', 'z');
    expect(calls).toEqual([]);
  });

  it('leaves nodes alone during a run', async () => {
    const work = { kind: 'running', request: { command: 'rebuild' }, cancelling: false } as const;
    const { press, calls } = await show({}, { work });
    await press('t', 'o', 'z');
    expect(calls).toEqual([]);
  });
});
