/** PURE: checks of this machine and this folder, apart from the engine. */

import type { Phrase, Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import { AGAIN } from '../diagnosis/remedies.ts';
import { installCommand } from '../host/install-command.ts';
import { filesLost } from '../network/files-lost.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { type Check, check, type Finding, fail, ok, warn } from './finding.ts';
import type { OtherNetwork } from './other-networks.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

function folder({ folder }: Facts<'folder'>): Finding {
  const { dir, writable, foreign, folderForFile, withColon } = folder;
  const chown = `sudo chown -R "$(id -u):$(id -g)" ${shellWord(`${dir}/.fabric-wizard`)}`;
  const [colon] = withColon;
  if (colon !== undefined) return fail({ key: 'row.folder-colon', path: colon }, { key: 'fix.folder-colon' });
  if (!writable) return fail({ key: 'row.folder-closed', dir }, foreign.length > 0 ? chown : '--dir DIR');
  if (foreign.length > 0) return fail({ key: 'row.folder-foreign', paths: foreign }, chown);
  if (folderForFile.length > 0)
    // The artifacts stage makes the file again. A container that mounted the folder must be recreated.
    return warn({ key: 'row.folder-for-file', paths: folderForFile }, AGAIN);
  return ok({ key: 'row.folder', dir });
}

function watches({ watches, source }: Facts<'watches' | 'source'>): Finding | undefined {
  if (!source.found || watches.limit === undefined) return undefined;
  const { folders } = source;
  const { limit } = watches;
  // Editors of the same user share the limit.
  return limit >= 2 * folders
    ? ok({ key: 'row.watches', folders, limit })
    : warn({ key: 'row.watches-short', folders, limit }, 'sudo sysctl fs.inotify.max_user_watches=524288');
}

function git({ git, base }: Facts<'git' | 'base'>): Finding {
  if (git.version === undefined) {
    const fix = base.root && base.debian ? 'fabric-wizard doctor --fix git' : installCommand(['git']);
    return git.needed ? fail({ key: 'row.git-needed' }, fix) : warn({ key: 'row.no-git' }, fix);
  }
  if (git.dubious === undefined) return ok({ key: 'row.git', version: git.version });
  return ok(
    { key: 'row.git-dubious', version: git.version, path: git.dubious },
    `git config --global --add safe.directory ${shellWord(git.dubious)}`,
  );
}

function work({ work }: Facts<'work'>): Finding | undefined {
  if (work.length === 0) return undefined;
  return warn({ key: 'row.work', names: work.map(({ name }) => name) }, 'fabric-wizard doctor --fix work');
}

function otherText(other: OtherNetwork): Phrase {
  const { tool, name, dir } = other;
  const counts = {
    running: other.running,
    stopped: other.stopped,
    networks: other.networks.length,
    volumes: other.volumes.length,
    images: other.images,
  };
  const left = (Object.keys(counts) as (keyof typeof counts)[])
    .filter((kind) => counts[kind] > 0)
    .map((kind): Phrase => ({ key: `leftover.${kind}`, count: counts[kind] }))
    .reduce((before, next): Phrase => ({ key: 'leftover.and', before, next }));
  const whose: Text =
    tool !== 'unknown'
      ? [tool, name].filter(Boolean).join(' ')
      : name === ''
        ? { key: 'row.other-unknown' }
        : { key: 'row.other-project', name };
  return dir === '' ? { key: 'row.other', whose, left } : { key: 'row.other-in', whose, dir, left };
}

/** Lists other networks on the engine. What conflicts with this one, such as a port, has a check of its own. */
function leftovers({ others }: Facts<'others'>): Finding {
  if (others.length === 0) return ok({ key: 'row.no-others' });
  const commands = others.flatMap(({ remove }) => remove ?? []).slice(0, 3);
  return ok(
    { key: 'row.others', others: others.map(otherText) },
    commands.length === 0
      ? undefined
      : { key: 'fix.others', commands: commands.map((command) => `\n${command}`).join('') },
  );
}

/** A run restores what it can, and asks before it replaces a network whose files are lost. */
function certificates({ certificates: found }: Facts<'certificates'>): Finding | undefined {
  if (!found) return undefined;
  const { folder, lost, restorable, unneeded, changed } = found;
  if (lost.length > 0)
    return fail({ key: 'row.certificates-lost', what: filesLost(lost), folder }, 'fabric-wizard up');
  if (restorable.length > 0) {
    const paths = restorable.map(({ path }) => path);
    return warn(
      { key: 'row.certificates-damaged', what: filesLost(paths), folder },
      'fabric-wizard up --yes',
    );
  }
  if (unneeded.length > 0) return ok({ key: 'row.certificates-unneeded', what: filesLost(unneeded), folder });
  if (changed.length > 0)
    return ok({ key: 'row.certificates-changed', paths: changed, count: changed.length, folder });
  return ok({ key: 'row.certificates', folder });
}

export const MACHINE_CHECKS: readonly Check[] = [
  check('folder', ['folder'], folder),
  check('certificates', ['certificates'], certificates),
  check('git', ['git', 'base'], git),
  check('watches', ['watches', 'source'], watches),
  check('work', ['work'], work),
  check('leftovers', ['others'], leftovers),
];
