/** `chaincode deploy`: decides by content what has to be done, and runs only that. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chaincodeDigest } from '../pipeline/chaincode/chaincode-digest.ts';
import { requireParts } from '../pipeline/chaincode/chaincode-parts.ts';
import { type DeployPlan, deployPlan, isDeployed } from '../pipeline/chaincode/deploy-plan.ts';
import {
  committedOn,
  type ObservedNetwork,
  observeChaincodes,
} from '../pipeline/chaincode/deployed-chaincodes.ts';
import { hasSamePeers, isRecordedDeployment } from '../pipeline/chaincode/deployment-record.ts';
import {
  type ChaincodeChoice,
  isChaincodeName,
  languageOfFolder,
  nameOfFolder,
} from '../pipeline/config/chaincode-list.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { type ChaincodeLanguage, LANGUAGES } from '../pipeline/fabric/release-facts.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { shellWord } from '../pipeline/host/shell-text.ts';
import { allPeers, firstPeer } from '../pipeline/network/network-spec.ts';
import { renderDeployPlan, renderNothingChanged } from '../report/chaincode-text.ts';
import { type ChaincodeNetwork, chaincodeNetwork, channelNamed } from './chaincode-network.ts';
import type { Flags } from './command-options.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { cancelOnSignals, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

const COMMAND = 'fabric-wizard chaincode deploy';

/** What the flags say about one chaincode; it overrides the file. */
export interface DeployFlags {
  readonly name: string | undefined;
  readonly language: string | undefined;
  readonly channel: string | undefined;
  /** JSON: a list of texts. */
  readonly init: string | undefined;
  readonly policy: string | undefined;
  readonly collections: string | undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
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

/** Returns the choice with what the flags override. @throws WizardFailure `usage` */
function overridden(choice: ChaincodeChoice, flags: Partial<DeployFlags>): ChaincodeChoice {
  const { name, language, channel, init, policy, collections } = flags;
  return {
    ...choice,
    ...(name === undefined ? {} : { name: requireChaincodeName(name, choice.path) }),
    ...(language === undefined ? {} : { language: languageNamed(language) }),
    ...(channel === undefined ? {} : { channels: channel.split(',') }),
    ...(init === undefined ? {} : { init: listOfTexts(init, `${COMMAND} --init '["init","a","100"]'`) }),
    ...(policy === undefined ? {} : { policy }),
    ...(collections === undefined ? {} : { collections: resolve(collections) }),
  };
}

/** Returns the chaincode that a word names: one of the file, or a folder. @throws WizardFailure `usage` */
export async function choiceNamed(
  word: string,
  configured: readonly ChaincodeChoice[],
  flags: Partial<DeployFlags> = {},
): Promise<ChaincodeChoice> {
  const known = configured.find(({ name }) => name === word);
  if (known) return overridden(known, flags);
  const path = resolve(word);
  if (!(await isFolder(path))) {
    const names = configured.map(({ name }) => name);
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
  if (listed) return overridden(listed, flags);
  const name = requireChaincodeName(flags.name ?? nameOfFolder(path) ?? word, word);
  return overridden({ name, path, language: await languageOfFolder(path) }, flags);
}

/** @throws WizardFailure `usage` */
async function choicesOf(
  words: readonly string[],
  configured: readonly ChaincodeChoice[],
  flags: DeployFlags,
): Promise<readonly ChaincodeChoice[]> {
  if (words.length === 0 && configured.length === 0)
    throw usage({ key: 'usage.no-chaincodes' }, `${COMMAND} ./my-chaincode`, 'fabric-wizard chaincode list');
  const chosen = words.length > 0 ? words : configured.map(({ name }) => name);
  const { name, init, policy, collections } = flags;
  const ofOne = Object.entries({ name, init, policy, collections }).find(([, value]) => value !== undefined);
  if (ofOne && chosen.length > 1)
    throw usage(
      { key: 'usage.one-chaincode', flag: `--${ofOne[0]}` },
      `${COMMAND} ${shellWord(chosen[0] ?? '')}`,
    );
  const choices = await Promise.all(chosen.map((word) => choiceNamed(word, configured, flags)));
  const twice = choices.find((each, index) => choices.findIndex((other) => other.name === each.name) < index);
  if (!twice) return choices;
  throw usage(
    { key: 'usage.same-name', name: twice.name },
    `${COMMAND} ${shellWord(twice.path)} --name mycc`,
  );
}

/** A deployment needs all peers. @throws WizardFailure `usage` */
export function requireAllPeers({ spec, peers }: ChaincodeNetwork): void {
  const down = allPeers(spec)
    .filter((peer) => !peers.includes(peer))
    .map(({ name }) => name);
  if (down.length === 0) return;
  throw usage({ key: 'usage.nodes-down', nodes: down, count: down.length }, 'fabric-wizard up --yes');
}

/** An MSP id in an endorsement policy: `'Org1MSP.member'`. */
const PRINCIPAL = /'([^']+)\.(?:member|admin|client|peer|orderer)'/g;

/**
 * What a release or the network cannot do is refused before anything is installed.
 * @param word the chaincode as the command names it
 * @throws WizardFailure `usage`
 */
