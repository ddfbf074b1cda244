/** PURE: the output of `explain`: one topic, or the list of all topics. */
import { CATALOGUES } from '../language/catalogue.ts';
import { fill } from '../language/labels.ts';
import type { Language } from '../language/language.ts';
import type { Style } from '../style.ts';
import { padToWidth, textWidth, wrapCommand, wrapToWidth } from '../terminal-text.ts';
import type { TopicView } from './topic-view.ts';
import { GROUPS, type GroupId } from './topics.ts';

/** Maximum width: longer lines are hard to read even in a wide terminal. */
const WIDEST = 100;
const GAP = 2;

function columnsOf(columns: number): number {
  return Math.min(columns, WIDEST);
}

/** Returns lines without line breaks: the explanation first, the commands last. */
export function renderTopic(view: TopicView, style: Style, columns: number): string[] {
  const width = columnsOf(columns);
  const { labels } = CATALOGUES[view.lang];
  const heading = fill(labels['explain.heading'], { topic: view.topic, title: view.title });
  const rows: [string, string | undefined][] = [
    [labels['explain.reads'], view.reads],
    [labels['explain.writes'], view.writes],
    [labels['explain.see'], view.see.length > 0 ? view.see.join(', ') : undefined],
  ];
  const labelWidth = Math.max(...rows.map(([label]) => textWidth(label))) + GAP;
  const row = ([label, text]: [string, string | undefined]) => {
    if (text === undefined) return [];
    const [first = '', ...more] = wrapToWidth(text, width - labelWidth, '');
    return [
      `${style.dim(padToWidth(label, labelWidth))}${first}`,
      ...more.map((line) => ' '.repeat(labelWidth) + line),
    ];
  };
  const isStage = view.group === 'build-stages' || view.group === 'network-stages';
  const indent = ' '.repeat(GAP);
  const commands = view.commands.flatMap((command) =>
    wrapCommand(command, width - GAP, indent).map((line) => indent + line),
  );
  return [
    ...wrapToWidth(heading, width, '').map(style.strong),
    '',
    ...wrapToWidth(view.text, width, ''),
    '',
    ...rows.flatMap(row),
    ...(commands.length > 0
      ? [style.dim(labels[isStage ? 'explain.stage-commands' : 'explain.commands']), ...commands]
      : []),
    ...(view.note === '' ? [] : wrapToWidth(view.note, width, '').map(style.dim)),
  ];
}

/** Returns the list of all topics by group. */
export function renderTopics(language: Language, style: Style, columns: number): string[] {
  const width = columnsOf(columns);
  const { labels } = CATALOGUES[language];
  return [
    ...wrapToWidth(labels['explain.usage'], width, ''),
    ...(Object.entries(GROUPS) as [GroupId, object][]).flatMap(([group, topics]) => [
      style.strong(labels[`group.${group}`]),
      ...wrapToWidth(Object.keys(topics).join(' '), width - GAP, '').map((line) => ' '.repeat(GAP) + line),
    ]),
  ];
}
