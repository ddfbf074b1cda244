/** `snapshot`: saves, restores, lists and removes snapshots of the folder's network. */
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { FolderChaincode } from '../pipeline/config/chaincode-list.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { secondsSince } from '../pipeline/core/seconds-since.ts';
import { ComposePort } from '../pipeline/engine/compose-port.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { LABEL } from '../pipeline/engine/labels.ts';
import { exists } from '../pipeline/host/files.ts';
import { ensureCompose } from '../pipeline/host/host-setup.ts';
import { keptNetworkDir, STATE_FOLDER, snapshotDir } from '../pipeline/host/state-folder.ts';
import { openJournal, readOnlyJournal, removeUnusedFolder } from '../pipeline/journal/journal.ts';
import { type KeptNetwork, networkInPlace, networksIn } from '../pipeline/network/kept-networks.ts';
import type { CompleteNetwork } from '../pipeline/network/network-copy.ts';
import { requireEngineOfNetwork } from '../pipeline/network/network-engine.ts';
import {
  type NamedNetwork,
  type ReplacedNetwork,
  requireRestorable,
  restoreSnapshot,
} from '../pipeline/run/restore-snapshot.ts';
import {
  requireFreeName,
  type SnapshotContext,
  savableNetwork,
  saveSnapshot,
} from '../pipeline/run/save-snapshot.ts';
import { endUnfinishedCopy, removeLedgers } from '../pipeline/run/unfinished-copy.ts';
import {
  renderReplaced,
  renderRestored,
  renderSaved,
  renderSnapshots,
  type SnapshotRow,
  type StoppedService,
} from '../report/snapshot-text.ts';
import { wordsFor } from './chaincode-choice.ts';
import { confirm, isInteractive } from './confirm.ts';
import { projectOf } from './load-config.ts';
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
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

/** @throws WizardFailure `usage` */
function requireName(action: string, name: string | undefined): string {
  if (name !== undefined) return name;
  const next = action === 'save' ? 'fabric-wizard snapshot save NAME' : 'fabric-wizard snapshot list';
  throw usage({ key: 'usage.no-snapshot-name' }, next);
}

/** Runs an action with the folder's lock; what a killed command left is ended first. A dry run changes nothing. */
async function withNetwork(
  terminal: Terminal,
  action: string,
  act: (context: SnapshotContext) => Promise<number>,
): Promise<number> {
  const { dir, dryRun } = terminal;
  const cancel = cancelOnSignals();
  try {
    // Without the signal: what a cancelled command has begun is removed from the engine.
    const docker = await currentDocker();
    await docker.version(undefined, cancel.signal);
    const command = `snapshot ${action}`;
    const stateDir = join(dir, STATE_FOLDER);
    const isNewFolder = !(await exists(stateDir));
    const journal = dryRun
      ? await readOnlyJournal(dir)
      : await openJournal(dir, { command: `fabric-wizard ${command}` });
    try {
      await requireEngineOfNetwork(docker, journal, command);
      if (docker.address.machines)
        throw usage({ key: 'usage.not-in-swarm', command }, 'fabric-wizard status');
      const context = { docker, journal, stateDir, signal: cancel.signal };
      const ended = dryRun ? undefined : await endUnfinishedCopy(context);
      if (ended && !terminal.json) writeToStderr(styleFor(terminal, process.stderr).translate(ended));
      return await act(context);
    } finally {
      await docker.settled();
      await journal.close();
      if (isNewFolder) await removeUnusedFolder(stateDir);
    }
  } finally {
    cancel.dispose();
  }
}

/** Returns all snapshots, and the networks that others have replaced. */
async function allNetworks(stateDir: string): Promise<KeptNetwork[]> {
  const [snapshots, replaced] = await Promise.all([
    networksIn(snapshotDir(stateDir)),
    networksIn(keptNetworkDir(stateDir)),
  ]);
  return [...snapshots, ...replaced];
}

function nameOf({ folder }: KeptNetwork): string {
  return basename(folder);
}

