import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { choiceNamed, wordsAgain } from '../../../src/commands/chaincode-choice.ts';
import { deployedChoices } from '../../../src/pipeline/chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../../../src/pipeline/config/chaincode-list.ts';
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

const POLICY = "OR('Org1MSP.member')";
const values: ChaincodeChoice = { name: 'values', service: 'localhost:9999' };
const deployed = (more: object = {}): ChaincodeChoice => ({
  ...{ name: 'basic', path: folder, language: 'go' },
  ...more,
});

describe('a chaincode that is deployed again', () => {
  const all = { init: ['init', 'a'], policy: POLICY, collections: '/tmp/collections.json' };

  it('keeps what it was deployed with, and tells which flags give that', async () => {
    const last = deployed({ ...all, service: true, channels: ['orders'] });
    const { choice, kept } = await choiceNamed(folder, [], {}, [last]);
    expect(choice).toEqual({ ...deployed(all), service: true });
    expect(kept).toEqual([
      `--init '["init","a"]'`,
      `--policy 'OR('\\''Org1MSP.member'\\'')'`,
      '--collections /tmp/collections.json',
      '--service',
    ]);
    expect(await choiceNamed(folder, [])).toEqual({ choice: deployed(), kept: [] });
  });

  it('gets what the flags say, and its default by the opposite of a flag', async () => {
    const last = deployed({ ...all, service: true });
    const flags = { policy: 'AND(x)', init: false, collections: false, service: false } as const;
    expect(await choiceNamed(folder, [], flags, [last])).toEqual({
      choice: deployed({ policy: 'AND(x)' }),
      kept: [],
    });
    expect((await choiceNamed(folder, [], { policy: false }, [last])).choice).not.toHaveProperty('policy');
    expect(wordsAgain(['./basic'], flags)).toEqual([
      './basic',
      '--no-init',
      "--policy 'AND(x)'",
      '--no-collections',
      '--no-service',
    ]);
  });

  it('keeps a language that the files of its folder do not tell', async () => {
    const { choice, kept } = await choiceNamed(folder, [], {}, [deployed({ language: 'node' })]);
    expect(choice).toMatchObject({ language: 'node' });
    expect(kept).toEqual(['--language node']);
  });

  it('keeps nothing if fabric-wizard.yaml has it', async () => {
    expect(await choiceNamed('basic', [deployed()], {}, [deployed(all)])).toEqual({
      choice: deployed(),
      kept: [],
    });
  });

  it('keeps nothing of another name of the folder', async () => {
    const { choice, kept } = await choiceNamed(folder, [], { name: 'other' }, [deployed(all)]);
    expect(choice).toEqual({ ...deployed(), name: 'other' });
    expect(kept).toEqual([]);
  });

  it('is known by its name', async () => {
    expect(await choiceNamed('values', [], {}, [values])).toEqual({
      choice: values,
      kept: ['--service localhost:9999'],
    });
    await expect(choiceNamed('values', [])).rejects.toMatchObject({
      failure: { message: { key: 'usage.no-chaincode-there' } },
    });
  });

  it('keeps its policy at another address', async () => {
    const flags = { service: 'localhost:7000' };
    const last: ChaincodeChoice = { ...values, policy: POLICY };
    const { choice, kept } = await choiceNamed('values', [], flags, [last]);
    expect(choice).toEqual({ ...last, ...flags });
    expect(kept).toHaveLength(1);
  });

  it('keeps its definition once its service was removed, but is no service', () => {
    const choice = deployed({ service: true, policy: POLICY });
    const record = { version: '1-000000000000', peers: '', containers: '', instance: '', choice };
    const state = (more: object) => ({
      getFact: (key: unknown) =>
        key === STATE_KEYS.deployed ? { basic: { ...record, ...more } } : undefined,
    });
    const choicesOf = (more: object) =>
      deployedChoices(state(more) as unknown as Parameters<typeof deployedChoices>[0]);
    expect(choicesOf({})).toEqual([choice]);
    expect(choicesOf({ removed: true })).toEqual([deployed({ policy: POLICY })]);
  });
});

describe('the process of the user', () => {
  const own: ChaincodeChoice = { name: 'basic', service: 'localhost:9999', policy: POLICY };

  it('stays one if a folder has its name, and gives way to a folder that is named as one', async () => {
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(dir);
    try {
      expect((await choiceNamed('basic', [], {}, [own])).choice).toEqual(own);
      expect((await choiceNamed('./basic', [], {}, [own])).choice).toEqual(deployed({ policy: POLICY }));
      await expect(choiceNamed('basic', [], { service: false }, [own])).rejects.toMatchObject({
        failure: { next: ['fabric-wizard chaincode deploy ./basic'] },
      });
    } finally {
      cwd.mockRestore();
    }
  });
});
