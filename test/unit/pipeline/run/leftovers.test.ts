/** What a killed run leaves: half-written files and the containers of its stages. */
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import {
  protectOldKeys,
  removeHalfWritten,
  removeUnserved,
  removeWorkContainers,
} from '../../../../src/pipeline/run/leftovers.ts';
import { removeMarks } from '../../../../src/pipeline/run/run-marker.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { filesIn, tempDir, writeFiles } from '../../../support/temp-dir.ts';

const COMPLETE = {
  'build/0123456789abcdef/manifest.json': '{}',
  'build/payload/goshim.tar.bz2': 'goshim',
  'network/docker-compose.yaml': 'services',
  'network/crypto-config/ca.crt': 'certificate',
  'network/services/basic.tar': 'tar',
  'network/my.partial-notes': 'of the user',
  'networks/decade/network.json': '{}',
  'snapshots/base/network.json': '{}',
  'state.json': '{}',
};

const HALF_WRITTEN = {
  'build/fedcba9876543210.partial-4711/peer': 'pee',
  'build/payload/goshim.tar.bz2.partial-4711': 'gos',
  'network/docker-compose.yaml.partial-4711': 'serv',
  'network/crypto-config.partial-4711/ca.crt': 'cert',
  'network/services/basic.tar.partial-4711': 'half of a tar',
  'network/crypto-config.old-4711/ca.crt': 'older certificate',
  'networks/c0ffee.partial-4711/network.json': '{',
  'snapshots/base.partial-4711/crypto-config/ca.crt': 'cert',
};

describe('removeHalfWritten', () => {
  it('removes what a killed run was writing, and leaves complete files as they are', async () => {
    const dir = await tempDir();
    await writeFiles(dir, COMPLETE);
    const before = await filesIn(dir);
    await writeFiles(dir, HALF_WRITTEN);
    expect((await filesIn(dir)).size).toBeGreaterThan(before.size);
    await removeHalfWritten(dir);
    expect(await filesIn(dir)).toEqual(before);
  });

  it('does nothing in a folder without files of a run', async () => {
    const dir = join(await tempDir(), 'state');
    await removeHalfWritten(dir);
    await mkdir(dir);
    await removeHalfWritten(dir);
    expect(await filesIn(dir)).toEqual(new Map());
  });
});

describe('removeWorkContainers', () => {
  it("removes the containers of the project's stages, and no other container", async () => {
    const of = (id: string, project: string, role: string) => ({
      id,
      name: id,
      labels: { [LABEL.project]: project, [LABEL.role]: role },
    });
    const engine = await socketEngine({
      containers: [
        of('compile', 'mine', 'work'),
        of('node', 'mine', 'node'),
        of('other', 'theirs', 'work'),
        { id: 'foreign', name: 'foreign', labels: {} },
      ],
    });
    await removeWorkContainers(engine.docker, 'mine');
    expect(engine.containerIds()).toEqual(['node', 'other', 'foreign']);
  });
});

it('removeUnserved removes what was to replace a process that still runs', async () => {
  const service = (name: string, project: string, state = 'running') => ({
    ...{ id: name, name, state },
    labels: {
      [LABEL.project]: project,
      [LABEL.role]: 'service',
      [LABEL.chaincode]: name.split('.')[2] ?? '',
    },
    networks: [project],
  });
  const engine = await socketEngine({
    containers: [
      service('mine.chaincode.a', 'mine'),
      service('mine.chaincode.a.next', 'mine'),
      service('mine.chaincode.b', 'mine', 'exited'),
      service('mine.chaincode.b.next', 'mine'),
      service('mine.chaincode.c.next', 'mine'),
      service('theirs.chaincode.a', 'theirs'),
      service('theirs.chaincode.a.next', 'theirs'),
    ],
  });
  await removeUnserved(engine.docker, 'mine');
  expect(engine.removed()).toEqual(['/containers/mine.chaincode.a.next']);
});

describe('protectOldKeys', () => {
  const KEYS = [
    'network/crypto-config/peers/peer0/msp/keystore/abc_sk',
    'network/crypto-config/peers/peer0/tls/server.key',
    'networks/c0ffee/crypto-config/ca/def_sk',
  ];
  const PUBLIC = 'network/crypto-config/peers/peer0/msp/cacerts/ca.pem';

  it('leaves private keys and their folders to the owner, and certificates as they are', async () => {
    const dir = await tempDir();
    await writeFiles(dir, Object.fromEntries([...KEYS, PUBLIC].map((path) => [path, path])));
    const modeOf = async (path: string) => ((await stat(join(dir, path))).mode & 0o777).toString(8);
    for (const path of [...KEYS, PUBLIC]) {
      await chmod(join(dir, path), 0o644);
      await chmod(join(dir, path, '..'), 0o755);
    }
    await protectOldKeys(dir);
    for (const path of KEYS) {
      expect([await modeOf(path), await modeOf(join(path, '..'))]).toEqual(['600', '700']);
      expect(await readFile(join(dir, path), 'utf8')).toBe(path);
    }
    expect([await modeOf(PUBLIC), await modeOf(join(PUBLIC, '..'))]).toEqual(['644', '755']);
  });

  it('does nothing in a folder without networks', async () => {
    const dir = await tempDir();
    await protectOldKeys(dir);
    expect(await filesIn(dir)).toEqual(new Map());
  });
});

describe('removeMarks', () => {
  it('removes the marks of runs that have ended, and no others', async () => {
    const mark = (project: string, run: string) => ({
      name: `fabric-wizard-run-${project}-${run}`,
      labels: { [LABEL.project]: project, [LABEL.role]: 'run', [LABEL.run]: run },
    });
    // No process has this id: it is larger than the largest one.
    const [ended, inProgress] = ['run-99999999', `run-${process.pid}`];
    const engine = await socketEngine({
      volumes: [mark('mine', ended), mark('mine', inProgress), mark('other', ended), 'ledger'],
    });
    await removeMarks(engine.docker, 'mine');
    expect(engine.removed()).toEqual([`/volumes/fabric-wizard-run-mine-${ended}`]);
  });
});
