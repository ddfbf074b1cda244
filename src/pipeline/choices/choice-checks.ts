/** Which values of a choice are good, and the JSON schema that follows from it. */
import * as z from 'zod';
import { isNamespace, isTag, parseImageRef } from '../fabric/image-ref.ts';
import { isLinkerSafe } from '../fabric/ldflags.ts';
import type { Consensus } from '../fabric/line-facts.ts';
import type { ConfigIssue } from '../run/failure.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type ChoiceField,
  type ChoiceType,
  CONFIG_FILE,
  defaultTextOf,
  keyOf,
} from './config-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

const MAX_VERSION = 64;
const NOT_YET = 'not in this release yet';

/** The linker's own rule comes first: its message names the reason, the others the form. */
function linked(): z.ZodType<string> {
  return z.string().refine(isLinkerSafe, {
    error: 'has a character that can not stand in a linker flag (a blank, a quote, `$`, `;` …)',
    abort: true,
  });
}

function namespace(): z.ZodType<string> {
  return z.string().refine(isNamespace, {
    error: 'is no namespace that an image reference allows',
  });
}

function version(): z.ZodType<string> {
  return linked().refine((text) => isTag(text) && text.length <= MAX_VERSION, {
    error: `is no version: it becomes part of image tags, so letters, digits, \`.\`, \`_\` and \`-\` only, at most ${MAX_VERSION}`,
  });
}

function image(): z.ZodType<string> {
  return z.string().refine((text) => parseImageRef(text) !== undefined, { error: 'is no image reference' });
}

function path(): z.ZodType<string> {
  return z.string().refine((text) => text.trim() !== '' && !/[\n\r\0]/.test(text), {
    error: 'is empty or has a line break',
  });
}

function wholeNumber(from: number, to: number): z.ZodType<number> {
  const error = `is out of range: ${from} to ${to}`;
  return z.int().min(from, { error }).max(to, { error });
}

const CONSENSUS = ['solo', 'etcdraft', 'BFT', 'kafka'] as const satisfies readonly Consensus[];

function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodType<T[number]> {
  return z.enum(values, { error: `is none of ${values.join(', ')}` });
}

/** Each checks a value that already has the choice's type. */
export const CHECKS: { readonly [F in ChoiceField]-?: z.ZodType<Exclude<WizardConfig[F], undefined>> } = {
  source: path(),
  fabricVersion: version(),
  dockerNs: namespace(),
  baseDockerNs: namespace(),
  baseVersion: version(),
  dockerLabel: linked().refine((text) => /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i.test(text), {
    error: 'is no label',
  }),
  commitSha: linked().refine((text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text), {
    error: 'is no commit',
  }),
  goTags: z.string().refine((text) => /^(?:[A-Za-z_][A-Za-z0-9_.]*(?:[ ,]+|$))*$/.test(text), {
    error: 'is no list of build tags',
  }),
  link: oneOf(['static', 'dynamic']),
  base: oneOf(['auto', 'local', 'pull', 'debian']),
  builderImage: image(),
  runtimeImage: image(),
  chaincodeBuilder: image(),
  chaincodeRuntime: image(),
  orgs: wholeNumber(1, 9),
  peers: wholeNumber(1, 9),
  orderers: wholeNumber(1, 9),
  consensus: oneOf(CONSENSUS).refine((name) => name !== 'kafka', {
    error: `is ${NOT_YET}: it needs brokers of its own`,
  }),
  tls: z.boolean(),
  couchdb: z.boolean().refine((wanted) => !wanted, { error: `is ${NOT_YET}: LevelDB only` }),
  channel: z.string().regex(/^[a-z][a-z0-9.-]{0,248}$/, { error: 'is no channel name that Fabric allows' }),
  // A peer refuses to build where its network id gives two separators in a row.
  project: z.string().regex(/^(?=.{1,40}$)[a-z0-9]+(?:[_-][a-z0-9]+)*$/, { error: 'is no project name' }),
  portBase: wholeNumber(1024, 60000),
  jobs: wholeNumber(1, 256),
  chaintool: path(),
  chaincode: path(),
  proveEveryPeer: z.boolean(),
};

