/** A block of lines, each at most as wide as the terminal: a wrapped line would break the frame's layout. */
import { Box, Text } from 'ink';
import { cutToWidth, shownText } from '../report/terminal-text.ts';
import { useSize, useTheme } from './theme.tsx';

export function Lines({ lines }: { readonly lines: readonly string[] }) {
  const { style } = useTheme();
  const { columns } = useSize();
  const fitted = lines.map((line) => cutToWidth(shownText(line), columns, style.symbol.ellipsis));
  // One Text node for all lines: one node for each line makes Ink's layout slow.
  if (fitted.length === 0) return null;
  return (
    <Box flexShrink={0}>
      <Text>{fitted.join('\n')}</Text>
    </Box>
  );
}
