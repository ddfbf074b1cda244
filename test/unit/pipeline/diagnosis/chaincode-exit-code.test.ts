import { expect, it } from 'vitest';
import type { SymptomId } from '../../../../src/pipeline/core/diagnosis-types.ts';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import { helpFor } from '../../../../src/pipeline/diagnosis/failure-help.ts';

const COMMAND = { kind: 'command', command: 'peer', where: '', exitCode: 1, tail: [] } as const;
const DEPLOYED: StageFailure = { ...COMMAND, chaincode: { name: 'stock', dir: '/stock' } };
const CALLED: StageFailure = { ...COMMAND, chaincode: { name: 'stock' } };

it.each<[code: number, StageFailure, SymptomId]>([
  [2, DEPLOYED, 'chaincode-does-not-compile'],
  [2, DEPLOYED, 'chaincode-panics'],
  [1, DEPLOYED, 'compiler-killed'],
  [1, CALLED, 'chaincode-panics'],
  [1, COMMAND, 'chaincode-does-not-compile'],
])('the exit code is %i for %o with %s', (code, failure, symptom) => {
  const proof = { source: 'failure', name: '', line: '' } as const;
  expect(helpFor(failure, { symptom, proof, facts: {} }).exitCode).toBe(code);
});
