/** Who holds the ports that the answers come to: asked while they are typed, and given up when typing goes on. */
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { takenPorts } from '../pipeline/host/ports.ts';
import { type NetworkSpec, publishedPorts } from '../pipeline/network/network-spec.ts';
import type { PortsState } from '../screens/wizard/wizard-state.ts';

/** After the last key: a number is not asked about digit by digit. */
const TYPING_MS = 250;

export class PortCheck {
  readonly #show: (state: PortsState) => void;
  /** What was asked about last. */
  #asked = '';
  #asking: NodeJS.Timeout | undefined;

  constructor(show: (state: PortsState) => void) {
    this.#show = show;
  }

  /**
   * Nothing where the same ports were asked about before.
   * @param docker undefined where no engine answers, which would not know who has a port either
   */
  look(spec: NetworkSpec | undefined, docker: DockerPort | undefined): void {
    const wanted = spec ? publishedPorts(spec) : [];
    const asked = JSON.stringify([spec?.project, wanted.map(({ port }) => port), docker !== undefined]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    clearTimeout(this.#asking);
    this.#show({ kind: spec ? 'asking' : 'none' });
    if (!spec) return;
    this.#asking = setTimeout(() => {
      void takenPorts(wanted, docker, spec.project).then((taken) => {
        if (this.#asked === asked) this.#show({ kind: 'known', taken });
      });
    }, TYPING_MS);
  }

  /** The next look asks again, whatever it is about. */
  forget(): void {
    this.#asked = '';
  }

  close(): void {
    this.forget();
    clearTimeout(this.#asking);
  }
}
