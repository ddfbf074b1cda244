/** PURE: whether the ports that follow from the first one can be had, and who holds those that can't. */

import { freePortBase } from '../../pipeline/diagnosis/failure-help.ts';
import { type PortOwner, portOwners } from '../../pipeline/host/held-ports.ts';
import type { Theme } from '../../ui/theme.tsx';
import { fitted } from './canvas.ts';
import type { PortsState } from './wizard-state.ts';

const PORTS_NAMED = 3;

function holderText({ owner, ports }: PortOwner, { t }: Theme): string {
  const more = ports.length - PORTS_NAMED;
  const named = ports.slice(0, PORTS_NAMED).join(', ');
  return t('ports.held', {
    ports: more > 0 ? t('ports.and-more', { named, count: String(more) }) : named,
    owner: owner || t('ports.somebody'),
  });
}

/** Beside the field, in as many columns as there are. */
export function portsMark(ports: PortsState, columns: number, theme: Theme): string {
  const { t, style } = theme;
  const { symbol } = style;
  switch (ports.kind) {
    case 'none':
      return '';
    case 'asking':
      return style.dim(fitted(t('ports.asking'), columns, theme));
    case 'known': {
      const [first] = portOwners(ports.taken);
      return first
        ? style.bad(fitted(`${symbol.bad} ${holderText(first, theme)}`, columns, theme))
        : style.good(fitted(`${symbol.good} ${t('ports.free')}`, columns, theme));
    }
    default:
      return ports satisfies never;
  }
}

/** All who hold one, and where to go instead; undefined where nobody does. */
export function holdersText(ports: PortsState, theme: Theme): string | undefined {
  if (ports.kind !== 'known' || ports.taken.length === 0) return undefined;
  const held = portOwners(ports.taken)
    .map((holder) => holderText(holder, theme))
    .reduce((first, second) => theme.t('list.two', { first, second }));
  const free = String(freePortBase(ports.taken.map(({ port }) => port)));
  return theme.t('ports.instead', { held, free });
}

/** Those that somebody else has. */
export function heldPorts(ports: PortsState): ReadonlySet<number> {
  return new Set(ports.kind === 'known' ? ports.taken.map(({ port }) => port) : []);
}
