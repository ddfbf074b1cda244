/** PURE: what is wrong with an answer while it is typed. */

import type { ConfigIssue } from '../core/failure.ts';
import type { Release } from '../fabric/release.ts';
import { type Answers, answerValue, lastGood, textOf, valuesOf } from './answers.ts';
import { choiceIssue, dockerfileIssues, portIssue, shapeIssues } from './choice-checks.ts';
import { CHOICE_FIELDS, type ChoiceField, keyOf } from './config-choices.ts';

export interface AnswerIssue {
  readonly issue: ConfigIssue;
  /** `ports`: the value is good by itself, and there is no room for all peers above it; `shape`: not with the others. */
  readonly cause: 'value' | 'ports' | 'shape';
}

export type AnswerIssues = Readonly<Partial<Record<ChoiceField, AnswerIssue>>>;

function valueIssue(field: ChoiceField, text: string): ConfigIssue | undefined {
  const value = answerValue(field, text);
  return value === undefined ? undefined : choiceIssue(field, value, keyOf(field));
}

/** What was typed last is taken even where it is bad: a person is on the way to something. */
export function withAnswer(answers: Answers, field: ChoiceField, text: string): Answers {
  const { typed, good } = answers;
  return {
    ...answers,
    typed: { ...typed, [field]: text },
    good: valueIssue(field, text)
      ? { [field]: lastGood(answers, field), ...good }
      : { ...good, [field]: text },
  };
}

export function issueOf(answers: Answers, field: ChoiceField): AnswerIssue | undefined {
  const value = valueIssue(field, textOf(answers, field));
  if (value) return { issue: value, cause: 'value' };
  const ports = field === 'portBase' ? portIssue(valuesOf(answers), keyOf(field)) : undefined;
  return ports && { issue: ports, cause: 'ports' };
}

/**
 * Of all fields that have something wrong with them.
 * @param line the source's, as far as there is one: not every line has every network
 */
export function issuesOf(answers: Answers, line?: Release): AnswerIssues {
  const values = valuesOf(answers);
  const shape = line ? [...shapeIssues(values, line, ''), ...dockerfileIssues(values, line, keyOf)] : [];
  const issues = CHOICE_FIELDS.map((field) => {
    const issue = shape.find(({ path }) => path === keyOf(field));
    const ofShape = issue && { issue: { ...issue, where: keyOf(field) }, cause: 'shape' as const };
    return [field, issueOf(answers, field) ?? ofShape] as const;
  });
  return Object.fromEntries(issues.filter(([, issue]) => issue !== undefined));
}
