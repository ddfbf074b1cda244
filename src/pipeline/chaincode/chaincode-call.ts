/** Calls a function of a chaincode: a query of one peer, or a transaction that several peers endorse. */
import { WizardFailure } from '../core/failure.ts';
import type { ExecResult } from '../engine/engine-types.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { shellLine } from '../host/shell-text.ts';
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

/** Decodes a text of protocol buffers' text format: `\n`, `\"` and octal bytes. */
export function unescaped(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const [, octal] = /^\\([0-7]{3})/.exec(text.slice(at)) ?? [];
    const next = text[at + 1] ?? '';
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += octal.length;
    } else if (text[at] === '\\') {
      bytes.push(LETTERS[next] ?? next.charCodeAt(0));
      at += 1;
    } else bytes.push(...Buffer.from(text[at] ?? ''));
  }
  return Buffer.from(bytes).toString();
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
  /error starting container|could not launch|failed to execute transaction|cannot (get|retrieve)|not found|chaincode registration failed/i;

/** Returns the chaincode's own message in the output of a failed call; undefined if the error is not its own. */
export function refusalIn(lines: readonly string[]): string | undefined {
  const messages = lines.flatMap((line) => (/Error/.test(line) ? (MESSAGE.exec(line)?.[1] ?? []) : []));
  const [message] = messages.map(unescaped);
  return message === undefined || NOT_ANSWERED.test(message) ? undefined : message;
}

function failed(
  { name }: ChaincodeCall,
  args: readonly string[],
  peer: PeerSpec,
  result: ExecResult,
): WizardFailure {
  const lines = outputLines(result);
  const refusal = refusalIn(lines);
  const invalid = lines.map((line) => INVALID.exec(line)?.[1]).find((code) => code !== undefined);
  return new WizardFailure({
    kind: 'command',
    command: shellLine(['peer', ...args]),
    where: { key: 'where.cli-to', org: peer.org, peer: peer.name },
    exitCode: result.exitCode,
    tail: refusal === undefined && invalid === undefined ? outputTail(result) : [],
    ...(invalid !== undefined ? { chaincode: { name, invalid } } : {}),
    ...(refusal !== undefined ? { chaincode: { name, refusal } } : {}),
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

/**
 * Sends a transaction, and waits until the endorsers have it in their ledger, where the release's command can.
 * @param endorsers at least one; the first one's organisation sends the transaction
 * @throws WizardFailure `command` with the chaincode's message
 */
export async function invokeChaincode(
  { cli, spec, release }: CalledNetwork,
  [first, ...others]: readonly [PeerSpec, ...PeerSpec[]],
  call: ChaincodeCall,
): Promise<Invocation> {
  const what = ['-C', call.channel, '-n', call.name, '-c', callText(call.args), ...transientFlags(call)];
  const to = release.invokeTargets
    ? [...[first, ...others].flatMap((peer) => endorserFlags(spec, peer)), '--waitForEvent']
    : [];
  const args = ['chaincode', 'invoke', ...what, ...to, ...ordererFlags(spec, cli.orderer)];
  const result = await cli.ask(first, args, { ...ORDERED, logging: 'info' });
  if (result.exitCode !== 0) throw failed(call, args, first, result);
  return invocationIn(outputLines(result));
}
