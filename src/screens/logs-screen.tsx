/** Logs of one node or of all nodes, with search, level filter and pause. */
import { useEffect, useState } from 'react';
import {
  type LogEntry,
  type LogFilter,
  type LogLevel,
  lastEntries,
  type NetworkLog,
} from '../pipeline/network/network-log.ts';
import { padToWidth, textWidth } from '../report/terminal-text.ts';
import { EDITING_KEYS, edited, type FieldState, fieldOf, fieldWindow, typed } from '../ui/field-state.ts';
import { minBodyRows } from '../ui/frame-size.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { type Theme, useSize, useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { shortNode } from './dashboard-view.ts';
import { shortLine } from './log-line.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

function nextOf<T>(items: readonly T[], current: T, step: 1 | -1): T | undefined {
  const at = items.indexOf(current);
  return items[(at + step + items.length) % items.length];
}

interface EntryCells {
  readonly theme: Theme;
  readonly nodes: readonly string[];
  /** Columns of the nodes' names. */
  readonly width: number;
  readonly columns: number;
}

function entryLine({ node, line, level }: LogEntry, { theme, nodes, width, columns }: EntryCells): string {
  const { style } = theme;
  const name = style.tint(Math.max(0, nodes.indexOf(node)))(padToWidth(shortNode(node), width));
  const text = shortLine(line, columns);
  const painted = level === 'error' ? style.bad(text) : level === 'warning' ? style.warn(text) : text;
  return `${name} ${style.dim('|')} ${painted}`;
}

/** A paused view: a snapshot of the log, scrolled up from its end. */
interface PausedView {
  readonly log: NetworkLog;
  /** Number of newer lines below the view. */
  readonly above: number;
}

interface LogView extends PausedView {
  readonly paused: boolean;
  readonly bindings: readonly Binding[];
}

/** The log in view: the live log, or the snapshot that was made when the user paused or scrolled up. */
function useLogView(filter: LogFilter): LogView {
  const { t } = useTheme();
  const size = useSize();
  const app = useApp();
  const live = useAppState((state) => state.network.log);
  const [paused, setPaused] = useState<PausedView>();
  const page = Math.max(1, minBodyRows(size) - 2);
  const scroll = (lines: number) =>
    setPaused((view) => {
      const from = view ?? { log: app.store.now().network.log, above: 0 };
      const most = Math.max(0, lastEntries(from.log, filter, Number.POSITIVE_INFINITY).length - page);
      const next = Math.min(most, Math.max(0, from.above + lines));
      // Scrolling down to the end resumes following.
      return next === 0 && lines < 0 ? undefined : { ...from, above: next };
    });
  const bindings: readonly Binding[] = [
    {
      keys: [' '],
      label: t(paused ? 'key.follow' : 'key.hold'),
      act: () => setPaused(paused ? undefined : { log: live, above: 0 }),
    },
    { keys: ['up'], label: t('key.scroll'), minor: true, act: () => scroll(1) },
    { keys: ['down'], act: () => scroll(-1) },
    { keys: ['pageup'], act: () => scroll(page) },
    { keys: ['pagedown'], act: () => scroll(-page) },
    { keys: ['home'], act: () => scroll(Number.MAX_SAFE_INTEGER) },
    { keys: ['end'], act: () => setPaused(undefined) },
  ];
  return { ...(paused ?? { log: live, above: 0 }), paused: paused !== undefined, bindings };
}

interface Search {
  readonly field: FieldState;
  /** The user is typing; every letter goes to the field. */
  readonly active: boolean;
  readonly begin: () => void;
  readonly onText: (text: string) => void;
  /** Keys while the search is active. */
  readonly bindings: readonly Binding[];
}

function useSearch(): Search {
  const { t } = useTheme();
  const [field, setField] = useState(fieldOf(''));
  const [active, setActive] = useState(false);
  const end = (found: FieldState) => {
    setActive(false);
    setField(found);
  };
  const bindings: readonly Binding[] = [
    {
      keys: EDITING_KEYS,
      when: active,
      act: (press) => setField((before) => edited(before, press) ?? before),
    },
    { keys: ['enter'], label: t('key.found'), when: active, act: () => end(field) },
    { keys: ['escape'], label: t('key.no-search'), when: active, act: () => end(fieldOf('')) },
  ];
  return {
    field,
    active,
    begin: () => setActive(true),
    onText: (text) => setField((before) => typed(before, text)),
    bindings,
  };
}

function searchLine(field: FieldState, columns: number, { style }: Theme): string {
  const { before, at, after } = fieldWindow(field, Math.max(1, columns - 2));
  return `/${before}${style.invert(at)}${after}`;
}

/** What is shown: node, lowest level, search text, and whether the view is paused. */
function statusLine({ node, level, search }: LogFilter, paused: boolean, { t, style }: Theme): string {
  const parts = [
    node ?? t('logs.all'),
    `${t('logs.level')} ${level}`,
    ...(search === '' ? [] : [`/${search}`]),
    ...(paused ? [style.warn(t('logs.held'))] : []),
  ];
  return style.dim(parts.join(` ${style.symbol.dot} `));
}

export function LogsScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { back } = useNavigation();
  const nodes = useAppState((state) => state.network.nodes);
  const [node, setNode] = useState<string>();
  const [level, setLevel] = useState<LogLevel>('debug');
  const search = useSearch();
  const filter: LogFilter = { node, level, search: search.field.text };
  const { log, above, paused, bindings: viewBindings } = useLogView(filter);
  useEffect(() => app.observeNetwork(), [app]);

  const names = nodes.map((each) => each.node);
  const bindings: readonly Binding[] = [
    ...search.bindings,
    {
      keys: ['tab'],
      label: t('key.next-node'),
      act: () => setNode(nextOf([undefined, ...names], node, 1)),
    },
    { keys: ['shift+tab'], act: () => setNode(nextOf([undefined, ...names], node, -1)) },
    { keys: ['/'], label: t('key.search'), act: search.begin },
    {
      keys: ['v'],
      label: t('key.level'),
      minor: true,
      act: () => setLevel(nextOf(LEVELS, level, 1) ?? 'debug'),
    },
    ...viewBindings,
    { keys: ['escape'], label: t('key.back'), act: back },
  ];
  const width = Math.max(0, ...names.map((each) => textWidth(shortNode(each))));
  return (
    <AppFrame title={t('logs.title')} bindings={bindings} onText={search.active ? search.onText : undefined}>
      {({ columns, rows }) => {
        const lines = lastEntries(log, filter, rows - 1, above).map((entry) =>
          entryLine(entry, { theme, nodes: names, width, columns }),
        );
        const none = lines.length === 0 ? [style.dim(t('logs.none'))] : lines;
        const head = search.active
          ? searchLine(search.field, columns, theme)
          : statusLine(filter, paused, theme);
        return <Lines lines={[head, ...none]} />;
      }}
    </AppFrame>
  );
}
