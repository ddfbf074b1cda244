/** fabric-wizard.yaml as we write it: our choices, and every other byte as its owner left it. */

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { WizardFailure } from '../core/failure.ts';
import { exists, writeAtomically } from '../host/files.ts';
import { openStateFolder, STATE_FOLDER } from '../host/state-folder.ts';
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
# What fabric-wizard builds and starts here. What is not in this file has its default, and a flag counts
# more than this file; \`fabric-wizard config\` shows all values and where each is from.
`;

const OUR_KEYS = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));

export type FileChoices = ReadonlyMap<ChoiceField, AnswerValue>;

/** The line above a key that we add. */
function commentOf(field: ChoiceField): string {
  return `# ${CHOICES[field].help}${defaultTextOf(field)}`;
}

/** `orgs: 3`, quoted where YAML would read something else. */
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

/** Where the next line begins. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** A comment of its owner behind the value makes the line a comment; what we wrote above it goes along. */
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

/** Undefined for what is no map of keys and values. */
function keysOf(text: string): Keys | undefined {
  const document = parseDocument(text);
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Keys) : undefined;
}

/** In place, with what is added behind the rest. */
function edited(before: string, choices: FileChoices): string {
  const { contents } = parseDocument(before);
  const map = isMap(contents) ? contents : undefined;
  const text = map ? applied(before, editsOf(before, map, choices)) : before;
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const missing = CHOICE_FIELDS.filter((field) => choices.has(field) && !map?.has(keyOf(field)));
  const schema = before.includes('yaml-language-server:') ? '' : `${SCHEMA_LINE}${eol}`;
  return `${schema}${text}${text.endsWith('\n') ? '' : eol}${added(missing, choices).replaceAll('\n', eol)}`;
}

/** For what can't be edited in place: `{orgs: 2}`, a text after `...`. Comments stay, blanks may not. */
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
 * The file with exactly these choices: values are replaced where they stand, new keys come last with what
 * they are about; comments, order and keys that are not ours stay.
 * @param before the file as it is; undefined where there is none
 * @throws WizardFailure `config` for a file that is no map of keys and values
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

/** Only what has changed is written, so that a file under version control stays as it is. */
async function write(path: string, before: string | undefined, text: string): Promise<boolean> {
  if (text === before) return false;
  // A link stays one.
  await writeAtomically(await realpath(path).catch(() => path), text);
  return true;
}

async function readText(path: string): Promise<string | undefined> {
  return (await exists(path)) ? readFile(path, 'utf8') : undefined;
}

/**
 * Writes fabric-wizard.yaml, and beside the state the schema that its first line names.
 * @returns whether the file had to be written
 * @throws WizardFailure `config` (see `configText`), `usage` where the state folder can't be written
 */
export async function saveChoices(dir: string, choices: FileChoices): Promise<boolean> {
  const path = join(dir, CONFIG_FILE);
  const before = await readText(path);
  const text = configText(before, choices);
  const schema = join(await openStateFolder(dir), SCHEMA_FILE);
  await write(schema, await readText(schema), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return write(path, before, text);
}
