/** Which services `up` starts again. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  deployedChoices,
  recordDeployment,
  recordRemoval,
} from '../../../../src/pipeline/chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../../../../src/pipeline/config/chaincode-list.ts';
import type { Phrase } from '../../../../src/pipeline/core/phrase.ts';
import { networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { replaceNetwork, setNetworkFacts } from '../../../../src/pipeline/network/kept-networks.ts';
import { cryptoFingerprint } from '../../../../src/pipeline/network/network-plan.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { networkOf } from '../../../../src/pipeline/plan/wanted-spec.ts';
import { chaincodesOf } from '../../../../src/pipeline/run/chosen-chaincodes.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { newProject } from '../../../support/observed-project.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const CHANNELS = ['mychannel'];
const NO_PEERS = { orgs: [] };

/** A network of one peer on which `basic` was deployed as a service. */
async function network() {
  const project = await newProject();
  const path = join(await tempDir(), 'basic');
  const made = await project.context({});
  const { spec, stateDir } = made;
  await writeCertificates(networkDir(stateDir), spec);
  await recordCertificates(networkDir(stateDir));
  const journal = await openJournal(project.dir, { command: 'test' });
  onTestFinished(() => journal.close());
  await journal.setFact(STATE_KEYS.crypto, { fingerprint: cryptoFingerprint(made), instance: 'c0ffee' });
  await journal.setFact(SAVED_NETWORK, { spec, version: made.source.version });
  const choice: ChaincodeChoice = { name: 'basic', path, language: 'go', service: true };
  const deploy = (channels = CHANNELS, version = '1-aa') =>
    recordDeployment(journal, NO_PEERS, { choice, version, channels, containers: new Map() });
  const ofUp = async (configured: readonly ChaincodeChoice[] = [], flags = {}) => {
    const warnings: Phrase[] = [];
    const request = { config: { chaincodes: configured }, goal: { until: 'up' as const } };
    const used = await networkOf('up', { ...(await project.context({ flags })), journal });
    return { chosen: await chaincodesOf(request, used, (message) => warnings.push(message)), warnings };
  };
  await deploy();
  return { journal, stateDir, choice, path, deploy, ofUp, kept: { choice, channels: CHANNELS } };
}

it('a service that was deployed from elsewhere is one, on the channels that have it', async () => {
  const { kept, path, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  expect(await ofUp()).toEqual({ chosen: [kept], warnings: [] });
});

it('a service is one on every channel on which it was deployed, one after the other', async () => {
  const { deploy, path, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  await deploy(['orders']);
  expect((await ofUp()).chosen).toMatchObject([{ channels: ['mychannel', 'orders'] }]);
});

it('a service is none on a channel that the user has left on another version', async () => {
  const { deploy, path, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  await deploy(['mychannel', 'orders']);
  await deploy(['mychannel'], '2-bb');
  expect((await ofUp()).chosen).toMatchObject([{ channels: ['mychannel'] }]);
  await deploy(['orders'], '2-bb');
  expect((await ofUp()).chosen).toMatchObject([{ channels: ['mychannel', 'orders'] }]);
});

it('a service that `up` has started keeps the choice of the user', async () => {
  const { deploy, journal, path, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  const [{ choice, channels = [] } = expect.fail()] = (await ofUp()).chosen;
  await recordDeployment(journal, NO_PEERS, { choice, version: '1-aa', channels, containers: new Map() });
  expect(deployedChoices(journal)).toEqual([{ name: 'basic', path, language: 'go', service: true }]);
  await deploy(['orders']);
  expect((await ofUp()).chosen).toMatchObject([{ channels: ['mychannel', 'orders'] }]);
});

it('a service of a network that is replaced is none on the new one, and one when the old one is used again', async () => {
  const { journal, stateDir, kept, path, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  const two = { peers: '2' };
  expect(await ofUp([], two)).toEqual({ chosen: [], warnings: [] });
  await writeFiles(join(stateDir, 'next/crypto-config'), { 'ca.crt': 'new' });
  await replaceNetwork({ stateDir, journal }, join(stateDir, 'next'));
  await setNetworkFacts(journal, { crypto: { fingerprint: 'two peers', instance: 'decade' } });
  expect((await ofUp([], two)).chosen).toEqual([]);
  expect((await ofUp()).chosen).toEqual([kept]);
});

it('a service whose folder is gone is none, and a warning says so', async () => {
  const { path, ofUp } = await network();
  expect(await ofUp()).toEqual({
    chosen: [],
    warnings: [{ key: 'warning.service-folder', chaincode: 'basic', path }],
  });
});

it('a service that was removed is none, until it is deployed again', async () => {
  const { journal, kept, path, deploy, ofUp } = await network();
  await writeFiles(path, { 'main.go': '' });
  await recordRemoval(journal, 'basic');
  expect(await ofUp()).toEqual({ chosen: [], warnings: [] });
  await deploy(['orders']);
  expect((await ofUp()).chosen).toEqual([{ ...kept, channels: ['orders'] }]);
});

it('a service that was removed is one if the configuration has it', async () => {
  const { journal, choice, ofUp } = await network();
  await recordRemoval(journal, 'basic');
  expect((await ofUp([choice])).chosen).toEqual([{ choice, channels: undefined }]);
});
