/**
 * The table of all choices: keys of fabric-wizard.yaml, flags of the commands, and their help. The checks are in
 * choice-checks.ts, so that the command line parser does not load them.
 */
import { availableParallelism } from 'node:os';
import type { WizardConfig } from './wizard-config.ts';

export type ChoiceField = keyof WizardConfig;
export type ChoiceType = 'text' | 'number' | 'boolean';

export interface Choice<F extends ChoiceField = ChoiceField> {
  readonly type: ChoiceType;
  /** Placeholder of the flag's value. */
  readonly argument?: string;
  readonly help: string;
  /** Absent if the default depends on the source, or if there is none. */
  readonly defaultValue?: () => Exclude<WizardConfig[F], undefined>;
  /** Description of the default for help and schema, if there is no `defaultValue`. */
  readonly defaultText?: string;
  /** For paths of the host. A relative path starts at the current folder (flag) or at the file's folder (file). */
  readonly path?: 'folder' | 'file-or-url' | 'source';
}

export const CONFIG_FILE = 'fabric-wizard.yaml';

/** The choice not to override the image in the peers' core.yaml. */
export const CORE_YAML = 'core.yaml';

export const CHOICES: { readonly [F in ChoiceField]-?: Choice<F> } = {
  source: {
    type: 'text',
    argument: 'PATH|TAG|sample|auto',
    help: 'a Fabric checkout, a tag to clone, the bundled practice source, or whichever of them is there',
    defaultValue: () => 'auto',
    path: 'source',
  },
  fabricVersion: {
    type: 'text',
    argument: 'VERSION',
    help: 'version compiled into the binaries and written into the image tags',
    defaultText: "the source's",
  },
  dockerNs: {
    type: 'text',
    argument: 'NAMESPACE',
    help: 'namespace of the images that are built (DOCKER_NS)',
    defaultText: 'hyperledger; fabric-practice for the practice source',
  },
  baseDockerNs: {
    type: 'text',
    argument: 'NAMESPACE',
    help: 'namespace of baseimage and baseos (BASE_DOCKER_NS)',
    defaultText: 'hyperledger',
  },
  baseVersion: {
    type: 'text',
    argument: 'VERSION',
    help: 'version of baseimage and baseos',
    defaultText: "the source's",
  },
  dockerLabel: {
    type: 'text',
    argument: 'LABEL',
    help: 'prefix of the labels of images and chaincode images',
    defaultValue: () => 'org.hyperledger.fabric',
  },
  commitSha: {
    type: 'text',
    argument: 'SHA',
    help: 'commit compiled into the binaries',
    defaultText: "the source's",
  },
  goTags: {
    type: 'text',
    argument: 'TAGS',
    help: 'Go build tags, separated by commas or blanks (GO_TAGS)',
    defaultValue: () => '',
  },
  link: {
    type: 'text',
    argument: 'static|dynamic',
    help: 'how peer and orderer are linked',
    defaultText: "the line's: static up to 1.4.3, dynamic from 1.4.4",
  },
  dockerfiles: {
    type: 'text',
    argument: 'own|upstream',
    help: "Dockerfiles of the images from 2.0 on: ours, or the checkout's own, which need the internet",
    defaultValue: () => 'own',
  },
  base: {
    type: 'text',
    argument: 'auto|local|pull|debian',
    help: 'where baseimage and baseos come from',
    defaultValue: () => 'auto',
  },
  builderImage: {
    type: 'text',
    argument: 'IMAGE',
    help: 'your own builder in place of fabric-baseimage',
    defaultText: '<base-docker-ns>/fabric-baseimage:<arch>-<base-version>',
  },
  runtimeImage: {
    type: 'text',
    argument: 'IMAGE',
    help: 'your own runtime in place of fabric-baseos',
    defaultText: '<base-docker-ns>/fabric-baseos:<arch>-<base-version>',
  },
  chaincodeBuilder: {
    type: 'text',
    argument: 'IMAGE|core.yaml',
    help: "image that the peers compile chaincode in, in place of core.yaml's",
    defaultValue: () => CORE_YAML,
  },
  chaincodeRuntime: {
    type: 'text',
    argument: 'IMAGE|core.yaml',
    help: "image that the peers put Go chaincode on, in place of core.yaml's",
    defaultValue: () => CORE_YAML,
  },
  orgs: {
    type: 'number',
    argument: 'N',
    help: 'organisations with peers',
    defaultValue: () => 2,
  },
  peers: {
    type: 'number',
    argument: 'N',
    help: 'peers of each organisation',
    defaultValue: () => 2,
  },
  orderers: {
    type: 'number',
    argument: 'N',
    help: 'orderers; several need etcdraft, or BFT (at least 4)',
    defaultValue: () => 1,
  },
  consensus: {
    type: 'text',
    argument: 'solo|etcdraft|BFT',
    help: 'consensus of the orderers',
    defaultText: "the line's: solo up to 1.4 and where there is no TLS, etcdraft from 2.0",
  },
  tls: {
    type: 'boolean',
    help: 'TLS between all nodes',
    defaultValue: () => true,
  },
  couchdb: {
    type: 'boolean',
    help: 'a CouchDB beside each peer keeps the state, in place of the LevelDB in it',
    defaultValue: () => false,
  },
  couchdbImage: {
    type: 'text',
    argument: 'IMAGE',
    help: 'your own CouchDB image',
    defaultText: "the line's, or one like it that is here",
  },
  channel: {
    type: 'text',
    argument: 'NAME[,NAME…]',
    help: 'channel that the peers join, or several',
    defaultValue: () => 'mychannel',
  },
  project: {
    type: 'text',
    argument: 'NAME',
    help: 'name of the network, of its containers, and first part of the chaincode images',
    defaultText: "made of the folder's name",
  },
  portBase: {
    type: 'number',
    argument: 'PORT',
    help: 'port of the orderer on this host; the k-th peer gets PORT+1+1000k, its CouchDB PORT+7+1000k',
    defaultValue: () => 7050,
  },
  jobs: {
    type: 'number',
    argument: 'N',
    help: 'how many cores may be busy at once',
    defaultValue: () => availableParallelism(),
  },
  chaintool: {
    type: 'text',
    argument: 'PATH|URL',
    help: 'chaintool to put into ccenv (for CAR chaincode only)',
    defaultText: 'none',
    path: 'file-or-url',
  },
  chaincode: {
    type: 'text',
    argument: 'PATH',
    help: 'Go chaincode of your own for the smoke test',
    defaultText: 'the one that ships with us',
    path: 'folder',
  },
  proveEveryPeer: {
    type: 'boolean',
    help: 'let every peer build the chaincode of the smoke test, and not one for all',
    defaultValue: () => false,
  },
};

