import { describe, expect, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { followHistory, readHistory } from '../../../../src/pipeline/network/node-log.ts';

const PEER = { node: 'peer0', container: 'p' };
const ORDERER = { node: 'orderer', container: 'o' };

function stamped(second: number, line: string): string {
  return `2026-11-29T10:00:0${second}.000000000Z ${line}`;
}

const LOGS: Readonly<Record<string, readonly string[]>> = {
  p: [stamped(1, 'x -> INFO 1 one'), stamped(3, 'x -> ERRO 2 two'), stamped(5, 'at main.go:1')],
  o: [stamped(2, 'x -> WARN 1 \u001b[33mthree\u001b[0m'), stamped(4, 'x -> INFO 2 four')],
};

/** An engine that has these logs; records what it is asked. */
function engineOf(more: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: unknown[] = [];
  const docker: Pick<DockerPort, 'readLog' | 'followLog'> = {
    readLog: async (id, { tail = Number.POSITIVE_INFINITY, since }) => {
      asked.push({ id, tail, since });
      return (LOGS[id] ?? []).slice(tail === 0 ? Number.POSITIVE_INFINITY : -tail);
    },
    followLog: async (id, { onLine, since }) => {
      asked.push({ id, since });
      // The engine repeats the lines of the same millisecond.
      for (const line of [...(LOGS[id] ?? []).slice(-1), ...(more[id] ?? [])]) onLine(line);
    },
  };
  return { docker, asked };
}

function texts(entries: readonly { readonly line: string }[]): string[] {
  return entries.map(({ line }) => line.split(' ').at(-1) ?? '');
}

describe('the history of several nodes', () => {
  it('is in order of time, without escape sequences', async () => {
    const { entries } = await readHistory(engineOf().docker, [PEER, ORDERER], { filter: {}, tail: 10 });
    expect(texts(entries)).toEqual(['one', 'three', 'two', 'four', 'main.go:1']);
  });

  it('has the last lines of each node that match, not those among the last lines that match', async () => {
    const { docker, asked } = engineOf();
    const read = async (tail: number) =>
      texts((await readHistory(docker, [PEER, ORDERER], { filter: { level: 'warning' }, tail })).entries);
    expect(await read(1)).toEqual(['three', 'main.go:1']);
    expect(await read(5)).toEqual(['three', 'two', 'main.go:1']);
    expect(await read(0)).toEqual([]);
    expect(asked).toContainEqual({ id: 'p', tail: Number.POSITIVE_INFINITY, since: undefined });
  });

  it('lets the engine select lines if only their number or their time matters', async () => {
    const { docker, asked } = engineOf();
    await readHistory(docker, [PEER], { filter: { since: 5 }, tail: 2 });
    expect(asked).toEqual([{ id: 'p', tail: 2, since: 5 }]);
  });
});

describe('following', () => {
  it('continues after the history without repeated lines, with the same filter', async () => {
    const { docker } = engineOf({ p: [stamped(6, 'at more.go:2'), stamped(7, 'x -> INFO 3 five')] });
    const request = { filter: { level: 'error' }, tail: 10 } as const;
    const history = await readHistory(docker, [PEER], request);
    const followed: string[] = [];
    await followHistory(docker, history, request, {
      signal: new AbortController().signal,
      onEntry: ({ line }) => followed.push(line),
    });
    expect(followed).toEqual(['at more.go:2']);
  });
});
