import { requireParts } from '../pipeline/chaincode/chaincode-parts.ts';
import { isDeployed } from '../pipeline/chaincode/deploy-plan.ts';
import { deployedChoices, recordDeployment } from '../pipeline/chaincode/deployment-record.ts';
import {
  knownOn,
  type PlannedChaincode,
  type PlanOptions,
  plannedDeployments,
} from '../pipeline/chaincode/planned-deployments.ts';
import { requireSameDefinition } from '../pipeline/chaincode/shared-process.ts';
import {
  asGiven,
  type ChaincodeChoice,
  channelsFor,
  isListening,
} from '../pipeline/config/chaincode-list.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { policyOrganisations } from '../pipeline/fabric/policy-text.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { readState, withJournal } from '../pipeline/journal/journal.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import { peersOn } from '../pipeline/network/channel-members.ts';
import { renderDeployPlan, renderNothingChanged, renderServiceStart } from '../report/chaincode-text.ts';
import type { Style } from '../report/style.ts';
import {
  type ChosenChaincode,
  COMMAND,
  choicesOf,
  type DeployFlags,
  wordsAgain,
} from './chaincode-choice.ts';
import { type ChaincodeNetwork, chaincodeNetwork, channelNamed } from './chaincode-network.ts';
import type { Flags } from './command-options.ts';
import { loadEffectiveConfig } from './load-config.ts';
import type { RunCommandOptions } from './run.ts';
import { cancelOnSignals, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';
import { usage } from './usage-failure.ts';

/** A deployment needs the peers of its channels. @throws WizardFailure `usage` */
export function requirePeers(
  { spec, peers }: Pick<ChaincodeNetwork, 'spec' | 'peers'>,
  choices: readonly ChaincodeChoice[],
): void {
  const down = peersOn(spec, channelsFor(choices, spec.channels))
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
  requireParts(choice, { release, practice: false }, (wrong) => {
    if (wrong === 'language' || (wrong === 'service' && !isBuilt)) return [`${COMMAND} --help`];
    return [commandWith({ [wrong]: undefined })];
  });
  const known = spec.orgs.map(({ mspId }) => mspId);
  const msp = policyOrganisations(choice.policy ?? '').find((mspId) => !known.includes(mspId));
  if (msp !== undefined)
    throw usage({ key: 'usage.policy-org', name: choice.name, msp, orgs: known.join(', ') }, again);
}

/** What the user has given to the command. */
interface DeployCall extends PlanOptions {
  readonly words: readonly string[];
  readonly flags: Partial<DeployFlags>;
}

/** @throws WizardFailure `usage` if the network cannot have one of the chaincodes */
async function planned(
  network: ChaincodeNetwork,
  choices: readonly ChaincodeChoice[],
  { words, flags, ...options }: DeployCall,
): Promise<readonly PlannedChaincode[]> {
  requirePeers(network, choices);
  for (const [index, choice] of choices.entries())
    requireSupported(network, choice, words[index] ?? choice.name, flags);
  if (choices.some(({ service }) => service !== undefined)) {
    const { requireBuilder } = await import('../pipeline/chaincode/service-start.ts');
    await requireBuilder(network);
  }
  const all = await plannedDeployments(network, choices.map(asGiven), options);
  const committedOn = (channel: string) => knownOn(network, channel);
  for (const [index, { plan }] of all.entries())
    await requireSameDefinition({ ...network, committedOn }, plan, (channels) =>
      [COMMAND, ...wordsAgain([words[index] ?? plan.name], { ...flags, channel: channels.join(',') })].join(
        ' ',
      ),
    );
  return all;
}

/** Returns how to start the user's own process of a service. */
async function processLines(
  network: ChaincodeNetwork,
  { choice, plan }: Pick<PlannedChaincode, 'choice' | 'plan'>,
  style: Style,
): Promise<readonly string[]> {
  if (!isListening(choice)) return [];
  const { packageIdOf } = await import('../pipeline/chaincode/service-package.ts');
  const packageId = await packageIdOf(network, plan, choice.service);
  return renderServiceStart({ address: choice.service, packageId }, style);
}

/** Returns what each chaincode keeps from its last deployment. */
function keptNotices(chosen: readonly ChosenChaincode[]): readonly Phrase[] {
  return chosen.flatMap(({ choice, kept }) =>
    kept.length > 0 ? [{ key: 'step.same-deployment', name: choice.name, flags: kept.join(' ') }] : [],
  );
}

/** Says what would be done, or that nothing has changed. */
async function show(
  terminal: Terminal,
  network: ChaincodeNetwork,
  all: readonly PlannedChaincode[],
  chosen: readonly ChosenChaincode[],
): Promise<void> {
  const style = styleFor(terminal, process.stdout);
  const plans = all.map(({ plan }) => plan);
  if (terminal.json) {
    const chaincodes = plans.map((plan, index) => ({ ...plan, kept: chosen[index]?.kept }));
    printJson({ ok: true, deployed: plans.every(isDeployed), chaincodes });
    return;
  }
  for (const notice of keptNotices(chosen)) writeToStdout(`${style.translate(notice)}\n`);
  for (const { choice, plan } of all) {
    const lines = isDeployed(plan) ? renderNothingChanged(plan, style) : renderDeployPlan(plan, style);
    writeToStdout(`${[...lines, ...(await processLines(network, { choice, plan }, style))].join('\n')}\n`);
  }
}

/** Records that nothing has to be done, so that the next deployment does not ask all peers again. */
async function remember(
  { dir }: Pick<Terminal, 'dir'>,
  { spec, containers }: ChaincodeNetwork,
  choices: readonly ChaincodeChoice[],
  all: readonly PlannedChaincode[],
): Promise<void> {
  if (all.every(({ recorded }) => recorded)) return;
  try {
    await withJournal(dir, 'fabric-wizard chaincode deploy', async (journal) => {
      for (const [index, choice] of choices.entries()) {
        const { version, channels } = (all[index] as PlannedChaincode).plan;
        await recordDeployment(journal, spec, { choice, version, channels, containers });
      }
    });
  } catch (error) {
    // The record only saves time, and whoever uses the folder writes it too.
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'locked') throw error;
  }
}

