/** PURE: what stands in the wizard's fields, where it is from, and what it comes to. */
import type { EffectiveConfig, GivenAnswer, Origin } from './config.ts';
import { CHOICE_FIELDS, CHOICES, type ChoiceField, fromText } from './config-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

/** `typed`: since the wizard began. */
export type AnswerOrigin = Origin | 'typed';

export interface Answers {
  /** What the wizard found; a field that has its default is not among them. */
  readonly found: Readonly<Partial<Record<ChoiceField, { readonly text: string; readonly origin: Origin }>>>;
  /** What was typed since. An empty text is the default. */
  readonly typed: Readonly<Partial<Record<ChoiceField, string>>>;
  /** The last text that had nothing wrong with it, of fields that were typed in. */
  readonly good: Readonly<Partial<Record<ChoiceField, string>>>;
}

export type Defaults = Partial<WizardConfig>;

/** As a wizard has them that has not looked yet. */
export const NO_ANSWERS: Answers = { found: {}, typed: {}, good: {} };

export function answersOf({ values, origin }: EffectiveConfig): Answers {
  const found = CHOICE_FIELDS.filter((field) => origin[field] !== 'default').map(
    (field) => [field, { text: String(values[field]), origin: origin[field] }] as const,
  );
  return { found: Object.fromEntries(found), typed: {}, good: {} };
}

/** As though nothing had ever been answered. */
export function defaultAnswers({ found }: Answers): Answers {
  const typed = Object.fromEntries(Object.keys(found).map((field) => [field, '']));
  return { found, typed, good: typed };
}

export function textOf({ found, typed }: Answers, field: ChoiceField): string {
  return typed[field] ?? found[field]?.text ?? '';
}

/** What was found and then typed again is as it was found. */
export function originOf(answers: Answers, field: ChoiceField): AnswerOrigin {
  const { found, typed } = answers;
  const text = typed[field];
  if (textOf(answers, field).trim() === '') return 'default';
  return text === undefined || text === found[field]?.text ? (found[field]?.origin ?? 'default') : 'typed';
}

/** Undefined where the default holds. Blanks around a value come with pasting, and belong to none. */
export function answerValue(field: ChoiceField, text: string): unknown {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : fromText(trimmed, CHOICES[field].type);
}

/** What stands in a field, or stood there before it was broken. */
export function lastGood({ found, good }: Answers, field: ChoiceField): string {
  return good[field] ?? found[field]?.text ?? '';
}

/** The values that the fields come to, the last good one of each that is broken just now. */
export function valuesOf(answers: Answers): WizardConfig {
  const values = CHOICE_FIELDS.map((field) => [
    field,
    answerValue(field, lastGood(answers, field)) ?? CHOICES[field].defaultValue?.(),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as WizardConfig;
}

export type AnswerValue = string | number | boolean;
export type Given = ReadonlyMap<ChoiceField, GivenAnswer & { readonly value: AnswerValue }>;

/**
 * What differs from the defaults, and what the file says, for its owner may have a reason. What was typed counts
 * as the file's, which it is about to be kept in.
 * @param answers without an issue
 * @param defaults of the source and the folder, beside those that a choice always has
 */
export function givenAnswers(answers: Answers, defaults: Defaults): Given {
  const given = CHOICE_FIELDS.flatMap((field): [ChoiceField, GivenAnswer & { value: AnswerValue }][] => {
    const value = answerValue(field, textOf(answers, field)) as AnswerValue | undefined;
    const origin = originOf(answers, field);
    if (value === undefined || (origin !== 'file' && isDefault(field, value, defaults))) return [];
    return [[field, { value, origin: origin === 'typed' ? 'file' : origin }]];
  });
  return new Map(given);
}

function isDefault(field: ChoiceField, value: AnswerValue, defaults: Defaults): boolean {
  return value === (defaults[field] ?? CHOICES[field].defaultValue?.());
}

/** Without which the choices would be others. */
export function differing(given: Given, defaults: Defaults): ReadonlyMap<ChoiceField, AnswerValue> {
  const different = [...given].filter(([field, { value }]) => !isDefault(field, value, defaults));
  return new Map(different.map(([field, { value }]) => [field, value]));
}

/** What fabric-wizard.yaml is to hold: flags and what the last run was told stay where they are. */
export function keptInFile(given: Given): ReadonlyMap<ChoiceField, AnswerValue> {
  return new Map(
    [...given].flatMap(([field, { value, origin }]) => (origin === 'file' ? [[field, value] as const] : [])),
  );
}
