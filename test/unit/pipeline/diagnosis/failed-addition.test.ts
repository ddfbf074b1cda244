/** What is offered after a failed `add`: the addition again until it is recorded, then `up`. */
import { expect, it } from 'vitest';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import { helpFor } from '../../../../src/pipeline/diagnosis/failure-help.ts';

const ADD = 'fabric-wizard add org --peers 2 --dir /a --yes';
const UP = 'fabric-wizard up --yes';

const CHECK: StageFailure = { kind: 'check', what: 'cryptogen', expected: 'files', got: 'none' };
const TAKEN: StageFailure = {
  kind: 'port-taken',
  taken: [{ port: 9051, wantedBy: 'peer0.org3.example.com', owner: { kind: 'unknown' } }],
} as unknown as StageFailure;
const PREFLIGHT: StageFailure = {
  kind: 'preflight',
  command: 'add',
  checks: [{ id: 'ports', detail: 'taken', fix: 'fabric-wizard up --port-base 8050' }],
};

it.each([
  ['a failed stage', CHECK, [ADD]],
  ['a port that is taken', TAKEN, [ADD]],
  ['failed checks', PREFLIGHT, [ADD, `${ADD} --no-preflight`]],
])('offers the addition again after %s', (_, failure, offered) => {
  const { next } = helpFor({ ...failure, given: ['--dir /a'], repeat: ADD });
  const ours = next.map(String).filter((line) => /^fabric-wizard (?:add|up)/.test(line));
  expect(ours.sort()).toEqual([...offered].sort());
});

it('offers `up` when the addition is recorded', () => {
  const { next } = helpFor({ ...CHECK, repeat: UP });
  expect(next).toContain(UP);
  expect(next.filter((line) => String(line).includes('add'))).toEqual([]);
});
