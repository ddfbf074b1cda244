/** The valid values of each choice, and the JSON schema of fabric-wizard.yaml. */

import * as z from 'zod/mini';
import type { ConfigIssue } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { channelNames, SYSTEM_CHANNEL } from '../fabric/channel-names.ts';
import { consensusOf, NEEDS_TLS } from '../fabric/consensus.ts';
import { isNamespace, isRegistry, isTag, parseImageRef } from '../fabric/image-ref.ts';
import { isLinkerSafe } from '../fabric/ldflags.ts';
import { type Release, releasesWith } from '../fabric/release.ts';
import type { Consensus } from '../fabric/release-facts.ts';
import { channelsOf } from './channel-list.ts';
import { CHOICES, type ChoiceField, type ChoiceType, CONFIG_FILE, keyOf } from './config-choices.ts';
import { listProblem } from './entries.ts';
import { MOST_ORDERERS, organisationsOf, peerCount } from './organisations.ts';
import { HIGHEST_PORT, highestBase, lastPort, MOST_PEERS, type NetworkSize } from './port-numbers.ts';
import { machineAddresses, placementRules } from './swarm-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

const MAX_VERSION = 64;

/** Options of a refinement: the message for invalid values. */
export function because(problem: Phrase) {
  return { params: { problem } };
}

/** The linker's rule is checked first: its message explains the reason, those of the others only the format. */
function linked(): z.ZodMiniType<string> {
  return z.string().check(z.refine(isLinkerSafe, { ...because({ key: 'wrong.linker' }), abort: true }));
}

function namespace(): z.ZodMiniType<string> {
  return z.string().check(z.refine(isNamespace, because({ key: 'wrong.namespace' })));
}

function version(): z.ZodMiniType<string> {
  return linked().check(
    z.refine(
      (text) => isTag(text) && text.length <= MAX_VERSION,
      because({ key: 'wrong.version', most: MAX_VERSION }),
    ),
  );
}

function image(): z.ZodMiniType<string> {
  return z
    .string()
    .check(z.refine((text) => parseImageRef(text) !== undefined, because({ key: 'wrong.image' })));
}

function path(): z.ZodMiniType<string> {
  return z
    .string()
    .check(z.refine((text) => text.trim() !== '' && !/[\n\r\0]/.test(text), because({ key: 'wrong.path' })));
}

/** Whether all channels differ from each other and from the system channel. */
function areDistinctChannels(text: string): boolean {
  const names = channelNames(text);
  return new Set(names).size === names.length && !names.includes(SYSTEM_CHANNEL);
}

const RANGES = {
  orgs: [1, MOST_PEERS],
  peers: [1, MOST_PEERS],
  orderers: [1, MOST_ORDERERS],
  portBase: [1024, 65000],
  jobs: [1, 256],
} as const satisfies Partial<Record<ChoiceField, readonly [from: number, to: number]>>;

function wholeNumber(field: keyof typeof RANGES): z.ZodMiniType<number> {
  const [from, to] = RANGES[field];
  return z.int().check(z.gte(from), z.lte(to));
}

const CONSENSUS = ['solo', 'etcdraft', 'BFT'] as const satisfies readonly Consensus[];

function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodMiniType<T[number]> {
  return z.enum(values);
}

/** A text with entries. The message depends on the text. */
function entries(field: 'organisations' | 'channels'): z.ZodMiniType<string> {
  const check = CHOICES[field].entries ?? (() => []);
  return z.string().check((context) => {
    const problem = listProblem(context.value, check);
    if (problem) context.issues.push({ code: 'custom', input: context.value, params: { problem } });
  });
}

