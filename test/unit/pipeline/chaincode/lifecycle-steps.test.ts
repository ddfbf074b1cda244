/** What the calls of a deployment report as they go, in every language. */
import { expect, it } from 'vitest';
import {
  approve,
  commit,
  type Deployment,
  initialise,
  install,
  instantiate,
} from '../../../../src/pipeline/chaincode/lifecycle-calls.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { Text } from '../../../../src/pipeline/core/phrase.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { firstOrderer, firstPeer, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { translatorFor } from '../../../../src/report/language/translator.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** The steps of all calls against peers that accept everything. */
async function steps(): Promise<readonly Text[]> {
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '2' } });
  const spec = networkSpec(values, releaseOf('2.5.12') as Release, 'net');
  const peer = firstPeer(spec);
  const reported: Text[] = [];
  const stdout = JSON.stringify({ approvals: { Org1MSP: true, Org2MSP: true } });
  const answer = async () => ({ exitCode: 0, stdout, stderr: '' });
  const deployment: Deployment = {
    context: { spec, docker: undefined, project: 'net', signal: new AbortController().signal } as never,
    cli: { orderer: firstOrderer(spec), ask: answer, run: answer },
    channel: 'mychannel',
    definition: { name: 'basic', version: '1', sequence: 1, init: [] },
    given: { id: 'basic:f00d', package: '/basic.tar.gz' } as never,
    step: (item: Text) => reported.push(item),
  };
  await install(deployment, peer);
  await approve(deployment);
  await commit(deployment);
  await initialise(deployment, peer);
  await instantiate(deployment, peer);
  await instantiate(deployment, peer, 'upgrade');
  return reported;
}

it('is a sentence of the language of the user', async () => {
  const reported = await steps();
  expect(reported.map(translatorFor('en').translate)).toEqual([
    'installed on peer0.org1.example.com',
    'approved by Org1, Org2',
    'basic committed on mychannel',
    'initialised on peer0.org1.example.com',
    'instantiated on peer0.org1.example.com',
    'upgraded on peer0.org1.example.com',
  ]);
  expect(reported.map(translatorFor('zh').translate)).toEqual([
    '已安装到 peer0.org1.example.com',
    'Org1、Org2 已批准',
    'basic 已提交到 mychannel',
    '已在 peer0.org1.example.com 上初始化',
    '已在 peer0.org1.example.com 上实例化',
    '已在 peer0.org1.example.com 上升级',
  ]);
});
