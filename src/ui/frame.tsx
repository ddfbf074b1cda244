/** Frame of every screen: head line, body of a known size, and footer with the keys. At most `rows - 1` rows high. */
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { cutToWidth, shownText, textWidth } from '../report/terminal-text.ts';
import { allBindings, footerKeys, footerLines, isNoText } from './footer-text.ts';
import { bodyRows, FOOTER_ROWS, gapRows } from './frame-size.ts';
import { type Listener, useGlobalKeys, useKeys } from './input.tsx';
import { type Size, useSize, useTheme } from './theme.tsx';

export interface FrameProps extends Listener {
  readonly title: string;
  /** Status at the right end of the head line. */
  readonly state?: string;
  readonly children: (body: Size) => ReactNode;
}

/** The title at the left and, if both fit, the status at the right. */
export function headLine(title: string, state: string, columns: number): string {
  const room = columns - textWidth(title) - textWidth(state);
  return room >= 2 ? `${title}${' '.repeat(room)}${state}` : cutToWidth(title, columns);
}

export function Frame({ title, state = '', bindings, onText, children }: FrameProps) {
  const { style, unicode } = useTheme();
  const { columns, rows } = useSize();
  const globals = useGlobalKeys();
  useKeys({ bindings, onText });
  const active = onText ? bindings.filter(isNoText) : allBindings(bindings, globals);
  const footer = footerLines(footerKeys(active, unicode), {
    columns,
    rows: FOOTER_ROWS,
    paint: style.strong,
  });
  const gap = gapRows({ rows });
  const body = { columns, rows: bodyRows({ columns, rows }, footer.length) };
  return (
    <Box flexDirection="column" flexShrink={0} width={columns} height={rows - 1} overflowY="hidden">
      <Text wrap="truncate">{headLine(style.strong(shownText(title)), shownText(state), columns)}</Text>
      <Box flexDirection="column" height={body.rows} marginTop={gap} marginBottom={gap} overflowY="hidden">
        {children(body)}
      </Box>
      {footer.map((line) => (
        <Text key={line} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}
