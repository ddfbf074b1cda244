/** The Swarm that an engine belongs to. */
import type Docker from 'dockerode';
import { WizardFailure } from '../core/failure.ts';
import { statusOf, undefinedIf } from './engine-answers.ts';

/** A node of the Swarm. */
export interface SwarmNode {
  readonly id: string;
  /** Its host name. */
  readonly name: string;
  /** Its address in the Swarm. */
  readonly address: string;
  /** Whether the manager hears of it. */
  readonly state: 'ready' | 'down' | 'unknown' | 'disconnected';
  readonly availability: 'active' | 'pause' | 'drain';
  readonly labels: Readonly<Record<string, string>>;
  /** When one of these changed, in milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** What an engine is in its Swarm. */
export interface SwarmMember {
  /** Id of its node; empty if the engine is in no Swarm. */
  readonly nodeId: string;
  readonly isManager: boolean;
}

/** What the types of dockerode lack. */
interface SwarmInfo {
  readonly Swarm?: { readonly NodeID?: string; readonly ControlAvailable?: boolean };
}

interface ListedNode {
  readonly ID: string;
  readonly UpdatedAt: string;
  readonly Spec: {
    readonly Availability: SwarmNode['availability'];
    readonly Labels?: Record<string, string>;
  };
  readonly Description?: { readonly Hostname?: string };
  readonly Status: { readonly State: SwarmNode['state']; readonly Addr?: string };
  readonly ManagerStatus?: { readonly Addr?: string };
}

export async function swarmMember(docker: Docker): Promise<SwarmMember> {
  const { Swarm } = (await docker.info()) as SwarmInfo;
  return { nodeId: Swarm?.NodeID ?? '', isManager: Swarm?.ControlAvailable === true };
}

/** Returns the nodes of the Swarm, by name; undefined if the engine is no manager. Rejects when the signal fires. */
export async function swarmNodes(
  docker: Docker,
  abortSignal?: AbortSignal,
): Promise<SwarmNode[] | undefined> {
  // 503: the engine is in no Swarm, is a worker, or the Swarm has no leader. 404: Podman has no Swarm.
  const asked = () => docker.listNodes(abortSignal ? { abortSignal } : {});
  const nodes = (await undefinedIf([404, 406, 503], asked)) as ListedNode[] | undefined;
  return nodes
    ?.map((node) => ({
      id: node.ID,
      name: node.Description?.Hostname ?? '',
      address: reachable(node),
      state: node.Status.State,
      availability: node.Spec.Availability,
      labels: node.Spec.Labels ?? {},
      updatedAt: Date.parse(node.UpdatedAt),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A manager that made the Swarm has the address 0.0.0.0 in its state. */
function reachable({ Status: { Addr = '' }, ManagerStatus }: ListedNode): string {
  if (Addr !== '0.0.0.0' && Addr !== '') return Addr;
  return (ManagerStatus?.Addr ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/**
 * Makes a network that reaches all nodes of the Swarm and that containers can join. Does nothing if it exists.
 * @throws WizardFailure `usage` if another kind of network has the name, as that of a network on one engine
 */
export async function createOverlay(
  docker: Docker,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await docker.createNetwork({
      Name: name,
      Driver: 'overlay',
      Attachable: true,
      CheckDuplicate: true,
      Labels: { ...labels },
    });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    const found = await docker.listNetworks({ filters: JSON.stringify({ name: [name] }) });
    // The filter also finds names that only contain it.
    const isUsable = ({ Name, Driver, Attachable }: (typeof found)[number]) =>
      Name === name && Driver === 'overlay' && Attachable;
    if (found.some(isUsable)) return;
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-overlay', name },
      next: ['fabric-wizard down', `docker network inspect ${name}`],
    });
  }
}
