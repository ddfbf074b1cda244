import { describe, expect, it } from 'vitest';
import { labels as en } from '../../../../src/report/language/en/labels.ts';
import { jsonText, translatorFor } from '../../../../src/report/language/translator.ts';

const english = translatorFor('en');
const chinese = translatorFor('zh');

describe('tell', () => {
  it('leaves what is in no language', () => {
    expect(chinese.translate('docker image ls')).toBe('docker image ls');
  });

  it('fills in facts, sentences among them', () => {
    const told = {
      key: 'issue.type',
      type: { key: 'type.number' },
      value: { key: 'value.list' },
    } as const;
    expect(english.translate(told)).toBe('must be a whole number, not a list');
    expect(chinese.translate(told)).toBe('必须是整数，不能是 列表');
  });

  it('shortens lists, and keeps sentences apart', () => {
    expect(english.translate({ key: 'cause.down', nodes: ['a', 'b', 'c', 'd', 'e'] })).toBe(
      'not running: a, b, c and 2 more',
    );
    const held = [
      { key: 'row.ports-of', ports: '7050, 7051', owner: 'nginx' },
      { key: 'row.ports-of-unknown', ports: '9000' },
    ] as const;
    expect(english.translate({ key: 'row.ports-taken', held })).toBe(
      '7050, 7051 in use by nginx; 9000 in use by an unknown program',
    );
  });

  it('counts one thing and several', () => {
    expect([1, 2].map((count) => english.translate({ key: 'leftover.volumes', count }))).toEqual([
      '1 volume',
      '2 volumes',
    ]);
  });
});

it('programs read English, whatever a person reads', () => {
  const event = { type: 'x', plan: [{ cause: { key: 'cause.missing', what: 'ccenv' } }] };
  expect(jsonText(event)).toBe('{"type":"x","plan":[{"cause":"ccenv is missing"}]}');
  const facts = { key: 'chaincode.builder', role: 'builder' };
  expect(jsonText(facts)).toBe(JSON.stringify(facts));
});

it('no two groups of labels have a key in common', async () => {
  const phrases = ['causes', 'issues', 'rows', 'stages'];
  const others = ['failures', 'lines', 'resolve', 'screens', 'wizard'];
  const modules: Record<string, object>[] = await Promise.all([
    ...phrases.map((group) => import(`../../../../src/language/en/${group}.ts`)),
    ...others.map((group) => import(`../../../../src/report/language/en/${group}.ts`)),
  ]);
  const keys = modules.flatMap((module) => Object.values(module)).flatMap((group) => Object.keys(group));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  expect(Object.keys(en)).toEqual(expect.arrayContaining(keys));
});
