import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { readSourceTree, type SourceTree } from '../../../../src/pipeline/fabric/source-tree.ts';
import { treeChange } from '../../../../src/pipeline/fabric/tree-watch.ts';
import { isBuilt } from '../../../../src/pipeline/images/fingerprint.ts';
import { commitAll } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const PEER = 'core/peer/peer.go';
const ORDERER = 'orderer/main.go';
const CORE_YAML = 'sampleconfig/core.yaml';
const FILES = {
  Makefile: 'BASE_VERSION = 1.4.12\n',
  '.gitignore': 'ignored/\n',
  'docs/README.md': 'read\n',
  [PEER]: 'package peer\n',
  [ORDERER]: 'package main\n',
  [CORE_YAML]: 'peer:\n',
};

class Watched {
  /** The paths that it tells of at last. */
  readonly paths: Promise<readonly string[]>;
  readonly cancel: () => void;
  #waits = 0;
  #onWait: () => void = () => undefined;

  constructor(tree: SourceTree) {
    const controller = new AbortController();
    this.cancel = () => controller.abort();
    const change = treeChange(tree, {
      keep: isBuilt,
      signal: controller.signal,
      onWait: () => {
        this.#waits += 1;
        this.#onWait();
      },
    });
    this.paths = change.then(({ paths }) => paths);
    onTestFinished(async () => {
      controller.abort();
      await change.catch(() => undefined);
    });
  }

  /** Resolves when it has looked, found nothing new, and waits: for the n-th time since it began. */
  async waits(n: number): Promise<void> {
    while (this.#waits < n) {
      const next = new Promise<void>((resolve) => {
        this.#onWait = resolve;
      });
      // One that tells of a change will not wait again.
      await Promise.race([next, this.paths.then((paths) => expect.unreachable(`told ${paths}`))]);
    }
  }
}

