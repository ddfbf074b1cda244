/** Calls a function of a chaincode: a query of one peer, or a transaction that several peers endorse. */
import { WizardFailure } from '../core/failure.ts';
import { quoted } from '../core/last-words.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellLine } from '../core/shell-text.ts';
import type { ExecResult } from '../engine/engine-types.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import type { NetworkSpec, PeerSpec } from '../network/network-spec.ts';
import { endorserFlags, ordererFlags, outputLines, outputTail, type PeerCli } from '../network/peer-cli.ts';
import { callText, ORDERED } from './lifecycle-calls.ts';

export interface ChaincodeCall {
  readonly name: string;
  readonly channel: string;
  /** The function's name, and its arguments. */
  readonly args: readonly string[];
  /** Private data by name, which does not become part of the transaction. */
  readonly transient?: Readonly<Record<string, string>>;
}

export interface CalledNetwork {
  readonly cli: PeerCli;
  readonly spec: NetworkSpec;
  readonly release: Pick<ReleaseFacts, 'queryPrefix' | 'invokeTargets'>;
}

export interface Invocation {
  /** What the chaincode returned. */
  readonly payload: string;
  /** Absent if the release's command does not print it. */
  readonly transaction?: string;
  /** The validation code; absent if the release's command does not wait for the block. */
  readonly status?: string;
}

/** Characters that protocol buffers' text format escapes by a letter. */
const LETTERS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 };
/** Escapes: octal bytes up to 2.5; hexadecimal bytes and code points from 3.0 on; any character. */
const ESCAPED = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gsu;

/** Decodes a text of protocol buffers' text format. */
export function unescaped(text: string): string {
  const parts = [...text.matchAll(ESCAPED)].map(([whole, octal, hex, short, long, letter]) => {
    const point = short ?? long;
    if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16)));
    if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)]);
    if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)]);
    if (letter === undefined) return Buffer.from(whole);
    const control = LETTERS[letter];
    return control === undefined ? Buffer.from(letter) : Buffer.from([control]);
  });
  return Buffer.concat(parts).toString();
}

const PAYLOAD = /\bpayload:"((?:[^"\\]|\\.)*)"/;
const MESSAGE = /\bmessage:"((?:[^"\\]|\\.)*)"/;
const INVALID = /transaction invalidated with status \((\w+)\)/;
const COMMITTED = /txid \[([0-9a-f]+)\] committed with status \((\w+)\)/;

/** Parses the output of `peer chaincode invoke`. */
export function invocationIn(lines: readonly string[]): Invocation {
  const payload = lines.map((line) => PAYLOAD.exec(line)?.[1]).find((found) => found !== undefined);
  const committed = lines.map((line) => COMMITTED.exec(line)).find((found) => found !== null);
  return {
    payload: unescaped(payload ?? ''),
    ...(committed ? { transaction: committed[1], status: committed[2] } : {}),
  };
}

/** Errors of a peer that could not start the chaincode, or does not have it. */
const NOT_ANSWERED =
  /^(?:\[channel [^\]]+\] )?(?:error (?:starting container|in simulation)|could not launch|failed to execute transaction|make sure the chaincode|chaincode registration failed|cannot (?:get|retrieve) (?:package|chaincode|signed)|chaincode (?:definition for )?'?[\w-]+'? (?:not found|exists))/i;

/** What the hub of a chaincode answers in place of a process that has ended, or that there is not. */
export const HUB_ANSWERS = {
  ended: 'the process of the chaincode ended before it answered',
  none: 'no process of the chaincode is registered',
} as const;

/** Returns the chaincode's own message in the output of a failed call; undefined if the error is not its own. */
export function refusalIn(lines: readonly string[]): string | undefined {
  const messages = lines.flatMap((line) => (/Error/.test(line) ? (MESSAGE.exec(line)?.[1] ?? []) : []));
  const [message] = messages.map(unescaped);
  const isOwn = (text: string) =>
    !NOT_ANSWERED.test(text) && !Object.values(HUB_ANSWERS).some((answer) => text.endsWith(answer));
  return message !== undefined && isOwn(message) ? message : undefined;
}