/** Checks of values that already have the choice's type. */
export const CHECKS: { readonly [F in ChoiceField]-?: z.ZodMiniType<Exclude<WizardConfig[F], undefined>> } = {
  source: path(),
  fabricVersion: version(),
  dockerNs: namespace(),
  baseDockerNs: namespace(),
  baseVersion: version(),
  dockerLabel: linked().check(
    z.refine((text) => /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i.test(text), because({ key: 'wrong.label' })),
  ),
  commitSha: linked().check(
    z.refine((text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text), because({ key: 'wrong.commit' })),
  ),
  goTags: z
    .string()
    .check(
      z.refine(
        (text) => /^(?:[A-Za-z_][A-Za-z0-9_.]*(?:[ ,]+|$))*$/.test(text),
        because({ key: 'wrong.tags' }),
      ),
    ),
  link: oneOf(['static', 'dynamic']),
  dockerfiles: oneOf(['own', 'upstream']),
  base: oneOf(['auto', 'local', 'pull', 'debian']),
  builderImage: image(),
  runtimeImage: image(),
  chaincodeBuilder: image(),
  chaincodeRuntime: image(),
  orgs: wholeNumber('orgs'),
  organisations: entries('organisations'),
  peers: wholeNumber('peers'),
  orderers: wholeNumber('orderers'),
  // A check of its own, because `wrong.option` lists what the next one accepts.
  consensus: z.pipe(
    z.string().check(z.refine((name) => name !== 'kafka', because({ key: 'wrong.kafka' }))),
    z.enum(CONSENSUS),
  ),
  tls: z.boolean(),
  couchdb: z.boolean(),
  couchdbImage: image(),
  channel: z
    .string()
    .check(
      z.regex(/^[a-z][a-z0-9.-]{0,248}(?:,[a-z][a-z0-9.-]{0,248})*$/),
      z.refine(areDistinctChannels, because({ key: 'wrong.channels', systemChannel: SYSTEM_CHANNEL })),
    ),
  channels: entries('channels'),
  // A peer refuses to build chaincode if its network id has two separators in a row.
  project: z.string().check(z.regex(/^(?=.{1,40}$)[a-z0-9]+(?:[_-][a-z0-9]+)*$/)),
  portBase: wholeNumber('portBase'),
  jobs: wholeNumber('jobs'),
  chaintool: path(),
  chaincode: path(),
  proveEveryPeer: z.boolean(),
  gateway: z.boolean(),
  gossip: oneOf(['quiet', 'default']),
  metrics: z.boolean(),
  metricsImage: image(),
  ca: z.boolean(),
  identities: oneOf(['cryptogen', 'ca']),
  caSource: path(),
  swarm: z.boolean(),
  placement: z
    .string()
    .check(z.refine((text) => placementRules(text) !== undefined, because({ key: 'wrong.placement' }))),
  machines: z
    .string()
    .check(z.refine((text) => machineAddresses(text) !== undefined, because({ key: 'wrong.machines' }))),
  registry: z.string().check(z.refine(isRegistry, because({ key: 'wrong.registry' }))),
};

/** Returns the message for zod's own checks; our refinements contain their messages. */
function problemOf(field: ChoiceField, issue: z.core.$ZodIssue | undefined): Phrase {
  switch (issue?.code) {
    case 'custom':
      return issue.params?.problem as Phrase;
    case 'invalid_value':
      return { key: 'wrong.option', options: issue.values.join(', ') };
    case 'invalid_format':
      return { key: field === 'channel' ? 'wrong.channel' : 'wrong.project' };
    default: {
      const [from, to] = RANGES[field as keyof typeof RANGES];
      return { key: 'wrong.range', from, to };
    }
  }
}

/** Formats a value for a message. */
export function shownValue(value: unknown): Text {
  if (value === null || value === undefined) return { key: 'value.nothing' };
  if (typeof value !== 'object') return JSON.stringify(value);
  return { key: Array.isArray(value) ? 'value.list' : 'value.map' };
}

function hasType(value: unknown, type: ChoiceType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return type satisfies never;
  }
}

/**
 * Returns what is wrong with a value; undefined if it is valid. Does not check whether a path exists.
 * @param where as in `ConfigIssue`
 * @param written the value as it is in the file: YAML reads 1.10 as the number 1.1
 */
