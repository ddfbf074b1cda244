/** Runs hooks on this host: in the folder of fabric-wizard.yaml, with the variables of `env`. */
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { WizardFailure } from '../core/failure.ts';
import type { Hook, HookEvent } from '../core/hook.ts';
import { shellLine } from '../core/shell-text.ts';
import { writeAtomically } from '../host/files.ts';
import { runInGroup } from '../host/process-group.ts';
import { projectNetworkDir, STATE_FOLDER } from '../host/state-folder.ts';
import { clientEnv } from './client-env.ts';
import { writeClientFiles } from './client-files.ts';
import { connectionOf, type VersionedNetwork } from './connection.ts';

export interface HookRun {
  readonly event: HookEvent;
  /** Folder of fabric-wizard.yaml. */
  readonly dir: string;
  readonly network: VersionedNetwork;
  readonly signal: AbortSignal;
  readonly onStart: (hook: Hook, index: number) => void;
  readonly onLine: (line: string) => void;
  /** Commands that help if a hook fails. */
  readonly next: readonly string[];
}

/** Returns the variables of hooks: those of `env` for the first organisation, and what the run is about. */
function hookVariables({ event, dir, network }: HookRun): Record<string, string> {
  const folder = projectNetworkDir(dir);
  const { spec } = network;
  const connection = connectionOf(network, folder);
  const [org] = spec.orgs;
  const [connected] = connection.orgs;
  if (!org || !connected) throw new Error('a network without organisations');
  return {
    ...clientEnv(spec, org, { connection, connected }, folder),
    FABRIC_WIZARD_HOOK: event,
    FABRIC_WIZARD_PROJECT: spec.project,
    FABRIC_WIZARD_DIR: dir,
  };
}

/**
 * Writes the command `fabric-wizard` that hooks find: the program that runs them, which a clone or `npx` has nowhere else.
 * @returns its folder
 */
async function ownCommand(dir: string): Promise<string> {
  const folder = join(dir, STATE_FOLDER, 'bin');
  await mkdir(folder, { recursive: true });
  const program = shellLine([process.execPath, process.argv[1] ?? '']);
  await writeAtomically(join(folder, 'fabric-wizard'), `#!/bin/sh\nexec ${program} "$@"\n`, 0o755);
  return folder;
}

/**
 * Runs hooks one after another.
 * @throws WizardFailure `hook` for the first one that fails; CancelledError once its process group has ended
 */
export async function runHooks(hooks: readonly Hook[], run: HookRun): Promise<void> {
  const { dir, network, signal, onStart, onLine, next } = run;
  await writeClientFiles(network, projectNetworkDir(dir));
  const path = [await ownCommand(dir), process.env.PATH ?? ''].join(delimiter);
  const env = { ...hookVariables(run), PATH: path };
  for (const [index, hook] of hooks.entries()) {
    onStart(hook, index);
    const { exitCode, tail } = await runInGroup('sh', ['-c', hook.command], {
      cwd: dir,
      env,
      signal,
      onLine,
    });
    if (exitCode !== 0) throw new WizardFailure({ kind: 'hook', ...hook, exitCode, tail, next });
  }
}
