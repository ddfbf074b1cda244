import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ourServiceAddress,
  prepareService,
  serviceContainerName,
} from '../../../../src/pipeline/chaincode/service-process.ts';
import { HUB, serviceScripts } from '../../../../src/pipeline/chaincode/service-scripts.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork as network, testProgram as program } from '../../../support/service-engine.ts';

/** Runs a program and lets it answer the peers. */
async function runService(...args: Parameters<typeof prepareService>): Promise<void> {
  const { run, serve } = await prepareService(...args);
  await run();
  await serve();
}

const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const NEXT = 'basic_bbbbbbbbbbbb:2';
const OWN = serviceContainerName({ project: TEST_PROJECT }, 'basic');

describe('the process of a service', () => {
  it('says which network it is of', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    expect([...docker.made.values()][0]?.spec.labels).toMatchObject({ [LABEL.instance]: 'c0ffee' });
  });

  it('is restarted with other files in the same container', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.log).toEqual([`create ${OWN}`, `start ${OWN}`, `offer ${OWN}`]);
    expect([...docker.made.values()][0]?.files.get('service/b/chaincode')?.content).toBe('b');
  });

  it('is replaced when the container of the next package is complete', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.log.length = 0;
    await runService(context, 'basic', 'basic_bbbbbbbbbbbb:2', program('a'));
    expect(docker.log).toEqual([
      ...[`create ${OWN}.next`, `start ${OWN}.next`],
      ...[`remove ${OWN}`, `connect ${OWN}.next`],
    ]);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('goes on if the port that another one is to have is in use', async () => {
    const { docker, context } = await network();
    const at = (port: number) => ({ ...program('a'), port });
    await runService(context, 'basic', PACKAGE, at(9301));
    docker.takenPorts.add(9302);
    await expect(runService(context, 'basic', NEXT, at(9302))).rejects.toThrow('already allocated');
    expect(docker.reached()).toEqual([PACKAGE]);
    expect(docker.names()).toContain(`${OWN} running`);
    // Its own port must be free before another one can have it.
    await runService(context, 'basic', NEXT, at(9301));
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('keeps the address until the process of the next package is to answer', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const next = await prepareService(context, 'basic', NEXT, program('a'));
    await next.run();
    expect(docker.reached()).toEqual([PACKAGE]);
    await next.serve();
    expect(docker.reached()).toEqual([NEXT]);
  });

  it('keeps the address if a run was killed before the next process got it', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    await (await prepareService(context, 'basic', NEXT, program('a'))).run();
    const { run, serve } = await prepareService(context, 'basic', NEXT, program('b'));
    await run();
    expect(docker.reached()).toEqual([PACKAGE]);
    await serve();
    expect(docker.reached()).toEqual([NEXT]);
    expect(docker.programs()).toEqual([`${OWN} running b`]);
  });

  it('keeps the address if a run was killed before it got the name, although the next program cannot start', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.onRename = () => {
      throw new Error('killed');
    };
    await expect(runService(context, 'basic', NEXT, program('a'))).rejects.toThrow('killed');
    docker.onRename = () => undefined;
    docker.broken = true;
    await expect(runService(context, 'basic', 'basic_cccccccccccc:3', program('a'))).rejects.toThrow('disk');
    expect(docker.reached()).toEqual([NEXT]);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('gets another container with its next program if it was created without its limits', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const scripts = createHash('sha256');
    for (const { content } of serviceScripts({ language: 'go' })) scripts.update(`${String(content)}\0`);
    const [made] = [...docker.made.values()];
    // As an earlier version of this program did.
    Object.assign(made?.spec.labels ?? {}, { [LABEL.fingerprint]: scripts.digest('hex') });
    const next = await prepareService(context, 'basic', PACKAGE, program('b'));
    await next.run();
    expect(docker.reached()).toEqual([PACKAGE]);
    await next.serve();
    expect(docker.programs()).toEqual([`${OWN} running b`]);
    expect(docker.log.filter((line) => line.startsWith('create'))).toHaveLength(2);
  });

  it('brings installed packages only to a container that lacks them', async () => {
    const { docker, context } = await network();
    const brought = 'fabric-wizard-node-modules.tgz';
    const node = (digest: string, packages: string) => ({
      ...{ language: 'node' as const, image: 'sha256:1', digest },
      files: [
        { name: brought, content: 'modules' },
        { name: '.packages', content: packages },
      ],
    });
    const files = () => [...docker.made.values()].flatMap((each) => [...each.files.keys()]);
    await runService(context, 'basic', PACKAGE, node('a', 'one'));
    await runService(context, 'basic', PACKAGE, node('b', 'one'));
    await runService(context, 'basic', PACKAGE, node('c', 'two'));
    const has = (digest: string) => files().includes(`service/${digest}/${brought}`);
    expect(['a', 'b', 'c'].map(has)).toEqual([true, false, true]);
  });

  it('keeps its program if the next one does not pass its check', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.log.length = 0;
    const refuse = () => Promise.reject(new Error('SyntaxError'));
    await expect(prepareService(context, 'basic', PACKAGE, program('b'), refuse)).rejects.toThrow('Syntax');
    expect(docker.log).toEqual([]);
    expect([...docker.made.values()][0]?.files.has('service/next')).toBe(false);
  });

  it('gets another container if the engine waits before it starts its process again', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    if (made) made.state = 'restarting';
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.log.filter((line) => line.startsWith('create'))).toHaveLength(2);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('stays when the container that is to replace it cannot be filled', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.broken = true;
    await expect(runService(context, 'basic', 'basic_b:2', program('a'))).rejects.toThrow('disk full');
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('runs in a container that an interrupted run has created and not filled', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    if (!made) throw new Error('no container');
    made.files.clear();
    made.state = 'created';
    await runService(context, 'basic', PACKAGE, program('a'));
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('has a hub in a container that an interrupted run has created, and keeps it while the container runs', async () => {
    const { docker, context } = await network();
    const at = (digest: string) => ({
      ...{ ...program(digest), registers: 'here' as const },
      files: [...program(digest).files, { name: HUB, content: 'hub' }],
    });
    const hasHub = (digest: string) =>
      [...docker.made.values()][0]?.files.has(`service/${digest}/${HUB}`) === true;
    await prepareService(context, 'basic', PACKAGE, at('killed'));
    [...docker.made.values()][0]?.files.clear();
    for (const digest of ['a', 'b']) await runService(context, 'basic', PACKAGE, at(digest));
    expect(docker.programs()).toEqual([`${OWN} running b`]);
    expect(['a', 'b'].map(hasHub)).toEqual([true, false]);
  });

  it('gets another container if the scripts of its container are those of another version', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    Object.assign(made?.spec.labels ?? {}, { [LABEL.fingerprint]: 'older' });
    await runService(context, 'basic', PACKAGE, program('a'));
    expect(docker.log.filter((line) => line.startsWith('create'))).toHaveLength(2);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('is started if it ends before it takes the program', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.endsBeforeOffer = true;
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.names()).toEqual([`${OWN} running`]);
  });
});

it('the addresses of chaincodes differ if their names differ in capitals only', () => {
  const spec = { domain: 'example.com' };
  expect(ourServiceAddress(spec, 'basic')).toBe('basic.chaincode.example.com:9999');
  const addresses = ['basic', 'Basic', 'BASIC'].map((name) => ourServiceAddress(spec, name));
  expect(new Set(addresses).size).toBe(3);
  for (const address of addresses) expect(address).toBe(address.toLowerCase());
});

it('no container of a service has the name of a node of another project', () => {
  expect(serviceContainerName({ project: 'a' }, 'cli')).not.toMatch(/^[a-z0-9]+(?:[_-][a-z0-9]+)*-cli$/);
  const names = [
    serviceContainerName({ project: 'a' }, 'chaincode-b'),
    serviceContainerName({ project: 'a-chaincode' }, 'b'),
  ];
  expect(new Set(names).size).toBe(2);
});
