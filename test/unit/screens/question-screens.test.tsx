import { describe, expect, it } from 'vitest';
import { DownScreen, LeaveScreen } from '../../../src/screens/question-screens.tsx';
import { healthyNetwork } from '../../support/networks.ts';
import { fakeDesk, KEY, showScreen } from '../../support/screen.tsx';

const network = healthyNetwork();

describe('leaving', () => {
  it('asks whether the network stays', async () => {
    const { app, asked } = fakeDesk({ id: 'leave' }, { network });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('The network is running.');
    await press(KEY.enter);
    await press('d');
    expect(asked).toEqual(['leave "stays"', 'leave "goes"']);
  });

  it('can stop no network where there is none, and warns of a run', async () => {
    const work = { kind: 'running', request: { command: 'up' }, cancelling: false } as const;
    const { app, asked } = fakeDesk({ id: 'leave' }, { work });
    const { text, press } = await showScreen(<LeaveScreen />, app);
    expect(text()).toContain('A run is in progress');
    expect(text()).not.toContain('The network is running.');
    await press('d');
    expect(asked).toEqual([]);
  });
});

describe('stopping the network', () => {
  it('is asked about, and Esc leaves all as it is', async () => {
    const { app, asked } = fakeDesk({ id: 'dashboard' }, { network });
    app.store.updateNow((state) => ({ ...state, navigation: [{ id: 'dashboard' }, { id: 'down' }] }));
    const { text, press } = await showScreen(<DownScreen />, app);
    expect(text()).toContain('remove its 6 containers');
    await press(KEY.escape);
    expect(asked).toEqual([]);
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }]);
    await press(KEY.enter);
    expect(asked).toEqual(['down']);
  });
});
