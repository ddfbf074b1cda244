/** PURE: choices as the shortest command that means the same. */
import { shellWord } from '../host/shell-text.ts';
import type { AnswerValue } from './answers.ts';
import { CHOICE_FIELDS, type ChoiceField, keyOf } from './config-choices.ts';

/**
 * Words as a shell hands them on.
 * @param choices those that differ from the defaults, and no others
 * @param dir absent where it is the current folder
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

/** The same, to be typed: one line that a POSIX shell takes apart into just these words. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
