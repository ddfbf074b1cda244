/** What the controller gives to read: the resolution of the own peers, and explanations. */
import { findTopic } from '../report/explain/find-topic.ts';
import { renderTopic } from '../report/explain/topic-text.ts';
import { topicView } from '../report/explain/topic-view.ts';
import { renderResolve } from '../report/resolve-text.ts';
import type { Route } from '../screens/navigation.ts';
import type { Theme } from '../ui/theme.tsx';
import { allTopics, topicFacts } from './explain.ts';
import { resolveHere } from './resolve.ts';
import type { Terminal } from './terminal.ts';

/** @throws WizardFailure where there is no peer to ask of */
export async function resolvePlace(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  { style }: Theme,
): Promise<Route> {
  const report = await resolveHere(terminal, flags, new AbortController().signal);
  return {
    id: 'resolve',
    lines: (columns) =>
      renderResolve(report, { style, columns, command: 'fabric-wizard resolve', verdict: 'first' }).split(
        '\n',
      ),
    repairs: report.findings.flatMap(({ repairs }) => repairs),
  };
}

/** @param term what is to be explained; undefined, or nothing that is known: all topics */
export async function explainPlace(
  terminal: Terminal,
  { style, language }: Theme,
  term: string | undefined,
): Promise<Route> {
  const found = term === undefined ? undefined : findTopic(term);
  if (!found || 'nearest' in found) return { id: 'topics', topics: await allTopics(terminal, language) };
  const view = topicView(found.topic, language, await topicFacts(terminal, found.topic));
  return {
    id: 'explain',
    topic: found.topic,
    lines: (columns) => renderTopic(view, style, columns),
    see: view.see,
  };
}