/** What a peer says if nothing listens at the address of a service. */
const NOT_REACHED = /error creating grpc connection to (\S+:\d+)/i;

/** Returns the address at which a peer has not reached the process of a service. */
export function unreachedIn(lines: readonly string[]): string | undefined {
  return lines.map((line) => NOT_REACHED.exec(line)?.[1]).find((address) => address !== undefined);
}

/** Returns the failure of a call that a deployed chaincode does not answer. @param next commands to run */
export function unanswered(
  problem: Phrase,
  next: readonly string[] = ['fabric-wizard chaincode list'],
): WizardFailure {
  return new WizardFailure({ kind: 'chaincode', installed: true, problem, place: '', next });
}

function failed(
  { name }: ChaincodeCall,
  args: readonly string[],
  peer: PeerSpec,
  result: ExecResult,
): WizardFailure {
  const lines = outputLines(result);
  const address = unreachedIn(lines);
  if (address !== undefined)
    return unanswered({ key: 'chaincode.not-reached', name, address, peer: peer.name });
  if (lines.some((line) => line.includes(HUB_ANSWERS.none)))
    return unanswered({ key: 'chaincode.none-registered', name });
  const refusal = refusalIn(lines);
  const invalid = lines.map((line) => INVALID.exec(line)?.[1]).find((code) => code !== undefined);
  return new WizardFailure({
    kind: 'command',
    command: shellLine(['peer', ...args]),
    where: { key: 'where.cli-to', org: peer.org, peer: peer.name },
    exitCode: result.exitCode,
    tail: refusal === undefined && invalid === undefined ? outputTail(result) : [],
    again: `fabric-wizard chaincode logs ${name}`,
    chaincode: {
      name,
      ...(invalid === undefined ? {} : { invalid }),
      ...(refusal === undefined ? {} : { refusal: quoted(refusal) }),
    },
  });
}

function transientFlags({ transient }: ChaincodeCall): string[] {
  if (transient === undefined) return [];
  const encoded = Object.entries(transient).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  return ['--transient', JSON.stringify(Object.fromEntries(encoded))];
}

/** @throws WizardFailure `command` with the chaincode's message */
export async function queryChaincode(
  { cli, release }: CalledNetwork,
  peer: PeerSpec,
  call: ChaincodeCall,
): Promise<string> {
  const args = [
    'chaincode',
    'query',
    '-C',
    call.channel,
    '-n',
    call.name,
    '-c',
    callText(call.args),
    ...transientFlags(call),
  ];
  const result = await cli.ask(peer, args);
  if (result.exitCode !== 0) throw failed(call, args, peer, result);
  const { queryPrefix } = release;
  const start = queryPrefix === '' ? 0 : result.stdout.indexOf(queryPrefix) + queryPrefix.length;
  return result.stdout.slice(start).replace(/\n$/, '');
}

/** Returns the arguments of `peer` that send a transaction. @param endorsers see `invokeChaincode` */
export function invokeArguments(
  { cli, spec, release }: CalledNetwork,
  endorsers: readonly PeerSpec[],
  call: ChaincodeCall,
): string[] {
  const what = ['-C', call.channel, '-n', call.name, '-c', callText(call.args), ...transientFlags(call)];
  const to = release.invokeTargets
    ? [...endorsers.flatMap((peer) => endorserFlags(spec, peer)), '--waitForEvent']
    : [];
  return ['chaincode', 'invoke', ...what, ...to, ...ordererFlags(spec, cli.orderer)];
}

/**
 * Sends a transaction, and waits until the endorsers have it in their ledger, where the release's command can.
 * @param endorsers at least one; the first one's organisation sends the transaction
 * @throws WizardFailure `command` with the chaincode's message
 */
export async function invokeChaincode(
  network: CalledNetwork,
  endorsers: readonly [PeerSpec, ...PeerSpec[]],
  call: ChaincodeCall,
): Promise<Invocation> {
  const [first] = endorsers;
  const args = invokeArguments(network, endorsers, call);
  const result = await network.cli.ask(first, args, { ...ORDERED, logging: 'info' });
  if (result.exitCode !== 0) throw failed(call, args, first, result);
  return invocationIn(outputLines(result));
}
