/** Confirmation before everything is built again, an image is replaced, the network is stopped, or the program quits. */
import { isDown } from '../pipeline/network/network-state.ts';
import { wrapToWidth } from '../report/terminal-text.ts';
import { Lines } from '../ui/lines.tsx';
import { useSize, useTheme } from '../ui/theme.tsx';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay } from './app-state.ts';
import type { Route } from './navigation.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

export function RebuildAllScreen() {
  const { t, style } = useTheme();
  const app = useApp();
  const { back, replace } = useNavigation();
  return (
    <AppFrame
      title={t('rebuild-all.title')}
      bindings={[
        {
          keys: ['enter', 'R'],
          label: t('key.rebuild-all'),
          act: () => {
            app.run({ command: 'rebuild', smoke: true, force: true });
            replace({ id: 'run' });
          },
        },
        { keys: ['escape'], label: t('key.back'), act: back },
      ]}
    >
      {({ columns }) => (
        <Lines
          lines={[
            ...wrapToWidth(t('rebuild-all.question'), columns, '').map(style.strong),
            '',
            ...wrapToWidth(t('rebuild-all.why'), columns, ''),
          ]}
        />
      )}
    </AppFrame>
  );
}

export function OverrideScreen({ repair }: Omit<Extract<Route, { id: 'override' }>, 'id'>) {
  const { t, style } = useTheme();
  const app = useApp();
  const { back } = useNavigation();
  const facts = { image: repair.ref, option: `chaincode-${repair.role}` };
  return (
    <AppFrame
      title={t('override.title')}
      bindings={[
        {
          keys: ['enter', 'e'],
          label: t('key.repair-override'),
          act: () => {
            back();
            app.applyRepair(repair);
          },
        },
        { keys: ['escape'], label: t('key.back'), act: back },
      ]}
    >
      {({ columns }) => (
        <Lines
          lines={[
            ...wrapToWidth(t('override.question', facts), columns, '').map(style.strong),
            '',
            ...wrapToWidth(t('override.why', facts), columns, ''),
          ]}
        />
      )}
    </AppFrame>
  );
}

export function DownScreen() {
  const { t, style } = useTheme();
  const app = useApp();
  const { back } = useNavigation();
  const nodes = useAppState((state) => state.network.nodes.length);
  return (
    <AppFrame
      title={t('down.title')}
      bindings={[
        {
          keys: ['enter', 'd'],
          label: t('key.down'),
          act: () => {
            back();
            app.stopNetwork();
          },
        },
        { keys: ['escape'], label: t('key.back'), act: back },
      ]}
    >
      {({ columns }) => (
        <Lines
          lines={[
            ...wrapToWidth(t('down.question', { count: String(nodes) }), columns, '').map(style.strong),
            '',
            ...wrapToWidth(t('down.ledgers'), columns, ''),
          ]}
        />
      )}
    </AppFrame>
  );
}

export function RemoveChaincodeScreen({
  name,
  containers,
  images,
}: Omit<Extract<Route, { id: 'remove-chaincode' }>, 'id'>) {
  const { t, style } = useTheme();
  const { columns } = useSize();
  const app = useApp();
  const { back } = useNavigation();
  const facts = { name, containers: String(containers.length), images: String(images.length) };
  const scroll = useScroll(
    [
      ...wrapToWidth(t('remove-chaincode.question', facts), columns, '').map(style.strong),
      '',
      ...wrapToWidth(t('remove-chaincode.why'), columns, ''),
      '',
      ...[...containers, ...images].map((item) => `  ${item}`),
    ],
    'top',
  );
  return (
    <AppFrame
      title={t('remove-chaincode.title', { name })}
      bindings={[
        {
          keys: ['enter', 'x'],
          label: t('key.remove'),
          act: () => {
            back();
            app.chaincodes.remove(name);
          },
        },
        { keys: ['escape'], label: t('key.back'), act: back },
        scroll.binding,
      ]}
    >
      {({ rows }) => <Lines lines={scroll.view(rows)} />}
    </AppFrame>
  );
}

export function LeaveScreen() {
  const { t, style } = useTheme();
  const app = useApp();
  const { back } = useNavigation();
  const work = useAppState((state) => state.work);
  const nodes = useAppState((state) => state.network.nodes);
  const running = nodes.filter((node) => !isDown(node)).length;
  const underWay = isUnderWay(work);
  const warning = t(work.kind === 'repairing' ? 'leave.repair' : 'leave.run');
  return (
    <AppFrame
      title={t('leave.title')}
      bindings={[
        {
          keys: ['enter', 'k', 'q'],
          label: t(running > 0 ? 'key.keep' : 'key.leave'),
          act: () => app.quit('keep'),
        },
        { keys: ['escape'], label: t('key.back'), act: back },
        { keys: ['d'], label: t('key.down-and-leave'), when: nodes.length > 0, act: () => app.quit('stop') },
      ]}
    >
      {({ columns }) => (
        <Lines
          lines={[
            style.strong(t('leave.question')),
            '',
            ...(underWay ? wrapToWidth(warning, columns, '').map(style.warn) : []),
            ...(running > 0 ? wrapToWidth(t('leave.keep', { count: String(running) }), columns, '') : []),
          ]}
        />
      )}
    </AppFrame>
  );
}
