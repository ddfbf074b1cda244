/** Merges flags, fabric-wizard.yaml and defaults into one checked configuration that records each value's origin. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type ConfigIssue, WizardFailure } from '../core/failure.ts';
import type { Hooks } from '../core/hook.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { OWN_NAMESPACE } from '../fabric/image-ref.ts';
import { isRefName } from '../fabric/local-ref.ts';
import type { FabricSource } from '../fabric/source.ts';
import { folderFlag } from '../host/folder-flag.ts';
import { CHAINCODES_KEY, type ChaincodeChoice } from './chaincode-list.ts';
import { choiceIssue, sizeIssue } from './choice-checks.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type Choice,
  type ChoiceField,
  CORE_YAML,
  fromText,
  keyOf,
} from './config-choices.ts';
import { readConfigFile } from './file-layer.ts';
import { fittingCommand } from './fitting-command.ts';
import { HOOKS_KEY } from './hook-list.ts';
import type { Layer, LayerValue, Origin } from './layers.ts';
import { isPreset, presetChoices, unknownPreset } from './presets.ts';
import { settledChoices } from './settled-choices.ts';
import { swarmIssue } from './swarm-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

export interface EffectiveConfig {
  readonly values: WizardConfig;
  readonly origin: Readonly<Record<ChoiceField, Origin>>;
  /** Those of fabric-wizard.yaml. */
  readonly chaincodes: readonly ChaincodeChoice[];
  /** Those of fabric-wizard.yaml. */
  readonly hooks: Hooks;
}

function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  const layer = new Map<ChoiceField, LayerValue>();
  for (const field of CHOICE_FIELDS) {
    const value = flags[field];
    if (value === undefined) continue;
    const where = value === false ? `--no-${keyOf(field)}` : `--${keyOf(field)}`;
    layer.set(field, {
      value: typeof value === 'string' ? fromText(value, CHOICES[field].type) : value,
      origin: 'flag',
      where,
      from: process.cwd(),
    });
  }
  return layer;
}

/** Returns the choices that `--preset` stands for. Adds an issue if there is no such preset. */
function presetLayer(name: unknown, issues: ConfigIssue[]): Layer {
  if (typeof name !== 'string') return new Map();
  if (!isPreset(name)) {
    issues.push(unknownPreset(name));
    return new Map();
  }
  const where = `--preset ${name}`;
  const values = presetChoices(name).map(
    ([field, value]) => [field, { value, origin: 'preset', where, from: process.cwd() }] as const,
  );
  return new Map(values);
}

const LAST_RUN: Phrase = { key: 'where.last-run' };

function lastRunLayer(choices: LastChoices, dir: string): Layer {
  const layer = new Map<ChoiceField, LayerValue>();
  for (const field of CHOICE_FIELDS) {
    const value = choices[keyOf(field)];
    if (value !== undefined) layer.set(field, { value, origin: 'last-run', where: LAST_RUN, from: dir });
  }
  return layer;
}

async function fileKind(path: string): Promise<'folder' | 'file' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

/** Returns the absolute path, or what is wrong with it. A source is only checked when it is read. */
async function resolvedPath(
  value: string,
  from: string,
  kind: NonNullable<Choice['path']>,
): Promise<{ readonly path: string } | { readonly problem: Phrase }> {
  const path = resolve(from, value);
  switch (kind) {
    case 'source': {
      const isKeyword = value === 'auto' || value === 'sample';
      // A name without a folder can be a tag or a branch.
      const isName = isRefName(value) && (await fileKind(path)) === undefined;
      return { path: isKeyword || isName ? value : path };
    }
    case 'folder':
      return (await fileKind(path)) === 'folder' ? { path } : { problem: { key: 'issue.no-folder', path } };
    case 'file-or-url':
      if (/^https?:\/\/\S+$/.test(value)) return { path: value };
      return (await fileKind(path)) === 'file' ? { path } : { problem: { key: 'issue.no-file', path } };
    default:
      return kind satisfies never;
  }
}

