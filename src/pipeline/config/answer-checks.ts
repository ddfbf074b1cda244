/** PURE: checks the wizard's answers while the user types. */

import type { ConfigIssue } from '../core/failure.ts';
import type { Release } from '../fabric/release.ts';
import { type Answers, answerValue, lastValidText, settledValues, textOf, valuesOf } from './answers.ts';
import { choiceIssue, releaseIssues, shapeIssues, sizeIssue } from './choice-checks.ts';
import { CHOICE_FIELDS, type ChoiceField, keyOf } from './config-choices.ts';
import { PRESETS, type Preset, presetChoices } from './presets.ts';
import type { SettledChoices } from './settled-choices.ts';

export interface AnswerIssue {
  readonly issue: ConfigIssue;
  /** `value`: the value is invalid; `ports`: not enough ports above it; `shape`: it conflicts with other answers. */
  readonly cause: 'value' | 'ports' | 'shape';
}

export type AnswerIssues = Readonly<Partial<Record<ChoiceField, AnswerIssue>>>;

function valueIssue(field: ChoiceField, text: string): ConfigIssue | undefined {
  const value = answerValue(field, text);
  return value === undefined ? undefined : choiceIssue(field, value, keyOf(field));
}

/** Returns the answers with a new text, even if it is invalid: the user may still be typing. */
export function withAnswer(answers: Answers, field: ChoiceField, text: string): Answers {
  const { typed, valid } = answers;
  return {
    ...answers,
    typed: { ...typed, [field]: text },
    valid: valueIssue(field, text)
      ? { [field]: lastValidText(answers, field), ...valid }
      : { ...valid, [field]: text },
  };
}

/** Returns the answers with the choices of a preset, as if the user had typed them. */
export function withPreset(answers: Answers, preset: Preset): Answers {
  return presetChoices(preset).reduce(
    (changed, [field, value]) => withAnswer(changed, field, value === undefined ? '' : String(value)),
    answers,
  );
}

/** Why presets cannot be taken; those that can are left out. */
export type PresetIssues = Readonly<Partial<Record<Preset, ConfigIssue>>>;

/** @param release of the source, if it is known */
export function presetIssuesOf(answers: Answers, release?: Release): PresetIssues {
  if (!release) return {};
  const issues = PRESETS.map(
    (preset) => [preset, shapeIssues(valuesOf(withPreset(answers, preset)), release, keyOf)[0]] as const,
  );
  return Object.fromEntries(issues.filter(([, issue]) => issue !== undefined));
}

export function issueOf(answers: Answers, field: ChoiceField): AnswerIssue | undefined {
  return issueAmong(answers, field, settledValues(answers));
}

/** @param settled of the answers */
function issueAmong(
  answers: Answers,
  field: ChoiceField,
  { values, issues }: SettledChoices,
): AnswerIssue | undefined {
  const issue = valueIssue(field, textOf(answers, field));
  if (issue) return { issue, cause: 'value' };
  const contradiction = issues.find(({ path }) => path === keyOf(field));
  if (contradiction) return { issue: contradiction, cause: 'shape' };
  const size = sizeIssue(values, keyOf);
  if (size?.path !== keyOf(field)) return undefined;
  return { issue: size, cause: field === 'portBase' ? 'ports' : 'shape' };
}

/**
 * Returns the issues of all fields.
 * @param release of the source, if it is known; not every release supports every network
 */
export function issuesOf(answers: Answers, release?: Release): AnswerIssues {
  const settled = settledValues(answers);
  const shape = release ? releaseIssues(settled.values, release, keyOf) : [];
  const issues = CHOICE_FIELDS.map((field) => {
    const issue = shape.find(({ path }) => path === keyOf(field));
    const shapeIssue = issue && { issue, cause: 'shape' as const };
    return [field, issueAmong(answers, field, settled) ?? shapeIssue] as const;
  });
  return Object.fromEntries(issues.filter(([, issue]) => issue !== undefined));
}
