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

describe('the log of a diagnosed failure', () => {
  const proof = { source: 'failure', name: '', line: './main.go:18:26: undefined: argz' } as const;
  const shown = (lines: readonly string[]) =>
    renderFailure(failure, {
      style,
      stage: {
        ...{ id: 'deploy', tail: { lines, bytes: 0, dropped: 0 } },
        diagnosis: { symptom: 'chaincode-does-not-compile', proof, facts: {} },
      },
    });

  it('is whole if it is short, with the line that proves the diagnosis', () => {
    const lines = shown(['# fabric-wizard/smoke', proof.line, 'exit status 1']);
    expect(lines.slice(1, 4)).toEqual(['# fabric-wizard/smoke', proof.line, 'exit status 1']);
    expect(lines[0]).toMatch(/3 of 3 lines/);
  });

  it('leaves out that line if it is long, and all if there is no other', () => {
    const others = Array.from({ length: 9 }, (_, index) => `line ${index}`);
    expect(shown([...others, proof.line]).slice(1, 9)).toEqual(others.slice(1));
    expect(shown([proof.line])[0]).toMatch(/^✗ deploy/);
  });
});
