import { describe, expect, it } from 'vitest';
import { DownScreen, LeaveScreen } from '../../../src/screens/question-screens.tsx';
import { healthyNetwork } from '../../support/networks.ts';
import { fakeApp, KEY, showScreen } from '../../support/screen.tsx';

const network = healthyNetwork();

describe('leaving', () => {
  it('asks whether the network stays', async () => {
    const { app, calls } = fakeApp({ id: 'leave' }, { network });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('The network is running.');
    await press(KEY.enter);
    await press('d');
    expect(calls).toEqual(['quit "keep"', 'quit "stop"']);
  });

  it('can stop no network where there is none, and warns of a run', async () => {
    const work = { kind: 'running', request: { command: 'up' }, cancelling: false } as const;
    const { app, calls } = fakeApp({ id: 'leave' }, { work });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('A run is in progress');
    expect(text()).not.toContain('The network is running.');
    await press('d');
    expect(calls).toEqual([]);
  });
});

describe('stopping the network', () => {
  it('is asked about, and Esc leaves all as it is', async () => {
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
