/** Reading what the engine answers: its errors, its streams of JSON messages, its environment lists. */
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

export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // dockerode prefixes "(HTTP code 404) no such image - "; the engine's own words come after it.
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

export function envRecord(env: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (env ?? []).map((pair) => {
      const cut = pair.indexOf('=');
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  );
}

export function envList(env: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`);
}

/** Closes the connection of an engine's answer; one that stays open keeps the process alive. */
export function release(output: NodeJS.ReadableStream | undefined): void {
  if (output && 'destroy' in output && typeof output.destroy === 'function') output.destroy();
}

/** The part of the engine's statistics that is read; what is missing is 0 where a container has just ended. */
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

/** The page cache that nobody uses is left out, as `docker stats` does (cgroup 2 and 1 name it differently). */
export function usageOf({ memory_stats: memory, cpu_stats: cpu }: EngineStats): ContainerUsage {
  const idle = memory.stats?.inactive_file ?? memory.stats?.total_inactive_file ?? 0;
  return {
    memory: Math.max(0, (memory.usage ?? 0) - idle),
    cpu: cpu.cpu_usage?.total_usage ?? 0,
    machine: cpu.system_cpu_usage ?? 0,
    cores: cpu.online_cpus ?? 1,
  };
}

const RACE_RETRIES = 5;

/** Engine 20.10 answers 500 to a list or a removal when an image (a shared parent) disappears meanwhile. */
export async function retryOnRace<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const race = statusOf(error) === 500 && /unrecognized image ID|no such image/i.test(messageOf(error));
      if (!race || attempt >= RACE_RETRIES) throw error;
    }
  }
}

/** Reads the engine's newline-separated JSON; an in-band `error` (HTTP status 200 all the same) rejects. */
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

export function pullProblem(detail: string): 'missing' | 'denied' | 'unreachable' | 'other' {
  // The Hub answers "pull access denied … repository does not exist or may require 'docker login'" for both.
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
