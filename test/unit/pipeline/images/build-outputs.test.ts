import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  cachedBinaries,
  MANIFEST,
  outputsDir,
  pruneOutputs,
  readOutputs,
  touchOutputs,
} from '../../../../src/pipeline/images/build-outputs.ts';
import { type Fingerprint, fingerprint } from '../../../../src/pipeline/images/fingerprint.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

let buildDir: string;

beforeEach(async () => {
  buildDir = await tempDir();
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Writes the outputs of a complete compile, `minutesAgo`. @returns their fingerprint */
async function outputs(
  name: string,
  binaries: Readonly<Record<string, string>>,
  minutesAgo = 0,
): Promise<Fingerprint> {
  const print = fingerprint('compile', { name });
  const dir = outputsDir(buildDir, print);
  const manifest = {
    fingerprint: print,
    binaries: Object.fromEntries(
      Object.entries(binaries).map(([program, text]) => [
        program,
        { sha256: sha256(text), size: text.length, buildId: text && `id of ${text}` },
      ]),
    ),
    goshim: ['github.com/hyperledger/fabric/core/chaincode/shim/shim.go'],
    shimFolders: '',
  };
  await writeFiles(dir, { ...binaries, [MANIFEST]: JSON.stringify(manifest) });
  const then = new Date(Date.now() - minutesAgo * 60_000);
  await utimes(dir, then, then);
  return print;
}

describe('readOutputs', () => {
  it('returns the outputs of the same fingerprint', async () => {
    const print = await outputs('a', { peer: 'PEER', orderer: 'ORDERER' });
    expect(await readOutputs(buildDir, print)).toMatchObject({
      dir: outputsDir(buildDir, print),
      fingerprint: print,
      binaries: { peer: { sha256: sha256('PEER'), size: 4 } },
    });
    expect(await readOutputs(buildDir, fingerprint('compile', { name: 'b' }))).toBeUndefined();
  });

  it.each<[string, (dir: string) => Promise<unknown>]>([
    ['no manifest', (dir) => rm(join(dir, MANIFEST))],
    ['half a manifest', (dir) => truncate(join(dir, MANIFEST), 20)],
    ['a manifest of something else', (dir) => writeFile(join(dir, MANIFEST), '{"fingerprint": 1}')],
    [
      'the manifest of another source',
      (dir) =>
        writeFile(
          join(dir, MANIFEST),
          JSON.stringify({ fingerprint: 'edited', binaries: {}, goshim: [], shimFolders: '' }),
        ),
    ],
    ['half a binary', (dir) => truncate(join(dir, 'peer'), 2)],
    ['no binary', (dir) => rm(join(dir, 'peer'))],
  ])('returns undefined for %s', async (_, spoil) => {
    const print = await outputs('a', { peer: 'PEER' });
    await spoil(outputsDir(buildDir, print));
    expect(await readOutputs(buildDir, print)).toBeUndefined();
  });
});

describe('cachedBinaries', () => {
  it('finds the binaries of every compile by build id', async () => {
    const a = await outputs('a', { peer: 'PEER', orderer: 'ORDERER' });
    const b = await outputs('b', { peer: 'PEER 2', orderer: 'ORDERER' });
    const held = await cachedBinaries(buildDir);
    expect(held.get('id of PEER')).toEqual({
      path: join(outputsDir(buildDir, a), 'peer'),
      sha256: sha256('PEER'),
    });
    expect(held.get('id of PEER 2')?.path).toBe(join(outputsDir(buildDir, b), 'peer'));
    expect(held.get('id of ORDERER')?.path).toMatch(/\/orderer$/);
    expect(held.size).toBe(3);
  });

  it('ignores binaries without a build id', async () => {
    await outputs('a', { peer: '' });
    expect(await cachedBinaries(buildDir)).toEqual(new Map());
  });

  it('ignores truncated binaries, broken manifests and partial folders', async () => {
    const short = await outputs('a', { peer: 'PEER' });
    await truncate(join(outputsDir(buildDir, short), 'peer'), 2);
    const broken = await outputs('b', { peer: 'PEER 2' });
    await truncate(join(outputsDir(buildDir, broken), MANIFEST), 20);
    await writeFiles(`${outputsDir(buildDir, short)}.partial-1`, { peer: 'PEER 3' });
    expect(await cachedBinaries(buildDir)).toEqual(new Map());
    expect(await cachedBinaries(join(buildDir, 'absent'))).toEqual(new Map());
  });
});

describe('pruneOutputs', () => {
  const dirOf = (print: Fingerprint) => outputsDir('', print);

  it('keeps the newest, and removes partial folders', async () => {
    const prints = [await outputs('a', {}, 3), await outputs('b', {}, 1), await outputs('c', {}, 2)];
    await mkdir(join(buildDir, `${dirOf(prints[1] ?? ('' as Fingerprint))}.partial-7`));
    await mkdir(join(buildDir, 'payload'));
    await pruneOutputs(buildDir, 2);
    expect((await readdir(buildDir)).sort()).toEqual(['payload', ...prints.slice(1).map(dirOf)].sort());
  });

  it('keeps outputs in use, however old', async () => {
    const old = await outputs('a', {}, 9);
    const [b, c] = [await outputs('b', {}, 1), await outputs('c', {}, 2)];
    const used = await readOutputs(buildDir, old);
    if (!used) throw new Error('no outputs');
    await touchOutputs(used);
    await pruneOutputs(buildDir, 2);
    expect((await readdir(buildDir)).sort()).toEqual([old, b].map(dirOf).sort());
    expect(await readOutputs(buildDir, c)).toBeUndefined();
  });

  it('does nothing without outputs', async () => {
    await expect(pruneOutputs(join(buildDir, 'absent'), 2)).resolves.toBeUndefined();
  });
});
