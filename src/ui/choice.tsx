/** A list of options with a pointer at the selected one. The screen owns the selection. */
import { Box, Text } from 'ink';
import { cutToWidth, padToWidth, shownText, textWidth } from '../report/terminal-text.ts';
import { listWindow, moreMark } from './list-window.ts';
import { useTheme } from './theme.tsx';

export interface Option {
  readonly label: string;
  /** Shown dim after the label. */
  readonly hint?: string;
}

export interface ChoiceProps {
  readonly options: readonly Option[];
  readonly chosen: number;
  readonly focused: boolean;
  readonly columns: number;
  /** Longer lists show the part around the selected option. */
  readonly rows: number;
}

/** Share of the columns for hints if labels and hints do not both fit. */
const MIN_HINT_SHARE = 0.25;

export function Choice({ options: given, chosen, focused, columns, rows }: ChoiceProps) {
  const { style, unicode } = useTheme();
  const options = given.map(({ label, hint = '' }) => ({ label: shownText(label), hint: shownText(hint) }));
  const window = listWindow(options.length, chosen, rows);
  const { from, to } = window;
  const widest = Math.max(0, ...options.map(({ label }) => textWidth(label)));
  const hints = Math.max(0, ...options.map(({ hint }) => textWidth(hint)));
  const most = columns - 4 - Math.min(hints, Math.floor(columns * MIN_HINT_SHARE));
  const width = Math.min(widest, Math.max(8, most));
  return (
    <Box flexDirection="column" flexShrink={0}>
      {options.slice(from, to).map(({ label, hint }, i) => {
        const isChosen = from + i === chosen;
        const more = moreMark(from + i, window, options.length, unicode);
        const cell = padToWidth(cutToWidth(label, width, style.symbol.ellipsis), width);
        const room = Math.max(0, columns - width - 4);
        return (
          <Text key={label} wrap="truncate">
            {isChosen ? style.strong(style.symbol.pointer) : style.dim(more)}{' '}
            {isChosen && focused ? style.strong(cell) : cell}
            {'  '}
            {style.dim(cutToWidth(hint, room, style.symbol.ellipsis))}
          </Text>
        );
      })}
    </Box>
  );
}
