/** The lines of the gateway's log: real ones, from a run of the practice source. */
import { describe, expect, it } from 'vitest';
import { gatewayRecord, shownLine } from '../../../../src/pipeline/network/gateway-record.ts';
import { levelOf } from '../../../../src/pipeline/network/log-line.ts';

const TIME = '2026-11-29T11:34:12.841987126Z';
const HASH = 'b1b64e55f5e33f48a93597ab83120b287c4288bc261de76a24a32eb2d94656d4';
const PEER = 'peer0.org1.example.com';
const IMAGE = `fw-x-${PEER}-smoke-1.0-${HASH}`;

function shown(record: Readonly<Record<string, unknown>>): string {
  return shownLine('gateway', JSON.stringify({ time: TIME, ...record }));
}

describe('a line of the gateway', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ type: 'started', api: '1.41', minApi: '1.12' }, 'INFO connected to an engine with API 1.12 to 1.41'],
    [{ type: 'build', peer: PEER, image: IMAGE }, `INFO ${PEER} builds fw-x-${PEER}-smoke-1.0`],
    [
      {
        type: 'compiled',
        peer: PEER,
        container: HASH,
        builder: 'b',
        builderId: 'i',
        exitCode: 0,
        seconds: 9.79,
      },
      `INFO ${PEER} compiled in 9.8 s with exit code 0`,
    ],
    [
      { type: 'refused', peer: PEER, request: 'POST /exec', reason: 'a peer does not need it' },
      `WARN refused ${PEER} POST /exec: a peer does not need it`,
    ],
    [
      { type: 'missing', peer: PEER, image: 'ns/ccenv:1' },
      `ERRO ${PEER} asks for ns/ccenv:1, which is not on the engine`,
    ],
    [
      { type: 'engine-lost', peer: PEER, request: 'GET /version', message: 'EOF' },
      `ERRO the engine did not answer GET /version of ${PEER}: EOF`,
    ],
    [{ type: 'output', peer: PEER, container: HASH, line: 'go: x' }, `INFO ${PEER} | go: x`],
  ])('%j is shown as a sentence', (record, text) => {
    expect(shown(record)).toBe(`2026-11-29 11:34:12.841 UTC ${text}`);
  });

  it('has the level by which logs are filtered', () => {
    const levels = [
      { type: 'build', peer: PEER, image: IMAGE },
      { type: 'refused', peer: PEER, request: 'POST /exec', reason: 'no' },
      { type: 'build-failed', peer: PEER, image: IMAGE, message: 'no', seconds: 1 },
    ].map((record) => levelOf(shown(record)));
    expect(levels).toEqual(['info', 'warning', 'error']);
  });

  it('is one line without control characters, whatever a peer asks for', () => {
    const request = 'GET /\u001b[2J\u001b]0;title\u0007\n2026-11-29 11:34:12.841 UTC INFO serving peers';
    expect(shown({ type: 'refused', peer: PEER, request, reason: 'no' })).toBe(
      `2026-11-29 11:34:12.841 UTC WARN refused ${PEER} GET / 2026-11-29 11:34:12.841 UTC INFO serving peers: no`,
    );
  });

  it('that is no record stays as it is, like the lines of other nodes', () => {
    expect(shownLine('gateway', 'panic: runtime error')).toBe('panic: runtime error');
    const unknown = JSON.stringify({ time: TIME, type: 'later' });
    expect(shownLine('gateway', unknown)).toBe(unknown);
    const record = JSON.stringify({ time: TIME, type: 'started', api: '1.41', minApi: '1.12' });
    expect(shownLine(PEER, record)).toBe(record);
    expect(gatewayRecord(record)).toMatchObject({ type: 'started', api: '1.41' });
  });
});
