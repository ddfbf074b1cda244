import { describe, expect, it } from 'vitest';
import { reduceNetwork } from '../../../src/pipeline/network/network-state.ts';
import {
  DownScreen,
  LeaveScreen,
  OverrideScreen,
  RebuildAllScreen,
} from '../../../src/screens/question-screens.tsx';
import { healthyNetwork, PEERS, seen } from '../../support/networks.ts';
import { fakeApp, KEY, showScreen } from '../../support/screen.tsx';

const network = healthyNetwork();

describe('the question before quitting', () => {
  it('offers to keep or to stop the network', async () => {
    const { app, calls } = fakeApp({ id: 'leave' }, { network });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toMatch(/Quit fabric-wizard\?\s+The network is running\. Its 6 containers keep running/);
    // One entry for the keys that quit.
    expect(text()).toMatch(/Enter quit, network keeps running {2}Esc back {2}d stop the network and quit/);
    expect(text()).not.toMatch(/q quit/);
    await press(KEY.enter);
    await press('d');
    expect(calls).toEqual(['quit "keep"', 'quit "stop"']);
  });

  it('counts the containers that run', async () => {
    const [dead = ''] = PEERS;
    const killed = reduceNetwork(network, seen({ [dead]: { state: 'exited', exitCode: 137 } }));
    const { app } = fakeApp({ id: 'leave' }, { network: killed });
    const { text } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('Its 5 containers keep running');
  });

  it('does not offer to stop a network that does not run, and warns of a run in progress', async () => {
    const work = { kind: 'running', request: { command: 'up' }, cancelling: false } as const;
    const { app, calls } = fakeApp({ id: 'leave' }, { work });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('A run is in progress');
    expect(text()).not.toContain('The network is running');
    await press('d');
    expect(calls).toEqual([]);
  });
});

describe('the question before everything is built again', () => {
  it('changes nothing at Esc, and rebuilds at Enter', async () => {
    const { app, calls } = fakeApp({ id: 'dashboard' }, { network });
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }, { id: 'rebuild-all' }] }));
    const { text, press } = await showScreen(<RebuildAllScreen />, app);
    expect(text()).toContain('build all images again?');
    await press(KEY.escape);
    expect(calls).toEqual([]);
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }]);
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }, { id: 'rebuild-all' }] }));
    await press(KEY.enter);
    expect(calls).toEqual(['run {"command":"rebuild","smoke":true,"force":true}']);
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }, { id: 'run' }]);
  });
});

describe('the question before another image is configured', () => {
  it('changes nothing at Esc, and applies the repair at Enter', async () => {
    const repair = { kind: 'override', role: 'runtime', ref: 'a/baseos:1' } as const;
    const { app, calls } = fakeApp({ id: 'dashboard' }, { network });
    const ask = () =>
      app.store.updateNow((state) => ({
        ...state,
        navigation: [{ id: 'dashboard' }, { id: 'override', repair }],
      }));
    ask();
    const { text, press } = await showScreen(<OverrideScreen repair={repair} />, app);
    expect(text()).toContain('Use a/baseos:1, and run `up` now?');
    expect(text()).toContain('chaincode-runtime');
    await press(KEY.escape);
    expect(calls).toEqual([]);
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }]);
    ask();
    await press(KEY.enter);
    expect(calls).toEqual([`applyRepair ${JSON.stringify(repair)}`]);
  });
});

describe('the question before stopping the network', () => {
  it('changes nothing at Esc, and stops the network at Enter', async () => {
    const { app, calls } = fakeApp({ id: 'dashboard' }, { network });
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }, { id: 'down' }] }));
    const { text, press } = await showScreen(<DownScreen />, app);
    expect(text()).toContain('remove its 6 containers');
    await press(KEY.escape);
    expect(calls).toEqual([]);
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }]);
    await press(KEY.enter);
    expect(calls).toEqual(['stopNetwork']);
  });
});
