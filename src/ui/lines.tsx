import { Box, Text } from 'ink';
import { cutToWidth } from '../report/terminal-text.ts';
import { useSize, useTheme } from './theme.tsx';

/** So many rows as there are lines; what is too long for the terminal is cut, for a broken line breaks the frame. */
export function Lines({ lines }: { readonly lines: readonly string[] }) {
  const { style } = useTheme();
  const { columns } = useSize();
  const fitted = lines.map((line) => cutToWidth(line, columns, style.symbol.ellipsis));
  // One node: a node for each row costs Ink more than all the rest.
  if (fitted.length === 0) return null;
  return (
    <Box flexShrink={0}>
      <Text>{fitted.join('\n')}</Text>
    </Box>
  );
}
