/** The engine that a folder's network was started on, compared with the one that is selected. */
import { sharesHost } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { currentDocker } from '../engine/current-docker.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { EngineInfo } from '../engine/engine-types.ts';
import type { TakenPort } from '../host/ports.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { type OtherEngine, otherEngineHelp, otherEngineText, selecting } from './other-engine.ts';
import { publishedPorts } from './published-ports.ts';
import { SAVED_NETWORK } from './saved-network.ts';
import type { TunnelledEngine } from './tunnel.ts';

type Recorded = Pick<RecordedState, 'getFact'>;

/** @param selected address of the selected engine, and what identifies it. @returns undefined if it is the network's, or if there is no network */
export function otherThan(
  selected: Pick<EngineInfo, 'id' | 'rootDir'> & { readonly endpoint: string },
  state: Recorded,
): OtherEngine | undefined {
  const known = state.getFact(STATE_KEYS.engine);
  if (!known || (known.id === selected.id && known.rootDir === selected.rootDir)) return undefined;
  const { endpoint, certificates } = known;
  return { endpoint, selected: selected.endpoint, ...(certificates === undefined ? {} : { certificates }) };
}

/** Returns the engine of the folder's network, if it is another one. */
export async function otherEngine(docker: DockerPort, state: Recorded): Promise<OtherEngine | undefined> {
  if (!state.getFact(STATE_KEYS.engine)) return undefined;
  return otherThan({ ...(await docker.info()), endpoint: docker.endpoint }, state);
}

/**
 * Returns the engine that has the network's ports, for clients: the selected one by its current address, the recorded one
 * if that is another one or if the selected one does not answer.
 * @param timeoutMs time limit for the engine's answer
 */
export async function engineForClients(
  state: Recorded,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<TunnelledEngine | undefined> {
  try {
    const docker = await currentDocker();
    await docker.version(timeoutMs, signal);
    const isOther = (await otherEngine(docker, state)) !== undefined;
    return isOther ? state.getFact(STATE_KEYS.engine) : docker.address;
  } catch {
    return state.getFact(STATE_KEYS.engine);
  }
}

/**
 * Nothing of the network is on another engine, and `clean --all` would remove the certificates of nodes that run.
 * @param command as the user typed it
 * @param given flags that the next commands repeat
 * @throws WizardFailure `usage` if the network was started on another engine
 */
export async function requireEngineOfNetwork(
  docker: DockerPort,
  state: Recorded,
  command: string,
  given?: readonly string[],
): Promise<void> {
  const other = await otherEngine(docker, state);
  if (!other) return;
  const removes = command === 'down' || command === 'clean';
  throw new WizardFailure({
    kind: 'usage',
    message: {
      key: removes ? 'usage.remove-here' : 'usage.start-here',
      where: otherEngineText(other),
    },
    next: otherEngineHelp(other, command),
    ...(given ? { given } : {}),
  });
}

/** Without root, the program of an engine is not visible. */
function mayBeContainer({ owner }: TakenPort): boolean {
  return owner === '' || (typeof owner !== 'string' && owner.key === 'owner.proxy');
}

/** Names the folder's network as the owner of its ports, if it is on another engine of this machine. */
export function withNetworkElsewhere(
  taken: readonly TakenPort[],
  other: OtherEngine | undefined,
  state: Recorded,
): readonly TakenPort[] {
  const spec = state.getFact(SAVED_NETWORK)?.spec;
  if (!other || !spec || !sharesHost(other)) return taken;
  const published = new Set(publishedPorts(spec).map(({ port }) => port));
  const owner: Phrase = { key: 'owner.other-engine', endpoint: other.endpoint };
  return taken.map((each) => (published.has(each.port) && mayBeContainer(each) ? { ...each, owner } : each));
}

/** Returns the command that stops the folder's network on the other engine, if it has all of these ports. */
export function stopElsewhere(
  taken: readonly TakenPort[],
  other: OtherEngine | undefined,
): string | undefined {
  const select = other && selecting(other);
  const areOurs = taken.every(({ owner }) => typeof owner !== 'string' && owner.key === 'owner.other-engine');
  return select !== undefined && taken.length > 0 && areOurs ? `${select} fabric-wizard down` : undefined;
}
