/** The command line of this process with one argument corrected. */
import { shellWord } from '../pipeline/core/shell-text.ts';
import { shownWords } from './shown-words.ts';

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
  return ['fabric-wizard', ...shownWords(words).with(index, meant).map(shellWord)].join(' ');
}
