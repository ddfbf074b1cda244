import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choiceNamed } from '../../../src/commands/chaincode-choice.ts';
import { deployedServices } from '../../../src/pipeline/chaincode/deployment-record.ts';
import { type ChaincodeChoice, isListening } from '../../../src/pipeline/config/chaincode-list.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';

let dir: string;
let folder: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-choice-'));
  folder = join(dir, 'basic');
  await mkdir(folder);
  await writeFile(join(folder, 'main.go'), 'package main\n');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('a chaincode that was deployed as a service', () => {
  const deployed = (): ChaincodeChoice => ({ name: 'basic', path: folder, language: 'go', service: true });
  const values: ChaincodeChoice = { name: 'values', service: 'localhost:9999' };

  it('stays one when its folder is deployed again without --service', async () => {
    expect(await choiceNamed(folder, [], {}, [deployed()])).toMatchObject({ name: 'basic', service: true });
    expect(await choiceNamed(folder, [])).not.toHaveProperty('service');
  });

  it('is not one for another name of the folder', async () => {
    expect(await choiceNamed(folder, [], { name: 'other' }, [deployed()])).not.toHaveProperty('service');
  });

  it('is known by its name', async () => {
    expect(await choiceNamed('values', [], {}, [values])).toEqual(values);
    await expect(choiceNamed('values', [])).rejects.toMatchObject({
      failure: { message: { key: 'usage.no-chaincode-there' } },
    });
  });

  it('is not known any more once it was removed', () => {
    const record = { version: '1-000000000000', peers: '', containers: '', instance: '', choice: deployed() };
    const state = (more: object) => ({
      getFact: (key: unknown) =>
        key === STATE_KEYS.deployed ? { basic: { ...record, ...more } } : undefined,
    });
    const servicesOf = (more: object) =>
      deployedServices(state(more) as unknown as Parameters<typeof deployedServices>[0]);
    expect(servicesOf({})).toHaveLength(1);
    expect(servicesOf({ removed: true })).toEqual([]);
    expect(servicesOf({}).some(isListening)).toBe(false);
  });
});
