import { expect, it } from 'vitest';
import { requireKnown, withDeployment } from '../../../src/commands/chaincode.ts';
import { type CalledNetwork, queryChaincode } from '../../../src/pipeline/chaincode/chaincode-call.ts';
import type { AskedNetwork } from '../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { packageIdOf } from '../../../src/pipeline/chaincode/service-package.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { recordedState } from '../../../src/pipeline/journal/wizard-state.ts';
import { firstPeer, networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** The output of a peer of 2.5.12 when nothing listens. */
const REFUSED =
  'Error: endorsement failure during query. response: status:500 message:"error in simulation: failed to execute ' +
  'transaction 593e: could not launch chaincode own_c18d9b738a9e:71b1: connection to own_c18d9b738a9e:71b1 failed: error ' +
  'cannot create connection for own_c18d9b738a9e:71b1: error creating grpc connection to 192.168.144.1:36999: failed to ' +
  'create new connection: connection error: desc = \\"transport: error while dialing: dial tcp 192.168.144.1:36999: ' +
  'connect: connection refused\\"" ';

/** A network whose peers answer with this. */
async function network(answer: {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}) {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const spec = networkSpec(values, release, 'fw-x');
  const cli = { ask: async () => answer, run: async () => answer } as Partial<CalledNetwork['cli']>;
  return { cli: cli as CalledNetwork['cli'], spec, release };
}

it('a call of a process that does not listen names its address and the command that tells how it is started', async () => {
  const called = await network({ exitCode: 1, stdout: '', stderr: REFUSED });
  const call = { name: 'own', channel: 'mychannel', args: ['get', 'x'] };
  const error: unknown = await queryChaincode(called, firstPeer(called.spec), call).catch((thrown) => thrown);
  const choice = { name: 'own', service: 'localhost:36999' };
  const deployment = { version: '1-c18d9b738a9e', choice, peers: '', containers: '', instance: '' };
  const state = recordedState({
    version: 1,
    stageSeconds: {},
    facts: { [STATE_KEYS.deployed.key]: { own: deployment } },
  });
  const told = await withDeployment({ state }, 'own', error);
  // The command would be refused while another one deploys.
  expect(await withDeployment({ state }, 'own', error, 'fabric-wizard chaincode deploy own')).toBe(error);
  const gone = { ...deployment, choice: { name: 'kk', path: '/gone/kk', language: 'go', service: true } };
  const facts = { [STATE_KEYS.deployed.key]: { kk: gone } };
  const moved = recordedState({ version: 1, stageSeconds: {}, facts });
  expect(await withDeployment({ state: moved }, 'kk', error)).toMatchObject({
    failure: {
      next: [
        'fabric-wizard chaincode deploy PATH --name kk --service',
        'fabric-wizard chaincode logs kk',
        'fabric-wizard chaincode list',
      ],
    },
  });
  if (!(told instanceof WizardFailure)) throw new Error('no failure');
  expect(told.failure).toMatchObject({
    kind: 'chaincode',
    problem: { key: 'chaincode.not-reached', address: '192.168.144.1:36999' },
    next: ['fabric-wizard chaincode deploy own --service localhost:36999', 'fabric-wizard chaincode list'],
  });
});

it('the variables of a process have the package that its peers have', async () => {
  const digest = 'aaaaaaaaaaaa';
  const answer = (all: readonly { readonly label: string; readonly package_id: string }[]) => ({
    ...{ exitCode: 0, stderr: '' },
    stdout: JSON.stringify({ installed_chaincodes: all }),
  });
  const has = (await network(
    answer([{ label: `own_${digest}`, package_id: `own_${digest}:of-another-release` }]),
  )) satisfies AskedNetwork;
  const plan = { name: 'own', digest, channels: ['mychannel'] };
  expect(await packageIdOf(has, plan, 'a:1')).toBe(`own_${digest}:of-another-release`);
  const asked: string[] = [];
  const cli: Pick<AskedNetwork['cli'], 'run'> = {
    run: (peer, ...rest) => {
      asked.push(peer.org);
      return has.cli.run(peer, ...rest);
    },
  };
  const spec = { ...has.spec, channelSettings: { mychannel: { organisations: ['Org2'] } } };
  await packageIdOf({ ...has, spec, cli: { ...has.cli, ...cli } }, plan, 'a:1');
  expect(asked).toEqual(['Org2']);
  const lacks = await network(answer([]));
  expect(await packageIdOf(lacks, plan, 'a:1')).toMatch(/^own_a+:[0-9a-f]{64}$/);
});

it('a call of a chaincode that does not exist suggests only commands that work without a list of chaincodes', async () => {
  const asked = await network({ exitCode: 0, stdout: '{"chaincode_definitions":[]}', stderr: '' });
  const state = recordedState({ version: 1, stageSeconds: {}, facts: {} });
  const call = { name: 'nope', channel: 'mychannel', args: ['f'] };
  const place = { command: 'fabric-wizard chaincode query', dir: await tempDir() };
  await expect(
    requireKnown({ ...asked, state, peers: [firstPeer(asked.spec)] }, call, place, new Error('no answer')),
  ).rejects.toMatchObject({
    failure: {
      message: { key: 'usage.unknown-chaincode' },
      next: ['fabric-wizard chaincode list', 'fabric-wizard chaincode deploy ./my-chaincode'],
    },
  });
});
