/** Renders a screen without a terminal, at any size: takes keys, returns frames. */
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import { type ReactNode, useEffect, useState } from 'react';
import { onTestFinished, vi } from 'vitest';
import { Screens } from '../../src/app.tsx';
import type { Language } from '../../src/report/language/language.ts';
import type { AppActions } from '../../src/screens/app-actions.ts';
import { type AppState, initialAppState } from '../../src/screens/app-state.ts';
import type { Route } from '../../src/screens/navigation.ts';
import { AppContext } from '../../src/screens/use-app.ts';
import type { WizardHandle } from '../../src/screens/wizard/wizard-actions.ts';
import { InputRoot } from '../../src/ui/input.tsx';
import { type Binding, type Press, pressesOf } from '../../src/ui/keys.ts';
import { createStore } from '../../src/ui/store.ts';
import { createTheme, type Size, SizeContext, ThemeContext } from '../../src/ui/theme.tsx';
import { fakeWizard } from './questions.ts';

/** Terminal sizes that every screen must support. */
export const SIZES: readonly Size[] = [
  { columns: 40, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

/** Keys as terminals send them. */
export const KEY = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  up: '\u001b[A',
  down: '\u001b[B',
  left: '\u001b[D',
  right: '\u001b[C',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  home: '\u001b[H',
  end: '\u001b[F',
  backspace: '\u007f',
  ctrlC: '\u0003',
} as const;

/** An app that records the requested actions. `state` overrides parts of the initial state. */
export function fakeApp(
  first: Route,
  state: Partial<AppState> = {},
  wizard: WizardHandle = fakeWizard().wizard,
): { readonly app: AppActions; readonly calls: readonly string[] } {
  const calls: string[] = [];
  const record =
    (name: string) =>
    (...args: readonly unknown[]) => {
      calls.push([name, ...args.map((arg) => JSON.stringify(arg))].join(' '));
    };
  const app: AppActions = {
    store: createStore<AppState>({ ...initialAppState(first), ...state }, 0),
    version: '0.0.0',
    wizard,
    preparePlan: record('preparePlan'),
    dismissPlan: record('dismissPlan'),
    startPlan: record('startPlan'),
    cancelStart: record('cancelStart'),
    run: record('run'),
    cancel: record('cancel'),
    interrupt: record('interrupt'),
    quit: record('quit'),
    openLog: record('openLog'),
    suspend: record('suspend'),
    openEditor: record('openEditor'),
    observeNetwork: record('observeNetwork'),
    saveLogs: record('saveLogs'),
    actOnNode: record('actOnNode'),
    showNode: record('showNode'),
    openShell: record('openShell'),
    copy: record('copy'),
    watchBlocks: record('watchBlocks'),
    loadOlderBlocks: record('loadOlderBlocks'),
    closeBlocks: record('closeBlocks'),
    stopNetwork: record('stopNetwork'),
    toggleWatch: record('toggleWatch'),
    showResolve: record('showResolve'),
    applyRepair: record('applyRepair'),
    showConnection: record('showConnection'),
    showTopology: record('showTopology'),
    showTopic: record('showTopic'),
    chaincodes: {
      observe: record('observeChaincodes'),
      close: record('closeChaincodes'),
      deploy: record('deploy'),
      deployFolder: record('deployFolder'),
      call: record('call'),
      cancelCall: record('cancelCall'),
      askRemoval: record('askRemoval'),
      remove: record('remove'),
      followLog: record('followLog'),
      closeLog: record('closeLog'),
      saveLog: record('saveLog'),
    },
  };
  return { app, calls };
}

export interface Shown {
  /** The current rows without trailing blanks. */
  readonly rows: () => readonly string[];
  readonly text: () => string;
  /** The current frame with its escape sequences. */
  readonly raw: () => string;
  /** Sends keys, one read each, and waits until each is handled and drawn. Without keys: waits for pending updates. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
}

/** Commits an update of its own on request, which React does after all updates that were scheduled before. */
class CommitProbe {
  #render: () => void = () => undefined;
  #committed: () => void = () => undefined;

  readonly Component = () => {
    const [commits, setCommits] = useState(0);
    this.#render = () => setCommits(commits + 1);
    useEffect(() => {
      if (commits > 0) this.#committed();
    }, [commits]);
    return null;
  };

  commit(): Promise<void> {
    return new Promise((resolve) => {
      this.#committed = resolve;
      this.#render();
    });
  }
}

/** Number of characters and control keys in an input. */
function keyCount(presses: readonly Press[]): number {
  return presses.reduce((sum, { text }) => sum + Math.max(1, [...text].length), 0);
}

interface ShowOptions {
  /** Default: 80 columns, 24 rows. */
  readonly size?: Size;
  readonly language?: Language;
}

function mount(children: ReactNode, app: AppActions, { size, language = 'en' }: ShowOptions) {
  const instance = render(
    <AppContext value={app}>
      <ThemeContext value={createTheme({ colour: false, unicode: true, language })}>
        <SizeContext value={size ?? { columns: 80, rows: 24 }}>{children}</SizeContext>
      </ThemeContext>
    </AppContext>,
  );
  onTestFinished(instance.unmount);
  return instance;
}

/** Many keys take more than the second that is the default, on a machine that is busy. */
const PATIENCE = { timeout: 10_000 };

/** All screens with their global keys. */
export interface ShownApp {
  /** Sends keys, one read each. */
  readonly send: (...keys: readonly string[]) => void;
  /** Waits until the frame matches; returns its rows. */
  readonly shows: (wanted: RegExp) => Promise<readonly string[]>;
}

export function showApp(app: AppActions, options: ShowOptions = {}): ShownApp {
  const { lastFrame, stdin } = mount(<Screens />, app, options);
  return {
    send: (...keys) => {
      for (const key of keys) stdin.write(key);
    },
    shows: (wanted) =>
      vi.waitFor(() => {
        const text = stripVTControlCharacters(lastFrame() ?? '');
        if (!wanted.test(text)) throw new Error(`${wanted} is not in\n${text}`);
        return text.split('\n').map((row) => row.trimEnd());
      }, PATIENCE),
  };
}

export async function showScreen(
  screen: ReactNode,
  app: AppActions,
  options: ShowOptions = {},
): Promise<Shown> {
  const globals: Binding[] = [
    { keys: ['?'], label: 'explain', act: () => undefined },
    { keys: ['q'], label: 'quit', act: () => app.quit('keep') },
  ];
  const probe = new CommitProbe();
  let pending = 0;
  let onHandled: () => void = () => undefined;
  const onPress = (press: Press) => {
    pending -= keyCount([press]);
    if (pending === 0) onHandled();
  };
  const { frames, lastFrame, stdin } = mount(
    <>
      <InputRoot bindings={globals} onPress={onPress}>
        {screen}
      </InputRoot>
      <probe.Component />
    </>,
    app,
    options,
  );
  /** Resolves when a commit of React changes neither the frame nor the state. */
  const settled = async () => {
    for (;;) {
      const [drawn, state, wizard] = [frames.length, app.store.shown(), app.wizard.store.shown()];
      await probe.commit();
      if (frames.length === drawn && app.store.shown() === state && app.wizard.store.shown() === wizard)
        return;
    }
  };
  await settled();
  const text = () => stripVTControlCharacters(lastFrame() ?? '');
  return {
    text,
    raw: () => lastFrame() ?? '',
    rows: () =>
      text()
        .split('\n')
        .map((row) => row.trimEnd()),
    press: async (...keys) => {
      for (const key of keys) {
        const handled = new Promise<void>((resolve) => {
          onHandled = resolve;
        });
        pending = keyCount(pressesOf(key));
        stdin.write(key);
        if (pending > 0) await handled;
        await settled();
      }
      if (keys.length === 0) await settled();
    },
  };
}
