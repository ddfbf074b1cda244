/** How organisations that were added get into channels that exist. */
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { onChannel } from '../../../../src/pipeline/network/channel-members.ts';
import { membersOf, withAddition } from '../../../../src/pipeline/network/members.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { membersStage } from '../../../../src/pipeline/stages/members.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** A block with the configuration of a channel whose members have anchor peers, as configtxlator decodes it. */
function block(mspIds: readonly string[]): string {
  const org = { groups: null, values: { AnchorPeers: {} } };
  const Application = { groups: Object.fromEntries(mspIds.map((id) => [id, org])), values: null };
  const config = { sequence: '1', channel_group: { groups: { Application }, values: null } };
  return JSON.stringify({ data: { data: [{ payload: { data: { config } } }] } });
}

it('an organisation gets into the channels of all, although the first channel has members of its own', async () => {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const engine = new FakeEngine([nodeContainer(TEST_PROJECT, 'cli')]);
  const flags = { channels: 'audit organisations=Org1, trade' };
  const { values } = await loadConfig({ dir, flags });
  const members = withAddition(membersOf(values, undefined), { kind: 'org', peers: 1 });
  const spec = networkSpec(values, release, TEST_PROJECT, undefined, members);
  const updated: string[] = [];
  const present = (channel: string) => {
    const ids = onChannel(spec, channel).orgs.map(({ mspId }) => mspId);
    return block(updated.includes(channel) ? ids : ids.filter((id) => id !== 'Org3MSP'));
  };
  engine.exec = async (_, command) => {
    const [, channel = ''] = /(?:update-|artifacts\/)(\w+)/.exec(command.join(' ')) ?? [];
    const isMade = command.at(-1)?.endsWith(`${channel}.block`) ?? false;
    if (command[2] === 'update') updated.push(command[command.indexOf('-c') + 1] ?? '');
    const made = () => block(onChannel(spec, channel).orgs.map(({ mspId }) => mspId));
    const stdout = command[0] !== 'configtxlator' ? '' : isMade ? made() : present(channel);
    return { exitCode: 0, stdout, stderr: '' };
  };
  const docker = Object.assign(engine, { upload: async () => undefined }) as unknown as DockerPort;
  const { context } = await stageContext({ dir, docker, flags }, journal, new AbortController().signal);
  const { outcome } = await membersStage.execute({ ...context, spec }, { of: () => undefined } as never);
  expect(outcome).toBe('built');
  expect(updated).toEqual(['trade']);
});
