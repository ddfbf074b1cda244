/** Starts the Prometheus of a network. The network works without it, so that what fails becomes a warning. */
import { type StageFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { containerName, type NetworkSpec, type NodeSpec } from './network-spec.ts';
import { type AwaitedNetwork, nodeReady } from './node-ready.ts';

/** Prometheus with its image is ready in a few seconds. */
const DEADLINE_MS = 20_000;

/** Returns in one line why something is not there that the network works without. @throws WizardFailure if it needs it */
export function troubleOf(failure: StageFailure): Text {
  switch (failure.kind) {
    case 'pull':
      return typeof failure.detail === 'string'
        ? `${failure.ref}: ${failure.detail}`
        : { key: 'detail.of', what: failure.ref, detail: failure.detail };
    case 'base-image':
    case 'image-build':
      return failure.detail;
    case 'tool-missing':
      return failure.tool;
    case 'command':
      return `${failure.command}: ${failure.tail.at(-1) ?? failure.exitCode}`;
    case 'check':
      return failure.nodes?.[0]?.lines.at(-1) ?? failure.got;
    case 'timeout':
      return failure.last;
    default:
      throw new WizardFailure(failure);
  }
}

/** The last line of compose 1.x, after the reason. */
const SUMMARY = /^Encountered errors/;

/** What an engine says of a port that it cannot publish. */
const TAKEN = /port is already allocated|address already in use/i;

/** Returns the reason without the period of a sentence. */
function reasonOf(failure: StageFailure): Text {
  const reason =
    failure.kind === 'command' ? failure.tail.findLast((line) => !SUMMARY.test(line)) : troubleOf(failure);
  return typeof reason === 'string' ? reason.trim().replace(/\.$/, '') : (reason ?? troubleOf(failure));
}

/**
 * Starts Prometheus and waits until it is ready.
 * @param start starts its container
 * @returns the warning if it does not run; undefined if it does
 * @throws CancelledError; WizardFailure about the engine
 */
export async function startMetrics(
  network: AwaitedNetwork & { readonly spec: NetworkSpec },
  node: NodeSpec,
  start: () => Promise<void>,
): Promise<Phrase | undefined> {
  try {
    await start();
    await nodeReady(network, { node, role: 'metrics' }, DEADLINE_MS);
    return undefined;
  } catch (error) {
    if (!(error instanceof WizardFailure)) throw error;
    const reason = reasonOf(error.failure);
    if (typeof reason === 'string' && TAKEN.test(reason))
      return { key: 'warning.prometheus-port', reason, port: node.port };
    const command = dockerCommand('logs', '--tail', '20', containerName(network.spec, node.name));
    return { key: 'warning.prometheus-down', reason, command };
  }
}
