/** The rules for the source tree (see CONTRIBUTING.md), checked against its imports and texts. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  /** `pipeline/plan.ts` for our own files, else as written: `node:fs`, `zod`. */
  readonly from: string;
  readonly ours: boolean;
  /** Erased at run time. */
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

/** Path of a module of the pipeline: `make-plan` -> `pipeline/plan/make-plan.ts`. */
function pathOf(module: string): string {
  const found = sources.find(({ path }) => path.startsWith('pipeline/') && basename(path, '.ts') === module);
  if (!found) throw new Error(`no module ${module}`);
  return found.path;
}

function under(folder: string): readonly Source[] {
  return sources.filter(({ path }) => path.startsWith(`${folder}/`));
}

/** Imports that break a rule, as `file -> import`. */
function offences(of: readonly Source[], allowed: (what: Import) => boolean): string[] {
  return of.flatMap(({ path, imports }) =>
    imports.filter((what) => !allowed(what)).map(({ from }) => `${path} -> ${from}`),
  );
}

/** Everything that a file loads, including libraries. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const { from, ours, typeOnly, dynamic } of byPath.get(path)?.imports ?? []) {
    if (typeOnly || dynamic || seen.has(from)) continue;
    seen.add(from);
    if (ours) loadedWith(from, seen);
  }
  return seen;
}

/** Every file that a file imports directly or indirectly, including type imports and dynamic imports. */
function reachableFrom(path: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const pending = [path];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { from, ours } of byPath.get(next)?.imports ?? []) {
      if (!ours || seen.has(from)) continue;
      seen.add(from);
      pending.push(from);
    }
  }
  return seen;
}

