/** Lists of fabric-wizard.yaml that are a text as a flag: `organisations` and `channels`. */
import { type Document, isMap, isNode, isScalar, type Node, type YAMLSeq } from 'yaml';
import type { ConfigIssue } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { shownValue } from './choice-checks.ts';
import { CHOICES, type ChoiceField, keyOf } from './config-choices.ts';
import { type Entry, entriesText } from './entries.ts';

interface Reading {
  readonly document: Document;
  readonly field: ChoiceField;
  /** Returns the position of an offset. */
  readonly at: (offset: number | undefined) => string;
  readonly issues: ConfigIssue[];
}

/** Nodes of the values of an entry, by their keys; those of nested maps are joined with dots. */
type Places = Map<string, Node>;

interface ReadEntry extends Entry {
  readonly places: Places;
  readonly node: Node;
}

/** Whether a choice can be a list in the file. */
export function canBeList(field: ChoiceField): boolean {
  return CHOICES[field].entries !== undefined;
}

/** Returns the text of a value: a scalar, or a list of them. */
function textOf(value: unknown): string | undefined {
  const scalar = (each: unknown) =>
    typeof each === 'string' || typeof each === 'number' ? String(each) : undefined;
  if (!Array.isArray(value)) return scalar(value);
  const texts = value.map(scalar);
  return texts.length === 0 || texts.includes(undefined) ? undefined : texts.join('+');
}

class EntryReader {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  issue(path: string, message: Phrase, node: Node): void {
    const { field, at, issues } = this.#reading;
    issues.push({
      path: `${keyOf(field)}${path}`,
      message,
      where: at(node.range?.[0]),
      fix: { key: `fix.${field}` },
    });
  }

  #js(node: unknown): unknown {
    return isNode(node) ? node.toJS(this.#reading.document) : node;
  }

  /** Adds the values of a map, with what is wrong with them. */
  #addValues(node: Node, index: number, prefix: string, values: Map<string, string>, places: Places): void {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = `${prefix}${String(this.#js(key))}`;
      const place = isNode(value) && !(isScalar(value) && value.source === '') ? value : (key as Node);
      places.set(name, place);
      if (isMap(value) && prefix === '') {
        this.#addValues(value, index, `${name}.`, values, places);
        continue;
      }
      const found = this.#js(value);
      const text = textOf(found);
      if (text !== undefined && text !== '') values.set(name, text);
      else
        this.issue(
          `[${index}].${name}`,
          { key: 'issue.type', type: { key: 'type.text' }, value: shownValue(found) },
          place,
        );
    }
  }

  entry(node: Node, index: number): ReadEntry | undefined {
    const values = new Map<string, string>();
    const places: Places = new Map();
    if (isMap(node)) this.#addValues(node, index, '', values, places);
    const plain = this.#js(node);
    const name = typeof plain === 'string' ? plain : values.get('name');
    if (name !== undefined && !/[\s,"=]/.test(name)) {
      values.delete('name');
      return { name, values, places, node };
    }
    const isName = isMap(node) || typeof plain === 'string';
    this.issue(
      isName ? `[${index}].name` : `[${index}]`,
      name === undefined && isMap(node)
        ? { key: 'issue.required' }
        : isName
          ? { key: 'issue.value', value: shownValue(name), problem: { key: 'wrong.entry-name' } }
          : { key: 'issue.type', type: { key: 'value.map' }, value: shownValue(plain) },
      places.get('name') ?? node,
    );
    return undefined;
  }
}

/** Returns a list of the file as the text of the flag; undefined if something is wrong with it, which is added to the issues. */
export function listText(list: YAMLSeq, reading: Reading): string | undefined {
  const reader = new EntryReader(reading);
  const before = reading.issues.length;
  const entries = list.items.flatMap((item, index) => reader.entry(item as Node, index) ?? []);
  if (reading.issues.length > before) return undefined;
  for (const { index, key, problem } of CHOICES[reading.field].entries?.(entries) ?? []) {
    const entry = entries[index];
    if (!entry) continue;
    const value = key === 'name' ? entry.name : entry.values.get(key);
    const place = entry.places.get(key) ?? entry.node;
    reader.issue(
      `[${index}].${key}`,
      value === undefined ? problem : { key: 'issue.value', value: shownValue(value), problem },
      place,
    );
  }
  return reading.issues.length > before ? undefined : entriesText(entries);
}
