/**
 * Table of all settings: keys of fabric-wizard.yaml, command-line flags and their help texts. Validation is in
 * choice-checks.ts, so that `--help` does not load it.
 */
import { availableParallelism } from 'node:os';
import { wholeNumber } from '../core/whole-number.ts';
import { channelProblems } from './channel-list.ts';
import type { Entry, ListProblem } from './entries.ts';
import { organisationProblems } from './organisations.ts';
import type { WizardConfig } from './wizard-config.ts';

export type ChoiceField = keyof WizardConfig;
/** Choices that the help of commands shows together. */
export type ChoiceGroup = 'source' | 'base' | 'network' | 'proof';
export type ChoiceType = 'text' | 'number' | 'boolean';

export interface Choice<F extends ChoiceField = ChoiceField> {
  readonly type: ChoiceType;
  readonly group: ChoiceGroup;
  /** Placeholder of the flag's value in help texts. */
  readonly argument?: string;
  /** All values, or, for a path, those that are no path. */
  readonly values?: readonly string[];
  readonly help: string;
  /** Absent if the default depends on the source, or if there is none. */
  readonly defaultValue?: () => Exclude<WizardConfig[F], undefined>;
  /** Describes a default that `defaultValue` cannot provide, for help texts and schema. */
  readonly defaultText?: string;
  /** Set for paths on the host. A relative path is relative to the current folder (flag) or to the file's folder (file). */
  readonly path?: 'folder' | 'file-or-url' | 'source';
  /** Whether the file can have a map in place of the text `key=value,...`. */
  readonly pairs?: true;
  /** Set if the text has entries: the file can have a list of maps in its place. Returns what is wrong with them. */
  readonly entries?: (entries: readonly Entry[]) => readonly ListProblem[];
}

export const CONFIG_FILE = 'fabric-wizard.yaml';

/** Value that keeps the image of the peers' core.yaml. */
export const CORE_YAML = 'core.yaml';

