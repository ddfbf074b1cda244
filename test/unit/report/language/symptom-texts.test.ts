/** Every language tells every symptom, with the same facts, in its own words. */
import { describe, expect, it, test } from 'vitest';
import type { DiagnosisFacts, SymptomId } from '../../../../src/pipeline/core/diagnosis-types.ts';
import { SYMPTOMS } from '../../../../src/report/language/symptom-texts.ts';

const ids = Object.keys(SYMPTOMS.en) as SymptomId[];

/** Has every fact, as `<name>`, but for those given. */
function everyFact(given: DiagnosisFacts = {}): DiagnosisFacts {
  const value = (name: string | symbol) => given[String(name)] ?? `<${String(name)}>`;
  return new Proxy({}, { get: (_, name) => value(name) });
}

/** What is the same in every language: facts, versions, variables, keys, files. */
const ALIKE =
  /<\w+>|\b\d+(?:\.\d+)+\b|\b[A-Z]+(?:_[A-Z]+)+\b|\b[a-z]+\.[a-z]+(?:\.\w+)?\b|\b(?:Engine|Fabric) \d+/gi;

function alike(text: string): string[] {
  return [...new Set(text.match(ALIKE))].sort();
}

const cases: readonly (readonly [string, DiagnosisFacts])[] = [
  ['with every fact', everyFact({ role: 'builder' })],
  ['of the runtime, made here', everyFact({ role: 'runtime', own: 'a/b:1', image: 'a/b:1' })],
  ['of a variable', everyFact({ role: 'runtime', key: 'CORE_CHAINCODE_BUILDER' })],
  ['with none of what may be missing', { role: 'builder', kind: 'Channel' }],
];

describe.each(cases)('%s', (_, facts) => {
  test.each(ids)('%s has the same facts', (id) => {
    const [en, zh] = [SYMPTOMS.en[id](facts), SYMPTOMS.zh[id](facts)];
    expect(alike(zh.title)).toEqual(alike(en.title));
    expect(alike(zh.why)).toEqual(alike(en.why));
  });
});

describe('Chinese', () => {
  it('is Chinese', () => {
    const foreign = ids.filter((id) => {
      const { title, why } = SYMPTOMS.zh[id](everyFact({ role: 'builder' }));
      return ![title, why].every((text) => /\p{Script=Han}/u.test(text));
    });
    expect(foreign).toEqual([]);
  });

  it('uses the punctuation of Chinese', () => {
    const latin = /\p{Script=Han} ?[,;:!?](?!\S*\w)|[,;!?]\p{Script=Han}|\p{Script=Han}\.( |$)/u;
    const wrong = ids.filter((id) =>
      Object.values(SYMPTOMS.zh[id](everyFact({ role: 'builder' }))).some((text) => latin.test(text)),
    );
    expect(wrong).toEqual([]);
  });
});
