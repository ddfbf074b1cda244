/** `down` and `clean`: list what will be removed, then remove it. They remove only what this program created. */

import { join } from 'node:path';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Hook } from '../pipeline/core/hook.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { exists } from '../pipeline/host/files.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import {
  openJournal,
  readOnlyJournal,
  removeUnusedFolder,
  withJournal,
} from '../pipeline/journal/journal.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import {
  type Removal,
  type RemovalScope,
  removals,
  removeAll,
  removeRunning,
} from '../pipeline/network/inventory.ts';
import { requireEngineOfNetwork } from '../pipeline/network/network-engine.ts';
import { removeMarks } from '../pipeline/run/run-marker.ts';
import { renderHooks } from '../report/hook-text.ts';
import { translatorFor } from '../report/language/translator.ts';
import {
  aboutText,
  type KeptItem,
  reasonText,
  renderCounts,
  renderKept,
  renderRemovals,
} from '../report/removal-text.ts';
import { confirm, isInteractive } from './confirm.ts';
import { downHooks, validDownHooks } from './down-hooks.ts';
import { projectOf } from './load-config.ts';
import { selectLeftMachines } from './machines-of.ts';
import { tellNetworkAbove } from './network-above.ts';
import {
  cancelOnSignals,
  columnsOf,
  printJson,
  styleFor,
  type Terminal,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';

export interface RemoveRequest {
  readonly command: 'down' | 'clean';
  readonly project: string | undefined;
  readonly scope: RemovalScope;
  /** Also remove images that other networks need, and what is on another engine than that of the network. */
  readonly force: boolean;
  /** False: leave out the hooks of the file. */
  readonly hooks: boolean;
}

/** Volumes that the next run makes again, with the same content. */
const REMADE: readonly Removal['about'][] = ['socket', 'files', 'source', 'programs'];

/** Asks for confirmation if something is lost that `up` does not create again. @returns whether to remove */
async function agreed(terminal: Terminal, command: string, doomed: readonly Removal[]): Promise<boolean> {
  const losing = doomed.some(
    ({ kind, about = 'state' }) =>
      !REMADE.includes(about) && (kind === 'volume' || kind === 'image' || kind === 'folder'),
  );
  if (!losing || terminal.yes) return true;
  if (!isInteractive()) {
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-terminal' },
      next: [`fabric-wizard ${command} --dry-run`, `fabric-wizard ${command} --yes`],
    });
  }
  const style = styleFor(terminal, process.stderr);
  return confirm(style.t('ask.removal', { what: renderCounts(doomed, style) }), false);
}

/**
 * Stops the network like `down`, without output. A file that is not valid does not prevent it.
 * @param signal ends the hooks that run before
 * @returns whether hooks of such a file may have been left out
 * @throws WizardFailure `locked`, `engine`, `hook`; `usage` if it is on another engine, or if machines did not answer
 */
export async function stopNetwork(dir: string, project: string, signal: AbortSignal): Promise<boolean> {
  await selectLeftMachines(dir);
  const docker = await currentDocker();
  await docker.version();
  return withJournal(dir, 'fabric-wizard down', async (journal) => {
    await requireEngineOfNetwork(docker, journal, 'down');
    const { hooks, left } = await validDownHooks(dir, { project, docker, command: 'down' });
    await hooks?.run(signal, () => undefined);
    await removeRunning(docker, project, join(dir, STATE_FOLDER));
    requireMachines(docker.unreachable, 'down');
    return left;
  });
}

function itemJson(item: Removal) {
  return { kind: item.kind, name: item.name, detail: aboutText(item, translatorFor('en')) };
}

/** What goes, and what stays. */
interface Selection {
  readonly doomed: readonly Removal[];
  readonly kept: readonly Kept[];
}

type Kept = KeptItem & { readonly item: Removal };

function resultJson(project: string, removed: boolean, { doomed, kept }: Selection, hooks: readonly Hook[]) {
  const english = translatorFor('en');
  return {
    ok: true,
    project,
    removed,
    items: doomed.map(itemJson),
    kept: kept.map((each) => ({ ...itemJson(each.item), why: reasonText(each, english) })),
    ...(hooks.length > 0 ? { hooks } : {}),
  };
}

