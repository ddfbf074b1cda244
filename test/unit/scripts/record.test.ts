/** The parts of `npm run record` that need no engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventsOf, mergedEvents, stableEvents } from '../../../scripts/record/recording.mjs';

const AT = Date.UTC(2026, 10, 22, 3, 33, 43, 862);
const ID = 'e359856601afb8b6c0e1f9d2aa11bb22cc33dd44ee55ff660718293a4b5c6d7e';
const OTHER = 'c77312af07c6';
const STARTED = { type: 'run-started', runId: '2026-11-22T03-33-43-862Z-29246', at: AT };
const logged = (line: string) => ({ type: 'stage-log', stage: 'smoke', line, at: AT + 5 });

function stableLine(...lines: string[]): string[] {
  const [, ...events] = stableEvents(
    [STARTED, ...lines.map(logged)],
    [
      ['/tmp/x/source', '/home/user/fabric'],
      ['/tmp/x', '/home/user'],
    ],
  );
  return events.map(({ line }: { line: string }) => line);
}

describe('stable events', () => {
  it('have a fixed run ID and start', () => {
    const [started, line] = stableEvents([STARTED, logged(`see runs/${STARTED.runId}/`)], []);
    expect(started).toEqual({
      ...STARTED,
      runId: '2026-01-01T12-00-00-000Z-1',
      at: Date.UTC(2026, 0, 1, 12),
    });
    expect(line).toMatchObject({ line: 'see runs/2026-01-01T12-00-00-000Z-1/', at: started.at + 5 });
  });

  it('keep the distances of times in logs', () => {
    expect(stableLine('2026-11-22 03:33:44.000 UTC [a] -> INFO', 'at 2026-11-22T03:33:43.862Z')).toEqual([
      '2026-01-01 12:00:00.138 UTC [a] -> INFO',
      'at 2026-01-01T12:00:00.000Z',
    ]);
  });

  it('replace paths, the longest first', () => {
    expect(stableLine('/tmp/x/source/peer and /tmp/x/y')).toEqual([
      '/home/user/fabric/peer and /home/user/y',
    ]);
  });

  it('replace IDs so that the short form still starts the whole one', () => {
    const [whole = '', short = '', other = ''] = stableLine(
      `sha256:${ID}`,
      ` ---> ${ID.slice(0, 12)}`,
      `Running in ${OTHER}`,
    );
    expect(whole).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(whole).not.toContain(ID);
    expect(short).toBe(` ---> ${whole.slice(7, 19)}`);
    expect(other).toMatch(/^Running in [0-9a-f]{12}$/);
    expect(other.slice(-12)).not.toBe(short.slice(-12));
  });

  it('number chaincodes and addresses', () => {
    expect(
      stableLine(
        'fw-peer0-smoke-mwra8uha-1.0 dialed 172.18.0.5:7051 from 172.18.0.3:54321',
        'smoke-mwra8uha: lookup x on 172.18.0.3:53, listening on 127.0.0.1:35050 and 0.0.0.0:7051',
      ),
    ).toEqual([
      'fw-peer0-smoke-00000001-1.0 dialed 192.0.2.1:7051 from 192.0.2.2',
      'smoke-00000001: lookup x on 192.0.2.2:53, listening on 127.0.0.1:35050 and 0.0.0.0:7051',
    ]);
  });

  it('name no registry', () => {
    expect(
      stableLine(
        'Get "https://hub.images.test/v2/": dial tcp: lookup hub.images.test on 127.0.0.53:53: no such host',
        'lookup orderer.example.com on 127.0.0.11:53: no such host',
      ),
    ).toEqual([
      'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 127.0.0.53:53: no such host',
      'lookup orderer.example.com on 127.0.0.11:53: no such host',
    ]);
  });

  it('keep versions, ports, names and numbers', () => {
    const line =
      'hyperledger/fabric-baseos:amd64-0.4.22, go1.19.8, 1.4.12, d8a6f12, 123456789012, smoke-test';
    expect(stableLine(line)).toEqual([line]);
    const progress = { type: 'stage-progress', done: 3, total: AT, item: undefined, cost: null, at: AT };
    expect(stableEvents([STARTED, progress], [])[1]).toMatchObject({ done: 3, total: AT, cost: null });
  });

  it('are the same if they are made stable again', async () => {
    const recordings = fileURLToPath(new URL('../../recordings', import.meta.url));
    const events = eventsOf(await readFile(join(recordings, 'up-practice-failed.ndjson'), 'utf8'));
    const once = stableEvents(events, []);
    expect(once.map(({ type }: { type: string }) => type)).toEqual(
      events.map(({ type }: { type: string }) => type),
    );
    expect(stableEvents(once, [])).toEqual(once);
  });
});

describe('merged events', () => {
  const phrase = { key: 'detail.files', count: 8 };
  const printed = [STARTED, logged('x'), { type: 'stage-finished', detail: '8 files', at: AT + 9 }];

  it('have the phrases of the journal and the log lines of --json', () => {
    const journal = [STARTED, { type: 'stage-finished', detail: phrase, at: AT + 9 }];
    expect(mergedEvents(printed, journal)).toEqual([STARTED, logged('x'), journal[1]]);
  });

  it('may start with events from before the run, which are not in the journal', () => {
    const notice = { type: 'notice', message: 'x', at: AT - 3 };
    expect(mergedEvents([STARTED, notice], [STARTED])).toEqual([STARTED, notice]);
  });

  it('require two records of the same run', () => {
    expect(() => mergedEvents(printed, [STARTED])).toThrow('the journal does not have the event');
    expect(() => mergedEvents([STARTED], [STARTED, STARTED])).toThrow('only the journal has the event');
  });
});
