import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isDefined } from '../../../../src/commands/chaincode-service.ts';
import { keptProgramsDir } from '../../../../src/pipeline/chaincode/kept-program.ts';
import { serviceContainerName } from '../../../../src/pipeline/chaincode/service-process.ts';
import { startProcess } from '../../../../src/pipeline/chaincode/service-start.ts';
import { removeUndefinedServices } from '../../../../src/pipeline/chaincode/undefined-services.ts';
import { firstPeer } from '../../../../src/pipeline/network/network-spec.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork, testProgram } from '../../../support/service-engine.ts';

const KNOWN = { name: 'known', version: '1-aaaaaaaaaaaa', sequence: 1 };

it('a service that no channel defines is removed with its program, and no other', async () => {
  const { docker, context } = await serviceNetwork();
  for (const name of ['known', 'next', 'k6']) {
    const choice = { name, path: context.dir, language: 'go', service: true } as const;
    await (await startProcess(context, choice, `${name}_aaaaaaaaaaaa:1`, testProgram(name))).serve();
  }
  const committed = new Map([
    ['first', []],
    ['mychannel', [KNOWN]],
  ]);
  await removeUndefinedServices(context, { committed }, ['next']);
  const nameOf = (name: string) => serviceContainerName({ project: TEST_PROJECT }, name);
  expect(docker.names()).toEqual([`${nameOf('known')} running`, `${nameOf('next')} running`]);
  const isKept = (name: string) =>
    access(join(keptProgramsDir(context.stateDir), `${name}.tar`)).then(
      () => true,
      () => false,
    );
  expect(await Promise.all(['known', 'next', 'k6'].map(isKept))).toEqual([true, true, false]);
});

it('a program that a killed run has not written to the end is removed, and the last one stays', async () => {
  const { context } = await serviceNetwork();
  const choice = { name: 'known', path: context.dir, language: 'go', service: true } as const;
  await (await startProcess(context, choice, 'known_aaaaaaaaaaaa:1', testProgram('known'))).serve();
  const dir = keptProgramsDir(context.stateDir);
  await writeFile(join(dir, 'known.tar.partial-4711'), 'pro');
  await removeUndefinedServices(context, { committed: new Map([['mychannel', [KNOWN]]]) }, []);
  expect(await readdir(dir)).toEqual(['known.tar']);
});

it('only a chaincode that a channel has is called defined', async () => {
  const { context } = await serviceNetwork();
  const answer = { exitCode: 0, stderr: '', stdout: JSON.stringify({ chaincode_definitions: [KNOWN] }) };
  const cli = { ask: async () => answer, run: async () => answer };
  const { spec, settings } = context;
  const network = { cli, spec, release: settings.release, peers: [firstPeer(spec)] } as unknown as Parameters<
    typeof isDefined
  >[0];
  expect([await isDefined(network, 'known'), await isDefined(network, 'k6')]).toEqual([true, false]);
});
