/** Runs commands in the tools image on given files, and copies the results into folders of the host. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { extractTar, type TarEntry } from '../engine/tar-context.ts';
import { primaryRef } from '../images/image-recipe.ts';

/** Working directory of the container; also `FABRIC_CFG_PATH`. */
export const WORK = '/work';

export interface ToolsWork {
  /** Files for the container, under `/`. */
  readonly inputs: readonly TarEntry[];
  /** POSIX shell. */
  readonly script: string;
  readonly args: readonly string[];
  /** The part of the script whose failure ends it, for error messages. */
  readonly command: string;
  readonly onLine: (line: string) => void;
  /** Returns, after the script has ended, the target folder on the host for each folder under `WORK`. */
  readonly folders: () => Readonly<Record<string, string>>;
}

/** Returns the files of a folder as inputs. @param prefix folder in the container */
export async function folderForTools(dir: string, prefix: string): Promise<TarEntry[]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { name: `${prefix}${file.slice(dir.length)}`, content: { file } };
    });
}

/** @throws WizardFailure `command`; CancelledError */
export async function runTools(
  context: StageContext,
  { inputs, script, args, command, onLine, folders }: ToolsWork,
): Promise<void> {
  const { docker, settings, signal } = context;
  const image = primaryRef(settings, 'tools');
  await docker.runToEnd(
    {
      image,
      cmd: ['sh', '-euc', script, 'tools', ...args],
      env: { FABRIC_CFG_PATH: WORK },
      workdir: WORK,
      networkMode: 'none',
      labels: projectLabels(context),
      inputs,
      signal,
      onLine,
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0) {
        throw new WizardFailure({
          kind: 'command',
          command: command.trim().replace(/\s*\n\s*/g, '; '),
          where: { key: 'where.tools', image },
          exitCode,
          tail: [],
        });
      }
      await Promise.all(
        Object.entries(folders()).map(async ([from, to]) => extractTar(await archive(`${WORK}/${from}`), to)),
      );
    },
  );
}
