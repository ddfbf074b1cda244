/** Wraps standard output for Ink. */

/**
 * The same stream without `resize` events. Ink would redraw the old layout at the new width; lines wrap, and Ink
 * then erases the wrong number of rows. The app handles `resize` itself and redraws on a cleared terminal.
 */
export function withoutResize(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'on')
        return (event: string, listener: (...args: unknown[]) => void) =>
          event === 'resize' ? target : target.on(event, listener);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
