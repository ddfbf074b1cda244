/** What the engine tells of by itself. */
import type Docker from 'dockerode';
import type { EngineEvent } from './engine-types.ts';
import { LineSplitter } from './line-splitter.ts';

export type WatchEngine = [
  filters: Readonly<Record<string, readonly string[]>>,
  onEvent: (event: EngineEvent) => void,
  /** Called where the engine stops telling, e.g. because it ended. */
  onEnd?: () => void,
];

/** The engine's events from now on, until `stop` is called. Resolves, with `stop`, once the engine is listening. */
export async function watchEngine(
  docker: Docker,
  ...[filters, onEvent, onEnd]: WatchEngine
): Promise<() => void> {
  const abort = new AbortController();
  const stream = await docker.getEvents({ filters: JSON.stringify(filters), abortSignal: abort.signal });
  const splitter = new LineSplitter();
  // The end of the engine, or of our interest.
  stream.on('error', () => undefined);
  stream.on('close', () => {
    if (!abort.signal.aborted) onEnd?.();
  });
  stream.on('data', (chunk: Buffer) => {
    if (abort.signal.aborted) return;
    for (const line of splitter.push(chunk)) {
      if (!line.trim()) continue;
      const event = JSON.parse(line) as {
        Type: string;
        Action: string;
        Actor: { ID: string; Attributes: Record<string, string> };
      };
      onEvent({
        type: event.Type,
        action: event.Action,
        id: event.Actor.ID,
        attributes: event.Actor.Attributes,
      });
    }
  });
  return () => abort.abort();
}
