/** Programs in the foreground: real processes, and the signals of the keyboard while they run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Foreground, pagersFor } from '../../../src/commands/foreground.ts';
import { eventually } from '../../support/live-run.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NEVER = new AbortController().signal;
const MISSING = { command: 'no-such-program-anywhere', args: [] };

describe('a program in the foreground', () => {
  it('owns Ctrl-C while it runs and shortly after', async () => {
    const foreground = new Foreground();
    expect(foreground.ownsInterrupt).toBe(false);
    const stop = new AbortController();
    const ended = foreground.run([{ command: 'sleep', args: ['60'] }], stop.signal);
    expect(foreground.ownsInterrupt).toBe(true);
    stop.abort();
    await ended;
    // npm forwards the same Ctrl-C a little later.
    expect(foreground.ownsInterrupt).toBe(true);
    await eventually('the end of the grace period', async () => !foreground.ownsInterrupt);
  });

  it('is the only reader of the terminal', async () => {
    process.stdin.resume();
    const stop = new AbortController();
    const ended = new Foreground().run([{ command: 'sleep', args: ['60'] }], stop.signal);
    expect(process.stdin.isPaused()).toBe(true);
    stop.abort();
    await ended;
  });

  it('may have seen a resize, so the size is read again afterwards', async () => {
    let resizes = 0;
    const onResize = () => {
      resizes += 1;
    };
    process.on('SIGWINCH', onResize);
    await new Foreground().run([{ command: 'true', args: [] }], NEVER);
    process.off('SIGWINCH', onResize);
    expect(resizes).toBe(1);
  });

  it('survives Ctrl-\\', async () => {
    const stop = new AbortController();
    const before = process.listenerCount('SIGQUIT');
    const ended = new Foreground().run([{ command: 'sleep', args: ['60'] }], stop.signal);
    expect(process.listenerCount('SIGQUIT')).toBe(before + 1);
    stop.abort();
    await ended;
    expect(process.listenerCount('SIGQUIT')).toBe(before);
  });

  it('is the first candidate that is installed', async () => {
    const file = join(await tempDir(), 'ran');
    const write = (text: string) => ({
      command: 'sh',
      args: ['-c', 'printf %s "$1" > "$2"', 'sh', text, file],
    });
    expect(await new Foreground().run([MISSING, write('first'), write('second')], NEVER)).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('first');
    expect(await new Foreground().run([MISSING], NEVER)).toBe(false);
  });
});

it('PAGER comes first, with its options', () => {
  const [first, ...others] = pagersFor('/a log', { PAGER: ' less  -S ' });
  expect(first).toEqual({ command: 'less', args: ['-S', '/a log'] });
  expect(others.map(({ command }) => command)).toEqual(['less', 'more']);
  expect(pagersFor('/log', {})).toEqual(
    others.map((each) => ({ ...each, args: [...each.args.slice(0, -1), '/log'] })),
  );
});
