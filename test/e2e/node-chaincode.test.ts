/**
 * Node.js chaincode on real Fabric, with packages of the npm registry. FABRIC_SRC names checkouts, separated by `:`. Without
 * it these tests are skipped, loudly.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recogniseSource } from '../../src/pipeline/fabric/source.ts';
import { type Wizard, wizardWith } from '../support/wizard.ts';

const SOURCE = join(import.meta.dirname, '../support/chaincode/node');
const all = (process.env.FABRIC_SRC ?? '').split(':').filter(Boolean);
const releases = await Promise.all(
  all.map(async (checkout) => ({ checkout, languages: (await recogniseSource(checkout)).release.languages })),
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
    expect(run.built).toEqual(['nodeenv', 'deploy']);
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
});