export const CHOICES: { readonly [F in ChoiceField]-?: Choice<F> } = {
  source: {
    type: 'text',
    group: 'source',
    argument: 'PATH|TAG|BRANCH|sample|auto',
    values: ['auto', 'sample'],
    help: 'Fabric checkout, tag or branch to fetch, bundled practice source, or auto for the first one available',
    defaultValue: () => 'auto',
    path: 'source',
  },
  fabricVersion: {
    type: 'text',
    group: 'source',
    argument: 'VERSION',
    help: 'version compiled into the binaries and used in image tags',
    defaultText: 'from the source',
  },
  dockerNs: {
    type: 'text',
    group: 'source',
    argument: 'NAMESPACE',
    help: 'namespace of the images to build (DOCKER_NS)',
    defaultText: 'hyperledger; fabric-practice for the practice source',
  },
  baseDockerNs: {
    type: 'text',
    group: 'source',
    argument: 'NAMESPACE',
    help: 'namespace of baseimage and baseos (BASE_DOCKER_NS)',
    defaultText: 'hyperledger',
  },
  baseVersion: {
    type: 'text',
    group: 'source',
    argument: 'VERSION',
    help: 'version of baseimage and baseos',
    defaultText: 'from the source',
  },
  dockerLabel: {
    type: 'text',
    group: 'source',
    argument: 'LABEL',
    help: 'prefix of the labels of images and chaincode images',
    defaultValue: () => 'org.hyperledger.fabric',
  },
  commitSha: {
    type: 'text',
    group: 'source',
    argument: 'SHA',
    help: 'commit compiled into the binaries',
    defaultText: 'from the source',
  },
  goTags: {
    type: 'text',
    group: 'source',
    argument: 'TAGS',
    help: 'Go build tags, separated by commas or spaces (GO_TAGS)',
    defaultValue: () => '',
  },
  link: {
    type: 'text',
    group: 'source',
    argument: 'static|dynamic',
    values: ['static', 'dynamic'],
    help: 'link mode of peer and orderer',
    defaultText: 'static up to 1.4.3, dynamic from 1.4.4',
  },
  dockerfiles: {
    type: 'text',
    group: 'source',
    argument: 'own|upstream',
    values: ['own', 'upstream'],
    help: 'Dockerfiles for images of 2.0 and later: own (bundled), or upstream (those of the checkout, which need the internet)',
    defaultValue: () => 'own',
  },
  base: {
    type: 'text',
    group: 'base',
    argument: 'auto|local|pull|debian',
    values: ['auto', 'local', 'pull', 'debian'],
    help: 'source of baseimage and baseos',
    defaultValue: () => 'auto',
  },
  builderImage: {
    type: 'text',
    group: 'base',
    argument: 'IMAGE',
    help: 'builder image to use instead of fabric-baseimage',
    defaultText: '<base-docker-ns>/fabric-baseimage:<arch>-<base-version>',
  },
  runtimeImage: {
    type: 'text',
    group: 'base',
    argument: 'IMAGE',
    help: 'runtime image to use instead of fabric-baseos',
    defaultText: '<base-docker-ns>/fabric-baseos:<arch>-<base-version>',
  },
  chaincodeBuilder: {
    type: 'text',
    group: 'base',
    argument: 'IMAGE|core.yaml',
    values: [CORE_YAML],
    help: 'image that peers compile chaincode in, instead of the one in core.yaml',
    defaultValue: () => CORE_YAML,
  },
  chaincodeRuntime: {
    type: 'text',
    group: 'base',
    argument: 'IMAGE|core.yaml',
    values: [CORE_YAML],
    help: 'base of Go chaincode images, instead of the one in core.yaml',
    defaultValue: () => CORE_YAML,
  },
  orgs: {
    type: 'number',
    group: 'network',
    argument: 'N',
    help: 'number of organisations with peers',
    defaultValue: () => 2,
  },
  organisations: {
    type: 'text',
    group: 'network',
    argument: 'NAME [KEY=VALUE...],...',
    help: 'organisations by name instead of --orgs; keys: peers, orderers (of its own), domain, msp. Example: "Acme peers=2 domain=acme.com, Globex"',
    defaultText: 'Org1, Org2, ...',
    defaultValue: () => '',
    entries: organisationProblems,
  },
  peers: {
    type: 'number',
    group: 'network',
    argument: 'N',
    help: 'number of peers per organisation',
    defaultValue: () => 2,
  },
  orderers: {
    type: 'number',
    group: 'network',
    argument: 'N',
    help: 'number of orderers; more than one needs etcdraft, or BFT (at least 4)',
    defaultValue: () => 1,
  },
  consensus: {
    type: 'text',
    group: 'network',
    argument: 'solo|etcdraft|BFT',
    values: ['solo', 'etcdraft', 'BFT'],
    help: 'consensus type of the orderers',
    defaultText: 'solo up to 1.4 or without TLS, etcdraft from 2.0',
  },
  tls: {
    type: 'boolean',
    group: 'network',
    help: 'use TLS between all nodes',
    defaultValue: () => true,
  },
  couchdb: {
    type: 'boolean',
    group: 'network',
    help: 'store the state in a CouchDB next to each peer instead of its LevelDB',
    defaultValue: () => false,
  },
  couchdbImage: {
    type: 'text',
    group: 'network',
    argument: 'IMAGE',
    help: 'CouchDB image to use',
    defaultText: 'that of the release, or a similar local one',
  },
  channel: {
    type: 'text',
    group: 'network',
    argument: 'NAME[,NAME…]',
    help: 'channel or channels that the peers join',
    defaultValue: () => 'mychannel',
  },
  channels: {
    type: 'text',
    group: 'network',
    argument: 'NAME [KEY=VALUE...],...',
    help: 'channels with members of their own instead of --channel; keys: organisations, peers (joined with +), capability, policies.NAME. Example: "trade, audit organisations=Acme+Globex"',
    defaultText: 'those of --channel, with all peers',
    defaultValue: () => '',
    entries: channelProblems,
  },
  project: {
    type: 'text',
    group: 'network',
    argument: 'NAME',
    help: 'name of the network; prefix of container and chaincode image names',
    defaultText: "derived from the folder's name",
  },
  portBase: {
    type: 'number',
    group: 'network',
    argument: 'PORT',
    help: 'first port on this host: that of the first orderer. The first peer uses PORT+1; up to 8 peers are 1000 apart, more are 10 apart',
    defaultValue: () => 7050,
  },
  jobs: {
    type: 'number',
    group: 'source',
    argument: 'N',
    help: 'maximum number of cores to use at once',
    defaultValue: () => availableParallelism(),
  },
  chaintool: {
    type: 'text',
    group: 'base',
    argument: 'PATH|URL',
    help: 'chaintool to add to ccenv (for CAR chaincode only)',
    defaultText: 'none',
    path: 'file-or-url',
  },
  chaincode: {
    type: 'text',
    group: 'proof',
    argument: 'PATH',
    help: 'Go chaincode for the smoke test',
    defaultText: 'bundled sample',
    path: 'folder',
  },
  proveEveryPeer: {
    type: 'boolean',
    group: 'proof',
    help: 'compile the smoke test chaincode for every peer; the gateway otherwise compiles it once for all',
    defaultValue: () => false,
  },
  gateway: {
    type: 'boolean',
    group: 'network',
    help: "give peers the engine through a gateway that allows only what chaincode needs, not the engine's socket",
    defaultValue: () => true,
  },
  gossip: {
    type: 'text',
    group: 'network',
    argument: 'quiet|default',
    values: ['quiet', 'default'],
    help: 'timers of gossip: quiet (many peers on one machine leave it idle) or default (those of core.yaml)',
    defaultValue: () => 'quiet',
  },
  metrics: {
    type: 'boolean',
    group: 'network',
    help: 'let the nodes collect metrics, and start a Prometheus that reads them on PORT+9 (1.4 and later)',
    defaultValue: () => false,
  },
  metricsImage: {
    type: 'text',
    group: 'network',
    argument: 'IMAGE',
    help: 'Prometheus image to use',
    defaultText: 'a local prom/prometheus, else pulled or built from Debian packages',
  },
  ca: {
    type: 'boolean',
    group: 'network',
    help: 'give each organisation with peers a Fabric CA that is built from source, on PORT+8 of its first peer',
    defaultValue: () => false,
  },
  identities: {
    type: 'text',
    group: 'network',
    argument: 'cryptogen|ca',
    values: ['cryptogen', 'ca'],
    help: 'what makes the certificates of the network: cryptogen, or Fabric CA, which includes --ca',
    defaultValue: () => 'cryptogen',
  },
  caSource: {
    type: 'text',
    group: 'source',
    argument: 'PATH|TAG|auto',
    values: ['auto'],
    help: 'with --ca, Fabric CA checkout or tag to fetch, or auto for a folder fabric-ca beside the Fabric checkout, else a tag',
    defaultValue: () => 'auto',
    path: 'source',
  },
  swarm: {
    type: 'boolean',
    group: 'network',
    help: 'run the nodes on several machines, those of the Docker Swarm that the engine manages',
    defaultValue: () => false,
  },
  placement: {
    type: 'text',
    group: 'network',
    argument: 'ORG=MACHINE,...',
    help: 'with --swarm, the machine of each organisation and of the orderers: Org1=NODE, Org2=label:NAME=VALUE, orderers=NODE',
    defaultText: 'organisations and orderers are spread',
    defaultValue: () => '',
    pairs: true,
  },
  machines: {
    type: 'text',
    group: 'network',
    argument: 'NODE=ADDRESS,...',
    help: 'with --swarm, how the engines of other nodes are reached, as in DOCKER_HOST',
    defaultText: 'as the selected engine, at the address that the node has in the Swarm',
    defaultValue: () => '',
    pairs: true,
  },
  registry: {
    type: 'text',
    group: 'network',
    argument: 'HOST[:PORT][/PATH]',
    help: 'with --swarm, the registry through which other machines get the images; docker must be logged in to it',
    defaultText: 'images are copied from engine to engine',
  },
};

