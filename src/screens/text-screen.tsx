/** A scrollable text, and the resolve report with the keys for its repairs. */

import { minBodyRows } from '../ui/frame-size.ts';
import { Lines } from '../ui/lines.tsx';
import { useSize, useTheme } from '../ui/theme.tsx';
import { useNow } from '../ui/use-now.ts';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Route } from './navigation.ts';
import { repairView } from './repair-view.ts';
import { unless, workReason } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

export function TextScreen({ title, lines, copies }: Extract<Route, { id: 'text' }>) {
  const { t } = useTheme();
  const size = useSize();
  const app = useApp();
  const { back } = useNavigation();
  const scroll = useScroll(lines(size.columns, minBodyRows(size)), 'top');
  return (
    <AppFrame
      title={title}
      bindings={[
        {
          keys: ['c'],
          label: t('key.copy-what', { what: copies?.what ?? '' }),
          when: copies !== undefined,
          act: () => {
            if (!copies) return;
            app.copy(copies.text);
            const success = t('node.copied', { what: copies.what });
            app.store.updateNow((state) => ({ ...state, success }));
          },
        },
        { keys: ['escape', 'enter'], label: t('key.back'), act: back },
        scroll.binding,
      ]}
    >
      {({ rows }) => <Lines lines={scroll.view(rows)} />}
    </AppFrame>
  );
}

const REPAIR_KEYS = { tag: 't', override: 'e', build: 'b' } as const;

/** The clock shows seconds. */
const TICK_MS = 1000;

export function ResolveScreen({ lines, repairs }: Extract<Route, { id: 'resolve' }>) {
  const theme = useTheme();
  const { t } = theme;
  const size = useSize();
  const app = useApp();
  const { back, push } = useNavigation();
  const work = useAppState((state) => state.work);
  const repairing = work.kind === 'repairing' ? work : undefined;
  const now = useNow(repairing ? TICK_MS : undefined);
  const scroll = useScroll(lines(size.columns), 'top');
  // Of several repairs of one kind the first is the most likely one.
  const byKey = new Map(repairs.toReversed().map((repair) => [REPAIR_KEYS[repair.kind], repair]));
  return (
    <AppFrame
      title={t('resolve.title')}
      bindings={[
        ...[...byKey].map(([key, repair]) => ({
          keys: [key],
          label: t(`key.repair-${repair.kind}`),
          ...unless(workReason(work, theme)),
          // It recreates the nodes whose settings change.
          act: () =>
            repair.kind === 'override' ? push({ id: 'override', repair }) : app.applyRepair(repair),
        })),
        {
          keys: ['escape'],
          label: t('key.cancel'),
          when: repairing !== undefined,
          act: () => app.cancel(),
        },
        { keys: ['escape', 'enter'], label: t('key.back'), when: repairing === undefined, act: back },
        { ...scroll.binding, when: repairing === undefined },
      ]}
    >
      {(body) => (
        <Lines lines={repairing ? repairView(repairing, { ...body, theme, now }) : scroll.view(body.rows)} />
      )}
    </AppFrame>
  );
}
