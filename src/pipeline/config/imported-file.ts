/** Reads a file of another tool, and remembers which of its keys were read: the others are named to the user. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { ConfigIssue } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { wholeNumber } from '../core/whole-number.ts';
import { shownValue } from './choice-checks.ts';

/** What is not taken from a file, or taken in another way, and what to do instead. */
export interface ImportNote {
  /** `global.engine`, `orgs[1].ca` */
  readonly key: string;
  /** `network.json:12:5` */
  readonly where: string;
  readonly message: Phrase;
}

type Type = 'text' | 'number' | 'boolean' | 'list' | 'map';

const TYPE_TEXT: Readonly<Record<Type, Phrase>> = {
  text: { key: 'type.text' },
  number: { key: 'type.number' },
  boolean: { key: 'type.boolean' },
  list: { key: 'value.list' },
  map: { key: 'value.map' },
};

interface Entry {
  readonly keyNode: Node;
  readonly value: Node | undefined;
}

/** A file that is being imported. */
export class ImportedFile {
  readonly notes: ImportNote[] = [];
  readonly issues: ConfigIssue[] = [];
  /** The top of the file; undefined if it is no map. */
  readonly root: ImportedMap | undefined;
  readonly #name: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  /** One for each map, so that it is known of each what was read. */
  readonly #maps = new Map<YAMLMap, ImportedMap>();

