/** PURE: the list of presets, and what the selected one sets. */
import { keyOf } from '../../pipeline/config/config-choices.ts';
import { PRESETS, type Preset, presetChoices } from '../../pipeline/config/presets.ts';
import type { Text } from '../../pipeline/core/phrase.ts';
import type { Option } from '../../ui/choice.tsx';
import type { Theme } from '../../ui/theme.tsx';
import { type Canvas, sentence } from './canvas.ts';
import type { WizardState } from './wizard-state.ts';

/** Why the release of the source cannot have a preset; undefined if it can, or if the source is not known yet. */
export function whyNot({ presetIssues }: WizardState, preset: Preset): Text | undefined {
  return presetIssues[preset]?.message;
}

/** `orderers: 3, consensus: etcdraft, tls: true` */
export function choicesOfPreset(preset: Preset, { t }: Theme): string {
  return presetChoices(preset)
    .map(([field, value]) => `${keyOf(field)}: ${value ?? t('origin.default')}`)
    .join(', ');
}

export function presetOptions(state: WizardState, theme: Theme): readonly Option[] {
  return PRESETS.map((preset) => ({
    label: whyNot(state, preset) === undefined ? preset : `${preset} ${theme.style.symbol.bad}`,
    hint: choicesOfPreset(preset, theme),
  }));
}

/** What the preset is for, and what it sets or why it cannot be taken. */
export function presetLines(state: WizardState, preset: Preset, canvas: Canvas): string[] {
  const { t, style } = canvas.theme;
  const why = whyNot(state, preset);
  const about = sentence(t(`preset.${preset}`), canvas, 4);
  const [text, paint] =
    why === undefined
      ? [t('preset.sets', { choices: choicesOfPreset(preset, canvas.theme) }), style.dim]
      : [`${style.symbol.bad} ${t('preset.not-here', { why })}`, style.bad];
  const room = Math.max(1, canvas.rows - about.length);
  return [...about, ...sentence(text, canvas, Math.min(4, room)).map(paint)];
}
