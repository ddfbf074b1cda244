import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isChaincodeName,
  languageOfFolder,
  nameOfFolder,
} from '../../../../src/pipeline/config/chaincode-list.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function load(yaml: string) {
  const dir = await tempDir();
  await mkdir(join(dir, 'basic'));
  await writeFile(join(dir, 'collections.json'), '[]');
  await writeFile(join(dir, 'fabric-wizard.yaml'), yaml);
  return { dir, config: loadConfig({ dir, flags: {} }) };
}

/** Path, position and message key of each issue. */
async function issuesOf(yaml: string) {
  const { config } = await load(yaml);
  const error = await config.then(
    () => expect.fail('the configuration is valid'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') throw error;
  return error.failure.issues.map(({ path, where, message, fix }) => [
    path,
    where,
    typeof message === 'string' ? message : message.key,
    typeof fix === 'object' ? fix.key : fix,
  ]);
}

describe('chaincodes in fabric-wizard.yaml', () => {
  it('are read with all their fields, and paths start from the folder', async () => {
    const { dir, config } = await load(
      `orgs: 2\nchaincodes:\n  - name: basic\n    path: basic\n    channels: [mychannel]\n    init: [init, "1"]\n    policy: OR('Org1MSP.member')\n    collections: collections.json\n`,
    );
    expect((await config).chaincodes).toEqual([
      {
        name: 'basic',
        path: join(dir, 'basic'),
        language: 'go',
        channels: ['mychannel'],
        init: ['init', '1'],
        policy: "OR('Org1MSP.member')",
        collections: join(dir, 'collections.json'),
      },
    ]);
  });

  it.each(['orgs: 2\n', 'chaincodes:\n', 'chaincodes: []\n'])('can be missing: %j', async (yaml) => {
    const { config } = await load(yaml);
    expect((await config).chaincodes).toEqual([]);
  });

  it('names each wrong entry with its place', async () => {
    expect(
      await issuesOf(
        'chaincodes:\n  - name: a b\n    pth: basic\n    init: 5\n  - name: x\n    path: none\n    language: rust\n',
      ),
    ).toEqual([
      ['chaincodes[0].path', 'fabric-wizard.yaml:2:5', 'issue.required', 'fix.chaincodes'],
      ['chaincodes[0].name', 'fabric-wizard.yaml:2:11', 'issue.value', 'fix.chaincodes'],
      ['chaincodes[0].init', 'fabric-wizard.yaml:4:11', 'issue.type', 'fix.chaincodes'],
      ['chaincodes[0].pth', 'fabric-wizard.yaml:3:10', 'issue.unknown-key', 'suggest.nearest'],
      ['chaincodes[1].language', 'fabric-wizard.yaml:7:15', 'issue.value', 'fix.chaincodes'],
    ]);
  });

  it('can be services: in a container, or in a process of the user', async () => {
    const { dir, config } = await load(
      'chaincodes:\n  - {name: x, path: basic, service: true}\n  - {name: y, service: "localhost:9999"}\n',
    );
    expect((await config).chaincodes).toEqual([
      { name: 'x', path: join(dir, 'basic'), language: 'go', service: true },
      { name: 'y', service: 'localhost:9999' },
    ]);
  });

  it('names what does not fit a service', async () => {
    expect(
      await issuesOf(
        'chaincodes:\n  - {name: x, service: true}\n  - {name: y, service: 9999}\n  - {name: z, service: "localhost"}\n',
      ),
    ).toEqual([
      ['chaincodes[0].path', 'fabric-wizard.yaml:2:5', 'issue.required', 'fix.chaincodes'],
      ['chaincodes[1].path', 'fabric-wizard.yaml:3:5', 'issue.required', 'fix.chaincodes'],
      ['chaincodes[1].service', 'fabric-wizard.yaml:3:24', 'issue.value', 'fix.service'],
      ['chaincodes[2].service', 'fabric-wizard.yaml:4:24', 'issue.value', 'fix.service'],
    ]);
    expect(
      await issuesOf('chaincodes:\n  - {name: y, path: basic, language: go, service: "localhost:9999"}\n'),
    ).toEqual([
      ['chaincodes[0].path', 'fabric-wizard.yaml:2:21', 'issue.not-with-address', 'fix.chaincodes'],
      ['chaincodes[0].language', 'fabric-wizard.yaml:2:38', 'issue.not-with-address', 'fix.chaincodes'],
    ]);
  });

  it('names folders and files that are missing, and names that are there twice', async () => {
    expect(
      await issuesOf(
        'chaincodes:\n  - {name: x, path: none}\n  - {name: x, path: basic, collections: none.json}\n',
      ),
    ).toEqual([
      ['chaincodes[0].path', 'fabric-wizard.yaml:2:21', 'issue.no-folder', 'fix.chaincodes'],
      ['chaincodes[1].name', 'fabric-wizard.yaml:3:12', 'issue.repeated', 'fix.chaincodes'],
      ['chaincodes[1].collections', 'fabric-wizard.yaml:3:41', 'issue.no-file', 'fix.chaincodes'],
    ]);
  });

  it('asks for quotes around a number in a list of texts', async () => {
    expect(await issuesOf('chaincodes:\n  - {name: x, path: basic, init: [init, 100]}\n')).toEqual([
      ['chaincodes[0].init[1]', 'fabric-wizard.yaml:2:41', 'issue.type', 'suggest.quotes'],
    ]);
  });

  it('must be a list', async () => {
    expect(await issuesOf('chaincodes: basic\n')).toEqual([
      ['chaincodes', 'fabric-wizard.yaml:1:13', 'issue.type', 'fix.chaincodes'],
    ]);
  });
});

describe('a folder', () => {
  it.each([
    ['go.mod', 'go'],
    ['package.json', 'node'],
    ['pom.xml', 'java'],
    ['build.gradle', 'java'],
    ['main.go', 'go'],
  ])('with %s is %s', async (file, language) => {
    const dir = await tempDir();
    await writeFile(join(dir, file), '');
    expect(await languageOfFolder(dir)).toBe(language);
  });

  it('has a name for the chaincode', () => {
    expect(['/x/basic', '/x/my cc!', '/x/a.b_c', '/x/---'].map(nameOfFolder)).toEqual([
      'basic',
      'my-cc',
      'a-b-c',
      undefined,
    ]);
  });
});

it('system chaincodes have their names for themselves', () => {
  expect(['basic', 'lscc', 'qscc', 'a-b_c'].filter(isChaincodeName)).toEqual(['basic', 'a-b_c']);
});
