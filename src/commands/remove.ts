/** `down` and `clean`: list what will be removed, then remove it. They remove only what this program created. */

import { join } from 'node:path';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { DockerPort } from '../pipeline/engine/docker-port.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { openJournal } from '../pipeline/journal/journal.ts';
import { type RemovalScope, removals, removeAll } from '../pipeline/network/inventory.ts';
import { translatorFor } from '../report/language/translator.ts';
import { aboutText, renderRemovals } from '../report/tables.ts';
import { confirm, isInteractive } from './confirm.ts';
import { projectOf } from './load-config.ts';

import { printJson, styleFor, type Terminal } from './terminal.ts';

export interface RemoveRequest {
  readonly command: 'down' | 'clean';
  readonly project: string | undefined;
  readonly scope: RemovalScope;
}

/** Asks for confirmation if something is lost that `up` does not create again. @returns whether to remove */
async function agreed(terminal: Terminal, command: string, losing: boolean): Promise<boolean> {
  if (!losing || terminal.yes) return true;
  if (!isInteractive()) {
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-terminal' },
      next: [`fabric-wizard ${command} --dry-run`, `fabric-wizard ${command} --yes`],
    });
  }
  return confirm(styleFor(terminal, process.stderr).t('ask.removal'), false);
}

const NETWORK_ONLY: RemovalScope = { volumes: false, chaincodeImages: false, images: false, all: false };

/** Stops the network like `down`, without output. @throws WizardFailure `locked`, `engine` */
export async function stopNetwork(dir: string, project: string): Promise<void> {
  const docker = await DockerPort.current();
  await docker.version();
  const journal = await openJournal(dir, { command: 'fabric-wizard down' });
  try {
    await removeAll(await removals(docker, project, join(dir, STATE_FOLDER), NETWORK_ONLY));
  } finally {
    await journal.close();
  }
}

export async function remove(terminal: Terminal, request: RemoveRequest): Promise<number> {
  const project = await projectOf(terminal.dir, request.project);
  const docker = await DockerPort.current();
  await docker.version();
  const journal = await openJournal(terminal.dir, { command: `fabric-wizard ${request.command}` });
  try {
    const items = await removals(docker, project, join(terminal.dir, STATE_FOLDER), request.scope);
    const style = styleFor(terminal, process.stdout);
    if (!terminal.json) process.stdout.write(`${renderRemovals(items, style)}\n`);
    const losing = items.some(({ kind }) => kind === 'volume' || kind === 'image' || kind === 'folder');
    const go = !terminal.dryRun && items.length > 0 && (await agreed(terminal, request.command, losing));
    if (go) await removeAll(items);
    if (terminal.json) {
      const english = translatorFor('en');
      const list = items.map((item) => ({
        kind: item.kind,
        name: item.name,
        detail: aboutText(item, english),
      }));
      printJson({ ok: true, project, removed: go, items: list });
    } else if (items.length > 0) {
      const end = go ? style.t('removal.done', { count: items.length }) : style.t('removal.not-done');
      process.stdout.write(`${end}\n`);
    }
    return EXIT.done;
  } finally {
    await journal.close();
  }
}
