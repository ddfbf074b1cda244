/** Writes choices to fabric-wizard.yaml and keeps the rest of the file as the user wrote it. */

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { WizardFailure } from '../core/failure.ts';
import { exists, writeAtomically } from '../host/files.ts';
import { openStateFolder, STATE_FOLDER } from '../host/state-folder.ts';
import type { AnswerValue } from './answers.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type ChoiceField,
  CONFIG_FILE,
  defaultTextOf,
  keyOf,
} from './config-choices.ts';
import { configJsonSchema } from './config-schema.ts';
import { canBeList, listText } from './entry-list.ts';
import { canBeMap, pairsText } from './pairs.ts';

const SCHEMA_FILE = 'schema.json';
const SCHEMA_LINE = `# yaml-language-server: $schema=${STATE_FOLDER}/${SCHEMA_FILE}`;
const HEADER = `${SCHEMA_LINE}
# What fabric-wizard builds and starts here. Missing keys have their defaults, and flags override this file.
# \`fabric-wizard config\` shows all values and their origins.
`;

const CHOICE_KEYS = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));

export type FileChoices = ReadonlyMap<ChoiceField, AnswerValue>;

/** Returns the comment above an added key. */
function commentOf(field: ChoiceField): string {
  return `# ${CHOICES[field].help}${defaultTextOf(field)}`;
}

/** Returns a value as YAML, quoted if necessary. */
function scalarText(value: AnswerValue): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Returns the offset of the next line. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/**
 * Removes a key with the comment that this program wrote above it. If the user wrote a comment behind the value, the
 * line becomes a comment.
 */
function withoutKey(text: string, field: ChoiceField, key: number, value: number): Edit {
  const from = lineStart(text, key);
  const to = lineEnd(text, value);
  const behind = text.slice(value, to).trim();
  if (behind !== '') return { from, to: from, text: '# ' };
  const above = lineStart(text, from - 1);
  if (from === 0 || text.slice(above, from).trimEnd() !== commentOf(field)) return { from, to, text: '' };
  const gap = lineStart(text, above - 1);
  const hasGap = above > 0 && text.slice(gap, above).trim() === '';
  return { from: hasGap ? gap : above, to, text: '' };
}

/** Returns the value of a choice in the file; a map of pairs, or a list of entries, as the text of the flag. */
function textOf(document: Document, field: ChoiceField, node: Node): unknown {
  if (isMap(node) && canBeMap(field)) return pairsText(node.toJSON());
  if (isSeq(node) && canBeList(field)) return listText(node, { document, field, at: () => '', issues: [] });
  return isScalar(node) ? node.value : undefined;
}

function editsOf(text: string, document: Document, map: YAMLMap.Parsed, choices: FileChoices): Edit[] {
  return map.items.flatMap(({ key, value }): Edit[] => {
    const field = isScalar(key) ? CHOICE_KEYS.get(String(key.value)) : undefined;
    if (field === undefined || !isNode(value)) return [];
    const wanted = choices.get(field);
    const [from, to] = value.range;
    if (wanted === undefined) return [withoutKey(text, field, key.range[0], to)];
    if (textOf(document, field, value) === wanted) return [];
    // The range of a list ends at the next key.
    const end = isSeq(value) && !value.flow ? lineStart(text, to) : to;
    const tail = end < to || text[end - 1] === '\n' ? '\n' : '';
    const isBlock = end < to || tail !== '';
    return [
      isBlock
        ? { from: key.range[1], to: end, text: `: ${scalarText(wanted)}${tail}` }
        : { from, to: end, text: scalarText(wanted) },
    ];
  });
}

function applied(text: string, edits: readonly Edit[]): string {
  const lastFirst = edits.toSorted((a, b) => b.from - a.from);
  return lastFirst.reduce(
    (result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to),
    text,
  );
}

function added(fields: readonly ChoiceField[], choices: FileChoices): string {
  return fields
    .map((field) => `\n${commentOf(field)}\n${keyOf(field)}: ${scalarText(choices.get(field) ?? '')}\n`)
    .join('');
}

type Keys = Readonly<Record<string, unknown>>;

