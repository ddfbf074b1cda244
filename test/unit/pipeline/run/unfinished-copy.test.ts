/** What becomes of a copy whose command was killed, by the moment of the kill. */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { exists } from '../../../../src/pipeline/host/files.ts';
import {
  keptNetworkDir,
  networkDir,
  STATE_FOLDER,
  snapshotDir,
} from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { networkInPlace, setNetworkFacts } from '../../../../src/pipeline/network/kept-networks.ts';
import { endUnfinishedCopy, whileCopying } from '../../../../src/pipeline/run/unfinished-copy.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const PROJECT = 'fw';
const OLD = 'c0ffee';
const COPY = 'decade';
const LEDGERS = [OLD, COPY].map((instance) => `${PROJECT}-${instance}-peer0`);
const COPYING = { project: PROJECT, instance: COPY, isNew: true };

type Engine = Parameters<typeof endUnfinishedCopy>[0]['docker'];

/** An engine with volumes of both networks, a container that copies, and a paused peer. */
function engine() {
  const volumes = new Set(LEDGERS);
  const paused = new Set(['peer']);
  const containers = new Map([['copier', [`${PROJECT}-${COPY}-peer0`]]]);
  const docker: Engine = {
    listVolumes: async () => [...volumes].map((name) => ({ name, labels: { [LABEL.project]: PROJECT } })),
    removeVolume: async (name) => {
      if ([...containers.values()].flat().includes(name)) throw new Error(`${name} is in use`);
      volumes.delete(name);
    },
    listContainers: async () =>
      [...containers].map(([id, mounted]) => ({
        ...{ id, name: id, image: 'ns/fabric-peer:1', imageId: 'sha256:1', command: 'sh' },
        ...{ state: 'running', status: 'Up', labels: {}, networks: [], attached: [], ports: [] },
        volumes: mounted,
      })),
    removeContainer: async (id) => {
      containers.delete(id);
    },
    inspectContainer: async (id) =>
      ({ id, state: paused.has(id) ? 'paused' : 'running' }) as Awaited<
        ReturnType<DockerPort['inspectContainer']>
      >,
    unpauseContainer: async (id) => {
      paused.delete(id);
    },
    settled: async () => undefined,
  };
  return { docker, volumes, paused };
}

/** A folder with a network in place. @param copies folders under `.fabric-wizard/` with a complete copy */
async function project(...copies: readonly string[]) {
  const dir = await tempDir();
  const files = (folder: string, instance: string) => ({
    [`${STATE_FOLDER}/${folder}/crypto-config/ca.crt`]: instance,
    [`${STATE_FOLDER}/${folder}/network.json`]: JSON.stringify({ crypto: { fingerprint: 'f', instance } }),
  });
  await writeFiles(dir, {
    ...files('network', OLD),
    ...Object.assign({}, ...copies.map((folder) => files(folder, COPY))),
  });
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  await setNetworkFacts(journal, { crypto: { fingerprint: 'f', instance: OLD } });
  await journal.setFact(STATE_KEYS.copying, { ...COPYING, paused: ['peer'] });
  const found = engine();
  const stateDir = join(dir, STATE_FOLDER);
  return {
    ...{ stateDir, journal, ...found },
    end: () => endUnfinishedCopy({ docker: found.docker, journal, stateDir }),
    inPlace: async () => (await networkInPlace(stateDir, journal))?.crypto.instance,
  };
}

describe('a command that was killed', () => {
  it('while it copied: the copy is removed, and the nodes resume', async () => {
    const killed = await project();
    expect(await killed.end()).toEqual({ key: 'step.copy-ended' });
    expect([...killed.volumes]).toEqual([LEDGERS[0]]);
    expect([...killed.paused]).toEqual([]);
    expect(await killed.inPlace()).toBe(OLD);
    expect(killed.journal.getFact(STATE_KEYS.copying)).toBeUndefined();
  });

  it('after it saved: the snapshot stays', async () => {
    const killed = await project('snapshots/base');
    await killed.end();
    expect([...killed.volumes]).toEqual(LEDGERS);
    expect(await exists(snapshotDir(killed.stateDir, 'base'))).toBe(true);
  });

  it('before it put the copy in place: the copy is removed', async () => {
    const killed = await project(`networks/${COPY}`);
    await killed.end();
    expect([...killed.volumes]).toEqual([LEDGERS[0]]);
    expect(await exists(keptNetworkDir(killed.stateDir, COPY))).toBe(false);
    expect(await killed.inPlace()).toBe(OLD);
  });

  it('before it put a replaced network in place: that one stays kept', async () => {
    const killed = await project(`networks/${COPY}`);
    await killed.journal.setFact(STATE_KEYS.copying, { ...COPYING, isNew: false, paused: [] });
    await killed.end();
    expect([...killed.volumes]).toEqual(LEDGERS);
    expect(await exists(keptNetworkDir(killed.stateDir, COPY))).toBe(true);
  });

  it('between the two moves: the copy is put in place', async () => {
    const killed = await project(`networks/${COPY}`);
    await rename(networkDir(killed.stateDir), keptNetworkDir(killed.stateDir, OLD));
    expect(await killed.end()).toEqual({ key: 'step.copy-placed', instance: COPY });
    expect(await killed.end()).toBeUndefined();
    expect([...killed.volumes]).toEqual(LEDGERS);
    expect(await killed.inPlace()).toBe(COPY);
    expect(killed.journal.getFact(STATE_KEYS.crypto)?.instance).toBe(COPY);
  });

  it('after the moves: what is known of the network is recorded', async () => {
    const killed = await project();
    await mkdir(keptNetworkDir(killed.stateDir), { recursive: true });
    await rename(networkDir(killed.stateDir), keptNetworkDir(killed.stateDir, OLD));
    await writeFiles(networkDir(killed.stateDir), {
      'crypto-config/ca.crt': COPY,
      'network.json': JSON.stringify({ crypto: { fingerprint: 'f', instance: COPY } }),
    });
    await killed.end();
    expect([...killed.volumes]).toEqual(LEDGERS);
    expect(killed.journal.getFact(STATE_KEYS.crypto)?.instance).toBe(COPY);
  });
});

describe('whileCopying', () => {
  it('removes the copy of an act that fails', async () => {
    const { docker, journal, stateDir, volumes } = await project();
    const act = () => Promise.reject(new Error('disk full'));
    await expect(whileCopying({ docker, journal, stateDir }, COPYING, ['peer'], act)).rejects.toThrow(
      'disk full',
    );
    expect([...volumes]).toEqual([LEDGERS[0]]);
    expect(journal.getFact(STATE_KEYS.copying)).toBeUndefined();
  });
});
