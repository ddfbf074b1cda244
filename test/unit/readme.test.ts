/** The documentation names what the code has: commands, options, events, exit codes, problems, links. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { choiceOptions } from '../../src/pipeline/config/config-choices.ts';
import { EXIT } from '../../src/pipeline/core/failure.ts';
import { COMMANDS, OPTIONS } from '../support/commands.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const readme = read('README.md');

/** Text from this heading to the next one of any level. */
function section(page: string, title: string): string {
  const found = read(page)
    .split(/^#+ /m)
    .find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`${page} has no section ${title}`);
  return found;
}

/** First cells of the tables in a section, without backticks. */
function rows(page: string, title: string): string[] {
  return [...section(page, title).matchAll(/^\| (`[^|]*?) +\|/gm)].map(([, cell]) =>
    (cell ?? '').replaceAll('`', ''),
  );
}

/** Strings that the pattern's first group finds in a file. At least one, or the pattern is out of date. */
function declared(path: string, pattern: RegExp): string[] {
  const found = [...read(path).matchAll(pattern)].map(([, text]) => text ?? '');
  if (found.length === 0) throw new Error(`${path}: no ${pattern.source}`);
  return [...new Set(found)];
}

const choiceFlags = choiceOptions().map(({ flags }) => flags.map((flag) => flag.split(' ')[0] ?? ''));

describe('README', () => {
  it('is short', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('shows a picture, the two commands, the commands for every day, what works, limits and links, in this order', () => {
    const parts = [
      /^# fabric-wizard\n\nfabric-wizard builds /,
      /!\[[^\]]+\]\(docs\/up\.svg\)/,
      /```sh\nnpm start -- up --yes\nnpm test\n```/,
      /```sh\nnpx fabric-wizard\n```/,
      /^## Five commands for every day$/m,
      /^## What works$/m,
      /^## Limits$/m,
      /^## Read on$/m,
    ];
    const places = parts.map((part) => readme.search(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('has five commands for every day', () => {
    expect(rows('README.md', 'Five commands for every day')).toHaveLength(5);
  });

  it('links to every page', () => {
    const unlinked = PAGES.filter((page) => page !== 'README.md' && !readme.includes(`](${page})`));
    expect(unlinked).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  const page = 'docs/configuration.md';

  it('has a row for every command and no other', () => {
    const named = rows(page, 'Commands').map((cell) => cell.split(' ')[0]);
    expect(named.sort()).toEqual([...COMMANDS].sort());
  });

  it('has a row for every choice and no other', () => {
    expect(rows(page, 'Choices')).toEqual(choiceFlags.map((flags) => flags.join(', ')));
  });

  it('names every option of the commands', () => {
    expect(OPTIONS.filter((option) => !read(page).includes(`\`${option}`))).toEqual([]);
  });
});

describe('docs/json.md', () => {
  const page = 'docs/json.md';

  it('has a row for every exit code and no other', () => {
    const codes = [...section(page, 'Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  it('has a row for every event', () => {
    const types = declared('src/pipeline/core/events.ts', /readonly type: '([a-z-]+)'/g);
    const named = rows(page, 'Events');
    expect(types.filter((type) => !named.includes(type))).toEqual([]);
  });

  it('has a row for every kind of failure and no other', () => {
    const kinds = ['failure', 'hook'].flatMap((name) =>
      declared(`src/pipeline/core/${name}.ts`, /readonly kind: '([a-z-]+)'/g),
    );
    const named = rows(page, '`failure`, `diagnosis`, `described`');
    const fields = ['field of diagnosis', 'symptom', 'proof', 'facts', 'warning', 'kind'];
    expect(named.filter((cell) => !fields.includes(cell)).sort()).toEqual(kinds.sort());
  });
});

describe('docs/resolve.md', () => {
  it('names every problem', () => {
    const report = read('src/pipeline/resolve/resolve-report.ts');
    const problems = report.slice(
      report.indexOf('export type Problem'),
      report.indexOf('export type Repair'),
    );
    const codes = [...problems.matchAll(/readonly kind: (?:'([a-z-]+)'|`\$\{GoRole\}(-[a-z]+)`)/g)].flatMap(
      ([, whole, ending]) => whole ?? [`builder${ending}`, `runtime${ending}`],
    );
    expect(codes.length).toBeGreaterThan(15);
    const named = section('docs/resolve.md', 'Problems');
    expect(codes.filter((code) => !named.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('has at most 40 words in its glossary', () => {
    const words = [...section('CONTRIBUTING.md', 'Glossary').matchAll(/^\| (?!word \||-)/gm)];
    expect(words.length).toBeGreaterThan(10);
    expect(words.length).toBeLessThanOrEqual(40);
  });

  it('has a line for every folder of the pipeline', () => {
    const drawn = section('CONTRIBUTING.md', 'Structure');
    const folders = readdirSync(join(ROOT, 'src/pipeline'));
    expect(folders.filter((folder) => !new RegExp(`^    ${folder} `, 'm').test(drawn))).toEqual([]);
  });
});

describe('all pages', () => {
  /** Anchor of a heading, as GitHub makes it. */
  function anchorOf(heading: string): string {
    return heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-');
  }

  it('link to files and headings that exist', () => {
    const broken = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
        if (/^https?:/.test(target)) return [];
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        try {
          const anchors = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
            anchorOf(heading),
          );
          return anchor === undefined || anchors.includes(anchor) ? [] : [`${page}: ${target}`];
        } catch {
          return [`${page}: ${target}`];
        }
      }),
    );
    expect(broken).toEqual([]);
  });

  /** Command lines of fabric-wizard in code blocks and code spans, without the program's name and the comment. */
  function commandLines(page: string): string[] {
    const text = read(page);
    const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'));
    const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
    return [...blocks, ...spans].flatMap((code) => /\bfabric-wizard ([^#)"]+)/.exec(code)?.[1]?.trim() ?? []);
  }

  it('use commands and options that exist', () => {
    const known = new Set([...OPTIONS, '--help']);
    const lines = PAGES.flatMap((page) => commandLines(page).map((line) => ({ page, line })));
    const isWrong = (line: string) => {
      const [first = '', ...words] = line.split(' ');
      const isCommand = first.startsWith('-') ? known.has(first) : COMMANDS.includes(first);
      return !isCommand || words.some((word) => word.startsWith('--') && !known.has(word));
    };
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter(({ line }) => isWrong(line))).toEqual([]);
  });

  it('use npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const used = PAGES.flatMap((page) =>
      [...read(page).matchAll(/npm (?:run ([\w-]+)|(start|test)\b)/g)].map(
        ([, run, plain]) => run ?? plain ?? '',
      ),
    );
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('name options that exist', () => {
    // CONTRIBUTING.md and docs/benchmarks.md also name options of npm's scripts.
    const ours = PAGES.filter((page) => !['CONTRIBUTING.md', 'docs/benchmarks.md'].includes(page));
    const known = new Set([...OPTIONS, '--help']);
    const named = ours.flatMap((page) =>
      [...read(page).matchAll(/`(--[a-z-]+)/g)].map(([, option = '']) => ({ page, option })),
    );
    expect(named.filter(({ option }) => !known.has(option))).toEqual([]);
  });
});