/** @param force whether images that others need are removed too; the engine refuses everything else in use */
function select(items: readonly Removal[], force: boolean): Selection {
  const stays = ({ kind, usedBy }: Removal) => usedBy.length > 0 && !(force && kind === 'image');
  return {
    doomed: items.filter((item) => !stays(item)),
    kept: items.filter(stays).map((item) => ({ item })),
  };
}

/** @throws WizardFailure `usage` if machines did not answer: what they have stays */
function requireMachines(unreachable: readonly string[], command: string): void {
  if (unreachable.length === 0) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.machines-left', machines: unreachable.join(', ') },
    next: ['docker node ls', `fabric-wizard ${command}`],
    lost: true,
  });
}

/** Runs the hooks until a signal cancels them. */
async function runBefore({ run }: Awaited<ReturnType<typeof downHooks>>): Promise<void> {
  const cancel = cancelOnSignals();
  try {
    await run(cancel.signal, writeToStderr);
  } finally {
    cancel.dispose();
  }
}

export async function remove(terminal: Terminal, request: RemoveRequest): Promise<number> {
  const { command, scope, force } = request;
  const project = await projectOf(terminal.dir, request.project);
  await selectLeftMachines(terminal.dir);
  const docker = await currentDocker();
  await docker.version();
  const stateDir = join(terminal.dir, STATE_FOLDER);
  const isNewFolder = !(await exists(stateDir));
  const journal = terminal.dryRun
    ? await readOnlyJournal(terminal.dir)
    : await openJournal(terminal.dir, { command: `fabric-wizard ${command}` });
  try {
    if (!force) await requireEngineOfNetwork(docker, journal, command);
    const items = await removals(docker, project, stateDir, scope);
    // A machine that is back before the end has not been searched.
    const unsearched = docker.unreachable;
    const { doomed, kept } = select(items, force);
    const style = styleFor(terminal, process.stdout);
    const print = (...lines: readonly string[]) => {
      if (!terminal.json && lines.length > 0) writeToStdout(`${lines.join('\n')}\n`);
    };
    const columns = columnsOf(process.stdout);
    const found =
      request.hooks && doomed.length > 0
        ? await downHooks(terminal.dir, { project, docker, command })
        : undefined;
    const hooks = found?.hooks ?? [];
    print(
      renderRemovals(doomed, style, columns),
      ...renderKept(kept, style, columns),
      ...renderHooks(hooks, style),
    );
    const go = !terminal.dryRun && doomed.length > 0 && (await agreed(terminal, command, doomed));
    if (go && found) await runBefore(found);
    // Hooks can have started chaincode since the list was made.
    const going =
      go && hooks.length > 0
        ? select(await removals(docker, project, stateDir, scope), force).doomed
        : doomed;
    const refused = go ? await removeAll(going) : [];
    if (!terminal.dryRun) await removeMarks(docker, project);
    // Without ledgers there is nothing left that ties the folder to an engine.
    const unreachable = [...new Set([...unsearched, ...docker.unreachable])];
    const isGone =
      !terminal.dryRun &&
      scope.volumes &&
      refused.length === 0 &&
      unreachable.length === 0 &&
      (go || doomed.length === 0);
    if (isGone && !scope.all && !kept.some(({ item }) => item.kind === 'volume'))
      await journal.setFact(STATE_KEYS.engine, undefined);
    const left = refused.map(({ reason, ...each }): Kept => ({ ...each, refusal: reason }));
    const removed = going.filter((item) => !refused.some((each) => each.item === item));
    print(...renderKept(left, style, columns));
    if (terminal.json)
      printJson(resultJson(project, go, { doomed: removed, kept: [...kept, ...left] }, hooks));
    else if (doomed.length > 0)
      print(go ? style.t('removal.done', { count: removed.length }) : style.t('removal.not-done'));
    if (items.length === 0) await tellNetworkAbove(terminal);
    requireMachines(unreachable, command);
    return EXIT.done;
  } finally {
    await journal.close();
    if (isNewFolder) await removeUnusedFolder(stateDir);
  }
}
