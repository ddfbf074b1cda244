/** `explain` in a folder with a run and without, and every command that it shows, typed as it is shown. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../src/commands/explain.ts';
import { loadEffectiveConfig } from '../../src/commands/load-config.ts';
import { findCompose } from '../../src/pipeline/host/host-setup.ts';
import { readProjectInfo } from '../../src/pipeline/project/project-info.ts';
import { renderTopic } from '../../src/report/explain/topic-text.ts';
import { topicView } from '../../src/report/explain/topic-view.ts';
import { TOPIC_IDS, type TopicId } from '../../src/report/explain/topics.ts';
import { createStyle } from '../../src/report/style.ts';
import { eventually } from '../support/live-run.ts';
import { BIN, PACKAGE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-explain';
let wizard: Wizard;
/** A folder for the PATH with `fabric-wizard` in it. */
let bin: string;
/** What is typed for compose here. */
let compose: string;

/** A topic as a terminal of 80 columns shows it; what the program itself prints is held to this below. */
async function linesOf(topic: TopicId): Promise<string[]> {
  const { values } = await loadEffectiveConfig(wizard.dir, {});
  const run = await readProjectInfo(wizard.dir, values, { packageDir: PACKAGE });
  const view = topicView(topic, 'en', factsOf(run, topic, { dir: undefined, compose }));
  return renderTopic(view, createStyle({ colour: false, unicode: true }), 80);
}

/** The commands of a topic. */
async function shown(topic: TopicId): Promise<string> {
  const lines = await linesOf(topic);
  const from = lines.indexOf('by hand') + 1;
  if (from === 0) return '';
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('  '));
  return lines.slice(from, to < 0 ? undefined : to).join('\n');
}

/** What a person sees who types them one after the other. */
async function typed(topic: TopicId) {
  const { exitCode, all } = await execa('bash', ['-euc', await shown(topic)], {
    cwd: wizard.dir,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
  return { exitCode, said: all };
}

async function works(topic: TopicId): Promise<string> {
  const { exitCode, said } = await typed(topic);
  expect(exitCode, `${topic}: ${await shown(topic)}\n${said}`).toBe(0);
  return said;
}

/** Most of it is waiting for the engine. */
async function allWork(topics: readonly TopicId[]): Promise<string[]> {
  const queue = new PQueue({ concurrency: 3 });
  return Promise.all(topics.map((topic) => queue.add(() => works(topic))));
}

async function valueOfA(): Promise<string> {
  const query = ['chaincode', 'query', '-C', 'mychannel', '-n', 'mycc', '-c', '{"Args":["query","a"]}'];
  const { stdout } = await execa('docker', ['exec', `${PROJECT}-cli`, 'peer', ...query], { reject: false });
  return stdout.trim();
}

beforeAll(async () => {
  wizard = await wizardWith({ project: PROJECT, 'port-base': 18050, source: 'sample', orgs: 2, peers: 1 });
  compose = (await findCompose())?.kind === 'plugin' ? 'docker compose' : 'docker-compose';
  bin = join(wizard.dir, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'fabric-wizard'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  await chmod(join(bin, 'fabric-wizard'), 0o755);
});

afterAll(async () => {
  const names = ['peer', 'orderer', 'tools', 'ccenv'].map((name) => `${PROJECT}-test/fabric-${name}:by-hand`);
  await execa('docker', ['image', 'rm', ...names], { reject: false });
  await wizard.dispose();
});

describe('in a folder without a run', () => {
  it('explains with examples, and says so', async () => {
    const { stdout } = await wizard.ok('explain', 'compile');
    expect(stdout).toContain('by-hand/bin');
    expect(stdout).toContain('Example values: this directory has no build yet.');
    expect(await wizard.json('explain', 'join')).toMatchObject({ topic: 'join', lang: 'en', example: true });
  });

  it('speaks the language that is asked for', async () => {
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

  it('builds by hand with the commands that it shows, from the source to the images', async () => {
    await allWork(['source', 'base.builder', 'base.runtime', 'compile', 'sampleconfig', 'goshim']);
    const said = await allWork(['image.peer', 'image.orderer', 'image.tools', 'image.ccenv']);
    for (const [index, name] of ['peer', 'orderer', 'tools', 'ccenv'].entries())
      expect(said[index]).toContain(`${PROJECT}-test/fabric-${name}:by-hand`);
  });
});

describe('in a folder with a run', () => {
  /** Those that make or change something are typed by a test of their own. */
  const CHANGING = /^(start|channel|join|anchors|smoke|swap|install|instantiate|invoke|compile)$/;

  beforeAll(async () => {
    (await wizard.events('up', '--yes')).wentWell();
  });

  it('is filled in with the names of the run', async () => {
    const { stdout } = await wizard.ok('explain', 'compile', '--lang', 'en');
    expect(stdout.trimEnd()).toBe((await linesOf('compile')).join('\n').trimEnd());
    expect(stdout).toMatch(/\.fabric-wizard\/build\/[0-9a-f]{16}\//);
    expect(stdout).toContain(`-X $M.DockerNamespace=${PROJECT}-test`);
    expect(stdout).toContain('Values of the run in this directory: the practice source, not Fabric.');
    expect(await wizard.json('explain', 'join')).toMatchObject({ example: false });
  });

  it('shows commands that work when they are typed', async () => {
    await allWork(TOPIC_IDS.filter((topic) => !CHANGING.test(topic)));
  });

  it('shows how the proof is read: one list of layers begins the other', async () => {
    const lists = (await works('smoke')).split('\n').filter((line) => line.startsWith('[sha256:'));
    const [runtime = '', chaincode = ''] = lists.map((line) => line.replace(/[[\]]/g, ''));
    expect(runtime).not.toBe('');
    expect(chaincode.startsWith(runtime)).toBe(true);
  });

  it('brings a program into a running node', async () => {
    expect(await works('swap')).toContain(`${PROJECT}-peer0.org1.example.com`);
  });

  it('makes a network by hand, from the containers to a changed value', async () => {
    await wizard.ok('down', '--volumes', '--yes');
    await works('start');
    await eventually('the nodes to answer', async () => (await typed('ready')).exitCode === 0);
    for (const topic of ['channel', 'join', 'anchors', 'install', 'instantiate'] as const) await works(topic);
    await eventually('the chaincode to be there', async () => (await valueOfA()) === '100');
    await works('invoke');
    await eventually('the value to change', async () => (await valueOfA()) === '90');
    // What is done already is refused, as the texts say.
    expect((await typed('join')).said).toContain('already exists');
    expect((await typed('anchors')).exitCode).not.toBe(0);
    expect((await typed('install')).said).toContain('exists');
  });
});
