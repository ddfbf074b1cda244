/** What `explain` says in the folder of a test. */
import { execa } from 'execa';
import PQueue from 'p-queue';
import { expect } from 'vitest';
import { factsOf } from '../../src/commands/explain.ts';
import { loadEffectiveConfig } from '../../src/commands/load-config.ts';
import { readProjectInfo } from '../../src/pipeline/project/project-info.ts';
import { renderTopic } from '../../src/report/explain/topic-text.ts';
import { type TopicView, topicView } from '../../src/report/explain/topic-view.ts';
import type { TopicId } from '../../src/report/explain/topics.ts';
import { createStyle } from '../../src/report/style.ts';
import { type EndedRun, PACKAGE, type Wizard } from './wizard.ts';

/** Returns a topic as a terminal of 80 columns shows it. */
export async function linesOf({ dir }: Wizard, topic: TopicId): Promise<string[]> {
  const { values } = await loadEffectiveConfig(dir, {});
  const run = await readProjectInfo(dir, values, { packageDir: PACKAGE });
  const view = topicView(topic, 'en', factsOf(run, topic, undefined));
  return renderTopic(view, createStyle({ colour: false, unicode: true }), 80);
}

/** Returns the commands of a topic, as the program prints them for a person. */
async function shown(wizard: Wizard, topic: TopicId): Promise<string> {
  const lines = (await wizard.ok('explain', topic, '--lang', 'en')).stdout.split('\n');
  const from = lines.findIndex((line) => /^(equivalent )?commands\b/.test(line)) + 1;
  if (from === 0) return '';
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('  '));
  return lines.slice(from, to < 0 ? undefined : to).join('\n');
}

export async function commandsOf(wizard: Wizard, topic: string): Promise<readonly string[]> {
  return ((await wizard.json('explain', topic)) as TopicView).commands;
}

/** Returns the commands that a run reported, by stage. */
export function reportedBy(run: EndedRun): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { stage, command } of run.of('stage-command')) found[stage] = [...(found[stage] ?? []), command];
  return found;
}

/** Types the commands of a topic in a shell. @returns what they print */
export async function typed(wizard: Wizard, topic: TopicId): Promise<string> {
  const commands = await shown(wizard, topic);
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

/** Does this for some topics at a time: most of it is waiting for the engine. */
export async function forAll<T extends string, R>(
  topics: readonly T[],
  act: (topic: T) => Promise<R>,
): Promise<R[]> {
  const queue = new PQueue({ concurrency: 3 });
  return Promise.all(topics.map((topic) => queue.add(() => act(topic))));
}
