/** Flags, fabric-wizard.yaml and defaults -> one checked configuration that knows where each value is from. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { type ConfigIssue, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { type FabricSource, tagOf } from '../fabric/source.ts';
import { errorCode } from '../host/error-code.ts';
import { choiceIssue, portIssue, shownValue } from './choice-checks.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type Choice,
  type ChoiceField,
  CONFIG_FILE,
  CORE_YAML,
  fromText,
  keyOf,
} from './config-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

/** `last-run`: a flag of the last run in this folder, so that the next command means the same network. */
export type Origin = 'flag' | 'file' | 'last-run' | 'default';

export interface EffectiveConfig {
  readonly values: WizardConfig;
  readonly origin: Readonly<Record<ChoiceField, Origin>>;
}

/** A value as it was given, before any check. */
interface Given {
  readonly value: unknown;
  readonly origin: Origin;
  /** `--orgs`, `fabric-wizard.yaml:3:7`. */
  readonly where: Text;
  /** What a relative path starts from. */
  readonly from: string;
}

type Issues = ConfigIssue[];

/** Suggests the key that a wrong one is most like, where one is near. */
function nearestKey(wrong: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const keys = CHOICE_FIELDS.map(keyOf);
  const same = keys.find((key) => plain(key) === plain(wrong));
  if (same !== undefined) return same;
  const near = keys
    .map((key) => ({ key, distance: editDistance(plain(key), plain(wrong)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= 2 ? near.key : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The file's text; undefined where there is no file. */
async function readConfigText(path: string, issues: Issues): Promise<string | undefined> {
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

async function givenByFile(dir: string, issues: Issues): Promise<Map<ChoiceField, Given>> {
  const given = new Map<ChoiceField, Given>();
  const text = await readConfigText(join(dir, CONFIG_FILE), issues);
  if (text === undefined) return given;

  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number | undefined): string => {
    const { line, col } = lineCounter.linePos(offset ?? 0);
    return `${CONFIG_FILE}:${line}:${col}`;
  };
  for (const error of document.errors) {
    const message: Phrase = { key: 'issue.no-yaml', reason: error.message };
    issues.push({ path: CONFIG_FILE, message, where: at(error.pos[0]) });
  }
  const { contents } = document;
  if (document.errors.length > 0 || contents === null) return given;
  if (isScalar(contents) && contents.value === null) return given;
  if (!isMap(contents)) {
    issues.push({
      path: CONFIG_FILE,
      message: { key: 'issue.no-map', value: shownValue(document.toJS()) },
      where: at(contents.range?.[0]),
      fix: { key: 'mend.map' },
    });
    return given;
  }
  const fields = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), field]));
  for (const { key, value } of contents.items) {
    const keyOffset = isScalar(key) ? key.range?.[0] : undefined;
    const name = String(isScalar(key) ? key.value : key);
    const field = fields.get(name);
    if (field === undefined) {
      const nearest = nearestKey(name);
      const fix: Phrase =
        nearest === undefined
          ? { key: 'mend.known-keys', keys: [...fields.keys()].join(', ') }
          : { key: 'mend.nearest', name: nearest };
      issues.push({ path: name, message: { key: 'issue.unknown-key' }, where: at(keyOffset), fix });
      continue;
    }
    const node = isNode(value) ? value : undefined;
    const empty = isScalar(value) && value.source === '';
    const where = at(empty ? keyOffset : (node?.range?.[0] ?? keyOffset));
    try {
      given.set(field, { value: node?.toJS(document) ?? null, origin: 'file', where, from: dir });
    } catch (error) {
      // An alias without its anchor, or one that grows without end.
      issues.push({
        path: name,
        message: { key: 'issue.no-yaml', reason: (error as Error).message },
        where,
        fix: { key: `fix.${field}` },
      });
    }
  }
  return given;
}

function givenByFlags(flags: Readonly<Record<string, unknown>>): Map<ChoiceField, Given> {
  const given = new Map<ChoiceField, Given>();
  for (const field of CHOICE_FIELDS) {
    const value = flags[field];
    if (value === undefined) continue;
    const where = value === false ? `--no-${keyOf(field)}` : `--${keyOf(field)}`;
    given.set(field, {
      value: typeof value === 'string' ? fromText(value, CHOICES[field].type) : value,
      origin: 'flag',
      where,
      from: process.cwd(),
    });
  }
  return given;
}

const LAST_RUN: Phrase = { key: 'where.last-run' };

function givenByLastRun(choices: LastChoices, dir: string): Map<ChoiceField, Given> {
  const given = new Map<ChoiceField, Given>();
  for (const field of CHOICE_FIELDS) {
    const value = choices[keyOf(field)];
    if (value !== undefined) given.set(field, { value, origin: 'last-run', where: LAST_RUN, from: dir });
  }
  return given;
}

async function kindOf(path: string): Promise<'folder' | 'file' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

/** A path as an absolute one, or the issue with it. The source is judged where it is read. */
async function resolvedPath(
  value: string,
  from: string,
  kind: NonNullable<Choice['path']>,
): Promise<{ readonly path: string } | { readonly problem: Phrase }> {
  const path = resolve(from, value);
  switch (kind) {
    case 'source': {
      const word = value === 'auto' || value === 'sample';
      const tag = tagOf(value) !== undefined && (await kindOf(path)) !== 'folder';
      return { path: word || tag ? value : path };
    }
    case 'folder':
      return (await kindOf(path)) === 'folder' ? { path } : { problem: { key: 'issue.no-folder', path } };
    case 'file-or-url':
      if (/^https?:\/\/\S+$/.test(value)) return { path: value };
      return (await kindOf(path)) === 'file' ? { path } : { problem: { key: 'issue.no-file', path } };
    default:
      return kind satisfies never;
  }
}

/** The value where it is good; otherwise what is wrong goes to `issues`. */
async function checked(field: ChoiceField, given: Given, issues: Issues): Promise<unknown> {
  const choice: Choice = CHOICES[field];
  const { value, where, from } = given;
  const issue = choiceIssue(field, value, where);
  if (issue) {
    issues.push(issue);
    return undefined;
  }
  if (choice.path === undefined) return value;
  const resolved = await resolvedPath(String(value), from, choice.path);
  if ('path' in resolved) return resolved.path;
  issues.push({ path: keyOf(field), message: resolved.problem, where, fix: { key: `fix.${field}` } });
  return undefined;
}

/** What `rememberedChoices` gave, by the keys of the file. */
export type LastChoices = Readonly<Record<string, unknown>>;

/** Choices of one command, not of the network: the next command must not inherit them. */
const NOT_REMEMBERED: readonly ChoiceField[] = ['chaincode', 'jobs', 'proveEveryPeer'];

/** The flags of this run and of those before it, for the next command in this folder. */
export function rememberedChoices({ values, origin }: EffectiveConfig): LastChoices {
  return Object.fromEntries(
    CHOICE_FIELDS.filter(
      (field) =>
        (origin[field] === 'flag' || origin[field] === 'last-run') && !NOT_REMEMBERED.includes(field),
    ).map((field) => [keyOf(field), values[field]]),
  );
}

/**
 * Flags over file over the last run's flags over defaults.
 * @param flags the command's options by their camel-case names; those that are no choice are left alone
 * @throws WizardFailure `config` with every issue at once
 */
export async function loadConfig(input: {
  readonly dir: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly lastRun?: LastChoices;
}): Promise<EffectiveConfig> {
  const issues: Issues = [];
  const byFile = await givenByFile(resolve(input.dir), issues);
  const byFlags = givenByFlags(input.flags);
  // A bad value in the file is told even where a flag covers it: the next run may come without the flag.
  // A remembered value may have gone bad meanwhile; then only who would really use it hears of it.
  return settle([byFile, byFlags], givenByLastRun(input.lastRun ?? {}, resolve(input.dir)), issues);
}

/** An answer of the wizard. */
export interface GivenAnswer {
  readonly value: unknown;
  readonly origin: Origin;
}

/**
 * The choices that a person has answered; what is not among them has its default.
 * @param dir what a relative path starts from
 * @throws WizardFailure `config` with every issue at once
 */
export async function loadAnswers(
  dir: string,
  answers: ReadonlyMap<ChoiceField, GivenAnswer>,
): Promise<EffectiveConfig> {
  const given = [...answers].map(
    ([field, answer]) => [field, { ...answer, where: keyOf(field), from: resolve(dir) }] as const,
  );
  return settle([new Map(given)], new Map(), []);
}

type Layer = ReadonlyMap<ChoiceField, Given>;

/**
 * @param told the later wins, and all of them are checked
 * @param fallback counts where none of them has a value
 */
async function settle(told: readonly Layer[], fallback: Layer, issues: Issues): Promise<EffectiveConfig> {
  const values: Partial<Record<ChoiceField, unknown>> = {};
  const origin: Partial<Record<ChoiceField, Origin>> = {};
  for (const field of CHOICE_FIELDS) {
    const given = told.flatMap((layer) => layer.get(field) ?? []);
    const defaultValue = CHOICES[field].defaultValue?.();
    if (defaultValue !== undefined) values[field] = defaultValue;
    origin[field] = 'default';
    for (const one of given.length > 0 ? given : [fallback.get(field)]) {
      if (one === undefined) continue;
      values[field] = await checked(field, one, issues);
      origin[field] = one.origin;
    }
  }
  if (issues.length === 0) {
    const where = told
      .toReversed()
      .find((layer) => layer.has('portBase'))
      ?.get('portBase')?.where;
    const issue = portIssue(values as unknown as WizardConfig, where ?? { key: 'where.default' });
    if (issue) issues.push(issue);
  }
  if (issues.length > 0) throw new WizardFailure({ kind: 'config', issues });
  return { values: values as unknown as WizardConfig, origin: origin as Record<ChoiceField, Origin> };
}

/** The effective configuration as rows, for `config`. A value that the source will decide is undefined. */
export function printConfig(
  effective: EffectiveConfig,
): readonly { readonly key: string; readonly value: WizardConfig[ChoiceField]; readonly origin: Origin }[] {
  return CHOICE_FIELDS.map((field) => ({
    key: keyOf(field),
    value: effective.values[field],
    origin: effective.origin[field],
  }));
}

const FABRIC_NAMESPACE = 'hyperledger';
/** Images of the practice source must never be taken for Fabric's. */
const PRACTICE_NAMESPACE = 'fabric-practice';

/** Of base images that no Fabric names. */
const OWN_NAMESPACE = 'fabric-wizard';

/** What the choices' own values depend on. */
export type SourceFacts = Pick<
  FabricSource,
  'release' | 'version' | 'baseVersion' | 'goVersion' | 'practice'
> & {
  readonly tree: Pick<FabricSource['tree'], 'commit'>;
};

/**
 * Gives every choice its value.
 * @param goArch the engine's architecture as Go names it
 */
export function buildSettings(config: WizardConfig, source: SourceFacts, goArch: string): BuildSettings {
  const { release } = source;
  const baseVersion = config.baseVersion ?? source.baseVersion;
  const baseDockerNs = config.baseDockerNs ?? FABRIC_NAMESPACE;
  const baseTag = release.baseTag(goArch, baseVersion);
  const ours = release.baseImages === 'ours';
  return {
    release,
    version: config.fabricVersion ?? source.version,
    commitSha: config.commitSha ?? (source.tree.commit || 'unknown'),
    baseVersion: ours ? '' : baseVersion,
    goVersion: source.goVersion,
    dockerNs: config.dockerNs ?? (source.practice ? PRACTICE_NAMESPACE : FABRIC_NAMESPACE),
    baseDockerNs,
    dockerLabel: config.dockerLabel,
    // Blanks are what every Go understands; commas only 1.13 and later.
    goTags: config.goTags.split(/[ ,]+/).filter(Boolean).join(' '),
    link: config.link ?? (release.staticByDefault ? 'static' : 'dynamic'),
    dockerfiles: config.dockerfiles,
    goArch,
    builderImage: ours
      ? `${OWN_NAMESPACE}/builder:go${source.goVersion}`
      : `${baseDockerNs}/fabric-baseimage:${baseTag}`,
    runtimeImage: ours ? `${OWN_NAMESPACE}/runtime:base` : `${baseDockerNs}/fabric-baseos:${baseTag}`,
  };
}

/** Environment of peers that are told images of the user's in place of core.yaml's. */
export function imageOverrides({
  chaincodeBuilder,
  chaincodeRuntime,
}: Pick<WizardConfig, 'chaincodeBuilder' | 'chaincodeRuntime'>): Record<string, string> {
  return {
    ...(chaincodeBuilder === CORE_YAML ? {} : { CORE_CHAINCODE_BUILDER: chaincodeBuilder }),
    ...(chaincodeRuntime === CORE_YAML ? {} : { CORE_CHAINCODE_GOLANG_RUNTIME: chaincodeRuntime }),
  };
}

const MAX_SLUG = 20;

/** `fw-<name of the folder>-<4 hex of its real path>`: two folders of one name are two projects. */
export function defaultProject(dir: string): string {
  const real = realpathSync(dir);
  const slug = basename(real)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  const mark = createHash('sha256').update(real).digest('hex').slice(0, 4);
  return ['fw', slug, mark].filter((part) => part !== '').join('-');
}
