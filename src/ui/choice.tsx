/** One of several, drawn as a list with a pointer. What is chosen belongs to the screen that shows it. */
import { Box, Text } from 'ink';
import { cutToWidth, padToWidth, textWidth } from '../report/terminal-text.ts';
import { listWindow } from './list-window.ts';
import { useTheme } from './theme.tsx';

export interface Option {
  readonly label: string;
  /** Dim, behind the label. */
  readonly hint?: string;
}

export interface ChoiceProps {
  readonly options: readonly Option[];
  readonly chosen: number;
  readonly focused: boolean;
  readonly columns: number;
  /** Longer lists are shown in part, with the chosen one in it. */
  readonly rows: number;
}

/** Of the columns, where labels and hints do not both fit. */
const LEAST_HINT = 0.4;

export function Choice({ options, chosen, focused, columns, rows }: ChoiceProps) {
  const { style } = useTheme();
  const { from, to } = listWindow(options.length, chosen, rows);
  const widest = Math.max(0, ...options.map(({ label }) => textWidth(label)));
  const hints = Math.max(0, ...options.map(({ hint = '' }) => textWidth(hint)));
  const most = columns - 4 - Math.min(hints, Math.floor(columns * LEAST_HINT));
  const width = Math.min(widest, Math.max(8, most));
  return (
    <Box flexDirection="column" flexShrink={0}>
      {options.slice(from, to).map(({ label, hint = '' }, i) => {
        const isChosen = from + i === chosen;
        const cell = padToWidth(cutToWidth(label, width, style.symbol.ellipsis), width);
        const room = Math.max(0, columns - width - 4);
        return (
          <Text key={label} wrap="truncate">
            {isChosen ? style.strong(style.symbol.pointer) : ' '}{' '}
            {isChosen && focused ? style.strong(cell) : cell}
            {'  '}
            {style.dim(cutToWidth(hint, room, style.symbol.ellipsis))}
          </Text>
        );
      })}
    </Box>
  );
}
