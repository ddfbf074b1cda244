/** PURE: what to say and to do if a network's engine is not the selected one. */
import type { Phrase } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';

/** The network's engine, if another one is selected. */
export interface OtherEngine {
  readonly endpoint: string;
  /** Folder with its TLS certificates; see `EngineAddress`. */
  readonly certificates?: string;
  /** Address of the selected engine. The same address means that the network's engine was replaced. */
  readonly selected: string;
}

export function otherEngineText({ endpoint, selected }: OtherEngine): Phrase {
  return endpoint === selected
    ? { key: 'usage.replaced-engine', endpoint }
    : { key: 'usage.other-engine', endpoint, current: selected };
}

/** Returns the variables that select the network's engine, for a shell; undefined if it no longer has its address. */
export function selecting({ endpoint, selected, certificates }: OtherEngine): string | undefined {
  if (endpoint === selected) return undefined;
  const tls =
    certificates === undefined ? [] : ['DOCKER_TLS_VERIFY=1', `DOCKER_CERT_PATH=${shellWord(certificates)}`];
  return [`DOCKER_HOST=${shellWord(endpoint)}`, ...tls].join(' ');
}

export const START_HERE = 'fabric-wizard up --yes --replace-network';

/** Returns the commands that help: one for the network's engine, and those for the case that it no longer exists. */
export function otherEngineHelp(other: OtherEngine, command: string): string[] {
  const select = selecting(other);
  const there = select === undefined ? [] : [`${select} fabric-wizard ${command}`];
  switch (command) {
    case 'down':
    case 'clean':
      return [...there, `fabric-wizard ${command} --force`];
    case 'up':
      return [...there, 'fabric-wizard up --yes --dir DIR', START_HERE];
    default:
      return [...there, START_HERE];
  }
}
