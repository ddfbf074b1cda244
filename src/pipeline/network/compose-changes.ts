/** PURE: compares the compose file of a network with the one that its configuration would produce. */
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { METRICS } from './network-spec.ts';

const schema = z.object({ services: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** A node whose service differs. */
export interface ChangedNode {
  readonly node: string;
  /** The keys of its service that differ: `image`, `ports`. */
  readonly keys: readonly string[];
}

/** Returns the nodes that differ. Prometheus is not compared: which image it has depends on what the engine has. */
export function changedNodes(before: string, after: string): ChangedNode[] {
  const [old, wanted] = [before, after].map((text) => schema.safeParse(parse(text)).data?.services ?? {});
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(wanted ?? {})]);
  names.delete(METRICS);
  return [...names].flatMap((node) => {
    const [one = {}, other = {}] = [old?.[node], wanted?.[node]];
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
      (key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]),
    );
    return keys.length > 0 ? [{ node, keys }] : [];
  });
}
