/** The root of the screens: which one is shown, the keys that work everywhere, and the one place that ends them. */
import { render, useApp as useInk } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { Desk } from './screens/desk.ts';
import { type Place, shownPlace } from './screens/places.ts';
import { RunScreen } from './screens/run-screen.tsx';
import { DeskContext, useDesk, useShown } from './screens/use-app.ts';
import { type Face, FaceContext, type Size, SizeContext, useFace } from './ui/face.tsx';
import { InputRoot } from './ui/input.tsx';
import type { Binding } from './ui/keys.ts';

function screenAt(place: Place): ReactNode {
  switch (place.id) {
    case 'run':
      return <RunScreen />;
    default:
      return null;
  }
}

/** What a pipe, or a terminal that does not tell, is taken for. */
const FALLBACK: Size = { columns: 80, rows: 24 };

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || FALLBACK.columns, rows: stdout.rows || FALLBACK.rows };
}

function useTerminalSize(stdout: NodeJS.WriteStream): Size {
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const onResize = () => setSize(sizeOf(stdout));
    stdout.on('resize', onResize);
    return () => {
      stdout.off('resize', onResize);
    };
  }, [stdout]);
  return size;
}

/** Everything below the terminal's size: what tests draw at the sizes that they want. */
export function Screens() {
  const place = useShown((state) => shownPlace(state.way));
  const { say } = useFace();
  const desk = useDesk();
  const globals: Binding[] = [
    { keys: ['ctrl+c'], act: desk.interrupt },
    { keys: ['q'], label: say('key.quit'), act: desk.leave },
  ];
  return <InputRoot bindings={globals}>{screenAt(place)}</InputRoot>;
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

/** Draws the screens until the store says that they are left. */
export async function showScreens(desk: Desk, face: Face): Promise<void> {
  const { stdin, stdout } = process;
  const instance = render(<App desk={desk} face={face} stdout={stdout} />, {
    exitOnCtrlC: false,
    patchConsole: true,
    maxFps: 30,
  });
  await instance.waitUntilExit();
  // Ink leaves it open; it would keep the process alive.
  stdin.unref();
}
