/** A frame that says where the program stands: the project, what is under way, and what Ctrl-C would do next. */
import type { RunState } from '../pipeline/core/run-state.ts';
import { overallProgress } from '../pipeline/core/run-state.ts';
import { Frame, type FrameProps } from '../ui/frame.tsx';
import { type Theme, useSize, useTheme } from '../ui/theme.tsx';
import type { Watching, Work } from './app-state.ts';
import { useShown } from './use-app.ts';

/** Below this width a screen's own name must do. */
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

/** `title` is the screen's own name. */
export function AppFrame({ title, state, ...rest }: FrameProps) {
  const theme = useTheme();
  const interrupted = useShown((app) => app.interrupted);
  const work = useShown((app) => app.work);
  const run = useShown((app) => app.run);
  const notice = useShown((app) => app.notice);
  const watching = useShown((app) => app.watching);
  const { columns } = useSize();
  const { bad, warn, symbol } = theme.style;
  const isNarrow = columns < NAMED_COLUMNS;
  const mark = theme.t(isNarrow ? 'app.practice-short' : 'app.practice');
  const practice = run.practice ? ` ${warn(`${symbol.warn} ${mark}`)}` : '';
  const name = isNarrow ? '' : `fabric-wizard ${symbol.dot} `;
  const text = state ?? workText(work, run, theme);
  const usual = [watching ? watchText(watching, theme) : '', text].filter(Boolean).join(` ${symbol.dot} `);
  const now = interrupted ? warn(theme.t('app.interrupted')) : usual;
  const shown = notice === undefined ? now : bad(`${symbol.bad} ${notice}`);
  return <Frame title={`${name}${title}${practice}`} state={shown} {...rest} />;
}
