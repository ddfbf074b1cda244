import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chaincodeRows, isDefined, namesOf } from '../../../src/commands/chaincode-service.ts';
import { chaincodeDigest } from '../../../src/pipeline/chaincode/chaincode-digest.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { allPeers, firstPeer } from '../../../src/pipeline/network/network-spec.ts';
import { renderChaincodes, unreachableText } from '../../../src/report/chaincode-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { serviceNetwork } from '../../support/service-engine.ts';
import { writeFiles } from '../../support/temp-dir.ts';

it('the files of a service whose folder is gone are missing, although its package is the same without them', async () => {
  const { docker, context } = await serviceNetwork();
  const { spec, settings, journal } = context;
  const definition = { name: 'kk', version: '1-aaaaaaaaaaaa', sequence: 1 };
  const stdout = JSON.stringify({ chaincode_definitions: [definition], installed_chaincodes: [] });
  const answer = { exitCode: 0, stderr: '', stdout };
  const cli = { ask: async () => answer, run: async () => answer };
  const network = {
    ...{ docker, spec, cli, cliId: 'cli', state: journal },
    ...{ release: settings.release, peers: [firstPeer(spec)] },
  } as unknown as Parameters<typeof chaincodeRows>[0];
  const choice = { name: 'kk', path: join(context.dir, 'gone'), language: 'go', service: true } as const;
  const { rows, unreachable } = await chaincodeRows(network, [choice], context.signal);
  expect(unreachable).toEqual([]);
  expect(rows).toMatchObject([{ name: 'kk', current: false, missing: true }]);
  const style = createStyle({ colour: false, unicode: true, language: 'en' });
  expect(renderChaincodes(rows, style, undefined)).toMatch(/ missing$/);
});

it('the peers of a channel are counted, and not all peers', async () => {
  const { docker, context } = await serviceNetwork();
  const { settings, journal } = context;
  const spec = { ...context.spec, channelSettings: { mychannel: { organisations: ['Org2'] } } };
  const chaincode_definitions = [{ name: 'kk', version: '1-aaaaaaaaaaaa', sequence: 1 }];
  const installed_chaincodes = [{ label: 'kk_aaaaaaaaaaaa', package_id: 'kk_aaaaaaaaaaaa:1' }];
  const stdout = JSON.stringify({ chaincode_definitions, installed_chaincodes });
  const answer = { exitCode: 0, stderr: '', stdout };
  const cli = { ask: async () => answer, run: async () => answer };
  const network = {
    ...{ docker, spec, cli, cliId: 'cli', state: journal },
    ...{ release: settings.release, peers: allPeers(spec) },
  } as unknown as Parameters<typeof chaincodeRows>[0];
  const { rows } = await chaincodeRows(network, [], context.signal);
  const members = spec.orgs[1]?.peers.map(({ name }) => name) ?? [];
  expect(rows).toMatchObject([{ peers: members.length, installed: members }]);
  const style = createStyle({ colour: false, unicode: true, language: 'en' });
  expect(renderChaincodes(rows, style, undefined)).toContain(`${members.length}/${members.length}`);
});

it.each([true, undefined] as const)(
  'files are unchanged if only `service` of the file differs: deployed with %s',
  async (service: true | undefined) => {
    const { docker, context } = await serviceNetwork();
    const { spec, settings, journal, dir } = context;
    const path = join(dir, 'kk');
    await writeFiles(path, { 'main.go': 'package main\n' });
    const deployed = { name: 'kk', path, language: 'go', ...(service ? { service } : {}) } as const;
    const version = `1-${await chaincodeDigest(deployed)}`;
    const record = { version, choice: deployed, peers: '', containers: '', instance: 'c0ffee' };
    await journal.setFact(STATE_KEYS.deployed, { kk: record });
    const stdout = JSON.stringify({ chaincode_definitions: [{ name: 'kk', version, sequence: 1 }] });
    const run = async () => ({ exitCode: 0, stderr: '', stdout });
    const network = {
      ...{ docker, spec, cli: { ask: run, run }, cliId: 'cli', state: journal },
      ...{ release: settings.release, peers: allPeers(spec) },
    } as unknown as Parameters<typeof chaincodeRows>[0];
    const plain = { name: 'kk', path, language: 'go' } as const;
    const file = service ? plain : ({ ...plain, service: true } as const);
    expect((await chaincodeRows(network, [file], context.signal)).rows).toMatchObject([{ current: true }]);
  },
);

it('a channel none of whose peers runs is told, and the others are listed', async () => {
  const { docker, context } = await serviceNetwork();
  const { settings, journal } = context;
  const channels = ['mychannel', 'orders'];
  const spec = { ...context.spec, channels, channelSettings: { orders: { organisations: ['Org2'] } } };
  const [peers = [], down = []] = spec.orgs.map((org) => org.peers);
  const run = async (peer: { readonly name: string }) => {
    if (!peers.some(({ name }) => name === peer.name)) throw new Error(`${peer.name} is down`);
    const chaincode_definitions = [{ name: 'kk', version: '1-aaaaaaaaaaaa', sequence: 1 }];
    return { exitCode: 0, stderr: '', stdout: JSON.stringify({ chaincode_definitions }) };
  };
  const network = {
    ...{ docker, spec, cli: { ask: run, run }, cliId: 'cli', state: journal },
    ...{ release: settings.release, peers },
  } as unknown as Parameters<typeof chaincodeRows>[0];
  const { rows, unreachable } = await chaincodeRows(network, [], context.signal);
  expect(rows).toMatchObject([{ channel: 'mychannel', name: 'kk' }]);
  const names = down.map(({ name }) => name);
  expect(unreachable).toEqual([{ channel: 'orders', peers: names }]);
  const style = createStyle({ colour: false, unicode: true, language: 'en' });
  expect(unreachableText(unreachable, style)).toBe(
    `none of the peers of orders runs, so its chaincodes are not known: ${names.join(', ')}`,
  );
  expect(unreachableText([], style)).toBeUndefined();
  // What is left of a chaincode is found too, and it may be defined where nobody can be asked.
  expect(await namesOf(network, 'kk')).toEqual([]);
  expect(await isDefined(network, 'other')).toBe(true);
});
