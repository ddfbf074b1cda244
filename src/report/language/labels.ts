/** The type of labels, and functions that fill in their placeholders. */
import type { labels } from './en/labels.ts';

/** Key of a text: `<where it is shown>.<what it is>`. */
export type LabelKey = keyof typeof labels;
export type Labels = Readonly<Record<LabelKey, string>>;

/** `{name}`, or `{name|one|more}`: singular or plural form, by the value of `name`. */
const PLACEHOLDER = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g;

/** Replaces the placeholders of a text by their values. A placeholder without a value is kept. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string, one?: string, more?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return String(value);
    return (Number(value) === 1 ? one : more) ?? '';
  });
}

/** Returns the names of the placeholders, each once. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))];
}
