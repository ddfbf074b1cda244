/** Root of the screens: selects the current screen, handles the global keys, and ends Ink. */
import { Box, render, useApp as useInk } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { AppActions } from './screens/app-actions.ts';
import { isUnderWay } from './screens/app-state.ts';
import { BlocksScreen } from './screens/blocks-screen.tsx';
import { ChaincodeScreen } from './screens/chaincode-screen.tsx';
import { DashboardScreen } from './screens/dashboard-screen.tsx';
import { ExplainScreen, TopicsScreen } from './screens/explain-screens.tsx';
import { HelpScreen } from './screens/help-screen.tsx';
import { LogsScreen } from './screens/logs-screen.tsx';
import { currentRoute, type Overlay, type Route } from './screens/navigation.ts';
import { NodeScreen } from './screens/node-screen.tsx';
import { PaletteScreen } from './screens/palette-screen.tsx';
import {
  DownScreen,
  LeaveScreen,
  OverrideScreen,
  RebuildAllScreen,
  RemoveChaincodeScreen,
} from './screens/question-screens.tsx';
import { RunScreen } from './screens/run-screen.tsx';
import { ResolveScreen, TextScreen } from './screens/text-screen.tsx';
import { AppContext, useApp, useAppState, useNavigation } from './screens/use-app.ts';
import { FormScreen } from './screens/wizard/form-screen.tsx';
import { ListScreen } from './screens/wizard/list-screen.tsx';
import { PresetScreen } from './screens/wizard/preset-screen.tsx';
import { ReviewScreen } from './screens/wizard/review-screen.tsx';
import { SourceScreen } from './screens/wizard/source-screen.tsx';
import { WelcomeScreen } from './screens/wizard/welcome-screen.tsx';
import { InputRoot, Overlay as OverlayKeys } from './ui/input.tsx';
import type { Binding, Press } from './ui/keys.ts';
import { withoutResize } from './ui/terminal-stream.ts';
import { type Size, SizeContext, type Theme, ThemeContext, useTheme } from './ui/theme.tsx';

function screenFor(route: Route): ReactNode {
  switch (route.id) {
    case 'welcome':
      return <WelcomeScreen />;
    case 'source':
      return <SourceScreen />;
    case 'build':
    case 'base':
      return <FormScreen key={route.id} form={route.id} />;
    case 'network':
      return <FormScreen key={route.id} form={route.id} at={route.at} />;
    case 'list':
      return <ListScreen {...route} />;
    case 'preset':
      return <PresetScreen />;
    case 'review':
      return <ReviewScreen {...route} />;
    case 'run':
      return <RunScreen />;
    case 'dashboard':
      return <DashboardScreen />;
    case 'logs':
      return <LogsScreen {...route} />;
    case 'blocks':
      return <BlocksScreen />;
    case 'chaincodes':
      return <ChaincodeScreen />;
    case 'remove-chaincode':
      return <RemoveChaincodeScreen {...route} />;
    case 'node':
      return <NodeScreen {...route} />;
    case 'text':
      return <TextScreen {...route} />;
    case 'resolve':
      return <ResolveScreen {...route} />;
    case 'topics':
      return <TopicsScreen {...route} />;
    case 'explain':
      // The key resets the scroll position for each topic.
      return <ExplainScreen key={route.topic} {...route} />;
    case 'rebuild-all':
      return <RebuildAllScreen />;
    case 'override':
      return <OverrideScreen {...route} />;
    case 'down':
      return <DownScreen />;
    case 'leave':
      return <LeaveScreen />;
  }
}

function overlayFor(overlay: Overlay): ReactNode {
  return overlay.id === 'palette' ? <PaletteScreen /> : <HelpScreen topic={overlay.topic} />;
}

/** Size to assume for a pipe or a terminal that does not report one. */
const FALLBACK: Size = { columns: 80, rows: 24 };

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || FALLBACK.columns, rows: stdout.rows || FALLBACK.rows };
}

/** Clears the screen and moves the cursor to the first row; the scrollback stays. */
const CLEAR = `${String.fromCharCode(27)}[2J${String.fromCharCode(27)}[H`;

function useTerminalSize(stdout: NodeJS.WriteStream): Size {
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const onResize = () => {
      // The terminal has wrapped the old rows in another way; Ink cannot erase them.
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

/** The screen of the current route. */
export function CurrentScreen() {
  return screenFor(useAppState((state) => currentRoute(state.navigation)));
}

/** The screens with their global keys, without the terminal's size: tests set their own. */
export function Screens() {
  const route = useAppState((state) => currentRoute(state.navigation));
  const { t } = useTheme();
  const app = useApp();
  const { push, help, cover } = useNavigation();
  const overlay = useAppState((state) => state.overlay);
  const onQuit = () => {
    cover(undefined);
    const { work, network } = app.store.now();
    const needsConfirmation = isUnderWay(work) || network.nodes.length > 0;
    if (needsConfirmation && route.id !== 'leave') push({ id: 'leave' });
    else app.quit('keep');
  };
  const globals: Binding[] = [
    { keys: ['ctrl+c'], listed: t('key.interrupt'), act: app.interrupt },
    { keys: ['ctrl+z'], listed: t('key.suspend'), act: app.suspend },
    { keys: [':'], label: t('key.actions'), minor: true, act: () => cover({ id: 'palette' }) },
    { keys: ['?'], label: t('key.help'), act: () => help() },
    { keys: ['q'], label: t('key.quit'), act: onQuit },
  ];
  /** Any other key resets the Ctrl-C count and dismisses the message. */
  const onPress = ({ name }: Press) => {
    const { interrupted, notice, success } = app.store.now();
    if (name === 'ctrl+c' || (!interrupted && notice === undefined && success === undefined)) return;
    app.store.updateNow((state) => ({
      ...state,
      interrupted: false,
      notice: undefined,
      success: undefined,
    }));
  };
  const onUnavailable = (reason: string) => app.store.updateNow((state) => ({ ...state, notice: reason }));
  return (
    <InputRoot
      bindings={globals}
      onPress={onPress}
      onUnavailable={onUnavailable}
      isClosed={() => app.store.now().unmounting}
    >
      <Box flexDirection="column" display={overlay ? 'none' : 'flex'}>
        <CurrentScreen />
      </Box>
      {overlay && <OverlayKeys>{overlayFor(overlay)}</OverlayKeys>}
    </InputRoot>
  );
}

function App({ app, theme, stdout }: { app: AppActions; theme: Theme; stdout: NodeJS.WriteStream }) {
  const size = useTerminalSize(stdout);
  return (
    <AppContext value={app}>
      <ThemeContext value={theme}>
        <SizeContext value={size}>
          <Root />
        </SizeContext>
      </ThemeContext>
    </AppContext>
  );
}

/** Ends Ink after an empty last frame, so that later output starts on a clean screen. */
function Root() {
  const unmounting = useAppState((state) => state.unmounting);
  const { exit } = useInk();
  useEffect(() => {
    if (unmounting) exit();
  }, [unmounting, exit]);
  return unmounting ? null : <Screens />;
}

/** Draws the screens until `unmounting` is set or the signal fires. */
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
  // Ink keeps stdin referenced, which would keep the process alive.
  stdin.unref();
}
