/** PURE: the facts about a node as lines. */
import type { NodeFact } from '../pipeline/network/node-facts.ts';
import type { Style } from './style.ts';
import { renderTable } from './tables.ts';

/** One line for each fact. Values are never cut, so that they can be copied. */
export function renderNodeFacts(facts: readonly NodeFact[], { t, dim }: Style): string[] {
  if (facts.length === 0) return [];
  return renderTable(facts.map(({ key, value }) => [`  ${dim(t(`fact.${key}`))}`, value])).split('\n');
}
