/** What is removed after a deployment that failed or was cancelled. */
import { expect, it } from 'vitest';
import { removeUndefined, withAnswering } from '../../../../src/pipeline/chaincode/failed-deployment.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import {
  CancelledError,
  type ChaincodeFailure,
  toFailure,
  WizardFailure,
} from '../../../../src/pipeline/core/failure.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { inEnglish } from '../../../support/english.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const DIGEST = '0123456789ab';
const PLAN = { name: 'basic', version: `2-${DIGEST}`, digest: DIGEST };

/** Returns what is removed if the channel has a version of the chaincode. */
async function removed(line: string, committed: string): Promise<readonly string[]> {
  const release = releaseOf(line) as Release;
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '1', peers: '1' } });
  const spec = networkSpec(values, release, 'net');
  const isPackage = release.lifecycle === 'package';
  const packed = isPackage
    ? { label: `basic_${DIGEST}`, mark: 'f00d' }
    : { label: 'basic', mark: PLAN.version };
  const given = isPackage ? { package: '/cc', id: `${packed.label}:${packed.mark}` } : { file: '/cc' };
  const container = release.chaincodeContainerName(
    'net',
    'peer0.org1.example.com',
    packed.label,
    packed.mark,
  );
  const image = release.chaincodeImageName('net', 'peer0.org1.example.com', packed.label, packed.mark);
  const stdout = isPackage
    ? JSON.stringify({ chaincode_definitions: [{ name: 'basic', version: committed, sequence: 1 }] })
    : `Name: basic, Version: ${committed}, Path: p, Escc: escc, Vscc: vscc`;
  const gone: string[] = [];
  const docker = {
    listContainers: async () => [
      { id: container, name: container, labels: {}, state: 'running' },
      { id: 'cli', name: 'net-cli', labels: nodeLabels('net', 'cli'), networks: ['net'], state: 'running' },
    ],
    exec: async (
      _id: string,
      _command: readonly string[],
      { signal: of }: { readonly signal: AbortSignal },
    ) => {
      if (of.aborted) throw new CancelledError();
      return { exitCode: 0, stdout, stderr: '' };
    },
    listImages: async () => [{ tags: [`${image}:latest`] }],
    removeContainer: async () => gone.push('container'),
    removeImage: async () => gone.push('image'),
  };
  // The run is cancelled, as with Ctrl-C.
  const signal = AbortSignal.abort();
  const context = { docker, spec, project: 'net', signal, settings: { release } } as unknown as Parameters<
    typeof removeUndefined
  >[0];
  await removeUndefined(context, PLAN, { ...packed, given });
  return gone;
}

it.each(['1.4.12', '2.5.12'])('nothing on %s if a channel has the version', async (line) => {
  expect(await removed(line, PLAN.version)).toEqual([]);
});

it('nothing from 2.0 on if a channel has the same content under another version: the package is the same', async () => {
  expect(await removed('2.5.12', `1-${DIGEST}`)).toEqual([]);
});

it('the container, and the image that peers of 1.4 build again', async () => {
  expect(await removed('1.4.12', '1-ba9876543210')).toEqual(['container', 'image']);
  expect(await removed('2.5.12', '1-ba9876543210')).toEqual(['container']);
});

it.each<[string, 'start' | 'restart', Partial<ChaincodeFailure>, string | undefined]>([
  ['the restart of a service', 'restart', {}, 'The process of the last program keeps answering.'],
  ['the first start of a service', 'start', {}, 'No chaincode was installed.'],
  [
    'a restart after which the last program was started',
    'restart',
    { previous: true },
    'The last version of the program runs again.',
  ],
  ['a restart whose container stays', 'restart', { installed: true }, undefined],
])('a failure of %s says what the network has now', (_, process, flags, hint) => {
  const problem = { key: 'chaincode.not-compiled', dir: '/basic' } as const;
  const failure = new WizardFailure({ kind: 'chaincode', problem, place: '', next: [], ...flags });
  expect(inEnglish(toFailure(withAnswering(failure, { process }))).hint).toBe(hint);
});
