/** Writes fabric-wizard.yaml: updates our keys and keeps comments, order and other keys. */
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { WizardFailure } from '../core/failure.ts';
import { exists, writeAtomically } from '../host/files.ts';
import { openStateFolder, STATE_FOLDER } from '../journal/journal.ts';
import type { AnswerValue } from './answers.ts';
import { configJsonSchema } from './choice-checks.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type ChoiceField,
  CONFIG_FILE,
  defaultTextOf,
  keyOf,
} from './config-choices.ts';

const SCHEMA_FILE = 'schema.json';
const SCHEMA_LINE = `# yaml-language-server: $schema=${STATE_FOLDER}/${SCHEMA_FILE}`;
const HEADER = `${SCHEMA_LINE}
# Settings of fabric-wizard for this folder. Keys that are not in this file have their default; flags override
# this file. \`fabric-wizard config\` shows all values and the origin of each.
`;

const OUR_KEYS = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));

export type FileChoices = ReadonlyMap<ChoiceField, AnswerValue>;

/** Comment above a key that we add. */
function commentOf(field: ChoiceField): string {
  return `# ${CHOICES[field].help}${defaultTextOf(field)}`;
}

/** A YAML scalar, quoted if needed. */
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

/** Offset of the next line. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Removes a key and our comment above it. If the user has a comment after the value, the line becomes a comment. */
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

function editsOf(text: string, map: YAMLMap.Parsed, choices: FileChoices): Edit[] {
  return map.items.flatMap(({ key, value }): Edit[] => {
    const field = isScalar(key) ? OUR_KEYS.get(String(key.value)) : undefined;
    if (field === undefined || !isNode(value)) return [];
    const wanted = choices.get(field);
    const [from, to] = value.range;
    if (wanted === undefined) return [withoutKey(text, field, key.range[0], to)];
    return isScalar(value) && value.value === wanted ? [] : [{ from, to, text: scalarText(wanted) }];
  });
}

function applied(text: string, edits: readonly Edit[]): string {
  const last = edits.toSorted((a, b) => b.from - a.from);
  return last.reduce((now, edit) => now.slice(0, edit.from) + edit.text + now.slice(edit.to), text);
}

function added(fields: readonly ChoiceField[], choices: FileChoices): string {
  return fields
    .map((field) => `\n${commentOf(field)}\n${keyOf(field)}: ${scalarText(choices.get(field) ?? '')}\n`)
    .join('');
}

type Keys = Readonly<Record<string, unknown>>;

/** Returns undefined if the text is not a map of keys and values. */
function keysOf(text: string): Keys | undefined {
  const document = parseDocument(text);
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Keys) : undefined;
}

/** Edits the file in place and appends new keys. */
function edited(before: string, choices: FileChoices): string {
  const { contents } = parseDocument(before);
  const map = isMap(contents) ? contents : undefined;
  const text = map ? applied(before, editsOf(before, map, choices)) : before;
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const missing = CHOICE_FIELDS.filter((field) => choices.has(field) && !map?.has(keyOf(field)));
  const schema = before.includes('yaml-language-server:') ? '' : `${SCHEMA_LINE}${eol}`;
  return `${schema}${text}${text.endsWith('\n') ? '' : eol}${added(missing, choices).replaceAll('\n', eol)}`;
}

/** Rewrites a file that cannot be edited in place, such as `{orgs: 2}`. Keeps comments; whitespace may change. */
function rewritten(before: string, choices: FileChoices): string {
  const document = parseDocument(before);
  for (const [key, field] of OUR_KEYS) {
    const value = choices.get(field);
    if (value === undefined) document.delete(key);
    else document.set(key, value);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * Returns the file with exactly these settings. Existing values are replaced in place; new keys are appended
 * with a comment. Comments, order and foreign keys are kept.
 * @param before current content, or undefined if there is no file
 * @throws WizardFailure `config` if the file is not a map of keys and values
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
    ...Object.entries(keys).filter(([key]) => !OUR_KEYS.has(key)),
    ...[...choices].map(([field, value]) => [keyOf(field), value]),
  ]);
  const text = edited(before, choices);
  return isDeepStrictEqual(keysOf(text), wanted) ? text : rewritten(before, choices);
}

/** Writes only if the text has changed, so that a file under version control stays untouched. */
async function write(path: string, before: string | undefined, text: string): Promise<boolean> {
  if (text === before) return false;
  // Write to the target, so that a symbolic link is kept.
  await writeAtomically(await realpath(path).catch(() => path), text);
  return true;
}

async function readText(path: string): Promise<string | undefined> {
  return (await exists(path)) ? readFile(path, 'utf8') : undefined;
}

/**
 * Writes fabric-wizard.yaml, and the schema that its first line names into the state folder.
 * @returns true if fabric-wizard.yaml changed
 * @throws WizardFailure `config` (see `configText`), `usage` if the state folder is not writable
 */
export async function saveChoices(dir: string, choices: FileChoices): Promise<boolean> {
  const path = join(dir, CONFIG_FILE);
  const before = await readText(path);
  const text = configText(before, choices);
  const schema = join(await openStateFolder(dir), SCHEMA_FILE);
  await write(schema, await readText(schema), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return write(path, before, text);
}
