/** The text fields of the log screen: search, exclusion, time and file name. */
import { useState } from 'react';
import { type Parsed, parsePattern, parseSince } from '../pipeline/network/log-filter.ts';
import { EDITING_KEYS, edited, type FieldState, fieldOf, typed } from '../ui/field-state.ts';
import type { Binding } from '../ui/keys.ts';
import { type Theme, useTheme } from '../ui/theme.tsx';
import type { LogQuery, LogsState } from './logs-state.ts';
import { promptLines } from './prompt-lines.ts';
import { useApp, useAppState } from './use-app.ts';

type PromptKind = keyof LogQuery | 'save';

interface Prompt {
  readonly kind: PromptKind;
  readonly field: FieldState;
  /** Why the text cannot be accepted. */
  readonly problem?: string;
}

/** What stands before the text of a field, and of a filter in force. */
export function promptMark(kind: PromptKind, { t }: Pick<Theme, 't'>): string {
  switch (kind) {
    case 'grep':
      return '/';
    case 'exclude':
      return '!';
    case 'since':
      return `${t('key.since')} `;
    case 'save':
      return `${t('logs.file')} `;
  }
}

export interface LogPrompt {
  /** Undefined while no field is open. */
  readonly prompt: Prompt | undefined;
  readonly open: (kind: PromptKind, text?: string) => void;
  readonly onText: (text: string) => void;
  /** Keys while a field is open. */
  readonly bindings: readonly Binding[];
}

function parsed(kind: keyof LogQuery, text: string, { t }: Theme): Parsed<RegExp | number> {
  if (kind !== 'since') {
    const pattern = parsePattern(text);
    return 'problem' in pattern ? { problem: t('logs.bad-pattern', { why: pattern.problem }) } : pattern;
  }
  const since = parseSince(text.trim(), Date.now());
  return since === undefined ? { problem: t('logs.bad-since') } : { value: since };
}

/** An empty text removes the filter. */
function withFilter(
  before: LogsState,
  kind: keyof LogQuery,
  text: string,
  value: RegExp | number,
): LogsState {
  const { [kind]: _, ...others } = before.filters;
  return {
    ...before,
    query: { ...before.query, [kind]: text },
    filters: text === '' ? others : { ...others, [kind]: value },
  };
}

/** @param onSave receives the name of the file to write */
export function useLogPrompt(onSave: (path: string) => void): LogPrompt {
  const theme = useTheme();
  const { t } = theme;
  const [prompt, setPrompt] = useState<Prompt>();
  const { store } = useApp();
  const accepted = useAppState((state) => state.logs);
  const setAccepted = (change: (before: LogsState) => LogsState) =>
    store.updateNow((state) => ({ ...state, logs: change(state.logs) }));

  /** Expressions filter while they are typed; one that is not valid leaves the last valid one in force. */
  const change = (kind: PromptKind, field: FieldState) => {
    if (kind === 'save' || kind === 'since') return setPrompt({ kind, field });
    const result = parsed(kind, field.text, theme);
    if ('problem' in result) return setPrompt({ kind, field, problem: result.problem });
    setAccepted((before) => withFilter(before, kind, field.text, result.value));
    setPrompt({ kind, field });
  };
  const accept = () => {
    if (!prompt) return;
    const { kind, field } = prompt;
    const text = field.text.trim();
    if (kind === 'save') {
      if (text !== '') onSave(text);
      return setPrompt(undefined);
    }
    const result = text === '' ? { value: 0 } : parsed(kind, field.text, theme);
    if ('problem' in result) return setPrompt({ ...prompt, problem: result.problem });
    setAccepted((before) => withFilter(before, kind, text === '' ? '' : field.text, result.value));
    setPrompt(undefined);
  };
  const clear = () => {
    if (prompt && prompt.kind !== 'save') {
      const { kind } = prompt;
      setAccepted((before) => withFilter(before, kind, '', 0));
    }
    setPrompt(undefined);
  };
  const when = prompt !== undefined;
  const isSave = prompt?.kind === 'save';
  const bindings: readonly Binding[] = [
    {
      keys: EDITING_KEYS,
      when,
      act: (press) => prompt && change(prompt.kind, edited(prompt.field, press) ?? prompt.field),
    },
    { keys: ['enter'], label: t(isSave ? 'key.save' : 'key.found'), when, act: accept },
    { keys: ['escape'], label: t(isSave ? 'key.no-save' : 'key.no-search'), when, act: clear },
  ];
  return {
    prompt,
    open: (kind, text) =>
      setPrompt({ kind, field: fieldOf(text ?? (kind === 'save' ? '' : accepted.query[kind])) }),
    onText: (text) => prompt && change(prompt.kind, typed(prompt.field, text)),
    bindings,
  };
}

/** The open field. A field for a time shows examples. */
export function logPromptLines({ kind, field, problem }: Prompt, columns: number, theme: Theme): string[] {
  const hint = kind === 'since' ? theme.t('logs.since-example') : '';
  return promptLines({ mark: promptMark(kind, theme), field, problem, hint }, columns, theme);
}
