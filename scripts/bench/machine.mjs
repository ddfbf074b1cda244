/** What the figures were measured on. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What this computer is; no name of it. `memoryGb` in 10^9 bytes. */
export function hostMachine() {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.versions.node,
  };
}

/** @returns what `machineText` wants; `load` is that of the last minute before the first row */
export async function describeMachine({ run, bases, original, engineVersion }) {
  const load = loadavg()[0];
  await bases();
  const go = await run('docker', [
    'run',
    '--rm',
    '--network',
    'none',
    original.builderImage,
    'go',
    'version',
  ]);
  return {
    ...hostMachine(),
    engine: engineVersion,
    go: go.stdout.trim().replace(/^go version /, ''),
    load: Math.round(load * 100) / 100,
  };
}
