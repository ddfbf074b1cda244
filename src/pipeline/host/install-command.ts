/** Returns the shell commands that do the same as `installPackages`. */
export function installCommand(packages: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/** Builds the base images alone, so that nothing in the user's folder belongs to root. */
export const BUILD_BASES_AS_ROOT = 'sudo fabric-wizard doctor --fix base';