export function requireSupported(
  { release, spec }: ChaincodeNetwork,
  choice: ChaincodeChoice,
  word: string,
): void {
  const again = `${COMMAND} ${shellWord(word)}`;
  for (const channel of choice.channels ?? []) channelNamed({ spec }, channel, again);
  requireParts(choice, { release, practice: false }, [`${COMMAND} --help`]);
  const known = spec.orgs.map(({ mspId }) => mspId);
  const named = [...(choice.policy ?? '').matchAll(PRINCIPAL)].map(([, mspId = '']) => mspId);
  const msp = named.find((mspId) => !known.includes(mspId));
  if (msp !== undefined)
    throw usage({ key: 'usage.policy-org', name: choice.name, msp, orgs: known.join(', ') }, again);
}

function isFinished({ state, spec }: ChaincodeNetwork, { name }: ChaincodeChoice) {
  return (version: string) => isRecordedDeployment(state, spec, name, version);
}

/** Returns what the network has; only what is needed if an earlier deployment left nothing to do. */
async function observed(
  network: ChaincodeNetwork,
  choices: readonly ChaincodeChoice[],
  digests: readonly string[],
): Promise<ObservedNetwork> {
  const { spec, state, containers } = network;
  const channels = [...new Set(choices.flatMap((each) => each.channels ?? spec.channels))];
  const committed = new Map(
    await Promise.all(
      channels.map(
        async (channel) => [channel, await committedOn(network, firstPeer(spec), channel)] as const,
      ),
    ),
  );
  const isKnown = choices.every((choice, index) => {
    const { define, version } = deployPlan(
      choice,
      digests[index] ?? '',
      { committed, installed: 'recorded' },
      spec,
      isFinished(network, choice),
    );
    return (
      define.length === 0 &&
      isFinished(network, choice)(version) &&
      hasSamePeers(state, spec, choice.name, containers)
    );
  });
  return isKnown ? { committed, installed: 'recorded' } : observeChaincodes(network);
}

/** The flags that name the same chaincode again. */
function wordsAgain(words: readonly string[], flags: Partial<DeployFlags>): readonly string[] {
  const { name, language, channel, init, policy, collections } = flags;
  const given = Object.entries({ name, language, channel, init, policy, collections });
  return [
    ...words.map(shellWord),
    ...given.flatMap(([key, value]) => (value === undefined ? [] : [`--${key} ${shellWord(value)}`])),
  ];
}

/** Returns the words that name the same chaincodes on the command line. */
export function wordsFor(
  choices: readonly ChaincodeChoice[],
  configured: readonly ChaincodeChoice[],
): readonly string[] {
  const isListed = ({ name }: ChaincodeChoice) => configured.some((each) => each.name === name);
  const words = choices.map((choice) => (isListed(choice) ? choice.name : choice.path));
  const [only, ...others] = choices;
  if (only === undefined || others.length > 0 || isListed(only)) return wordsAgain(words, {});
  const { name, path, language, channels, init, policy, collections } = only;
  return wordsAgain(words, {
    ...(name === nameOfFolder(path) ? {} : { name }),
    ...(language === 'go' ? {} : { language }),
    ...(channels === undefined ? {} : { channel: channels.join(',') }),
    ...(init === undefined ? {} : { init: JSON.stringify(init) }),
    policy,
    collections,
  });
}

export async function deploy(
  terminal: Terminal,
  flags: Flags,
  words: readonly string[],
  deployFlags: DeployFlags,
): Promise<number> {
  const config = await loadEffectiveConfig(terminal.dir, flags);
  const choices = await choicesOf(words, config.chaincodes, deployFlags);
  const cancel = cancelOnSignals();
  let plans: readonly DeployPlan[];
  try {
    const [network, digests] = await Promise.all([
      chaincodeNetwork(terminal, 'chaincode deploy', cancel.signal),
      Promise.all(choices.map((choice) => chaincodeDigest(choice))),
    ]);
    requireAllPeers(network);
    for (const [index, choice] of choices.entries())
      requireSupported(network, choice, words[index] ?? choice.name);
    const found = await observed(network, choices, digests);
    plans = choices.map((choice, index) =>
      deployPlan(choice, digests[index] ?? '', found, network.spec, isFinished(network, choice)),
    );
  } finally {
    cancel.dispose();
  }
  const style = styleFor(terminal, process.stdout);
  if (terminal.dryRun || plans.every(isDeployed)) {
    if (terminal.json) printJson({ ok: true, deployed: plans.every(isDeployed), chaincodes: plans });
    else {
      const lines = plans.flatMap((plan) =>
        isDeployed(plan) ? renderNothingChanged(plan, style) : renderDeployPlan(plan, style),
      );
      writeToStdout(`${lines.join('\n')}\n`);
    }
    return EXIT.done;
  }
  // Not loaded before: without changes the program would take twice as long to load.
  const { runCommand } = await import('./run.ts');
  return runCommand(terminal, flags, {
    command: 'deploy',
    words: [...folderFlag(terminal.dir), ...wordsAgain(words, deployFlags)],
    chaincodes: choices.filter((_, index) => !isDeployed(plans[index] as DeployPlan)),
    keepChaincode: true,
  });
}
