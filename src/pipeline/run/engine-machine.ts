/** The processor and the memory that a run may use: those of the engine's host. */
import { freemem } from 'node:os';
import type { EffectiveConfig } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { sharesHost } from '../core/engine-origin.ts';
import type { DockerPort } from '../engine/docker-port.ts';

type Engine = Pick<DockerPort, 'address' | 'info'>;

/** Returns the bytes of memory that stages may use. Of another host, only the size of the memory is known. */
export async function engineMemory(docker: Engine): Promise<number> {
  // On Linux freemem is MemAvailable: memory that can be had without swapping, caches included.
  return sharesHost(docker.address) ? freemem() : (await docker.info()).memory;
}

/** Returns the configuration. Without `--jobs`, an engine on another host may use all cores of that host. */
export async function withEngineCores(
  { values, origin }: Pick<EffectiveConfig, 'values' | 'origin'>,
  docker: Engine,
): Promise<WizardConfig> {
  if (origin.jobs !== 'default' || sharesHost(docker.address)) return values;
  return { ...values, jobs: (await docker.info()).cpus };
}
