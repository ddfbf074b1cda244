/** `explain` in a folder without a run. What it says of a run is tested with the network of up.test.ts. */
import { readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPIC_IDS } from '../../src/report/explain/topics.ts';
import { commandsOf, forAll } from '../support/explained.ts';
import { BIN, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-explain';
let wizard: Wizard;

beforeAll(async () => {
  wizard = await wizardWith({ project: PROJECT, 'port-base': 18050, source: 'sample', orgs: 2, peers: 1 });
});

afterAll(async () => {
  await wizard?.dispose();
});

describe('in a folder without a run', () => {
  it('explains with examples, and says so', async () => {
    const { stdout } = await wizard.ok('explain', 'compile');
    expect(stdout).toContain('.fabric-wizard/build/<fingerprint>');
    expect(stdout).toContain('Example values: this folder has no build yet.');
    expect(await wizard.json('explain', 'join')).toMatchObject({ topic: 'join', lang: 'en', example: true });
  });

  it('uses the requested language', async () => {
    expect((await wizard.ok('explain', 'compile', '--lang', 'zh')).stdout).toContain('示例值：还没有构建过');
    expect(await wizard.json('explain', '编译', '--lang', 'zh')).toMatchObject({
      topic: 'compile',
      lang: 'zh',
    });
    const { stdout } = await execa(process.execPath, [BIN, 'explain', 'msp'], {
      cwd: wizard.dir,
      env: { LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' },
    });
    expect(stdout).toContain('组织的成员');
  });

  it('lists the topics', async () => {
    const { topics } = (await wizard.json('explain')) as {
      topics: { topic: string; title: string }[];
    };
    expect(topics.map(({ topic }) => topic)).toEqual(TOPIC_IDS);
    for (const { title } of topics) expect(title).not.toMatch(/[{}]/);
  });

  it('names the nearest topics for a term that it does not know', async () => {
    const { exitCode, stderr, stdout } = await wizard.run('explain', 'endorsment');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('fabric-wizard explain endorsement');
    expect(await wizard.run('explain', '--lang', 'tlh')).toMatchObject({ exitCode: 2 });
  });

  it('leaves nothing behind', async () => {
    const before = await readdir(wizard.dir, { recursive: true });
    await wizard.ok('explain', 'compile');
    expect(await readdir(wizard.dir, { recursive: true })).toEqual(before);
  });

  it('has no commands of a stage that never ran', async () => {
    expect(
      await forAll(['compile', 'image.peer', 'join', 'smoke'], (topic) => commandsOf(wizard, topic)),
    ).toEqual([[], [], [], []]);
  });
});