describe.each(['a git checkout', 'a plain folder'])('treeChange in %s', (kind) => {
  let dir: string;

  beforeEach(async () => {
    dir = await tempDir();
    await writeFiles(dir, FILES);
    if (kind === 'a git checkout') await commitAll(dir);
  });

  const edit = (path: string, text = `${path} edited\n`) => writeFiles(dir, { [path]: text });

  async function watching(): Promise<Watched> {
    const watched = new Watched(await readSourceTree(dir));
    await watched.waits(1);
    return watched;
  }

  it('tells an edit, with the tree as it is now', async () => {
    const known = await readSourceTree(dir);
    const change = treeChange(known, { keep: isBuilt, signal: new AbortController().signal });
    await edit(PEER);
    expect((await change).paths).toEqual([PEER]);
    expect((await change).tree).toEqual(await readSourceTree(dir));
  });

  it('tells what was changed after the tree was read and before it is watched', async () => {
    const known = await readSourceTree(dir);
    await edit(PEER);
    await rm(join(dir, ORDERER));
    expect(await new Watched(known).paths).toEqual([PEER, ORDERER]);
  });

  it('tells a file that takes the place of another, as vim and JetBrains save', async () => {
    const { paths } = await watching();
    await edit('core/peer/.peer.go.swp');
    await edit('core/peer/4913');
    await rm(join(dir, 'core/peer/4913'));
    await rename(join(dir, PEER), join(dir, `${PEER}~`));
    await edit(`${PEER}___jb_tmp___`);
    await rename(join(dir, `${PEER}___jb_tmp___`), join(dir, PEER));
    await rm(join(dir, `${PEER}~`));
    await rm(join(dir, 'core/peer/.peer.go.swp'));
    expect(await paths).toEqual([PEER]);
  });

  it('tells a deleted file', async () => {
    const { paths } = await watching();
    await rm(join(dir, PEER));
    expect(await paths).toEqual([PEER]);
  });

  it('tells a new file in folders that are new too', async () => {
    const { paths } = await watching();
    await edit('core/ledger/kv/kv.go');
    expect(await paths).toEqual(['core/ledger/kv/kv.go']);
  });

  it('tells a new file in folders that were made a while before', async () => {
    const watched = await watching();
    await mkdir(join(dir, 'core/ledger/kv'), { recursive: true });
    await watched.waits(2);
    await edit('core/ledger/kv/kv.go');
    expect(await watched.paths).toEqual(['core/ledger/kv/kv.go']);
  });

  it('tells a new file in a folder that held nothing that is built', async () => {
    await edit('tools/notes.md');
    const { paths } = await watching();
    await edit('tools/tool.go');
    expect(await paths).toEqual(['tools/tool.go']);
  });

  it('reports an edit in a folder that was replaced by one with the same content', async () => {
    const [twin, away] = [await tempDir(), await tempDir()];
    await writeFiles(twin, { 'peer/peer.go': FILES[PEER] });
    const watched = await watching();
    await rename(join(dir, 'core'), join(away, 'core'));
    await rename(twin, join(dir, 'core'));
    await watched.waits(2);
    await edit(PEER);
    expect(await watched.paths).toEqual([PEER]);
  });

  it('tells a source that is gone, and one that is there again', async () => {
    const known = await readSourceTree(dir);
    await rename(dir, `${dir}-away`);
    onTestFinished(() => rm(`${dir}-away`, { recursive: true, force: true }));
    const gone = await treeChange(known, { keep: isBuilt, signal: new AbortController().signal });
    expect(gone.paths).toEqual([PEER, ORDERER, CORE_YAML]);
    const back = new Watched(gone.tree);
    await back.waits(1);
    await rename(`${dir}-away`, dir);
    expect(await back.paths).toEqual([PEER, ORDERER, CORE_YAML]);
  });

  it('tells many quick writes once', async () => {
    const { paths } = await watching();
    const many = Array.from({ length: 40 }, (_, index) => `core/peer/generated${index + 10}.go`);
    for (const path of many) await edit(path);
    expect(await paths).toEqual(many);
  });

  it('tells quick writes once that begin while it looks for the first time', async () => {
    const watched = new Watched(await readSourceTree(dir));
    const many = Array.from({ length: 40 }, (_, index) => `core/peer/generated${index + 10}.go`);
    for (const path of many) await edit(path);
    expect(await watched.paths).toEqual(many);
  });

  it('tells an edit in spite of a log in the tree that never rests', async () => {
    const { paths } = await watching();
    const noise = setInterval(() => void writeFile(join(dir, 'docs/noise.log'), `${performance.now()}`), 20);
    onTestFinished(() => clearInterval(noise));
    await edit(PEER);
    expect(await paths).toEqual([PEER]);
  });

  it.each<[string, (dir: string) => Promise<unknown>]>([
    ['a touched file', (dir) => utimes(join(dir, PEER), new Date(), new Date())],
    ['a file that is saved as it was', (dir) => writeFiles(dir, { [PEER]: FILES[PEER] ?? '' })],
    ['a swap file', (dir) => writeFiles(dir, { 'sampleconfig/.core.yaml.swp': 'b0VIM' })],
    ['a test', (dir) => writeFiles(dir, { 'core/peer/peer_test.go': 'package peer\n' })],
    ['a document', (dir) => writeFiles(dir, { 'docs/README.md': 'more\n' })],
    [
      'an edit that is taken back at once',
      async (dir) => {
        await writeFiles(dir, { [PEER]: 'package peer // edited\n' });
        await writeFiles(dir, { [PEER]: FILES[PEER] ?? '' });
      },
    ],
  ])('does not tell %s', async (_, act) => {
    const watched = await watching();
    await act(dir);
    await watched.waits(2);
    await edit(ORDERER);
    expect(await watched.paths).toEqual([ORDERER]);
  });

  it('ends when it is cancelled, whatever it is at', async () => {
    const waiting = await watching();
    waiting.cancel();
    await expect(waiting.paths).rejects.toBeInstanceOf(CancelledError);

    const looking = new Watched(await readSourceTree(dir));
    looking.cancel();
    await expect(looking.paths).rejects.toBeInstanceOf(CancelledError);

    const settling = await watching();
    await edit(PEER);
    settling.cancel();
    await expect(settling.paths).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('treeChange in a git checkout only', () => {
  it('tells what another branch brings, and nothing of a commit', async () => {
    const dir = await tempDir();
    await writeFiles(dir, FILES);
    await commitAll(dir);
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: dir });
    await git('checkout', '-q', '-b', 'other');
    await writeFiles(dir, { [PEER]: 'package other\n', 'core/other/other.go': 'package other\n' });
    const watched = new Watched(await readSourceTree(dir));
    await watched.waits(1);
    await git('add', '-A');
    await git('commit', '-q', '-m', 'other');
    await writeFiles(dir, { 'ignored/made.go': 'package made\n', 'docs/x.md': '' });
    await watched.waits(2);
    await git('checkout', '-q', 'main');
    expect(await watched.paths).toEqual(['core/other/other.go', PEER]);
    expect(await readFile(join(dir, PEER), 'utf8')).toBe(FILES[PEER]);
  });
});
