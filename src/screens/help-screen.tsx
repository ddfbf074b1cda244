/** The keys of the screen behind it, and the way to the explanation of what is under the cursor there. */
import { useGlobalKeys, useKeyAccess } from '../ui/input.tsx';
import { Lines } from '../ui/lines.tsx';
import { useSize, useTheme } from '../ui/theme.tsx';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Overlay } from './navigation.ts';
import { keyLines } from './screen-actions.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

export function HelpScreen({ topic }: Omit<Extract<Overlay, { id: 'help' }>, 'id'>) {
  const theme = useTheme();
  const { t } = theme;
  const { columns } = useSize();
  const app = useApp();
  const { cover } = useNavigation();
  const access = useKeyAccess();
  const globals = useGlobalKeys();
  // The keys of the screen depend on it.
  useAppState((state) => state);
  const lines = keyLines(access.screen(), globals, { columns, theme });
  const scroll = useScroll(lines, 'top');
  const explain = () => {
    cover(undefined);
    app.showTopic(topic);
  };
  const label = topic === undefined ? t('key.topics') : t('key.explain', { topic });
  return (
    <AppFrame
      title={t('help.title')}
      bindings={[
        { keys: ['enter', '?'], label, act: explain },
        { keys: ['escape'], label: t('key.back'), act: () => cover(undefined) },
        scroll.binding,
      ]}
    >
      {({ rows }) => <Lines lines={scroll.view(rows)} />}
    </AppFrame>
  );
}
