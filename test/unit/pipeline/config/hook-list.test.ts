import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadAnswers, loadConfig, rememberedChoices } from '../../../../src/pipeline/config/config.ts';
import { configText } from '../../../../src/pipeline/config/config-file.ts';
import { configJsonSchema } from '../../../../src/pipeline/config/config-schema.ts';
import { issuesIn } from '../../../support/config-issues.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function folderWith(yaml: string): Promise<string> {
  const dir = await tempDir();
  await writeFile(join(dir, 'fabric-wizard.yaml'), yaml);
  return dir;
}

/** Path, position and message key of each issue. */
async function issuesOf(yaml: string) {
  return issuesIn(loadConfig({ dir: await folderWith(yaml), flags: {} }));
}

const FILE =
  'hooks:\n  after-start: ./seed.sh\n  before-down:\n    - echo "a b"\n    - |\n      one\n      two\n';

it('are a command or a list of commands, each with its key and its position', async () => {
  const dir = await folderWith(FILE);
  const hooks = {
    'after-start': [{ command: './seed.sh', key: 'hooks.after-start', where: 'fabric-wizard.yaml:2:16' }],
    'before-down': [
      { command: 'echo "a b"', key: 'hooks.before-down[0]', where: 'fabric-wizard.yaml:4:7' },
      { command: 'one\ntwo', key: 'hooks.before-down[1]', where: 'fabric-wizard.yaml:5:7' },
    ],
  };
  expect((await loadConfig({ dir, flags: {} })).hooks).toEqual(hooks);
  // The screens load their answers in another way.
  expect((await loadAnswers(dir, new Map())).hooks).toEqual(hooks);
});

it.each(['orgs: 2\n', 'hooks:\n', 'hooks: {}\n'])('can be missing: %j', async (yaml) => {
  expect((await loadConfig({ dir: await folderWith(yaml), flags: {} })).hooks).toEqual({});
});

it('come from the file alone, and no run remembers them', async () => {
  const dir = await folderWith('orgs: 1\n');
  const config = await loadConfig({
    dir,
    flags: { hooks: 'echo flag' },
    lastRun: { hooks: { 'after-start': 'echo remembered' } },
  });
  expect(config.hooks).toEqual({});
  expect(
    Object.keys(rememberedChoices(await loadConfig({ dir: await folderWith(FILE), flags: {} }))),
  ).toEqual([]);
});

it('stay in a file to which choices are written', () => {
  expect(configText(FILE, new Map([['orgs', 3]]))).toContain(FILE);
});

it('are refused with key and position if they are no commands', async () => {
  expect(
    await issuesOf(
      'hooks:\n  after-strat: x\n  after-start: 5\n  after-proof: [" ", {a: b}, "x\\0"]\n  before-down: []\n',
    ),
  ).toEqual([
    ['hooks.after-strat', 'fabric-wizard.yaml:2:16', 'issue.unknown-key'],
    ['hooks.after-start', 'fabric-wizard.yaml:3:16', 'issue.type'],
    ['hooks.after-proof[0]', 'fabric-wizard.yaml:4:17', 'issue.empty'],
    ['hooks.after-proof[1]', 'fabric-wizard.yaml:4:22', 'issue.type'],
    ['hooks.after-proof[2]', 'fabric-wizard.yaml:4:30', 'issue.value'],
    ['hooks.before-down', 'fabric-wizard.yaml:5:16', 'issue.empty'],
  ]);
  expect(await issuesOf('hooks: ./seed.sh\n')).toEqual([['hooks', 'fabric-wizard.yaml:1:8', 'issue.type']]);
});

it('are in the schema of the file', () => {
  const schema = configJsonSchema() as { properties: { hooks: { properties: Record<string, unknown> } } };
  expect(Object.keys(schema.properties.hooks.properties)).toEqual([
    'after-start',
    'after-proof',
    'before-down',
  ]);
});
