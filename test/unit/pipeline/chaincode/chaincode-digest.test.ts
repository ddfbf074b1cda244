import { chmod, realpath, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  chaincodeDigest,
  filesDigest,
  type KnownHashes,
} from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { readChaincodeFolder } from '../../../../src/pipeline/fabric/chaincode-folder.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function chaincode() {
  const dir = await tempDir();
  await writeFiles(dir, { 'main.go': 'package main', 'store/store.go': 'package store' });
  const known: KnownHashes = new Map();
  const choice = { name: 'basic', path: dir, language: 'go' } as const;
  return { dir, known, choice, digest: () => chaincodeDigest(choice, known) };
}

it('a digest that is computed again is the one that is computed anew, after every kind of change', async () => {
  const { dir, choice, digest } = await chaincode();
  const seen = new Set([await digest()]);
  const changes: readonly (() => Promise<void>)[] = [
    () => writeFile(join(dir, 'main.go'), 'package mine'),
    () => writeFile(join(dir, 'new.go'), 'package main'),
    () => chmod(join(dir, 'main.go'), 0o755),
    () => rm(join(dir, 'store/store.go')),
  ];
  for (const change of changes) {
    await change();
    expect(await digest()).toBe(await chaincodeDigest(choice));
    seen.add(await digest());
  }
  expect(seen.size).toBe(changes.length + 1);
});

it('a file that was not written since is not read again', async () => {
  const { dir, known, digest } = await chaincode();
  const before = await digest();
  for (const [file, { stamp }] of known) known.set(file, { stamp, hash: 'as remembered' });
  expect(await digest()).not.toBe(before);
  await utimes(join(dir, 'main.go'), new Date(1), new Date(1));
  await utimes(join(dir, 'store/store.go'), new Date(1), new Date(1));
  expect(await digest()).toBe(before);
});

it.each([
  ['missing', undefined, 'issue.no-file'],
  ['no JSON', '{"bad":', 'issue.no-collections'],
  ['no list', '{}', 'issue.no-collections'],
] as const)('a file with collections that is %s is refused', async (_, text, key) => {
  const { dir, choice } = await chaincode();
  const collections = join(dir, 'collections.json');
  if (text !== undefined) await writeFile(collections, text);
  await expect(chaincodeDigest({ ...choice, collections })).rejects.toMatchObject({
    failure: { kind: 'usage', message: { key, path: collections } },
  });
});

it('neither version control nor the private keys of the network are part of a chaincode', async () => {
  const { dir, digest } = await chaincode();
  const before = await digest();
  await writeFiles(dir, { '.fabric-wizard/network/key_sk': 'secret', '.git/HEAD': 'ref' });
  expect(await digest()).toBe(before);
  const { files } = await readChaincodeFolder(dir);
  expect(files.map(({ path }) => path)).toEqual(['main.go', 'store/store.go']);
});

it('the digest of a service is that of its definition and indexes: its files are those of its process', async () => {
  const { dir, choice: built } = await chaincode();
  const choice = { ...built, service: true } as const;
  const [before, files] = [await chaincodeDigest(choice), await filesDigest(choice)];
  await writeFile(join(dir, 'main.go'), 'package mine');
  expect(await chaincodeDigest(choice)).toBe(before);
  expect(await filesDigest(choice)).not.toBe(files);
  expect(await chaincodeDigest({ ...choice, init: ['init'] })).not.toBe(before);
  await writeFiles(dir, { 'META-INF/statedb/couchdb/indexes/owner.json': '{}' });
  expect(await chaincodeDigest(choice)).not.toBe(before);
});

it('the digest of a process of the user is that of its address', async () => {
  const digestAt = (service: string) => chaincodeDigest({ name: 'basic', service });
  expect(await digestAt('a:1')).toBe(await digestAt('a:1'));
  expect(await digestAt('a:1')).not.toBe(await digestAt('a:2'));
});

it('a file that is too large to be read is named with its size', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'main.go': 'package main\n', 'dump.bin': '' });
  // A hole: it uses no space on the disk.
  await truncate(join(dir, 'dump.bin'), 2 ** 31);
  await expect(chaincodeDigest({ name: 'basic', path: dir, language: 'go' })).rejects.toMatchObject({
    failure: {
      kind: 'usage',
      message: { key: 'usage.file-too-large', path: join(await realpath(dir), 'dump.bin'), gigabytes: '2.1' },
    },
  });
});
