import { WizardFailure } from '../core/failure.ts';
import { runInGroup } from './process-group.ts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The first of the packages that the host's sources know. */
async function firstKnown(names: readonly string[]): Promise<string[]> {
  const { execa } = await import('execa');
  for (const name of names) {
    const found = await execa('apt-cache', ['show', '--no-all-versions', name], {
      reject: false,
      timeout: 10_000,
    });
    if (found.exitCode === 0 && found.stdout.includes(`Package: ${name}\n`)) return [name];
  }
  return [];
}

/**
 * Installs Debian packages on this host; only to be called after the user was told.
 * @throws WizardFailure `command` when apt-get fails
 */
export async function installPackages(
  packages: readonly string[],
  options: {
    readonly signal: AbortSignal;
    readonly onNotice: (line: string) => void;
    /** Of each list the first package that this release has, if any. */
    readonly alternatives?: readonly (readonly string[])[];
  },
): Promise<void> {
  const aptGet = async (...args: string[]) => {
    options.onNotice(`apt-get ${args.join(' ')}`);
    const { exitCode, tail } = await runInGroup('apt-get', args, {
      signal: options.signal,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      onLine: options.onNotice,
      // dpkg must not be cut off in the middle of writing its database.
      killSignal: 'SIGTERM',
    });
    if (exitCode === 0) return;
    const command = `apt-get ${args.join(' ')}`;
    throw new WizardFailure({ kind: 'command', command, where: { key: 'where.host' }, exitCode, tail });
  };
  await aptGet('update');
  const chosen = await Promise.all((options.alternatives ?? []).map(firstKnown));
  const wait = ['-o', 'DPkg::Lock::Timeout=60'];
  await aptGet('install', '-y', '--no-install-recommends', ...wait, ...packages, ...chosen.flat());
}
