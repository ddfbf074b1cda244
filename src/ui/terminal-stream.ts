/** Standard output as Ink gets it. */

/**
 * The same stream, which never tells of a new size. Ink would redraw at once, in the new width, what was laid out
 * for the old one: lines break, and it can't erase what it can't count. The screens hear of the size by
 * themselves, and draw anew on a cleared terminal.
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
