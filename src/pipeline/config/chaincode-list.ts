/** The chaincodes of fabric-wizard.yaml (`chaincodes:`): which fields they have, and which values are valid. */
import { isIPv4, isIPv6 } from 'node:net';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod/mini';
import type { ConfigIssue } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { isPort } from '../core/whole-number.ts';
import { type ChaincodeLanguage, LANGUAGES } from '../fabric/release-facts.ts';
import { isFile, isFolder } from '../host/files.ts';
import { because, shownValue } from './choice-checks.ts';

/** How channels define a chaincode. */
interface DefinitionChoice {
  readonly name: string;
  /** Absent: all channels of the network. */
  readonly channels?: readonly string[];
  /** Arguments of `Init`; absent: `Init` is not called, where the release allows that. */
  readonly init?: readonly string[];
  /** Endorsement policy: an expression, or the path of a policy of the channel. Absent: the release's default. */
  readonly policy?: string;
  /** Absolute path of a JSON file with private data collections. */
  readonly collections?: string;
}

/** A chaincode in a folder. */
export interface FolderChaincode extends DefinitionChoice {
  /** Absolute path of its folder. */
  readonly path: string;
  readonly language: ChaincodeLanguage;
  /** Its process runs in a container of this program; absent: peers build and run it. */
  readonly service?: true;
}

/** A chaincode whose process the user runs. */
export interface ListeningChaincode extends DefinitionChoice {
  /** `HOST:PORT` on which its process listens. */
  readonly service: string;
  readonly path?: undefined;
  readonly language?: undefined;
}

/** A chaincode that the user wants on the network. */
export type ChaincodeChoice = FolderChaincode | ListeningChaincode;

/** A chaincode that a run deploys. */
export interface WantedChaincode {
  /** As the user has given it. */
  readonly choice: ChaincodeChoice;
  /** The channels that are to have it; undefined: all channels of the network. */
  readonly channels: readonly string[] | undefined;
}

/** Returns a chaincode on the channels that the user has given. */
export function asGiven(choice: ChaincodeChoice): WantedChaincode {
  return { choice, channels: choice.channels };
}

/** Returns the channels of a network that any of these chaincodes is for. @param all those of the network */
export function channelsFor(
  chosen: readonly Partial<Pick<WantedChaincode, 'channels'>>[],
  all: readonly string[],
): readonly string[] {
  return all.filter((channel) => chosen.some(({ channels }) => channels?.includes(channel) ?? true));
}

/** Whether a choice is a service whose process runs in a container of this program. */
export function isOurService(
  choice: ChaincodeChoice,
): choice is FolderChaincode & { readonly service: true } {
  return choice.service === true;
}

/** Whether the user runs the process of the chaincode. */
export function isListening(choice: ChaincodeChoice): choice is ListeningChaincode {
  return typeof choice.service === 'string';
}

const ADDRESS = /^(?:\[(?<ipv6>.+)\]|(?<host>[^:]+)):(?<port>\d+)$/;
/** Names of hosts and of containers. What has only digits and points is an IPv4 address. */
const HOST_NAME = /^(?=.{1,253}$)(?![\d.]+$)[a-z0-9](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9][a-z0-9_-]{0,62})*$/i;

/** Whether a text is `HOST:PORT`. */
export function isAddress(text: string): boolean {
  const { ipv6, host = '', port = '' } = ADDRESS.exec(text)?.groups ?? {};
  const isHost = ipv6 === undefined ? HOST_NAME.test(host) || isIPv4(host) : isIPv6(ipv6);
  return isHost && isPort(port);
}

/** Fabric's own rule, which is the same in all releases. */
const NAME = /^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$/;

/** System chaincodes, which every peer has. */
const SYSTEM = ['lscc', 'cscc', 'qscc', 'escc', 'vscc'];

/** Whether a text can be the name of a chaincode of the user's. */
export function isChaincodeName(text: string): boolean {
  return NAME.test(text) && !SYSTEM.includes(text);
}

