/**
 * PURE: lists of named entries as one text, for flags: `Acme peers=2 domain=acme.com, Globex`. In the file they are lists.
 * A value with a blank, a comma or a quote is written as in JSON: `policies.Readers="ANY Readers"`.
 */

import type { Phrase } from '../core/phrase.ts';

/** One entry: its name, and its values by key. Keys of nested maps are joined with dots, lists with `+`. */
export interface Entry {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/** What is wrong with an entry of a list. */
export interface ListProblem {
  readonly index: number;
  /** The key of the value, or `name`. */
  readonly key: string;
  readonly problem: Phrase;
}

const WORD = String.raw`(?:[^\s,"=]+(?:=(?:"(?:[^"\\]|\\.)*"|[^\s,"]*))?)`;
const TOKEN = new RegExp(`${WORD}|,`, 'g');

function readValue(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function entryOf(words: readonly string[]): Entry | undefined {
  const [name, ...rest] = words;
  if (name === undefined || name.includes('=')) return undefined;
  const values = new Map<string, string>();
  for (const word of rest) {
    const [, key = '', text = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const value = readValue(text);
    if (key === '' || value === undefined || value === '' || values.has(key)) return undefined;
    values.set(key, value);
  }
  return { name, values };
}

/** @returns undefined if the text is no list of entries; an empty list for an empty text */
export function entriesOf(text: string): readonly Entry[] | undefined {
  if (text.trim() === '') return [];
  if (text.replaceAll(TOKEN, '').trim() !== '') return undefined;
  const groups: string[][] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ',') groups.push([]);
    else groups.at(-1)?.push(token);
  }
  const entries = groups.map(entryOf);
  const known = entries.filter((entry) => entry !== undefined);
  return known.length === entries.length ? known : undefined;
}

/** Splits the text of a list at its commas; those in a quoted value belong to it, also while it is not closed. */
export function separated(text: string): readonly string[] {
  const parts = [''];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|,|[^,"]+/g))
    if (token === ',') parts.push('');
    else parts.push(`${parts.pop()}${token}`);
  return parts;
}

/** Returns the texts of the entries as they are written, also if there is something wrong with them. */
export function entryTexts(text: string): string[] {
  return separated(text)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function wordOf(key: string, value: string): string {
  return `${key}=${/[\s,"=]/.test(value) ? JSON.stringify(value) : value}`;
}

/** Returns entries as a text that `entriesOf` reads. */
export function entriesText(entries: readonly Entry[]): string {
  return entries
    .map(({ name, values }) => [name, ...[...values].map(([key, value]) => wordOf(key, value))].join(' '))
    .join(', ');
}

/** Returns what is wrong with the text of a list; undefined if it is valid. */
export function listProblem(
  text: string,
  problemsOf: (entries: readonly Entry[]) => readonly ListProblem[],
): Phrase | undefined {
  const entries = entriesOf(text);
  if (!entries) return { key: 'wrong.entries' };
  const [first] = problemsOf(entries);
  if (!first) return undefined;
  const { index, key, problem } = first;
  return { key: 'wrong.entry', name: entries[index]?.name ?? '', field: key, problem };
}
