/** In which order the smoke test asks the peers of a network. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { type Journal, openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { firstOrderer } from '../../../../src/pipeline/network/network-spec.ts';
import type { PeerCli } from '../../../../src/pipeline/network/peer-cli.ts';
import { exercise } from '../../../../src/pipeline/stages/smoke-deploy.ts';
import { stageContext } from '../../../support/contexts.ts';
import { FakeEngine } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const NOT_YET = 'Error: could not find chaincode with name "smoke-1"';
const FIRST = 'peer0.org1.example.com';

let journal: Journal;

beforeEach(async () => {
  journal = await openJournal(await tempDir(), { command: 'test' });
});

afterEach(() => journal.close());

it('asks the other peers only when the first one has the block', async () => {
  const docker = Object.assign(new FakeEngine([]), { listImages: async () => [] });
  const choices = { dir: '/nowhere', docker: docker as unknown as DockerPort, flags: { orgs: 2, peers: 4 } };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  /** Peers in the order in which they were asked for the value. */
  const asked: string[] = [];
  let value = '100';
  let blocks = 0;
  const ask: PeerCli['ask'] = async ({ name }, args) => {
    if (args[1] === 'invoke') {
      value = '90';
      blocks = 0;
    }
    if (args[1] !== 'query') return { exitCode: 0, stdout: '', stderr: '' };
    asked.push(name);
    if (name === FIRST) blocks += 1;
    if (blocks < 3 && value === '100') return { exitCode: 1, stdout: '', stderr: NOT_YET };
    return { exitCode: 0, stdout: blocks < 3 ? '100' : value, stderr: '' };
  };
  const cli: PeerCli = { orderer: firstOrderer(context.spec), ask, run: ask };
  const chaincode = { name: 'smoke-1', version: '1.0', shipped: true, given: { path: 'smoke-1' } } as never;
  const step = () => undefined;
  const answers = await exercise({ context, cli, chaincode, channel: 'mychannel', hasGateway: true, step });

  expect([...answers.values()]).toEqual(Array.from({ length: 8 }, () => ({ before: '100', after: '90' })));
  const round = [FIRST, FIRST, FIRST];
  expect(asked.slice(0, 3)).toEqual(round);
  expect(asked.slice(10, 13)).toEqual(round);
  expect(asked).toHaveLength(20);
});
