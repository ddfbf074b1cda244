/** Reads the values of fabric-wizard.yaml, with their positions in the file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { errorCode } from '../core/error-code.ts';
import type { ConfigIssue } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { CHAINCODES_KEY, type ChaincodeChoice, chaincodeList } from './chaincode-list.ts';
import { shownValue } from './choice-checks.ts';
import { CHOICE_FIELDS, type ChoiceField, CONFIG_FILE, keyOf } from './config-choices.ts';

/**
 * `preset`: one of the choices that `--preset` stands for.
 * `last-run`: a flag of the last run in this folder, so that the next command uses the same network.
 */
export type Origin = 'flag' | 'preset' | 'file' | 'last-run' | 'default';

/** A value of one layer, not checked yet. */
export interface LayerValue {
  /** Undefined: the default. */
  readonly value: unknown;
  readonly origin: Origin;
  /** `--orgs`, `fabric-wizard.yaml:3:7`. */
  readonly where: Text;
  /** The value as it is written in the file. */
  readonly written?: string;
  /** Folder that a relative path starts from. */
  readonly from: string;
}

/** Values that come from the same place: flags, the file, the last run. */
export type Layer = ReadonlyMap<ChoiceField, LayerValue>;

const FIELDS = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));

/** Returns the text of the file; undefined if it does not exist or is not readable. */
async function readConfigText(path: string, issues: ConfigIssue[]): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      const message: Phrase = { key: 'issue.unreadable', code: errorCode(error) };
      issues.push({ path: CONFIG_FILE, message, where: CONFIG_FILE });
    }
    return undefined;
  }
}

export interface ConfigFile {
  readonly layer: Layer;
  readonly chaincodes: readonly ChaincodeChoice[];
}

const EMPTY: ConfigFile = { layer: new Map(), chaincodes: [] };

/** Reads the file in `dir`. Adds what is wrong with it to `issues`. */
export async function readConfigFile(dir: string, issues: ConfigIssue[]): Promise<ConfigFile> {
  const text = await readConfigText(join(dir, CONFIG_FILE), issues);
  if (text === undefined) return EMPTY;

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
  if (document.errors.length > 0 || contents === null) return EMPTY;
  if (isScalar(contents) && contents.value === null) return EMPTY;
  const reading = { dir, at, issues };
  if (isMap(contents))
    return {
      layer: mapLayer(document, contents, reading),
      chaincodes: await readChaincodes(document, reading),
    };
  issues.push({
    path: CONFIG_FILE,
    message: { key: 'issue.no-map', value: shownValue(document.toJS()) },
    where: at(contents.range?.[0]),
    fix: { key: 'suggest.map' },
  });
  return EMPTY;
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
    if (name === CHAINCODES_KEY) continue;
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
      layer.set(field, { value: node?.toJS(document) ?? null, written, origin: 'file', where, from: dir });
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

/** Reads the list of chaincodes. */
async function readChaincodes(
  document: Document,
  { dir, at, issues }: Reading,
): Promise<readonly ChaincodeChoice[]> {
  const node = document.get(CHAINCODES_KEY, true);
  if (node === undefined || (isScalar(node) && node.value === null)) return [];
  const value: unknown = isNode(node) ? node.toJS(document) : node;
  /** What is missing has the position of what it is missing in. */
  const positionOf = (path: readonly PropertyKey[]): string => {
    const found = document.getIn([CHAINCODES_KEY, ...path], true);
    return isNode(found) || path.length === 0
      ? at((isNode(found) ? found : undefined)?.range?.[0])
      : positionOf(path.slice(0, -1));
  };
  return chaincodeList({ value, dir, at: positionOf, issues });
}

function unknownKey(name: string, where: string): ConfigIssue {
  const known = [...FIELDS.keys(), CHAINCODES_KEY];
  const nearest = nearestName(name, known);
  const fix: Phrase =
    nearest === undefined
      ? { key: 'suggest.known-keys', keys: known.join(', ') }
      : { key: 'suggest.nearest', name: nearest };
  return { path: name, message: { key: 'issue.unknown-key' }, where, fix };
}
