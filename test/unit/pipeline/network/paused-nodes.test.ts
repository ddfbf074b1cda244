/** Pausing the nodes while their volumes are copied. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { networkNodes, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { containersToPause, whilePaused } from '../../../../src/pipeline/network/paused-nodes.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function spec() {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const { values } = await loadConfig({ dir: await tempDir(), flags: { couchdb: true, peers: '1' } });
  return networkSpec(values, release, 'fw-test');
}

/** An engine that remembers which containers are paused. @param refuses id of a container that cannot pause */
function engine(refuses?: string) {
  const paused = new Set<string>();
  return {
    paused,
    pauseContainer: async (id: string) => {
      if (id === refuses) throw new Error('cannot pause');
      paused.add(id);
    },
    unpauseContainer: async (id: string) => {
      if (!paused.delete(id)) throw new Error(`${id} is not paused`);
    },
    inspectContainer: async (id: string) =>
      ({ id, state: paused.has(id) ? 'paused' : 'running' }) as Awaited<
        ReturnType<Parameters<typeof whilePaused>[0]['inspectContainer']>
      >,
  };
}

describe('containersToPause', () => {
  it('are peers, then their CouchDBs, then orderers; those that do not run are left alone', async () => {
    const network = await spec();
    const names = [...networkNodes(network).map(({ node }) => node.name), 'cli'];
    const containers = new Map(
      names.map((id) => [id, { id, state: id.startsWith('peer0.org2') ? 'paused' : 'running' }]),
    );
    expect(containersToPause(network, containers)).toEqual([
      ['peer0.org1.example.com'],
      ['couchdb0', 'couchdb1'],
      ['orderer.example.com'],
    ]);
    expect(containersToPause(network, new Map())).toEqual([]);
  });
});

describe('whilePaused', () => {
  it('resumes all containers after the act', async () => {
    const docker = engine();
    const during = await whilePaused(docker, [['peer'], ['orderer']], async () => [...docker.paused]);
    expect(during).toEqual(['peer', 'orderer']);
    expect([...docker.paused]).toEqual([]);
  });

  it('resumes them if the act fails, or one of them cannot pause', async () => {
    const failing = engine();
    const act = () => Promise.reject(new Error('disk full'));
    await expect(whilePaused(failing, [['peer'], ['orderer']], act)).rejects.toThrow('disk full');
    expect([...failing.paused]).toEqual([]);
    const refusing = engine('orderer');
    await expect(whilePaused(refusing, [['peer'], ['orderer']], async () => 1)).rejects.toThrow('cannot');
    expect([...refusing.paused]).toEqual([]);
  });
});