/** @throws WizardFailure `usage` */
async function networkNamed(stateDir: string, name: string, action: string): Promise<KeptNetwork> {
  const all = await allNetworks(stateDir);
  const found = all.find((each) => nameOf(each) === name);
  if (found) return found;
  const names = all.map(nameOf);
  throw new WizardFailure(
    unknownName({ key: 'usage.unknown-snapshot', name, names: names.join(', ') || '-' }, name, names, {
      command: (each) => `fabric-wizard snapshot ${action} ${each}`,
      others: ['fabric-wizard snapshot list', 'fabric-wizard snapshot save NAME'],
    }),
  );
}

export function save(terminal: Terminal, word: string | undefined): Promise<number> {
  const name = requireName('save', word);
  return withNetwork(terminal, `save ${name}`, async (context) => {
    const style = styleFor(terminal, process.stdout);
    await requireFreeName(context.stateDir, name);
    const savable = await savableNetwork(context);
    const { nodes, pausing } = savable;
    if (terminal.dryRun) {
      const paused = pausing.flat().length;
      if (terminal.json) printJson({ ok: true, action: 'save', name, nodes, paused });
      else writeToStdout(`${style.t('snapshot.would-save', { paused, nodes: nodes.join(', ') })}\n`);
      return EXIT.done;
    }
    const { snapshot, pausedSeconds } = await saveSnapshot(context, name, savable);
    if (terminal.json) {
      const { at, bytes, heights } = snapshot;
      printJson({ ok: true, action: 'save', name, at, bytes, heights, nodes, pausedSeconds });
    } else writeToStdout(`${renderSaved(name, snapshot, pausedSeconds, style)}\n`);
    return EXIT.done;
  });
}

/** @throws WizardFailure `usage` if an older version of this program kept the network */
function complete(name: string, network: KeptNetwork): CompleteNetwork {
  const { state } = network;
  if (state) return { ...network, state };
  throw usage({ key: 'usage.snapshot-old', name }, 'fabric-wizard up --yes --replace-network');
}

/** Asks whether something is to be removed for good. @throws WizardFailure `usage` without a terminal */
async function agreed(
  terminal: Terminal,
  what: string,
  command: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (terminal.yes) return true;
  if (!isInteractive()) throw usage({ key: 'usage.no-terminal' }, `${command} --dry-run`, `${command} --yes`);
  const style = styleFor(terminal, process.stderr);
  return confirm(style.t('ask.removal', { what }), false, signal);
}

/** Returns how the process of a service is started again. */
async function stoppedService(choice: FolderChaincode): Promise<StoppedService> {
  const { name, path } = choice;
  const command = ['fabric-wizard chaincode deploy', ...wordsFor([choice], [])].join(' ');
  return { chaincode: name, path, ...((await exists(path)) ? { command } : {}) };
}

