/** The command line of this process, as the user types it again. */
import type { StageFailure } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { withAgain } from '../pipeline/run/again-command.ts';

/** Returns the same command line for a folder. @param words the arguments of the process */
export function commandIn(folder: string, words: readonly string[]): string {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const own = words
    .slice(0, end)
    .filter((word, index) => !/^--dir(=|$)/.test(word) && words[index - 1] !== '--dir');
  const quoted = (all: readonly string[]) => all.map(shellWord);
  return ['fabric-wizard', ...quoted(own), ...folderFlag(folder), ...quoted(words.slice(end))].join(' ');
}

/**
 * Returns a command line with another argument in place of a wrong one, which can be the value of an option.
 * @param words the arguments of the process
 * @returns undefined if the wrong one is not among them, as on a screen
 */
export function commandWith(
  wrong: string,
  right: string,
  words: readonly string[] = process.argv.slice(2),
): string | undefined {
  const index = words.findIndex(
    (word) => word === wrong || (/^--./.test(word) && word.endsWith(`=${wrong}`)),
  );
  const found = words[index];
  if (found === undefined) return undefined;
  const meant = found.slice(0, found.length - wrong.length) + right;
  return ['fabric-wizard', ...words.with(index, meant).map(shellWord)].join(' ');
}

/** Commands that the next `up` continues. Without a command, the screens run `up`. */
const CONTINUED: readonly (string | undefined)[] = ['up', 'build', 'rebuild', undefined];

/** Adds the same command to a failure of the engine or of a file, unless the next run continues what this one did. */
export function withSameCommand(failure: StageFailure, dir: string, words: readonly string[]): StageFailure {
  const command = words.find((word) => !word.startsWith('-'));
  if (CONTINUED.includes(command)) return failure;
  const again = commandIn(dir, words);
  return failure.kind === 'file' && failure.repeat === undefined
    ? { ...failure, repeat: again }
    : withAgain(failure, again);
}
