/** Frame with the app's status in its head line: practice source, current work, pending Ctrl-C, last error. */
import type { RunState } from '../pipeline/core/run-state.ts';
import { overallProgress } from '../pipeline/core/run-state.ts';
import type { NetworkState } from '../pipeline/network/network-state.ts';
import { textWidth } from '../report/terminal-text.ts';
import { Frame, type FrameProps } from '../ui/frame.tsx';
import { type Theme, useSize, useTheme } from '../ui/theme.tsx';
import type { Watching, Work } from './app-state.ts';
import { hasFailed } from './dashboard-view.ts';
import { shortNode } from './node-label.ts';
import { useAppState } from './use-app.ts';

/** Narrower terminals show the screen's title without the program's name. */
const NAMED_COLUMNS = 60;

export function workText(work: Work, run: RunState, { t, style }: Theme): string {
  const { good, bad, warn, symbol } = style;
  switch (work.kind) {
    case 'idle':
    case 'planned':
      return '';
    case 'preparing':
      return t('work.preparing');
    case 'stopping':
      return warn(t('work.stopping'));
    case 'refused':
      return bad(`${symbol.bad} ${t('work.refused')}`);
    case 'running':
      return work.cancelling
        ? warn(t('work.cancelling'))
        : `${work.request.command} ${Math.floor(100 * overallProgress(run))} %`;
    case 'repairing': {
      if (work.cancelling) return warn(t('work.cancelling'));
      const { done = 0, total = 0 } = work.progress ?? {};
      return `${t('work.repairing')} ${total > 0 ? `${Math.floor((100 * done) / total)} %` : ''}`.trimEnd();
    }
    case 'ended': {
      const { command } = work.request;
      if (run.outcome === 'done') return good(`${symbol.good} ${t('work.done', { command })}`);
      return run.outcome === 'failed'
        ? bad(`${symbol.bad} ${t('work.failed', { command })}`)
        : warn(`${symbol.warn} ${t('work.cancelled', { command })}`);
    }
  }
}

function watchText({ changed: [first, ...more] }: Watching, { t }: Theme): string {
  if (first === undefined) return t('work.watching');
  const name = first.split('/').at(-1) ?? first;
  return t('work.changed', { name: more.length > 0 ? `${name} +${more.length}` : name });
}

/** The node that is down, or how many are; empty if none is, or while the work stops and starts nodes itself. */
function healthText(work: Work, { lost, nodes }: NetworkState, { t, style }: Theme): string {
  const settled = ['idle', 'planned', 'refused', 'ended'].includes(work.kind);
  const [first, ...more] = nodes.filter(hasFailed);
  if (!settled || lost || first === undefined) return '';
  const text =
    more.length === 0
      ? t('work.node-down', { node: shortNode(first.node) })
      : t('work.nodes-down', { count: String(more.length + 1), all: String(nodes.length) });
  return style.bad(`${style.symbol.bad} ${text}`);
}

/** The last of these texts that fit. */
function fitting(texts: readonly string[], separator: string, columns: number): string {
  const shown = texts.filter(Boolean);
  while (shown.length > 1 && textWidth(shown.join(separator)) > columns) shown.shift();
  return shown.join(separator);
}

export function AppFrame({ title, state, ...rest }: FrameProps) {
  const theme = useTheme();
  const interrupted = useAppState((app) => app.interrupted);
  const opening = useAppState((app) => app.opening);
  const work = useAppState((app) => app.work);
  const run = useAppState((app) => app.run);
  const notice = useAppState((app) => app.notice);
  const success = useAppState((app) => app.success);
  const watching = useAppState((app) => app.watching);
  const network = useAppState((app) => app.network);
  const isPractice = useAppState((app) => app.practice);
  const { columns } = useSize();
  const { bad, good, warn, symbol } = theme.style;
  const isNarrow = columns < NAMED_COLUMNS;
  const mark = theme.t(isNarrow ? 'app.practice-short' : 'app.practice');
  const practice = isPractice ? ` ${warn(`${symbol.warn} ${mark}`)}` : '';
  const name = isNarrow ? '' : `fabric-wizard ${symbol.dot} `;
  const left = `${name}${title}${practice}`;
  const health = state === undefined ? healthText(work, network, theme) : '';
  // "done" would say that all is well.
  const isDone = work.kind === 'ended' && run.outcome === 'done';
  const text = state ?? (isDone && health !== '' ? '' : workText(work, run, theme));
  const parts = [watching ? watchText(watching, theme) : '', text, health];
  const status = fitting(parts, ` ${symbol.dot} `, columns - textWidth(left) - 2);
  const current = interrupted ? warn(theme.t('app.interrupted')) : opening ? theme.t('app.opening') : status;
  const message =
    notice !== undefined
      ? bad(`${symbol.bad} ${notice}`)
      : success !== undefined && good(`${symbol.good} ${success}`);
  // A message that does not fit beside the title replaces it.
  if (message && textWidth(left) + textWidth(message) + 2 > columns)
    return <Frame title={message} {...rest} />;
  return <Frame title={left} state={message || current} {...rest} />;
}
