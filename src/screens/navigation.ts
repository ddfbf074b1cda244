/** PURE: the stack of screens. */

import type { NodeFact } from '../pipeline/network/node-facts.ts';
import type { Repair } from '../pipeline/resolve/resolve-report.ts';

/** Choices that are lists. */
export type ListField = 'organisations' | 'channels';

export type Route =
  /** The wizard's screens, in this order. */
  | { readonly id: 'welcome' | 'source' | 'build' | 'base' }
  /** `at`: the field with the cursor. */
  | { readonly id: 'network'; readonly at?: ListField }
  /** The entries of a field of the network, as rows. */
  | { readonly id: 'list'; readonly field: ListField }
  /** `unlessCurrent`: the dashboard instead, if the network runs as the plan wants it. */
  | { readonly id: 'review'; readonly unlessCurrent?: boolean }
  /** The presets, from which the plan follows. */
  | { readonly id: 'preset' }
  | { readonly id: 'run' }
  | { readonly id: 'dashboard' }
  /** Logs of a node, or of all nodes. */
  | {
      readonly id: 'logs';
      readonly node?: string | undefined;
      /** What this chaincode prints, instead of what the nodes print. */
      readonly chaincode?: string;
    }
  /** The chaincodes of the network, and calls of them. */
  | { readonly id: 'chaincodes' }
  /** Asks for confirmation before these containers and images of a chaincode are removed. */
  | {
      readonly id: 'remove-chaincode';
      readonly name: string;
      readonly containers: readonly string[];
      readonly images: readonly string[];
    }
  | { readonly id: 'blocks' }
  /** Facts about a node, and the actions on it. */
  | { readonly id: 'node'; readonly node: string; readonly facts: readonly NodeFact[] }
  /** A text to read. */
  | {
      readonly id: 'text';
      readonly title: string;
      /** @param rows height of the text without scrolling; absent: any */
      readonly lines: (columns: number, rows?: number) => readonly string[];
      /** What the key `c` copies, and its name; absent if there is nothing to copy. */
      readonly copies?: { readonly what: string; readonly text: string };
    }
  /** The images that the peers will ask for, and the repairs that are offered. */
  | {
      readonly id: 'resolve';
      /** The peer's container; absent: any peer of the network. */
      readonly container?: string;
      readonly lines: (columns: number) => readonly string[];
      readonly repairs: readonly Repair[];
    }
  /** The list of topics. */
  | { readonly id: 'topics'; readonly topics: readonly { readonly topic: string; readonly title: string }[] }
  /** The explanation of a topic, and related topics. */
  | {
      readonly id: 'explain';
      readonly topic: string;
      readonly lines: (columns: number) => readonly string[];
      readonly see: readonly string[];
    }
  /** Asks for confirmation before everything is built again. */
  | { readonly id: 'rebuild-all' }
  /** Asks for confirmation before another image is configured and the network is brought to it. */
  | { readonly id: 'override'; readonly repair: Extract<Repair, { readonly kind: 'override' }> }
  /** Asks for confirmation before the network is stopped. */
  | { readonly id: 'down' }
  /** Asks whether to keep the network before the program ends. */
  | { readonly id: 'leave' };

/** What is shown in front of the current screen, which stays as it is. */
export type Overlay =
  /** All actions of the screen. */
  | { readonly id: 'palette' }
  /** The keys of the screen, and the way to the explanation of a topic. */
  | { readonly id: 'help'; readonly topic?: string | undefined };

/** From the first screen to the current one; never empty. */
export type NavigationStack = readonly [Route, ...Route[]];

export function currentRoute(stack: NavigationStack): Route {
  return stack.at(-1) ?? stack[0];
}

export function push(stack: NavigationStack, route: Route): NavigationStack {
  return [...stack, route];
}

/** Replaces the current screen, so that Esc does not return to it. */
export function replaceTop(stack: NavigationStack, route: Route): NavigationStack {
  const [first, ...rest] = stack.slice(0, -1);
  return first ? [first, ...rest, route] : [route];
}

/** Returns to the previous screen. The first screen stays. */
export function pop(stack: NavigationStack): NavigationStack {
  const [first, ...rest] = stack.slice(0, -1);
  return first ? [first, ...rest] : stack;
}

/** Returns to the screen with the route's id if it is on the stack, else replaces the current screen. */
export function popTo(stack: NavigationStack, route: Route): NavigationStack {
  const [first, ...rest] = stack.slice(0, stack.findIndex(({ id }) => id === route.id) + 1);
  return first ? [first, ...rest] : replaceTop(stack, route);
}
