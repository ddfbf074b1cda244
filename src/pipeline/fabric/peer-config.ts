/** A peer's configuration as the peer reads it: core.yaml, overridden by the environment. */
import { parse } from 'yaml';
import type { PeerRelease } from './peer-release.ts';
import { type ConfigValue, environmentName } from './resolution.ts';

/** Keys are compared as the peer does: without regard to case. */
function childOf(node: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  const found = Object.entries(node).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1];
}

function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** @returns undefined for text that is no YAML */
export function parseCoreYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/**
 * Looks up `chaincode.golang.runtime` and the like.
 * @param core what `parseCoreYaml` gave
 */
export function peerConfig(
  core: unknown,
  env: Readonly<Record<string, string>>,
  line: Pick<PeerRelease, 'emptyEnvCounts'>,
): (key: string) => ConfigValue | undefined {
  return (key) => {
    const variable = environmentName(key);
    const set = env[variable];
    if (set !== undefined && (set !== '' || line.emptyEnvCounts)) return { value: set, origin: variable };
    const value = scalarText(key.split('.').reduce(childOf, core));
    return value === undefined ? undefined : { value, origin: 'core.yaml' };
  };
}
