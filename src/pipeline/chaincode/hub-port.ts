/** The port of this host at which a process of the user's registers. The container of its hub publishes it. */
import type { ListeningChaincode } from '../config/chaincode-list.ts';
import { HIGHEST_PORT } from '../config/port-numbers.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import { type PortEngine, takenFor } from '../host/ports.ts';
import { containerName, type NetworkSpec } from '../network/network-spec.ts';
import { publishedPorts } from '../network/published-ports.ts';
import { ownHubAddress, portOf } from './service-address.ts';

interface PortContext {
  readonly docker: PortEngine;
  readonly spec: NetworkSpec;
  readonly options: { readonly again: string };
}

/** Number of the next ports of which one is proposed. */
const PROPOSED = 20;
/** What an engine says of a port that a container, or another program, has. */
const REFUSED = /port is already allocated|address already in use/;

/** Returns the owner of each of the ports that is not free for the hub of a chaincode. A node that is down keeps its port. */
async function ownersOf(
  { docker, spec }: Pick<PortContext, 'docker' | 'spec'>,
  name: string,
  ports: readonly number[],
): Promise<ReadonlyMap<number, Text>> {
  const taken = await takenFor(
    ports.map((port) => ({ port, wantedBy: name })),
    docker,
    (each) => isServiceOf(each, spec.project) && each.labels[LABEL.chaincode] === name,
  );
  const ofNodes = publishedPorts(spec)
    .filter(({ port }) => ports.includes(port))
    .map(({ port, node }) => [port, { key: 'owner.container', name: containerName(spec, node) }] as const);
  // What this user may not have, the engine may.
  const others = taken.filter(({ owner }) => typeof owner === 'string' || owner.key !== 'owner.system');
  return new Map<number, Text>([...ofNodes, ...others.map(({ port, owner }) => [port, owner] as const)]);
}

/** Returns the command that does the same with another port. */
function atPort(again: string, name: string, port: number): string {
  const address = ownHubAddress(`:${port}`);
  const other = again.replace(/( --service )\S+/, (_, flag: string) => `${flag}${address}`);
  return other === again ? `fabric-wizard chaincode deploy ${name} --dev ${address}` : other;
}

async function inUse(
  context: PortContext,
  { name, service }: ListeningChaincode,
  owner: Text,
): Promise<WizardFailure> {
  const port = Number(portOf(service));
  const others = Array.from({ length: PROPOSED }, (_, index) => port + 1 + index).filter(
    (each) => each <= HIGHEST_PORT,
  );
  const taken = await ownersOf(context, name, others);
  const free = others.find((each) => !taken.has(each));
  return new WizardFailure({
    kind: 'chaincode',
    ofMachine: true,
    problem: {
      key: 'chaincode.port-in-use',
      name,
      port: String(port),
      owner: owner === '' ? { key: 'owner.unknown' } : owner,
    },
    place: '',
    next: [
      ...(free === undefined ? [] : [atPort(context.options.again, name, free)]),
      `sudo ss -ltnp 'sport = :${port}'`,
    ],
  });
}

/** @throws WizardFailure `chaincode` if the port of the process is in use */
export async function requireFreePort(context: PortContext, choice: ListeningChaincode): Promise<void> {
  const port = Number(portOf(choice.service));
  const owner = (await ownersOf(context, choice.name, [port])).get(port);
  if (owner !== undefined) throw await inUse(context, choice, owner);
}

/** Returns the failure of a container that was not started: an engine can know ports in use that this host does not. */
export async function withRefusedPort(
  context: PortContext,
  choice: ListeningChaincode,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'engine-refused') return error;
  return REFUSED.test(error.failure.detail) ? inUse(context, choice, '') : error;
}
