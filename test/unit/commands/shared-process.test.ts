/** A service has one process, which serves the package of one definition. */
import { describe, expect, it } from 'vitest';
import { requireServing } from '../../../src/commands/chaincode-calling.ts';
import type { ChaincodeNetwork } from '../../../src/commands/chaincode-network.ts';
import type { CommittedChaincode } from '../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { serviceContainerName } from '../../../src/pipeline/chaincode/service-process.ts';
import { requireSameDefinition } from '../../../src/pipeline/chaincode/shared-process.ts';
import { LABEL } from '../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { emptyWizardState, recordedState } from '../../../src/pipeline/journal/wizard-state.ts';

const OLD = '4-5a90aaaaaaaa';
const NEW = '5-bbbbbbbbbbbb';
const spec = { project: 'fw-x', channels: ['mychannel', 'orders', 'empty'] };

/** An engine that runs the process of svc for this version, or none. */
function engine(serves: string | undefined, state = 'running') {
  const labels = {
    ...{ [LABEL.role]: 'service', [LABEL.project]: spec.project, [LABEL.chaincode]: 'svc' },
    [LABEL.package]: `svc_${serves?.split('-')[1]}:f00d`,
  };
  const container = { name: serviceContainerName(spec, 'svc'), labels, networks: [spec.project], state };
  return { listContainers: async () => (serves === undefined ? [] : [container]) };
}

/** Channels that have svc, by name. */
const committedOf = (versions: Readonly<Record<string, string>>) => async (channel: string) => {
  const version = versions[channel];
  return version === undefined ? [] : [{ name: 'svc', version, sequence: 1 } satisfies CommittedChaincode];
};

describe('a deployment on some channels', () => {
  const deploy = (
    channels: readonly string[],
    { serves = OLD, version = NEW, runs = true }: { serves?: string; version?: string; runs?: boolean } = {},
  ) =>
    requireSameDefinition(
      {
        docker: engine(runs ? serves : undefined) as unknown as ChaincodeNetwork['docker'],
        spec,
        committedOn: committedOf({ mychannel: OLD }),
      },
      { name: 'svc', version, channels },
      (all) => `deploy ./svc --channel ${all.join(',')}`,
    );

  it('is refused if another channel would lose the process, with the command for all of them', async () => {
    await expect(deploy(['orders'])).rejects.toMatchObject({
      failure: {
        kind: 'usage',
        message: { key: 'usage.other-definition', name: 'svc', channel: 'mychannel', version: OLD },
        next: ['deploy ./svc --channel orders,mychannel'],
      },
    });
  });

  it.each([
    ['covers all channels that have it', deploy(['orders', 'mychannel'])],
    ['brings the same definition', deploy(['orders'], { version: OLD })],
    ['takes the process from no channel', deploy(['orders'], { serves: '3-cccccccccccc' })],
    ['replaces no process', deploy(['orders'], { runs: false })],
  ])('is done if it %s', async (_, deployment) => {
    await expect(deployment).resolves.toBeUndefined();
  });
});

describe('a call', () => {
  const call = (
    channel: string,
    docker = engine(NEW),
    committed = committedOf({ mychannel: OLD, orders: NEW }),
  ) => {
    const deployment = { version: NEW, channels: ['orders'], peers: '', containers: '', instance: '' };
    const facts = { [STATE_KEYS.deployed.key]: { svc: deployment } };
    const network = {
      docker,
      spec,
      release: releaseOf('2.5.12'),
      state: recordedState({ version: 1, stageSeconds: {}, facts }),
    };
    return requireServing(network as unknown as ChaincodeNetwork, { name: 'svc', channel }, committed);
  };

  it.each([
    ['exited', '1.4.12', 'chaincode.process-ended'],
    ['restarting', '1.4.12', undefined],
    ['exited', '2.5.12', undefined],
  ])('of a process whose container is %s, on %s, ends with %s', async (state, version, key) => {
    const network = {
      docker: engine(NEW, state),
      spec,
      release: releaseOf(version),
      state: recordedState(emptyWizardState),
    };
    const called = requireServing(
      network as unknown as ChaincodeNetwork,
      { name: 'svc', channel: 'orders' },
      async () => [],
    );
    if (key === undefined) await expect(called).resolves.toBeUndefined();
    else await expect(called).rejects.toMatchObject({ failure: { kind: 'chaincode', problem: { key } } });
  });

  it('is refused if the process serves the definition of another channel', async () => {
    await expect(call('mychannel')).rejects.toMatchObject({
      failure: {
        message: { key: 'usage.other-package', name: 'svc', version: OLD, channel: 'mychannel' },
        next: [
          'fabric-wizard chaincode deploy svc --channel mychannel,orders',
          'fabric-wizard chaincode list',
        ],
      },
    });
  });

  it('asks no peer if the record says that the process serves it', async () => {
    const asked: string[] = [];
    await call('orders', engine(NEW), async (channel) => {
      asked.push(channel);
      return [];
    });
    expect(asked).toEqual([]);
  });

  it('is made if this program runs no process, or if it serves the channel', async () => {
    await expect(call('mychannel', engine(undefined))).resolves.toBeUndefined();
    await expect(call('mychannel', engine(OLD))).resolves.toBeUndefined();
    await expect(call('mychannel', engine(NEW, 'exited'))).resolves.toBeUndefined();
  });
});
