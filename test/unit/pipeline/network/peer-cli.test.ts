import { describe, expect, it } from 'vitest';
import { initialise } from '../../../../src/pipeline/chaincode/lifecycle-calls.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { RefusedRequest } from '../../../../src/pipeline/engine/engine-connection.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { firstPeer } from '../../../../src/pipeline/network/network-spec.ts';
import { channelsIn, outputTail, peerCli } from '../../../../src/pipeline/network/peer-cli.ts';
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

describe('the tail of a failed command', () => {
  const tailOf = (lines: readonly string[]) =>
    outputTail({ exitCode: 1, stdout: '', stderr: lines.join('\n') });

  it('has the error of the compiler, whatever number of packages go names after it (2.0)', () => {
    const error =
      'src/words/words.go:5:31: cannot use 5 (untyped int constant) as string value in return statement';
    const packages = Array.from(
      { length: 60 },
      (_, index) => `example.org/basic/vendor/golang.org/x/p${index}`,
    );
    const lines = [
      "Error: chaincode install failed with status: 500 - failed to invoke backing implementation of 'InstallChaincode': could not build chaincode: docker build failed: docker image build failed: docker build failed: Error returned from build: 1 \"google.golang.org/grpc/codes",
      '# example.org/basic/words',
      error,
      ...packages,
      '"',
    ];
    expect(tailOf(lines)).toEqual([lines[0], '# example.org/basic/words', error, '"']);
  });

  it('ends before the help that follows an error (1.0)', () => {
    const help = [
      'Usage:',
      '  peer chaincode upgrade [flags]',
      'Flags:',
      '  -o, --orderer string   Ordering service endpoint',
    ];
    expect(tailOf(['Error: Error endorsing chaincode: broken', ...help])).toEqual([
      'Error: Error endorsing chaincode: broken',
    ]);
    expect(tailOf(help)).toEqual(help);
  });
});

describe('a node that accepts no connection', () => {
  const BUSY =
    'Error: error getting endorser client for channel: endorser client failed to connect to peer0.org1.example.com:7051: failed to create new connection: context deadline exceeded';

  /** Asks a peer that answers only the third time. @returns exit code and number of commands */
  async function asked(state: string, text: string) {
    const nodes = ['cli', 'orderer.example.com'].map((name) => nodeContainer(TEST_PROJECT, name));
    const peer = nodeContainer(TEST_PROJECT, 'peer0.org1.example.com', { state });
    const engine = new FakeEngine([...nodes, peer]);
    const busy = { exitCode: 1, stdout: '', stderr: text };
    engine.answers.push(busy, busy, { exitCode: 0, stdout: '', stderr: '' });
    const journal = await openJournal(await tempDir(), { command: 'test' });
    const choices = { dir: '/nowhere', docker: engine as unknown as DockerPort };
    const { context } = await stageContext(choices, journal, new AbortController().signal);
    const cli = await peerCli(context, context.signal);
    const { exitCode } = await cli.ask(firstPeer(context.spec), ['channel', 'list']);
    await journal.close();
    return { exitCode, commands: engine.commands.length };
  }

  it('is asked again while it runs', async () => {
    expect(await asked('running', BUSY)).toEqual({ exitCode: 0, commands: 3 });
  });

  it('is asked again by the client of 1.0', async () => {
    const text =
      'Error: Error getting endorser client list: Error trying to connect to local peer\nCaused by: grpc: timed out when dialing';
    expect(await asked('running', text)).toEqual({ exitCode: 0, commands: 3 });
  });

  it('is asked again while the kernel has no room for its address', async () => {
    const text =
      'Error: failed to retrieve endorser client for install: endorser client failed to connect to peer5.org2.example.com:20131: failed to create new connection: connection error: desc = "transport: error while dialing: dial tcp 192.168.16.16:20131: connect: no route to host"';
    expect(await asked('running', text)).toEqual({ exitCode: 0, commands: 3 });
  });

  it('is not asked again when it does not run', async () => {
    expect(await asked('exited', BUSY)).toEqual({ exitCode: 1, commands: 1 });
  });

  it('is not asked again after another error', async () => {
    expect(await asked('running', 'Error: access denied')).toEqual({ exitCode: 1, commands: 1 });
  });
});

describe('a CLI container that does not run when a command begins', () => {
  /** The engine refuses the first command. @param state of the CLI container afterwards */
  async function asked(state: string) {
    const engine = new FakeEngine([nodeContainer(TEST_PROJECT, 'cli')]);
    const journal = await openJournal(await tempDir(), { command: 'test' });
    const choices = { dir: '/nowhere', docker: engine as unknown as DockerPort };
    const { context } = await stageContext(choices, journal, new AbortController().signal);
    const cli = await peerCli(context, context.signal);
    let calls = 0;
    engine.exec = async () => {
      calls += 1;
      if (calls > 1) return { exitCode: 0, stdout: '', stderr: '' };
      engine.listContainers = async () => [
        { ...nodeContainer(TEST_PROJECT, 'cli', { state }), status: 'Exited (137)' } as never,
      ];
      throw new RefusedRequest('POST /containers/x/exec', 409, 'Container x is not running');
    };
    const answer = await cli
      .ask(firstPeer(context.spec), ['channel', 'list'])
      .catch((error) => error.failure);
    await journal.close();
    return answer;
  }

  it('is the failure, with its state', async () => {
    expect(await asked('exited')).toMatchObject({ kind: 'check', got: 'Exited (137)' });
  });

  it('is asked again if it runs again', async () => {
    expect(await asked('running')).toMatchObject({ exitCode: 0 });
  });
});
