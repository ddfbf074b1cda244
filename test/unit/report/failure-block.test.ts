import { describe, expect, it } from 'vitest';
import type { StageFailure } from '../../../src/pipeline/core/failure.ts';
import { renderFailure } from '../../../src/report/failure-block.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });
const COMMAND =
  'fabric-wizard rebuild --yes --source /src/fabric --docker-ns acme --project fw --port-base 9000';
const failure: StageFailure = { kind: 'usage', message: 'No.', next: [COMMAND] };

describe('the next command of a failure', () => {
  it('is one line, which a terminal breaks without a line break', () => {
    expect(renderFailure(failure, { style, columns: 60 })).toContain(`    ${COMMAND}`);
  });

  it('is lines that a shell accepts on a screen, whose rows end with line breaks', () => {
    const lines = renderFailure(failure, { style, columns: 60, wrapsCommands: true });
    const shown = lines.slice(lines.indexOf('  Next:') + 1);
    expect(shown.length).toBeGreaterThan(1);
    for (const line of shown) expect(textWidth(line)).toBeLessThanOrEqual(60);
    const pasted = shown.join('\n').replace(/ \\\n\s*/g, ' ');
    expect(pasted.trim()).toBe(COMMAND);
  });

  it('names the folder of the screens once', () => {
    const here = createStyle({ colour: false, unicode: true, given: ['--dir /net'] });
    const next = ['fabric-wizard up --yes', 'fabric-wizard down --dir /net'];
    expect(renderFailure({ kind: 'usage', message: 'No.', next }, { style: here }).slice(-2)).toEqual([
      '    fabric-wizard up --yes --dir /net',
      '    fabric-wizard down --dir /net',
    ]);
  });

  it('is not changed on a screen if it fits', () => {
    const short: StageFailure = { kind: 'usage', message: 'No.', next: ["grep  -c 'a  b' x"] };
    expect(renderFailure(short, { style, columns: 60, wrapsCommands: true })).toContain(
      "    grep  -c 'a  b' x",
    );
  });
});
