/** The compose file of a network on several machines, and the part of each machine. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { composeOfMachine } from '../../../../src/pipeline/network/machine-compose.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { placementOf } from '../../../../src/pipeline/network/placement.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Compose {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

async function network(gateway = true) {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '2', peers: '1', gateway } });
  const made = networkSpec(values, release, 'fw-test');
  const owners = new Map([
    ['Org1', ['m1']],
    ['Org2', ['m2']],
    ['orderers', ['m1']],
  ]);
  const spec = { ...made, placement: placementOf(made, owners, 'm1') };
  const text = composeYaml({
    ...{ spec, release, elsewhere: true, instance: 'abc', uses: [], peerEnv: {} },
    images: { peer: 'ns/peer:1', orderer: 'ns/orderer:1', tools: 'ns/tools:1' },
    socketOn: (machine) => `/run/${machine}.sock`,
    ...(gateway
      ? {
          gateway: {
            image: { ref: 'fabric-wizard/gateway:1', fingerprint: '1', sources: [] },
            policy: { builders: [], runtimes: [], hostConfig: {} },
          },
        }
      : {}),
  });
  return {
    spec,
    text,
    whole: parse(text) as Compose,
    of: (machine: string) => parse(composeOfMachine(text, spec, machine)) as Compose,
  };
}

const PEER2 = 'peer0.org2.example.com';

describe('a network on several machines', () => {
  it('has nodes that find each other by their host names, and that start again by themselves', async () => {
    const { whole, text } = await network();
    for (const [name, service] of Object.entries(whole.services))
      expect(service, name).toMatchObject({
        network_mode: 'fw-test',
        hostname: name,
        restart: 'unless-stopped',
      });
    expect(whole).not.toHaveProperty('networks');
    expect(text).not.toContain('networks:');
  });

  it('has a gateway with the socket of its engine on each machine of peers', async () => {
    const { whole } = await network();
    const sockets = Object.entries(whole.services).flatMap(([name, { volumes }]) =>
      [...JSON.stringify(volumes).matchAll(/\/run\/\w+\.sock/g)].map(([socket]) => `${name} ${socket}`),
    );
    expect(sockets).toEqual(['gateway-m1 /run/m1.sock', 'gateway-m2 /run/m2.sock']);
    expect(whole.services[PEER2]?.depends_on).toEqual(['gateway-m2']);
  });

  it('gives a peer without a gateway the socket of its own engine', async () => {
    const { whole } = await network(false);
    expect(JSON.stringify(whole.services[PEER2]?.volumes)).toContain('/run/m2.sock');
  });

  it('gives a machine its own services, and only the volumes that they mount', async () => {
    const { of, whole } = await network();
    const { services, volumes } = of('m2');
    expect(Object.keys(services)).toEqual([PEER2, 'gateway-m2']);
    expect(services[PEER2]).toEqual(whole.services[PEER2]);
    expect(Object.keys(volumes)).toEqual([PEER2, `gateway-${PEER2}`, 'gateway-programs', `${PEER2}-files`]);
    expect(Object.keys(of('m1').services)).toContain('cli');
    expect(Object.keys(of('m1').volumes).filter((key) => key.includes('org2'))).toEqual([]);
  });
});
