/** What a plan asks of the network. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chaincodeDigest } from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { versionText } from '../../../../src/pipeline/chaincode/chaincode-version.ts';
import {
  plannedDeployments,
  type RunningNetwork,
} from '../../../../src/pipeline/chaincode/planned-deployments.ts';
import { asGiven, type ChaincodeChoice } from '../../../../src/pipeline/config/chaincode-list.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { allPeers, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/**
 * A network with two channels and a chaincode in a folder.
 * @param defined the channels that have the chaincode as it is
 */
async function network(defined: readonly string[]) {
  const release = releaseOf('2.5.12') ?? expect.fail();
  const { values } = await loadConfig({ dir: await tempDir(), flags: { channel: 'one,two' } });
  const spec = networkSpec(values, release, 'fw-x');
  const path = join(await tempDir(), 'basic');
  await writeFiles(path, { 'main.go': 'package main' });
  const choice: ChaincodeChoice = { name: 'basic', path, language: 'go' };
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
  const running = {
    ...{ spec, release, cli, cliId: 'cli', containers: new Map() },
    ...{ state: recordedState(emptyWizardState), docker: {} },
  } as unknown as RunningNetwork;
  const planned = async (complete: boolean, channels?: readonly string[]) => {
    const options = { signal: new AbortController().signal, complete };
    const wanted = channels ? { choice, channels } : asGiven(choice);
    const [first = expect.fail()] = await plannedDeployments(running, [wanted], options);
    return { ...first, asked: [...new Set(asked)].sort() };
  };
  return { planned, choice, everyPeer: allPeers(spec).map(({ name }) => `${name} installed`) };
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
