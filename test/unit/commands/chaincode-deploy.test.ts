import { expect, it } from 'vitest';
import { requireSupported } from '../../../src/commands/chaincode-deploy.ts';
import type { ChaincodeNetwork } from '../../../src/commands/chaincode-network.ts';
import type { ChaincodeChoice } from '../../../src/pipeline/config/chaincode-list.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';

const spec = { orgs: [{ mspId: 'Org1MSP' }], channels: ['mychannel'] };
const choice: ChaincodeChoice = { name: 'kk', path: '/cc/kk', language: 'go', service: true };
const flags = { name: 'kk', service: true, policy: 'AND(Org1MSP.nobody)' } as const;

/** The commands that a refusal of `chaincode deploy ../cc/kk` suggests. */
function suggested(version: string, changed: Partial<ChaincodeChoice>): readonly string[] {
  const network = { release: releaseOf(version), spec } as unknown as ChaincodeNetwork;
  try {
    const wanted = { ...choice, policy: flags.policy, ...changed } as ChaincodeChoice;
    requireSupported(network, wanted, '../cc/kk', flags);
  } catch (error) {
    if (error instanceof WizardFailure && error.failure.kind === 'usage') return error.failure.next;
    throw error;
  }
  return [];
}

const DEPLOY = 'fabric-wizard chaincode deploy';
it.each([
  ['a wrong policy', '2.5.12', {}, `${DEPLOY} ../cc/kk --name kk --service`],
  [
    'a policy of an organisation that does not exist',
    '2.5.12',
    { policy: "AND('Org9MSP.peer')" },
    `${DEPLOY} ../cc/kk --name kk --service`,
  ],
  [
    'a service in Java',
    '1.4.12',
    { language: 'java', policy: undefined },
    `${DEPLOY} ../cc/kk --name kk --policy 'AND(Org1MSP.nobody)'`,
  ],
  [
    'a process that cannot register where it is',
    '1.4.12',
    { path: undefined, service: 'desk:9999', policy: undefined },
    `${DEPLOY} ../cc/kk --name kk --policy 'AND(Org1MSP.nobody)' --service localhost:9999`,
  ],
] as const)('after %s, the next command changes nothing else', (_, version, changed, next) => {
  expect(suggested(version, changed as Partial<ChaincodeChoice>)).toEqual([next]);
});
