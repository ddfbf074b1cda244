/** Makes a small project from the templates of the package: chaincode with a test, a client, fabric-wizard.yaml. */
import { lstat, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, isMissing } from '../core/error-code.ts';
import { fileFailure } from '../core/failure.ts';
import type { Release } from '../fabric/release.ts';
import { makeFolder } from '../host/files.ts';

export const PROJECT_LANGUAGES = ['go', 'node'] as const;
export type ProjectLanguage = (typeof PROJECT_LANGUAGES)[number];

export interface ProjectChoice {
  /** Folder of the project. */
  readonly dir: string;
  readonly language: ProjectLanguage;
  /** Whether the chaincode runs as a service. */
  readonly service: boolean;
  /** Whether it has a client. */
  readonly client: boolean;
  /** Value of `source` in fabric-wizard.yaml. */
  readonly source: string;
  /** The release that this source has. */
  readonly release: Release;
  readonly version: string;
  /** Whether it is the practice source. */
  readonly practice: boolean;
}

export interface ProjectFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
}

/** The package of the client: the Gateway's, or else the one that knows the peers of every release. */
export function clientPackage({ gatewayService }: Pick<Release, 'gatewayService'>): string {
  return gatewayService ? '@hyperledger/fabric-gateway' : 'fabric-network';
}

/** Folders of templates that a project is made of. */
function templatesOf({ language, client, release }: ProjectChoice): readonly string[] {
  return ['all', language, ...(client ? [release.gatewayService ? 'gateway' : 'network'] : [])];
}

/** Part of a module path, and the name of an npm package. */
function nameOf(dir: string): string {
  const name = basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'project' : name;
}

/** npm does not pack a file of this name as it is. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Returns the text of a template: `{{name}}` is replaced by a value, and a line that begins with `{{#name}}` stays only if
 * the project has what it names.
 */
function filled(
  text: string,
  values: Readonly<Record<string, string>>,
  parts: Readonly<Record<string, boolean>>,
): string {
  const kept = text.split('\n').flatMap((line) => {
    const [, part, rest = ''] = /^\{\{#(\w+)\}\}(.*)$/.exec(line) ?? [];
    if (part === undefined) return [line];
    return parts[part] === true ? [rest] : [];
  });
  return kept.join('\n').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

/** Returns the files of a project. @param templates folder of the templates */
export async function projectFiles(
  templates: string,
  choice: ProjectChoice,
): Promise<readonly ProjectFile[]> {
  const { dir, language, service, client, source, release, version, practice } = choice;
  const { shim } = release;
  const values = {
    name: nameOf(dir),
    fabric: practice ? 'the practice source' : `Hyperledger Fabric ${version}`,
    // As a JSON text it is also a YAML text, whatever it contains.
    source: /^[\w./-]+$/.test(source) ? source : JSON.stringify(source),
    ...{ shim: shim.shim, protos: shim.protos, response: shim.response },
  };
  const parts = {
    ...{ service, client, peer: !service, server: release.externalBuilders },
    ...{ go: language === 'go', node: language === 'node' },
  };
  const folders = await Promise.all(
    templatesOf(choice).map(async (name) => {
      const folder = join(templates, name);
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => ({ folder, entry }));
    }),
  );
  const files = await Promise.all(
    folders.flat().map(async ({ folder, entry }) => {
      const file = join(entry.parentPath, entry.name);
      const path = join(entry.parentPath, RENAMED[entry.name] ?? entry.name).slice(folder.length + 1);
      return { path, content: filled(await readFile(file, 'utf8'), values, parts) };
    }),
  );
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether there is something at a path, also a link that leads nowhere. */
async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Returns the paths of the files that exist, and of files that are in the place of a folder; relative to the project. */
export async function takenPaths(dir: string, files: readonly ProjectFile[]): Promise<readonly string[]> {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  const blocked = await Promise.all(
    [...folders].map(async (path) => {
      // The folder of the project can be behind a link; in it, a link can lead to a folder of something else.
      const stats = await (path === '.' ? stat : lstat)(join(dir, path)).catch(() => undefined);
      return stats && !stats.isDirectory() ? [path] : [];
    }),
  );
  const taken = await Promise.all(
    files.map(async ({ path }) => ((await isTaken(join(dir, path))) ? [path] : [])),
  );
  return [...blocked, ...taken].flat();
}

/**
 * Writes the files. If one cannot be written, those that were written before it are removed.
 * @throws WizardFailure `file`
 */
export async function writeProject(dir: string, files: readonly ProjectFile[]): Promise<void> {
  const written: string[] = [];
  for (const { path, content } of files) {
    const file = join(dir, path);
    try {
      await makeFolder(dirname(file));
      await writeFile(file, content, { flag: 'wx' });
      written.push(file);
    } catch (error) {
      // The file may have a part of its content, unless it is one that somebody else has written meanwhile.
      if (errorCode(error) !== 'EEXIST') written.push(file);
      await Promise.all(written.map((each) => rm(each, { force: true })));
      throw fileFailure(file, error);
    }
  }
}
