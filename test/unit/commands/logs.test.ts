/** Values of `logs` and `chaincode logs` that cannot be used. */
import { describe, expect, it } from 'vitest';
import { type LogsFlags, logRequestOf } from '../../../src/commands/logs.ts';
import { toFailure } from '../../../src/pipeline/core/failure.ts';

const NONE: LogsFlags = {
  command: 'fabric-wizard chaincode logs basic',
  node: undefined,
  follow: false,
  tail: undefined,
  since: undefined,
  level: undefined,
  grep: undefined,
  exclude: undefined,
  output: undefined,
  project: undefined,
};

function refusal(flags: Partial<LogsFlags>) {
  try {
    logRequestOf({ ...NONE, ...flags }, 0);
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

describe('a value that cannot be used', () => {
  it.each(['1.5', '-1', '010', 'many', '1e3', '', '99999999999999999999'])(
    'is refused with the command that was entered: --tail "%s"',
    (tail) => {
      expect(refusal({ tail })).toEqual({
        kind: 'usage',
        message: { key: 'usage.tail', value: tail },
        next: ['fabric-wizard chaincode logs basic --tail 200'],
      });
    },
  );

  it('is a time that does not exist', () => {
    expect(refusal({ since: '2026-02-30' })).toMatchObject({
      message: { key: 'usage.since' },
      next: ['fabric-wizard chaincode logs basic --since 10m'],
    });
  });

  it('is not one of these', () => {
    for (const tail of ['0', '1', '200', 'all']) expect(refusal({ tail })).toBeUndefined();
  });
});
