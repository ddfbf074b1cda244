/**
 * Node.js chaincode on real Fabric, with packages of the npm registry. FABRIC_SRC names checkouts, separated by `:`. Without
 * it these tests are skipped, loudly.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recogniseSource } from '../../src/pipeline/fabric/source.ts';
import { containerNames, engine } from '../support/engine.ts';
import { type Wizard, wizardWith } from '../support/wizard.ts';

const SOURCE = join(import.meta.dirname, '../support/chaincode/node');
const all = (process.env.FABRIC_SRC ?? '').split(':').filter(Boolean);
const releases = await Promise.all(
  all.map(async (checkout) => {
    const { languages, externalBuilders: services } = (await recogniseSource(checkout)).release;
    return { checkout, languages, services };
  }),
);
const checkouts = releases
  .filter(({ languages }) => languages.includes('node'))
  .map(({ checkout }) => checkout);

if (checkouts.length === 0) {
  process.stderr.write('FABRIC_SRC names no Fabric with Node.js chaincode: its tests were skipped\n');
  it.skip('Node.js chaincode, as FABRIC_SRC names no Fabric that runs it');
}

describe.each(checkouts)('Node.js chaincode on Fabric in %s', (checkout) => {
  let wizard: Wizard;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-node-'));
    await cp(SOURCE, folder, { recursive: true });
    wizard = await wizardWith({ project: 'fw-e2e-node', 'port-base': 43050, source: checkout });
    (await wizard.events('up', '--yes')).wentWell();
  });

  afterAll(async () => {
    await wizard?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const chaincode = async (...args: readonly string[]) =>
    (await wizard.ok('chaincode', ...args)).stdout.trim().split('\n')[0];

  it('is built, and answers', async () => {
    const run = (await wizard.events('chaincode', 'deploy', folder, '--name', 'values', '--yes')).wentWell();
    // An earlier run may have left the image of Node.js.
    expect(run.built.at(-1)).toBe('deploy');
    expect(await chaincode('invoke', 'values', 'put', 'k', '1')).toBe('1');
    expect(await chaincode('query', 'values', 'get', 'k')).toBe('1');
  });

  it('is replaced after an edit, and the ledger stays', async () => {
    const file = join(folder, 'index.js');
    await writeFile(file, (await readFile(file, 'utf8')).replace('return value;', "return 'put ' + value;"));
    const run = (await wizard.events('chaincode', 'deploy', folder, '--name', 'values', '--yes')).wentWell();
    expect(run.built).toEqual(['deploy']);
    expect(await chaincode('query', 'values', 'get', 'k')).toBe('1');
    expect(await chaincode('invoke', 'values', 'put', 'k', '2')).toBe('put 2');
  });

  const services = releases.find((each) => each.checkout === checkout)?.services === true;

  it.runIf(services)('runs as a service, which an edit restarts without a deployment', async () => {
    const deploy = (...words: readonly string[]) =>
      wizard.events('chaincode', 'deploy', folder, '--name', 'served', '--service', ...words, '--yes');
    const file = join(folder, 'index.js');
    const versionOf = async () =>
      (await wizard.ok('chaincode', 'list')).stdout.split('\n').find((line) => line.includes('served'));
    (await deploy()).wentWell();
    expect(await chaincode('invoke', 'served', 'put', 'k', '1')).toBe('put 1');
    const before = await versionOf();
    await writeFile(file, (await readFile(file, 'utf8')).replace("'put '", "'served '"));
    (await deploy()).wentWell();
    expect(await versionOf()).toBe(before);
    expect(await chaincode('invoke', 'served', 'put', 'k', '2')).toBe('served 2');
    expect(
      (await wizard.ok('chaincode', 'deploy', folder, '--name', 'served', '--service')).stdout,
    ).toContain('nothing changed');
    await wizard.ok('chaincode', 'remove', 'served', '--yes');
    expect((await wizard.run('chaincode', 'query', 'served', 'get', 'k')).exitCode).not.toBe(0);
    (await deploy()).wentWell();
    expect(await chaincode('query', 'served', 'get', 'k')).toBe('2');
  });

  it.runIf(services)('starts again after a call that ends its process, without privileges', async () => {
    const failed = await wizard.run('chaincode', 'query', 'served', 'end');
    expect(failed.exitCode).not.toBe(0);
    const value = async () => (await wizard.run('chaincode', 'query', 'served', 'get', 'k')).stdout.trim();
    await expect.poll(value, { timeout: 30_000 }).toBe('2');
    const { HostConfig } = await engine.getContainer(`${wizard.project}.chaincode.served`).inspect();
    expect(HostConfig.CapDrop).toEqual(['ALL']);
    expect(HostConfig.LogConfig?.Config).toMatchObject({ 'max-size': '10m' });
  });

  it.runIf(services)('leaves nothing if its process ends before it listens', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'fabric-wizard-broken-'));
    try {
      await cp(SOURCE, broken, { recursive: true });
      await writeFile(join(broken, 'index.js'), "require('./nowhere');\n");
      const run = await wizard.events(
        'chaincode',
        'deploy',
        broken,
        '--name',
        'broken',
        '--service',
        '--yes',
      );
      expect(run.ended.exitCode).toBe(2);
      expect(run.one('stage-failed').failure).toMatchObject({
        problem: 'The process of broken has ended.',
        place: expect.stringContaining(
          `${join(broken, 'index.js')}:1: Error: Cannot find module './nowhere'`,
        ),
      });
    } finally {
      await rm(broken, { recursive: true, force: true });
    }
    expect((await wizard.ok('chaincode', 'list')).stdout).not.toContain('broken');
    expect(await containerNames()).not.toContain(`${wizard.project}.chaincode.broken`);
  });

  it.runIf(services)('starts with its last program after down and up if its files are broken', async () => {
    const file = join(folder, 'index.js');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('class Values', 'clas Values'));
    await wizard.ok('down');
    const run = (await wizard.events('up', '--yes')).wentWell();
    expect(run.of('stage-warning')).toContainEqual(
      expect.objectContaining({ code: 'last-program', message: expect.stringContaining(`${file}:`) }),
    );
    expect(await chaincode('query', 'served', 'get', 'k')).toBe('2');
    await writeFile(file, before);
  });

  it.runIf(services)('can be a process of the user, which need not run when it is deployed', async () => {
    const run = (
      await wizard.events('chaincode', 'deploy', 'own', '--service', 'localhost:43999', '--yes')
    ).wentWell();
    expect(run.built).toEqual(['deploy']);
    const { stdout } = await wizard.ok('chaincode', 'deploy', 'own', '--service', 'localhost:43999');
    expect(stdout).toMatch(/export CHAINCODE_ID=own_[0-9a-f]{12}:[0-9a-f]{64}/);
  });
});
