/** Whether the process of a work container is alive. */
import { processPlace } from '../engine/work-labels.ts';
import { isProcessAlive, processStat } from './process-alive.ts';

/**
 * Whether the process is alive.
 * @param owner see `ownProcess`
 * @returns `unknown` if it is one of another machine, boot or container, or if it is not told
 */
export async function ownerState(owner: string | undefined): Promise<'alive' | 'ended' | 'unknown'> {
  const place = processPlace();
  if (!owner || place === undefined || !owner.startsWith(`${place} `)) return 'unknown';
  const [pid = '', start] = owner.slice(place.length + 1).split(' ');
  if (!isProcessAlive(Number(pid))) return 'ended';
  const stat = await processStat(Number(pid));
  // A zombie has its id and does nothing any more. Without the right to look, nothing is known.
  if (stat === undefined) return 'unknown';
  return stat.startTime === start && stat.state !== 'Z' && stat.state !== 'X' ? 'alive' : 'ended';
}
