/** What the README names is what there is. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { choiceOptions } from '../../src/pipeline/config/config-choices.ts';
import { EXIT } from '../../src/pipeline/core/failure.ts';

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
}

const readme = read('README.md');
const door = read('src/bin.ts');

/** Text between this heading and the next. */
function section(title: string): string {
  const found = readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`no section ${title}`);
  return found;
}

/** First cells of the section's tables, without backticks. */
function rows(title: string): string[] {
  return [...section(title).matchAll(/^\| (`[^|]*?) +\|/gm)].map(([, cell]) =>
    (cell ?? '').replaceAll('`', ''),
  );
}

describe('the README', () => {
  it('begins with the two commands', () => {
    expect(readme).toMatch(/^# fabric-wizard\n\n```sh\nnpm start -- up --yes\nnpm test\n```\n/);
  });

  it('has a row for every command and no other', () => {
    const commands = [...door.matchAll(/^ {2}add\(\s+'([a-z]+)[ ']/gm)].map(([, name]) => name);
    expect(commands).toContain('up');
    const named = rows('Commands').filter((cell) => !cell.startsWith('--'));
    expect(named.map((cell) => cell.split(' ')[0]).sort()).toEqual(commands.sort());
  });

  it('has a row for every choice and no other', () => {
    const choices = choiceOptions().map(({ flags }) => flags.map((flag) => flag.split(' ')[0]).join(', '));
    expect(rows('Choices')).toEqual(choices);
  });

  it('names every option of the commands', () => {
    const options = [...door.matchAll(/\.option\('(?:-\w, )?(--[a-z-]+)/g)].map(([, option]) => option ?? '');
    expect(options.length).toBeGreaterThan(10);
    // `--project` is one of the choices, given to commands that take no other.
    const named = `${section('Commands')}${section('Choices')}`;
    expect(options.filter((option) => !named.includes(`\`${option}`))).toEqual([]);
  });

  it('has a row for every exit code', () => {
    const codes = [...section('Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  it('names every problem of `resolve`', () => {
    const report = read('src/pipeline/resolve/resolve-report.ts');
    const codes = [...report.matchAll(/readonly code: (?:'([a-z-]+)'|`\$\{GoRole\}(-[a-z]+)`)/g)].flatMap(
      ([, whole, ending]) => whole ?? [`builder${ending}`, `runtime${ending}`],
    );
    expect(codes.length).toBeGreaterThan(15);
    const named = section('Will the peer find its images');
    expect(codes.filter((code) => !named.includes(`\`${code}\``))).toEqual([]);
  });

  it('has a row for every event', () => {
    const events = [...read('src/pipeline/core/events.ts').matchAll(/readonly type: '([a-z-]+)'/g)];
    expect(rows('JSON events').filter((cell) => cell !== 'type')).toEqual(events.map(([, type]) => type));
  });

  it('points to files that are there', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target ?? '');
    for (const target of targets) expect(() => read(target)).not.toThrow();
  });
});
