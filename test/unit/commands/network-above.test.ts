/** What a command says in a subfolder of the folder that has the network. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withNetworkAbove } from '../../../src/commands/network-above.ts';
import { noNetwork, usage } from '../../../src/commands/usage-failure.ts';
import { toFailure } from '../../../src/pipeline/core/failure.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { translatorFor } from '../../../src/report/language/translator.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A folder with a network, and a folder two below it. */
async function folders() {
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12');
  const sub = join(dir, 'my', 'client');
  await mkdir(sub, { recursive: true });
  return { dir, sub };
}

async function told(dir: string, words: readonly string[], error = noNetwork(dir), project?: string) {
  const failure = await withNetworkAbove({ dir, project }, toFailure(error), words);
  const { title, next } = describeFailure(failure, translatorFor('en'));
  return { title, next };
}

it('names the network and its folder, and the command for it first', async () => {
  const { dir, sub } = await folders();
  expect(await told(sub, ['chaincode', 'list', '--json'])).toEqual({
    title: `${sub} has no network yet. ${dir} has the network fw-unit.`,
    next: [`fabric-wizard chaincode list --json --dir ${dir}`, 'fabric-wizard up --yes'],
  });
});

it('puts the folder before the words of another program, in place of the one that was given', async () => {
  const { dir, sub } = await folders();
  const words = ['shell', '--dir', sub, 'peer0', '--', 'ls', '--dir', 'a b'];
  const error = usage({ key: 'usage.nothing-runs' }, 'fabric-wizard status');
  expect((await told(sub, words, error)).next[0]).toBe(
    `fabric-wizard shell peer0 --dir ${dir} -- ls --dir 'a b'`,
  );
  expect((await told(sub, ['blocks', `--dir=${sub}`], error)).next[0]).toBe(
    `fabric-wizard blocks --dir ${dir}`,
  );
});

it('says nothing else where the folder has its own network, no folder has one, or a project is named', async () => {
  const { dir, sub } = await folders();
  const plain = { title: 'No node of this project is running.', next: ['fabric-wizard status'] };
  const error = usage({ key: 'usage.nothing-runs' }, 'fabric-wizard status');
  expect(await told(dir, ['logs'], error)).toEqual(plain);
  expect(await told(await tempDir(), ['logs'], error)).toEqual(plain);
  expect(await told(sub, ['logs'], error, 'other')).toEqual(plain);
});

it('leaves other failures as they are', async () => {
  const { sub } = await folders();
  const error = usage({ key: 'usage.two-peers' }, 'fabric-wizard resolve');
  expect((await told(sub, ['resolve'], error)).next).toEqual(['fabric-wizard resolve']);
});
