/** What the app learns of a network from the records in its folder; no engine is needed for that. */
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { NetworkController } from '../../../src/commands/network-controller.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import type { RunEvent } from '../../../src/pipeline/core/events.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { openJournal } from '../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../src/pipeline/network/saved-network.ts';
import { initialAppState } from '../../../src/screens/app-state.ts';
import { createStore } from '../../../src/ui/store.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { planOf } from '../../support/plans.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { whenState } from '../../support/store-state.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A smoke test of the practice source, as a process records it. */
async function prove(dir: string, chaincode: string): Promise<void> {
  const journal = await openJournal(dir, { command: 'fabric-wizard smoke' });
  const record = await journal.startRun(chaincode, 'practice');
  const events: RunEvent[] = [
    { type: 'run-started', at: 1, runId: 'r', command: 'up', project: 'p', practice: true, plan: planOf() },
    { type: 'smoke-result', at: 2, chaincode, version: '1.0', channel: 'c', ok: true, peers: [] },
    { type: 'stage-finished', at: 3, stage: 'smoke', outcome: 'built', seconds: 1 },
  ];
  for (const event of events) record.onEvent(event);
  await journal.close();
}

it('knows how to connect to the network, whether an engine answers or not', async () => {
  const dir = await tempDir();
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release 1.4.12');
  const { values } = await loadConfig({ dir, flags: {} });
  const journal = await openJournal(dir, { command: 'fabric-wizard up' });
  await journal.setFact(SAVED_NETWORK, { spec: networkSpec(values, release, 'fw-none'), version: '1.4.12' });
  await journal.close();
  const store = createStore(initialAppState({ id: 'dashboard' }), 0);
  const controller = new NetworkController(dir, store);
  onTestFinished(() => controller.close());
  await controller.observe();
  expect(store.now().connection).toMatchObject({
    channels: ['mychannel'],
    certificates: join(dir, '.fabric-wizard/network/crypto-config'),
    orderers: { nodes: [{ node: 'orderer.example.com', address: 'localhost:7050' }] },
  });
});

it.each([
  ['HERE', /^ssh -N .* 127\.0\.0\.1$/],
  ['OTHER', /^ssh -N .* me@far$/],
])('knows the tunnel to the ports of an engine on another host', async (id, command) => {
  const dir = await tempDir();
  const { docker } = await socketEngine({ tcp: true, id });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  onTestFinished(() => void vi.unstubAllEnvs());
  const engine = { id: 'HERE', rootDir: '/var/lib/docker', endpoint: 'ssh://me@far' };
  await writeNetwork(dir, '2.5.12', {}, undefined, { engine });
  const store = createStore(initialAppState({ id: 'dashboard' }), 0);
  const controller = new NetworkController(dir, store);
  onTestFinished(() => controller.close());
  await controller.observe();
  expect(store.now().connection?.tunnels).toHaveLength(1);
  await whenState(store, ({ connection }) => command.test(connection?.tunnels[0]?.command ?? ''));
});

it('reads the last proof and the practice mark, also when another process proves the network', async () => {
  const dir = await tempDir();
  await prove(dir, 'first');
  const store = createStore(initialAppState({ id: 'dashboard' }), 0);
  const controller = new NetworkController(dir, store);
  onTestFinished(() => controller.close());
  await controller.observe();
  expect(store.now()).toMatchObject({ practice: true, proof: { result: { chaincode: 'first' } } });
  await prove(dir, 'second');
  await whenState(store, ({ proof }) => proof?.result.chaincode === 'second');
});

it('tells a snapshot command that runs from one that was killed', async () => {
  const dir = await tempDir();
  const copying = { project: 'p', instance: 'c0ffee', isNew: true, paused: ['a'] };
  const other = await openJournal(dir, { command: 'fabric-wizard snapshot save one' });
  await other.setFact(STATE_KEYS.copying, copying);
  const store = createStore(initialAppState({ id: 'dashboard' }), 0);
  const controller = new NetworkController(dir, store);
  onTestFinished(() => controller.close());
  await controller.observe();
  expect(store.now().copy).toBe('running');
  // Its end releases the lock; that of a killed command counts as free.
  await other.close();
  await whenState(store, ({ copy }) => copy === 'interrupted');
});
