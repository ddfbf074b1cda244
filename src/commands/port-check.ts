/** Checks whether the network's ports are free, debounced while answers are typed. */
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { takenPorts } from '../pipeline/host/ports.ts';
import type { NetworkSpec } from '../pipeline/network/network-spec.ts';
import { publishedPorts } from '../pipeline/network/published-ports.ts';
import type { PortsState } from '../screens/wizard/wizard-state.ts';

/** A check starts this long after the last key. */
const TYPING_MS = 250;

export class PortCheck {
  readonly #show: (state: PortsState) => void;
  /** Identifies the last check. */
  #lastKey = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (state: PortsState) => void) {
    this.#show = show;
  }

  /**
   * Does nothing if the last check was for the same ports.
   * @param docker knows the containers that have ports; undefined if no engine answers
   */
  check(spec: NetworkSpec | undefined, docker: DockerPort | undefined): void {
    const ports = spec ? publishedPorts(spec) : [];
    const key = JSON.stringify([spec?.project, ports.map(({ port }) => port), docker !== undefined]);
    if (key === this.#lastKey) return;
    this.#lastKey = key;
    clearTimeout(this.#timer);
    this.#show({ kind: spec && docker ? 'checking' : 'none' });
    if (!spec || !docker) return;
    this.#timer = setTimeout(() => {
      void takenPorts(ports, docker, spec.project)
        .then((taken): PortsState => ({ kind: 'checked', taken }))
        .catch((): PortsState => ({ kind: 'none' }))
        .then((state) => {
          if (this.#lastKey === key) this.#show(state);
        });
    }, TYPING_MS);
  }

  /** Makes the next `check` run even for the same ports. */
  reset(): void {
    this.#lastKey = '';
  }

  close(): void {
    this.reset();
    clearTimeout(this.#timer);
  }
}
