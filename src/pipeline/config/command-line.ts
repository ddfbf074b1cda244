/** PURE: formats choices as the shortest equivalent command. */
import { shellWord } from '../core/shell-text.ts';
import type { AnswerValue } from './answers.ts';
import { CHOICE_FIELDS, type ChoiceField, keyOf } from './config-choices.ts';

/**
 * Returns the words of the command, unquoted.
 * @param choices only those that differ from the defaults
 * @param dir undefined for the current folder
 */
export function commandWords(
  command: string,
  choices: ReadonlyMap<ChoiceField, AnswerValue>,
  dir?: string,
): string[] {
  const flags = CHOICE_FIELDS.flatMap((field) => {
    const value = choices.get(field);
    if (value === undefined) return [];
    const key = keyOf(field);
    return typeof value === 'boolean' ? [`--${value ? '' : 'no-'}${key}`] : [`--${key}`, String(value)];
  });
  return ['fabric-wizard', command, '--yes', ...(dir === undefined ? [] : ['--dir', dir]), ...flags];
}

/** Returns the command line that a POSIX shell splits into these words. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
