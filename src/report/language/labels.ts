import type { labels } from './en/labels.ts';

/** The key of a sentence or heading of ours: `<where it is shown>.<what it says>`. */
export type LabelKey = keyof typeof labels;
export type Labels = Readonly<Record<LabelKey, string>>;

/** `{name}`, or `{name|line|lines}`. */
const BRACES = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;

/**
 * `{name}` becomes the value of that name; one without a value stays as it is written. Of `{name|line|lines}` the
 * first form is said of exactly one, the second of any other number.
 */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(BRACES, (whole, name: string, one?: string, others?: string) => {
    const value = values[name];
    return (one === undefined || value === undefined ? value : value === '1' ? one : others) ?? whole;
  });
}

/** The names between braces, each once. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(BRACES)].map(([, name]) => name ?? ''))];
}
