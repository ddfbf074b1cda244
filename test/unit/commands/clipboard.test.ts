import { expect, it } from 'vitest';
import { clipboardSequence } from '../../../src/commands/clipboard.ts';

const PLAIN = `\u001b]52;c;${Buffer.from('a 链').toString('base64')}\u0007`;

it('the clipboard gets the text in base64, also through tmux and screen', () => {
  expect(clipboardSequence('a 链', {})).toBe(PLAIN);
  expect(clipboardSequence('a 链', { TMUX: '/tmp/x' })).toBe(`${PLAIN}\u001bPtmux;\u001b${PLAIN}\u001b\\`);
  expect(clipboardSequence('a 链', { STY: '1' })).toBe(`\u001bP${PLAIN}\u001b\\`);
});
