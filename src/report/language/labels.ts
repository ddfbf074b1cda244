import type { labels } from './en/labels.ts';

/** The key of a sentence or heading of ours: `<where it is shown>.<what it says>`. */
export type LabelKey = keyof typeof labels;
export type Labels = Readonly<Record<LabelKey, string>>;

/** `{name}` becomes the value of that name; one without a value stays as it is written. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The names between braces, each once. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))];
}
