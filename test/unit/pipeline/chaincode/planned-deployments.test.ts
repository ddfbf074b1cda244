/** What a plan asks of the network. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requirePeers } from '../../../../src/commands/chaincode-deploy.ts';
import { chaincodeDigest } from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { versionText } from '../../../../src/pipeline/chaincode/chaincode-version.ts';
import {
  plannedDeployments,
  type RunningNetwork,
} from '../../../../src/pipeline/chaincode/planned-deployments.ts';
import { asGiven, type ChaincodeChoice } from '../../../../src/pipeline/config/chaincode-list.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { runningPeers } from '../../../../src/pipeline/network/down-nodes.ts';
import { allPeers, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/**
 * A network with two channels and a chaincode in a folder.
 * @param defined the channels that have the chaincode as it is
 * @param stopped names of peers that do not run
 * @param file fabric-wizard.yaml
 */
async function network(
  defined: readonly string[],
  stopped: readonly string[] = [],
  file = 'channels: [one, two]\n',
) {
  const release = releaseOf('2.5.12') ?? expect.fail();
  const dir = await tempDir();
  await writeFiles(dir, { 'fabric-wizard.yaml': file });
  const { values } = await loadConfig({ dir, flags: {} });
  const spec = networkSpec(values, release, 'fw-x');
  const path = join(await tempDir(), 'basic');
  await writeFiles(path, { 'main.go': 'package main' });
  const choice = { name: 'basic', path, language: 'go' } satisfies ChaincodeChoice;
  const version = versionText({ count: 1, digest: await chaincodeDigest(choice) });
  const asked: string[] = [];
  const cli = {
    run: async ({ name }: { readonly name: string }, args: readonly string[]) => {
      const [, , command = ''] = args;
      const channel = args[args.indexOf('--channelID') + 1] ?? '';
      asked.push(command === 'queryinstalled' ? `${name} installed` : channel);
      const definitions = defined.includes(channel) ? [{ name: 'basic', version, sequence: 1 }] : [];
      const answer = { installed_chaincodes: [], chaincode_definitions: definitions };
      return { exitCode: 0, stdout: JSON.stringify(answer), stderr: '' };
    },
  };
  const containers = new Map(
    allPeers(spec).map(({ name }) => [
      name,
      { id: name, state: stopped.includes(name) ? 'exited' : 'running' },
    ]),
  );
  const deployed = {
    basic: { version, choice, channels: [...defined], peers: '', containers: '', instance: '' },
  };
  const running = {
    ...{ spec, release, cli, cliId: 'cli', containers },
    ...{ state: recordedState({ ...emptyWizardState, facts: { deployed } }), docker: {} },
  } as unknown as RunningNetwork;
  const planned = async (complete: boolean, channels?: readonly string[]) => {
    const options = { signal: new AbortController().signal, complete };
    const wanted = channels ? { choice, channels } : asGiven(choice);
    const [first = expect.fail()] = await plannedDeployments(running, [wanted], options);
    return { ...first, asked: [...new Set(asked)].sort() };
  };
  return { planned, running, choice, everyPeer: allPeers(spec).map(({ name }) => `${name} installed`) };
}

it('a plan with a definition asks no peer what is installed', async () => {
  const { planned } = await network(['one']);
  const { plan, recorded, asked } = await planned(false);
  expect(asked).toEqual(['one', 'two']);
  expect(plan.define).toMatchObject([{ channel: 'two', kind: 'first' }]);
  expect(recorded).toBe(true);
});

it('a plan that must be complete asks every peer', async () => {
  const { planned, everyPeer } = await network(['one']);
  const { plan, recorded, asked } = await planned(true);
  expect(asked).toEqual([...everyPeer, 'one', 'two'].sort());
  expect(plan.install.map((name) => `${name} installed`)).toEqual(everyPeer);
  expect(recorded).toBe(false);
});

it('a plan for recorded channels leaves the others and the choice as they are', async () => {
  const { planned, choice } = await network(['one']);
  const found = await planned(true, ['one']);
  expect(found.plan).toMatchObject({ channels: ['one'], define: [] });
  expect(found.choice).toEqual(choice);
});

const OUTSIDE = 'peer0.org2.example.com';
const OWN_CHANNELS = `
channels:
  - { name: one, organisations: [Org1] }
  - { name: two, organisations: [Org2] }
`;

it('a plan asks no peer that does not run, and takes what was deployed on its channel from the record', async () => {
  const { planned } = await network(['two'], [OUTSIDE, 'peer1.org2.example.com'], OWN_CHANNELS);
  const { plan, asked } = await planned(true, ['one']);
  expect(asked).toEqual(['one', 'peer0.org1.example.com installed', 'peer1.org1.example.com installed']);
  expect(plan).toMatchObject({ channels: ['one'], define: [{ channel: 'one', kind: 'first' }] });
  expect(plan.replacesAll).toBe(false);
});

it('a deployment needs the peers of its channels, and no others', async () => {
  const { running, choice } = await network([], [OUTSIDE], OWN_CHANNELS);
  const peers = runningPeers(running.spec, running.containers);
  const down = (channels?: readonly string[]) => {
    try {
      requirePeers({ spec: running.spec, peers }, [{ ...choice, ...(channels ? { channels } : {}) }]);
      return [];
    } catch (error) {
      const { failure } = error as WizardFailure;
      return failure.kind === 'usage' ? (failure.message as { nodes?: unknown }).nodes : failure;
    }
  };
  expect(down(['one'])).toEqual([]);
  expect(down(['one', 'two'])).toEqual([OUTSIDE]);
  expect(down()).toEqual([OUTSIDE]);
});
