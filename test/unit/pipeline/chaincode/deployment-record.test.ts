import { expect, it } from 'vitest';
import {
  hasSamePeers,
  isRecordedDeployment,
  knownChoices,
  recordDeployment,
  recordedDeployments,
} from '../../../../src/pipeline/chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../../../../src/pipeline/config/chaincode-list.ts';
import { openJournal, readState } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const BASIC: ChaincodeChoice = {
  name: 'basic',
  path: '/work/basic',
  language: 'go',
  channels: ['trade'],
  init: ['init', 'a', '100'],
  policy: "OR('Org1MSP.member')",
};
const SPEC = { orgs: [] };
const PEER = { orgs: [{ peers: [{ name: 'peer0' }] }] } as unknown as typeof SPEC;

async function recorded(act: (journal: Awaited<ReturnType<typeof openJournal>>) => Promise<void>) {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  await journal.setFact(STATE_KEYS.crypto, { fingerprint: 'f', instance: 'abc123' });
  await act(journal);
  await journal.close();
  return recordedState(await readState(dir));
}

it('a deployment is recorded with what it was deployed from, so that it can be deployed again', async () => {
  const state = await recorded((journal) =>
    recordDeployment(journal, SPEC, {
      choice: BASIC,
      version: '1-4f9a81c0d3e7',
      channels: ['trade'],
      containers: new Map(),
    }),
  );
  const all = recordedDeployments(state);
  expect(all.get('basic')).toMatchObject({ version: '1-4f9a81c0d3e7', choice: BASIC });
  expect(knownChoices([], all)).toEqual([BASIC]);
  expect(isRecordedDeployment(state, SPEC, 'basic', '1-4f9a81c0d3e7')).toBe(true);
});

it('the configuration says what is deployed, also of a chaincode that was deployed from elsewhere', async () => {
  const state = await recorded((journal) =>
    recordDeployment(journal, SPEC, {
      choice: BASIC,
      version: '1-4f9a81c0d3e7',
      channels: ['trade'],
      containers: new Map(),
    }),
  );
  const configured: ChaincodeChoice = { name: 'basic', path: '/other', language: 'go' };
  expect(knownChoices([configured], recordedDeployments(state))).toEqual([configured]);
});

it('deployments of a network that was replaced are unknown, and those of earlier versions have no folder', async () => {
  const state = await recorded(async (journal) => {
    const [version, peers] = ['1-4f9a81c0d3e7', ''];
    await journal.setFact(STATE_KEYS.deployed, {
      old: { version, peers, instance: 'abc123' },
      gone: { version, peers, instance: 'fff000', choice: BASIC },
    });
  });
  const all = recordedDeployments(state);
  expect([...all.keys()]).toEqual(['old']);
  expect(knownChoices([], all)).toEqual([]);
});

it('a peer with another container is asked again', async () => {
  const deployment = {
    choice: BASIC,
    version: '1-4f9a81c0d3e7',
    channels: ['trade'],
    containers: new Map([['peer0', { id: 'a' }]]),
  };
  const state = await recorded((journal) => recordDeployment(journal, PEER, deployment));
  expect(hasSamePeers(state, PEER, 'basic', new Map([['peer0', { id: 'a' }]]))).toBe(true);
  expect(hasSamePeers(state, PEER, 'basic', new Map([['peer0', { id: 'b' }]]))).toBe(false);
  expect(isRecordedDeployment(state, PEER, 'basic', '1-4f9a81c0d3e7')).toBe(true);
});
