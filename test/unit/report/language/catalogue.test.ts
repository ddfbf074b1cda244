/** Every language says everything, with the same values, and says it in its own words. */
import { describe, expect, it } from 'vitest';
import { templateValues } from '../../../../src/pipeline/project/template-values.ts';
import { TOPIC_IDS } from '../../../../src/report/explain/topics.ts';
import { CATALOGUES } from '../../../../src/report/language/catalogue.ts';
import { placeholders } from '../../../../src/report/language/labels.ts';
import { learnersRun } from '../../../support/own-runs.ts';

const { en, zh } = CATALOGUES;
const FIELDS = ['title', 'text', 'reads', 'writes'] as const;

/** Every text of a catalogue by a name that tells where it stands. */
function textsOf({ labels, topics }: typeof en): Map<string, string> {
  const ofTopics = TOPIC_IDS.flatMap((topic) =>
    FIELDS.flatMap((field): [string, string][] => {
      const text = topics[topic][field];
      return text === undefined ? [] : [[`${topic}.${field}`, text]];
    }),
  );
  return new Map([...Object.entries(labels), ...ofTopics]);
}

const english = textsOf(en);
const chinese = textsOf(zh);

describe('the catalogues', () => {
  it('have the same texts', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    expect(english.size).toBeGreaterThan(2 * TOPIC_IDS.length);
  });

  it('have no empty text', () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty).toEqual([]);
  });

  it('put the same values into a text', () => {
    for (const [key, text] of english) {
      const both = [text, chinese.get(key) ?? ''].map((each) => placeholders(each).sort());
      expect(both[1], key).toEqual(both[0]);
    }
  });

  it('ask for no value that a run does not have', async () => {
    const { build, network } = templateValues(await learnersRun());
    const asked = TOPIC_IDS.flatMap((topic) => placeholders(Object.values(en.topics[topic]).join(' ')));
    expect(asked.filter((name) => !(name in build) && !(name in network))).toEqual([]);
  });
});

it('the English catalogue calls a folder a folder', () => {
  expect([...english].filter(([, text]) => /director/i.test(text))).toEqual([]);
});

/** What is a name, or is written in English by Chinese readers of Fabric too. */
const NAMES = new Set(
  `Swarm worker manager leader placement machines overlay up peer orderer Fabric Docker docker Go gcc C Java Node Debian apt Makefile Dockerfile solo raft gossip msp root host
  compose cli configtxlator tools ccenv baseos shim src tar sed API BFT CA CAR TLS MSP AND OR FROM ADD PATH GOPATH LevelDB CouchDB etcdraft
  Hyperledger GitHub CPU baseimage git debootstrap ldflags Enter k chaintool cryptogen configtxgen FILE NAME query invoke Init Admin dev mycc Version start die destroy
  sampleconfig capabilities label YAML shell PEER hyperledger static dynamic uname dockerd latest context version go
  make golang alpine ubuntu upstream quiet default
  DockerNamespace SELinux Ubuntu sudo setenforce noProxy true DIR jq libltdl systemctl JSON GitHub CLI LF CRLF Compose rootless Unix Gateway
  name peers orderers domain organisations policies capability Acme Globex trade audit
  Fablo Kafka OU SQLite
  ID OSC UTC VISUAL EDITOR PAGER npm JDK Gradle Maven Prometheus Grafana GB MB IP ssh SSH`.split(/\s+/),
);

/** Words of letters only that are no part of a path, a flag, a variable, a command or a quoted message. */
function plainWords(text: string): string[] {
  const prose = text
    .replace(/\{\w+\}/g, ' ')
    .replace(/“[^”]*”/g, ' ')
    .replace(/`[^`]*`/g, ' ')
    .replace(/(fabric-wizard|rebuild)( (--)?[a-z]+)*/g, ' ')
    .replace(/(docker|go|peer) (image ls|exec|tag|ps|build|install|version|system df)/g, ' ');
  const words = prose.split(/[^\w./$()=:,<>@-]+/u);
  return words.map((word) => word.replace(/^[(:]+|[.:,)]+$/g, '')).filter((word) => /^[A-Za-z]+$/.test(word));
}

describe('the Chinese catalogue', () => {
  it('calls to register and to enrol as Fabric does', () => {
    const words = { 注册: /\bregister/i, 登记: /\benrol/i };
    const aboutIdentities = [...english].filter(([key]) => key.includes('identity'));
    for (const [word, meaning] of Object.entries(words))
      for (const [key, text] of aboutIdentities)
        expect(chinese.get(key)?.includes(word), key).toBe(meaning.test(text));
  });

  it('is Chinese wherever there is something to say', () => {
    // Paths and references between two of our punctuation marks.
    const isList = (text: string) => /^[\x20-\x7e、：；，。（）]+$/.test(text);
    const foreign = [...chinese]
      .filter(([key, text]) => !isList(text) || /\.(title|text)$/.test(key))
      .filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(foreign).toEqual([]);
  });

  it('leaves nothing in English but names', () => {
    const left = [...chinese].flatMap(([key, text]) =>
      plainWords(text)
        .filter((word) => !NAMES.has(word))
        .map((word) => `${key}: ${word}`),
    );
    expect(left).toEqual([]);
  });

  it('uses the punctuation of Chinese', () => {
    const latin = /\p{Script=Han} ?[,;:!?](?!\S*\w)|[,;!?]\p{Script=Han}|\p{Script=Han}\.( |$)/u;
    expect([...chinese].filter(([, text]) => latin.test(text))).toEqual([]);
  });
});
