import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import type { NodeState } from '../pipeline/network/network-state.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import { nodeFacts } from '../pipeline/network/node-facts.ts';
import { hasShell, noShell } from '../pipeline/network/node-shell.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import type { Route } from '../screens/navigation.ts';
import type { AppStore } from './app-store.ts';
import { actOnNode, cryptoFolder } from './node-service.ts';
import type { Terminal } from './terminal.ts';
import { noNetwork } from './usage-failure.ts';

export class NodeController {
  readonly #terminal: Terminal;
  readonly #app: AppStore;
  readonly #ended: AbortSignal;
  /** The action that holds the folder's lock, with those that wait for it. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param ended cancels actions that wait for a node */
  constructor(terminal: Terminal, app: AppStore, ended: AbortSignal) {
    this.#terminal = terminal;
    this.#app = app;
    this.#ended = ended;
  }

  /** One action of a node at a time. @throws WizardFailure; CancelledError */
  async act(node: string, action: NodeAction): Promise<void> {
    const { network, nodeActions } = this.#app.state;
    const known = network.nodes.find((each) => each.node === node);
    if (!known || nodeActions[node] !== undefined) return;
    // The cursor stays on a node that was selected because it had failed.
    this.#app.update((state) => ({ ...state, selectedNode: node }));
    this.#setAction(node, action);
    try {
      const request = {
        docker: await currentDocker(),
        dir: this.#terminal.dir,
        project: (await this.#network()).spec.project,
        node,
        container: known.container === '' ? undefined : { id: known.container, state: known.state },
        action,
        signal: this.#ended,
      };
      const ended = this.#last.then(() => actOnNode(request));
      this.#last = ended.catch(() => undefined);
      await ended;
    } finally {
      this.#setAction(node, undefined);
    }
  }

  /** The screen of a node, with what is known about it. @throws WizardFailure */
  async routeTo(node: string): Promise<Route> {
    const { spec } = await this.#network();
    const known = this.#app.state.network.nodes.find((each) => each.node === node);
    const name = known && (await this.#containerName(spec.project, known));
    const container = known &&
      name !== undefined && {
        image: known.image,
        imageId: known.imageId,
        container: name,
        containerId: known.container,
      };
    const facts = nodeFacts(spec, node, cryptoFolder(this.#terminal.dir), container || undefined);
    return { id: 'node', node, facts };
  }

  /**
   * Checks that a node has a shell: the user would not see the message of the command that opens it.
   * @throws WizardFailure `usage`
   */
  async requireShell(node: string, as: 'node' | 'admin'): Promise<void> {
    const known = this.#app.state.network.nodes.find((each) => each.node === node);
    // A peer without a shell gets one in the CLI container.
    if (as === 'admin' || !known || known.role === 'peer') return;
    const docker = await currentDocker();
    if (!(await hasShell(docker, known.container, this.#ended))) throw noShell(node);
  }

  #setAction(node: string, action: NodeAction | undefined): void {
    this.#app.update((state) => {
      const { [node]: _, ...others } = state.nodeActions;
      return { ...state, nodeActions: action === undefined ? others : { ...others, [node]: action } };
    });
  }

  async #containerName(project: string, { node }: NodeState): Promise<string | undefined> {
    const docker = await currentDocker();
    return (await nodeContainers({ docker, project })).get(node)?.name;
  }

  async #network() {
    const { dir } = this.#terminal;
    const saved = readFact(await readState(dir), SAVED_NETWORK);
    if (saved) return saved;
    throw noNetwork(dir);
  }
}
