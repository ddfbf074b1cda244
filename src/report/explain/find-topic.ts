/** Finds a topic by its id or by another name in any language; otherwise returns the most similar topics. */
import { CATALOGUES } from '../language/catalogue.ts';
import { TOPIC_IDS, TOPICS, type TopicId } from './topics.ts';

export type Found =
  | { readonly topic: TopicId }
  /** The most similar topics first; empty if none is similar. */
  | { readonly nearest: readonly TopicId[] };

/** Returns the text without differences in case, blanks and dashes. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** Returns every name of a topic that a user can type: its id, and its aliases in every language. */
export function namesOf(topic: TopicId): string[] {
  const spoken = Object.values(CATALOGUES).flatMap(({ topics }) => topics[topic].aliases ?? []);
  return [...new Set([topic, ...TOPICS[topic].aliases, ...spoken].map(plain))];
}

/** Whether the term begins with a name: `CORE_PEER_TLS_KEY_FILE` with `CORE_PEER_TLS`, a path with its folder. */
function beginsWith(term: string, name: string): boolean {
  return term.startsWith(name) && /^[ /]/.test(term.slice(name.length));
}

function pairs(text: string): string[] {
  const letters = [...` ${text} `];
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/** Returns the share of letter pairs that two names have in common, from 0 to 1. */
function likeness(a: string, b: string): number {
  const others = pairs(b);
  const total = pairs(a).length + others.length;
  let common = 0;
  for (const pair of pairs(a)) {
    const at = others.indexOf(pair);
    if (at < 0) continue;
    others.splice(at, 1);
    common += 1;
  }
  return (2 * common) / total;
}

const NEAREST = 3;
/** Smaller values are accidental. */
const LEAST_LIKENESS = 0.25;

export function findTopic(typed: string): Found {
  const term = plain(typed);
  const named = TOPIC_IDS.flatMap((topic) => namesOf(topic).map((name) => ({ topic, name })));
  const same = named.find(({ name }) => name === term);
  if (same) return { topic: same.topic };
  const isOneWord = !/\s/.test(typed.trim());
  const [parent] = named
    .filter(({ name }) => isOneWord && beginsWith(term, name))
    .sort((a, b) => b.name.length - a.name.length);
  if (parent) return { topic: parent.topic };
  const nearest = TOPIC_IDS.map((topic) => ({
    topic,
    likeness: Math.max(...namesOf(topic).map((name) => likeness(term, name))),
  }))
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((a, b) => b.likeness - a.likeness);
  return { nearest: nearest.slice(0, NEAREST).map(({ topic }) => topic) };
}
