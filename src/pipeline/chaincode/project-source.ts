/** Prepares chaincode in Node.js and Java: the files of its project, from which the peer's builder makes a program. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellWord } from '../core/shell-text.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { linkProblem, retriedWith } from '../fabric/chaincode-check.ts';
import { isSkippedIn } from '../fabric/chaincode-folder.ts';
import { nodeProjectProblem, withoutCredentials } from '../fabric/node-project.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';
import { isFolder } from '../host/files.ts';
import { type FolderContent, folderFiles } from '../host/folder-files.ts';
import { BROUGHT_MODULES } from '../images/brought-modules.ts';
import { nodeImages } from './language-images.ts';

export interface Project {
  readonly dir: string;
  readonly language: ChaincodeLanguage;
}

const NPMRC = '.npmrc';

async function readFolder({ dir, language }: Project): Promise<FolderContent> {
  return folderFiles(dir, isSkippedIn(language)).catch((error: Error) => {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: { key: 'state.source-folder' },
      got: error.message,
    });
  });
}

/**
 * Whether a build in this image can download packages: it asks the registry for one, on the network of the peers.
 * @param image the image that this program made, with the registry of this machine
 */
async function reachesRegistry(context: StageContext, image: string): Promise<boolean> {
  const { docker, spec, signal, report } = context;
  return docker.runToEnd(
    {
      image,
      cmd: ['npm', 'view', 'fabric-shim', 'version', '--fetch-retries=0', '--fetch-timeout=8000'],
      networkMode: spec.network,
      labels: projectLabels(context),
      signal,
      onLine: report.log,
    },
    async ({ exitCode }) => exitCode === 0,
  );
}

/** Returns the installed packages of the folder as one file: modes and links stay as they are. */
async function installedModules(dir: string, signal: AbortSignal): Promise<TarEntry> {
  const { execa } = await import('execa');
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const { stdout } = await execa('tar', ['-C', dir, ...fixed, '-czf', '-', 'node_modules'], {
    encoding: 'buffer',
    // gzip would add the time.
    env: { GZIP: '-n' },
    cancelSignal: signal,
  });
  return { name: BROUGHT_MODULES, content: Buffer.from(stdout) };
}

/**
 * Returns what the build needs besides the project. Where it cannot download packages, the installed ones go with it.
 * @throws WizardFailure `chaincode` if there are none
 */
export async function nodeModules(context: StageContext, dir: string): Promise<readonly TarEntry[]> {
  const { docker, options, report, signal } = context;
  const { builder } = await nodeImages(context);
  const image = await docker.inspectImage(builder);
  // Only our own image knows what to do with installed packages.
  if (image?.labels[LABEL.nodeenv] === undefined || (await reachesRegistry(context, builder))) return [];
  if (!(await isFolder(join(dir, 'node_modules'))))
    throw new WizardFailure({
      kind: 'chaincode',
      problem: { key: 'chaincode.no-npm', dir },
      place: report.tail().at(-1) ?? '',
      next: ['npm config get registry', `(cd ${shellWord(dir)} && npm install)`, options.again],
    });
  report.warn('own-modules', { key: 'warning.own-modules', dir });
  return [await installedModules(dir, signal)];
}

/**
 * Returns the files of the project itself, with paths relative to it.
 * @throws WizardFailure `chaincode` if peers could not build it, `check` if the folder cannot be read
 */
export async function ownFiles(
  context: Pick<StageContext, 'options'>,
  project: Project,
): Promise<readonly TarEntry[]> {
  const { dir, language } = project;
  const { again } = context.options;
  const { files, badLinks } = await readFolder(project);
  const link = linkProblem({ dir, badLinks });
  if (link) throw new WizardFailure(retriedWith(link, again, dir));
  const packageJson = files.find(({ path }) => path === 'package.json');
  const problem =
    language === 'node'
      ? nodeProjectProblem(
          {
            dir,
            paths: files.map(({ path }) => path),
            packageJson: packageJson && (await readFile(packageJson.file, 'utf8')),
          },
          again,
        )
      : undefined;
  if (problem) throw new WizardFailure(problem);
  return Promise.all(
    files.map(async ({ path, file }): Promise<TarEntry> => {
      const isNpmrc = language === 'node' && basename(path) === NPMRC;
      return { name: path, content: isNpmrc ? withoutCredentials(await readFile(file, 'utf8')) : { file } };
    }),
  );
}

/** Returns the files of the project with what its build needs besides them. @throws WizardFailure see `ownFiles` */
export async function projectFiles(context: StageContext, project: Project): Promise<readonly TarEntry[]> {
  const own = await ownFiles(context, project);
  return project.language === 'node' ? [...own, ...(await nodeModules(context, project.dir))] : own;
}

/** Returns the files of a chaincode package. Those in META-INF are for the state database, and no source. */
export async function projectSource(
  context: StageContext,
  project: Project & { readonly name: string },
): Promise<{ readonly files: readonly TarEntry[]; readonly path: string }> {
  const files = await projectFiles(context, project);
  return {
    files: files.map((entry) =>
      entry.name.startsWith('META-INF/') ? entry : { ...entry, name: `src/${entry.name}` },
    ),
    path: project.name,
  };
}
