/** The machine of a measurement. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** Describes this computer without its name. `memoryGb` is in units of 10^9 bytes. */
export function hostMachine() {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.versions.node,
  };
}

/** Describes the machine for `machineText`. `load` is the average of the last minute. */
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
