/** What the channel stage concludes from the orderers' answers. The texts are those of Fabric 1.4.12 and 2.2. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import type { ExecResult } from '../../../../src/pipeline/engine/engine-types.ts';
import { type Journal, openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { channelStage } from '../../../../src/pipeline/stages/channel.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const BLOCK: ExecResult = { exitCode: 0, stdout: '', stderr: 'Received block: 0' };

function refused(text: string): ExecResult {
  return { exitCode: 1, stdout: '', stderr: `Error: ${text}` };
}

const NO_LEADER = refused("can't read the block: &{SERVICE_UNAVAILABLE}");
const NO_CHANNEL = refused("can't read the block: &{NOT_FOUND}");
const FORBIDDEN = refused("can't read the block: &{FORBIDDEN}");
const NOT_ORDERED = refused('got unexpected status: SERVICE_UNAVAILABLE -- no Raft leader');

const NOT_JOINED = refused('received bad response, status 500: access denied for [GetChainInfo][mychannel]');

function height(blocks: number): ExecResult {
  const stdout = `Blockchain info: {"height":${blocks},"currentBlockHash":"x","previousBlockHash":"y"}`;
  return { exitCode: 0, stdout, stderr: '' };
}

let journal: Journal;
let engine: FakeEngine;

beforeEach(async () => {
  journal = await openJournal(await tempDir(), { command: 'test' });
  engine = new FakeEngine([nodeContainer(TEST_PROJECT, 'cli')]);
});

afterEach(() => journal.close());

/** Runs the stage on a network whose ledgers exist. @returns outcome, and the `peer channel` commands */
async function run(...answers: readonly ExecResult[]) {
  engine.answers.push(...answers);
  const choices = { dir: '/nowhere', docker: engine as unknown as DockerPort };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  const inputs = { of: () => ({ newLedgers: false }) } as never;
  const { outcome } = await channelStage.execute(context, inputs);
  return { outcome, commands: engine.commands.map((command) => command[2]) };
}

describe('a channel that exists', () => {
  it('is not created again while the orderers have no leader', async () => {
    expect(await run(NO_LEADER, NO_LEADER, BLOCK)).toEqual({
      outcome: 'cached',
      commands: ['fetch', 'fetch', 'fetch'],
    });
  });

  it('is not created again for any other refusal, which is the failure', async () => {
    await expect(run(FORBIDDEN)).rejects.toMatchObject({
      failure: { kind: 'command', tail: [expect.stringContaining('FORBIDDEN')] },
    });
    expect(engine.commands.map((command) => command[2])).toEqual(['fetch']);
  });
});

describe('a channel that does not exist', () => {
  it('is created once the orderers have a leader', async () => {
    const peers = [NOT_JOINED, NOT_JOINED, NOT_JOINED, NOT_JOINED];
    expect(await run(NO_LEADER, NO_CHANNEL, ...peers, NOT_ORDERED, BLOCK, BLOCK)).toEqual({
      outcome: 'built',
      commands: ['fetch', 'fetch', ...peers.map(() => 'getinfo'), 'create', 'create', 'fetch'],
    });
  });

  it('is not created again if only its block could not be fetched', async () => {
    const peers = [NOT_JOINED, NOT_JOINED, NOT_JOINED, NOT_JOINED];
    const nodes = ['cli', 'orderer.example.com', 'peer0.org1.example.com'];
    engine = new FakeEngine(nodes.map((name) => nodeContainer(TEST_PROJECT, name)));
    const busy = refused('failed to create new connection: context deadline exceeded');
    expect(await run(NO_CHANNEL, ...peers, busy, BLOCK, BLOCK)).toEqual({
      outcome: 'built',
      commands: ['fetch', ...peers.map(() => 'getinfo'), 'create', 'fetch', 'fetch'],
    });
  });

  it('has no anchor peers yet, whatever is recorded about an earlier channel of this name', async () => {
    await journal.setFact(STATE_KEYS.anchors, { fingerprint: 'earlier' });
    await run(BLOCK);
    expect(journal.getFact(STATE_KEYS.anchors)).toEqual({ fingerprint: 'earlier' });
    await run(NO_CHANNEL, NOT_JOINED, NOT_JOINED, NOT_JOINED, NOT_JOINED, BLOCK, BLOCK);
    expect(journal.getFact(STATE_KEYS.anchors)).toBeUndefined();
  });

  it('is not created where a peer has it: the orderers have lost their ledger', async () => {
    engine.exec = async (_, command) => {
      engine.commands.push(command);
      return command[2] === 'getinfo' ? height(7) : NO_CHANNEL;
    };
    await expect(run()).rejects.toMatchObject({
      failure: { kind: 'orderer-behind', channel: 'mychannel', blocks: 0, peerBlocks: 7 },
    });
    expect(engine.commands.map((command) => command[2])).not.toContain('create');
  });
});
