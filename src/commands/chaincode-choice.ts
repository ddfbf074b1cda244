/** Chaincodes as the command line of `chaincode deploy` names them, and the words that name them again. */
import { resolve } from 'node:path';
import {
  type ChaincodeChoice,
  isAddress,
  isChaincodeName,
  languageOfFolder,
  nameOfFolder,
} from '../pipeline/config/chaincode-list.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { type ChaincodeLanguage, LANGUAGES } from '../pipeline/fabric/release-facts.ts';
import { isFolder } from '../pipeline/host/files.ts';
import { shellWord } from '../pipeline/host/shell-text.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

export const COMMAND = 'fabric-wizard chaincode deploy';

/** What the flags say about one chaincode; it overrides the file. */
export interface DeployFlags {
  readonly name: string | undefined;
  readonly language: string | undefined;
  readonly channel: string | undefined;
  /** JSON: a list of texts. */
  readonly init: string | undefined;
  readonly policy: string | undefined;
  readonly collections: string | undefined;
  /** True: in a container of this program. */
  readonly service: string | true | undefined;
  readonly watch: boolean;
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

/**
 * Returns the choice with what the flags override.
 * @param word the chaincode as the command names it
 * @throws WizardFailure `usage`
 */
function overridden(choice: ChaincodeChoice, word: string, flags: Partial<DeployFlags>): ChaincodeChoice {
  const { name, language, channel, init, policy, collections } = flags;
  const { path, language: byFile, service: before, ...definition } = choice;
  const defined = {
    ...definition,
    ...(name === undefined ? {} : { name: requireChaincodeName(name, word) }),
    ...(channel === undefined ? {} : { channels: channel.split(',') }),
    ...(init === undefined ? {} : { init: listOfTexts(init, `${COMMAND} --init '["init","a","100"]'`) }),
    ...(policy === undefined ? {} : { policy }),
    ...(collections === undefined ? {} : { collections: resolve(collections) }),
  };
  const service = flags.service ?? before;
  if (typeof service === 'string') return { ...defined, service: requireAddress(service) };
  if (path === undefined)
    throw usage({ key: 'usage.no-folder-of', name: choice.name }, `${COMMAND} ./my-chaincode --service`);
  return {
    ...defined,
    path,
    language: language === undefined ? byFile : languageNamed(language),
    ...(service === undefined ? {} : { service }),
  };
}

/**
 * Returns the chaincode that a word names: one of the file, a folder, or what was deployed under this name. A folder that
 * was deployed as a service stays one.
 * @param services that were deployed on the network, and not removed since
 * @throws WizardFailure `usage`
 */
export async function choiceNamed(
  word: string,
  configured: readonly ChaincodeChoice[],
  flags: Partial<DeployFlags> = {},
  services: readonly ChaincodeChoice[] = [],
): Promise<ChaincodeChoice> {
  const known = configured.find(({ name }) => name === word);
  if (known) return overridden(known, word, flags);
  const path = resolve(word);
  if (!(await isFolder(path))) {
    if (typeof flags.service === 'string' && isChaincodeName(word))
      return overridden({ name: word, service: flags.service }, word, flags);
    const deployed = services.find(({ name }) => name === word);
    if (deployed) return overridden(deployed, word, flags);
    const names = [...configured, ...services].map(({ name }) => name);
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
  // A folder of the file has the name that it has there.
  const listed = configured.find((each) => each.path === path);
  if (listed) return overridden(listed, word, flags);
  const name = requireChaincodeName(flags.name ?? nameOfFolder(path) ?? word, word);
  const service = services.find((each) => each.name === name && each.path === path)?.service;
  const choice = { name, path, language: await languageOfFolder(path) };
  return overridden(service === true ? { ...choice, service } : choice, word, flags);
}

/** @throws WizardFailure `usage` */
export async function choicesOf(
  words: readonly string[],
  configured: readonly ChaincodeChoice[],
  flags: DeployFlags,
  services: readonly ChaincodeChoice[],
): Promise<readonly ChaincodeChoice[]> {
  if (words.length === 0 && configured.length === 0)
    throw usage({ key: 'usage.no-chaincodes' }, `${COMMAND} ./my-chaincode`, 'fabric-wizard chaincode list');
  const chosen = words.length > 0 ? words : configured.map(({ name }) => name);
  const { name, init, policy, collections, service } = flags;
  const address = typeof service === 'string' ? service : undefined;
  const ofOne = Object.entries({ name, init, policy, collections, service: address }).find(
    ([, value]) => value !== undefined,
  );
  if (ofOne && chosen.length > 1)
    throw usage(
      { key: 'usage.one-chaincode', flag: `--${ofOne[0]}` },
      `${COMMAND} ${shellWord(chosen[0] ?? '')}`,
    );
  const choices = await Promise.all(chosen.map((word) => choiceNamed(word, configured, flags, services)));
  const twice = choices.find((each, index) => choices.findIndex((other) => other.name === each.name) < index);
  if (!twice) return choices;
  throw usage(
    { key: 'usage.same-name', name: twice.name },
    `${COMMAND} ${shellWord(twice.path ?? twice.name)} --name mycc`,
  );
}

/** The flags that name the same chaincode again. */
export function wordsAgain(words: readonly string[], flags: Partial<DeployFlags>): readonly string[] {
  const { name, language, channel, init, policy, collections, service } = flags;
  const given = Object.entries({ name, language, channel, init, policy, collections, service });
  return [
    ...words.map(shellWord),
    ...given.flatMap(([key, value]) => {
      if (value === undefined) return [];
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