const text = z.string().check(z.minLength(1));

const SERVICE = z.union([
  z.literal(true),
  z.string().check(z.refine(isAddress, because({ key: 'wrong.service' }))),
]);

const SCHEMA = z.strictObject({
  name: z.string().check(z.refine(isChaincodeName, because({ key: 'wrong.chaincode-name' }))),
  path: z.optional(text),
  service: z.optional(SERVICE),
  language: z.optional(z.enum(LANGUAGES)),
  channels: z.optional(z.array(text).check(z.minLength(1))),
  init: z.optional(z.array(z.string())),
  policy: z.optional(text),
  collections: z.optional(text),
});

/** For the JSON schema of the file. */
export const CHAINCODES_SCHEMA = z.array(SCHEMA);

/** A choice as it is recorded: with absolute paths, and with its language. */
const RECORDED = z.extend(SCHEMA, {
  channels: z.optional(z.readonly(z.array(text))),
  init: z.optional(z.readonly(z.array(z.string()))),
});
export const RECORDED_CHAINCODE = z.union([
  z.extend(RECORDED, { path: text, language: z.enum(LANGUAGES), service: z.optional(z.literal(true)) }),
  z.extend(z.omit(RECORDED, { path: true, language: true }), { service: z.string() }),
]);

export const CHAINCODES_KEY = 'chaincodes';

/** What a list is read from. */
export interface ChaincodesInput {
  readonly value: unknown;
  /** Folder that relative paths start from. */
  readonly dir: string;
  /** Returns the position of a value in the file: `fabric-wizard.yaml:3:7`. */
  readonly at: (path: readonly PropertyKey[]) => string;
  readonly issues: ConfigIssue[];
}

/** Returns `chaincodes[0].name`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (shown, part) => (typeof part === 'number' ? `${shown}[${part}]` : `${shown}.${String(part)}`),
    CHAINCODES_KEY,
  );
}

const FIX: Phrase = { key: 'fix.chaincodes', keys: Object.keys(SCHEMA.shape).join(', ') };

function fixFor(name: string, names: readonly string[]): Phrase {
  const meant = nearestName(name, names);
  return meant === undefined ? FIX : { key: 'suggest.nearest', name: meant };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, part) => (found as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): Text {
  switch (issue.code) {
    case 'custom':
      return { key: 'issue.value', value: shownValue(value), problem: issue.params?.problem as Phrase };
    case 'invalid_union':
      return {
        key: 'issue.value',
        value: shownValue(value),
        problem: { key: 'wrong.service' },
      };
    case 'invalid_value':
      return {
        key: 'issue.value',
        value: shownValue(value),
        problem: { key: 'wrong.option', options: issue.values.join(', ') },
      };
    case 'invalid_type': {
      if (value === undefined) return { key: 'issue.required' };
      const type: Phrase = {
        key:
          issue.expected === 'array' ? 'value.list' : issue.expected === 'object' ? 'value.map' : 'type.text',
      };
      return { key: 'issue.type', type, value: shownValue(value) };
    }
    default:
      return { key: 'issue.empty' };
  }
}

const SERVICE_FIX: Phrase = { key: 'fix.service' };

function fixOf(issue: z.core.$ZodIssue, found: unknown): Phrase {
  if (typeof found === 'number' && issue.code === 'invalid_type' && issue.expected === 'string')
    return { key: 'suggest.quotes', line: `"${found}"` };
  return issue.code === 'invalid_value' ? fixFor(String(found), LANGUAGES) : FIX;
}

/** Returns what zod found as issues of the file. An unknown key is one issue for each key. */
function issuesOf(error: z.core.$ZodError, { value, at }: ChaincodesInput): ConfigIssue[] {
  return error.issues.flatMap((issue): ConfigIssue[] => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: pathText([...path, key]),
        message: { key: 'issue.unknown-key' },
        where: at([...path, key]),
        fix: fixFor(key, Object.keys(SCHEMA.shape)),
      }));
    const found = valueAt(value, path);
    const fix = path.at(-1) === 'service' ? SERVICE_FIX : fixOf(issue, found);
    return [{ path: pathText(path), message: messageOf(issue, found), where: at(path), fix }];
  });
}

