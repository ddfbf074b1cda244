/** `explain` in a folder with a run and without: the commands that the run reported, and those that inspect it. */
import { readdir } from 'node:fs/promises';
import { execa } from 'execa';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../src/commands/explain.ts';
import { loadEffectiveConfig } from '../../src/commands/load-config.ts';
import { readProjectInfo } from '../../src/pipeline/project/project-info.ts';
import { STAGES } from '../../src/pipeline/stages/stage-list.ts';
import { renderTopic } from '../../src/report/explain/topic-text.ts';
import { type TopicView, topicView } from '../../src/report/explain/topic-view.ts';
import { TOPIC_IDS, type TopicId } from '../../src/report/explain/topics.ts';
import { createStyle } from '../../src/report/style.ts';
import { containerNames, engine } from '../support/engine.ts';
import { BIN, type EndedRun, PACKAGE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-explain';
let wizard: Wizard;

/** A topic as a terminal of 80 columns shows it. */
async function linesOf(topic: TopicId): Promise<string[]> {
  const { values } = await loadEffectiveConfig(wizard.dir, {});
  const run = await readProjectInfo(wizard.dir, values, { packageDir: PACKAGE });
  const view = topicView(topic, 'en', factsOf(run, topic, undefined));
  return renderTopic(view, createStyle({ colour: false, unicode: true }), 80);
}

/** The commands of a topic, as the program prints them for a person. */
async function shown(topic: TopicId): Promise<string> {
  const lines = (await wizard.ok('explain', topic, '--lang', 'en')).stdout.split('\n');
  const from = lines.findIndex((line) => /^(equivalent )?commands\b/.test(line)) + 1;
  if (from === 0) return '';
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('  '));
  return lines.slice(from, to < 0 ? undefined : to).join('\n');
}

async function commandsOf(topic: string): Promise<readonly string[]> {
  return ((await wizard.json('explain', topic)) as TopicView).commands;
}

/** The commands that a run reported, by stage. */
function reportedBy(run: EndedRun): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { stage, command } of run.of('stage-command')) found[stage] = [...(found[stage] ?? []), command];
  return found;
}

/** Types the commands of a topic in a shell. @returns what they print */
async function typed(topic: TopicId): Promise<string> {
  const commands = await shown(topic);
  expect(commands, topic).not.toBe('');
  const { exitCode, all } = await execa('bash', ['-euc', commands], {
    cwd: wizard.dir,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  expect(exitCode, `${topic}: ${commands}\n${all}`).toBe(0);
  return all;
}

/** Names and ids of the network's containers. */
async function containersHere(): Promise<string[]> {
  const names = (await containerNames()).filter((name) => name.startsWith(`${PROJECT}-`));
  const ids = names.map(async (name) => `${name} ${(await engine.getContainer(name).inspect()).Id}`);
  return (await Promise.all(ids)).sort();
}

/** Most of it is waiting for the engine. */
async function forAll<T extends string, R>(
  topics: readonly T[],
  act: (topic: T) => Promise<R>,
): Promise<R[]> {
  const queue = new PQueue({ concurrency: 3 });
  return Promise.all(topics.map((topic) => queue.add(() => act(topic))));
}

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
    expect(await forAll(['compile', 'image.peer', 'join', 'smoke'], commandsOf)).toEqual([[], [], [], []]);
  });
});

describe('in a folder with a run', () => {
  let first: EndedRun;

  beforeAll(async () => {
    first = (await wizard.events('up', '--yes')).wentWell();
  });

  it('contains the names of the run', async () => {
    const { stdout } = await wizard.ok('explain', 'compile', '--lang', 'en');
    expect(stdout.trimEnd()).toBe((await linesOf('compile')).join('\n').trimEnd());
    expect(stdout).toMatch(/\.fabric-wizard\/build\/[0-9a-f]{16}\//);
    expect(stdout).toContain('Values of the run in this folder: the practice source, not Fabric.');
    expect(await wizard.json('explain', 'join')).toMatchObject({ example: false });
  });

  it('shows for each stage the commands that the run reported', async () => {
    const reported = reportedBy(first);
    const working = [
      'compile',
      'image.peer',
      'verify',
      'crypto',
      'artifacts',
      'start',
      'channel',
      'join',
      'smoke',
    ];
    expect(working.filter((stage) => reported[stage] === undefined)).toEqual([]);
    expect(reported.compile?.join()).toContain(`DockerNamespace=${PROJECT}-test`);
    const stages = STAGES.map(({ id }) => id);
    const shownBy = await forAll(stages, commandsOf);
    expect(Object.fromEntries(stages.map((stage, index) => [stage, shownBy[index]]))).toEqual(
      Object.fromEntries(stages.map((stage) => [stage, reported[stage] ?? []])),
    );
  });

  it('shows commands of stages that work when they are typed again', async () => {
    expect(await typed('verify')).toContain('Version:');
    expect(await typed('ready')).not.toBe('');
  });

  it('shows commands that inspect the build and the network and that work when they are typed', async () => {
    const calls: readonly string[] = ['install', 'instantiate', 'invoke', 'lifecycle', 'endorsement'];
    const stages: readonly string[] = STAGES.map(({ id }) => id);
    const topics = TOPIC_IDS.filter((topic) => !stages.includes(topic) && !calls.includes(topic));
    const before = await containersHere();
    await forAll(topics, typed);
    expect(await containersHere()).toEqual(before);
  });

  it('shows the calls of the smoke test that install, instantiate and invoke', async () => {
    const smoke = reportedBy(first).smoke ?? [];
    for (const [topic, word] of [
      ['install', 'install'],
      ['instantiate', 'instantiate'],
      ['invoke', 'invoke'],
    ] as const) {
      const commands = await commandsOf(topic);
      expect(commands.join('\n')).toContain(`chaincode ${word}`);
      expect(commands.filter((command) => !smoke.includes(command))).toEqual([]);
    }
  });

  it('shows those of the last run that executed the stage', async () => {
    const again = reportedBy((await wizard.events('smoke')).wentWell());
    expect(again.smoke?.join()).not.toBe(reportedBy(first).smoke?.join());
    expect(await commandsOf('smoke')).toEqual(again.smoke);
    expect(await commandsOf('compile')).toEqual(reportedBy(first).compile);
  });

  it('shows them in a dry run too, of the stages that it would run', async () => {
    const { commands } = (await wizard.json('build', 'peer', '--force', '--dry-run')) as {
      readonly commands: Readonly<Record<string, readonly string[]>>;
    };
    expect(commands.compile).toEqual(reportedBy(first).compile);
    expect(commands).not.toHaveProperty('smoke');
    expect(commands).not.toHaveProperty(['image.orderer']);
  });
});
