/** The command line of this process, as the user types it again. */
import type { StageFailure } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { withAgain } from '../pipeline/run/again-command.ts';
import { shownWords } from './shown-words.ts';

/** Returns the same command line for a folder. @param given the arguments of the process */
export function commandIn(folder: string, given: readonly string[]): string {
  const words = shownWords(given);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const own = words
    .slice(0, end)
    .filter((word, index) => !/^--dir(=|$)/.test(word) && words[index - 1] !== '--dir');
  const quoted = (all: readonly string[]) => all.map(shellWord);
  return ['fabric-wizard', ...quoted(own), ...folderFlag(folder), ...quoted(words.slice(end))].join(' ');
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
