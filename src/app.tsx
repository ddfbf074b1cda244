/** The root of the screens: which one is shown, the keys that work everywhere, and the one place that ends them. */
import { render, useApp as useInk } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { AppActions } from './screens/app-actions.ts';
import { isUnderWay } from './screens/app-state.ts';
import { DashboardScreen } from './screens/dashboard-screen.tsx';
import { ExplainScreen, TopicsScreen } from './screens/explain-screens.tsx';
import { LogsScreen } from './screens/logs-screen.tsx';
import { currentRoute, type Route } from './screens/navigation.ts';
import { DownScreen, LeaveScreen } from './screens/question-screens.tsx';
import { RunScreen } from './screens/run-screen.tsx';
import { ResolveScreen, TextScreen } from './screens/text-screen.tsx';
import { AppContext, useApp, useNavigation, useShown } from './screens/use-app.ts';
import { FormScreen } from './screens/wizard/form-screen.tsx';
import { ReviewScreen } from './screens/wizard/review-screen.tsx';
import { SourceScreen } from './screens/wizard/source-screen.tsx';
import { WelcomeScreen } from './screens/wizard/welcome-screen.tsx';
import { InputRoot } from './ui/input.tsx';
import type { Binding, Press } from './ui/keys.ts';
import { withoutResize } from './ui/terminal-stream.ts';
import { type Size, SizeContext, type Theme, ThemeContext, useTheme } from './ui/theme.tsx';

function screenAt(place: Route): ReactNode {
  switch (place.id) {
    case 'welcome':
      return <WelcomeScreen />;
    case 'source':
      return <SourceScreen />;
    case 'build':
    case 'base':
    case 'network':
      return <FormScreen key={place.id} form={place.id} />;
    case 'review':
      return <ReviewScreen />;
    case 'run':
      return <RunScreen />;
    case 'dashboard':
      return <DashboardScreen />;
    case 'logs':
      return <LogsScreen />;
    case 'text':
      return <TextScreen {...place} />;
    case 'resolve':
      return <ResolveScreen {...place} />;
    case 'topics':
      return <TopicsScreen {...place} />;
    case 'explain':
      // A new one for each topic: it is read from the top.
      return <ExplainScreen key={place.topic} {...place} />;
    case 'down':
      return <DownScreen />;
    case 'leave':
      return <LeaveScreen />;
  }
}

/** What a pipe, or a terminal that does not tell, is taken for. */
const FALLBACK: Size = { columns: 80, rows: 24 };

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || FALLBACK.columns, rows: stdout.rows || FALLBACK.rows };
}

/** Wipes the terminal and goes to its first row; what has scrolled away stays there. */
const CLEAR = `${String.fromCharCode(27)}[2J${String.fromCharCode(27)}[H`;

function useTerminalSize(stdout: NodeJS.WriteStream): Size {
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const onResize = () => {
      // The terminal has broken and moved the old rows as it liked.
      stdout.write(CLEAR);
      setSize(sizeOf(stdout));
    };
    stdout.on('resize', onResize);
    return () => {
      stdout.off('resize', onResize);
    };
  }, [stdout]);
  return size;
}

/** The screen of the place where the way has led. */
export function PlaceScreen() {
  return screenAt(useShown((state) => currentRoute(state.navigation)));
}

/** Everything below the terminal's size: what tests draw at the sizes that they want. */
export function Screens() {
  const place = useShown((state) => currentRoute(state.navigation));
  const { t } = useTheme();
  const app = useApp();
  const { to } = useNavigation();
  const onQuit = () => {
    const { work, network } = app.store.now();
    const asks = isUnderWay(work) || network.nodes.length > 0;
    if (asks && place.id !== 'leave') to({ id: 'leave' });
    else app.leave('stays');
  };
  const globals: Binding[] = [
    { keys: ['ctrl+c'], act: app.interrupt },
    { keys: ['?'], label: t('key.help'), act: () => app.explain() },
    { keys: ['q'], label: t('key.quit'), act: onQuit },
  ];
  /** A second Ctrl-C means leaving only where it follows the first one; and what was said was read. */
  const onPress = ({ name }: Press) => {
    const { interrupted, notice } = app.store.now();
    if (name === 'ctrl+c' || (!interrupted && notice === undefined)) return;
    app.store.updateNow((state) => ({ ...state, interrupted: false, notice: undefined }));
  };
  return (
    <InputRoot bindings={globals} onPress={onPress}>
      <PlaceScreen />
    </InputRoot>
  );
}

function App({ app, theme, stdout }: { app: AppActions; theme: Theme; stdout: NodeJS.WriteStream }) {
  const size = useTerminalSize(stdout);
  return (
    <AppContext value={app}>
      <ThemeContext value={theme}>
        <SizeContext value={size}>
          <Drawn />
        </SizeContext>
      </ThemeContext>
    </AppContext>
  );
}

/** Ends Ink once the empty last frame is drawn, so that the screen is free for what is printed then. */
function Drawn() {
  const leaving = useShown((state) => state.leaving);
  const { exit } = useInk();
  useEffect(() => {
    if (leaving) exit();
  }, [leaving, exit]);
  return leaving ? null : <Screens />;
}

/** Draws the screens until the store says that they are left, or the signal fires. */
export async function showScreens(app: AppActions, theme: Theme, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const instance = render(<App app={app} theme={theme} stdout={stdout} />, {
    stdout: withoutResize(stdout),
    exitOnCtrlC: false,
    patchConsole: true,
    maxFps: 60,
  });
  const unmount = () => instance.unmount();
  signal.addEventListener('abort', unmount, { once: true });
  await instance.waitUntilExit();
  signal.removeEventListener('abort', unmount);
  // Ink leaves it open; it would keep the process alive.
  stdin.unref();
}