export function restore(
  terminal: Terminal,
  word: string | undefined,
  { discard }: { readonly discard: boolean },
): Promise<number> {
  const name = requireName('restore', word);
  return withNetwork(terminal, `restore ${name}`, async (context) => {
    const { docker, stateDir, journal, signal } = context;
    const named: NamedNetwork = {
      name,
      network: complete(name, await networkNamed(stateDir, name, 'restore')),
    };
    const images = await requireRestorable(context, named, await projectOf(terminal.dir, undefined));
    const present = await networkInPlace(stateDir, journal);
    const instance = present?.crypto.instance;
    const style = styleFor(terminal, process.stdout);
    if (terminal.dryRun) {
      if (terminal.json) printJson({ ok: true, action: 'restore', name, replaces: instance });
      else
        writeToStdout(
          `${style.t(named.network.snapshot ? 'snapshot.would-restore' : 'snapshot.would-return', {
            ...{ name, instance: instance ?? '-' },
            fate: style.t(discard ? 'snapshot.fate-discarded' : 'snapshot.fate-kept'),
          })}\n`,
        );
      return EXIT.done;
    }
    if (discard && instance !== undefined) {
      const what = style.t('snapshot.network', { instance });
      const command = `fabric-wizard snapshot restore ${name} --discard`;
      if (!(await agreed(terminal, what, command, signal))) return EXIT.cancelled;
    }
    const setup = { allowInstall: false, onNotice: () => undefined, signal };
    const compose = new ComposePort(await ensureCompose(setup, docker.address), docker.address);
    const say = (lines: readonly string[]) => {
      if (!terminal.json) for (const line of lines) writeToStderr(line);
    };
    const notes = styleFor(terminal, process.stderr);
    say([notes.t('snapshot.restoring', { name })]);
    const start = performance.now();
    const keptIn = ({ folder }: ReplacedNetwork) => (discard ? undefined : relative(terminal.dir, folder));
    const { replaced, heights, services, warning } = await restoreSnapshot(context, named, {
      ...{ compose, images, discard },
      // Before the nodes start: they may fail to.
      onPlaced: (before) => say(before ? renderReplaced(before, keptIn(before), notes) : []),
    });
    const seconds = secondsSince(start);
    const stopped = await Promise.all(services.map(stoppedService));
    say(warning ? [`${notes.symbol.warn} ${notes.translate(warning)}`] : []);
    if (terminal.json)
      printJson({
        ...{ ok: true, action: 'restore', name, heights, seconds, services: stopped },
        ...(replaced ? { replaced: replaced.instance, keptIn: keptIn(replaced) } : {}),
        ...(warning ? { warning: style.translate(warning) } : {}),
      });
    else writeToStdout(`${renderRestored(name, { heights, seconds, services: stopped }, style)}\n`);
    return EXIT.done;
  });
}

function rowOf(network: KeptNetwork): SnapshotRow {
  const { crypto, snapshot, state } = network;
  const channels = state?.network.spec.channels ?? [];
  return {
    name: nameOf(network),
    kind: snapshot ? 'snapshot' : 'replaced',
    instance: crypto.instance,
    at: snapshot?.at,
    bytes: snapshot?.bytes,
    version: state?.network.version ?? crypto.shape?.version,
    channels: channels.map((channel) => ({ name: channel, height: snapshot?.heights[channel] })),
  };
}

export async function list(terminal: Terminal): Promise<number> {
  const rows = (await allNetworks(join(terminal.dir, STATE_FOLDER))).map(rowOf);
  if (terminal.json) printJson({ ok: true, snapshots: rows });
  else {
    const style = styleFor(terminal, process.stdout);
    writeToStdout(`${renderSnapshots(rows, style, columnsOf(process.stdout))}\n`);
    if (rows.length === 0) await tellNetworkAbove(terminal);
  }
  return EXIT.done;
}

export function remove(terminal: Terminal, word: string | undefined): Promise<number> {
  const name = requireName('remove', word);
  return withNetwork(terminal, `remove ${name}`, async ({ docker, stateDir, signal }) => {
    const network = await networkNamed(stateDir, name, 'remove');
    const { instance } = network.crypto;
    const project = network.state?.network.spec.project ?? (await projectOf(terminal.dir, undefined));
    const volumes = (await docker.listVolumes([`${LABEL.project}=${project}`]))
      .map((volume) => volume.name)
      .filter((volume) => volume.startsWith(`${project}-${instance}-`));
    const items = [...volumes, network.folder];
    if (!terminal.json) writeToStdout(`${items.join('\n')}\n`);
    const command = `fabric-wizard snapshot remove ${name}`;
    const style = styleFor(terminal, process.stdout);
    const what = style.t('snapshot.contents', { name, count: volumes.length });
    const removed = !terminal.dryRun && (await agreed(terminal, what, command, signal));
    if (removed) {
      await removeLedgers(docker, project, instance);
      await rm(network.folder, { recursive: true, force: true });
    }
    if (terminal.json) printJson({ ok: true, action: 'remove', name, removed, items });
    else if (removed)
      writeToStdout(`${style.good(style.symbol.good)} ${style.t('snapshot.removed', { name })}\n`);
    return removed || terminal.dryRun ? EXIT.done : EXIT.cancelled;
  });
}
