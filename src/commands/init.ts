/** `init`: writes a small project. Nothing that exists is overwritten. */
import { join, relative, resolve } from 'node:path';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { DEFAULT_TAG } from '../pipeline/fabric/default-release.ts';
import { type Release, releaseOf } from '../pipeline/fabric/release.ts';
import { recogniseSource } from '../pipeline/fabric/source.ts';
import { isFolder } from '../pipeline/host/files.ts';
import {
  clientPackage,
  PROJECT_LANGUAGES,
  type ProjectChoice,
  projectFiles,
  takenPaths,
  writeProject,
} from '../pipeline/project/new-project.ts';
import { type Flags, text } from './command-options.ts';
import { printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

const HELP = 'fabric-wizard init --help';
export const CLIENTS = ['node', 'none'] as const;

/** What the user has given to the command. */
interface InitCall {
  readonly folder: string | undefined;
  readonly flags: Flags;
}

/** Returns the user's command with other words. */
function again({ folder, flags }: InitCall, changed: Flags & { readonly folder?: string } = {}): string {
  const { folder: named = folder, ...values } = { ...flags, ...changed };
  const valued = ['language', 'client', 'source'].flatMap((option) => {
    const value = text(values, option);
    return value === undefined ? [] : [`--${option} ${shellWord(value)}`];
  });
  return [
    'fabric-wizard init',
    ...(typeof named === 'string' ? [shellWord(named)] : []),
    ...(values.service === true ? ['--service'] : []),
    ...valued,
  ].join(' ');
}

/** Returns the value of an option. @throws WizardFailure `usage` if it is not one of these */
function oneOf<T extends string>(call: InitCall, option: string, values: readonly [T, ...T[]]): T {
  const given = text(call.flags, option) ?? values[0];
  const known = values.find((value) => value === given);
  if (known !== undefined) return known;
  throw new WizardFailure(
    unknownName(
      { key: 'usage.init-option', option, value: given, values: values.join(', ') },
      given,
      values,
      {
        command: (value) => again(call, { [option]: value }),
        others: [HELP],
      },
    ),
  );
}

interface Source {
  /** As fabric-wizard.yaml has it. */
  readonly source: string;
  readonly release: Release;
  /** `2.5.12`, or `2.5` of a branch. */
  readonly version: string;
  readonly practice: boolean;
}

/**
 * Returns the source that the project is for, without fetching it.
 * @throws WizardFailure `usage` if its release is not known, `source` if a folder is not Fabric
 */
async function sourceOf(call: InitCall, dir: string, { packageDir }: Terminal): Promise<Source> {
  const given = text(call.flags, 'source') ?? DEFAULT_TAG;
  if (given === 'sample') {
    const { release, version } = await recogniseSource(join(packageDir, 'sample'));
    return { source: given, release, version, practice: true };
  }
  const path = resolve(given);
  if (await isFolder(path)) {
    const inProject = relative(dir, path);
    const { release, version, practice } = await recogniseSource(path);
    const written = path === given ? path : inProject.startsWith('.') ? inProject : `./${inProject}`;
    return { source: written, release, version, practice };
  }
  const branch = /^release-(\d+\.\d+)$/.exec(given)?.[1];
  const release = releaseOf(branch === undefined ? given : `${branch}.0`);
  if (release) return { source: given, release, version: branch ?? given.replace(/^v/, ''), practice: false };
  throw usage(
    { key: 'usage.init-source', source: given },
    again(call, { source: DEFAULT_TAG }),
    again(call, { source: 'PATH' }),
  );
}

/** @throws WizardFailure `usage` if the release cannot have such a chaincode */
function requirePossible(
  call: InitCall,
  { language, service }: Pick<ProjectChoice, 'language' | 'service'>,
  { release, version, practice }: Source,
): void {
  const languages = practice ? ['go'] : release.languages;
  if (!languages.includes(language))
    throw usage(
      { key: 'usage.init-language', language, release: version, languages: languages.join(', ') },
      again(call, { language: 'go' }),
      again(call, { source: DEFAULT_TAG }),
    );
  if (service && practice)
    throw usage(
      { key: 'usage.init-service' },
      again(call, { service: false }),
      again(call, { source: DEFAULT_TAG }),
    );
}

/** @param folder as the user has named it */
export async function init(terminal: Terminal, flags: Flags, folder: string | undefined): Promise<number> {
  const dir = resolve(terminal.dir, folder ?? '.');
  const call = { folder, flags };
  const language = oneOf(call, 'language', PROJECT_LANGUAGES);
  const service = flags.service === true;
  const source = await sourceOf(call, dir, terminal);
  // Clients cannot connect to the network of the practice source.
  const client = oneOf(call, 'client', CLIENTS) === 'node' && !source.practice;
  requirePossible(call, { language, service }, source);
  const choice: ProjectChoice = { dir, language, service, client, ...source };
  const files = await projectFiles(join(terminal.packageDir, 'templates'), choice);
  const taken = await takenPaths(dir, files);
  if (taken.length > 0)
    throw usage({ key: 'usage.init-exists', dir, paths: taken }, again(call, { folder: 'NEW_FOLDER' }));
  if (!terminal.dryRun) await writeProject(dir, files);
  report(
    terminal,
    choice,
    files.map(({ path }) => path),
  );
  return EXIT.done;
}

/** Returns the commands that start the network of a new project. */
export function commandsFor(dir: string): readonly string[] {
  const folder = relative('', dir);
  return [...(folder === '' ? [] : [`cd ${shellWord(folder)}`]), 'fabric-wizard up --yes'];
}

function report(terminal: Terminal, choice: ProjectChoice, paths: readonly string[]): void {
  const { dir, release, version, client } = choice;
  const next = commandsFor(dir);
  const uses = client ? clientPackage(release) : undefined;
  if (terminal.json) {
    printJson({
      ok: true,
      dir,
      written: !terminal.dryRun,
      release: version,
      client: uses ?? null,
      files: paths,
      next,
    });
    return;
  }
  const { t, strong } = styleFor(terminal, process.stdout);
  const lines = [
    t(terminal.dryRun ? 'init.would-write' : 'init.written', {
      count: paths.length,
      dir,
      release: version,
    }),
    ...paths.map((path) => `  ${path}`),
    uses === undefined ? t('init.no-client') : t('init.client', { package: uses, release: version }),
    t('failure.next'),
    ...next.map((command) => `  ${strong(command)}`),
  ];
  writeToStdout(`${lines.join('\n')}\n`);
}
