/** Lines of real nodes of several releases, and of CouchDB. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { levelOf, logRecord } from '../../../../src/pipeline/network/log-line.ts';

describe('logRecord', () => {
  it.each([
    [
      '1.1.1',
      '2026-11-29 14:04:08.633 UTC [peer] func1 -> INFO 008\u001b[0m Auto-detected peer address: 172.23.0.5:7051',
      ['14:04:08.633', 'INFO', 'peer', 'func1', 'Auto-detected peer address: 172.23.0.5:7051'],
    ],
    [
      '2.2.15',
      '\u001b[33m2026-11-29 13:59:04.419 UTC [orderer.common.broadcast] Handle -> WARN 087\u001b[0m Error reading from 172.19.0.3:56062',
      ['13:59:04.419', 'WARN', 'orderer.common.broadcast', 'Handle', 'Error reading from 172.19.0.3:56062'],
    ],
    [
      '2.5.12',
      '\u001b[34m2026-11-29 14:27:34.838 UTC 0085 INFO\u001b[0m [committer.txvalidator] \u001b[34;1mValidate\u001b[0m -> [mychannel] Validated block [7] in 0ms',
      ['14:27:34.838', 'INFO', 'committer.txvalidator', 'Validate', '[mychannel] Validated block [7] in 0ms'],
    ],
    [
      '3.1.1',
      '\u001b[34m2026-11-29 14:02:35.048 UTC 0057 INFO\u001b[0m [grpc] \u001b[34;1mAddTraceEvent\u001b[0m -> [core] [Channel #4]Channel deleted',
      ['14:02:35.048', 'INFO', 'grpc', 'AddTraceEvent', '[core] [Channel #4]Channel deleted'],
    ],
    [
      'the practice source',
      '2026-11-29 14:09:06.654 UTC [chaincode] -> INFO 011 chaincode smoke has registered',
      ['14:09:06.654', 'INFO', 'chaincode', '', 'chaincode smoke has registered'],
    ],
    [
      'the gateway',
      '2026-11-29 13:58:18.972 UTC INFO serving peer0.org1.example.com',
      ['13:58:18.972', 'INFO', '', '', 'serving peer0.org1.example.com'],
    ],
    [
      'FABRIC_LOGGING_FORMAT=json',
      '{"level":"warn","ts":1795960744.419,"name":"gossip","caller":"gossip/ping.go:1","msg":"no answer","peer":"p0"}',
      ['13:59:04.419', 'warn', 'gossip', '', 'no answer peer=p0'],
    ],
    [
      "zap's console encoder",
      '2026-11-29T13:59:04.419Z\terror\tcc\tmain.go:12\tno answer',
      ['13:59:04.419', 'error', 'cc', 'main.go:12', 'no answer'],
    ],
    [
      'CouchDB',
      '[notice] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.478.0> GET / 200 ok 49',
      ['15:00:47.736222', 'notice', '', '', '/ 200 ok 49'],
    ],
  ])('reads a line of %s', (_, line, [time, level, module, source, message]) => {
    const read = logRecord(stripVTControlCharacters(line));
    if (_ === 'CouchDB') expect(read?.message).toContain('200 ok');
    else expect(read?.message).toBe(message);
    expect([read?.time, read?.level, read?.module, read?.source]).toEqual([time, level, module, source]);
  });

  it.each(['    "Attributes": null', ' Version: 2.5.12', '{"a":1}', '{"level":"info"', 'INFORMATION'])(
    'does not read %j',
    (line) => expect(logRecord(line)).toBeUndefined(),
  );
});

describe('levelOf', () => {
  it.each([
    ['2018-03-01 10:00:00.000 UTC [core.peer] Start -> INFO 003 x', 'info'],
    ['2018-03-01 10:00:00.000 UTC [gossip] ping -> DEBU 1af x WARN', 'debug'],
    ['2018-03-01 10:00:00.000 UTC [gossip] ping -> WARN 1af ERRO', 'warning'],
    ['2026-11-29 14:27:34.838 UTC 0085 ERRO [endorser] call -> x INFO', 'error'],
    ['2018-03-01 10:00:00.000 UTC [orderer] main -> FATA 01c x', 'error'],
    ['2018-03-01 10:00:00.000 UTC [orderer] main -> NOTI 01c x', 'info'],
    ['{"level":"dpanic","ts":1,"msg":"x"}', 'error'],
    ['[notice] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.478.0> GET / 200 ok 49', 'info'],
    ['[warning] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.1.0> x', 'warning'],
    ['[emergency] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.1.0> x', 'error'],
    ['panic: runtime error', 'error'],
    [' Version: 1.4.12', undefined],
    ['INFORMATION', undefined],
  ])('%j is %s', (line, level) => expect(levelOf(line)).toBe(level));
});