export function choiceIssue(
  field: ChoiceField,
  value: unknown,
  where: Text,
  written = String(value),
): ConfigIssue | undefined {
  const { type } = CHOICES[field];
  const fix: Phrase = { key: `fix.${field}` };
  const path = keyOf(field);
  if (!hasType(value, type)) {
    // YAML reads 1.4 as a number.
    const inFile = typeof where === 'string' && where.startsWith(CONFIG_FILE);
    const quote = type === 'text' && typeof value === 'number' && inFile;
    return {
      path,
      message: { key: 'issue.type', type: { key: `type.${type}` }, value: shownValue(value) },
      where,
      // The message about a boolean says which values there are.
      ...(type === 'boolean'
        ? {}
        : { fix: quote ? { key: 'suggest.quotes', line: `${path}: "${written}"` } : fix }),
    };
  }
  const result = CHECKS[field].safeParse(value);
  if (result.success) return undefined;
  const problem = problemOf(field, result.error.issues[0]);
  const meant = nearestName(String(value), CHOICES[field].values ?? []);
  return {
    path,
    message: { key: 'issue.value', value: shownValue(value), problem },
    where,
    fix:
      problem.key === 'wrong.option' && meant !== undefined ? { key: 'suggest.nearest', name: meant } : fix,
  };
}

type Shape = Pick<WizardConfig, 'orgs' | 'organisations' | 'peers' | 'orderers'>;

function sizeOf(values: Shape): NetworkSize {
  return { peers: peerCount(values), orderers: values.orderers };
}

/** Returns the highest valid first port with which all ports exist. */
export function highestPortBase(values: Shape): number {
  return Math.min(RANGES.portBase[1], highestBase(sizeOf(values)));
}

/** Returns the highest valid number of peers of each organisation. */
export function mostPeers({ orgs }: Pick<Shape, 'orgs'>): number {
  return Math.floor(MOST_PEERS / orgs);
}

/** Returns what is wrong with the number of peers of the network, or with the ports that they need. */
export function sizeIssue(
  values: Shape & Pick<WizardConfig, 'portBase'>,
  where: (field: ChoiceField) => Text,
): ConfigIssue | undefined {
  const { orgs, portBase } = values;
  const issue = (field: ChoiceField, message: Phrase, fix: Phrase) =>
    ({ path: keyOf(field), message, where: where(field), fix }) as const;
  const size = sizeOf(values);
  const { peers: count } = size;
  if (count > MOST_PEERS) {
    const message: Phrase = { key: 'issue.too-many-peers', orgs, count, most: MOST_PEERS };
    return values.organisations === ''
      ? issue('peers', message, { key: 'suggest.fewer-peers', most: mostPeers(values) })
      : issue('organisations', message, { key: 'fix.organisations' });
  }
  const port = lastPort(portBase, size);
  if (port <= HIGHEST_PORT) return undefined;
  return issue(
    'portBase',
    { key: 'issue.port-range', count, base: portBase, port, last: HIGHEST_PORT },
    { key: 'suggest.port-base', most: highestPortBase(values) },
  );
}

/** BFT tolerates one faulty orderer of four. */
const LEAST_BFT = 4;

/** Returns which releases have a consensus type. */
function existsIn(consensus: Consensus): Text {
  const { from, to } = releasesWith(consensus);
  if (from !== undefined) return { key: 'shape.since', from };
  return to === undefined ? '' : { key: 'shape.until', to };
}

type OrdererChoices = Pick<WizardConfig, 'consensus' | 'orderers' | 'tls'>;

/** Returns how a network gets the number of orderers that was chosen, or which number it can have. */
function soloFix(release: Pick<Release, 'consensus'>, tls: boolean): Phrase {
  const others = release.consensus.filter((name) => NEEDS_TLS.has(name)).join(', ');
  if (others === '') return { key: 'suggest.one-orderer' };
  return { key: tls ? 'suggest.other-consensus' : 'suggest.consensus-with-tls', others };
}

