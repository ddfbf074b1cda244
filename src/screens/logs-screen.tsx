/** Logs of one node or of all nodes: filters, search, pause, wrapping, and saving to a file. */
import { useEffect, useMemo, useState } from 'react';
import { isContainerOf } from '../pipeline/chaincode/chaincode-version.ts';
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import { LOG_LEVELS, type LogEntry } from '../pipeline/network/log-line.ts';
import { lastEntries, type NetworkLog } from '../pipeline/network/network-log.ts';
import { textWidth } from '../report/terminal-text.ts';
import { minBodyRows } from '../ui/frame-size.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { type Theme, useSize, useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { type LogPrompt, logPromptLines, promptMark, useLogPrompt } from './log-prompt.ts';
import { AT_END, type LogPosition, type LogViewOptions, logRows, maxShift, scrolledLog } from './log-view.ts';
import type { LogQuery } from './logs-state.ts';
import type { Route } from './navigation.ts';
import { shortNode } from './node-label.ts';
import { unless } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

function nextOf<T>(items: readonly T[], current: T, step: 1 | -1): T | undefined {
  const at = items.indexOf(current);
  return items[(at + step + items.length) % items.length];
}

interface LogView {
  readonly paused: boolean;
  readonly entries: readonly LogEntry[];
  readonly position: LogPosition;
  readonly bindings: readonly Binding[];
}

/** The log in view: the live log, or the snapshot that was made when the user paused or scrolled up. */
function useLogView(live: NetworkLog, filter: LogFilter, options: LogViewOptions): LogView {
  const { t } = useTheme();
  const page = Math.max(1, minBodyRows(useSize()) - 1);
  const [paused, setPaused] = useState<{ readonly log: NetworkLog; readonly position: LogPosition }>();
  const log = paused?.log ?? live;
  const { node, level, since, grep, exclude } = filter;
  const limit = paused ? undefined : page + 1;
  const entries = useMemo(
    () => lastEntries(log, { node, level, since, grep, exclude }, limit),
    [log, node, level, since, grep, exclude, limit],
  );
  const scroll = (by: number) => {
    const all = paused ? entries : lastEntries(log, filter);
    const position = scrolledLog(all, paused?.position ?? AT_END, { by, page }, options);
    // Scrolling down to the end resumes following.
    const isAtEnd = position.below === 0 && position.hidden === 0;
    setPaused(by < 0 && isAtEnd ? undefined : { log, position });
  };
  const rowsBy: Readonly<Record<string, number>> = {
    up: 1,
    down: -1,
    pageup: page,
    pagedown: -page,
    home: Number.MAX_SAFE_INTEGER,
  };
  const bindings: readonly Binding[] = [
    {
      keys: [' '],
      label: t(paused ? 'key.follow' : 'key.hold'),
      act: () => setPaused(paused ? undefined : { log: live, position: AT_END }),
    },
    {
      keys: ['up', 'down', 'pageup', 'pagedown', 'home'],
      label: t('key.scroll'),
      minor: true,
      act: ({ name }) => scroll(rowsBy[name] ?? 0),
    },
    { keys: ['end'], listed: t('key.newest'), act: () => setPaused(undefined) },
  ];
  // The filters, the width or the wrapping may have changed since the last scroll.
  const position = paused ? scrolledLog(entries, paused.position, { by: 0, page }, options) : AT_END;
  return { entries, position, paused: paused !== undefined, bindings };
}

interface Sideways {
  readonly wraps: boolean;
  readonly shift: number;
  readonly move: (by: number) => void;
  readonly toggleWrap: () => void;
}

function useSideways(): Sideways {
  const [{ wraps, shift }, set] = useState({ wraps: false, shift: 0 });
  return {
    wraps,
    shift,
    move: (by) => set((before) => ({ ...before, shift: Math.max(0, before.shift + by) })),
    toggleWrap: () => set((before) => ({ wraps: !before.wraps, shift: 0 })),
  };
}

/** What is shown: node, lowest level, filters, and whether the view is paused. A narrow line has short names. */
function statusLine(
  { node, level }: LogFilter,
  query: LogQuery,
  paused: boolean,
  columns: number,
  theme: Theme,
): string {
  const { t, style } = theme;
  const rest = [
    ...(['since', 'grep', 'exclude'] as const)
      .filter((kind) => query[kind] !== '')
      .map((kind) => promptMark(kind, theme) + query[kind]),
    ...(paused ? [style.warn(t('logs.held'))] : []),
  ];
  const all = t('logs.all');
  const [full, short] = [
    [node ?? all, `${t('logs.level')} ${level}`, ...rest],
    [node === undefined ? all : shortNode(node), level, ...rest],
  ].map((parts) => parts.join(` ${style.symbol.dot} `));
  return style.dim((textWidth(full ?? '') <= columns ? full : short) ?? '');
}

/** `fabric-logs-20261129-140533.log`. */
function proposedName(at: Date): string {
  const digits = at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `fabric-logs-${digits}.log`;
}

interface Selection {
  readonly node: string | undefined;
  readonly bindings: readonly Binding[];
}

