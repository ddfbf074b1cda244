import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppStore } from '../../../src/commands/app-store.ts';
import { type Route, replaceTop } from '../../../src/screens/navigation.ts';
import { createTheme } from '../../../src/ui/theme.tsx';

const TEXT: Route = { id: 'text', title: 'one', lines: () => [] };
const OTHER: Route = { id: 'text', title: 'two', lines: () => [] };

/** A read that ends when the test says so. */
function pending() {
  let resolve: (route: Route) => void = () => undefined;
  const promise = new Promise<Route>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function open() {
  const app = new AppStore(
    { id: 'dashboard' },
    createTheme({ colour: false, unicode: true, language: 'en' }),
  );
  return {
    app,
    titles: () => app.state.navigation.map((route) => ('title' in route ? route.title : route.id)),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a screen that is read before it opens', () => {
  it('is announced only if that takes noticeable time', async () => {
    vi.useFakeTimers();
    const { app, titles } = open();
    const { promise, resolve } = pending();
    const opened = app.open(() => promise);
    vi.advanceTimersByTime(200);
    expect(app.state.opening).toBe(false);
    vi.advanceTimersByTime(200);
    expect(app.state.opening).toBe(true);
    resolve(TEXT);
    await opened;
    expect(app.state.opening).toBe(false);
    expect(titles()).toEqual(['dashboard', 'one']);
    await app.open(async () => OTHER);
    vi.runAllTimers();
    expect(app.state.opening).toBe(false);
  });

  it('does not open on top of the screen to which the user has gone', async () => {
    const { app, titles } = open();
    const { promise, resolve } = pending();
    const opened = app.open(() => promise);
    app.update((state) => ({ ...state, navigation: replaceTop(state.navigation, { id: 'logs' }) }));
    resolve(TEXT);
    await opened;
    expect(titles()).toEqual(['logs']);
  });

  it('opens once, however often it was asked for: the last request counts', async () => {
    const { app, titles } = open();
    const { promise, resolve } = pending();
    const first = app.open(() => promise);
    await app.open(async () => OTHER);
    resolve(TEXT);
    await first;
    expect(titles()).toEqual(['dashboard', 'two']);
  });

  it('shows why it cannot be read', async () => {
    const { app, titles } = open();
    await app.open(() => Promise.reject(new Error('no engine')));
    expect(app.state).toMatchObject({ opening: false, notice: expect.stringContaining('no engine') });
    expect(titles()).toEqual(['dashboard']);
  });
});
