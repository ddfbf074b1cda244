/** `chaincode invoke`, `query`, `list`, `logs` and `remove`. */
import {
  type ChaincodeCall,
  invokeArguments,
  invokeChaincode,
  queryChaincode,
} from '../pipeline/chaincode/chaincode-call.ts';
import { committedOn } from '../pipeline/chaincode/deployed-chaincodes.ts';
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { listServices } from '../pipeline/chaincode/service-process.ts';
import { isOurService } from '../pipeline/config/chaincode-list.ts';
import { CancelledError, EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { shellLine, shellWord } from '../pipeline/core/shell-text.ts';
import { exists } from '../pipeline/host/files.ts';
import { folderUser, type Journal, withJournal } from '../pipeline/journal/journal.ts';
import { anchorPeer, firstPeer, type PeerSpec } from '../pipeline/network/network-spec.ts';
import type { CallKind } from '../screens/chaincode-state.ts';
import { answeredInTime, called } from './chaincode-calling.ts';
import { wordsFor } from './chaincode-choice.ts';
import {
  askedFor,
  askedOn,
  type ChaincodeNetwork,
  chaincodeNetwork,
  channelNamed,
  channelOf,
  endorsersOf,
  orgNamed,
  peerNamed,
  requireOnChannel,
} from './chaincode-network.ts';
import {
  isDefined,
  isKeptService,
  namesOf,
  notHere,
  REMOVAL,
  remainsOf,
  removeChaincode,
} from './chaincode-service.ts';
import { confirm, isInteractive } from './confirm.ts';
import { type LogsFlags, printLogs } from './logs.ts';
import {
  cancellable,
  printJson,
  styleFor,
  type Terminal,
  writeData,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

/** Like `cancellable`, for a call that is not always answered. @param words name of the chaincode, function and arguments */
function cancellableCall<T>(
  kind: CallKind,
  [name = '']: readonly string[],
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return cancellable((signal) => answeredInTime({ name, kind }, signal, act));
}

/** How a function is called. */
export interface CallFlags {
  readonly channel: string | undefined;
  /** Names of peers, separated by commas. */
  readonly peer: string | undefined;
  readonly org: string | undefined;
  /** A JSON object of texts. */
  readonly transient: string | undefined;
}

/** Returns the command of the call with other values of these flags. */
type CallCommand = (changed: Partial<CallFlags>) => string;

const CALL_FLAGS = ['channel', 'peer', 'org', 'transient'] as const satisfies readonly (keyof CallFlags)[];

/** @param words name of the chaincode, function and arguments */
export function callCommand(command: string, words: readonly string[], flags: CallFlags): CallCommand {
  return (changed) => {
    const given = { ...flags, ...changed };
    const options = CALL_FLAGS.flatMap((flag) => {
      const value = given[flag];
      return value === undefined ? [] : [`--${flag} ${shellWord(value)}`];
    });
    return [command, ...words.map(shellWord), ...options].join(' ');
  };
}

/** @throws WizardFailure `usage` */
export function transientOf(
  { release }: Pick<ChaincodeNetwork, 'release'>,
  json: string | undefined,
  again: CallCommand,
): Readonly<Record<string, string>> | undefined {
  if (json === undefined) return undefined;
  if (!release.transientData)
    throw usage({ key: 'usage.transient-release', release: release.id }, again({ transient: undefined }));
  try {
    const value: unknown = JSON.parse(json);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isMap && Object.values(value).every((each) => typeof each === 'string'))
      return value as Record<string, string>;
  } catch {
    // Not JSON: the same message.
  }
  throw usage({ key: 'usage.transient', value: json }, again({ transient: '{"price":"100"}' }));
}

/**
 * Returns the peers that a call goes to. The organisation of the first one signs.
 * @throws WizardFailure `usage`
 */
export function peersOf(
  network: Pick<ChaincodeNetwork, 'spec' | 'peers'>,
  { peer, org }: Pick<CallFlags, 'peer' | 'org'>,
  again: CallCommand,
  byDefault: readonly PeerSpec[],
): readonly [PeerSpec, ...PeerSpec[]] {
  const words = peer?.split(',');
  const named =
    words?.map((word, index) =>
      peerNamed(network, word, (name) => again({ peer: words.with(index, name).join(',') })),
    ) ?? byDefault;
  const sender = org === undefined ? undefined : orgNamed(network, org, (name) => again({ org: name }));
  const isSender = (each: PeerSpec) => each.org === sender?.name;
  if (sender && !named.some(isSender)) {
    const own = network.peers.find(isSender) ?? anchorPeer(sender);
    throw usage(
      { key: 'usage.no-peer-of-org', org: sender.name, peers: named.map(({ name }) => name).join(', ') },
      again({ org: sender.name, peer: own.name }),
    );
  }
  const [first = firstPeer(network.spec), ...others] = [
    ...named.filter(isSender),
    ...named.filter((each) => !isSender(each)),
  ];
  return [first, ...others];
}

/** @throws WizardFailure `usage` */
function callOf(
  network: ChaincodeNetwork,
  [name, ...args]: readonly string[],
  flags: CallFlags,
  command: string,
): ChaincodeCall {
  if (name === undefined) throw usage({ key: 'usage.no-chaincode-name' }, 'fabric-wizard chaincode list');
  if (args.length === 0)
    throw usage({ key: 'usage.no-function', name }, `${command} ${name} FUNCTION ARGUMENT…`);
  const again = callCommand(command, [name, ...args], flags);
  return {
    name,
    args,
    channel: channelNamed(network, flags.channel ?? channelOf(network, name), (channel) =>
      again({ channel }),
    ),
    transient: transientOf(network, flags.transient, again),
  };
}

/**
 * Adds the command that starts the process of a service, or says how the user starts it, and the one that shows its output.
 * @param user the command that works in the folder: it may be deploying the chaincode, and no other can
 */
export async function withDeployment(
  { state }: Pick<ChaincodeNetwork, 'state'>,
  name: string,
  error: unknown,
  user?: string,
): Promise<unknown> {
  if (user !== undefined || !(error instanceof WizardFailure) || error.failure.kind !== 'chaincode')
    return error;
  const choice = recordedDeployments(state).get(name)?.choice;
  if (choice === undefined) return error;
  const { path } = choice;
  // The user may have moved the folder.
  const words =
    path === undefined || (await exists(path))
      ? wordsFor([choice], [])
      : wordsFor([{ ...choice, path: 'PATH' }], []);
  const deploy = ['fabric-wizard chaincode deploy', ...words].join(' ');
  // A process in our container has printed why it has ended.
  const logs = isOurService(choice) ? [`fabric-wizard chaincode logs ${shellWord(name)}`] : [];
  return new WizardFailure({
    ...error.failure,
    next: [...new Set([deploy, ...logs, ...error.failure.next])],
  });
}

/** Names the chaincodes of the channel if it does not have the one that was called. */
export async function requireKnown(
  network: Pick<ChaincodeNetwork, 'cli' | 'release' | 'spec' | 'peers' | 'state'>,
  call: ChaincodeCall,
  { command, dir }: { readonly command: string; readonly dir: string },
  error: unknown,
): Promise<never> {
  if (error instanceof CancelledError) throw error;
  const committed = await committedOn(network, askedOn(network, call.channel), call.channel).catch(() => {
    throw error;
  });
  const names = committed.map((each) => each.name);
  if (names.includes(call.name)) throw await withDeployment(network, call.name, error, await folderUser(dir));
  const { name, channel } = call;
  throw new WizardFailure(
    unknownName(
      { key: 'usage.unknown-chaincode', name, channel, names: names.join(', ') || { key: 'state.none' } },
      name,
      names,
      {
        command: (known) => [command, known, ...call.args.map(shellWord)].join(' '),
        others: ['fabric-wizard chaincode list', 'fabric-wizard chaincode deploy ./my-chaincode'],
      },
    ),
  );
}

export function query(terminal: Terminal, words: readonly string[], flags: CallFlags): Promise<number> {
  return cancellableCall('query', words, async (signal) => {
    const command = 'fabric-wizard chaincode query';
    const network = await chaincodeNetwork(terminal, 'chaincode query', signal);
    const call = callOf(network, words, flags, command);
    const members = askedFor(network, call.channel);
    const again = callCommand(command, words, flags);
    const [peer] = peersOf(members, flags, again, members.peers);
    requireOnChannel(network, [peer], call.channel, (name) => again({ peer: name }));
    const answer = await called(network, call, () => queryChaincode(network, peer, call)).catch(
      (error: unknown) => requireKnown(network, call, { command, dir: terminal.dir }, error),
    );
    if (terminal.json)
      printJson({ ok: true, chaincode: call.name, channel: call.channel, peer: peer.name, answer });
    else writeData(`${answer}\n`);
    return EXIT.done;
  });
}

export function invoke(terminal: Terminal, words: readonly string[], flags: CallFlags): Promise<number> {
  return cancellableCall('invoke', words, async (signal) => {
    const command = 'fabric-wizard chaincode invoke';
    const network = await chaincodeNetwork(terminal, 'chaincode invoke', signal);
    const call = callOf(network, words, flags, command);
    const again = callCommand(command, words, flags);
    const endorsers = peersOf(
      askedFor(network, call.channel),
      flags,
      again,
      endorsersOf(network, call.channel),
    );
    requireOnChannel(network, endorsers, call.channel, (name) => again({ peer: name }));
    if (!network.release.invokeTargets && flags.peer?.includes(','))
      throw usage(
        { key: 'usage.one-endorser', release: network.release.id },
        again({ peer: endorsers[0].name }),
      );
    if (terminal.dryRun) {
      const line = shellLine(['peer', ...invokeArguments(network, endorsers, call)]);
      if (terminal.json) printJson({ ok: true, sent: false, command: line });
      else writeToStdout(`${styleFor(terminal, process.stdout).t('notice.would-do', { command: line })}\n`);
      return EXIT.done;
    }
    const { payload, transaction, status } = await called(network, call, () =>
      invokeChaincode(network, endorsers, call),
    ).catch((error: unknown) => requireKnown(network, call, { command, dir: terminal.dir }, error));
    if (terminal.json)
      printJson({
        ok: true,
        ...{
          chaincode: call.name,
          channel: call.channel,
          endorsers: (network.release.invokeTargets ? endorsers : endorsers.slice(0, 1)).map(
            ({ name }) => name,
          ),
          payload,
        },
        ...(transaction === undefined ? {} : { transaction, status }),
      });
    else {
      if (payload !== '') writeData(`${payload}\n`);
      const { t, dim } = styleFor(terminal, process.stderr);
      if (transaction !== undefined && status !== undefined)
        writeToStderr(dim(t('chaincode.committed', { transaction, status })));
    }
    return EXIT.done;
  });
}

/** @throws WizardFailure `usage` */
function requireName(name: string | undefined): string {
  if (name !== undefined) return name;
  throw usage({ key: 'usage.no-chaincode-name' }, 'fabric-wizard chaincode list');
}

export async function logs(terminal: Terminal, word: string | undefined, flags: LogsFlags): Promise<number> {
  const name = requireName(word);
  const { network, found } = await cancellable(async (signal) => {
    const opened = await chaincodeNetwork(terminal, 'chaincode logs', signal);
    return { network: opened, found: await namesOf(opened, name) };
  });
  const { docker } = network;
  return printLogs(docker, terminal, flags, async () => {
    const containers = await docker.listContainers();
    const nodes = found.flatMap(({ peer, container }) =>
      containers.filter((each) => each.name === container).map(({ id }) => ({ node: peer, container: id })),
    );
    if (nodes.length > 0) return nodes;
    throw notHere(network, name);
  });
}

/**
 * Removes containers, and images that peers build again. Fabric cannot remove a definition from a channel.
 * @throws WizardFailure `locked` if another process works in the folder
 */
export async function remove(terminal: Terminal, word: string | undefined): Promise<number> {
  const name = requireName(word);
  return cancellable(async (signal) => {
    const network = await chaincodeNetwork(terminal, 'chaincode remove', signal);
    if (terminal.dryRun) return removeFrom(terminal, network, undefined, { name, signal });
    return withJournal(terminal.dir, REMOVAL, (journal) =>
      removeFrom(terminal, network, journal, { name, signal }),
    );
  });
}

/** @param journal absent in a dry run */
async function removeFrom(
  terminal: Terminal,
  network: ChaincodeNetwork,
  journal: Journal | undefined,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<number> {
  const remains = await remainsOf(network, name);
  const services = await listServices(network.docker, network.project);
  const { containers, images } = remains;
  const style = styleFor(terminal, process.stdout);
  const items = [...containers.map((each) => each.name), ...images];
  if (!terminal.json) writeToStdout(`${items.join('\n')}\n`);
  const isAgreed =
    terminal.dryRun ||
    terminal.yes ||
    items.length === 0 ||
    (await agreed(terminal, name, items.length, signal));
  const removed = isAgreed && !terminal.dryRun;
  if (removed && journal) await removeChaincode(terminal.dir, network, journal, { name, remains });
  if (terminal.json) printJson({ ok: true, removed, items });
  else if (removed) {
    const { id: release, rebuildsChaincode } = network.release;
    const facts = { name, containers: containers.length, images: images.length, release };
    const ofPeers = rebuildsChaincode ? 'chaincode.removed' : 'chaincode.removed-containers';
    const isService =
      isKeptService(network, name) || containers.some(({ id }) => services.some((each) => each.id === id));
    const isOnChannel = await isDefined(network, name).catch(() => true);
    const ofDefined = isService ? 'chaincode.removed-service' : ofPeers;
    const key = isOnChannel ? ofDefined : 'chaincode.removed-undefined';
    writeToStdout(`${style.good(style.symbol.good)} ${style.t(key, facts)}\n`);
  }
  return isAgreed ? EXIT.done : EXIT.cancelled;
}

/** @throws WizardFailure `usage` without a terminal */
async function agreed(
  terminal: Terminal,
  name: string,
  count: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isInteractive())
    throw usage(
      { key: 'usage.no-terminal-chaincode', name },
      `fabric-wizard chaincode remove ${name} --dry-run`,
      `fabric-wizard chaincode remove ${name} --yes`,
    );
  const style = styleFor(terminal, process.stderr);
  return confirm(style.t('ask.removal', { what: String(count) }), false, signal);
}
