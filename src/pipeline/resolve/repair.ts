/** What can be done about a problem by itself, and doing it. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { Problem, Repair } from './resolve-report.ts';

/** @returns undefined where only a person can help */
export function repairOf(problem: Problem): Repair | undefined {
  if (!('candidates' in problem)) return undefined;
  const [nearest] = problem.candidates;
  return nearest && { way: 'tag', from: nearest.ref, to: problem.ref };
}

/** @throws what the engine answers */
export async function applyRepair(docker: DockerPort, repair: Repair): Promise<void> {
  await docker.tag(repair.from, repair.to);
}
