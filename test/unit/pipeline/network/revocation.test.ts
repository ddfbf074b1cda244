/** Which refusal of a peer proves that an identity is revoked. */
import { expect, it } from 'vitest';
import { firstPeer } from '../../../../src/pipeline/network/network-spec.ts';
import { provedRefusal } from '../../../../src/pipeline/network/revocation.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/**
 * Asks a peer that answers questions on the channel with these lines, one after another. After the last one the command is
 * cancelled.
 */
async function proved(...lines: readonly string[]) {
  const spec = await writeNetwork(await tempDir(), '2.5.12', { orgs: '1', peers: '1' });
  const msp = await tempDir();
  await writeFiles(msp, { 'signcerts/cert.pem': 'certificate' });
  const answers = [...lines];
  const removed: string[] = [];
  const cancel = new AbortController();
  const docker = {
    upload: async () => undefined,
    exec: async (_: string, command: readonly string[]) => {
      if (command[0] === 'rm') removed.push(command.at(-1) ?? '');
      // Outside of the channel, its list counts for policies only.
      const isOnChannel = command.join(' ').includes(' -C mychannel ');
      const answer = answers.shift() ?? '';
      const stderr = isOnChannel ? answer : BY_POLICY;
      if (answers.length === 0) cancel.abort();
      return { exitCode: stderr.startsWith('Error') ? 1 : 0, stdout: '', stderr };
    },
  };
  const updating = { docker, spec, cliId: 'cli', signal: cancel.signal };
  const asked = { name: 'alice', msp, peer: firstPeer(spec), channel: 'mychannel' };
  const { answer } = await provedRefusal(updating as unknown as Parameters<typeof provedRefusal>[0], asked);
  return { answer, removed };
}

const DENIED = 'Error: received bad response, status 500: access denied';
const BY_POLICY = `${DENIED} for [GetChainInfo][mychannel]: [policy evaluation failed]`;
const REVOKED = `${DENIED}: channel [mychannel] creator org [Org1MSP]`;

it('that of its certificate, once the update has reached the peer', async () => {
  expect(await proved('Blockchain info: {"height":7}', REVOKED)).toEqual({
    answer: REVOKED,
    removed: ['/tmp/refused-alice'],
  });
});

it.each([
  ['by a policy', BY_POLICY],
  ['on another channel', `${DENIED}: channel [other] creator org [Org1MSP]`],
  ['of an organisation that is not known', `${DENIED}: channel [mychannel] creator org unknown`],
  ['of an expired certificate', 'Error: rpc error: code = Unknown desc = client identity expired'],
])('not one %s', async (_, answer) => {
  await expect(proved(answer, answer)).rejects.toThrow('cancelled');
});
