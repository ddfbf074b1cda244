/** Text of a network whose engine is not the selected one. */
import { type OtherEngine, otherEngineHelp, otherEngineText } from '../pipeline/network/other-engine.ts';
import type { Style } from './style.ts';
import { wrapToWidth } from './terminal-text.ts';

/** Returns an empty line, the engines, and the commands that help; nothing if the selected engine has the network. */
export function renderOtherEngine(
  other: OtherEngine | undefined,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  if (!other) return [];
  const { t, translate, warn, strong, symbol, command } = style;
  return [
    '',
    ...wrapToWidth(`${symbol.warn} ${translate(otherEngineText(other))}`, columns, '  ').map(warn),
    `  ${t('failure.next')}`,
    ...otherEngineHelp(other, 'status').map((line) => `    ${strong(command(line))}`),
  ];
}
