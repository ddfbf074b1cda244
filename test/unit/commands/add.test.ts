/** What `add` refuses before it looks at the engine or changes anything. */
import { describe, expect, it } from 'vitest';
import { add } from '../../../src/commands/add.ts';
import { terminalOf } from '../../../src/commands/command-tree.ts';
import { toFailure } from '../../../src/pipeline/core/failure.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { filesIn, tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

interface Network {
  readonly version?: string;
  readonly flags?: Readonly<Record<string, string>>;
}

/** The failure of `add WORDS` in a folder with a network. The folder must stay as it is. */
async function refusal(words: string, { version = '2.5.12', flags = {} }: Network = {}, peers?: string) {
  const dir = await tempDir();
  await writeNetwork(dir, version, { orgs: '2', ...flags });
  const before = await filesIn(dir);
  const [word, name] = words.split(' ');
  const what = (['org', 'channel'] as const).find((each) => each === word) ?? 'peer';
  const failure = await add(
    await terminalOf({ dir, yes: true }, PACKAGE),
    { dir, orgs: '2', source: 'sample', ...flags },
    { what, name, peers },
  ).then(() => undefined, toFailure);
  expect(await filesIn(dir)).toEqual(before);
  return failure;
}

describe('add refuses', () => {
  it.each([
    ['peer org7', 'usage.with-suggestion', 'fabric-wizard add peer Org1'],
    ['org Acme', 'usage.next-organisation', 'fabric-wizard add org'],
    ['org', 'usage.add-practice', 'fabric-wizard add peer'],
    ['channel', 'usage.no-channel-name', 'fabric-wizard add channel orders'],
    ['channel mychannel', 'usage.channel-exists', 'fabric-wizard blocks --channel mychannel'],
    ['channel Orders', 'usage.channel-name', 'fabric-wizard add channel orders'],
    ['channel a,b', 'usage.channel-name', 'fabric-wizard add channel orders'],
    ['channel system-channel', 'usage.channel-name', 'fabric-wizard add channel orders'],
  ])('"%s"', async (words, key, next) => {
    const failure = await refusal(words);
    expect(failure).toMatchObject({ kind: 'usage', message: { key } });
    expect(failure).toHaveProperty('next.0', next);
  });

  it.each(['0', '-1', '1.5', 'many', '65'])('%s peers of an organisation', async (peers) => {
    expect(await refusal('org', {}, peers)).toMatchObject({ message: { key: 'usage.peer-count' } });
  });

  it.each([
    ['peer', 'trade organisations=Org1 peers=peer0.org1, audit organisations=Org2'],
    ['org', 'trade organisations=Org1+Org2'],
  ])('a %s that would be on no channel', async (word, channels) => {
    expect(await refusal(word, { flags: { channels } })).toMatchObject({
      message: { key: 'usage.no-open-channel' },
      next: ['fabric-wizard add channel NAME'],
    });
    const open = { version: '1.0.6', flags: { channels: `${channels}, all` } };
    expect(await refusal(word, open)).toMatchObject({ message: { key: 'usage.add-release' } });
  });

  it('a peer of a release whose tools cannot extend a network', async () => {
    expect(await refusal('peer', { version: '1.0.6' })).toMatchObject({
      message: { key: 'usage.add-release' },
      next: ['fabric-wizard add channel NAME'],
    });
  });

  it('a folder without a network', async () => {
    const dir = await tempDir();
    const words = { what: 'peer' as const, name: undefined, peers: undefined };
    const failure = await add(await terminalOf({ dir }, PACKAGE), { dir }, words).then(
      () => undefined,
      toFailure,
    );
    expect(failure).toMatchObject({ message: { key: 'usage.no-network' }, next: ['fabric-wizard up --yes'] });
  });
});