/** Returns the choices of the network that the release does not support. */
export function shapeIssues(
  { consensus, orderers, tls }: OrdererChoices,
  release: Pick<Release, 'id' | 'consensus'>,
  where: (field: ChoiceField) => Text,
): ConfigIssue[] {
  const issue = (
    field: ChoiceField,
    message: Phrase,
    fix: Phrase = { key: `fix.${field}` },
  ): ConfigIssue => ({ path: keyOf(field), message, where: where(field), fix });
  if (consensus !== undefined && !release.consensus.includes(consensus)) {
    const others = release.consensus.filter((name) => name !== 'kafka').join(', ');
    const exists = existsIn(consensus);
    return [issue('consensus', { key: 'shape.consensus', consensus, release: release.id, exists, others })];
  }
  const effective = consensusOf({ consensus, tls }, release);
  if (effective === undefined) return [issue('tls', { key: 'shape.always-tls', release: release.id })];
  if (effective !== 'solo' && !tls)
    return [issue('consensus', { key: 'shape.needs-tls', consensus: effective })];
  if (effective === 'solo' && orderers > 1) {
    return [issue('orderers', { key: 'shape.solo', count: orderers }, soloFix(release, tls))];
  }
  if (effective === 'BFT' && orderers < LEAST_BFT) {
    const fix: Phrase = { key: 'suggest.orderers', from: LEAST_BFT, to: RANGES.orderers[1] };
    return [issue('orderers', { key: 'shape.bft', least: LEAST_BFT }, fix)];
  }
  return [];
}

/** Returns the issue of a release whose nodes collect no metrics. */
function metricsIssues(
  { metrics }: Pick<WizardConfig, 'metrics'>,
  release: Pick<Release, 'id' | 'operations'>,
  where: (field: ChoiceField) => Text,
): ConfigIssue[] {
  if (!metrics || release.operations) return [];
  const message: Phrase = { key: 'shape.metrics', release: release.id };
  return [{ path: keyOf('metrics'), message, where: where('metrics'), fix: { key: 'suggest.no-metrics' } }];
}

/** Returns the issues of organisations and channels that the release cannot make. */
function memberIssues(
  values: Pick<WizardConfig, 'orgs' | 'organisations' | 'peers' | 'channel' | 'channels'>,
  release: Pick<Release, 'id' | 'extendsNetworks' | 'policies' | 'lifecycle' | 'capabilities'>,
  where: (field: ChoiceField) => Text,
): ConfigIssue[] {
  const issue = (field: ChoiceField, message: Phrase): ConfigIssue[] => [
    { path: keyOf(field), message, where: where(field), fix: { key: `fix.${field}` } },
  ];
  const isShared = organisationsOf(values).some(({ peers, orderers }) => peers > 0 && orderers > 0);
  if (isShared && !release.extendsNetworks)
    return issue('organisations', { key: 'shape.no-org-orderers', release: release.id });
  const channels = channelsOf(values);
  const policies = channels.flatMap((channel) => Object.keys(channel.policies ?? {}));
  if (policies.length > 0 && !release.policies)
    return issue('channels', { key: 'shape.no-policies', release: release.id });
  const policy = policies.find((name) => name.endsWith('Endorsement'));
  if (policy !== undefined && release.lifecycle !== 'package')
    return issue('channels', { key: 'shape.no-lifecycle-policy', release: release.id, policy });
  const hasCapability = channels.some(({ capability }) => capability !== undefined);
  return hasCapability && !release.capabilities
    ? issue('channels', { key: 'shape.no-capabilities', release: release.id })
    : [];
}

/** Returns the choices that `--dockerfiles upstream` does not support. */
export function dockerfileIssues(
  { dockerfiles, link }: Pick<WizardConfig, 'dockerfiles' | 'link'>,
  release: Pick<Release, 'id' | 'baseImages'>,
  where: (field: ChoiceField) => Text,
): ConfigIssue[] {
  if (dockerfiles === 'own') return [];
  const issue = (field: ChoiceField, message: Phrase): ConfigIssue[] => [
    { path: keyOf(field), message, where: where(field), fix: { key: `fix.${field}` } },
  ];
  if (release.baseImages === 'fabric')
    return issue('dockerfiles', { key: 'shape.dockerfiles', release: release.id });
  return link === 'static' ? issue('link', { key: 'shape.upstream-link' }) : [];
}

/** Returns the choices that the release does not support. */
export function releaseIssues(
  values: WizardConfig,
  release: Release,
  where: (field: ChoiceField) => Text,
): ConfigIssue[] {
  return [shapeIssues, dockerfileIssues, metricsIssues, memberIssues].flatMap((issues) =>
    issues(values, release, where),
  );
}
