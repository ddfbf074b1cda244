/** The wizard's questions as plain prompts: the same fields, defaults and checks as on the screens. */
import { resolve } from 'node:path';
import { issueOf, withAnswer, withPreset } from '../pipeline/config/answer-checks.ts';
import {
  type Answers,
  type AnswerValue,
  answeredChoices,
  answersOf,
  choicesForFile,
  textOf,
} from '../pipeline/config/answers.ts';
import { defaultProject, type EffectiveConfig, loadAnswers } from '../pipeline/config/config.ts';
import { CHOICES, type ChoiceField } from '../pipeline/config/config-choices.ts';
import { saveChoices } from '../pipeline/config/config-file.ts';
import { isPreset, PRESETS } from '../pipeline/config/presets.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { expandHome } from '../pipeline/host/home-folder.ts';
import { describeFailure } from '../report/failure-text.ts';
import type { Style } from '../report/style.ts';
import { type AskedField, FORMS, type FormId, type Question } from '../screens/wizard/questions.ts';
import type { LinePrompt } from './line-prompt.ts';

const FORM_IDS: readonly FormId[] = ['build', 'base', 'network'];

/** Answers as they are typed at a prompt. */
const YES = /^(y|yes|true|是)$/i;
const NO = /^(n|no|false|否)$/i;

export interface PlainAnswers {
  readonly config: EffectiveConfig;
  /** Writes the answers to fabric-wizard.yaml. @throws WizardFailure */
  readonly save: () => Promise<void>;
}

export interface Asking {
  readonly prompt: LinePrompt;
  readonly style: Style;
  readonly dir: string;
}

/** The value that Enter keeps. */
function shownDefault(answers: Answers, field: ChoiceField, { dir }: Asking): string {
  const text = textOf(answers, field);
  if (text !== '') return text;
  if (field === 'project') return defaultProject(dir);
  const { defaultValue, defaultText = '' } = CHOICES[field];
  return String(defaultValue?.() ?? defaultText);
}

/** `yes` and `no` are what people type for true and false. */
function asText(field: ChoiceField, typed: string): string {
  if (CHOICES[field].type !== 'boolean') return typed;
  if (YES.test(typed)) return 'true';
  return NO.test(typed) ? 'false' : typed;
}

/** Asks until the answer is valid. Enter keeps the value in brackets, `-` takes the default. */
async function answered(
  answers: Answers,
  field: ChoiceField,
  label: string,
  help: string,
  asking: Asking,
): Promise<Answers> {
  const { prompt, style } = asking;
  for (;;) {
    const typed = await prompt.ask(`${label} [${shownDefault(answers, field, asking)}]:`);
    if (typed === '') return answers;
    if (typed === '?') {
      prompt.say(`  ${help}`);
      continue;
    }
    const changed = withAnswer(answers, field, typed === '-' ? '' : asText(field, typed));
    const wrong = issueOf(changed, field);
    if (!wrong) return changed;
    const { message, fix } = wrong.issue;
    const why = style.translate(message);
    prompt.say(
      `  ${fix === undefined ? why : style.t('wrong.value', { message: why, fix: style.translate(fix) })}`,
    );
  }
}

function labelOf({ field, options }: Question, { style }: Asking): string {
  const label = style.t(`field.${field}`);
  return options ? `${label} (${options.join(', ')})` : label;
}

function helpOf(field: AskedField, { style }: Asking): string {
  return field === 'base' ? style.t('base.auto') : style.t(`help.${field}`);
}

async function withPresetAnswer(answers: Answers, { prompt, style }: Asking): Promise<Answers> {
  const { t } = style;
  for (;;) {
    const typed = await prompt.ask(`${t('ask.preset', { presets: PRESETS.join(', ') })} [${t('ask.none')}]:`);
    if (typed === '' || typed === '-') return answers;
    if (isPreset(typed)) return withPreset(answers, typed);
    if (typed !== '?') prompt.say(`  ${t('ask.no-preset', { name: typed })}`);
    for (const preset of PRESETS) prompt.say(`  ${preset}: ${t(`preset.${preset}`)}`);
  }
}

/** Whether all answers together are a valid configuration; says what is wrong with them. */
async function configOf(
  answers: Answers,
  { prompt, style, dir }: Asking,
): Promise<EffectiveConfig | undefined> {
  try {
    return await loadAnswers(dir, given(answers));
  } catch (error) {
    if (!(error instanceof WizardFailure)) throw error;
    const { title, detail } = describeFailure(error.failure, style);
    for (const line of [title, ...detail]) prompt.say(`  ${line}`);
    return undefined;
  }
}

function given(answers: Answers) {
  const values = [...answeredChoices(answers, {})].map(([field, answer]) => {
    const isPath = CHOICES[field].path !== undefined;
    const value: AnswerValue = isPath ? expandHome(String(answer.value)) : answer.value;
    return [field, { ...answer, value }] as const;
  });
  return new Map(values);
}

/**
 * Asks for the source and a preset, and form by form whether to change its values.
 * @param loaded what flags, file and last run say
 * @throws CancelledError
 */
export async function plainQuestions(loaded: EffectiveConfig, asking: Asking): Promise<PlainAnswers> {
  const { prompt, style, dir } = asking;
  const { t } = style;
  prompt.say(t('ask.intro'));
  let answers = answersOf(loaded);
  for (;;) {
    answers = await answered(answers, 'source', t('source.title'), CHOICES.source.help, asking);
    answers = await withPresetAnswer(answers, asking);
    for (const form of FORM_IDS) {
      const fields = FORMS[form].map(({ field }) => t(`field.${field}`)).join(', ');
      if (!(await prompt.confirm(t('ask.form', { form: t(`${form}.title`), fields }), false))) continue;
      for (const question of FORMS[form]) {
        const { field } = question;
        answers = await answered(answers, field, labelOf(question, asking), helpOf(field, asking), asking);
      }
    }
    const config = await configOf(answers, asking);
    if (!config) continue;
    const saved = choicesForFile(given(answers));
    return { config, save: () => saveChoices(resolve(dir), saved).then(() => undefined) };
  }
}