/** Returns the keys and values of the file, a map of pairs as a text; undefined if it is not a map. */
function keysOf(text: string): Keys | undefined {
  const document = parseDocument(text);
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const asText = ([key, each]: [string, unknown]) => {
    const field = CHOICE_KEYS.get(key);
    const node = document.get(key, true);
    const text =
      field !== undefined && isNode(node) && !isScalar(node) ? textOf(document, field, node) : undefined;
    return [key, text ?? each];
  };
  return Object.fromEntries(Object.entries(value as Keys).map(asText));
}

/** Edits values in place and appends new keys. */
function edited(before: string, choices: FileChoices): string {
  const document = parseDocument(before);
  const map = isMap(document.contents) ? document.contents : undefined;
  const text = map ? applied(before, editsOf(before, document, map, choices)) : before;
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const missing = CHOICE_FIELDS.filter((field) => choices.has(field) && !map?.has(keyOf(field)));
  const schema = before.includes('yaml-language-server:') ? '' : `${SCHEMA_LINE}${eol}`;
  return `${schema}${text}${text.endsWith('\n') ? '' : eol}${added(missing, choices).replaceAll('\n', eol)}`;
}

/** Formats the whole file again, for files that cannot be edited in place: `{orgs: 2}`, text after `...`. Comments stay. */
function rewritten(before: string, choices: FileChoices): string {
  const document = parseDocument(before);
  for (const [key, field] of CHOICE_KEYS) {
    const value = choices.get(field);
    if (value === undefined) document.delete(key);
    else document.set(key, value);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * Returns the file with exactly these choices. Values are replaced in place and new keys are appended with a comment;
 * comments, order and unknown keys stay.
 * @param before the current file; undefined if there is none
 * @throws WizardFailure `config` if the file is not a map
 */
export function configText(before: string | undefined, choices: FileChoices): string {
  if (before === undefined || before.trim() === '') return HEADER + added([...choices.keys()], choices);
  const keys = keysOf(before);
  if (keys === undefined) {
    throw new WizardFailure({
      kind: 'config',
      issues: [{ path: CONFIG_FILE, message: { key: 'issue.no-map-any-more' }, where: CONFIG_FILE }],
    });
  }
  const wanted = Object.fromEntries([
    ...Object.entries(keys).filter(([key]) => !CHOICE_KEYS.has(key)),
    ...[...choices].map(([field, value]) => [keyOf(field), value]),
  ]);
  const text = edited(before, choices);
  return isDeepStrictEqual(keysOf(text), wanted) ? text : rewritten(before, choices);
}

/** Writes a file only if its content changes. @returns whether it was written */
async function writeIfChanged(path: string, before: string | undefined, text: string): Promise<boolean> {
  if (text === before) return false;
  // The target is written, so that a symbolic link stays.
  await writeAtomically(await realpath(path).catch(() => path), text);
  return true;
}

async function readText(path: string): Promise<string | undefined> {
  return (await exists(path)) ? readFile(path, 'utf8') : undefined;
}

/**
 * Writes fabric-wizard.yaml, and in the state folder the schema that its first line refers to. Without choices no file
 * is created.
 * @returns whether the file has changed
 * @throws WizardFailure `config` (see `configText`), `usage` if the state folder is not writable
 */
export async function saveChoices(dir: string, choices: FileChoices): Promise<boolean> {
  const path = join(dir, CONFIG_FILE);
  const before = await readText(path);
  if (before === undefined && choices.size === 0) return false;
  const text = configText(before, choices);
  const schema = join(await openStateFolder(dir), SCHEMA_FILE);
  await writeIfChanged(schema, await readText(schema), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return writeIfChanged(path, before, text);
}

/** Removes the line that refers to the schema, because the state folder with the schema is removed. */
export async function removeSchemaLine(dir: string): Promise<void> {
  const path = join(dir, CONFIG_FILE);
  const before = await readText(path);
  if (before === undefined || !before.startsWith(SCHEMA_LINE)) return;
  await writeIfChanged(path, before, before.slice(lineEnd(before, 0)));
}
