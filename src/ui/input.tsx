/** Keyboard input. Screens register their key tables; the table registered last gets each key first, overlays before screens. */
import { useStdin } from 'ink';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type Binding, bindingFor, type Press, pressesOf, singlePresses } from './keys.ts';

export interface Listener {
  readonly bindings: readonly Binding[];
  /** Receives every key that produces text, before the bindings. */
  readonly onText?: (text: string) => void;
}

type Layer = 'screen' | 'overlay';

/** @returns a function that removes the listener */
type Register = (listener: () => Listener, layer: Layer) => () => void;

const RegisterContext = createContext<Register>(() => () => undefined);
const LayerContext = createContext<Layer>('screen');
const GlobalKeysContext = createContext<readonly Binding[]>([]);

const NO_KEYS: Listener = { bindings: [] };

/** What an overlay needs: the keys of the screen behind it, and a way to press one there. */
export interface KeyAccess {
  /** The screen behind the overlay. */
  readonly screen: () => Listener;
  /** Handles a key after those that wait, as if the user had pressed it. */
  readonly send: (name: string) => void;
}

const KeyAccessContext = createContext<KeyAccess>({ screen: () => NO_KEYS, send: () => undefined });

export function useKeyAccess(): KeyAccess {
  return useContext(KeyAccessContext);
}

/** Bindings that work on every screen. */
export function useGlobalKeys(): readonly Binding[] {
  return useContext(GlobalKeysContext);
}

/** Its children get every key, while the screen behind them stays mounted. */
export function Overlay({ children }: { readonly children: ReactNode }) {
  return <LayerContext value="overlay">{children}</LayerContext>;
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

/** Why none of the key's bindings is enabled, if that is known. Keys that move say nothing at the end of their way. */
function reasonOf(bindings: readonly Binding[], { name, text }: Press): string | undefined {
  if (text === '') return undefined;
  return bindings.find(({ keys, unavailable }) => unavailable !== undefined && keys.includes(name))
    ?.unavailable;
}

interface InputRootProps {
  /** Global bindings, for keys that the screen does not handle. */
  readonly bindings: readonly Binding[];
  /** Called for every key, before it is handled. */
  readonly onPress?: (press: Press) => void;
  /** Called for a key of the screen that does nothing now, with the reason. */
  readonly onUnavailable?: (reason: string) => void;
  /** True from the moment in which the screens are about to unmount: no further key is for them. */
  readonly isClosed?: () => boolean;
  readonly children: ReactNode;
}

export function InputRoot({ bindings, onPress, onUnavailable, isClosed, children }: InputRootProps) {
  const layers = useRef<Record<Layer, readonly (() => Listener)[]>>({ screen: [], overlay: [] });
  const queue = useRef<Press[]>([]);
  const root = useRef({ bindings, onPress, onUnavailable, isClosed });
  root.current = { bindings, onPress, onUnavailable, isClosed };

  const [access, setAccess] = useState<KeyAccess>(() => ({
    screen: () => layers.current.screen.at(-1)?.() ?? NO_KEYS,
    send: (name) => {
      queue.current.push({ name, text: '' });
    },
  }));

  const register = useCallback<Register>((listener, layer) => {
    layers.current[layer] = [...layers.current[layer], listener];
    // An overlay must be drawn again when another screen is behind it.
    if (layer === 'screen' && layers.current.overlay.length > 0) setAccess((before) => ({ ...before }));
    return () => {
      layers.current[layer] = layers.current[layer].filter((each) => each !== listener);
    };
  }, []);

  const next = useCallback(() => {
    if (root.current.isClosed?.()) queue.current = [];
    const { screen, overlay } = layers.current;
    const listener = (overlay.at(-1) ?? screen.at(-1))?.();
    const first = queue.current[0];
    if (first && !listener?.onText) queue.current.splice(0, 1, ...singlePresses(first));
    const press = queue.current[0];
    if (!press) return;
    root.current.onPress?.(press);
    const isHandled =
      (listener && handle(listener, press)) || handle({ bindings: root.current.bindings }, press);
    const reason = isHandled ? undefined : reasonOf(listener?.bindings ?? [], press);
    if (reason !== undefined) root.current.onUnavailable?.(reason);
    // The next key must see the screen as this one changed it, so React renders in between.
    setImmediate(() =>
      setImmediate(() => {
        queue.current.shift();
        next();
      }),
    );
  }, []);

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
      <KeyAccessContext value={access}>
        <GlobalKeysContext value={bindings}>{children}</GlobalKeysContext>
      </KeyAccessContext>
    </RegisterContext>
  );
}

/** Registers a screen's keys while it is mounted. */
export function useKeys(listener: Listener): void {
  const register = useContext(RegisterContext);
  const layer = useContext(LayerContext);
  const latest = useRef(listener);
  latest.current = listener;
  useLayoutEffect(() => register(() => latest.current, layer), [register, layer]);
}
