/** The hooks of `before-down`: they run while the network still runs, before anything of it is removed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { Hook } from '../pipeline/core/hook.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import { runHooks } from '../pipeline/network/hook-run.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { loadEffectiveConfig } from './load-config.ts';

export interface DownHooks {
  readonly hooks: readonly Hook[];
  /** @throws WizardFailure `hook`; CancelledError */
  readonly run: (signal: AbortSignal, onLine: (line: string) => void) => Promise<void>;
}

const EVENT = 'before-down';

/** Whether the file, which is not valid, may have hooks that run before a network is stopped. */
async function mayHaveHooks(dir: string): Promise<boolean> {
  return (await readFile(join(dir, CONFIG_FILE), 'utf8').catch(() => '')).includes(EVENT);
}

/**
 * Finds the hooks as `downHooks` does, but a file that is not valid does not keep the network running.
 * @returns `left` if hooks of such a file may be left out
 */
export async function validDownHooks(
  ...parameters: Parameters<typeof downHooks>
): Promise<{ readonly hooks: DownHooks | undefined; readonly left: boolean }> {
  try {
    return { hooks: await downHooks(...parameters), left: false };
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') throw error;
    return { hooks: undefined, left: await mayHaveHooks(parameters[0]) };
  }
}

/**
 * Finds the hooks that run before a network is stopped: those of the folder, if it is the folder's network and one of its
 * nodes runs.
 * @param command the one that stops it: `down`
 */
export async function downHooks(
  dir: string,
  { project, docker, command }: { project: string; docker: DockerPort; command: string },
): Promise<DownHooks> {
  const { hooks } = await loadEffectiveConfig(dir, { project });
  const network = readFact(await readState(dir), SAVED_NETWORK);
  const found = hooks[EVENT] ?? [];
  const none: DownHooks = { hooks: [], run: async () => undefined };
  if (found.length === 0 || network?.spec.project !== project) return none;
  const nodes = await nodeContainers({ docker, project });
  if ([...nodes.values()].every(({ state }) => state !== 'running')) return none;
  return {
    hooks: found,
    run: (signal, onLine) =>
      runHooks(found, {
        ...{ event: EVENT, dir, network, signal, onLine },
        onStart: (hook) => onLine(`$ ${hook.command}`),
        next: [`fabric-wizard ${command}`, `fabric-wizard ${command} --no-hooks`],
      }),
  };
}
