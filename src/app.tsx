/** The root of the screens: which one is shown, the keys that work everywhere, and the one place that ends them. */
import { render, useApp as useInk } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import { isUnderWay } from './screens/app-state.ts';
import { DashboardScreen } from './screens/dashboard-screen.tsx';
import type { Desk } from './screens/desk.ts';
import { ExplainScreen, TopicsScreen } from './screens/explain-screens.tsx';
import { LogsScreen } from './screens/logs-screen.tsx';
import { type Place, shownPlace } from './screens/places.ts';
import { DownScreen, LeaveScreen } from './screens/question-screens.tsx';
import { RunScreen } from './screens/run-screen.tsx';
import { ResolveScreen, TextScreen } from './screens/text-screen.tsx';
import { DeskContext, useDesk, useNavigation, useShown } from './screens/use-app.ts';
import { FormScreen } from './screens/wizard/form-screen.tsx';
import { ReviewScreen } from './screens/wizard/review-screen.tsx';
import { SourceScreen } from './screens/wizard/source-screen.tsx';
import { WelcomeScreen } from './screens/wizard/welcome-screen.tsx';
import { type Face, FaceContext, type Size, SizeContext, useFace } from './ui/face.tsx';
import { InputRoot } from './ui/input.tsx';
import type { Binding, Press } from './ui/keys.ts';
import { withoutResize } from './ui/terminal-stream.ts';

function screenAt(place: Place): ReactNode {
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
  return screenAt(useShown((state) => shownPlace(state.way)));
}

/** Everything below the terminal's size: what tests draw at the sizes that they want. */
export function Screens() {
  const place = useShown((state) => shownPlace(state.way));
  const { say } = useFace();
  const desk = useDesk();
  const { to } = useNavigation();
  const onQuit = () => {
    const { work, network } = desk.store.now();
    const asks = isUnderWay(work) || network.nodes.length > 0;
    if (asks && place.id !== 'leave') to({ id: 'leave' });
    else desk.leave('stays');
  };
  const globals: Binding[] = [
    { keys: ['ctrl+c'], act: desk.interrupt },
    { keys: ['?'], label: say('key.help'), act: () => desk.explain() },
    { keys: ['q'], label: say('key.quit'), act: onQuit },
  ];
  /** A second Ctrl-C means leaving only where it follows the first one; and what was said was read. */
  const onPress = ({ name }: Press) => {
    const { interrupted, notice } = desk.store.now();
    if (name === 'ctrl+c' || (!interrupted && notice === undefined)) return;
    desk.store.updateNow((state) => ({ ...state, interrupted: false, notice: undefined }));
  };
  return (
    <InputRoot bindings={globals} onPress={onPress}>
      <PlaceScreen />
    </InputRoot>
  );
}

function App({ desk, face, stdout }: { desk: Desk; face: Face; stdout: NodeJS.WriteStream }) {
  const size = useTerminalSize(stdout);
  return (
    <DeskContext value={desk}>
      <FaceContext value={face}>
        <SizeContext value={size}>
          <Drawn />
        </SizeContext>
      </FaceContext>
    </DeskContext>
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
export async function showScreens(desk: Desk, face: Face, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const instance = render(<App desk={desk} face={face} stdout={stdout} />, {
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
