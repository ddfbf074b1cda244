/** Chaincodes as the command line of `chaincode deploy` names them, and the words that name them again. */
import { resolve } from 'node:path';
import {
  type ChaincodeChoice,
  isAddress,
  isChaincodeName,
  isListening,
  languageOfFolder,
  nameOfFolder,
} from '../pipeline/config/chaincode-list.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { type ChaincodeLanguage, LANGUAGES } from '../pipeline/fabric/release-facts.ts';
import { isFolder } from '../pipeline/host/files.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

export const COMMAND = 'fabric-wizard chaincode deploy';

/** What the flags say about one chaincode; it overrides the file and the last deployment. False: back to the default. */
export interface DeployFlags {
  readonly name: string | undefined;
  readonly language: string | undefined;
  readonly channel: string | undefined;
  /** JSON: a list of texts. */
  readonly init: string | false | undefined;
  readonly policy: string | false | undefined;
  readonly collections: string | false | undefined;
  /** True: in a container of this program. False: peers run it. */
  readonly service: string | boolean | undefined;
  readonly watch: boolean;
}

/** A chaincode to deploy. */
export interface ChosenChaincode {
  readonly choice: ChaincodeChoice;
  /** Flags that give what it keeps from its last deployment. */
  readonly kept: readonly string[];
}

/** @throws WizardFailure `usage` */
export function listOfTexts(json: string, example: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value as string[];
  } catch {
    // Not JSON: the same message.
  }
  throw usage({ key: 'usage.not-a-list', value: json }, example);
}

function languageNamed(text: string): ChaincodeLanguage {
  const found = LANGUAGES.find((each) => each === text);
  if (found) return found;
  throw usage(
    { key: 'usage.unknown-chaincode-language', name: text, languages: LANGUAGES.join(', ') },
    `${COMMAND} --language go`,
  );
}

function requireChaincodeName(name: string, word: string): string {
  if (isChaincodeName(name)) return name;
  throw usage({ key: 'usage.chaincode-name', name }, `${COMMAND} ${shellWord(word)} --name mycc`);
}

/** @throws WizardFailure `usage` */
function requireAddress(service: string): string {
  if (isAddress(service)) return service;
  throw usage(
    { key: 'usage.no-address', value: service },
    `${COMMAND} ./my-chaincode --service`,
    `${COMMAND} mycc --service localhost:9999`,
  );
}

/** Returns what a flag says, or else what was said before. */
function given<T>(
  flag: string | false | undefined,
  before: T | undefined,
  parse: (text: string) => T,
): T | undefined {
  if (flag === false) return undefined;
  return flag === undefined ? before : parse(flag);
}

/**
 * Returns the choice with what the flags override.
 * @param word the chaincode as the command names it
 * @throws WizardFailure `usage`
 */
function overridden(choice: ChaincodeChoice, word: string, flags: Partial<DeployFlags>): ChaincodeChoice {
  const { name, language, channel } = flags;
  const { path, language: byFile, service: before, ...definition } = choice;
  const init = given(flags.init, definition.init, (json) =>
    listOfTexts(json, `${COMMAND} --init '["init","a","100"]'`),
  );
  const policy = given(flags.policy, definition.policy, (text) => text);
  const collections = given(flags.collections, definition.collections, (file) => resolve(file));
  const defined = {
    name: name === undefined ? definition.name : requireChaincodeName(name, word),
    ...(channel === undefined ? pick({ channels: definition.channels }) : { channels: channel.split(',') }),
    ...pick({ init, policy, collections }),
  };
  const service = flags.service ?? before;
  if (typeof service === 'string') return { ...defined, service: requireAddress(service) };
  if (path === undefined)
    throw usage(
      { key: 'usage.no-folder-of', name: choice.name },
      `${COMMAND} ./${choice.name}${service === true ? ' --service' : ''}`,
    );
  return {
    ...defined,
    path,
    language: language === undefined ? byFile : languageNamed(language),
    ...(service === true ? { service } : {}),
  };
}

/** Returns an object without the values that are undefined. */
function pick<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Returns flags that give what a choice has from the last deployment of the chaincode. */
function keptFlags(
  { init, policy, collections, service, language, path }: ChaincodeChoice,
  flags: Partial<DeployFlags>,
  byFolder: ChaincodeLanguage | undefined,
): readonly string[] {
  const ofFolder = path !== undefined && language !== byFolder;
  const all = {
    language: ofFolder ? language : undefined,
    init: init && JSON.stringify(init),
    policy,
    collections,
    service,
  };
  return wordsAgain(
    [],
    Object.fromEntries(Object.entries(all).filter(([key]) => flags[key as keyof typeof all] === undefined)),
  );
}

/**
 * Returns a chaincode that is not in the file as it was deployed last, with what the flags override. Its channels are not
 * kept: without --channel, all channels get it.
 */
