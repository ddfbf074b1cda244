import { expect, it } from 'vitest';
import { initialise } from '../../../../src/pipeline/chaincode/lifecycle-calls.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { firstPeer } from '../../../../src/pipeline/network/network-spec.ts';
import { channelsIn } from '../../../../src/pipeline/network/peer-cli.ts';
import { stageCli } from '../../../../src/pipeline/stages/stage-cli.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ESC = '\u001b';

it.each([
  [
    'a line each (1.4)',
    ['Channels peers has joined: ', 'mychannel', 'other.one'],
    ['mychannel', 'other.one'],
  ],
  ['none', ['Channels peers has joined: '], []],
  [
    'log lines (1.0)',
    [
      '2026-11-22 02:51:53.395 UTC [msp] GetLocalMSP -> DEBU 001 Returning existing local MSP',
      `${ESC}[0m2026-11-22 02:51:53.395 UTC [channelCmd] InitCmdFactory -> INFO 001${ESC}[0m Endorser and orderer connections initialized`,
      `2026-11-22 02:51:53.401 UTC [channelCmd] list -> INFO 002${ESC}[0m Channels peers has joined to: `,
      `2026-11-22 02:51:53.401 UTC [channelCmd] list -> INFO 003${ESC}[0m mychannel `,
      '2026-11-22 02:51:53.402 UTC [main] main -> INFO 004 Exiting.....',
    ],
    ['mychannel'],
  ],
])('finds the joined channels in %s', (_, lines, channels) => {
  expect(channelsIn(lines)).toEqual(channels);
});

it('sends transactions to the first orderer that runs', async () => {
  const engine = new FakeEngine([
    nodeContainer(TEST_PROJECT, 'cli'),
    nodeContainer(TEST_PROJECT, 'orderer.example.com', { state: 'exited' }),
    nodeContainer(TEST_PROJECT, 'orderer2.example.com'),
    nodeContainer(TEST_PROJECT, 'orderer3.example.com'),
  ]);
  const commands: string[] = [];
  engine.exec = async (_, command) => {
    commands.push(command.join(' '));
    return { exitCode: 0, stdout: '', stderr: '' };
  };
  const journal = await openJournal(await tempDir(), { command: 'test' });
  const flags = { orderers: 3, consensus: 'etcdraft' };
  const choices = { dir: '/nowhere', docker: engine as unknown as DockerPort, flags };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  const cli = await stageCli(context);
  await initialise(
    {
      ...{ context, cli, channel: 'mychannel', given: { id: 'cc:1', package: '/cc.tgz' } },
      definition: { name: 'cc', version: '1.0', sequence: 1, init: ['init'] },
      step: () => undefined,
    },
    firstPeer(context.spec),
  );
  await journal.close();
  expect(commands.join()).toMatch(/^peer chaincode invoke .* -o orderer2\.example\.com:/);
});
