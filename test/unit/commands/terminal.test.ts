/** What is printed for people and for programs. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeData, writeToStderr, writeToStdout } from '../../../src/commands/terminal.ts';

const ESC = String.fromCharCode(27);
const HOSTILE = `value${ESC}]0;owned${String.fromCharCode(7)}${ESC}[31m`;

const isTty = process.stdout.isTTY;

afterEach(() => {
  process.stdout.isTTY = isTty;
  vi.restoreAllMocks();
});

function written(stream: 'stdout' | 'stderr', act: () => void): string {
  const write = vi.spyOn(process[stream], 'write').mockReturnValue(true);
  act();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

describe('data of the network', () => {
  it('has no control codes on a terminal', () => {
    process.stdout.isTTY = true;
    expect(written('stdout', () => writeData(`${HOSTILE}\nsecond\n`))).toBe('value\nsecond\n');
  });

  it('stays as it is for a file or a program', () => {
    process.stdout.isTTY = false;
    expect(written('stdout', () => writeData(`${HOSTILE}\n`))).toBe(`${HOSTILE}\n`);
  });
});

describe('reports', () => {
  it('have no control codes but colours', () => {
    expect(written('stdout', () => writeToStdout(`${HOSTILE}\n`))).toBe(`value${ESC}[31m\n`);
    expect(written('stderr', () => writeToStderr(HOSTILE))).toBe(`value${ESC}[31m\n`);
  });
});