/** The node to show, and the keys that change it and the lowest level. */
function useSelection(first: string | undefined, names: readonly string[]): Selection {
  const { t } = useTheme();
  const { store } = useApp();
  const [node, setNode] = useState(first);
  const nextLevel = () =>
    store.updateNow((state) => {
      const level = nextOf(LOG_LEVELS, state.logs.level, 1) ?? 'debug';
      return { ...state, logs: { ...state.logs, level } };
    });
  const choose = (step: 1 | -1) => () => setNode(nextOf([undefined, ...names], node, step));
  return {
    node,
    bindings: [
      { keys: ['tab'], label: t('key.next-node'), act: choose(1) },
      { keys: ['shift+tab'], act: choose(-1) },
      {
        keys: ['v'],
        label: t('key.level'),
        minor: true,
        act: nextLevel,
      },
    ],
  };
}

function promptBindings({ open }: LogPrompt, { t }: Theme): readonly Binding[] {
  return [
    { keys: ['/'], label: t('key.search'), act: () => open('grep') },
    { keys: ['!'], label: t('key.exclude'), minor: true, act: () => open('exclude') },
    { keys: ['t'], label: t('key.since'), minor: true, act: () => open('since') },
    {
      keys: ['s'],
      label: t('key.save'),
      minor: true,
      act: () => open('save', proposedName(new Date())),
    },
  ];
}

interface LogSource {
  /** Names of the nodes whose lines are in the log. */
  readonly names: readonly string[];
  readonly log: NetworkLog;
  readonly save: (path: string, filter: LogFilter) => void;
}

/** The log of the nodes, or of a chaincode on all peers. */
function useLogSource(chaincode: string | undefined): LogSource {
  const app = useApp();
  const nodes = useAppState((state) => state.network.nodes);
  const containers = useAppState((state) => state.network.chaincodes);
  const log = useAppState((state) => (chaincode === undefined ? state.network.log : state.chaincodes.log));
  const names = useMemo(() => {
    const printing = nodes.filter(({ role }) => chaincode === undefined || role === 'peer');
    return printing.map(({ node }) => node);
  }, [nodes, chaincode]);
  useEffect(() => app.observeNetwork(), [app]);
  const own = containers.filter(
    (each) => chaincode !== undefined && isContainerOf(each.chaincode, chaincode),
  );
  // The log of a new version, or of a chaincode that a peer has started again, is read too.
  const starts = own.map(({ container, running }) => `${container} ${running}`).join(', ');
  useEffect(() => {
    if (chaincode === undefined || starts === '') return;
    app.chaincodes.followLog(chaincode);
    return () => app.chaincodes.closeLog();
  }, [app, chaincode, starts]);
  return {
    names,
    log,
    save: (path, filter) =>
      chaincode === undefined ? app.saveLogs(path, filter) : app.chaincodes.saveLog(chaincode, path, filter),
  };
}

export function LogsScreen({ node: first, chaincode }: Omit<Extract<Route, { id: 'logs' }>, 'id'>) {
  const theme = useTheme();
  const { t, style } = theme;
  const { columns } = useSize();
  const { back } = useNavigation();
  const { names, log, save } = useLogSource(chaincode);
  const selection = useSelection(first, names);
  const { node } = selection;
  const { level, query, filters } = useAppState((state) => state.logs);
  const prompt = useLogPrompt((path) => save(path, filter));
  const filter: LogFilter = { node, level, ...filters };
  const { wraps, shift, move, toggleWrap } = useSideways();
  const options: LogViewOptions = {
    theme,
    nodes: names,
    columns,
    wraps,
    shift,
    found: filters.grep,
  };
  const view = useLogView(log, filter, options);

  const step = Math.max(8, Math.floor(columns / 3));
  const most = maxShift(view.entries, options);
  const bindings: readonly Binding[] = [
    ...prompt.bindings,
    ...selection.bindings,
    ...promptBindings(prompt, theme),
    {
      keys: ['right', 'left'],
      label: t('key.sideways'),
      minor: true,
      ...unless(
        wraps ? t('why.wrapped') : undefined,
        shift === 0 && most === 0 ? t('why.all-shown') : undefined,
      ),
      act: ({ name }) => move(name === 'left' ? -step : Math.max(0, Math.min(step, most - shift))),
    },
    { keys: ['w'], label: t(wraps ? 'key.no-wrap' : 'key.wrap'), minor: true, act: toggleWrap },
    ...view.bindings,
    { keys: ['escape'], label: t('key.back'), act: back },
  ];
  return (
    <AppFrame
      title={chaincode === undefined ? t('logs.title') : t('logs.title-of', { chaincode })}
      bindings={bindings}
      onText={prompt.prompt ? prompt.onText : undefined}
    >
      {({ rows }) => {
        const head = prompt.prompt
          ? logPromptLines(prompt.prompt, columns, theme)
          : [statusLine(filter, query, view.paused, columns, theme)];
        const lines = logRows(view.entries, view.position, Math.max(1, rows - head.length), options);
        return <Lines lines={[...head, ...(lines.length === 0 ? [style.dim(t('logs.none'))] : lines)]} />;
      }}
    </AppFrame>
  );
}
