/** A peer's configuration: core.yaml, overridden by environment variables. */
import { parse } from 'yaml';
import type { PeerRelease } from './peer-release.ts';
import { type ConfigValue, environmentName } from './resolution.ts';

/** Keys are case-insensitive, as in the peer. */
function childOf(node: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  const found = Object.entries(node).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1];
}

/** A list becomes its entries with blanks between them, as the peer reads one from a variable. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(String).join(' ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** What was parsed last. A run asks for the same file several times, and parsing takes 50 ms. */
let last: { readonly text: string; readonly core: unknown } | undefined;

/** Parses core.yaml. @returns undefined if it is not valid YAML. The caller must not change it. */
export function parseCoreYaml(text: string): unknown {
  if (last?.text !== text) last = { text, core: parsed(text) };
  return last.core;
}

/**
 * Returns a function that looks up keys like `chaincode.golang.runtime`.
 * @param core result of `parseCoreYaml`
 */
export function peerConfig(
  core: unknown,
  env: Readonly<Record<string, string>>,
  release: Pick<PeerRelease, 'emptyEnvCounts'>,
): (key: string) => ConfigValue | undefined {
  return (key) => {
    const variable = environmentName(key);
    const override = env[variable];
    if (override !== undefined && (override !== '' || release.emptyEnvCounts))
      return { value: override, origin: variable };
    const value = textOf(key.split('.').reduce(childOf, core));
    return value === undefined ? undefined : { value, origin: 'core.yaml' };
  };
}

/** Returns `vm.docker.hostConfig`, which the peer gives to chaincode containers; empty if there is none. */
export function hostConfigIn(core: unknown): Readonly<Record<string, unknown>> {
  const found = ['vm', 'docker', 'hostConfig'].reduce(childOf, core);
  const isMap = typeof found === 'object' && found !== null && !Array.isArray(found);
  return isMap ? (found as Record<string, unknown>) : {};
}
