import { expect, it } from 'vitest';
import { topologyOf } from '../../../../src/pipeline/network/topology.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

it('has each node with its organisation, and each channel with its peers and chaincodes', async () => {
  const spec = await writeNetwork(await tempDir(), '2.5.12', {
    organisations: 'Acme peers=1 orderers=1 domain=acme.com, Globex peers=1, Sorters peers=0 orderers=2',
    channels: 'all, few organisations=Acme',
    couchdb: true,
    ca: true,
    metrics: true,
  });
  const record = { version: '1-abc', peers: '', instance: '' };
  const topology = topologyOf(spec, (name) => name.startsWith('peer'), {
    deployed: {
      basic: { ...record, channels: ['few'] },
      gone: { ...record, removed: true },
      whole: record,
    },
    kept: 'smoke-1',
  });
  expect(topology.organisations).toEqual([
    {
      ...{ name: 'Acme', mspId: 'AcmeMSP' },
      orderers: [{ name: 'orderer.acme.com', runs: false }],
      peers: [{ name: 'peer0.acme.com', runs: true, couchdb: { name: 'couchdb0', runs: false } }],
      ca: { name: 'ca.acme.com', runs: false },
    },
    {
      ...{ name: 'Globex', mspId: 'GlobexMSP', orderers: [] },
      peers: [{ name: 'peer0.globex.example.com', runs: true, couchdb: { name: 'couchdb1', runs: false } }],
      ca: { name: 'ca.globex.example.com', runs: false },
    },
    {
      ...{ name: 'Sorters', mspId: 'SortersMSP', peers: [] },
      orderers: [
        { name: 'orderer.sorters.example.com', runs: false },
        { name: 'orderer2.sorters.example.com', runs: false },
      ],
    },
  ]);
  expect(topology.shared).toEqual([
    { name: 'gateway', runs: false },
    { name: 'prometheus', runs: false },
  ]);
  expect(topology.channels).toEqual([
    {
      name: 'all',
      peers: ['peer0.acme.com', 'peer0.globex.example.com'],
      chaincodes: ['smoke-1', 'whole 1-abc'],
    },
    { name: 'few', peers: ['peer0.acme.com'], chaincodes: ['smoke-1', 'basic 1-abc', 'whole 1-abc'] },
  ]);
});
