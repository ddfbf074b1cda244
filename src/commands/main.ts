/** Parses argv, runs a command and sets the exit code. Each command imports its heavy modules itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { EXIT } from '../pipeline/core/failure.ts';
import { withSystemFolders } from '../pipeline/host/program-path.ts';
import { commandTree, terminalOf } from './command-tree.ts';

/** The value of `--lang` in a command line that commander refuses. */
function languageIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^--lang(=|$)/.test(word));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

/** @returns the exit code */
async function runCommand(packageDir: string): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  let exitCode: number = EXIT.done;
  const options = {
    version,
    packageDir,
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
      import('./show-failure.ts'),
      import('./usage-errors.ts'),
    ]);
    const words = process.argv.slice(2);
    const flags = { json: words.includes('--json'), lang: languageIn(words) };
    // Only the tree that has parsed the words knows which of them is too many.
    return showFailure(await terminalOf(flags, packageDir), usageFailure(error, tree, words));
  }
  return exitCode;
}

/** Exits when the reader of a pipe has closed it (`fabric-wizard logs | head`). A running run cancels itself instead. */
function onClosedOutput(error: NodeJS.ErrnoException): void {
  const isRunning = process.listenerCount('SIGTERM') > 0;
  if (!isRunning) process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.stageFailed);
}

export async function main(packageDir: string): Promise<void> {
  process.stdout.on('error', onClosedOutput);
  process.stderr.on('error', onClosedOutput);
  process.env.PATH = withSystemFolders(process.env.PATH);
  process.exitCode = await runCommand(packageDir);
}