/** Returns the value if it is valid; otherwise adds an issue. */
async function checked(field: ChoiceField, layerValue: LayerValue, issues: ConfigIssue[]): Promise<unknown> {
  const choice: Choice = CHOICES[field];
  const { value, where, from, written } = layerValue;
  const issue = choiceIssue(field, value, where, written);
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

/** Result of `rememberedChoices`, by the keys of the file. */
export type LastChoices = Readonly<Record<string, unknown>>;

/** Choices of one command, not of the network. The next command does not inherit them. */
const NOT_REMEMBERED: readonly ChoiceField[] = ['chaincode', 'jobs', 'proveEveryPeer'];

/** Returns the flags of this run and of earlier ones, for the next command in this folder. */
export function rememberedChoices({ values, origin }: EffectiveConfig): LastChoices {
  return Object.fromEntries(
    CHOICE_FIELDS.filter(
      (field) => ['flag', 'preset', 'last-run'].includes(origin[field]) && !NOT_REMEMBERED.includes(field),
    ).map((field) => [keyOf(field), values[field]]),
  );
}

/**
 * Merges flags, the preset, file, the last run's flags and defaults, in this order of precedence.
 * @param input.flags options of the command by their camel-case names; options that are not choices are ignored, except `preset`
 * @throws WizardFailure `config` with all issues
 */
export async function loadConfig(input: {
  readonly dir: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly lastRun?: LastChoices;
  /** The text that the file is to have, in place of the one that it has. */
  readonly text?: string;
}): Promise<EffectiveConfig> {
  const issues: ConfigIssue[] = [];
  const file = await readConfigFile(resolve(input.dir), issues, input.text);
  // An invalid value in the file is an issue even if a flag overrides it: the next run may come without the flag.
  // A remembered value that has become invalid is only an issue if it is used.
  const lastRun = lastRunLayer(input.lastRun ?? {}, resolve(input.dir));
  const merged = await mergeLayers(
    [file.layer, presetLayer(input.flags.preset, issues), flagLayer(input.flags)],
    lastRun,
    issues,
    folderFlag(input.dir),
  );
  return { ...merged, chaincodes: file.chaincodes, hooks: file.hooks };
}

/** An answer in the wizard. */
export interface AnsweredChoice {
  readonly value: unknown;
  readonly origin: Origin;
}

/**
 * Merges the answers of the wizard and defaults.
 * @param dir folder that relative paths start from
 * @throws WizardFailure `config` with all issues
 */
export async function loadAnswers(
  dir: string,
  answers: ReadonlyMap<ChoiceField, AnsweredChoice>,
): Promise<EffectiveConfig> {
  const values = [...answers].map(
    ([field, answer]) => [field, { ...answer, where: keyOf(field), from: resolve(dir) }] as const,
  );
  const found: ConfigIssue[] = [];
  const { chaincodes, hooks } = await readConfigFile(resolve(dir), found);
  // The answers replace the other keys.
  const issues = found.filter(({ path }) => [CHAINCODES_KEY, HOOKS_KEY].some((key) => path.startsWith(key)));
  return { ...(await mergeLayers([new Map(values)], new Map(), issues)), chaincodes, hooks };
}

/**
 * @param layers all values are checked; a later layer overrides an earlier one
 * @param fallback its values are used and checked if no layer has one
 * @param given further flags for the commands that help a refused one
 * @throws WizardFailure `config` with all issues
 */
async function mergeLayers(
  layers: readonly Layer[],
  fallback: Layer,
  issues: ConfigIssue[],
  given: readonly string[] = [],
): Promise<Merged> {
  const values: Partial<Record<ChoiceField, unknown>> = {};
  const origin: Partial<Record<ChoiceField, Origin>> = {};
  for (const field of CHOICE_FIELDS) {
    const found = layers.flatMap((layer) => layer.get(field) ?? []);
    const defaultValue = CHOICES[field].defaultValue?.();
    if (defaultValue !== undefined) values[field] = defaultValue;
    origin[field] = 'default';
    for (const layerValue of found.length > 0 ? found : [fallback.get(field)]) {
      if (layerValue === undefined) continue;
      const isReset = layerValue.value === undefined;
      values[field] = isReset ? defaultValue : await checked(field, layerValue, issues);
      origin[field] = isReset ? 'default' : layerValue.origin;
    }
  }
  const merged = { values: values as unknown as WizardConfig, origin: origin as Record<ChoiceField, Origin> };
  const result = issues.length > 0 ? merged : settle(merged, layers, issues);
  if (issues.length > 0) {
    const next = fittingCommand(issues, result.values);
    const flags = layers.flatMap((layer) => validFlags(layer, issues, next));
    throw new WizardFailure({ kind: 'config', issues, next, given: [...given, ...flags] });
  }
  return result;
}

type Merged = Omit<EffectiveConfig, 'chaincodes' | 'hooks'>;

/** Compares the choices with each other. Adds what is wrong with them to `issues`. */
function settle({ values, origin }: Merged, layers: readonly Layer[], issues: ConfigIssue[]): Merged {
  const byDefault: Phrase = { key: 'where.default' };
  const where = (field: ChoiceField) =>
    layers
      .toReversed()
      .find((layer) => layer.has(field))
      ?.get(field)?.where ?? byDefault;
  const settled = settledChoices(values, origin, where);
  issues.push(...settled.issues);
  const isFlag = (field: ChoiceField) => settled.origin[field] === 'flag';
  const issue =
    issues.length === 0
      ? (sizeIssue(settled.values, where) ?? swarmIssue(settled.values, isFlag, where))
      : undefined;
  if (issue) issues.push(issue);
  return settled;
}

/** Returns the flags of a layer that no issue is about, and that do not contradict the commands that help. */
function validFlags(layer: Layer, issues: readonly ConfigIssue[], next: readonly string[]): string[] {
  const isSet = (key: string) => next.some((command) => command.split(' ').includes(`--${key}`));
  return [...layer]
    .map(([field, { value, origin }]) => ({ key: keyOf(field), value, origin }))
    .filter(({ key, origin }) => origin !== 'file' && !issues.some(({ path }) => path === key) && !isSet(key))
    .map(flagOf);
}

/** Returns the configuration as rows, for `config`. A value is undefined if its default depends on the source. */
export function configRows(
  effective: EffectiveConfig,
): readonly { readonly key: string; readonly value: WizardConfig[ChoiceField]; readonly origin: Origin }[] {
  return CHOICE_FIELDS.map((field) => ({
    key: keyOf(field),
    value: effective.values[field],
    origin: effective.origin[field],
  }));
}

/** Returns the flag that sets a choice to this value, for a shell. */
export function flagOf({ key, value }: { readonly key: string; readonly value: unknown }): string {
  if (typeof value === 'boolean') return value ? `--${key}` : `--no-${key}`;
  return `--${key} ${shellWord(String(value))}`;
}

function flagsFrom(
  config: EffectiveConfig,
  from: readonly Origin[],
  except: readonly string[] = [],
): string[] {
  return configRows(config)
    .filter(({ key, origin }) => from.includes(origin) && !except.includes(key))
    .map(flagOf);
}

/**
 * Returns the flags of this run, so that another command can repeat them.
 * @param except keys of choices to leave out
 */
export function givenFlags(config: EffectiveConfig, except?: readonly string[]): string[] {
  return flagsFrom(config, ['flag', 'preset'], except);
}

/**
 * Returns the flags of this run, with that of its folder.
 * @param except keys of choices to leave out
 */
export function commandFlags(config: EffectiveConfig, dir: string, except?: readonly string[]): string[] {
  return [...folderFlag(dir), ...givenFlags(config, except)];
}

/** Returns the flags of this run that the next command in the folder does not inherit. */
export function passingFlags(config: EffectiveConfig): string[] {
  const keys = NOT_REMEMBERED.map(keyOf);
  return configRows(config)
    .filter(({ key, origin }) => origin === 'flag' && keys.includes(key))
    .map(flagOf);
}

/** Returns the flags of the last run that apply because this run was not given other values; empty if there are none. */
export function rememberedFlags(config: EffectiveConfig): string {
  return flagsFrom(config, ['last-run']).join(' ');
}

const FABRIC_NAMESPACE = 'hyperledger';
/** Images of the practice source must not be mistaken for Fabric's. */
const PRACTICE_NAMESPACE = 'fabric-practice';

/** The facts of a source that defaults depend on. */
export type SourceFacts = Pick<
  FabricSource,
  'release' | 'version' | 'baseVersion' | 'goVersion' | 'practice'
> & {
  readonly tree: Pick<FabricSource['tree'], 'commit'>;
};

/**
 * Returns the settings of a build, with the defaults that depend on the source.
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
    // Every Go accepts blanks as separators; only Go 1.13 and later accepts commas.
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

/** Returns the environment variables of peers for images of the user's that override core.yaml. */
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

/** Returns the path without links. A folder need not exist: `up` creates it. */
function realFolder(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    const parent = dirname(dir);
    return parent === dir ? dir : join(realFolder(parent), basename(dir));
  }
}

/** Returns `fw-<name of the folder>-<4 hex digits of its real path>`: folders with the same name are different projects. */
export function defaultProject(dir: string): string {
  const real = realFolder(dir);
  const slug = basename(real)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  const suffix = createHash('sha256').update(real).digest('hex').slice(0, 4);
  return ['fw', slug, suffix].filter((part) => part !== '').join('-');
}
