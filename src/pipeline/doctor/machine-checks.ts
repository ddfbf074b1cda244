/** PURE: this machine and this folder, besides the engine. */
import { installCommand } from '../host/install-command.ts';
import { shellWord } from '../host/shell-text.ts';
import { count, some } from '../run/wording.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { type Check, check, type Finding, fail, ok, warn } from './finding.ts';
import type { OtherNetwork } from './other-networks.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

function folder({ folder }: Facts<'folder'>): Finding {
  const { dir, writable, foreign, folderForFile, withColon } = folder;
  const chown = `sudo chown -R "$(id -u):$(id -g)" ${shellWord(`${dir}/.fabric-wizard`)}`;
  const [colon] = withColon;
  if (colon !== undefined)
    return fail(
      `${colon} has a colon in it, and an engine can't be told to mount such a path`,
      'move it, or give another folder with --dir DIR or --source PATH',
    );
  if (!writable) return fail(`${dir} cannot be written`, foreign.length > 0 ? chown : '--dir DIR');
  if (foreign.length > 0) return fail(`${some(foreign)} in .fabric-wizard belongs to another user`, chown);
  if (folderForFile.length > 0)
    return fail(
      `${some(folderForFile)} is a folder: the engine makes one where a file that it mounts is missing`,
      `sudo rm -r ${folderForFile.map(shellWord).join(' ')}`,
    );
  return ok(`${dir} can be written`);
}

function watches({ watches, source }: Facts<'watches' | 'source'>): Finding | undefined {
  if (!source.found || watches.limit === undefined) return undefined;
  const detail = `rebuild --watch needs ${source.folders} of ${watches.limit} watches`;
  // Editors of the same user live on the same limit.
  return watches.limit >= 2 * source.folders
    ? ok(detail)
    : warn(
        `${detail}; without them it looks every 2 seconds`,
        'sudo sysctl fs.inotify.max_user_watches=524288',
      );
}

function git({ git, base }: Facts<'git' | 'base'>): Finding {
  if (git.version === undefined) {
    const fix = base.root && base.debian ? 'fabric-wizard doctor --fix git' : installCommand(['git']);
    return git.needed
      ? fail('git is missing, and the source must be cloned', fix)
      : warn('git is missing: the source is read file by file, and no commit is known', fix);
  }
  if (git.dubious === undefined) return ok(`git ${git.version}`);
  return ok(
    `git ${git.version}; it refuses ${git.dubious}, which belongs to another user; fabric-wizard reads it all the same`,
    `git config --global --add safe.directory ${shellWord(git.dubious)}`,
  );
}

function work({ work }: Facts<'work'>): Finding | undefined {
  if (work.length === 0) return undefined;
  const names = some(work.map(({ name }) => name));
  return warn(`work containers that an ended run left behind: ${names}`, 'fabric-wizard doctor --fix work');
}

function otherText({ tool, name, running, stopped, networks, volumes, images }: OtherNetwork): string {
  const whose =
    tool === 'unknown'
      ? name === ''
        ? ''
        : `compose project ${name}`
      : [tool, name].filter(Boolean).join(' ');
  const what = [
    ...(running > 0 ? [`${count(running, 'container')} running`] : []),
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ...(networks.length > 0 ? [count(networks.length, 'network')] : []),
    ...(volumes.length > 0 ? [count(volumes.length, 'volume')] : []),
    ...(images > 0 ? [`${count(images, 'chaincode image')} dev-*`] : []),
  ].join(', ');
  return whose === '' ? what : `${whose}: ${what}`;
}

/** Nothing that stands in our way: ports, memory and room have rows of their own. */
function leftovers({ others }: Facts<'others'>): Finding {
  if (others.length === 0) return ok('of other Fabric networks: none');
  return ok(
    some(others.map(otherText), 4),
    others
      .slice(0, 4)
      .map(({ remove }) => remove)
      .join(' ; '),
  );
}

export const MACHINE_CHECKS: readonly Check[] = [
  check('folder', ['folder'], ['source', 'start'], folder),
  check('git', ['git', 'base'], [], git),
  check('watches', ['watches', 'source'], [], watches),
  check('work', ['work'], [], work),
  check('leftovers', ['others'], [], leftovers),
];