const TYPE_WORDS = { text: 'text', number: 'a whole number', boolean: 'true or false' } as const;

/** A value as a message names it. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'a map') : JSON.stringify(value);
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
 * What is wrong with a value; undefined where nothing is. Whether a path leads anywhere is not asked.
 * @param where as in `ConfigIssue`
 */
export function choiceIssue(field: ChoiceField, value: unknown, where: string): ConfigIssue | undefined {
  const { type, fix } = CHOICES[field];
  const path = keyOf(field);
  if (!hasType(value, type)) {
    // YAML reads 1.4 as a number and 1.10 as 1.1.
    const quote = type === 'text' && typeof value === 'number' && where.startsWith(CONFIG_FILE);
    return {
      path,
      message: `must be ${TYPE_WORDS[type]}, not ${shownValue(value)}`,
      where,
      fix: quote ? `put it in quotes: ${path}: "${String(value)}"` : fix,
    };
  }
  const result = CHECKS[field].safeParse(value);
  if (result.success) return undefined;
  const message = `${shownValue(value)} ${result.error.issues[0]?.message ?? 'is not allowed'}`;
  return { path, message, where, fix };
}

const HIGHEST_PORT = 65535;

/** The last peer's ports lie 1000 above the one before, its operations port 4 above that. */
export function portIssue(
  values: Pick<WizardConfig, 'portBase' | 'orgs' | 'peers'>,
  where: string,
): ConfigIssue | undefined {
  const highest = values.portBase + 1000 * (values.orgs * values.peers - 1) + 4;
  if (highest <= HIGHEST_PORT) return undefined;
  return {
    path: 'port-base',
    message: `${values.orgs} × ${values.peers} peers from ${values.portBase} on would need port ${highest}, and ${HIGHEST_PORT} is the last`,
    where,
    fix: 'take fewer peers or a lower port-base',
  };
}

type Shape = Pick<WizardConfig, 'consensus' | 'orderers' | 'tls'>;

/** What of the network's shape the source's line does not have. */
export function shapeIssues(
  { consensus, orderers, tls }: Shape,
  line: ShapeFacts,
  where: string,
): ConfigIssue[] {
  const issue = (field: ChoiceField, message: string): ConfigIssue => ({
    path: keyOf(field),
    message,
    where,
    fix: CHOICES[field].fix,
  });
  const kinds = line.consensus.filter((name) => name !== 'kafka');
  if (consensus !== undefined && !line.consensus.includes(consensus)) {
    return [issue('consensus', `${consensus} is not in line ${line.id}; it has ${kinds.join(', ')}`)];
  }
  const kind = consensus ?? kinds.find((each) => tls || each === 'solo');
  if (kind === undefined) return [issue('tls', `line ${line.id} has no consensus that does without TLS`)];
  if (kind !== 'solo' && !tls) return [issue('consensus', `${kind} needs TLS`)];
  if (kind === 'solo' && orderers > 1) {
    return [issue('orderers', `${orderers} orderers can't share a solo channel`)];
  }
  if (kind === 'BFT' && orderers < LEAST_BFT) {
    return [issue('orderers', `BFT needs at least ${LEAST_BFT} orderers, to bear one that betrays`)];
  }
  return [];
}

const LEAST_BFT = 4;

interface ShapeFacts {
  readonly id: string;
  readonly consensus: readonly Consensus[];
}

/** JSON schema of fabric-wizard.yaml, for editors. */
export function configJsonSchema(): unknown {
  const properties = CHOICE_FIELDS.map((field) => {
    const check: z.ZodType = CHECKS[field];
    const described = check.describe(`${CHOICES[field].help}${defaultTextOf(field)}`);
    return [keyOf(field), described.optional()] as const;
  });
  return z.toJSONSchema(z.strictObject(Object.fromEntries(properties)), { unrepresentable: 'any' });
}
