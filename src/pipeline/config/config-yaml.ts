/** Reads the text of fabric-wizard.yaml, with the positions of its values. */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { ConfigIssue } from '../core/failure.ts';
import type { Hooks } from '../core/hook.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase } from '../core/phrase.ts';
import { CHAINCODES_KEY, type ChaincodeChoice, chaincodeList } from './chaincode-list.ts';
import { shownValue } from './choice-checks.ts';
import { CHOICE_FIELDS, type ChoiceField, CONFIG_FILE, keyOf } from './config-choices.ts';
import { canBeList, listText } from './entry-list.ts';
import { HOOKS_KEY, hookList } from './hook-list.ts';
import { type ConfigFile, EMPTY_FILE, type Layer, type LayerValue } from './layers.ts';
import { canBeMap, pairsText, unusablePair } from './pairs.ts';

const FIELDS = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));
/** Keys that are no choices. */
const OTHER_KEYS: readonly string[] = [CHAINCODES_KEY, HOOKS_KEY];

/** @param dir folder of the file. Adds what is wrong with it to `issues`. */
export async function parsedConfig(text: string, dir: string, issues: ConfigIssue[]): Promise<ConfigFile> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number | undefined): string => {
    const { line, col } = lineCounter.linePos(offset ?? 0);
    return `${CONFIG_FILE}:${line}:${col}`;
  };
  for (const error of document.errors) {
    const where = at(error.pos[0]);
    issues.push(
      error.code === 'MULTIPLE_DOCS'
        ? {
            path: CONFIG_FILE,
            message: { key: 'issue.several-documents' },
            where,
            fix: { key: 'suggest.one-document' },
          }
        : { path: CONFIG_FILE, message: { key: 'issue.no-yaml', reason: error.message }, where },
    );
  }
  const { contents } = document;
  if (document.errors.length > 0 || contents === null) return EMPTY_FILE;
  if (isScalar(contents) && contents.value === null) return EMPTY_FILE;
  const reading = { dir, at, issues };
  if (isMap(contents))
    return {
      layer: mapLayer(document, contents, reading),
      chaincodes: await readChaincodes(document, reading),
      hooks: readHooks(document, reading),
    };
  issues.push({
    path: CONFIG_FILE,
    message: { key: 'issue.no-map', value: shownValue(document.toJS()) },
    where: at(contents.range?.[0]),
    fix: { key: 'suggest.map' },
  });
  return EMPTY_FILE;
}

interface Reading {
  readonly dir: string;
  /** Returns the position of an offset: `fabric-wizard.yaml:3:7`. */
  readonly at: (offset: number | undefined) => string;
  readonly issues: ConfigIssue[];
}

function mapLayer(document: Document, map: YAMLMap, { dir, at, issues }: Reading): Layer {
  const layer = new Map<ChoiceField, LayerValue>();
  for (const { key, value } of map.items) {
    const keyOffset = isScalar(key) ? key.range?.[0] : undefined;
    const name = String(isScalar(key) ? key.value : key);
    if (OTHER_KEYS.includes(name)) continue;
    const field = FIELDS.get(name);
    if (field === undefined) {
      issues.push(unknownKey(name, at(keyOffset)));
      continue;
    }
    const node = isNode(value) ? value : undefined;
    const isEmpty = isScalar(value) && value.source === '';
    const where = at(isEmpty ? keyOffset : (node?.range?.[0] ?? keyOffset));
    try {
      const written = isScalar(value) ? value.source : undefined;
      const read: unknown = node?.toJS(document) ?? null;
      const given = textForm(value, read, { document, field, at, issues });
      if (given !== REFUSED) layer.set(field, { value: given, written, origin: 'file', where, from: dir });
    } catch (error) {
      // An alias without an anchor, or one that expands without end.
      issues.push({
        path: name,
        message: { key: 'issue.no-yaml', reason: (error as Error).message },
        where,
        fix: { key: `fix.${field}` },
      });
    }
  }
  return layer;
}

const REFUSED = Symbol('refused');

/**
 * Returns a map or a list as the text of the flag, for choices that can be one, and other values as they are. What is wrong
 * with it is added to the issues.
 */
function textForm(
  value: unknown,
  read: unknown,
  reading: { document: Document; field: ChoiceField; at: Reading['at']; issues: ConfigIssue[] },
): unknown {
  const { document, field, at, issues } = reading;
  if (canBeList(field) && isSeq(value)) return listText(value, reading) ?? REFUSED;
  if (!canBeMap(field) || !isMap(value)) return read;
  const wrong = pairsIssue(document, field, value, at);
  if (!wrong) return pairsText(read as object);
  issues.push(wrong);
  return REFUSED;
}

/** Returns what is wrong with a map of a choice that can be one: a value that is no text. */
function pairsIssue(
  document: Document,
  field: ChoiceField,
  map: YAMLMap,
  at: Reading['at'],
): ConfigIssue | undefined {
  const wrong = unusablePair(map);
  if (!wrong) return undefined;
  const { key, value } = wrong;
  const node = isNode(value) && !(isScalar(value) && value.source === '') ? value : key;
  const shown = isNode(value) ? value.toJS(document) : null;
  return {
    path: `${keyOf(field)}.${String(key)}`,
    message: { key: 'issue.type', type: { key: 'type.text' }, value: shownValue(shown) },
    where: at(node.range?.[0]),
    fix: { key: `fix.${field}` },
  };
}

/** Returns the value of a key that is no choice, and positions in it; undefined if it is absent or empty. */
function keyValue(document: Document, name: string, { at }: Reading) {
  const node = document.get(name, true);
  if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
  const value: unknown = isNode(node) ? node.toJS(document) : node;
  /** What is missing has the position of what it is missing in. */
  const positionOf = (path: readonly PropertyKey[]): string => {
    const found = document.getIn([name, ...path], true);
    return isNode(found) || path.length === 0
      ? at((isNode(found) ? found : undefined)?.range?.[0])
      : positionOf(path.slice(0, -1));
  };
  return { value, at: positionOf };
}

/** Reads the list of chaincodes. */
async function readChaincodes(document: Document, reading: Reading): Promise<readonly ChaincodeChoice[]> {
  const found = keyValue(document, CHAINCODES_KEY, reading);
  return found ? chaincodeList({ ...found, dir: reading.dir, issues: reading.issues }) : [];
}

function readHooks(document: Document, reading: Reading): Hooks {
  const found = keyValue(document, HOOKS_KEY, reading);
  return found ? hookList({ ...found, issues: reading.issues }) : {};
}

function unknownKey(name: string, where: string): ConfigIssue {
  const known = [...FIELDS.keys(), ...OTHER_KEYS];
  const nearest = nearestName(name, known);
  const fix: Phrase =
    nearest === undefined
      ? { key: 'suggest.known-keys', keys: known.join(', ') }
      : { key: 'suggest.nearest', name: nearest };
  return { path: name, message: { key: 'issue.unknown-key' }, where, fix };
}
