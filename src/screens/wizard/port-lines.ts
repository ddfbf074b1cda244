/** PURE: whether the network's ports are free, and who uses those that are not. */

import { freePortBase } from '../../pipeline/diagnosis/failure-help.ts';
import { type PortOwner, portOwners } from '../../pipeline/host/held-ports.ts';
import type { Theme } from '../../ui/theme.tsx';
import { fitted } from './canvas.ts';
import type { PortsState } from './wizard-state.ts';

const MAX_NAMED = 3;

function holderText({ owner, ports }: PortOwner, { t }: Theme): string {
  const more = ports.length - MAX_NAMED;
  const named = ports.slice(0, MAX_NAMED).join(', ');
  return t('ports.held', {
    ports: more > 0 ? t('ports.and-more', { named, count: String(more) }) : named,
    owner: owner || t('ports.somebody'),
  });
}

/** Result of the port check in one line. */
export function portsMark(ports: PortsState, columns: number, theme: Theme): string {
  const { t, style } = theme;
  const { symbol } = style;
  switch (ports.kind) {
    case 'none':
      return '';
    case 'checking':
      return style.dim(fitted(t('ports.asking'), columns, theme));
    case 'checked': {
      const [first] = portOwners(ports.taken);
      return first
        ? style.bad(fitted(`${symbol.bad} ${holderText(first, theme)}`, columns, theme))
        : style.good(fitted(`${symbol.good} ${t('ports.free')}`, columns, theme));
    }
    default:
      return ports satisfies never;
  }
}

/** A first port to use instead; undefined if no port is taken. */
export function otherPortBase(ports: PortsState): string | undefined {
  if (ports.kind !== 'checked' || ports.taken.length === 0) return undefined;
  return String(freePortBase(ports.taken.map(({ port }) => port)));
}

/** Who uses which ports, and a free port base; undefined if no port is taken. */
export function takenPortsText(ports: PortsState, theme: Theme): string | undefined {
  const free = otherPortBase(ports);
  if (ports.kind !== 'checked' || free === undefined) return undefined;
  const held = portOwners(ports.taken)
    .map((holder) => holderText(holder, theme))
    .reduce((first, second) => theme.t('list.two', { first, second }));
  return theme.t('ports.instead', { held, free });
}

export function takenPortNumbers(ports: PortsState): ReadonlySet<number> {
  return new Set(ports.kind === 'checked' ? ports.taken.map(({ port }) => port) : []);
}
