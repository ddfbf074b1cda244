/** What a watch knows of the machines of a network, and the nodes that have no container to be seen. */

import { type MachineTrouble, UNREACHABLE } from '../core/machine-trouble.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { askMachines } from './machine-state.ts';
import type { NodeSnapshot } from './network-events.ts';
import { machineOf, type NetworkNode, type NetworkSpec } from './network-spec.ts';

const REMOVED = {
  container: '',
  state: 'removed',
  startedAt: 0,
  exitCode: 0,
  outOfMemory: false,
  image: '',
  imageId: '',
} as const satisfies Partial<NodeSnapshot>;

export class MachineWatch {
  readonly #docker: Pick<DockerPort, 'unreachable' | 'swarmNodes'>;
  readonly #spec: NetworkSpec;
  /** The last snapshot that had a container, by node. */
  readonly #seen = new Map<string, NodeSnapshot>();
  /** When a machine that had answered was lost. */
  readonly #lostAt = new Map<string, number>();

  constructor(docker: Pick<DockerPort, 'unreachable' | 'swarmNodes'>, spec: NetworkSpec) {
    this.#docker = docker;
    this.#spec = spec;
  }

  /** @param action of a `MACHINE_EVENT` */
  note(machine: string, action: string): void {
    if (action === 'back') this.#lostAt.delete(machine);
    // Of one that has never answered, it is not known since when it is lost.
    else if ([...this.#seen.values()].some((node) => node.machine === machine))
      this.#lostAt.set(machine, this.#lostAt.get(machine) ?? Date.now());
  }

  async troubles(): Promise<MachineTrouble[]> {
    const found = await askMachines(this.#docker, this.#spec);
    return found.map((each) => {
      const since = this.#lostAt.get(each.machine) ?? each.since;
      return since === undefined ? each : { ...each, since };
    });
  }

  /** Returns the nodes without a container while others have one: it was removed, or its machine does not answer. */
  absent(
    nodes: ReadonlyMap<string, NetworkNode>,
    present: readonly NodeSnapshot[],
    machines: readonly MachineTrouble[],
  ): NodeSnapshot[] {
    if (present.length === 0) return [];
    for (const node of present) this.#seen.set(node.node, node);
    const all = [...nodes].map(([node, { role }]) => ({ node, role }) as const);
    return [...all, { node: 'cli', role: 'cli' } as const]
      .filter(({ node }) => !present.some((each) => each.node === node))
      .map(({ node, role }) => {
        const machine = machineOf(this.#spec, node);
        const absent = { ...REMOVED, node, role, ...(machine === undefined ? {} : { machine }) };
        const isLost = machines.some((each) => each.machine === machine && each.state === UNREACHABLE);
        return isLost ? { ...absent, ...this.#seen.get(node), state: UNREACHABLE } : absent;
      });
  }
}
