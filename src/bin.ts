#!/usr/bin/env node
/** Entry point: parses argv, runs a command and sets the exit code. Each command imports its heavy modules itself. */
import './commands/early-signals.ts';
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { commandTree, terminalOf } from './commands/command-tree.ts';
import { EXIT } from './pipeline/core/failure.ts';
import { withSystemFolders } from './pipeline/host/program-path.ts';

// Node 22 and later cache compiled modules on disk, which makes every start faster.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

/** Root of the package: the parent folder of both `dist/` and `src/`. */
const PACKAGE_DIR = join(dirname(fileURLToPath(import.meta.url)), '..');

const { version } = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8')) as {
  version: string;
};

/** The value of `--lang` in a command line that commander refuses. */
function languageIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^--lang(=|$)/.test(word));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

async function main(): Promise<number> {
  let exitCode: number = EXIT.done;
  const options = {
    version,
    packageDir: PACKAGE_DIR,
    setExit: (code: number) => {
      exitCode = code;
    },
  };
  const tree = commandTree(options, process.argv[2]);
  try {
    await tree.parseAsync();
  } catch (error) {
    // --help and --version also end here, with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    const [{ showFailure }, { usageFailure }] = await Promise.all([
      import('./commands/show-failure.ts'),
      import('./commands/usage-errors.ts'),
    ]);
    const words = process.argv.slice(2);
    const flags = { json: words.includes('--json'), lang: languageIn(words) };
    // Only the tree that has parsed the words knows which of them is too many.
    return showFailure(await terminalOf(flags, PACKAGE_DIR), usageFailure(error, tree, words));
  }
  return exitCode;
}

/** Exits when the reader of a pipe has closed it (`fabric-wizard logs | head`). A running run cancels itself instead. */
function onClosedOutput(error: NodeJS.ErrnoException): void {
  const isRunning = process.listenerCount('SIGTERM') > 0;
  if (!isRunning) process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.stageFailed);
}

process.stdout.on('error', onClosedOutput);
process.stderr.on('error', onClosedOutput);
process.env.PATH = withSystemFolders(process.env.PATH);
process.exitCode = await main();
