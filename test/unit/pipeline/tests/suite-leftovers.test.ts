/** What a run of integration tests puts back and removes, and what it leaves alone. */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endSuites } from '../../../../src/pipeline/doctor/killed-suites.ts';
import type { EngineInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import {
  giveNamesBack,
  lendNames,
  namesToLend,
  whileLent,
} from '../../../../src/pipeline/images/lent-names.ts';
import { endKilledSuites, removeLeftOfSuites } from '../../../../src/pipeline/tests/suite-leftovers.ts';
import { readSuitesRecord, writeSuitesRecord } from '../../../../src/pipeline/tests/suites-record.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Docker = Parameters<typeof endKilledSuites>[0];
type Container = Awaited<ReturnType<Docker['listContainers']>>[number];

const OURS = 'abcdefghijklmnopqrstuvwxyz';
const OTHERS = 'zyxwvutsrqponmlkjihgfedcba';
const CCENV = 'hyperledger/fabric-ccenv:latest';
const NONE = { networks: [], containers: [], programs: [], builders: [] };

/** An engine with images, by name, and containers; an image without a name is gone at once, as after `docker image prune`. */
class Engine implements Docker {
  readonly names = new Map<string, string>();
  readonly containers = new Map<string, Partial<Container>>();
  readonly networks = new Set<string>();
  /** The file with the networks of a container, by id. */
  readonly files = new Map<string, string>();

  constructor(names: Readonly<Record<string, string>>) {
    for (const [name, id] of Object.entries(names)) this.names.set(name, id);
  }

  endpoint = 'unix:///engine.sock';
  id = 'one';
  readonly info = async () => ({ id: this.id, rootDir: '/var/lib/docker' }) as EngineInfo;
  readonly inspectImage = async (ref: string) => {
    const id = this.names.get(ref) ?? ref;
    const tags = [...this.names].filter(([, each]) => each === id).map(([name]) => name);
    const facts = {
      layers: [],
      env: {},
      exposedPorts: [],
      architecture: '',
      size: 0,
      digests: [],
      created: 0,
    };
    return tags.length === 0 ? undefined : { id, tags, labels: {}, ...facts };
  };
  readonly tag = async (ref: string, target: string) => {
    const image = await this.inspectImage(ref);
    if (!image) throw new Error(`no image ${ref}`);
    this.names.set(target, image.id);
  };
  readonly removeImage = async (ref: string) => {
    this.names.delete(ref);
  };
  readonly listImages = async () =>
    [...this.names].map(([name, id]) => ({ id, tags: [name], labels: {}, created: 0 }));
  readonly listContainers = async (filters: { readonly label?: readonly string[] } = {}) =>
    [...this.containers]
      .map(([id, container]) => ({
        ...{ id, name: id, image: '', imageId: '', state: 'running', status: '', labels: {}, command: '' },
        ...{ networks: [], attached: [], volumes: [], ports: [], ...container },
      }))
      .filter(({ labels }) => (filters.label ?? []).every((each) => hasLabel(labels, each)));
  readonly removeContainer = async (id: string) => {
    this.containers.delete(id);
  };
  readonly listNetworks = async () => [...this.networks].map((name) => ({ id: name, name }));
  readonly removeNetwork = async (id: string) => {
    this.networks.delete(id);
  };
  readonly readFiles = async (id: string) => {
    const content = this.files.get(id);
    return content === undefined ? undefined : [{ name: 'networks', content }];
  };
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', value] = wanted.split('=');
  return labels[key] === value;
}

describe('a name that is lent', () => {
  it('names the other image meanwhile, and then the one that had it', async () => {
    const engine = new Engine({ [CCENV]: 'theirs', 'mine/fabric-ccenv:2.5': 'mine' });
    const names = await namesToLend(engine, [{ ref: CCENV, id: 'mine' }]);
    expect(names).toEqual([{ ref: CCENV, id: 'mine', before: 'theirs' }]);
    await lendNames(engine, names);
    expect(engine.names.get(CCENV)).toBe('mine');
    // It has a name at any moment.
    expect(await engine.inspectImage('theirs')).toBeDefined();
    await giveNamesBack(engine, names);
    await giveNamesBack(engine, names);
    expect(Object.fromEntries(engine.names)).toEqual({ [CCENV]: 'theirs', 'mine/fabric-ccenv:2.5': 'mine' });
  });

  it('is gone again if no image had it, and is not lent to the image that has it', async () => {
    const engine = new Engine({
      'mine/fabric-ccenv:2.5': 'mine',
      'hyperledger/fabric-baseos:latest': 'base',
    });
    const names = await namesToLend(engine, [
      { ref: CCENV, id: 'mine' },
      { ref: 'hyperledger/fabric-baseos:latest', id: 'base' },
    ]);
    expect(names).toEqual([{ ref: CCENV, id: 'mine', before: undefined }]);
    await lendNames(engine, names);
    await giveNamesBack(engine, names);
    expect([...engine.names.keys()]).toEqual(['mine/fabric-ccenv:2.5', 'hyperledger/fabric-baseos:latest']);
  });

  it('stays with an image that got it from somebody else meanwhile; the one before is kept', async () => {
    const engine = new Engine({ [CCENV]: 'theirs', mine: 'mine' });
    const names = await namesToLend(engine, [{ ref: CCENV, id: 'mine' }]);
    await lendNames(engine, names);
    engine.names.set(CCENV, 'newest');
    await giveNamesBack(engine, names);
    expect(engine.names.get(CCENV)).toBe('newest');
    expect(await engine.inspectImage('theirs')).toBeDefined();
  });

  it('is gone if the image that had it was removed meanwhile', async () => {
    const engine = new Engine({ [CCENV]: 'theirs', mine: 'mine' });
    const names = await namesToLend(engine, [{ ref: CCENV, id: 'mine' }]);
    await lendNames(engine, names);
    for (const [name, id] of [...engine.names]) if (id === 'theirs') engine.names.delete(name);
    await giveNamesBack(engine, names);
    expect([...engine.names.keys()]).toEqual(['mine']);
  });

  it('is given back if the run is cancelled while it is being lent', async () => {
    const before = {
      [CCENV]: 'theirs',
      'hyperledger/fabric-baseos:latest': 'their base',
      mine: 'mine',
      base: 'base',
    };
    const engine = new Engine(before);
    const names = await namesToLend(engine, [
      { ref: CCENV, id: 'mine' },
      { ref: 'hyperledger/fabric-baseos:latest', id: 'base' },
    ]);
    const cancel = new AbortController();
    const { inspectImage, removeImage } = engine;
    const tag = async (ref: string, target: string) => {
      if (ref === 'base') {
        cancel.abort();
        // Whatever the cancellation does at once ends before the engine has given this name.
        await new Promise(setImmediate);
      }
      await engine.tag(ref, target);
    };
    let hasEnded = false;
    const ended = async () => {
      hasEnded = true;
    };
    const act = async () => cancel.signal.throwIfAborted();
    await expect(
      whileLent({ inspectImage, removeImage, tag }, names, { signal: cancel.signal, act, ended }),
    ).rejects.toThrow();
    expect(Object.fromEntries(engine.names)).toEqual(before);
    expect(hasEnded).toBe(true);
  });
});

describe('what suites left', () => {
  it('is removed by the ids of their networks', async () => {
    const engine = new Engine({
      [`${OURS}-org1.peer0-mycc-0.0-abc:latest`]: 'chaincode',
      [`${OTHERS}-org1.peer0-mycc-0.0-abc:latest`]: 'theirs',
      [CCENV]: 'ccenv',
    });
    for (const name of [`${OURS}-Org1.peer0-mycc`, `kafka-0-${OURS}`, `zookeeper-1-${OURS}`])
      engine.containers.set(name, {});
    for (const name of [`${OTHERS}-Org1.peer0-mycc`, `kafka-0-${OTHERS}`, 'abc', OTHERS])
      engine.containers.set(name, {});
    for (const name of [OURS, OTHERS, 'bridge']) engine.networks.add(name);
    await removeLeftOfSuites(engine, { ...NONE, networks: [OURS, 'bridge', ''] });
    expect([...engine.containers.keys()]).toEqual([
      `${OTHERS}-Org1.peer0-mycc`,
      `kafka-0-${OTHERS}`,
      'abc',
      OTHERS,
    ]);
    expect([...engine.networks]).toEqual([OTHERS, 'bridge']);
    expect([...engine.names.keys()]).toEqual([`${OTHERS}-org1.peer0-mycc-0.0-abc:latest`, CCENV]);
  });

  it('also is a program under an id of its own that was not there before', async () => {
    const engine = new Engine({});
    engine.containers.set('old', { name: OTHERS, image: 'couchdb:9' });
    engine.containers.set('new', { name: OURS, image: 'couchdb:9' });
    engine.containers.set('another', { name: `${OURS.slice(1)}2`, image: 'postgres:9' });
    await removeLeftOfSuites(engine, { ...NONE, containers: ['old'], programs: ['couchdb:9'] });
    expect([...engine.containers.keys()]).toEqual(['old', 'another']);
  });
});

describe('a builder of a peer that was killed', () => {
  it('is removed if it compiles chaincode of the suites in the image of the project, and was not there before', async () => {
    const engine = new Engine({});
    const command = 'go build github.com/hyperledger/fabric/integration/chaincode/simple/cmd';
    const builder = { imageId: 'ccenv', command };
    engine.containers.set('old', builder);
    engine.containers.set('new', builder);
    engine.containers.set('another image', { ...builder, imageId: 'other' });
    engine.containers.set('another chaincode', { ...builder, command: 'go build chaincode/basic' });
    engine.containers.set('our work', { ...builder, labels: { [LABEL.role]: 'work' } });
    await removeLeftOfSuites(engine, { ...NONE, containers: ['old'], builders: ['ccenv'] });
    expect([...engine.containers.keys()]).toEqual(['old', 'another image', 'another chaincode', 'our work']);
  });
});

describe('a run that was killed', () => {
  const record = {
    ...{ project: 'p', ...NONE },
    names: [{ ref: CCENV, id: 'mine', before: 'theirs' }],
  };

  /** A folder and an engine as such a run leaves them. @param run its id, which ends with its process id */
  async function killed(run: string) {
    const engine = new Engine({ [CCENV]: 'theirs', mine: 'mine' });
    await lendNames(engine, record.names);
    const labels = { [LABEL.project]: 'p', [LABEL.run]: run };
    engine.containers.set('suites', { labels });
    engine.files.set('suites', `${OURS}\n`);
    engine.containers.set('others', { labels: { ...labels, [LABEL.run]: 'another-1' } });
    engine.containers.set(`${OURS}-Org1.peer0-mycc`, {});
    engine.networks.add(OURS);
    const dir = await tempDir();
    const selected = { endpoint: engine.endpoint, id: engine.id, rootDir: '/var/lib/docker' };
    await writeSuitesRecord(dir, { ...record, run, engine: selected });
    return { engine, dir };
  }

  it('is ended: its container, its networks, and the names', async () => {
    const { engine, dir } = await killed('2026-99999999');
    expect(await endKilledSuites(engine, dir)).toBe('ended');
    expect([...engine.containers.keys()]).toEqual(['others']);
    expect(engine.networks.size).toBe(0);
    expect(Object.fromEntries(engine.names)).toEqual({ [CCENV]: 'theirs', mine: 'mine' });
    expect(await readSuitesRecord(dir)).toBeUndefined();
    expect(await endKilledSuites(engine, dir)).toBe('none');
  });

  it('is ended without its container, by the networks that it has recorded', async () => {
    const { engine, dir } = await killed('2026-99999999');
    engine.containers.delete('suites');
    await writeSuitesRecord(dir, { ...record, run: '2026-99999999', networks: [OURS] });
    expect(await endKilledSuites(engine, dir)).toBe('ended');
    expect([...engine.containers.keys()]).toEqual(['others']);
    expect(engine.networks.size).toBe(0);
  });

  it('is left alone while its process lives', async () => {
    const { engine, dir } = await killed(`2026-${process.pid}`);
    expect(await endKilledSuites(engine, dir)).toBe('none');
    expect(engine.containers.size).toBe(3);
    expect(engine.names.get(CCENV)).toBe('mine');
  });

  it('is left alone on another engine, which is named, and can still be ended', async () => {
    const { engine, dir } = await killed('2026-99999999');
    const other = new Engine({ [CCENV]: 'mine' });
    other.id = 'two';
    other.endpoint = 'tcp://far:2376';
    other.containers.set(`${OURS}-Org1.peer0-mycc`, {});
    const { notice, elsewhere } = await endSuites(other, dir);
    expect(elsewhere).toBe(
      `DOCKER_HOST=unix:///engine.sock fabric-wizard doctor --fix work --dir ${dirname(dir)}`,
    );
    expect(notice).toMatchObject({ key: 'step.suites-elsewhere', endpoint: 'unix:///engine.sock' });
    expect(other.containers.size).toBe(1);
    expect(other.names.get(CCENV)).toBe('mine');
    expect(await endSuites(engine, dir)).toEqual({ notice: { key: 'step.suites-ended' } });
  });

  it('is forgotten if its engine was replaced by another with the same address', async () => {
    const { engine, dir } = await killed('2026-99999999');
    engine.id = 'two';
    expect(await endSuites(engine, dir)).toEqual({});
    expect(engine.containers.size).toBe(3);
    expect(await readSuitesRecord(dir)).toBeUndefined();
  });
});