async function chosenAgain(
  word: string,
  flags: Partial<DeployFlags>,
  deployed: readonly ChaincodeChoice[],
): Promise<ChosenChaincode | undefined> {
  const known = deployed.find(({ name }) => name === word);
  const path = resolve(word);
  // The name of a process of the user's stays one: its folder is `./NAME`.
  if ((known && isListening(known)) || !(await isFolder(path))) {
    const address = typeof flags.service === 'string' && isChaincodeName(word) ? flags.service : undefined;
    const before = known ?? (address === undefined ? undefined : { name: word, service: address });
    if (before === undefined) return undefined;
    const choice = overridden({ ...before, channels: undefined }, word, flags);
    return { choice, kept: known ? keptFlags(choice, flags, known.language) : [] };
  }
  const name = requireChaincodeName(flags.name ?? nameOfFolder(path) ?? word, word);
  const language = await languageOfFolder(path);
  const last = deployed.find((each) => each.name === name);
  if (last === undefined) return { choice: overridden({ name, path, language }, word, flags), kept: [] };
  const { service, path: before, language: lastLanguage, channels: _, ...definition } = last;
  const again = {
    ...definition,
    path,
    language: before === path ? (lastLanguage ?? language) : language,
    // The user named a folder, so what serves it is not the process at the address.
    ...(service === true ? { service } : {}),
  };
  const choice = overridden(again, word, flags);
  return { choice, kept: keptFlags(choice, flags, language) };
}

/**
 * Returns the chaincode that a word names: one of the file, a folder, or what was deployed under this name. One that is not
 * in the file keeps the options of its last deployment.
 * @param deployed the chaincodes as they were deployed last on the network
 * @throws WizardFailure `usage`
 */
export async function choiceNamed(
  word: string,
  configured: readonly ChaincodeChoice[],
  flags: Partial<DeployFlags> = {},
  deployed: readonly ChaincodeChoice[] = [],
): Promise<ChosenChaincode> {
  // A folder of the file has the name that it has there.
  const listed =
    configured.find(({ name }) => name === word) ?? configured.find(({ path }) => path === resolve(word));
  if (listed) return { choice: overridden(listed, word, flags), kept: [] };
  const chosen = await chosenAgain(word, flags, deployed);
  if (chosen) return chosen;
  const names = [...configured, ...deployed].map(({ name }) => name);
  const message: Phrase = {
    key: 'usage.no-chaincode-there',
    name: word,
    names: names.join(', ') || { key: 'state.none' },
  };
  throw new WizardFailure(
    unknownName(message, word, names, {
      command: (name) => `${COMMAND} ${name}`,
      others: [...names.slice(0, 2).map((name) => `${COMMAND} ${name}`), `${COMMAND} ./my-chaincode`],
    }),
  );
}

/** @throws WizardFailure `usage` */
export async function choicesOf(
  words: readonly string[],
  configured: readonly ChaincodeChoice[],
  flags: DeployFlags,
  deployed: readonly ChaincodeChoice[],
): Promise<readonly ChosenChaincode[]> {
  if (words.length === 0 && configured.length === 0)
    throw usage({ key: 'usage.no-chaincodes' }, `${COMMAND} ./my-chaincode`, 'fabric-wizard chaincode list');
  const chosen = words.length > 0 ? words : configured.map(({ name }) => name);
  const { name, init, policy, collections, service } = flags;
  const address = typeof service === 'string' ? service : undefined;
  const ofOne = Object.entries({ name, init, policy, collections, service: address }).find(
    ([, value]) => typeof value === 'string',
  );
  if (ofOne && chosen.length > 1)
    throw usage(
      { key: 'usage.one-chaincode', flag: `--${ofOne[0]}` },
      `${COMMAND} ${shellWord(chosen[0] ?? '')}`,
    );
  const all = await Promise.all(chosen.map((word) => choiceNamed(word, configured, flags, deployed)));
  const choices = all.map(({ choice }) => choice);
  const twice = choices.find((each, index) => choices.findIndex((other) => other.name === each.name) < index);
  if (!twice) return all;
  throw usage(
    { key: 'usage.same-name', name: twice.name },
    `${COMMAND} ${shellWord(twice.path ?? twice.name)} --name mycc`,
  );
}

/** The flags that name the same chaincode again. */
export function wordsAgain(words: readonly string[], flags: Partial<DeployFlags>): readonly string[] {
  const { name, language, channel, init, policy, collections, service } = flags;
  const all = Object.entries({ name, language, channel, init, policy, collections, service });
  return [
    ...words.map(shellWord),
    ...all.flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (value === false) return [`--no-${key}`];
      return [value === true ? `--${key}` : `--${key} ${shellWord(value)}`];
    }),
  ];
}

/** Returns the words that name the same chaincodes on the command line. */
export function wordsFor(
  choices: readonly ChaincodeChoice[],
  configured: readonly ChaincodeChoice[],
): readonly string[] {
  const isListed = ({ name }: ChaincodeChoice) => configured.some((each) => each.name === name);
  const words = choices.map((choice) => (isListed(choice) ? choice.name : (choice.path ?? choice.name)));
  const [only, ...others] = choices;
  if (only === undefined || others.length > 0 || isListed(only)) return wordsAgain(words, {});
  const { name, path, language, channels, init, policy, collections, service } = only;
  return wordsAgain(words, {
    ...(path === undefined || name === nameOfFolder(path) ? {} : { name }),
    ...(language === undefined || language === 'go' ? {} : { language }),
    ...(channels === undefined ? {} : { channel: channels.join(',') }),
    ...(init === undefined ? {} : { init: JSON.stringify(init) }),
    policy,
    collections,
    service,
  });
}
