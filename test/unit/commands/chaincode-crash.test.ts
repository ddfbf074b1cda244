import { expect, it } from 'vitest';
import { withCrash } from '../../../src/commands/chaincode-crash.ts';
import type { ChaincodeNetwork } from '../../../src/commands/chaincode-network.ts';
import { HUB_ANSWERS, queryChaincode } from '../../../src/pipeline/chaincode/chaincode-call.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { LABEL } from '../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { emptyWizardState, recordedState } from '../../../src/pipeline/journal/wizard-state.ts';
import { firstPeer, networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../support/temp-dir.ts';

const PROJECT = 'fw-x';
const ENDED =
  'Error: endorsement failure during query. response: status:500 message:"error in simulation: failed to execute transaction 1: error sending: chaincode stream terminated" ';
const REFUSED = 'Error: endorsement failure during query. response: status:500 message:"no such account" ';
const PANIC = [
  'panic: boom',
  '',
  'goroutine 9 [running]:',
  'main.main()',
  '\t/chaincode/src/main.go:80 +0x25',
];

/**
 * The failure of a call that a peer answers with this, when the process of the service has printed these lines.
 * @param endedAfter milliseconds from the call to the last end of the process
 */
async function failureOf(stderr: string, log: readonly string[], endedAfter = 0) {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const spec = networkSpec(values, release, PROJECT);
  const labels = { [LABEL.project]: PROJECT, [LABEL.role]: 'service', [LABEL.chaincode]: 'basic' };
  const process = { running: true, endedAt: Date.now() + endedAfter };
  const container = {
    id: 'id',
    name: `${PROJECT}.chaincode.basic`,
    state: 'running',
    labels,
    networks: [PROJECT],
  };
  const installed = {
    exitCode: 0,
    stdout: '{"installed_chaincodes":[],"chaincode_definitions":[]}',
    stderr: '',
  };
  const cli = { ask: async () => ({ exitCode: 1, stdout: '', stderr }), run: async () => installed };
  const docker = {
    listContainers: async () => [container],
    logTail: async () => log,
    inspectContainer: async () => process,
  };
  const state = recordedState(emptyWizardState);
  const network = {
    ...{ spec, release, cli, docker, state },
    peers: [firstPeer(spec)],
  } as unknown as ChaincodeNetwork;
  const call = { name: 'basic', channel: 'mychannel', args: ['boom'] };
  const error: unknown = await withCrash(network, 'basic', () =>
    queryChaincode(network, firstPeer(spec), call),
  ).catch((thrown: unknown) => thrown);
  if (error instanceof WizardFailure) return error.failure;
  throw new Error('no failure', { cause: error });
}

it('a call that ends the process names the position of the panic', async () => {
  expect(await failureOf(ENDED, ['started', ...PANIC])).toMatchObject({
    kind: 'command',
    chaincode: { name: 'basic', crash: 'main.go:80: panic: boom' },
  });
});

it('a call that ends the process of a hub names the position too', async () => {
  const ended = `Error: endorsement failure during query. response: status:500 message:"transaction returned with failure: ${HUB_ANSWERS.ended}" `;
  const shim = '\t/chaincode/src/github.com/hyperledger/fabric/core/chaincode/shim/handler.go:35 +0x28';
  const panic = PANIC.toSpliced(3, 0, shim);
  expect(await failureOf(ended, panic)).toMatchObject({ chaincode: { crash: 'main.go:80: panic: boom' } });
});

it('a call for which no process is registered says so', async () => {
  const none = `Error: endorsement failure during query. response: status:500 message:"transaction returned with failure: ${HUB_ANSWERS.none}" `;
  expect(await failureOf(none, [])).toMatchObject({
    kind: 'chaincode',
    problem: { key: 'chaincode.none-registered', name: 'basic' },
  });
});

it.each([
  ['that the chaincode refuses', REFUSED, PANIC, 0],
  ['after which nothing was printed', ENDED, [], 0],
  ['during which the process has printed one and has not ended', ENDED, PANIC, -3_600_000],
] as const)('a call %s names none', async (_, stderr, log, endedAfter) => {
  expect(await failureOf(stderr, log, endedAfter)).not.toHaveProperty('chaincode.crash');
});
