/** Installs the dependencies and builds dist/ if necessary. Imports modules of Node.js only. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function changedAt(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // The time of the folder changes when files are removed.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

/** Runs a command. Its output goes to stderr: stdout belongs to the command that follows. */
function run(what, command, args) {
  process.stderr.write(`fabric-wizard: ${what}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(
    `fabric-wizard: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`,
  );
  process.exit(1);
}

/** Runs `npm ci` if the dependencies are missing or older than the lock file. */
export function installDependencies() {
  const installed = changedAt(join(root, 'node_modules', '.package-lock.json'));
  // `npm ci` would empty the folder of another checkout.
  const isLinked = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink();
  if (!isLinked && installed < changedAt(join(root, 'package-lock.json'))) {
    run('installing the dependencies (npm ci)', 'npm', [
      'ci',
      '--include=dev',
      '--ignore-scripts',
      '--no-fund',
      '--no-audit',
    ]);
  }
}

export function prepare() {
  installDependencies();
  const bundle = join(root, 'dist', 'bin.js');
  const sources = ['src', 'scripts/build.mjs', 'package-lock.json'].map((path) =>
    changedAt(join(root, path)),
  );
  if (!existsSync(bundle) || changedAt(bundle) < Math.max(...sources)) {
    run('building dist/', process.execPath, [join(root, 'scripts', 'build.mjs')]);
  }
}
