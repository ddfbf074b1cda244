/** The rules of the house (CONTRIBUTING.md), read off the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  /** `pipeline/plan.ts` for our own files, else as written: `node:fs`, `zod`. */
  readonly from: string;
  readonly ours: boolean;
  /** Gone at run time. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\b(?:await |typeof )?import\('([^']+)'\)/gm;

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, fixed, dynamic]) => {
    const written = fixed ?? dynamic ?? '';
    const ours = written.startsWith('.');
    return {
      from: ours ? normalize(join(dirname(path), written)) : written,
      ours,
      typeOnly: type !== undefined,
      dynamic: dynamic !== undefined,
    };
  });
}

const sources: readonly Source[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, 'src', path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });
const byPath = new Map(sources.map((source) => [source.path, source]));

/** A module of the pipeline by its name: `plan` -> `pipeline/run/plan.ts`. */
function pathOf(module: string): string {
  const found = sources.find(({ path }) => path.startsWith('pipeline/') && basename(path, '.ts') === module);
  if (!found) throw new Error(`no module ${module}`);
  return found.path;
}

function under(folder: string): readonly Source[] {
  return sources.filter(({ path }) => path.startsWith(`${folder}/`));
}

/** `file -> what it imports against the rule`, so that a failure names the culprit. */
function offences(of: readonly Source[], allowed: (what: Import) => boolean): string[] {
  return of.flatMap(({ path, imports }) =>
    imports.filter((what) => !allowed(what)).map(({ from }) => `${path} -> ${from}`),
  );
}

