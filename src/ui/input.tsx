/** The one place that hears keys. A screen registers its table; the last one registered is asked first. */
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
  /** Where something is typed: takes every press that writes, before the bindings. */
  readonly onText?: (text: string) => void;
}

/** @returns what takes the listener away again */
type Register = (listener: () => Listener) => () => void;

const RegisterContext = createContext<Register>(() => () => undefined);
const GlobalKeysContext = createContext<readonly Binding[]>([]);

/** Keys that work on every screen. */
export function useGlobalKeys(): readonly Binding[] {
  return useContext(GlobalKeysContext);
}

/** What a field takes goes into it, whatever the key means elsewhere. */
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
  children,
}: {
  /** Work on every screen, where the screen itself does not take the key. */
  readonly bindings: readonly Binding[];
  /** Told of every key, before anybody does something about it. */
  readonly onPress?: (press: Press) => void;
  readonly children: ReactNode;
}) {
  const listeners = useRef<(() => Listener)[]>([]);
  const queue = useRef<Press[]>([]);
  const root = useRef({ bindings, onPress });
  root.current = { bindings, onPress };

  const register = useCallback<Register>((listener) => {
    listeners.current.push(listener);
    return () => {
      listeners.current = listeners.current.filter((each) => each !== listener);
    };
  }, []);

  const next = useCallback(() => {
    const listener = listeners.current.at(-1)?.();
    const first = queue.current[0];
    if (first && !listener?.onText) queue.current.splice(0, 1, ...singlePresses(first));
    const press = queue.current[0];
    if (!press) return;
    root.current.onPress?.(press);
    if (!listener || !handle(listener, press)) handle({ bindings: root.current.bindings }, press);
    // The next one meets what this one has made of the screen: React draws in between.
    setImmediate(() =>
      setImmediate(() => {
        queue.current.shift();
        next();
      }),
    );
  }, []);

  // Not `useInput`: of Ink 6.8 it dies of keys that it does not know (Ctrl-F1), and calls Backspace Delete.
  const { setRawMode, internal_eventEmitter: heard } = useStdin();
  useEffect(() => {
    const onInput = (input: string) => {
      const idle = queue.current.length === 0;
      queue.current.push(...pressesOf(input));
      if (idle) next();
    };
    setRawMode(true);
    heard.on('input', onInput);
    return () => {
      heard.off('input', onInput);
      setRawMode(false);
    };
  }, [heard, next, setRawMode]);
  return (
    <RegisterContext value={register}>
      <GlobalKeysContext value={bindings}>{children}</GlobalKeysContext>
    </RegisterContext>
  );
}

/** The keys of the screen that is shown, as long as it is shown. */
export function useKeys(listener: Listener): void {
  const register = useContext(RegisterContext);
  const latest = useRef(listener);
  latest.current = listener;
  useLayoutEffect(() => register(() => latest.current), [register]);
}
