/** What the gateway of a network is told, from the source and the choices. */
import { describe, expect, it } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import { recogniseSource } from '../../../../src/pipeline/fabric/source.ts';
import { gatewayImage } from '../../../../src/pipeline/images/gateway-image.ts';
import { networkGateway } from '../../../../src/pipeline/resolve/network-gateway.ts';
import { fabricShape, MAKEFILE_1_4 } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const GO = { 'gateway/main.go': 'package main', 'gateway/main_test.go': 'package main' };

async function packageWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await tempDir();
  await writeFiles(dir, files);
  return dir;
}

async function gatewayOf(coreYaml: string, flags: Readonly<Record<string, unknown>> = {}) {
  const dir = await packageWith({ ...fabricShape(MAKEFILE_1_4), 'sampleconfig/core.yaml': coreYaml });
  const source = await recogniseSource(dir);
  const { values: config } = await loadConfig({ dir: await tempDir(), flags: { gateway: true, ...flags } });
  const settings = buildSettings(config, source, 'amd64');
  return networkGateway({ source, settings, config, packageDir: await packageWith(GO) });
}

const CORE = `chaincode:
  builder: $(DOCKER_NS)/fabric-ccenv:latest
  golang: {runtime: "$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)"}
  java: {runtime: "$(DOCKER_NS)/fabric-javaenv:latest"}
  node: {runtime: "acme/nodeenv:1"}
vm:
  docker:
    hostConfig: {NetworkMode: host, Dns: ["192.168.0.1"], Memory: 2147483648}
`;

describe('networkGateway', () => {
  it('allows the images of core.yaml for the languages that peers build, with the values of the source', async () => {
    const { policy } = (await gatewayOf(CORE)) ?? {};
    expect(policy?.builders).toEqual([
      'hyperledger/fabric-ccenv:latest',
      'hyperledger/fabric-javaenv:latest',
      'acme/nodeenv:1',
    ]);
    expect(policy?.runtimes).toEqual([
      expect.stringMatching(/^hyperledger\/fabric-baseos:amd64-/),
      'hyperledger/fabric-javaenv:latest',
      'acme/nodeenv:1',
    ]);
    expect(policy?.hostConfig).toEqual({ NetworkMode: 'host', Dns: ['192.168.0.1'], Memory: 2147483648 });
  });

  it('allows the images of the choices instead', async () => {
    const flags = { chaincodeBuilder: 'acme/cc:1', chaincodeRuntime: 'acme/os:1' };
    const { policy } = (await gatewayOf(CORE, flags)) ?? {};
    expect(policy?.builders).toContain('acme/cc:1');
    expect(policy?.builders).not.toContain('hyperledger/fabric-ccenv:latest');
    expect(policy?.runtimes[0]).toBe('acme/os:1');
  });

  it('allows nothing beyond the usual without a hostConfig', async () => {
    expect((await gatewayOf('vm: {docker: {hostConfig: }}'))?.policy.hostConfig).toEqual({});
  });

  it('is not needed with --no-gateway', async () => {
    expect(await gatewayOf(CORE, { gateway: false })).toBeUndefined();
  });
});

describe('gatewayImage', () => {
  const refOf = async (files: Readonly<Record<string, string>>, arch = 'amd64') =>
    (await gatewayImage(await packageWith(files), arch)).ref;

  it('has a name of its own for other sources and for another architecture, but not for other tests', async () => {
    const ref = await refOf(GO);
    expect(ref).toMatch(/^fabric-wizard\/gateway:[0-9a-f]{12}$/);
    expect(await refOf(GO)).toBe(ref);
    expect(await refOf({ ...GO, 'gateway/main_test.go': 'package main // other' })).toBe(ref);
    expect(await refOf({ ...GO, 'gateway/main.go': 'package main // other' })).not.toBe(ref);
    expect(await refOf(GO, 'arm64')).not.toBe(ref);
  });

  it('is compiled without the tests', async () => {
    const { sources } = await gatewayImage(await packageWith(GO), 'amd64');
    expect(sources.map(({ name }) => name)).toEqual(['main.go']);
  });
});
