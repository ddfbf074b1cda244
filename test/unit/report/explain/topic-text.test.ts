/** Every topic as it stands on a terminal: in both languages, with a run and without. */
import { beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../../../src/commands/explain.ts';
import { makePlan } from '../../../../src/pipeline/plan/make-plan.ts';
import type { ProjectInfo } from '../../../../src/pipeline/project/project-info.ts';
import { STAGES } from '../../../../src/pipeline/stages/stage-list.ts';
import { renderTopic, renderTopics } from '../../../../src/report/explain/topic-text.ts';
import { topicView } from '../../../../src/report/explain/topic-view.ts';
import { TOPIC_IDS, TOPICS, type TopicId } from '../../../../src/report/explain/topics.ts';
import { LANGUAGES, type Language } from '../../../../src/report/language/language.ts';
import { createStyle } from '../../../../src/report/style.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import { COMMANDS, OPTIONS } from '../../../support/commands.ts';
import { exampleRun, learnersRun } from '../../../support/own-runs.ts';
import { bare, TWO_CORES, UP } from '../../../support/plans.ts';

const plain = createStyle({ colour: false, unicode: true });
const HERE = undefined;
const JOIN = 'docker exec fw-fabric-network-3c1f-cli peer channel join -b mychannel.block';
const INSTALL = 'docker exec fw-fabric-network-3c1f-cli peer chaincode install -n mycc -v 1.0';
const INVOKE = 'docker exec fw-fabric-network-3c1f-cli peer chaincode invoke -C mychannel -n mycc';
const QUERY = 'docker exec fw-fabric-network-3c1f-cli peer chaincode query -C mychannel -n mycc';

let learner: ProjectInfo;
let example: ProjectInfo;
/** Of a line that links statically and has every variable. */
let old: ProjectInfo;

beforeAll(async () => {
  learner = await learnersRun('1.4.12', {
    commands: { join: [JOIN], smoke: [INSTALL, INSTALL, QUERY, QUERY, INVOKE, QUERY] },
  });
  example = await exampleRun();
  old = await learnersRun('1.3.0');
});

function viewOf(topic: TopicId, language: Language, run: ProjectInfo) {
  return topicView(topic, language, factsOf(run, topic, HERE));
}

function linesOf(topic: TopicId, language: Language, run: ProjectInfo, columns: number): string[] {
  return renderTopic(viewOf(topic, language, run), plain, columns);
}

/** Rows that a terminal needs: it breaks what is longer than a row. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
}

describe('every stage', () => {
  it('of every plan has a topic', () => {
    const observed = { ...bare, chaintool: { from: 'FILE', present: false } };
    const goals = [UP, { ...UP, until: 'rebuild', smoke: true }, { ...UP, until: 'smoke' }] as const;
    const ids = new Set(
      goals.flatMap((goal) => makePlan(STAGES, observed, goal, TWO_CORES).stages.map(({ id }) => id)),
    );
    expect(ids.size).toBe(22);
    expect([...ids].filter((id) => !(id in TOPICS))).toEqual([]);
  });
});

describe.each(LANGUAGES)('a topic in %s', (language) => {
  it.each(TOPIC_IDS)('%s fits 80x24, with the prompt', (topic) => {
    for (const run of [learner, example, old]) {
      const lines = linesOf(topic, language, run, 80);
      expect(rowsOf(lines, 80), lines.join('\n')).toBeLessThanOrEqual(23);
    }
  });

  it.each(TOPIC_IDS)('%s says what it is about on the first screen of 40x15', (topic) => {
    const { title, text } = viewOf(topic, language, learner);
    const lines = linesOf(topic, language, learner, 40);
    const afterText = lines.indexOf('', lines.indexOf('') + 1);
    expect(lines.slice(0, afterText).join('').replaceAll(' ', '')).toContain(text.replaceAll(' ', ''));
    expect(rowsOf(lines.slice(0, afterText), 40), `${title}\n${text}`).toBeLessThanOrEqual(15);
  });

  it.each([40, 80, 120])('breaks its lines at %i columns', (columns) => {
    for (const topic of TOPIC_IDS) {
      for (const line of renderTopic({ ...viewOf(topic, language, learner), commands: [] }, plain, columns)) {
        // A path or a reference is not torn apart.
        const torn = line.split(' ').some((word) => textWidth(word) > columns - 10);
        if (!torn) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('leaves no value out', () => {
    for (const topic of TOPIC_IDS) {
      for (const run of [learner, example]) {
        const { title, text, reads, writes, note } = viewOf(topic, language, run);
        expect([title, text, reads, writes, note].join(' ')).not.toMatch(/\{\w+\}|undefined/);
      }
    }
  });

  it('says so if the release lacks a value', () => {
    const newer: ProjectInfo = { ...learner, settings: { ...learner.settings, baseVersion: '' } };
    expect(viewOf('BaseVersion', language, newer).title).toMatch(/: none$|：无$/);
    for (const topic of TOPIC_IDS) {
      const { title, text, reads = '', writes = '' } = viewOf(topic, language, newer);
      expect([title, text, reads, writes].join('\n'), topic).not.toMatch(
        / [,.;](?!\w)|（）|[：:]$|[^\w-]\(\)/m,
      );
    }
  });

  it('marks examples, and only those', () => {
    const part = { ...example, built: true };
    expect(viewOf('compile', language, learner)).toMatchObject({ example: false });
    expect(viewOf('compile', language, learner).note).toContain('88.1');
    expect(viewOf('compile', language, example)).toMatchObject({ example: true });
    expect(viewOf('compile', language, part)).toMatchObject({ example: false });
    expect(viewOf('join', language, part)).toMatchObject({ example: true });
    expect(viewOf('lifecycle', language, example)).toMatchObject({ example: false, note: '' });
    expect(viewOf('compile', language, { ...learner, practice: true }).note).toMatch(/practice|练习/);
  });

  it('does not mark recorded commands as examples before there is a network', () => {
    const built = {
      ...learner,
      network: false,
      commands: { compile: ['go install'], verify: ['peer version'] },
    };
    for (const topic of ['compile', 'verify'] as const) {
      const { commands, example: marked, note } = viewOf(topic, language, built);
      expect(commands).toHaveLength(1);
      expect({ marked, note }).toMatchObject({
        marked: false,
        note: expect.stringMatching(/Values of the run|取自已有的运行/),
      });
    }
  });

  it('has a list that fits 80x24', () => {
    const lines = renderTopics(language, plain, 80);
    expect(rowsOf(lines, 80)).toBeLessThanOrEqual(24);
    for (const topic of TOPIC_IDS) expect(lines.join(' ').split(/\s+/)).toContain(topic);
  });
});

describe('a topic', () => {
  it('is filled in with the names of the own run', () => {
    expect(linesOf('image.ccenv', 'en', learner, 80).join('\n')).toContain(
      'hyperledger/fabric-ccenv:amd64-1.4.12',
    );
    expect(linesOf('compile', 'en', learner, 100).join('\n')).toContain(
      '.fabric-wizard/build/7bcadc0bdb8c80b9',
    );
    expect(linesOf('peer', 'zh', learner, 80).join('\n')).toContain(
      'fw-fabric-network-3c1f-peer0.org1.example.com',
    );
  });

  it('of a stage shows the commands that its last run reported, and none before there was one', () => {
    expect(linesOf('join', 'en', learner, 80).join('\n')).toContain(
      `equivalent commands, from the last run of this stage\n  ${JOIN}\n`,
    );
    expect(viewOf('join', 'en', learner).commands).toEqual([JOIN]);
    expect(viewOf('anchors', 'en', learner).commands).toEqual([]);
    expect(viewOf('join', 'en', example).commands).toEqual([]);
    expect(linesOf('join', 'en', example, 80)).not.toContain('equivalent commands');
  });

  it('of chaincode shows the calls of the smoke test that do it', () => {
    expect(viewOf('install', 'en', learner).commands).toEqual([INSTALL]);
    expect(viewOf('invoke', 'en', learner).commands).toEqual([INVOKE, QUERY]);
    expect(viewOf('lifecycle', 'en', learner).commands).toEqual([]);
    expect(viewOf('install', 'en', example).commands).toEqual([]);
  });

  it('of a place or a word shows commands that inspect it', () => {
    expect(viewOf('peer', 'en', example).commands).toEqual([
      'docker logs --tail 20 fw-fabric-network-3c1f-peer0.org1.example.com',
    ]);
  });

  it('begins its commands in the folder of the run', () => {
    const facts = factsOf(learner, 'join', "/home/o'hara/net");
    expect(facts.commands.lines).toEqual([`cd '/home/o'\\''hara/net'`, JOIN]);
    expect(factsOf(learner, 'lifecycle', '/elsewhere').commands.lines).toEqual([]);
  });

  it('is coloured only where colours are wanted', () => {
    const coloured = createStyle({ colour: true, unicode: true });
    const code = String.fromCharCode(27);
    expect(renderTopic(viewOf('join', 'en', learner), coloured, 80).join('')).toContain(code);
    expect(linesOf('join', 'en', learner, 80).join('')).not.toContain(code);
  });
});

describe('what is to be typed', () => {
  it('names commands and options of ours that there are', () => {
    for (const language of LANGUAGES) {
      for (const topic of TOPIC_IDS) {
        const { text, commands: typed } = viewOf(topic, language, learner);
        for (const [, name = ''] of [text, ...typed].join('\n').matchAll(/fabric-wizard ([a-z]{2,})\b/g)) {
          // Words behind the name in a sentence.
          if (!['too', 'writes'].includes(name)) expect(COMMANDS, `${topic}: ${name}`).toContain(name);
        }
        for (const [, option = ''] of text.matchAll(/fabric-wizard [a-z]+(?: [a-z]+)? (--[a-z-]+)/g))
          expect(OPTIONS, `${topic}: ${option}`).toContain(option);
      }
    }
  });
});
