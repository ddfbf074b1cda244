/** What the stages of one run share: the choices, the ports and where things stand. No decisions here. */
import { join } from 'node:path';
import type { BuildOutputs } from './build-outputs.ts';
import type { ComposePort } from './compose-port.ts';
import type { DockerPort } from './docker-port.ts';
import type { Journal } from './journal.ts';
import { LABEL } from './labels.ts';
import type { NetworkSpec } from './network-spec.ts';
import type { BuildSettings } from './settings.ts';
import type { FabricSource } from './source.ts';
import type { WizardConfig } from './wizard-config.ts';

export interface Workbench {
  readonly dir: string;
  readonly stateDir: string;
  readonly project: string;
  readonly runId: string;
  readonly config: WizardConfig;
  readonly source: FabricSource;
  readonly settings: BuildSettings;
  readonly spec: NetworkSpec;
  readonly docker: DockerPort;
  readonly compose: ComposePort;
  readonly journal: Journal;
  /** Folder of our shipped data (`compose/`). */
  readonly dataDir: string;
  /** What the compile stage of this run, or an earlier one with equal input, left. */
  outputs?: BuildOutputs;
}

export function projectLabels(bench: Pick<Workbench, 'project' | 'runId'>): Record<string, string> {
  return { [LABEL.project]: bench.project, [LABEL.run]: bench.runId };
}

export function networkDir(stateDir: string): string {
  return join(stateDir, 'network');
}

export function buildDir(stateDir: string): string {
  return join(stateDir, 'build');
}
