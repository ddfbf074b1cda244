import { describe, expect, it } from 'vitest';
import { getsScreens } from '../../../src/commands/screens.ts';
import type { Terminal } from '../../../src/commands/terminal.ts';

const BARE: Terminal = {
  json: false,
  plain: false,
  yes: false,
  dryRun: false,
  verbose: false,
  colour: true,
  language: 'en',
  dir: '/',
  packageDir: '/',
};
const XTERM = { TERM: 'xterm-256color' };

describe('getsScreens', () => {
  it('is true at a terminal, with or without colours', () => {
    expect(getsScreens(BARE, XTERM, true)).toBe(true);
    expect(getsScreens(BARE, XTERM, false)).toBe(false);
    expect(getsScreens({ ...BARE, colour: false, verbose: true }, { ...XTERM, NO_COLOR: '1' }, true)).toBe(
      true,
    );
  });

  it.each(['json', 'plain', 'yes', 'dryRun'] as const)('is false with --%s', (flag) => {
    expect(getsScreens({ ...BARE, [flag]: true }, XTERM, true)).toBe(false);
  });

  it.each([
    { TERM: 'dumb' },
    { ...XTERM, CI: 'true' },
    { ...XTERM, CI: '' },
    { ...XTERM, CONTINUOUS_INTEGRATION: '1' },
    { ...XTERM, INK_SCREEN_READER: 'true' },
    { ...XTERM, INK_SCREEN_READER: '1' },
  ])('is false with %j in the environment', (env) => expect(getsScreens(BARE, env, true)).toBe(false));

  it.each([{ CI: 'false' }, { CI: '0' }, { INK_SCREEN_READER: '0' }, { INK_SCREEN_READER: '' }])(
    'is true with %j in the environment',
    (env) => expect(getsScreens(BARE, { ...XTERM, ...env }, true)).toBe(true),
  );
});
