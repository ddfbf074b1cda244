import { expect, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { nodeReady } from '../../../../src/pipeline/network/node-ready.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';

const GATEWAY = { role: 'gateway', node: { name: 'gateway' } } as const;

/** An engine whose lists of containers show, one after another, these states of the gateway. */
function engineWith(...states: readonly string[]) {
  const left = [...states];
  const engine = new FakeEngine([]);
  let lists = 0;
  const listContainers = async () => {
    lists += 1;
    const state = (left.length > 1 ? left.shift() : left[0]) ?? '';
    return [nodeContainer('net', 'gateway', { state })].map((each) => ({ ...each, status: state }));
  };
  const docker = Object.assign(engine, { listContainers }) as unknown as DockerPort;
  return { docker, lists: () => lists };
}

function wait(docker: DockerPort, project = 'net') {
  const spec = { project, tls: true, orgs: [], orderers: [] };
  return nodeReady({ docker, project, spec, signal: new AbortController().signal }, GATEWAY, 1000);
}

it('lists the containers once for all nodes that are awaited at the same time', async () => {
  const { docker, lists } = engineWith('running');
  await Promise.all([wait(docker), wait(docker), wait(docker)]);
  expect(lists()).toBe(1);
});

it('lists them again before it takes a node for one that has ended', async () => {
  const { docker } = engineWith('exited', 'running');
  await expect(Promise.all([wait(docker), wait(docker)])).resolves.toBeDefined();
});

it('fails for a node that has ended', async () => {
  const { docker } = engineWith('exited');
  await expect(wait(docker)).rejects.toMatchObject({ failure: { kind: 'check', got: 'exited' } });
});