/** Returns the language of a folder: that of its build file, else Go. */
export async function languageOfFolder(dir: string): Promise<ChaincodeLanguage> {
  const has = (name: string) => isFile(join(dir, name));
  if (await has('go.mod')) return 'go';
  if (await has('package.json')) return 'node';
  const isJava = (await Promise.all(['pom.xml', 'build.gradle', 'build.gradle.kts'].map(has))).includes(true);
  return isJava ? 'java' : 'go';
}

/** Returns a name for the chaincode in a folder; undefined if its name cannot be one. */
export function nameOfFolder(dir: string): string | undefined {
  const name = basename(dir)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return isChaincodeName(name) ? name : undefined;
}

/** A chaincode without an address needs a folder. Entries are read as they are: others of their fields may be wrong. */
function missingPaths({ value, at }: ChaincodesInput): ConfigIssue[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  return entries.flatMap((entry, index): ConfigIssue[] => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
    const { path, service } = entry as { readonly path?: unknown; readonly service?: unknown };
    if (path !== undefined || typeof service === 'string') return [];
    const field = [index, 'path'];
    return [{ path: pathText(field), message: { key: 'issue.required' }, where: at(field), fix: FIX }];
  });
}

/** What is wrong with a field of an entry. */
type Wrong = readonly [field: string, message: Phrase];

type GivenChaincode = z.infer<typeof SCHEMA>;

/** Returns an entry as a choice. Adds what is wrong with its files to `wrong`. */
async function choiceOf(
  given: GivenChaincode,
  dir: string,
  wrong: Wrong[],
): Promise<ChaincodeChoice | undefined> {
  const { path: _path, language: _language, service, collections: named, ...definition } = given;
  const collections = named && resolve(dir, named);
  if (collections !== undefined && !(await isFile(collections)))
    wrong.push(['collections', { key: 'issue.no-file', path: collections }]);
  const defined = { ...definition, ...(collections === undefined ? {} : { collections }) };
  if (typeof service === 'string') {
    // The user starts the process: nothing would read its files.
    for (const field of ['path', 'language'] as const)
      if (given[field] !== undefined) wrong.push([field, { key: 'issue.not-with-address', service }]);
    return { ...defined, service };
  }
  if (given.path === undefined) return undefined;
  const path = resolve(dir, given.path);
  if (!(await isFolder(path))) wrong.push(['path', { key: 'issue.no-folder', path }]);
  const language = given.language ?? (await languageOfFolder(path));
  return { ...defined, path, language, ...(service === undefined ? {} : { service }) };
}

/** Returns the chaincodes of the file. Adds what is wrong with them to `issues`. */
export async function chaincodeList(input: ChaincodesInput): Promise<readonly ChaincodeChoice[]> {
  const { value, dir, at, issues } = input;
  const parsed = CHAINCODES_SCHEMA.safeParse(value);
  issues.push(...missingPaths(input));
  if (!parsed.success) {
    issues.push(...issuesOf(parsed.error, input));
    return [];
  }
  const names = parsed.data.map(({ name }) => name);
  const checked = await Promise.all(
    parsed.data.map(async (given, index) => {
      const wrong: Wrong[] = [];
      if (names.indexOf(given.name) < index)
        wrong.push(['name', { key: 'issue.repeated', value: given.name }]);
      return { choice: await choiceOf(given, dir, wrong), wrong };
    }),
  );
  for (const [index, { wrong }] of checked.entries())
    for (const [field, message] of wrong)
      issues.push({ path: pathText([index, field]), message, where: at([index, field]), fix: FIX });
  return checked.flatMap(({ choice }) => choice ?? []);
}
