/** Routes to texts: the resolve report, explanations, and what clients need. */
import type { WizardConfig } from '../pipeline/config/wizard-config.ts';
import { findTopic } from '../report/explain/find-topic.ts';
import { renderTopic } from '../report/explain/topic-text.ts';
import { topicView } from '../report/explain/topic-view.ts';
import { renderResolve } from '../report/resolve-text.ts';
import { renderTopology } from '../report/topology-text.ts';
import type { Route } from '../screens/navigation.ts';
import type { Theme } from '../ui/theme.tsx';
import { connectionText } from './connect.ts';
import { allTopics, topicFacts } from './explain.ts';
import { resolveHere } from './resolve.ts';
import type { Terminal } from './terminal.ts';
import { topologyHere } from './topology.ts';

/** @throws WizardFailure if the folder has no peer, image or source to examine */
export async function resolveRoute(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  { style }: Theme,
  container: string | undefined,
): Promise<Route> {
  const report = await resolveHere(terminal, flags, container, new AbortController().signal);
  return {
    id: 'resolve',
    container,
    lines: (columns) =>
      renderResolve(report, { style, columns, command: 'fabric-wizard resolve', verdict: 'first' }).split(
        '\n',
      ),
    repairs: report.findings.flatMap(({ repairs }) => repairs),
  };
}

/**
 * @param term a topic or a word; undefined or unknown: the list of all topics
 * @param config answers that are not saved yet
 */
export async function topicRoute(
  terminal: Terminal,
  { style, language }: Theme,
  term: string | undefined,
  config?: WizardConfig,
): Promise<Route> {
  const match = term === undefined ? undefined : findTopic(term);
  if (!match || 'nearest' in match) return { id: 'topics', topics: await allTopics(terminal, language) };
  const view = topicView(match.topic, language, await topicFacts(terminal, match.topic, config));
  return {
    id: 'explain',
    topic: match.topic,
    // The screen lists the related topics itself, so that they can be opened.
    lines: (columns) => renderTopic({ ...view, see: [] }, style, columns),
    see: view.see,
  };
}

/** @throws WizardFailure `usage` if the folder has no network, or if a certificate is missing */
export async function connectionRoute({ dir }: Terminal, { style, t }: Theme): Promise<Route> {
  const { lines, tunnels } = await connectionText(dir, style);
  const commands = tunnels.map(({ command }) => command).join('\n');
  const copies = commands !== '' && { what: t('connect.tunnel-command'), text: commands };
  return { id: 'text', title: t('connect.title'), lines, ...(copies ? { copies } : {}) };
}

/** @throws WizardFailure `usage` if the folder has no network; `engine` */
export async function topologyRoute({ dir }: Terminal, { style, t }: Theme): Promise<Route> {
  const { topology } = await topologyHere(dir, undefined);
  return {
    id: 'text',
    title: t('topology.title', { project: topology.project }),
    lines: (columns, rows = Number.POSITIVE_INFINITY) => renderTopology(topology, style, { columns, rows }),
  };
}