export async function deploy(
  terminal: Terminal,
  flags: Flags,
  words: readonly string[],
  deployFlags: DeployFlags,
): Promise<number> {
  const config = await loadEffectiveConfig(terminal.dir, flags);
  const deployed = deployedChoices(recordedState(await readState(terminal.dir)));
  const chosen = await choicesOf(words, config.chaincodes, deployFlags, deployed);
  const choices = chosen.map(({ choice }) => choice);
  const watch = deployFlags.watch ? await import('./chaincode-watch.ts') : undefined;
  const watched = watch
    ? watch.watchedChoice(choices, `${COMMAND} ./my-chaincode --service --watch`)
    : undefined;
  const cancel = cancelOnSignals();
  let network: ChaincodeNetwork;
  let all: readonly PlannedChaincode[];
  try {
    network = await chaincodeNetwork(terminal, 'chaincode deploy', cancel.signal);
    all = await planned(network, choices, {
      words,
      flags: deployFlags,
      signal: cancel.signal,
      complete: terminal.dryRun,
    });
  } finally {
    cancel.dispose();
  }
  const isDone = !watched && all.every(({ plan }) => isDeployed(plan));
  if (isDone && !terminal.dryRun) await remember(terminal, network, choices, all);
  if (isDone || terminal.dryRun) {
    await show(terminal, network, all, chosen);
    return EXIT.done;
  }
  // Not loaded before: without changes the program would take twice as long to load.
  const { runCommand } = await import('./run.ts');
  const run = (request: Pick<RunCommandOptions, 'chaincodes' | 'onContext'>) =>
    runCommand(terminal, flags, {
      command: 'deploy',
      words: [...folderFlag(terminal.dir), ...wordsAgain(words, deployFlags)],
      keepChaincode: true,
      notices: keptNotices(chosen),
      ...request,
    });
  if (watch && watched)
    return watch.watchService(terminal, watched, (onContext) => run({ chaincodes: [watched], onContext }));
  return run({
    chaincodes: choices.filter((_, index) => !isDeployed((all[index] as PlannedChaincode).plan)),
  });
}
