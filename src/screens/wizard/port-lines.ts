/** PURE: whether the ports that follow from the first one can be had, and who holds those that can't. */
import { type Holder, holdersOf } from '../../pipeline/host/held-ports.ts';
import { freePortBase } from '../../pipeline/run/failure-help.ts';
import type { Face } from '../../ui/face.tsx';
import { fitted } from './canvas.ts';
import type { PortsState } from './wizard-state.ts';

const PORTS_NAMED = 3;

function holderText({ owner, ports }: Holder, { say }: Face): string {
  const more = ports.length - PORTS_NAMED;
  const named = ports.slice(0, PORTS_NAMED).join(', ');
  return say('ports.held', {
    ports: more > 0 ? say('ports.and-more', { named, count: String(more) }) : named,
    owner: owner || say('ports.somebody'),
  });
}

/** Beside the field, in as many columns as there are. */
export function portsMark(ports: PortsState, columns: number, face: Face): string {
  const { say, style } = face;
  const { symbol } = style;
  switch (ports.is) {
    case 'none':
      return '';
    case 'asking':
      return style.dim(fitted(say('ports.asking'), columns, face));
    case 'known': {
      const [first] = holdersOf(ports.taken);
      return first
        ? style.bad(fitted(`${symbol.bad} ${holderText(first, face)}`, columns, face))
        : style.good(fitted(`${symbol.good} ${say('ports.free')}`, columns, face));
    }
    default:
      return ports satisfies never;
  }
}

/** All who hold one, and where to go instead; undefined where nobody does. */
export function holdersText(ports: PortsState, face: Face): string | undefined {
  if (ports.is !== 'known' || ports.taken.length === 0) return undefined;
  const held = holdersOf(ports.taken)
    .map((holder) => holderText(holder, face))
    .reduce((first, second) => face.say('list.two', { first, second }));
  const free = String(freePortBase(ports.taken.map(({ port }) => port)));
  return face.say('ports.instead', { held, free });
}

/** Those that somebody else has. */
export function heldPorts(ports: PortsState): ReadonlySet<number> {
  return new Set(ports.is === 'known' ? ports.taken.map(({ port }) => port) : []);
}
