import { expect, it } from 'vitest';
import { notHere } from '../../../src/commands/chaincode-service.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { recordedState } from '../../../src/pipeline/journal/wizard-state.ts';

it('the logs and the removal of a chaincode whose process the user runs say where it is', () => {
  const choice = { name: 'own', service: 'localhost:21999' };
  const deployment = { version: '1-c18d9b738a9e', choice, peers: '', containers: '', instance: '' };
  const facts = { [STATE_KEYS.deployed.key]: { own: deployment } };
  const state = recordedState({ version: 1, stageSeconds: {}, facts });
  expect(notHere({ state }, 'own').failure).toMatchObject({
    message: { key: 'usage.own-process', name: 'own', address: 'localhost:21999' },
  });
  expect(notHere({ state }, 'other').failure).toMatchObject({ message: { key: 'usage.chaincode-not-here' } });
});