  /** @param name of the file, for messages */
  constructor(text: string, name: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    for (const error of this.#document.errors)
      this.issues.push({
        path: name,
        message: { key: 'issue.no-yaml', reason: error.message },
        where: this.at(error.pos[0]),
      });
    // The parser finds these only when a value is read.
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document)) return;
        this.issues.push({
          path: name,
          message: { key: 'issue.no-anchor', alias: `*${alias.source}`, anchor: `&${alias.source}` },
          where: this.at(alias.range?.[0]),
        });
      },
    });
    const contents = this.#document.contents as Node | null;
    if (this.issues.length > 0) return;
    if (isMap(contents)) this.root = this.mapOf(contents, '');
    else this.refuse('map', contents ?? undefined, name, contents ?? undefined);
  }

  at(offset: number | undefined): string {
    const { line, col } = this.#lines.linePos(offset ?? 0);
    return `${this.#name}:${line}:${col}`;
  }

  /** Returns a node, and for an alias what it stands for. */
  resolved(node: unknown): Node | undefined {
    return isAlias(node) ? node.resolve(this.#document) : ((node as Node | null) ?? undefined);
  }

  js(node: Node | undefined): unknown {
    return node?.toJS(this.#document) ?? null;
  }

  /** @param node what to show, if it has a value @param place where it is */
  refuse(type: Type, node: Node | undefined, key: string, place: Node | undefined): void {
    const message: Phrase = { key: 'issue.type', type: TYPE_TEXT[type], value: shownValue(this.js(node)) };
    this.issues.push({ path: key, message, where: this.at(place?.range?.[0]) });
  }

  mapOf(node: YAMLMap, key: string): ImportedMap {
    const known = this.#maps.get(node);
    if (known) return known;
    const map = new ImportedMap(this, node, key);
    this.#maps.set(node, map);
    return map;
  }

  /** Notes every key of the maps that were read that nobody has asked for. */
  noteUnread(): void {
    for (const map of this.#maps.values())
      for (const name of map.unread) map.note(name, { key: 'import.unknown' });
  }
}

/** A map of a file that is being imported. What has the wrong type is added to the issues of the file. */
export class ImportedMap {
  /** Path of the map: `orgs[1]`; empty for the top of the file. */
  readonly key: string;
  readonly #file: ImportedFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #read = new Set<string>();

  constructor(file: ImportedFile, node: YAMLMap, key: string) {
    this.key = key;
    this.#file = file;
    this.#entries = this.#entriesOf(node);
  }

  get unread(): readonly string[] {
    return [...this.#entries.keys()].filter((name) => !this.#read.has(name));
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Names of all keys. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Adds a note about a key, if the map has it. */
  note(name: string, message: Phrase): void {
    this.#read.add(name);
    const entry = this.#entries.get(name);
    if (!entry) return;
    const where = this.#file.at(entry.keyNode.range?.[0]);
    this.#file.notes.push({ key: this.#path(name), where, message });
  }

  /** Leaves out a key without a note: it says nothing. */
  skip(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  text(name: string): string | undefined {
    const node = this.#value(name);
    if (!node) return undefined;
    const value = this.#file.js(node);
    if (typeof value === 'string' && value !== '') return value;
    // A version such as 2.5 is a number for YAML.
    if (isScalar(node) && typeof value === 'number') return node.source ?? String(value);
    return this.#refuse('text', name, node);
  }

  count(name: string): number | undefined {
    const node = this.#value(name);
    if (!node) return undefined;
    const value = this.#file.js(node);
    const count = typeof value === 'number' ? wholeNumber(String(value)) : undefined;
    return count ?? this.#refuse('number', name, node);
  }

  flag(name: string): boolean | undefined {
    const node = this.#value(name);
    if (!node) return undefined;
    const value = this.#file.js(node);
    return typeof value === 'boolean' ? value : this.#refuse('boolean', name, node);
  }

  map(name: string): ImportedMap | undefined {
    const node = this.#value(name);
    if (!node) return undefined;
    return isMap(node) ? this.#file.mapOf(node, this.#path(name)) : this.#refuse('map', name, node);
  }

  /** Returns a list of maps; empty if it is absent. */
  maps(name: string): readonly ImportedMap[] {
    return this.#items(name).flatMap(({ node, path }) => {
      if (isMap(node)) return [this.#file.mapOf(node, path)];
      this.#file.refuse('map', node, path, node);
      return [];
    });
  }

  /** Returns a list of texts; empty if it is absent. */
  texts(name: string): readonly string[] {
    return this.#items(name).flatMap(({ node, path }) => {
      const value = this.#file.js(node);
      if (typeof value === 'string') return [value];
      this.#file.refuse('text', node, path, node);
      return [];
    });
  }

  /** Adds an issue: without a value of this key, the file means nothing. */
  require(name: string): void {
    if (this.has(name)) return;
    const [first] = this.#entries.values();
    this.#file.issues.push({
      path: this.#path(name),
      message: { key: 'issue.required' },
      where: this.#file.at(first?.keyNode.range?.[0]),
    });
  }

  #path(name: string): string {
    return this.key === '' ? name : `${this.key}.${name}`;
  }

  #items(name: string): readonly { readonly node: Node | undefined; readonly path: string }[] {
    const list = this.#value(name);
    if (!list) return [];
    if (!isSeq(list)) {
      this.#refuse('list', name, list);
      return [];
    }
    return list.items.map((item, index) => ({
      node: this.#file.resolved(item),
      path: `${this.#path(name)}[${index}]`,
    }));
  }

  /** Returns the value of a key; undefined if it is absent or empty. */
  #value(name: string): Node | undefined {
    this.#read.add(name);
    const value = this.#entries.get(name)?.value;
    return isScalar(value) && value.value === null ? undefined : value;
  }

  #refuse(type: Type, name: string, node: Node): undefined {
    this.#file.refuse(type, node, this.#path(name), node);
    return undefined;
  }

  /** Returns the values by their keys; those of maps that `<<` merges come first, so that own ones replace them. */
  #entriesOf(node: YAMLMap, around: readonly YAMLMap[] = []): ReadonlyMap<string, Entry> {
    const merged: [string, Entry][] = [];
    const own: [string, Entry][] = [];
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      const resolved = this.#file.resolved(value);
      if (name === '<<' || (isScalar(key) && typeof key.value === 'symbol')) {
        const all = isSeq(resolved) ? resolved.items.map((item) => this.#file.resolved(item)) : [resolved];
        for (const each of all) {
          // A map can merge itself.
          if (!isMap(each) || each === node || around.includes(each)) continue;
          merged.push(...this.#entriesOf(each, [...around, node]));
        }
      } else own.push([name, { keyNode: key as Node, value: resolved }]);
    }
    return new Map([...merged, ...own]);
  }
}
