/** The tunnel to the ports of a network on an engine elsewhere. */

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { initialRunState } from '../../../../src/pipeline/core/run-state.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { connectionOf, withAdded } from '../../../../src/pipeline/network/connection.ts';
import type { Addition } from '../../../../src/pipeline/network/members.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';
import { tunnelsTo } from '../../../../src/pipeline/network/tunnel.ts';
import { renderConnection, renderConnections } from '../../../../src/report/connect-text.ts';
import { renderResult } from '../../../../src/report/result-text.ts';
import { createStyle } from '../../../../src/report/style.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });

async function network() {
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '1', peers: '2' } });
  const release = releaseOf('1.4.12') ?? expect.fail('no release');
  return networkSpec(values, release, 'fw-far', undefined);
}

/** Words of a tunnel's command without the ports. */
function withoutPorts(command: string | undefined): string {
  return (command ?? '').replaceAll(/ -L \S+/g, '');
}

it('has every published port once', async () => {
  const spec = await network();
  const [{ command } = { command: '' }] = tunnelsTo({ endpoint: 'ssh://me@far' }, spec);
  const forwarded = [...command.matchAll(/-L (\d+):127\.0\.0\.1:\1(?= )/g)].map(([, port]) => Number(port));
  expect(new Set(forwarded)).toEqual(new Set(publishedPorts(spec).map(({ port }) => port)));
  expect(forwarded).toHaveLength(new Set(forwarded).size);
});

it.each([
  ['ssh://me@far', 'ssh -N me@far', 'ssh'],
  ['ssh://far:2222/run/user/1000/docker.sock', 'ssh -N -p 2222 far', 'ssh'],
  ['tcp://10.0.0.7:2376', 'ssh -N 10.0.0.7', 'other'],
  ['tcp://[fd00::7]:2376', 'ssh -N fd00::7', 'other'],
] as const)('goes to the host of %s', async (endpoint, command, kind) => {
  const [tunnel] = tunnelsTo({ endpoint }, await network());
  expect(withoutPorts(tunnel?.command)).toBe(command);
  expect(tunnel?.kind).toBe(kind);
});

it('is not needed for an engine of this host', async () => {
  expect(tunnelsTo({ endpoint: 'unix:///var/run/docker.sock' }, await network())).toEqual([]);
});

describe('a network on several machines', () => {
  const others = [
    { name: 'm2', endpoint: 'ssh://me@far:2222' },
    { name: 'm3', endpoint: 'ssh://me@idle' },
  ];
  const placed = async () => {
    const spec = await network();
    const on = {
      'orderer.example.com': 'm1',
      'peer0.org1.example.com': 'm1',
      'peer1.org1.example.com': 'm2',
    };
    return { ...spec, placement: { ...on, cli: 'm1' } };
  };
  const portsIn = (command: string) => [...command.matchAll(/-L (\d+):/g)].map(([, port]) => Number(port));

  it('has a tunnel to each machine with the ports of its nodes', async () => {
    const spec = await placed();
    const tunnels = tunnelsTo({ endpoint: 'ssh://me@near', machines: { selected: 'm1', others } }, spec);
    expect(tunnels.map(({ command }) => withoutPorts(command))).toEqual([
      'ssh -N me@near',
      'ssh -N -p 2222 me@far',
    ]);
    const [near = [], far = []] = tunnels.map(({ command }) => portsIn(command));
    const ofSecond = publishedPorts(spec).filter(({ node }) => node === 'peer1.org1.example.com');
    expect(new Set(far)).toEqual(new Set(ofSecond.map(({ port }) => port)));
    expect(new Set([...near, ...far])).toEqual(new Set(publishedPorts(spec).map(({ port }) => port)));
    expect(near.filter((port) => far.includes(port))).toEqual([]);
  });

  it('reaches nodes of an engine of this host without one', async () => {
    const engine = { endpoint: 'unix:///var/run/docker.sock', machines: { selected: 'm1', others } };
    const made = { spec: await placed(), version: '1.4.12' };
    expect(connectionOf(made, '/n', engine).tunnels.map(({ host }) => host)).toEqual(['far']);
    const shown = renderConnection(connectionOf(made, '/n', { ...engine, endpoint: 'tcp://near' }), style);
    expect(shown.filter((line) => line.includes('ssh -N'))).toHaveLength(2);
    expect(shown.join('\n')).toMatch(/ports of m1 are on near[\s\S]*ports of m2 are on far/);
  });
});

it('is told at the end of up and by connect', async () => {
  const made = { spec: await network(), version: '1.4.12' };
  const far = connectionOf(made, '/n', { endpoint: 'ssh://me@far' });
  const here = connectionOf(made, '/n', { endpoint: 'unix:///var/run/docker.sock' });
  const facts = { chaincode: undefined, practice: false };
  for (const render of [
    (of: typeof far) => renderConnection(of, style),
    (of: typeof far) => renderConnections(of, style, facts),
  ]) {
    expect(render(far).join('\n')).toMatch(/the ports are on far; .*\n +ssh -N -L .* me@far/);
    expect(render(here).join('\n')).not.toContain('ssh -N');
  }
});

it('is told again after an addition, with the addresses of the new peers', async () => {
  const spec = await network();
  const made = { spec, version: '1.4.12' };
  const state = {
    ...initialRunState,
    command: 'add',
    startedAt: 1,
    seconds: 2,
    exitCode: 0,
    outcome: 'done',
  } as const;
  const shown = (endpoint: string, addition: Addition, outcome: 'done' | 'failed' = 'done') => {
    const connection = withAdded(connectionOf(made, '/n', { endpoint }), addition);
    return renderResult({ ...state, outcome }, { style, connection }).join('\n');
  };
  const peer: Addition = { kind: 'peer', org: 'Org1' };
  const [, newest] = spec.orgs[0]?.peers ?? [];
  const here = shown('unix:///var/run/docker.sock', peer);
  expect(here).toMatch(new RegExp(`New peer\\n +peer1\\.org1\\.example\\.com +localhost:${newest?.port}`));
  expect(here).not.toContain('peer0.org1');
  expect(here).not.toContain('tunnel');
  const far = shown('ssh://me@far', peer);
  expect(far).toMatch(/An open tunnel does not have the new ports[\s\S]*\n +ssh -N -L .* me@far\n/);
  expect(far).toContain(`-L ${newest?.port}:127.0.0.1:${newest?.port}`);
  expect(shown('ssh://me@far', { kind: 'org', peers: 2 })).toMatch(
    /New peers\n +peer0\.org1[\s\S]*peer1\.org1/,
  );
  expect(shown('ssh://me@far', { kind: 'channel', name: 'orders' })).not.toMatch(/New peer|tunnel/);
  expect(shown('ssh://me@far', peer, 'failed')).not.toMatch(/New peer|tunnel/);
});

it('is broken on a screen so that a copy of its lines is the command', async () => {
  const connection = connectionOf({ spec: await network(), version: '1.4.12' }, '/n', {
    endpoint: 'ssh://me@far',
  });
  const lines = renderConnections(connection, style, { chaincode: undefined, practice: false }, 80);
  const first = lines.findIndex((line) => line.includes('ssh -N'));
  const last = lines.findIndex((line) => line.endsWith('me@far'));
  const shown = lines.slice(first, last + 1);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(80);
  const joined = shown
    .join('\n')
    .replaceAll(/ \\\n +/g, ' ')
    .trim();
  expect(joined).toBe(connection.tunnels[0]?.command);
});
