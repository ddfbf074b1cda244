import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  checkUnlessUsed,
  type Followed,
  filesChanged,
  followFiles,
  watchedChoice,
  whenFree,
} from '../../../src/commands/chaincode-watch.ts';
import { filesDigest } from '../../../src/pipeline/chaincode/chaincode-digest.ts';
import type { FolderChaincode } from '../../../src/pipeline/config/chaincode-list.ts';
import { CancelledError, WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { openJournal } from '../../../src/pipeline/journal/journal.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

async function chaincode() {
  const dir = await tempDir();
  await writeFiles(dir, { 'main.go': 'package main', 'words/words.go': 'package words' });
  const choice: FolderChaincode = { name: 'basic', path: dir, language: 'go' };
  return { dir, choice, before: await filesDigest(choice) };
}

it('a save ends the wait with the digest of what was saved', async () => {
  const { dir, choice, before } = await chaincode();
  const changed = filesChanged(choice, before, new Map(), new AbortController().signal);
  await writeFile(join(dir, 'words/words.go'), 'package others');
  expect(await changed).toBe(await filesDigest(choice));
});

it('a file that is removed is a change too', async () => {
  const { dir, choice, before } = await chaincode();
  const changed = filesChanged(choice, before, new Map(), new AbortController().signal);
  await rm(join(dir, 'words/words.go'));
  expect(await changed).not.toBe(before);
});

it('a cancelled wait ends', async () => {
  const { choice, before } = await chaincode();
  const abort = new AbortController();
  const changed = filesChanged(choice, before, new Map(), abort.signal);
  abort.abort();
  await expect(changed).rejects.toThrow(CancelledError);
});

it.each<[string, Parameters<typeof watchedChoice>[0]]>([
  ['none', []],
  ['one that peers build', [{ name: 'a', path: '/a', language: 'go' }]],
  ['a process of the user', [{ name: 'a', service: 'localhost:1' }]],
  [
    'two services',
    [
      { name: 'a', path: '/a', language: 'go', service: true },
      { name: 'b', path: '/b', language: 'go', service: true },
    ],
  ],
])('only one service in a container can be watched, not %s', (_, choices) => {
  expect(() => watchedChoice(choices, 'again')).toThrow();
});

/** A watch whose process does as the test says. `next` resolves with what happens next. */
function watch(choice: FolderChaincode, made: string, acts: Partial<Followed>) {
  const abort = new AbortController();
  const happened: string[] = [];
  const waiting: (() => void)[] = [];
  const tell = (what: string) => {
    happened.push(what);
    for (const each of waiting.splice(0)) each();
  };
  const next = async (count: number) => {
    while (happened.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return happened;
  };
  const ended = followFiles({
    ...{ choice, made, signal: abort.signal },
    ...{ restart: async () => ({ kind: 'restarted', digest: await filesDigest(choice) }) },
    answers: async () => tell('answers'),
    check: async () => async () => undefined,
    onFailure: ({ kind }) => tell(kind),
    ...acts,
  });
  return { abort, next, tell, ended };
}

const uncompiled = new WizardFailure({
  kind: 'chaincode',
  problem: { key: 'chaincode.not-compiled', dir: '/x' },
  place: 'main.go:1:1',
  next: [],
});

const crashed = new WizardFailure({
  kind: 'chaincode',
  installed: true,
  problem: { key: 'chaincode.process-ended', name: 'basic' },
  place: 'panic: boom',
  next: [],
});

it('a watch begins with what was saved while the chaincode was deployed', async () => {
  const { choice } = await chaincode();
  const { next, abort, ended } = watch(choice, 'files of before', {});
  expect(await next(1)).toEqual(['answers']);
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it.each([
  ['a compile error', uncompiled],
  ['a file that is gone', Object.assign(new Error(), { code: 'ENOENT' })],
])('%s does not end a watch', async (_, error) => {
  const { dir, choice, before } = await chaincode();
  let fails = true;
  const { next, abort, ended } = watch(choice, before, {
    restart: async () => {
      if (fails) throw error;
      return { kind: 'restarted', digest: await filesDigest(choice) };
    },
  });
  await writeFile(join(dir, 'main.go'), 'package broken');
  expect(await next(1)).toHaveLength(1);
  fails = false;
  await writeFile(join(dir, 'main.go'), 'package mended');
  expect((await next(2))[1]).toBe('answers');
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it('a process that ends after its answer is shown once, and the next save is the next attempt', async () => {
  const { dir, choice, before } = await chaincode();
  let checks = 0;
  const { next, abort, ended } = watch(choice, before, {
    check: async () => async () => {
      checks += 1;
      if (checks > 1) throw uncompiled;
    },
  });
  expect(await next(1)).toEqual(['chaincode']);
  await writeFile(join(dir, 'main.go'), 'package mended');
  expect((await next(2))[1]).toBe('answers');
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it('the process of the last version is still watched after a save that does not compile', async () => {
  const { dir, choice, before } = await chaincode();
  let saved = false;
  const { next, abort, ended } = watch(choice, before, {
    restart: async () => {
      saved = true;
      throw uncompiled;
    },
    check: async () => async () => {
      if (saved) throw crashed;
    },
  });
  await writeFile(join(dir, 'main.go'), 'package broken');
  expect(await next(2)).toEqual(['chaincode', 'chaincode']);
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it('what another command does to a process is not its end', async () => {
  const dir = await tempDir();
  const other = await openJournal(dir, { command: 'fabric-wizard up' });
  const { signal } = new AbortController();
  let taken = 0;
  const requireRunning = await checkUnlessUsed(dir, signal, async () => {
    taken += 1;
    const replaced = taken === 1;
    return async () => {
      if (!replaced) throw crashed;
      void other.close();
      throw new Error('replaced');
    };
  });
  await requireRunning();
  expect(taken).toBe(2);
  await expect(requireRunning()).rejects.toBe(crashed);
});

it('an engine that does not respond while nothing is saved is not shown', async () => {
  const { dir, choice, before } = await chaincode();
  const { next, abort, ended } = watch(choice, before, {
    check: () => Promise.reject(new Error('ECONNREFUSED')),
  });
  await writeFile(join(dir, 'main.go'), 'package mended');
  expect(await next(1)).toEqual(['answers']);
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it('a process that does not answer is given up at the next save', async () => {
  const { dir, choice, before } = await chaincode();
  let asked = 0;
  const { next, tell, abort, ended } = watch(choice, before, {
    answers: (signal) => {
      asked += 1;
      tell(`asked ${asked}`);
      if (asked === 2) return Promise.resolve();
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new CancelledError()), { once: true }),
      );
    },
  });
  await writeFile(join(dir, 'main.go'), 'package silent');
  await next(1);
  await writeFile(join(dir, 'main.go'), 'package better');
  expect(await next(2)).toEqual(['asked 1', 'asked 2']);
  abort.abort();
  await expect(ended).rejects.toThrow(CancelledError);
});

it('a watch ends with the reason when the network is gone', async () => {
  const { dir, choice, before } = await chaincode();
  const why = new WizardFailure({ kind: 'usage', message: { key: 'usage.nothing-runs' }, next: ['up'] });
  const { ended } = watch(choice, before, { restart: async () => ({ kind: 'gone', why }) });
  await writeFile(join(dir, 'main.go'), 'package late');
  await expect(ended).rejects.toBe(why);
});

it('a restart has the lock of the folder, and waits for another command', async () => {
  const dir = await tempDir();
  const other = await openJournal(dir, { command: 'fabric-wizard smoke' });
  let locked = true;
  const told: string[] = [];
  const signal = new AbortController().signal;
  const onWait = (command: string) => {
    told.push(command);
    void other.close().then(() => {
      locked = false;
    });
  };
  await whenFree(dir, { signal, onWait }, async () => {
    expect(locked).toBe(false);
    await expect(openJournal(dir, { command: 'second' })).rejects.toThrow(WizardFailure);
  });
  expect(told).toEqual(['fabric-wizard smoke']);
});