/** Everything that is loaded along with a file, libraries included. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const { from, ours, typeOnly, dynamic } of byPath.get(path)?.imports ?? []) {
    if (typeOnly || dynamic || seen.has(from)) continue;
    seen.add(from);
    if (ours) loadedWith(from, seen);
  }
  return seen;
}

function linesWith(pattern: RegExp, of: readonly Source[]): string[] {
  return of.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe('who may import what', () => {
  it('reads the imports that there are', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(offences(sources, ({ from, ours }) => !ours || byPath.has(from))).toEqual([]);
    expect(loadedWith('commands/run.ts')).toContain('dockerode');
  });

  it('language is the ground floor: it imports only itself', () => {
    expect(offences(under('language'), ({ from }) => from.startsWith('language/'))).toEqual([]);
  });

  it('pipeline knows node, its libraries, itself and the types of the phrases', () => {
    const libraries = ['docker-compose', 'dockerode', 'execa', 'p-queue', 'tar-stream', 'yaml', 'zod'];
    const allowed = ({ from, ours, typeOnly }: Import) =>
      ours
        ? from.startsWith('pipeline/') || (typeOnly && from.startsWith('language/'))
        : from.startsWith('node:') || libraries.includes(from);
    expect(offences(under('pipeline'), allowed)).toEqual([]);
  });

  it('folders of the pipeline import only themselves and folders below, as CONTRIBUTING.md draws them', () => {
    const drawing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n## ')[2] ?? '';
    const topDown = [...drawing.matchAll(/^ {4}([a-z]+) +\S/gm)].map(([, folder]) => folder ?? '');
    const folderOf = (path: string) => /^pipeline\/([a-z]+)\//.exec(path)?.[1] ?? '';
    const heightOf = (path: string) => topDown.length - topDown.indexOf(folderOf(path));
    expect([...topDown].sort()).toEqual(
      [...new Set(under('pipeline').map(({ path }) => folderOf(path)))].sort(),
    );
    const upward = under('pipeline').flatMap((source) =>
      offences(
        [source],
        ({ from }) => !from.startsWith('pipeline/') || heightOf(from) <= heightOf(source.path),
      ),
    );
    expect(upward).toEqual([]);
  });

  it('report knows events, run state and failures, and no library', () => {
    const known = [
      'config-choices',
      'events',
      'failure',
      'failure-help',
      'line-tail',
      'phrase',
      'resolve-report',
      'run-state',
      'short-id',
      'unreachable',
    ];
    // Topics of stages stand in their definitions.
    const ofTopics = ['context/stage-definition', 'stages/stage-list'].map((name) => `pipeline/${name}.ts`);
    const allowed = ({ from, ours }: Import) =>
      ours &&
      (/^(report|language)\//.test(from) || known.includes(basename(from, '.ts')) || ofTopics.includes(from));
    expect(offences(under('report'), allowed)).toEqual([]);
  });

  it('ui knows ink, react and the report: what is drawn, and nothing of Fabric', () => {
    const allowed = ({ from, ours }: Import) =>
      ours ? /^(ui|report)\//.test(from) : ['ink', 'react'].includes(from);
    expect(offences(under('ui'), allowed)).toEqual([]);
  });

  it('screens ask the app, and never a port', () => {
    const allowed = ({ from, ours, typeOnly }: Import) =>
      ours ? typeOnly || !/^commands\//.test(from) : ['ink', 'react'].includes(from);
    const screens = [...under('screens'), ...sources.filter(({ path }) => path === 'app.tsx')];
    expect(offences(screens, allowed)).toEqual([]);
    const libraries = new Set(screens.flatMap(({ path }) => [...loadedWith(path)]));
    for (const touching of ['dockerode', 'docker-compose', 'execa', 'node:fs', 'node:fs/promises'])
      expect(libraries).not.toContain(touching);
  });

  it('who gets no screens does not load them', () => {
    for (const theme of ['bin.ts', 'commands/run.ts', 'commands/screens.ts'])
      for (const heavy of ['ink', 'react', 'react/jsx-runtime', 'app.tsx'])
        expect(loadedWith(theme)).not.toContain(heavy);
  });

  it('the first frame waits for nothing that works', () => {
    for (const drawing of [
      'app.tsx',
      'commands/app-controller.ts',
      'commands/wizard-controller.ts',
      'commands/screens.ts',
    ])
      for (const heavy of ['dockerode', 'zod', 'yaml', 'tar-stream', 'report/language/catalogue.ts'])
        expect(loadedWith(drawing)).not.toContain(heavy);
  });

  it('nobody but the door knows the commands', () => {
    const others = sources.filter(({ path }) => path !== 'bin.ts' && !path.startsWith('commands/'));
    expect(offences(others, ({ from }) => !from.startsWith('commands/'))).toEqual([]);
  });

  it('the door opens without what only commands need', () => {
    const loaded = loadedWith('bin.ts');
    for (const heavy of ['docker-compose', 'dockerode', 'execa', 'p-queue', 'tar-stream', 'yaml', 'zod'])
      expect(loaded).not.toContain(heavy);
  });

  it('a run begins without what only a few of its stages need', () => {
    const loaded = loadedWith('commands/run.ts');
    for (const heavy of ['docker-compose', 'execa']) expect(loaded).not.toContain(heavy);
  });

  it('zod comes by parts: esbuild drops what nobody calls, but not of `{ z }`', () => {
    expect(linesWith(/import \{.*\} from 'zod'/, sources)).toEqual([]);
  });

  it('decisions need no engine, no file and no process', () => {
    const touching = /^(node:(child_process|fs|net|http).*|docker-compose|dockerode|execa)$/;
    const checks = ['engine-checks', 'plan-checks', 'machine-checks', 'other-networks'];
    const decisions = [
      'plan',
      'run-state',
      'resolution',
      'peer-problems',
      'ldflags',
      'answers',
      'command-line',
      'failure-help',
      'diagnose',
      ...checks,
    ];
    for (const pure of decisions)
      expect([...loadedWith(pathOf(pure))].filter((from) => touching.test(from))).toEqual([]);
  });

  it('runs in no circle', () => {
    const circles = sources.filter(({ path }) => loadedWith(path).has(path)).map(({ path }) => path);
    expect(circles).toEqual([]);
  });
});

describe('what a file may be', () => {
  it('has a name in kebab-case that says what is in it', () => {
    const names = sources.map(({ path }) => basename(path));
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(index|utils?|helpers?|common|misc)\./.test(name))).toEqual([]);
  });

  it('can be read in one sitting', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 450);
    expect(long).toEqual([]);
  });

  it('exports names, and none of another file', () => {
    expect(linesWith(/\bexport default\b/, sources)).toEqual([]);
    expect(linesWith(/^export (type )?(\*|\{[^}]*\} from)/, sources)).toEqual([]);
  });
});

describe('what stands in one place only', () => {
  it('versions of Fabric are in pipeline/fabric', () => {
    const elsewhere = sources.filter(
      ({ path }) => !path.startsWith('pipeline/fabric/') && !/^(report\/)?language\//.test(path),
    );
    const code = (lines: readonly string[]) => lines.filter((line) => !/: (\*|\/\/|\/\*)/.test(line));
    // A whole version, or a tag; Fabric's minor versions are below 10, Go's are not.
    expect(code(linesWith(/['"`]v?[123]\.\d\.\d+['"`]|\bv[123]\.\d\.\d+/, elsewhere))).toEqual([]);
    // Compose has versions too.
    const compared = linesWith(/(startsWith\(|===? ?)['"`]v?[123]\./, elsewhere);
    expect(compared.filter((line) => !line.includes('compose.version'))).toEqual([]);
  });

  it('the terminal is known to the commands and the report', () => {
    expect(linesWith(/\bconsole\./, sources)).toEqual([]);
    expect(linesWith(/isTTY|process\.(stdout|stderr|stdin)|NO_COLOR/, under('pipeline'))).toEqual([]);
    expect(linesWith(/\\u001b\[|\\x1b\[|\\e\[/i, under('pipeline'))).toEqual([]);
  });

  it('the package leaves only through the door', () => {
    expect(linesWith(/process\.exit\(/, [...under('pipeline'), ...under('report')])).toEqual([]);
  });
});

describe('what is committed', () => {
  it('names no registry host in the lock file', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(
      /"resolved"|https?:\/\/registry/,
    );
  });
});
