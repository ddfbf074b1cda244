import { describe, expect, it } from 'vitest';
import {
  type ActingEngine,
  NODE_ACTIONS,
  requestsFor,
  sendRequest,
} from '../../../../src/pipeline/network/node-actions.ts';

describe('the requests of an action', () => {
  it.each([
    ['start', 'running', []],
    ['start', 'exited', ['start']],
    ['start', 'created', ['start']],
    // `docker start` refuses a paused container.
    ['start', 'paused', ['unpause']],
    ['stop', 'running', ['stop']],
    ['stop', 'exited', []],
    ['stop', 'paused', ['unpause', 'stop']],
    ['restart', 'running', ['restart']],
    ['restart', 'dead', ['start']],
    ['pause', 'running', ['pause']],
    ['pause', 'paused', []],
    ['unpause', 'paused', ['unpause']],
    ['unpause', 'running', []],
    ['pause', 'exited', undefined],
    ['unpause', 'exited', undefined],
  ] as const)('%s of a node that is %s: %j', (action, state, expected) => {
    expect(requestsFor(action, state)).toEqual(expected);
  });

  it('go to the engine with ten seconds to stop', async () => {
    const sent: string[] = [];
    const record =
      (name: string) =>
      async (...[id, seconds]: readonly unknown[]) => {
        sent.push([name, id, ...(typeof seconds === 'number' ? [seconds] : [])].join(' '));
      };
    const docker: ActingEngine['docker'] = {
      startContainer: record('start'),
      stopContainer: record('stop'),
      restartContainer: record('restart'),
      pauseContainer: record('pause'),
      unpauseContainer: record('unpause'),
    };
    const { signal } = new AbortController();
    for (const action of NODE_ACTIONS) await sendRequest({ docker, signal }, 'c', action);
    expect(sent).toEqual(['start c', 'stop c 10', 'restart c 10', 'pause c', 'unpause c']);
  });
});
