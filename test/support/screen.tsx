/** A screen as it stands on a terminal of any size, without one: keys go in, frames come out. */
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import type { ReactNode } from 'react';
import { onTestFinished } from 'vitest';
import type { Language } from '../../src/report/language/language.ts';
import type { AppActions } from '../../src/screens/app-actions.ts';
import { type AppState, initialAppState } from '../../src/screens/app-state.ts';
import type { Route } from '../../src/screens/navigation.ts';
import { AppContext } from '../../src/screens/use-app.ts';
import type { WizardActions } from '../../src/screens/wizard/wizard-actions.ts';
import { InputRoot } from '../../src/ui/input.tsx';
import type { Binding } from '../../src/ui/keys.ts';
import { createStore } from '../../src/ui/store.ts';
import { createTheme, type Size, SizeContext, ThemeContext } from '../../src/ui/theme.tsx';
import { fakeQuestions } from './questions.ts';

/** The sizes that every screen must stand in. */
export const SIZES: readonly Size[] = [
  { columns: 40, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

/** As terminals send them. */
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

/** A app that writes down what it was asked for. Everything that a test gives stands in its place. */
export function fakeDesk(
  first: Route,
  state: Partial<AppState> = {},
  wizard: WizardActions = fakeQuestions().wizard,
): { readonly app: AppActions; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const note =
    (what: string) =>
    (...args: readonly unknown[]) => {
      asked.push([what, ...args.map((arg) => JSON.stringify(arg))].join(' '));
    };
  const app: AppActions = {
    store: createStore<AppState>({ ...initialAppState(first), ...state }, 0),
    version: '0.0.0',
    wizard,
    prepare: note('prepare'),
    dismiss: note('dismiss'),
    start: note('start'),
    hold: note('hold'),
    run: note('run'),
    cancel: note('cancel'),
    interrupt: note('interrupt'),
    leave: note('leave'),
    openLog: note('openLog'),
    observe: note('observe'),
    startNode: note('startNode'),
    down: note('down'),
    toggleWatch: note('toggleWatch'),
    resolve: note('resolve'),
    repair: note('repair'),
    explain: note('explain'),
  };
  return { app, asked };
}

export interface Shown {
  /** The rows as they are drawn now, without trailing blanks. */
  readonly rows: () => readonly string[];
  readonly text: () => string;
  /** Sends these keys, one read each, and waits until all is drawn; without a key, for what the store was told. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
}

/** Two turns for the press, two for React, one for Ink. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** @param size default: 80 columns, 24 rows */
export async function showScreen(
  screen: ReactNode,
  app: AppActions,
  options: { readonly size?: Size; readonly language?: Language } = {},
): Promise<Shown> {
  const { size = { columns: 80, rows: 24 }, language = 'en' } = options;
  const globals: Binding[] = [
    { keys: ['?'], label: 'explain', act: () => undefined },
    { keys: ['q'], label: 'quit', act: () => app.leave('stays') },
  ];
  const { lastFrame, stdin, unmount } = render(
    <AppContext value={app}>
      <ThemeContext value={createTheme({ colour: false, unicode: true, language })}>
        <SizeContext value={size}>
          <InputRoot bindings={globals}>{screen}</InputRoot>
        </SizeContext>
      </ThemeContext>
    </AppContext>,
  );
  onTestFinished(unmount);
  await drawn();
  const text = () => stripVTControlCharacters(lastFrame() ?? '');
  return {
    text,
    rows: () =>
      text()
        .split('\n')
        .map((row) => row.trimEnd()),
    press: async (...keys) => {
      if (keys.length === 0) await drawn();
      for (const key of keys) {
        stdin.write(key);
        await drawn();
      }
    },
  };
}
