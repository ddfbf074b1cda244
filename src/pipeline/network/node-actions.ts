/** Starts, stops, restarts and pauses one node, as the commands of the same names in Docker do. */
import type { DockerPort } from '../engine/docker-port.ts';

export const NODE_ACTIONS = ['start', 'stop', 'restart', 'pause', 'unpause'] as const;
export type NodeAction = (typeof NODE_ACTIONS)[number];

/** Docker's own default. */
const GRACE_SECONDS = 10;

/** The engine's state of a container, as far as actions distinguish it. */
export type ContainerCondition = 'running' | 'paused' | 'stopped';

export function conditionOf(state: string): ContainerCondition {
  if (state === 'paused') return 'paused';
  return state === 'running' || state === 'restarting' ? 'running' : 'stopped';
}

/**
 * The requests to the engine that an action needs in a state; none if the node is as it should be. A paused process
 * cannot handle the signal that stops it, so it continues first.
 */
const REQUESTS: Readonly<
  Record<NodeAction, Readonly<Record<ContainerCondition, readonly NodeAction[] | undefined>>>
> = {
  start: { running: [], paused: ['unpause'], stopped: ['start'] },
  stop: { running: ['stop'], paused: ['unpause', 'stop'], stopped: [] },
  restart: { running: ['restart'], paused: ['unpause', 'restart'], stopped: ['start'] },
  pause: { running: ['pause'], paused: [], stopped: undefined },
  unpause: { running: [], paused: ['unpause'], stopped: undefined },
};

/** Returns the requests of an action; undefined if the node must be started before. */
export function requestsFor(action: NodeAction, state: string): readonly NodeAction[] | undefined {
  return REQUESTS[action][conditionOf(state)];
}

export interface ActingEngine {
  readonly docker: Pick<
    DockerPort,
    'startContainer' | 'stopContainer' | 'restartContainer' | 'pauseContainer' | 'unpauseContainer'
  >;
  readonly signal: AbortSignal;
}

export async function sendRequest(
  { docker, signal }: ActingEngine,
  container: string,
  request: NodeAction,
): Promise<void> {
  switch (request) {
    case 'start':
      return docker.startContainer(container);
    case 'stop':
      return docker.stopContainer(container, GRACE_SECONDS);
    case 'restart':
      return docker.restartContainer(container, GRACE_SECONDS, signal);
    case 'pause':
      return docker.pauseContainer(container);
    case 'unpause':
      return docker.unpauseContainer(container);
  }
}
