import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../src/report/language/translator.ts';
import {
  foldToWidth,
  shownText,
  textWidth,
  wrapCommand,
  wrapToWidth,
} from '../../../src/report/terminal-text.ts';

const CHINESE = '编译在构建镜像（fabric-baseimage）里运行：主机不需要 Go，也不需要 /usr/local/go/bin/gofmt。';

describe('what a terminal gets', () => {
  const ESC = String.fromCharCode(27);
  const CSI = String.fromCharCode(0x9b);
  const BELL = String.fromCharCode(7);

  it.each([
    ['a title', `${ESC}]0;owned${BELL}`],
    ['the clipboard', `${ESC}]52;c;cm0gLXJm${ESC}\\`],
    ['a link', `${ESC}]8;;http://x${ESC}\\`],
    ['a cursor movement', `${ESC}[2J${ESC}[1;1H`],
    ['a question', `${ESC}[6n`],
    ['hidden text', `${ESC}[8m`],
    ['a sequence of one character', `${CSI}2J`.replace('2J', '')],
    ['the start of the line', '\r'],
    ['a bell', BELL],
  ])('has no code for %s', (_, code) => {
    expect(shownText(`one${code}two\n\tthree`)).toBe('onetwo\n\tthree');
  });

  it('has the colours of the program', () => {
    const text = `${ESC}[32mgood${ESC}[39m ${ESC}[1mstrong${ESC}[22m ${ESC}[7m ${ESC}[27m`;
    expect(shownText(text)).toBe(text);
    expect(shownText(`${text}${BELL}`)).toBe(text);
  });

  it('gets JSON without any control character', () => {
    const text = jsonText({ answer: `${ESC}[2J${CSI}2J` });
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual({ answer: `${ESC}[2J${CSI}2J` });
  });
});

describe('wrapping a text', () => {
  it('breaks at spaces, and leaves a longer word alone', () => {
    expect(wrapToWidth('one two /a/very/long/path three', 9, ' ')).toEqual([
      'one two',
      ' /a/very/long/path',
      ' three',
    ]);
    expect(wrapToWidth('', 9, '')).toEqual(['']);
  });

  it('do not break between a number and its unit', () => {
    expect(wrapToWidth('it ended 38 s ago', 11, '')).toEqual(['it ended', '38 s ago']);
    expect(wrapToWidth('took 3 min 38 s, 4 GB', 12, '')).toEqual(['took 3 min', '38 s, 4 GB']);
    expect(wrapToWidth('all 38 ships', 7, '')).toEqual(['all 38', 'ships']);
  });

  it.each([10, 16, 24, 40])('breaks between wide characters, at %i columns', (columns) => {
    const lines = wrapToWidth(CHINESE, columns, '');
    const long = (line: string) => /[\w/-]{8}/.test(line);
    for (const line of lines) {
      if (!long(line)) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/^[，。：）]|（$/u);
    }
    // Nothing is lost but the spaces at which a line was broken.
    expect(lines.join('').replaceAll(' ', '')).toBe(CHINESE.replaceAll(' ', ''));
  });

  it('counts two columns for a wide character', () => {
    expect(wrapToWidth('一二三四五', 6, '')).toEqual(['一二三', '四五']);
    expect(wrapToWidth('一二三，四', 6, '')).toEqual(['一二', '三，四']);
  });
});

describe('wrapping a command', () => {
  /** What a shell makes of the words behind the function's name, blanks in them as one. */
  function heard(lines: readonly string[]): string {
    const script = `says() { printf '<%s>' "$@"; }\n${lines.join('\n')}`;
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).replace(/\s+/g, ' ');
  }

  const COMMAND = `says run -e A=1 -w "$(echo /a b)" --filter name=x 'one word' -f "{{range .X}}{{.Y}} {{end}}" -ldflags "-X a=1 -X b=2 -extldflags '-static -lpthread' -X c=3 -X d=4" end`;

  it.each([12, 20, 40, 60, 80, 400])('is the same command at %i columns', (columns) => {
    const lines = wrapCommand(COMMAND, columns, '  ');
    expect(heard(lines)).toBe(heard([COMMAND]));
    if (columns === 400) expect(lines).toEqual([COMMAND]);
  });

  it('keeps an option with its value, and what is in quotes together where there is room', () => {
    expect(wrapCommand('docker logs --tail 20 c 2>&1 | grep "Beginning to serve"', 36, '  ')).toEqual([
      'docker logs --tail 20 c 2>&1 | \\',
      '  grep "Beginning to serve"',
    ]);
    expect(wrapCommand('docker run --rm -e A=1 -v /some/folder:/w image', 26, '  ')).toEqual([
      'docker run --rm -e A=1 \\',
      '  -v /some/folder:/w \\',
      '  image',
    ]);
  });
});

describe('folding a line', () => {
  it('breaks at a space near the end of a row', () => {
    expect(foldToWidth('fabric-ccenv:1.4 3d5d3132f3b5 (compiled by another peer)', 41)).toEqual([
      'fabric-ccenv:1.4 3d5d3132f3b5 (compiled ',
      'by another peer)',
    ]);
  });

  it('breaks within a long word, and loses no character', () => {
    const text = `docker tag ${'a'.repeat(30)} 中文字符中文字符`;
    const rows = foldToWidth(text, 20);
    expect(rows.join('')).toBe(text);
    expect(Math.max(...rows.map(textWidth))).toBeLessThanOrEqual(20);
    expect(rows[0]).toBe(`docker tag ${'a'.repeat(9)}`);
  });
});
