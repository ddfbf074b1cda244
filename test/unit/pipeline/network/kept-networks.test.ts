/** Replacing a network and using it again, with its files on disk and its facts in a journal. */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptNetworkDir, networkDir, STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { type Journal, openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import {
  keepPorts,
  keptNetworks,
  networkInPlace,
  replaceNetwork,
  setNetworkFacts,
} from '../../../../src/pipeline/network/kept-networks.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const OLD = {
  crypto: { fingerprint: 'one peer', instance: 'c0ffee' },
  artifacts: { fingerprint: 'genesis', instance: 'c0ffee' },
  anchors: { fingerprint: 'genesis' },
};
const NEW = { crypto: { fingerprint: 'two peers', instance: 'decade' } };

interface Project {
  readonly stateDir: string;
  readonly journal: Journal;
}

async function withJournal<T>(dir: string, act: (project: Project) => Promise<T>): Promise<T> {
  const journal = await openJournal(dir, { command: 'test' });
  try {
    return await act({ stateDir: join(dir, STATE_FOLDER), journal });
  } finally {
    await journal.close();
  }
}

/** A folder with a network, and the files of the next one beside it. */
async function project(): Promise<{ readonly dir: string; readonly next: string }> {
  const dir = await tempDir();
  await writeFiles(dir, {
    [`${STATE_FOLDER}/network/crypto-config/ca.crt`]: 'old',
    [`${STATE_FOLDER}/next/crypto-config/ca.crt`]: 'new',
    [`${STATE_FOLDER}/next/network.json`]: JSON.stringify(NEW),
  });
  await withJournal(dir, ({ journal }) => setNetworkFacts(journal, OLD));
  return { dir, next: join(dir, STATE_FOLDER, 'next') };
}

async function certificate(folder: string): Promise<string> {
  return readFile(join(folder, 'crypto-config', 'ca.crt'), 'utf8');
}

describe('replaceNetwork', () => {
  it('keeps the certificates and what is known of them, and brings them back', async () => {
    const { dir, next } = await project();
    await withJournal(dir, async (context) => {
      const { stateDir, journal } = context;
      const kept = keptNetworkDir(stateDir, 'c0ffee');
      expect(await replaceNetwork(context, next)).toBe(kept);
      await setNetworkFacts(journal, NEW);
      expect(await certificate(networkDir(stateDir))).toBe('new');
      expect(await certificate(kept)).toBe('old');
      expect(await keptNetworks(stateDir)).toEqual([{ ...OLD, folder: kept }]);

      expect(await replaceNetwork(context, kept)).toBe(keptNetworkDir(stateDir, 'decade'));
      await setNetworkFacts(journal, OLD);
      expect(await certificate(networkDir(stateDir))).toBe('old');
      expect(await networkInPlace(stateDir, journal)).toEqual({ ...OLD, folder: networkDir(stateDir) });
      expect((await keptNetworks(stateDir)).map(({ crypto }) => crypto)).toEqual([NEW.crypto]);
    });
  });

  it('loses neither network if it is killed between two steps', async () => {
    const { dir, next } = await project();
    // The new files cannot be moved: the run ends after the old ones were.
    await withJournal(dir, async (context) => {
      await rename(next, `${next}-elsewhere`);
      await expect(replaceNetwork(context, next)).rejects.toThrow();
    });
    await withJournal(dir, async (context) => {
      const { stateDir, journal } = context;
      expect(await networkInPlace(stateDir, journal)).toBeUndefined();
      const [old] = await keptNetworks(stateDir);
      expect(old).toMatchObject(OLD);
      expect(await replaceNetwork(context, old?.folder ?? '')).toBeUndefined();
      expect(await certificate(networkDir(stateDir))).toBe('old');
    });
  });

  it('finds the network again in its place where the journal has lost it, as after a kill before the move', async () => {
    const { dir } = await project();
    await withJournal(dir, async (context) => {
      const { stateDir, journal } = context;
      // What it does to a network that stays is what it does before the first move.
      await replaceNetwork(context, networkDir(stateDir));
      expect(journal.getFact(STATE_KEYS.crypto)).toBeUndefined();
      expect(await networkInPlace(stateDir, journal)).toEqual({ ...OLD, folder: networkDir(stateDir) });
    });
  });

  it('keeps certificates whose instance nobody knows', async () => {
    const { dir, next } = await project();
    await withJournal(dir, async (context) => {
      await context.journal.setFact(STATE_KEYS.crypto, undefined);
      const kept = keptNetworkDir(context.stateDir, 'unknown');
      expect(await replaceNetwork(context, next)).toBe(kept);
      expect(await certificate(kept)).toBe('old');
      expect(await keptNetworks(context.stateDir)).toEqual([]);
    });
  });

  it('keeps certificates beside a copy that somebody made of them', async () => {
    const { dir, next } = await project();
    await withJournal(dir, async (context) => {
      await mkdir(join(keptNetworkDir(context.stateDir, 'c0ffee'), 'crypto-config'), { recursive: true });
      const kept = keptNetworkDir(context.stateDir, 'c0ffee-2');
      expect(await replaceNetwork(context, next)).toBe(kept);
      expect(await certificate(kept)).toBe('old');
    });
  });
});

