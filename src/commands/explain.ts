/** `explain`: explains a topic with the values of the user's own run. It only reads files and changes nothing. */

import type { WizardConfig } from '../pipeline/config/wizard-config.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { inspectionCommands } from '../pipeline/project/inspection-commands.ts';
import { type ProjectInfo, readProjectInfo } from '../pipeline/project/project-info.ts';
import { templateValues } from '../pipeline/project/template-values.ts';
import { findTopic } from '../report/explain/find-topic.ts';
import { renderTopic, renderTopics } from '../report/explain/topic-text.ts';
import { type TopicFacts, type TopicView, topicView } from '../report/explain/topic-view.ts';
import { TOPIC_IDS, type TopicId } from '../report/explain/topics.ts';
import type { Language } from '../report/language/language.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';

/** Width of a terminal that does not report its width. */
const COLUMNS = 80;

function unknown(term: string, nearest: readonly TopicId[]): WizardFailure {
  const message: Phrase =
    nearest.length === 0
      ? { key: 'usage.no-topic', term }
      : { key: 'usage.unknown-topic', term, nearest: nearest.join(', ') };
  const next = nearest.slice(0, 2).map((topic) => `fabric-wizard explain ${topic}`);
  return new WizardFailure({ kind: 'usage', message, next: [...next, 'fabric-wizard explain'] });
}

/**
 * The values of a project that a topic's text is filled with.
 * @param dir the project's folder; undefined: the current one
 */
export function factsOf(info: ProjectInfo, topic: TopicId, dir: string | undefined): TopicFacts {
  const { lines, part } = inspectionCommands(info, topic);
  const changeDir = dir === undefined || lines.length === 0 ? [] : [`cd ${shellWord(dir)}`];
  const { build, network } = templateValues(info);
  return {
    dir,
    version: info.settings.version,
    practice: info.practice,
    build: { values: build, example: !info.built },
    network: { values: network, example: !info.network },
    commands: { lines: [...changeDir, ...lines], part },
    seconds: info.seconds[topic],
  };
}

/** @param config answers that are not saved yet; default: the configuration of the folder */
export async function topicFacts(
  { dir, packageDir }: Terminal,
  topic: TopicId,
  config?: WizardConfig,
): Promise<TopicFacts> {
  const values = config ?? (await loadEffectiveConfig(dir, {})).values;
  const info = await readProjectInfo(dir, values, { packageDir });
  return factsOf(info, topic, dir === process.cwd() ? undefined : dir);
}

/** Returns all topics, with the values of the folder's own run. */
export async function allTopics(
  terminal: Terminal,
  language: Language,
): Promise<readonly Pick<TopicView, 'topic' | 'group' | 'title'>[]> {
  const own = await topicFacts(terminal, 'ldflags');
  return TOPIC_IDS.map((id) => {
    const { topic, group, title } = topicView(id, language, own);
    return { topic, group, title };
  });
}

/** @param words arguments of `explain`; several words are one term: `explain anchor peer` */
export async function explain(terminal: Terminal, words: readonly string[]): Promise<number> {
  const { language } = terminal;
  const style = styleFor(terminal, process.stdout);
  const columns = columnsOf(process.stdout) ?? COLUMNS;
  const show = (lines: readonly string[]) => writeToStdout(`${lines.join('\n')}\n`);
  if (words.length === 0) {
    if (terminal.json) printJson({ lang: language, topics: await allTopics(terminal, language) });
    else show(renderTopics(language, style, columns));
    return EXIT.done;
  }
  const term = words.join(' ');
  const found = findTopic(term);
  if ('nearest' in found) throw unknown(term, found.nearest);
  const view = topicView(found.topic, language, await topicFacts(terminal, found.topic));
  if (terminal.json) printJson(view);
  else show(renderTopic(view, style, columns));
  return EXIT.done;
}
