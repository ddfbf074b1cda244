/** The context that stages, observation and checks receive. It does not change during a run. */
import type { WantedChaincode } from '../config/chaincode-list.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { ChaincodeDeployed, SmokeResult, StageProgress } from '../core/events.ts';
import type { Hooks } from '../core/hook.ts';
import type { Text } from '../core/phrase.ts';
import type { PackageResult } from '../core/test-result.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { FabricSource } from '../fabric/source.ts';
import { sourceKind } from '../fabric/source-kind.ts';
import type { CaImage } from '../images/ca-image.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { MetricsImage } from '../images/metrics-image.ts';
import type { SharedBuilds } from '../images/shared-builds.ts';
import type { Journal } from '../journal/journal.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import type { Gateway } from '../network/gateway.ts';
import type { Addition } from '../network/members.ts';
import type { NetworkNode, NetworkSpec } from '../network/network-spec.ts';
import type { ChosenSuites, ChosenTests } from '../tests/test-request.ts';

/** A project: its folder, configuration, source and engine. */
export interface ProjectContext {
  /** Folder of fabric-wizard.yaml. */
  readonly dir: string;
  readonly stateDir: string;
  readonly project: string;
  readonly config: WizardConfig;
  /** The source as it was read when the run began. */
  readonly source: FabricSource;
  readonly settings: BuildSettings;
  readonly spec: NetworkSpec;
  readonly docker: DockerPort;
  readonly journal: RecordedState;
  /** Folder of the bundled data (`compose/`). */
  readonly dataDir: string;
  /** CouchDB image of the network, as found at the start of the run; undefined without CouchDB. */
  readonly couchdb: CouchdbImage | undefined;
  /** Gateway of the network; absent if each peer has the engine's socket. */
  readonly gateway?: Gateway;
  /** Image of the network's CAs; absent if it has none. */
  readonly ca?: CaImage;
  /** Prometheus image of the network, as found at the start of the run; absent without metrics. */
  readonly metrics?: MetricsImage;
}

export interface RunOptions {
  /** The command to run again after an error of the source is corrected. */
  readonly again: string;
  readonly images: readonly ImageName[];
  /** Rebuild even if the caches are current. */
  readonly force: boolean;
  /** Folder for host binaries; undefined if none were requested. */
  readonly binariesDir: string | undefined;
  /** Keep the smoke test's chaincode running. */
  readonly keepChaincode: boolean;
  /** Start services with their last program if their files cannot be used as they are now. */
  readonly startsLastPrograms: boolean;
  /** Compile chaincode even if the gateway has kept the program of an earlier run. */
  readonly fresh: boolean;
  /** Restart changed nodes one after another. */
  readonly oneByOne: boolean;
  /** What the run adds to the network. */
  readonly addition?: Addition | undefined;
  /** What the run tests. */
  readonly tests?: ChosenTests | undefined;
  /** Hooks of the user's that the run includes; absent: none. */
  readonly hooks?: Hooks | undefined;
  /** The suites that the run runs. */
  readonly suites?: ChosenSuites | undefined;
}

export interface RunContext extends ProjectContext {
  /** Begins with the time of the run and ends with the process id. */
  readonly runId: string;
  readonly journal: Journal;
  /** Undefined if the plan starts no node. */
  readonly compose: ComposePort | undefined;
  /** Builds that stages of this run share. */
  readonly sharedBuilds: SharedBuilds;
  readonly options: RunOptions;
  /** Chaincodes to deploy. */
  readonly chaincodes: readonly WantedChaincode[];
}

/** Receives the reports of a running stage; each call becomes an event. */
export interface StageReport {
  readonly log: (line: string) => void;
  readonly progress: (done: number, total: number, unit: StageProgress['unit'], item?: Text) => void;
  readonly warn: (code: string, message: Text) => void;
  /** A command line for a POSIX shell that does the same as the step that follows. */
  readonly command: (line: string) => void;
  /** @param restarted id of a container that existed before this run and is kept */
  readonly nodeHealth: (
    node: Pick<NetworkNode, 'role'> & { readonly node: { readonly name: string } },
    state: 'starting' | 'ready',
    restarted?: string,
  ) => void;
  readonly smokeResult: (result: Omit<SmokeResult, 'type' | 'at'>) => void;
  readonly packageTested: (result: PackageResult) => void;
  readonly chaincodeDeployed: (deployed: Omit<ChaincodeDeployed, 'type' | 'at'>) => void;
  /** The last lines that the stage has logged, oldest first. */
  readonly tail: () => readonly string[];
}

/** The run context of one stage. */
export interface StageContext extends RunContext {
  /** Fires when the run is cancelled or another stage fails. */
  readonly signal: AbortSignal;
  readonly report: StageReport;
  /** Names of the nodes or images that the stage is limited to; undefined: all. */
  readonly targets: readonly string[] | undefined;
}

/** Returns the kind of source for measured times: the checkout's own Dockerfiles take longer than the bundled ones. */
export function timingKind(of: Parameters<typeof sourceKind>[0]): string {
  return `${sourceKind(of)}${of.settings.dockerfiles === 'upstream' ? '-upstream' : ''}`;
}

export function projectLabels(context: Pick<RunContext, 'project' | 'runId'>): Record<string, string> {
  return { [LABEL.project]: context.project, [LABEL.run]: context.runId };
}
