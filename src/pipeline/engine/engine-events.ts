/** The engine's event stream. */
import type Docker from 'dockerode';
import type { WizardFailure } from '../core/failure.ts';
import type { EngineAddress } from './engine-address.ts';
import { lostEngine } from './engine-connection.ts';
import type { EngineEvent } from './engine-types.ts';
import { shortName } from './image-names.ts';
import { LineSplitter } from './line-splitter.ts';

export type WatchEngine = [
  filters: Readonly<Record<string, readonly string[]>>,
  onEvent: (event: EngineEvent) => void,
  /** Called if the stream ends, e.g. because the engine stopped. */
  onEnd?: (lost: WizardFailure) => void,
  /** Ends the stream as if the engine had stopped. */
  signal?: AbortSignal,
];

/** Returns the attributes of an event, with short names. An event of an image has its name as `name`, one of a container as `image`. */
function attributesOf(docker: Docker, attributes: Record<string, string>): Record<string, string> {
  const isName = (key: string) => key === 'image' || key === 'name';
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, isName(key) ? shortName(docker, value) : value]),
  );
}

/**
 * Reports the engine's events from now on.
 * @returns a function that stops it, once the engine is listening
 */
export async function watchEngine(
  docker: Docker,
  address: EngineAddress,
  ...[filters, onEvent, onEnd, signal]: WatchEngine
): Promise<() => void> {
  const abort = new AbortController();
  const abortSignal = signal ? AbortSignal.any([abort.signal, signal]) : abort.signal;
  const stream = await docker.getEvents({ filters: JSON.stringify(filters), abortSignal });
  const splitter = new LineSplitter();
  // The engine stopped, or the stream was aborted.
  stream.on('error', () => undefined);
  stream.on('close', () => {
    if (!abort.signal.aborted) onEnd?.(lostEngine(address, { key: 'detail.events-ended' }));
  });
  stream.on('data', (chunk: Buffer) => {
    if (abortSignal.aborted) return;
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
        attributes: attributesOf(docker, event.Actor.Attributes),
      });
    }
  });
  return () => abort.abort();
}
