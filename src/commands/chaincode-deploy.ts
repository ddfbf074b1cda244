/** `chaincode deploy`: decides by content what has to be done, and runs only that. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ChaincodeContent, contentOf, withProcess } from '../pipeline/chaincode/chaincode-content.ts';
import { requireParts } from '../pipeline/chaincode/chaincode-parts.ts';
import { type DeployPlan, deployPlan, isDeployed } from '../pipeline/chaincode/deploy-plan.ts';
import {
  committedOn,
  type ObservedNetwork,
  observeChaincodes,
} from '../pipeline/chaincode/deployed-chaincodes.ts';
import { hasSamePeers, isRecordedDeployment } from '../pipeline/chaincode/deployment-record.ts';
import { packageIdOf } from '../pipeline/chaincode/service-package.ts';
import { requireBuilder } from '../pipeline/chaincode/service-start.ts';
import {
  type ChaincodeChoice,
  isAddress,
  isChaincodeName,
  isListening,
  languageOfFolder,
  nameOfFolder,
} from '../pipeline/config/chaincode-list.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { policyOrganisations } from '../pipeline/fabric/policy-text.ts';
import { type ChaincodeLanguage, LANGUAGES } from '../pipeline/fabric/release-facts.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { shellWord } from '../pipeline/host/shell-text.ts';
import { allPeers, firstPeer } from '../pipeline/network/network-spec.ts';
import { renderDeployPlan, renderNothingChanged, renderServiceStart } from '../report/chaincode-text.ts';
import { type ChaincodeNetwork, chaincodeNetwork, channelNamed } from './chaincode-network.ts';
import type { Flags } from './command-options.ts';
import { loadEffectiveConfig } from './load-config.ts';
import type { RunCommandOptions } from './run.ts';
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
  /** True: in a container of this program. */
  readonly service: string | true | undefined;
  readonly watch: boolean;
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

