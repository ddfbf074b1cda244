/** What chaincode commands say if the peers do not run. */
import { afterEach, expect, it, vi } from 'vitest';
import { chaincodeNetwork } from '../../../src/commands/chaincode-network.ts';
import { nodeLabels } from '../../support/fake-engine.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { tempDir } from '../../support/temp-dir.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  ['paused', 'usage.node-paused', 'fabric-wizard node unpause peer0.org1.example.com'],
  ['exited', 'usage.node-not-running', 'fabric-wizard node start peer0.org1.example.com'],
])('a peer that is %s is named with the command that helps', async (state, key, next) => {
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12', { orgs: '1', peers: '1' });
  const node = 'peer0.org1.example.com';
  const peer = { id: 'p', name: node, state, labels: nodeLabels('fw-unit', node), networks: ['fw-unit'] };
  const { docker } = await socketEngine({ containers: [peer] });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  const { signal } = new AbortController();
  await expect(chaincodeNetwork({ dir }, 'chaincode query', signal)).rejects.toMatchObject({
    failure: { kind: 'usage', message: { key, node }, next: [next, 'fabric-wizard status'] },
  });
});
