/** Images that engines share by links to their layers. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { linkImages } from '../../../scripts/machines/linked-images.mjs';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const DIGESTS = ['a', 'b'].map((text) => `sha256:${sha(text)}`);
/** What an engine calls the two layers, one on top of the other. */
const CHAIN = [sha('a'), sha(`${DIGESTS[0]} ${DIGESTS[1]}`)];
const REF = 'acme/base:1.0';
const ID = sha('config');
const STORE = 'image/overlay2';

let from: string;
let to: string;

beforeEach(async () => {
  from = await tempDir();
  to = await tempDir();
  const layers = CHAIN.flatMap((chain, index) => [
    [`${STORE}/layerdb/sha256/${chain}/cache-id`, `layer${index}`],
    [`overlay2/layer${index}/link`, `LINK${index}`],
    [`overlay2/layer${index}/diff/file${index}`, `content ${index}`],
  ]);
  const config = JSON.stringify({ rootfs: { diff_ids: DIGESTS } });
  await writeFiles(from, {
    ...Object.fromEntries(layers),
    [`${STORE}/imagedb/content/sha256/${ID}`]: config,
    'overlay2/of-another-image/diff/file': 'other',
  });
  await mkdir(join(from, 'overlay2/l'));
  for (const index of [0, 1]) await symlink(`../layer${index}/diff`, join(from, `overlay2/l/LINK${index}`));
});

/** A runner whose docker describes an engine with this driver. */
function runnerOf(driver: string) {
  return async (command: string, args: readonly string[]) => {
    if (command !== 'docker') return promisify(execFile)(command, [...args]);
    const [what] = args;
    return { stdout: what === 'info' ? `${driver} ${from}\n` : `sha256:${ID}\n`, stderr: '' };
  };
}

it('links the layers of the image, and of no other', async () => {
  expect(await linkImages({ refs: [REF], folder: to, run: runnerOf('overlay2') })).toBe(true);
  for (const index of [0, 1]) {
    const file = `overlay2/layer${index}/diff/file${index}`;
    expect((await stat(join(to, file))).ino).toBe((await stat(join(from, file))).ino);
    expect(await readFile(join(to, `overlay2/l/LINK${index}/file${index}`), 'utf8')).toBe(`content ${index}`);
  }
  expect((await readdir(join(to, 'overlay2'))).sort()).toEqual(['l', 'layer0', 'layer1']);
  expect((await readdir(join(to, STORE, 'layerdb/sha256'))).sort()).toEqual([...CHAIN].sort());
  expect(JSON.parse(await readFile(join(to, STORE, 'repositories.json'), 'utf8'))).toEqual({
    Repositories: { 'acme/base': { [REF]: `sha256:${ID}` } },
  });
});

it('links nothing of an engine with another store', async () => {
  expect(await linkImages({ refs: [REF], folder: to, run: runnerOf('overlayfs') })).toBe(false);
  expect(await readdir(to)).toEqual([]);
});