/** Returns the chaincode that a word names: one of the file, a folder, or a process that listens. @throws WizardFailure `usage` */
export async function choiceNamed(
  word: string,
  configured: readonly ChaincodeChoice[],
  flags: Partial<DeployFlags> = {},
): Promise<ChaincodeChoice> {
  const known = configured.find(({ name }) => name === word);
  if (known) return overridden(known, word, flags);
  const path = resolve(word);
  if (!(await isFolder(path))) {
    if (typeof flags.service === 'string' && isChaincodeName(word))
      return overridden({ name: word, service: flags.service }, word, flags);
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
  if (listed) return overridden(listed, word, flags);
  const name = requireChaincodeName(flags.name ?? nameOfFolder(path) ?? word, word);
  return overridden({ name, path, language: await languageOfFolder(path) }, word, flags);
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
  const choices = await Promise.all(chosen.map((word) => choiceNamed(word, configured, flags)));
  const twice = choices.find((each, index) => choices.findIndex((other) => other.name === each.name) < index);
  if (!twice) return choices;
  throw usage(
    { key: 'usage.same-name', name: twice.name },
    `${COMMAND} ${shellWord(twice.path ?? twice.name)} --name mycc`,
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

/**
 * What a release or the network cannot do is refused before anything is installed.
 * @param word the chaincode as the command names it
 * @param flags those of the command
 * @throws WizardFailure `usage`
 */
export function requireSupported(
  { release, spec }: ChaincodeNetwork,
  choice: ChaincodeChoice,
  word: string,
  flags: Partial<DeployFlags> = {},
): void {
  const commandWith = (changed: Partial<DeployFlags>) =>
    [COMMAND, ...wordsAgain([word], { ...flags, ...changed })].join(' ');
  // A wrong policy is in the flags or in the file.
  const again = commandWith({ policy: undefined });
  for (const name of choice.channels ?? [])
    channelNamed({ spec }, name, (channel) => commandWith({ channel }));
  const isBuilt = choice.service !== undefined && choice.path !== undefined;
  requireParts(choice, { release, practice: false }, [isBuilt ? again : `${COMMAND} --help`]);
  const known = spec.orgs.map(({ mspId }) => mspId);
  const msp = policyOrganisations(choice.policy ?? '').find((mspId) => !known.includes(mspId));
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

/** A chaincode with what has to be done. */
interface PlannedChaincode extends ChaincodeContent {
  readonly plan: DeployPlan;
}

/** What the user has given to the command. */
interface DeployCall {
  readonly words: readonly string[];
  readonly flags: Partial<DeployFlags>;
  readonly signal: AbortSignal;
}

/** @throws WizardFailure `usage` if the network cannot have one of the chaincodes */
async function planned(
  network: ChaincodeNetwork,
  choices: readonly ChaincodeChoice[],
  { words, flags, signal }: DeployCall,
): Promise<readonly PlannedChaincode[]> {
  const { docker, cliId, spec } = network;
  requireAllPeers(network);
  for (const [index, choice] of choices.entries())
    requireSupported(network, choice, words[index] ?? choice.name, flags);
  if (choices.some(({ service }) => service !== undefined)) await requireBuilder(network);
  const content = await Promise.all(choices.map((choice) => contentOf({ docker, signal }, cliId, choice)));
  const digests = content.map(({ digest }) => digest);
  const found = await observed(network, choices, digests);
  return Promise.all(
    content.map(async (each) => {
      const { choice, digest } = each;
      const plan = deployPlan(choice, digest, found, spec, isFinished(network, choice));
      return { ...each, plan: await withProcess(network, choice, plan) };
    }),
  );
}

/** Says what would be done, or that nothing has changed. */
async function show(
  terminal: Terminal,
  network: ChaincodeNetwork,
  all: readonly PlannedChaincode[],
): Promise<void> {
  const style = styleFor(terminal, process.stdout);
  const plans = all.map(({ plan }) => plan);
  if (terminal.json) {
    printJson({ ok: true, deployed: plans.every(isDeployed), chaincodes: plans });
    return;
  }
  for (const { choice, plan } of all) {
    const lines = isDeployed(plan) ? renderNothingChanged(plan, style) : renderDeployPlan(plan, style);
    const start = isListening(choice)
      ? renderServiceStart(
          { address: choice.service, packageId: await packageIdOf(network, plan, choice.service) },
          style,
        )
      : [];
    writeToStdout(`${[...lines, ...start].join('\n')}\n`);
  }
}

export async function deploy(
  terminal: Terminal,
  flags: Flags,
  words: readonly string[],
  deployFlags: DeployFlags,
): Promise<number> {
  const config = await loadEffectiveConfig(terminal.dir, flags);
  const choices = await choicesOf(words, config.chaincodes, deployFlags);
  const watch = deployFlags.watch ? await import('./chaincode-watch.ts') : undefined;
  const watched = watch
    ? watch.watchedChoice(choices, `${COMMAND} ./my-chaincode --service --watch`)
    : undefined;
  const cancel = cancelOnSignals();
  let network: ChaincodeNetwork;
  let all: readonly PlannedChaincode[];
  try {
    network = await chaincodeNetwork(terminal, 'chaincode deploy', cancel.signal);
    all = await planned(network, choices, { words, flags: deployFlags, signal: cancel.signal });
  } finally {
    cancel.dispose();
  }
  if (terminal.dryRun || (!watched && all.every(({ plan }) => isDeployed(plan)))) {
    await show(terminal, network, all);
    return EXIT.done;
  }
  // Not loaded before: without changes the program would take twice as long to load.
  const { runCommand } = await import('./run.ts');
  const run = (request: Pick<RunCommandOptions, 'chaincodes' | 'onContext'>) =>
    runCommand(terminal, flags, {
      command: 'deploy',
      words: [...folderFlag(terminal.dir), ...wordsAgain(words, deployFlags)],
      keepChaincode: true,
      ...request,
    });
  if (watch && watched)
    return watch.watchService(terminal, watched, (onContext) => run({ chaincodes: [watched], onContext }));
  return run({
    chaincodes: choices.filter((_, index) => !isDeployed((all[index] as PlannedChaincode).plan)),
  });
}