describe('the chaincodes of a network', () => {
  const DEPLOYED = { basic: { version: '1-aa', peers: 'peer0', instance: 'c0ffee' } };

  it('are forgotten when it is replaced, and known again when it is used again', async () => {
    const { dir, next } = await project();
    await withJournal(dir, async (context) => {
      const { stateDir, journal } = context;
      const spec = await writeNetwork(await tempDir());
      await journal.setFact(SAVED_NETWORK, { spec, version: '2.5.12' });
      await journal.setFact(STATE_KEYS.deployed, DEPLOYED);
      await journal.setFact(STATE_KEYS.keptChaincode, 'smoke-1');
      await replaceNetwork(context, next);
      await setNetworkFacts(journal, NEW);
      expect(journal.getFact(STATE_KEYS.deployed)).toBeUndefined();
      expect(journal.getFact(STATE_KEYS.keptChaincode)).toBeUndefined();
      const [old] = await keptNetworks(stateDir);
      await replaceNetwork(context, old?.folder ?? '');
      await setNetworkFacts(journal, old ?? NEW);
      expect(journal.getFact(STATE_KEYS.deployed)).toEqual(DEPLOYED);
      expect(journal.getFact(STATE_KEYS.keptChaincode)).toBe('smoke-1');
    });
  });
});

describe('networkInPlace', () => {
  it('is the network of the files, also after somebody moved the folders', async () => {
    const { dir, next } = await project();
    await withJournal(dir, async ({ stateDir, journal }) => {
      await rename(networkDir(stateDir), `${networkDir(stateDir)}-old`);
      await rename(next, networkDir(stateDir));
      expect(await networkInPlace(stateDir, journal)).toEqual({ ...NEW, folder: networkDir(stateDir) });
    });
  });
});

it('a network keeps the ports with which it gets its first channel', async () => {
  const { dir } = await project();
  await withJournal(dir, async (context) => {
    const { stateDir, journal } = context;
    const crypto = { ...OLD.crypto, ports: { base: 25_000 }, unused: true } as const;
    await setNetworkFacts(journal, { crypto });
    await keepPorts(context, { base: 31_000 });
    const used = { ...OLD.crypto, ports: { base: 31_000 } };
    expect(journal.getFact(STATE_KEYS.crypto)).toEqual(used);
    expect((await networkInPlace(stateDir, journal))?.crypto).toEqual(used);
    await keepPorts(context, { base: 40_000 });
    expect(journal.getFact(STATE_KEYS.crypto)).toEqual(used);
  });
});
