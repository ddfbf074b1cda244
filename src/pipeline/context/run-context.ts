/** What the stages of one run share: the choices, the ports and where things stand. No decisions here. */
import type { WizardConfig } from '../config/wizard-config.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { FabricSource } from '../fabric/source.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { Journal } from '../journal/journal.ts';
import type { NetworkSpec } from '../network/network-spec.ts';

export interface RunContext {
  readonly dir: string;
  readonly stateDir: string;
  readonly project: string;
  readonly runId: string;
  readonly config: WizardConfig;
  /** As it was read when the run began, or, where it was edited meanwhile, as it was compiled. */
  source: FabricSource;
  readonly settings: BuildSettings;
  readonly spec: NetworkSpec;
  readonly docker: DockerPort;
  /** Absent where no network is started. */
  compose?: ComposePort;
  readonly journal: Journal;
  /** The image that keeps the peers' state, where one does; once it is pulled, the one that was pulled. */
  couchdb?: CouchdbImage;
  /** Folder of our shipped data (`compose/`). */
  readonly dataDir: string;
  /** What the compile stage of this run, or an earlier one with equal input, left. */
  outputs?: BuildOutputs;
  /** Folder with the channel artifacts of this run's certificates, until the artifacts stage puts it in its place. */
  artifacts?: string;
  /** The certificates are of this run, so that no ledger is there to be asked what is on it. */
  newLedgers?: boolean;
  /** Ids of containers that this run restarts: they were there before and stay, whatever their state just is. */
  readonly restarted: Set<string>;
}

/** What ledgers and certificates are kept apart by: a release line, or the practice source in its shape. */
export function sourceKind({
  settings,
  source,
}: Pick<RunContext, 'settings'> & { readonly source: Pick<FabricSource, 'practice'> }): string {
  return `${settings.release.id}${source.practice ? '-practice' : ''}`;
}

/** The checkout's own Dockerfiles take minutes where ours take seconds. */
export function timingKind(of: Parameters<typeof sourceKind>[0]): string {
  return `${sourceKind(of)}${of.settings.dockerfiles === 'upstream' ? '-upstream' : ''}`;
}

export function projectLabels(context: Pick<RunContext, 'project' | 'runId'>): Record<string, string> {
  return { [LABEL.project]: context.project, [LABEL.run]: context.runId };
}
