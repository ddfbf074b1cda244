/** The text field of the chaincode screen: a call, or a folder to deploy. Earlier texts are a key away. */
import { useState } from 'react';
import type { PastCall } from '../pipeline/chaincode/call-history.ts';
import { shellWordsIn } from '../pipeline/host/shell-words.ts';
import { cutToWidth } from '../report/terminal-text.ts';
import { EDITING_KEYS, edited, type FieldState, fieldOf, typed } from '../ui/field-state.ts';
import type { Binding } from '../ui/keys.ts';
import { type Theme, useTheme } from '../ui/theme.tsx';
import type { EnteredCall } from './chaincode-state.ts';
import type { ShownField } from './prompt-lines.ts';

/** What the text is for. */
type Purpose = Omit<EnteredCall, 'line'> | { readonly kind: 'folder' };

interface Prompt {
  readonly purpose: Purpose;
  readonly field: FieldState;
  /** How many texts back the field is; 0: a new text. */
  readonly back: number;
  /** The new text, while an earlier one is in the field. */
  readonly draft: string;
  readonly problem?: string;
}

/** The field takes at least this share of a row. */
const FIELD_SHARE = 0.5;

export interface ChaincodePrompt {
  readonly isOpen: boolean;
  readonly open: (purpose: Purpose) => void;
  readonly onText: (text: string) => void;
  /** Keys while the field is open. */
  readonly bindings: readonly Binding[];
  /** What to draw; undefined while it is closed. */
  readonly shown: (columns: number) => ShownField | undefined;
}

/** Returns why a text cannot be accepted. */
function problemOf({ purpose }: Prompt, text: string, { t }: Theme): string | undefined {
  if (purpose.kind === 'folder') return text === '' ? t('calls.no-folder') : undefined;
  const words = shellWordsIn(text);
  if ('words' in words) return words.words.length === 0 ? t('calls.no-function') : undefined;
  return words.open === '\\' ? t('calls.open-escape') : t('calls.open-quote', { quote: words.open });
}

/** @param history oldest first */
export function useChaincodePrompt(
  history: readonly PastCall[],
  {
    onCall,
    onFolder,
  }: { readonly onCall: (call: EnteredCall) => void; readonly onFolder: (path: string) => void },
): ChaincodePrompt {
  const theme = useTheme();
  const { t } = theme;
  const [prompt, setPrompt] = useState<Prompt>();
  const purpose = prompt?.purpose;
  // Folders have no name.
  const owner = purpose === undefined || purpose.kind === 'folder' ? '' : purpose.name;
  const earlier = history.filter(({ name }) => name === owner).map(({ line }) => line);
  const write = (field: FieldState) =>
    setPrompt((now) => now && { purpose: now.purpose, field, back: 0, draft: '' });
  const recall = (by: 1 | -1) => {
    if (!prompt) return;
    const back = Math.max(0, Math.min(earlier.length, prompt.back + by));
    const draft = prompt.back === 0 ? prompt.field.text : prompt.draft;
    const text = back === 0 ? draft : (earlier.at(-back) ?? '');
    setPrompt({ purpose: prompt.purpose, field: fieldOf(text), back, draft });
  };
  const accept = () => {
    if (!prompt) return;
    const line = prompt.field.text.trim();
    const problem = problemOf(prompt, line, theme);
    if (problem !== undefined) return setPrompt({ ...prompt, problem });
    setPrompt(undefined);
    if (prompt.purpose.kind === 'folder') onFolder(line);
    else onCall({ ...prompt.purpose, line });
  };
  const isFolder = purpose?.kind === 'folder';
  const when = prompt !== undefined;
  return {
    isOpen: when,
    open: (next) => setPrompt({ purpose: next, field: fieldOf(''), back: 0, draft: '' }),
    onText: (text) => prompt && write(typed(prompt.field, text)),
    bindings: [
      { keys: ['enter'], label: t(isFolder ? 'key.deploy' : 'key.call'), when, act: accept },
      { keys: ['escape'], label: t('key.close-field'), when, act: () => setPrompt(undefined) },
      {
        keys: ['up', 'down'],
        label: t('key.earlier'),
        when: when && earlier.length > 0,
        act: ({ name }) => recall(name === 'up' ? 1 : -1),
      },
      {
        keys: EDITING_KEYS,
        when,
        act: (press) => prompt && write(edited(prompt.field, press) ?? prompt.field),
      },
    ],
    shown: (columns) => {
      if (!prompt) return undefined;
      const { field, problem } = prompt;
      const label =
        prompt.purpose.kind === 'folder'
          ? t('calls.folder')
          : `${t(`key.${prompt.purpose.kind}`)} ${prompt.purpose.name}`;
      const room = Math.floor(columns * (1 - FIELD_SHARE)) - 1;
      const mark = `${cutToWidth(label, room, theme.style.symbol.ellipsis)} `;
      return { mark, field, problem, hint: t(isFolder ? 'calls.folder-hint' : 'calls.hint') };
    },
  };
}
