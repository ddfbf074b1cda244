/** Keyboard input. Screens register their key tables; the table registered last gets each key first. */
import { useStdin } from 'ink';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { type Binding, bindingFor, type Press, pressesOf, singlePresses } from './keys.ts';

export interface Listener {
  readonly bindings: readonly Binding[];
  /** Receives every key that produces text, before the bindings. */
  readonly onText?: (text: string) => void;
}

/** @returns a function that removes the listener */
type Register = (listener: () => Listener) => () => void;

const RegisterContext = createContext<Register>(() => () => undefined);
const GlobalKeysContext = createContext<readonly Binding[]>([]);

/** What the palette needs: the keys of the screen below it, and a way to press one there. */
export interface KeyAccess {
  /** Key table of the screen that received the last key. */
  readonly lastTable: () => readonly Binding[];
  /** Handles a key after those that wait, as if the user had pressed it. */
  readonly send: (name: string) => void;
}

const KeyAccessContext = createContext<KeyAccess>({ lastTable: () => [], send: () => undefined });

export function useKeyAccess(): KeyAccess {
  return useContext(KeyAccessContext);
}

/** Bindings that work on every screen. */
export function useGlobalKeys(): readonly Binding[] {
  return useContext(GlobalKeysContext);
}

/** Text goes to `onText` if the listener has it, even if the key also has a binding. */
function handle(listener: Listener, press: Press): boolean {
  if (press.text !== '' && listener.onText) {
    listener.onText(press.text);
    return true;
  }
  const binding = bindingFor(listener.bindings, press);
  binding?.act(press);
  return binding !== undefined;
}

export function InputRoot({
  bindings,
  onPress,
  isClosed,
  children,
}: {
  /** Global bindings, for keys that the screen does not handle. */
  readonly bindings: readonly Binding[];
  /** Called for every key, before it is handled. */
  readonly onPress?: (press: Press) => void;
  /** True from the moment in which the screens are about to unmount: no further key is for them. */
  readonly isClosed?: () => boolean;
  readonly children: ReactNode;
}) {
  const listeners = useRef<(() => Listener)[]>([]);
  const queue = useRef<Press[]>([]);
  const table = useRef<readonly Binding[]>([]);
  const root = useRef({ bindings, onPress, isClosed });
  root.current = { bindings, onPress, isClosed };

  const register = useCallback<Register>((listener) => {
    listeners.current.push(listener);
    return () => {
      listeners.current = listeners.current.filter((each) => each !== listener);
    };
  }, []);

  const next = useCallback(() => {
    if (root.current.isClosed?.()) queue.current = [];
    const listener = listeners.current.at(-1)?.();
    const first = queue.current[0];
    if (first && !listener?.onText) queue.current.splice(0, 1, ...singlePresses(first));
    const press = queue.current[0];
    if (!press) return;
    root.current.onPress?.(press);
    table.current = listener?.bindings ?? [];
    if (!listener || !handle(listener, press)) handle({ bindings: root.current.bindings }, press);
    // The next key must see the screen as this one changed it, so React renders in between.
    setImmediate(() =>
      setImmediate(() => {
        queue.current.shift();
        next();
      }),
    );
  }, []);

  const access = useRef<KeyAccess>({
    lastTable: () => table.current,
    send: (name) => {
      queue.current.push({ name, text: '' });
    },
  });

  // Not `useInput`: Ink 6.8 throws on unknown keys (Ctrl-F1) and reports Backspace as Delete.
  const { setRawMode, internal_eventEmitter: stdinEvents } = useStdin();
  useEffect(() => {
    const onInput = (input: string) => {
      const idle = queue.current.length === 0;
      queue.current.push(...pressesOf(input));
      if (idle) next();
    };
    setRawMode(true);
    stdinEvents.on('input', onInput);
    return () => {
      stdinEvents.off('input', onInput);
      setRawMode(false);
    };
  }, [stdinEvents, next, setRawMode]);
  return (
    <RegisterContext value={register}>
      <KeyAccessContext value={access.current}>
        <GlobalKeysContext value={bindings}>{children}</GlobalKeysContext>
      </KeyAccessContext>
    </RegisterContext>
  );
}

/** Registers a screen's keys while it is mounted. */
export function useKeys(listener: Listener): void {
  const register = useContext(RegisterContext);
  const latest = useRef(listener);
  latest.current = listener;
  useLayoutEffect(() => register(() => latest.current), [register]);
}
