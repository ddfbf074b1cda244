/** Text of hooks: those that run when the network is stopped, and what failed. */
import type { StageFailure } from '../pipeline/core/failure.ts';
import type { Hook } from '../pipeline/core/hook.ts';
import type { Translator } from './language/translator.ts';
import type { Style } from './style.ts';
import { cleanLine } from './terminal-text.ts';

type HookFailure = Extract<StageFailure, { kind: 'hook' }>;

/** One line for each hook: its command and where it is. */
export function renderHooks(hooks: readonly Hook[], { t }: Pick<Style, 't'>): readonly string[] {
  return hooks.map(({ key, command, where }) => cleanLine(t('hook.runs', { key, command, where })));
}

export function hookFailed({ key, command, where, exitCode }: HookFailure, { t }: Translator) {
  return {
    title: t('failed.hook', { key, code: exitCode }),
    detail: [t('command.full', { command }), t('command.where', { where })],
    hint: t('hint.hook'),
  };
}
