/** A topic in one language, filled in with values of the user's own run. */
import { CATALOGUES } from '../language/catalogue.ts';
import { fill, placeholders } from '../language/labels.ts';
import type { Language } from '../language/language.ts';
import { type GroupId, groupOf, TOPICS, type TopicId } from './topics.ts';

/** Values by the names of the placeholders in the texts. */
export interface OwnPart {
  readonly values: Readonly<Record<string, string>>;
  /** Whether the names are examples because no run has created them. */
  readonly example: boolean;
}

export interface TopicFacts {
  /** Folder of the project; absent for the current folder. */
  readonly dir?: string;
  readonly version: string;
  /** The practice source, which is not Fabric. */
  readonly practice: boolean;
  readonly build: OwnPart;
  readonly network: OwnPart;
  /** Shell command lines, and the part whose names they contain. */
  readonly commands: { readonly lines: readonly string[]; readonly part: 'build' | 'network' | 'run' };
  /** Average seconds if the topic is a stage that has done work here. */
  readonly seconds: number | undefined;
}

/** The object that `--json` prints. */
export interface TopicView {
  readonly lang: Language;
  readonly topic: TopicId;
  readonly group: GroupId;
  readonly title: string;
  readonly text: string;
  readonly reads?: string;
  readonly writes?: string;
  /** Shell command lines, not wrapped. */
  readonly commands: readonly string[];
  readonly see: readonly string[];
  /** Whether some of the values are examples. */
  readonly example: boolean;
  /** Where the values come from, as a sentence. */
  readonly note: string;
}

function noteOf(
  language: Language,
  own: TopicFacts,
  uses: { readonly build: boolean; readonly network: boolean; readonly run: boolean },
) {
  const { labels } = CATALOGUES[language];
  const { dir = labels['explain.here'], version } = own;
  if (uses.build && own.build.example)
    return { example: true, note: fill(labels['explain.not-built'], { dir }) };
  if (uses.network && own.network.example)
    return { example: true, note: fill(labels['explain.no-network'], { dir }) };
  const run = fill(labels[own.practice ? 'explain.own-practice' : 'explain.own-run'], { dir, version });
  const took =
    own.seconds === undefined
      ? ''
      : fill(labels['explain.took'], { seconds: own.seconds < 0.1 ? '< 0.1' : own.seconds.toFixed(1) });
  const isOwn = uses.build || uses.network || uses.run;
  return { example: false, note: `${isOwn ? run : ''}${took}`.trim() };
}

export function topicView(topic: TopicId, language: Language, own: TopicFacts): TopicView {
  const { title, text, reads, writes } = CATALOGUES[language].topics[topic];
  const used = new Set(placeholders([title, text, reads, writes].join(' ')));
  const showsCommandsOf = (part: TopicFacts['commands']['part']) =>
    own.commands.lines.length > 0 && own.commands.part === part;
  const usesValueOf = (part: 'build' | 'network') =>
    Object.keys(own[part].values).some((name) => used.has(name)) || showsCommandsOf(part);
  const none = CATALOGUES[language].labels['explain.no-value'];
  const known = Object.entries({ ...own.build.values, ...own.network.values });
  // A release may lack a value: 2.0 has no version of the base images.
  const values = Object.fromEntries(known.map(([name, value]) => [name, value === '' ? none : value]));
  const filled = (words: string | undefined) => (words === undefined ? undefined : fill(words, values));
  return {
    lang: language,
    topic,
    group: groupOf(topic),
    title: fill(title, values),
    text: fill(text, values),
    reads: filled(reads),
    writes: filled(writes),
    commands: own.commands.lines,
    see: TOPICS[topic].see,
    ...noteOf(language, own, {
      build: usesValueOf('build'),
      network: usesValueOf('network'),
      // Recorded commands are never examples.
      run: showsCommandsOf('run'),
    }),
  };
}
