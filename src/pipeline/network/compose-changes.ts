/** PURE: compares the compose file of a network with the one that its configuration would produce. */
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { METRICS } from './network-spec.ts';

const record = z.record(z.string(), z.unknown());
const schema = z.object({ services: z.record(z.string(), record) });

type Service = Readonly<Record<string, unknown>>;

/** A node whose service differs. */
export interface ChangedNode {
  readonly node: string;
  /** What differs: variables of its environment, and other keys of its service, such as `image` and `ports`. */
  readonly keys: readonly string[];
}

function differingKeys(one: Service, other: Service): string[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

function differences(one: Service, other: Service): string[] {
  return differingKeys(one, other).flatMap((key) => {
    const [old, wanted] = [one[key], other[key]].map((value) => record.safeParse(value).data);
    return key === 'environment' && old && wanted ? differingKeys(old, wanted) : [key];
  });
}

/** Returns the nodes that differ. Prometheus is not compared: which image it has depends on what the engine has. */
export function changedNodes(before: string, after: string): ChangedNode[] {
  const [old, wanted] = [before, after].map((text) => schema.safeParse(parse(text)).data?.services ?? {});
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(wanted ?? {})]);
  names.delete(METRICS);
  return [...names].flatMap((node) => {
    const keys = differences(old?.[node] ?? {}, wanted?.[node] ?? {});
    return keys.length > 0 ? [{ node, keys }] : [];
  });
}
