import { describe, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import type { ExecResult } from '../../../../src/pipeline/engine/engine-types.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { requireOrdererLedger } from '../../../../src/pipeline/stages/orderer-ledger.ts';
import { stageCli } from '../../../../src/pipeline/stages/stage-cli.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { type AtEnd, tempDir } from '../../../support/temp-dir.ts';

const FORBIDDEN = "Error: can't read the block: &{FORBIDDEN}";
const NOT_FOUND = "Error: can't read the block: &{NOT_FOUND}";

type Answer = number | string;

function said(exitCode: number, text: string): ExecResult {
  return { exitCode, stdout: '', stderr: text };
}

/**
 * Asks a network whose peers have `peers` blocks. Each orderer answers with the number of its blocks or with an error;
 * of several answers of one orderer, the last is repeated.
 */
async function requireLedger(
  atEnd: AtEnd,
  peers: number | undefined,
  ...orderers: readonly (readonly Answer[])[]
) {
  const journal = await openJournal(await tempDir(atEnd), { command: 'test' });
  atEnd(() => journal.close());
  const engine = new FakeEngine([nodeContainer(TEST_PROJECT, 'cli')]);
  const left = orderers.map((answers) => [...answers]);
  engine.exec = async (_, command) => {
    if (command[2] === 'getinfo')
      return peers === undefined
        ? said(1, 'Error: unknown command "getinfo"')
        : said(0, `Blockchain info: {"height":${peers}}`);
    const address = command[command.indexOf('-o') + 1] ?? '';
    const answers = left[Number(/^orderer(\d*)/.exec(address)?.[1] || 1) - 1] ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? '';
    return typeof answer === 'number' ? said(0, `INFO 002 Received block: ${answer - 1}`) : said(1, answer);
  };
  const flags = orderers.length > 1 ? { orderers: orderers.length, consensus: 'etcdraft' } : {};
  const choices = { dir: '/nowhere', docker: engine as unknown as DockerPort, flags };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  await requireOrdererLedger(context, await stageCli(context), 'mychannel');
}

// Whether the orderers catch up is known after seconds only.
describe.concurrent('the ledger of the orderers', () => {
  it.for([
    ['has as many blocks as the peers', 7, [[7]]],
    ['has more than the peers, which get them later', 7, [[9]]],
    ['gets the last blocks after a start', 7, [[5, 7]]],
    ['was lost by one orderer, and the others have it', 7, [[NOT_FOUND], [7], [7]]],
    ['is not known', 7, [[FORBIDDEN]]],
    ['is not known of one orderer', 7, [[2], [FORBIDDEN], [2]]],
    ['does not matter to peers without the channel', 0, [[NOT_FOUND]]],
    ['cannot be compared with that of peers of 1.0', undefined, [[NOT_FOUND]]],
  ] as const)('%s', async ([_, peers, orderers], { expect, onTestFinished }) => {
    await expect(requireLedger(onTestFinished, peers, ...orderers)).resolves.toBeUndefined();
  });

  it.for([
    ['is gone', [[NOT_FOUND]], 0],
    ['is a new one', [[1]], 1],
    ['is gone on all of three orderers, or new', [[NOT_FOUND], [2], [1]], 2],
  ] as const)('%s: this is the failure', async ([_, orderers, blocks], { expect, onTestFinished }) => {
    await expect(requireLedger(onTestFinished, 7, ...orderers)).rejects.toMatchObject({
      failure: {
        kind: 'orderer-behind',
        channel: 'mychannel',
        blocks,
        peer: 'peer0.org1.example.com',
        peerBlocks: 7,
      },
    });
  });
});