export const CHOICE_FIELDS = Object.keys(CHOICES) as readonly ChoiceField[];

/** Returns the key in the file, which is also the flag without dashes: `dockerNs` -> `docker-ns`. */
export function keyOf(field: ChoiceField): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Converts a text to the choice's type. A text that cannot be converted stays a string, which the checks refuse. */
export function fromText(text: string, type: ChoiceType): unknown {
  if (type === 'number' && /^\d{1,9}$/.test(text)) return Number(text);
  return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

export interface ChoiceOption {
  readonly field: ChoiceField;
  readonly key: string;
  /** In commander's format: `--docker-ns <NAMESPACE>`; for a boolean `--tls` and `--no-tls`. */
  readonly flags: readonly string[];
  readonly help: string;
}

/** Returns ` (default: …)`, or an empty text if there is no default. */
export function defaultTextOf(field: ChoiceField): string {
  const { defaultText, defaultValue } = CHOICES[field];
  const text = defaultText ?? String(defaultValue?.() ?? '');
  return text === '' ? '' : ` (default: ${text})`;
}

/** Returns the options for commander. They have no defaults, because `loadConfig` needs to know what the user typed. */
export function choiceOptions(): readonly ChoiceOption[] {
  return CHOICE_FIELDS.map((field) => {
    const { type, argument, help } = CHOICES[field];
    const key = keyOf(field);
    const flags = type === 'boolean' ? [`--${key}`, `--no-${key}`] : [`--${key} <${argument}>`];
    return { field, key, flags, help: `${help}${defaultTextOf(field)}` };
  });
}
