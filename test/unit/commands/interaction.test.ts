import { describe, expect, it } from 'vitest';
import { getsScreens } from '../../../src/commands/interaction.ts';
import type { Terminal } from '../../../src/commands/terminal.ts';
import { columnsOf } from '../../../src/commands/terminal.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';

const BARE: Terminal = { ...plainTerminal('/', '/'), colour: true };
const XTERM = { TERM: 'xterm-256color' };

describe('getsScreens', () => {
  it('is true at a terminal, with or without colours', () => {
    expect(getsScreens(BARE, XTERM, true, 80)).toBe(true);
    expect(getsScreens(BARE, XTERM, false, 80)).toBe(false);
    expect(
      getsScreens({ ...BARE, colour: false, verbose: true }, { ...XTERM, NO_COLOR: '1' }, true, 80),
    ).toBe(true);
  });

  it.each(['json', 'plain', 'yes', 'dryRun'] as const)('is false with --%s', (flag) => {
    expect(getsScreens({ ...BARE, [flag]: true }, XTERM, true, 80)).toBe(false);
  });

  it.each([
    { TERM: 'dumb' },
    { ...XTERM, CI: 'true' },
    { ...XTERM, CI: '' },
    { ...XTERM, CONTINUOUS_INTEGRATION: '1' },
    { ...XTERM, INK_SCREEN_READER: 'true' },
    { ...XTERM, INK_SCREEN_READER: '1' },
  ])('is false with %j in the environment', (env) => expect(getsScreens(BARE, env, true, 80)).toBe(false));

  it.each([{ CI: 'false' }, { CI: '0' }, { INK_SCREEN_READER: '0' }, { INK_SCREEN_READER: '' }])(
    'is true with %j in the environment',
    (env) => expect(getsScreens(BARE, { ...XTERM, ...env }, true, 80)).toBe(true),
  );
});

it('a terminal without a size gets lines', () => {
  expect(getsScreens(BARE, XTERM, true, 0)).toBe(false);
  expect(columnsOf({ isTTY: true, columns: 0 })).toBeUndefined();
  expect(columnsOf({ isTTY: true, columns: 80 })).toBe(80);
  expect(columnsOf({ isTTY: false, columns: 80 })).toBeUndefined();
});