/** The longest functions of a file, as `path:line name (lines)`. */
function functionsOver(limit: number, { path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (offset: number) => file.getLineAndCharacterOfPosition(offset).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node)) {
      const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
      if (lines > limit) found.push(`${path}:${lineOf(node.getStart())} (${lines} lines)`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Folders of src/pipeline, from the one that everything needs to the one that runs a plan. */
const FLOORS = [
  'core',
  'engine',
  'host',
  'fabric',
  'config',
  'journal',
  'images',
  'tests',
  'network',
  'context',
  'resolve',
  'diagnosis',
  'project',
  'chaincode',
  'stages',
  'plan',
  'doctor',
  'run',
];

function linesWith(pattern: RegExp, of: readonly Source[]): string[] {
  return of.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe('imports', () => {
  it('are found by this test', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(offences(sources, ({ from, ours }) => !ours || byPath.has(from))).toEqual([]);
    expect(loadedWith('commands/run.ts')).toContain('dockerode');
  });

  it('src/language imports only itself', () => {
    expect(offences(under('language'), ({ from }) => from.startsWith('language/'))).toEqual([]);
  });

  it('src/pipeline imports Node, its libraries, itself and the types of phrases', () => {
    const libraries = ['docker-compose', 'dockerode', 'execa', 'p-queue', 'tar-stream', 'yaml', 'zod/mini'];
    const allowed = ({ from, ours, typeOnly }: Import) =>
      ours
        ? from.startsWith('pipeline/') || (typeOnly && from.startsWith('language/'))
        : from.startsWith('node:') || libraries.includes(from);
    expect(offences(under('pipeline'), allowed)).toEqual([]);
  });

  it('src/report imports data types of the pipeline and no library', () => {
    const known = [
      'config-choices',
      'connection',
      'deploy-plan',
      'diagnosis-types',
      'doctor-report',
      'engine-origin',
      'events',
      'failure',
      'failure-help',
      'block-summary',
      'copy-state',
      'line-tail',
      'machine-trouble',
      'node-facts',
      'phrase',
      'removal-item',
      'resolve-report',
      'run-outlook',
      'run-state',
      'short-id',
      'held-ports',
      'hook',
      'other-engine',
      'topology',
      'unreachable',
    ];
    // The stage definitions contain the topics.
    const ofTopics = ['context/stage-definition', 'stages/stage-list'].map((name) => `pipeline/${name}.ts`);
    const allowed = ({ from, ours }: Import) =>
      ours &&
      (/^(report|language)\//.test(from) || known.includes(basename(from, '.ts')) || ofTopics.includes(from));
    expect(offences(under('report'), allowed)).toEqual([]);
  });

  it('src/ui imports ink, react and the report, and nothing of Fabric', () => {
    const allowed = ({ from, ours }: Import) =>
      ours ? /^(ui|report)\//.test(from) : ['ink', 'react'].includes(from);
    expect(offences(under('ui'), allowed)).toEqual([]);
  });

  it('src/screens imports no command and loads nothing that accesses the engine or files', () => {
    const allowed = ({ from, ours, typeOnly }: Import) =>
      ours ? typeOnly || !/^commands\//.test(from) : ['ink', 'react'].includes(from);
    const screens = [...under('screens'), ...sources.filter(({ path }) => path === 'app.tsx')];
    expect(offences(screens, allowed)).toEqual([]);
    const libraries = new Set(screens.flatMap(({ path }) => [...loadedWith(path)]));
    for (const touching of ['dockerode', 'docker-compose', 'execa', 'node:fs', 'node:fs/promises'])
      expect(libraries).not.toContain(touching);
  });

  it('commands without screens do not load ink', () => {
    for (const entry of ['bin.ts', 'commands/main.ts', 'commands/run.ts', 'commands/screens.ts'])
      for (const heavy of ['ink', 'react', 'react/jsx-runtime', 'app.tsx'])
        expect(loadedWith(entry)).not.toContain(heavy);
  });

  it('the first frame loads no module that does the work', () => {
    for (const drawing of [
      'app.tsx',
      'commands/app-controller.ts',
      'commands/wizard-controller.ts',
      'commands/screens.ts',
    ])
      for (const heavy of ['dockerode', 'zod', 'yaml', 'tar-stream', 'report/language/catalogue.ts'])
        expect(loadedWith(drawing)).not.toContain(heavy);
  });

  it('the first lines need neither the texts of failures nor what knows engines', () => {
    const loaded = ['main', 'guarded', 'terminal', 'machines-of', 'interaction'].flatMap((name) => [
      ...loadedWith(`commands/${name}.ts`),
    ]);
    for (const heavy of ['zod/mini', 'report/failure-text.ts', 'report/result-text.ts'])
      expect(loaded).not.toContain(heavy);
  });

  it('only bin.ts imports commands', () => {
    const others = sources.filter(({ path }) => path !== 'bin.ts' && !path.startsWith('commands/'));
    expect(offences(others, ({ from }) => !from.startsWith('commands/'))).toEqual([]);
  });

  it('loader.ts and bin.ts load nothing that the first lines do not need', () => {
    const loaded = ['loader.ts', 'bin.ts'].flatMap((entry) => [...loadedWith(entry)]);
    const own = loaded.filter((each) => !each.startsWith('node:'));
    expect(own.sort()).toEqual(['commands/early-signals.ts', 'compiled-code.ts', 'part-file.ts']);
  });

  it('main.ts loads no library that only a command needs', () => {
    const loaded = loadedWith('commands/main.ts');
    for (const heavy of ['docker-compose', 'dockerode', 'execa', 'p-queue', 'tar-stream', 'yaml', 'zod/mini'])
      expect(loaded).not.toContain(heavy);
    // Texts of the product: --help and --version need none.
    expect(loaded).not.toContain('report/language/en/labels.ts');
  });

  it('a run does not load libraries that only some stages need', () => {
    const loaded = loadedWith('commands/run.ts');
    for (const heavy of ['docker-compose', 'execa']) expect(loaded).not.toContain(heavy);
  });

  it('a deployment with nothing changed does not load the YAML parser or what builds images', () => {
    const loaded = [...loadedWith('commands/chaincode-deploy.ts')];
    for (const heavy of ['yaml', 'tar-stream', 'pipeline/images/image-recipe.ts'])
      expect(loaded).not.toContain(heavy);
  });

  it('zod is imported in its small form and as a namespace, which takes 20 ms less to load', () => {
    expect(linesWith(/from 'zod'|import \{.*\} from 'zod/, sources)).toEqual([]);
  });

  it('modules that decide load nothing that accesses the engine, files or processes', () => {
    const touching = /^(node:(child_process|fs|net|http).*|docker-compose|dockerode|execa)$/;
    const checks = ['engine-checks', 'plan-checks', 'machine-checks', 'other-networks'];
    const decisions = [
      'make-plan',
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

  it('the folders of the pipeline have an order: no import leads upward, not even of a type', () => {
    const floorOf = (path: string) => FLOORS.findIndex((floor) => path.startsWith(`pipeline/${floor}/`));
    expect(under('pipeline').filter(({ path }) => floorOf(path) < 0)).toEqual([]);
    const upward = under('pipeline').flatMap(({ path, imports }) =>
      imports
        .filter(({ from, ours }) => ours && floorOf(from) > floorOf(path))
        .map(({ from }) => `${path} -> ${from}`),
    );
    expect(upward).toEqual([]);
  });

  it('files do not import each other in a circle, not even for types', () => {
    const circles = sources.filter(({ path }) => reachableFrom(path).has(path)).map(({ path }) => path);
    expect(circles).toEqual([]);
  });
});

describe('a file', () => {
  it('has a descriptive name in kebab-case', () => {
    const names = sources.map(({ path }) => basename(path));
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(index|utils?|helpers?|common|misc)\./.test(name))).toEqual([]);
  });

  it('has at most 400 lines, and its functions at most 80', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
    expect(sources.flatMap((source) => functionsOver(80, source))).toEqual([]);
  });

  it('has no default export and re-exports nothing', () => {
    expect(linesWith(/\bexport default\b/, sources)).toEqual([]);
    expect(linesWith(/^export (type )?(\*|\{[^}]*\} from)/, sources)).toEqual([]);
  });
});

describe('what is in one place only', () => {
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

  it('only commands and report access the terminal', () => {
    expect(linesWith(/(?<!\.)\bconsole\./, sources)).toEqual([]);
    expect(linesWith(/isTTY|process\.(stdout|stderr|stdin)|NO_COLOR/, under('pipeline'))).toEqual([]);
    expect(linesWith(/\\u001b\[|\\x1b\[|\\e\[/i, under('pipeline'))).toEqual([]);
  });

  it('what is printed passes the one place that removes control codes', () => {
    // These write the control codes of the program itself.
    const own = /^commands\/(terminal|interaction|screens|app-controller|foreground)\.ts$/;
    const others = sources.filter(({ path }) => !own.test(path));
    expect(linesWith(/process\.(stdout|stderr)\.write/, others)).toEqual([]);
    // Components of `ui` draw, and clean what they draw.
    const drawing = others.filter(({ path }) => path.endsWith('.tsx') && !path.startsWith('ui/'));
    expect(linesWith(/<Text\b/, drawing)).toEqual([]);
  });

  it('the pipeline and the report do not end the process', () => {
    expect(linesWith(/process\.exit\(/, [...under('pipeline'), ...under('report')])).toEqual([]);
  });
});

describe('the repository', () => {
  it('names no registry host in the lock file', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(
      /"resolved"|https?:\/\/registry/,
    );
  });
});
