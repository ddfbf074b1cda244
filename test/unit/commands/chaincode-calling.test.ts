/** A call of a chaincode that is never answered. */
import { expect, it } from 'vitest';
import { answeredInTime } from '../../../src/commands/chaincode-calling.ts';
import { askedFor, channelOf, requireOnChannel } from '../../../src/commands/chaincode-network.ts';
import { CancelledError, toFailure } from '../../../src/pipeline/core/failure.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { recordedState } from '../../../src/pipeline/journal/wizard-state.ts';
import { allPeers } from '../../../src/pipeline/network/network-spec.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { translatorFor } from '../../../src/report/language/translator.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Ends only when its signal fires, as `docker exec` does. */
const unanswered = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));

const QUERY = { name: 'basic', kind: 'query' } as const;

it('ends with an error that says so', async () => {
  const error: unknown = await answeredInTime(QUERY, new AbortController().signal, unanswered, 20).catch(
    (thrown: unknown) => thrown,
  );
  const { title, next } = describeFailure(toFailure(error), translatorFor('en'));
  expect(title).toContain('basic has not answered within');
  expect(title).not.toContain('transaction');
  expect(next[0]).toBe('fabric-wizard chaincode logs basic');
});

it('of an invocation warns that its transaction may still be committed', async () => {
  const invoke = { name: 'basic', kind: 'invoke' } as const;
  const error: unknown = await answeredInTime(invoke, new AbortController().signal, unanswered, 20).catch(
    (thrown: unknown) => thrown,
  );
  expect(describeFailure(toFailure(error), translatorFor('en')).title).toContain('may still be committed');
});

it('is cancelled by the user before, and answers as it does otherwise', async () => {
  const cancel = new AbortController();
  const ended = answeredInTime(QUERY, cancel.signal, unanswered, 60_000);
  cancel.abort();
  await expect(ended).rejects.toBeInstanceOf(CancelledError);
  expect(await answeredInTime(QUERY, new AbortController().signal, async () => 'yes', 20)).toBe('yes');
});

it('asks peers of the channel only', async () => {
  const spec = await writeNetwork(await tempDir(), '2.5.12', {
    organisations: 'Acme peers=2, Globex peers=1',
    channels: 'all, few organisations=Globex, own organisations=Acme peers=peer1.acme.example.com',
  });
  const peers = allPeers(spec);
  const asked = (channel: string, running = peers) =>
    askedFor({ spec, peers: running }, channel).peers.map(({ name }) => name.split('.example')[0]);
  expect(asked('all')).toEqual(['peer0.acme', 'peer1.acme', 'peer0.globex']);
  expect(asked('few')).toEqual(['peer0.globex']);
  expect(asked('few', peers.slice(0, 2))).toEqual(['peer0.globex']);
  expect(asked('own')).toEqual(['peer1.acme']);
});

it('goes to the first channel that has the chaincode, and to peers of that channel', async () => {
  const spec = await writeNetwork(await tempDir(), '2.5.12', {
    organisations: 'Acme peers=2, Globex peers=1',
    channels: 'all, own organisations=Acme peers=peer1.acme.example.com',
  });
  const deployment = { version: '1-0', channels: ['own'], peers: '', containers: '', instance: '' };
  const facts = { [STATE_KEYS.deployed.key]: { basic: deployment } };
  const network = { spec, state: recordedState({ version: 1, stageSeconds: {}, facts }) };
  expect(channelOf(network, 'basic')).toBe('own');
  expect(channelOf(network, 'other')).toBeUndefined();
  const [first, second] = allPeers(spec);
  const check =
    (peer = first) =>
    () =>
      requireOnChannel(network, peer ? [peer] : [], 'own', (name) => `query --peer ${name}`);
  expect(check(second)).not.toThrow();
  expect(check()).toThrow(
    expect.objectContaining({
      failure: {
        kind: 'usage',
        message: {
          ...{ key: 'usage.peer-not-on-channel', peer: 'peer0.acme.example.com', channel: 'own' },
          peers: 'peer1.acme.example.com',
        },
        next: ['query --peer peer1.acme.example.com'],
      },
    }),
  );
});