export const CHOICE_FIELDS = Object.keys(CHOICES) as readonly ChoiceField[];

/** Returns the key in the file, which is also the flag without dashes: `dockerNs` -> `docker-ns`. */
export function keyOf(field: ChoiceField): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Converts text to the setting's type. Text that does not convert is returned unchanged, and validation rejects it. */
export function fromText(text: string, type: ChoiceType): unknown {
  if (type === 'number') return wholeNumber(text) ?? text;
  return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

export interface ChoiceOption {
  readonly field: ChoiceField;
  readonly key: string;
  /** Flags in commander's syntax: `--docker-ns <NAMESPACE>`; `--tls` and `--no-tls` for a boolean. */
  readonly flags: readonly string[];
  readonly help: string;
}

/** Returns ` (default: …)`, or an empty string if there is no default. */
export function defaultTextOf(field: ChoiceField): string {
  const { defaultText, defaultValue } = CHOICES[field];
  const text = defaultText ?? String(defaultValue?.() ?? '');
  return text === '' ? '' : ` (default: ${text})`;
}

/** Returns the options for commander. They must have no default, so that `loadConfig` sees only flags that were given. */
export function choiceOptions(): readonly ChoiceOption[] {
  return CHOICE_FIELDS.map((field) => {
    const { type, argument, help } = CHOICES[field];
    const key = keyOf(field);
    const flags = type === 'boolean' ? [`--${key}`, `--no-${key}`] : [`--${key} <${argument}>`];
    return { field, key, flags, help: `${help}${defaultTextOf(field)}` };
  });
}
