import { expect, it } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { deployInTurn } from '../../../../src/pipeline/stages/deploy-in-turn.ts';

const chaincodes = ['a', 'b', 'c'].map((name) => ({ choice: { name } }));

function broken(name: string): WizardFailure {
  return new WizardFailure({
    kind: 'chaincode',
    problem: { key: 'chaincode.not-compiled', dir: `/${name}` },
    place: 'main.go:1:1: undefined: x',
    next: [],
  });
}

/** Deploys a, b and c, of which some are broken. @param other what ends the deployment of b */
async function deployed(names: string, goesOn: boolean, other?: WizardFailure) {
  const started: string[] = [];
  const warned: unknown[] = [];
  const error: unknown = await deployInTurn(chaincodes, {
    deploy: async ({ choice: { name } }) => {
      if (names.includes(name)) throw broken(name);
      if (other && name === 'b') throw other;
      started.push(name);
    },
    goesOn,
    warn: (message) => warned.push(message),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const failure = error instanceof WizardFailure ? error.failure : undefined;
  return { started, warned, failure };
}

it('a chaincode that cannot be started does not keep `up` from starting the others', async () => {
  const { started, failure, warned } = await deployed('a', true);
  expect(started).toEqual(['b', 'c']);
  expect(failure).toEqual(broken('a').failure);
  expect(warned).toEqual([]);
});

it('each further one is named in a warning', async () => {
  const { started, failure, warned } = await deployed('ab', true);
  expect(started).toEqual(['c']);
  expect(failure).toEqual(broken('a').failure);
  expect(warned).toEqual([expect.objectContaining({ key: 'warning.not-started', chaincode: 'b' })]);
});

it('a deployment that the user requested ends at the first failure', async () => {
  expect(await deployed('a', false)).toMatchObject({ started: [], failure: { kind: 'chaincode' } });
});

const ENGINE = new WizardFailure({ kind: 'check', what: 'engine', expected: 'an answer', got: 'none' });

it('what has failed before another error is named in a warning', async () => {
  const { started, failure, warned } = await deployed('a', true, ENGINE);
  expect(started).toEqual([]);
  expect(failure).toEqual(ENGINE.failure);
  expect(warned).toEqual([expect.objectContaining({ key: 'warning.not-started', chaincode: 'a' })]);
});
