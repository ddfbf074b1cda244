/** Installs Debian packages on this host. */
import { WizardFailure } from '../core/failure.ts';
import { runInGroup } from './process-group.ts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Returns the first package that the host's sources have, or an empty list. */
async function firstAvailable(names: readonly string[]): Promise<string[]> {
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
 * Installs packages with apt-get. The caller informs the user first.
 * @throws WizardFailure `command` if apt-get fails
 */
export async function installPackages(
  packages: readonly string[],
  options: {
    readonly signal: AbortSignal;
    readonly onNotice: (line: string) => void;
    /** From each list, the first available package is installed, if there is one. */
    readonly alternatives?: readonly (readonly string[])[];
  },
): Promise<void> {
  const aptGet = async (...args: string[]) => {
    options.onNotice(`apt-get ${args.join(' ')}`);
    const { exitCode, tail } = await runInGroup('apt-get', args, {
      signal: options.signal,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      onLine: options.onNotice,
      // SIGKILL could interrupt dpkg while it writes its database.
      killSignal: 'SIGTERM',
    });
    if (exitCode === 0) return;
    const command = `apt-get ${args.join(' ')}`;
    throw new WizardFailure({ kind: 'command', command, where: { key: 'where.host' }, exitCode, tail });
  };
  await aptGet('update');
  const chosen = await Promise.all((options.alternatives ?? []).map(firstAvailable));
  const wait = ['-o', 'DPkg::Lock::Timeout=60'];
  await aptGet('install', '-y', '--no-install-recommends', ...wait, ...packages, ...chosen.flat());
}
