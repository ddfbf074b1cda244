import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../scripts/command-line.mjs';
import { parseArguments } from '../../../scripts/swarm/arguments.mjs';
import { doSteps, STEP_NAMES } from '../../../scripts/swarm/campaign.mjs';
import { markdownText, tableText } from '../../../scripts/swarm/report.mjs';

const ROWS = [
  {
    step: 'up',
    seconds: 20.4,
    figures: [{ what: 'up', seconds: 19.6 }],
    facts: ['machine1: cli'],
    problems: [],
  },
  { step: 'clean', seconds: 3, figures: [], facts: [], problems: ['machine2 has volume fw-swarm-x'] },
];

describe('npm run swarm', () => {
  it('takes the source of the command line, else that of the environment, else the practice source', () => {
    expect(parseArguments(['--source', '/fabric'], { FABRIC_SRC: '/other' }).source).toBe('/fabric');
    expect(parseArguments([], { FABRIC_SRC: '/other' }).source).toBe('/other');
    expect(parseArguments(['--source', 'sample'], { FABRIC_SRC: '/other' }).source).toBeUndefined();
    expect(parseArguments([], {}).source).toBeUndefined();
  });

  it('does the named steps, and refuses others', () => {
    expect(parseArguments([], {}).only).toEqual([]);
    expect(parseArguments(['--only', 'kill,clean', '--only', 'edit'], {}).only).toEqual([
      'kill',
      'clean',
      'edit',
    ]);
    expect(() => parseArguments(['--only', 'reboot'], {})).toThrow(UsageError);
    expect(() => parseArguments(['--only', 'reboot'], {})).toThrow(
      `unknown step reboot; the steps are ${STEP_NAMES.join(', ')}`,
    );
  });

  it('ends with the first step if nothing runs after it', async () => {
    const site = { machines: [], on: () => () => Promise.reject(new Error('no engine')), placement: {} };
    const rows = await doSteps(site, { only: [], log: () => undefined });
    expect(rows).toMatchObject([{ step: 'up', problems: [expect.any(String)] }]);
  });

  it('shows the verdict of each step with its figures, and what is wrong', () => {
    expect(tableText(ROWS)).toBe(
      [
        'step   verdict  seconds',
        'up     right       20 s',
        '    up: 20 s',
        '    machine1: cli',
        'clean  wrong      3.0 s',
        '    WRONG: machine2 has volume fw-swarm-x',
      ].join('\n'),
    );
    expect(markdownText(ROWS)).toContain('| `up` | right | up: 20 s | machine1: cli |\n');
    expect(markdownText(ROWS)).toContain('| `clean` | wrong |  | machine2 has volume fw-swarm-x |\n');
  });
});
