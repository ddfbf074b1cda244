/** Text about the machines of a network. */
import { expect, it } from 'vitest';
import type { MachineTrouble } from '../../../src/pipeline/core/machine-trouble.ts';
import { machineJson, renderMachines } from '../../../src/report/machines-text.ts';
import { formatSince } from '../../../src/report/quantities.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';

const AT = new Date(2026, 10, 29, 6, 51, 2).getTime();
const TROUBLES: readonly MachineTrouble[] = [
  { machine: 'b1', state: 'unreachable', since: AT },
  { machine: 'b2', state: 'unreachable' },
  { machine: 'b3', state: 'drain' },
  { machine: 'b4', state: 'pause' },
  { machine: 'b5', state: 'down', since: AT },
];

it.each(['en', 'zh'] as const)('names machines and commands and fits its columns in %s', (language) => {
  const style = createStyle({ colour: false, unicode: true, language });
  const text = renderMachines(TROUBLES, style).join('\n');
  expect(text).toMatch(/✗ b1[^\n]*06:51:02[^\n]*\n✗ b2/);
  expect(text).toMatch(/! b3[^\n]*\n {4}docker node update --availability active b3\n! b4/);
  expect(text).toMatch(/✗ [^\n]*b5[^\n]*\n {4}docker node ls$/);
  const brief = renderMachines(TROUBLES, style, 38, true);
  expect(brief).toHaveLength(TROUBLES.length);
  for (const line of brief) expect(textWidth(line)).toBeLessThanOrEqual(38);
});

it('has the date of another day', () => {
  expect(formatSince(AT, AT + 60_000)).toBe('06:51:02');
  expect(formatSince(AT, AT + 86_400_000)).toBe('2026-11-29 06:51:02');
});

it('has the time as ISO 8601 in JSON', () => {
  expect(machineJson({ machine: 'b', state: 'unreachable', since: 0 })).toEqual({
    machine: 'b',
    state: 'unreachable',
    since: '1970-01-01T00:00:00.000Z',
  });
  expect(machineJson({ machine: 'b', state: 'drain' })).toEqual({ machine: 'b', state: 'drain' });
});
