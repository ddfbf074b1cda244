/** Parses the engine's responses: errors, streams of JSON messages, environment lists, statistics. */
import type { ContainerUsage } from './engine-types.ts';
import { LineSplitter } from './line-splitter.ts';

export interface StreamMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { current?: number; total?: number };
  readonly error?: string;
  readonly aux?: { ID?: string };
}

/** Returns the HTTP status of an error response. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Returns the result of a request, or undefined if the engine answers with one of these statuses. */
export async function undefinedIf<T>(
  statuses: readonly number[],
  request: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Returns the result of a request, or undefined if the engine answers 404. */
export function undefinedIfMissing<T>(request: () => Promise<T>): Promise<T | undefined> {
  return undefinedIf([404], request);
}

/** Returns the engine's message without dockerode's prefix. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // dockerode adds the prefix "(HTTP code 404) no such image - " to the engine's message.
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

/** Returns the name of the engine. Its own component is the first one; Docker's is called just `Engine`. */
export function engineName({
  Components: components,
}: {
  readonly Components?: readonly { readonly Name: string }[];
}): string {
  const name = components?.[0]?.Name ?? 'Engine';
  return name === 'Engine' ? 'Docker Engine' : name;
}

/** `['A=b']` -> `{ A: 'b' }`. */
export function envRecord(env: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (env ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** `{ A: 'b' }` -> `['A=b']`. */
export function envList(env: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`);
}

/** Closes the connection of a response; an open one keeps the process alive. */
export function closeStream(output: NodeJS.ReadableStream | undefined): void {
  if (output && 'destroy' in output && typeof output.destroy === 'function') output.destroy();
}

/** The statistics that are read. Fields are missing if the container has just ended. */
export interface EngineStats {
  readonly memory_stats: {
    readonly usage?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
  readonly cpu_stats: {
    readonly cpu_usage?: { readonly total_usage?: number };
    readonly system_cpu_usage?: number;
    readonly online_cpus?: number;
  };
}

/** Subtracts the inactive page cache, as `docker stats` does. Cgroup 1 and 2 name it differently. */
export function usageOf({ memory_stats: memory, cpu_stats: cpu }: EngineStats): ContainerUsage {
  const cache = memory.stats?.inactive_file ?? memory.stats?.total_inactive_file ?? 0;
  return {
    memory: Math.max(0, (memory.usage ?? 0) - cache),
    cpu: cpu.cpu_usage?.total_usage ?? 0,
    machine: cpu.system_cpu_usage ?? 0,
    cores: cpu.online_cpus ?? 1,
  };
}

const RACE_RETRIES = 5;

/** Repeats a request that fails because an image is removed during the request: Engine 20.10 then answers 500. */
export async function retryOnRace<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const race = statusOf(error) === 500 && /unrecognized image ID|no such image/i.test(messageOf(error));
      if (!race || attempt >= RACE_RETRIES) throw error;
    }
  }
}

/** Parses newline-separated JSON. The caller checks `error`, which the engine can send in a response with status 200. */
export async function* messages(stream: NodeJS.ReadableStream): AsyncGenerator<StreamMessage> {
  const splitter = new LineSplitter();
  for await (const chunk of stream) {
    for (const line of splitter.push(chunk as Buffer)) {
      if (line.trim()) yield JSON.parse(line) as StreamMessage;
    }
  }
  const rest = splitter.end();
  if (rest?.trim()) yield JSON.parse(rest) as StreamMessage;
}

/** Classifies the engine's message about a failed pull. */
export function pullProblem(detail: string): 'missing' | 'denied' | 'unreachable' | 'other' {
  // Docker Hub answers "pull access denied … repository does not exist or may require 'docker login'" for both.
  if (/manifest unknown|manifest for .* not found|not found: manifest|does not exist/i.test(detail))
    return 'missing';
  if (/unauthorized|denied|authentication required|no basic auth/i.test(detail)) return 'denied';
  if (
    /no such host|connection refused|i\/o timeout|network is unreachable|server gave HTTP|EOF|TLS handshake|x509/i.test(
      detail,
    )
  ) {
    return 'unreachable';
  }
  return 'other';
}
