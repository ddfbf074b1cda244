/** PURE: texts in the wizard's fields, their origins, and the values that they mean. */

import type { AnsweredChoice, EffectiveConfig } from './config.ts';
import { CHOICE_FIELDS, CHOICES, type ChoiceField, fromText, keyOf } from './config-choices.ts';
import type { Origin } from './layers.ts';
import { type SettledChoices, settledChoices } from './settled-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

/** `typed`: the user entered it in this session. */
export type AnswerOrigin = Origin | 'typed';

export interface Answers {
  /** Texts from the file, the flags and the last run. Fields with their default are left out. */
  readonly found: Readonly<Partial<Record<ChoiceField, { readonly text: string; readonly origin: Origin }>>>;
  /** Texts that the user has typed. An empty text means the default. */
  readonly typed: Readonly<Partial<Record<ChoiceField, string>>>;
  /** For typed fields, the last text that was valid. */
  readonly valid: Readonly<Partial<Record<ChoiceField, string>>>;
}

export type Defaults = Partial<WizardConfig>;

/** Initial answers, before anything is loaded. */
export const NO_ANSWERS: Answers = { found: {}, typed: {}, valid: {} };

export function answersOf({ values, origin }: EffectiveConfig): Answers {
  const found = CHOICE_FIELDS.filter((field) => origin[field] !== 'default').map(
    (field) => [field, { text: String(values[field]), origin: origin[field] }] as const,
  );
  return { found: Object.fromEntries(found), typed: {}, valid: {} };
}

/** Returns the answers with every field reset to its default. */
export function defaultAnswers({ found }: Answers): Answers {
  const typed = Object.fromEntries(Object.keys(found).map((field) => [field, '']));
  return { found, typed, valid: typed };
}

export function textOf({ found, typed }: Answers, field: ChoiceField): string {
  return typed[field] ?? found[field]?.text ?? '';
}

/** Returns the origin of a field. A typed text that equals the loaded one keeps its origin. */
export function originOf(answers: Answers, field: ChoiceField): AnswerOrigin {
  const { found, typed } = answers;
  const text = typed[field];
  if (textOf(answers, field).trim() === '') return 'default';
  return text === undefined || text === found[field]?.text ? (found[field]?.origin ?? 'default') : 'typed';
}

/** Whether all answers are those of the file and the last run: no flag and no typed text differs from them. */
export function areAsLastTime({ found, typed }: Answers): boolean {
  return CHOICE_FIELDS.every((field) => {
    const text = typed[field];
    const origin = found[field]?.origin;
    return (
      origin !== 'flag' && origin !== 'preset' && (text === undefined || text === (found[field]?.text ?? ''))
    );
  });
}

/** Returns the value of a text; undefined for the default. Ignores surrounding blanks. */
export function answerValue(field: ChoiceField, text: string): unknown {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : fromText(trimmed, CHOICES[field].type);
}

/** Returns the text of a field, or its last valid text. */
export function lastValidText({ found, valid }: Answers, field: ChoiceField): string {
  return valid[field] ?? found[field]?.text ?? '';
}

/** Returns the values of all fields, with the last valid one if a text is invalid. */
function enteredValues(answers: Answers): WizardConfig {
  const values = CHOICE_FIELDS.map((field) => [
    field,
    answerValue(field, lastValidText(answers, field)) ?? CHOICES[field].defaultValue?.(),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as WizardConfig;
}

/** Returns the values of all fields with what follows from the lists among them, and what contradicts. */
export function settledValues(answers: Answers): SettledChoices {
  const origins = CHOICE_FIELDS.map((field) => {
    const origin = originOf(answers, field);
    return [field, origin === 'typed' ? 'flag' : origin] as const;
  });
  return settledChoices(
    enteredValues(answers),
    Object.fromEntries(origins) as Record<ChoiceField, Origin>,
    keyOf,
  );
}

/** Returns the values of all fields, with what follows from the lists among them. */
export function valuesOf(answers: Answers): WizardConfig {
  return settledValues(answers).values;
}

export type AnswerValue = string | number | boolean;
export type AnsweredChoices = ReadonlyMap<ChoiceField, AnsweredChoice & { readonly value: AnswerValue }>;

/**
 * Returns the choices that differ from the defaults, and all choices of the file. Typed values have the origin `file`,
 * because they are saved there. A choice that another one replaces is left out.
 * @param answers without issues
 * @param defaults those that depend on the source and the folder
 */
export function answeredChoices(answers: Answers, defaults: Defaults): AnsweredChoices {
  const settled = settledValues(answers).origin;
  const choices = CHOICE_FIELDS.flatMap((field): [ChoiceField, AnsweredChoice & { value: AnswerValue }][] => {
    const value = answerValue(field, textOf(answers, field)) as AnswerValue | undefined;
    const origin = originOf(answers, field);
    // Another choice says the same and counts: with both, the file would contradict itself.
    if (origin !== 'default' && settled[field] === 'default') return [];
    if (value === undefined || (origin !== 'file' && isDefault(field, value, defaults))) return [];
    return [[field, { value, origin: origin === 'typed' ? 'file' : origin }]];
  });
  return new Map(choices);
}

function isDefault(field: ChoiceField, value: AnswerValue, defaults: Defaults): boolean {
  return value === (defaults[field] ?? CHOICES[field].defaultValue?.());
}

/** Returns the choices that differ from the defaults. */
export function nonDefaultChoices(
  choices: AnsweredChoices,
  defaults: Defaults,
): ReadonlyMap<ChoiceField, AnswerValue> {
  const different = [...choices].filter(([field, { value }]) => !isDefault(field, value, defaults));
  return new Map(different.map(([field, { value }]) => [field, value]));
}

/** Returns the choices to save in fabric-wizard.yaml. Flags and remembered flags are not saved. */
export function choicesForFile(choices: AnsweredChoices): ReadonlyMap<ChoiceField, AnswerValue> {
  return new Map(
    [...choices].flatMap(([field, { value, origin }]) =>
      origin === 'file' ? [[field, value] as const] : [],
    ),
  );
}
