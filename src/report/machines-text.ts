/** PURE: text about the machines of a network that do not answer, or that the Swarm does not treat as usual. */
import { type MachineTrouble, machineCommand } from '../pipeline/core/machine-trouble.ts';
import { formatSince } from './quantities.ts';
import type { Style } from './style.ts';
import { cutToWidth, wrapToWidth } from './terminal-text.ts';

function textOf({ machine, state, since }: MachineTrouble, { t }: Style): string {
  if (state !== 'unreachable' || since === undefined) return t(`machine.${state}`, { machine });
  return t('machine.unreachable-since', { machine, time: formatSince(since) });
}

/**
 * One paragraph for each machine, with the command that helps.
 * @param brief one line each: what does not fit is cut
 */
export function renderMachines(
  machines: readonly MachineTrouble[],
  style: Style,
  columns = Number.POSITIVE_INFINITY,
  brief = false,
): string[] {
  const { bad, warn, strong, symbol } = style;
  return machines.flatMap((trouble) => {
    const isLost = trouble.state === 'unreachable' || trouble.state === 'down';
    const [mark, colour] = isLost ? [symbol.bad, bad] : [symbol.warn, warn];
    const text = `${mark} ${textOf(trouble, style)}`;
    if (brief) return [colour(cutToWidth(text, columns, symbol.ellipsis))];
    const command = machineCommand(trouble);
    return [
      ...wrapToWidth(text, columns, '  ').map(colour),
      ...(command === undefined ? [] : [`    ${strong(command)}`]),
    ];
  });
}

/** As JSON, with the time as ISO 8601. */
export function machineJson({ since, ...trouble }: MachineTrouble) {
  return { ...trouble, ...(since === undefined ? {} : { since: new Date(since).toISOString() }) };
}
