/** Strings that mean something to shells, YAML, Dockerfiles, compose, Go's linker or tar, from a seeded generator. */

const PIECES = [
  ...[
    'a',
    'B',
    '7',
    '.',
    '-',
    '_',
    '/',
    ':',
    '@',
    ' ',
    '  ',
    '\t',
    '\\',
    '~',
    '^',
    '=',
    '+',
    ',',
    '%',
    'é',
    '链',
  ],
  ...[
    "'",
    '"',
    '`',
    '$',
    '$$',
    '$HOME',
    '\u0024{HOME}',
    '$(id)',
    '`id`',
    ';',
    '&&',
    '||',
    '|',
    '&',
    '>',
    '<',
    '*',
    '?',
    '!',
  ],
  ...[
    '#',
    '# ',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&x',
    '*x',
    '!!str',
    '---',
    '...',
    'null',
    'yes',
    '1.10',
    '0x1F',
    '1e3',
  ],
  ...['--', '-X', '--rm', '../', './', 'FROM ', 'LABEL ', '\\n', '%s', '{{.}}', '\u{1f980}'],
];
const LINE_BREAKS = ['\n', '\r\n', '\nRUN id\n', '\n- x: y\n', '\n--checkpoint-action=exec=id\n'];

/** A generator of numbers from 0 up to 1 that is the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns that many strings of one to eight pieces. The last quarter contains line breaks too. */
export function hostileStrings(count: number, seed = 20261129): readonly string[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const pieces = i < (3 * count) / 4 ? PIECES : [...PIECES, ...LINE_BREAKS, ...LINE_BREAKS];
    const length = 1 + Math.floor(next() * 8);
    return Array.from({ length }, () => pieces[Math.floor(next() * pieces.length)]).join('');
  });
}

/** Names that a file may have: one component, without a slash. */
export function hostileNames(count: number): readonly string[] {
  const names = hostileStrings(2 * count).map((text) => text.replaceAll('/', ''));
  return [...new Set(names)].filter((name) => name !== '' && name !== '.' && name !== '..').slice(0, count);
}
