/** A field as it is drawn: label, value with cursor, and under it what is wrong with the value or what it means. */
import { Box, Text } from 'ink';
import { cutToWidth, padToWidth } from '../report/terminal-text.ts';
import { type FieldState, fieldWindow } from './field-state.ts';
import { useTheme } from './theme.tsx';

export interface FieldProps {
  readonly label: string;
  /** Columns of the label, so that fields stand under one another. */
  readonly labelWidth: number;
  /** Columns for the whole field. */
  readonly columns: number;
  readonly field: FieldState;
  readonly focused: boolean;
  /** Shown dim while the field is empty: what holds then. */
  readonly placeholder?: string;
  /** Why the value is no good; takes the hint's place. */
  readonly problem?: string;
  /** One line about the value; shown while the field has the focus. */
  readonly hint?: string;
}

/** One line, and a second one where something is to be said: see `fieldRows`. */
export function Field(props: FieldProps) {
  const { style } = useTheme();
  const { label, labelWidth, columns, field, focused, placeholder = '' } = props;
  const indent = labelWidth + 4;
  const { before, at, after } = fieldWindow(field, Math.max(1, columns - indent));
  const shownLabel = padToWidth(cutToWidth(label, labelWidth, style.symbol.ellipsis), labelWidth);
  const empty = field.text === '';
  const rest = cutToWidth(placeholder, Math.max(0, columns - indent - 1), style.symbol.ellipsis);
  const below = belowField(props);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate">
        {`${focused ? style.strong(style.symbol.pointer) : ' '} `}
        {focused ? style.strong(shownLabel) : shownLabel}
        {'  '}
        {focused ? `${before}${style.invert(at)}${after}` : field.text}
        {empty ? style.dim(rest) : ''}
      </Text>
      {below !== undefined && (
        <Text wrap="truncate">
          {' '.repeat(indent)}
          {props.problem === undefined ? style.dim(below) : style.bad(`${style.symbol.bad} ${below}`)}
        </Text>
      )}
    </Box>
  );
}

function belowField({ problem, hint, focused }: FieldProps): string | undefined {
  return problem ?? (focused ? hint : undefined);
}

/** How many rows a field takes. */
export function fieldRows(props: FieldProps): number {
  return belowField(props) === undefined ? 1 : 2;
}
