/** Contexts of a project, a run and a stage, made of real parts: configuration, source, journal. */
import { join } from 'node:path';
import { buildSettings, loadConfig } from '../../src/pipeline/config/config.ts';
import type { ProjectContext, RunContext, StageContext } from '../../src/pipeline/context/run-context.ts';
import type { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import type { BuildSettings } from '../../src/pipeline/fabric/build-settings.ts';
import { type FabricSource, recogniseSource } from '../../src/pipeline/fabric/source.ts';
import { STATE_FOLDER } from '../../src/pipeline/host/state-folder.ts';
import { couchdbImageOf } from '../../src/pipeline/images/couchdb-image.ts';
import { SharedBuilds } from '../../src/pipeline/images/shared-builds.ts';
import type { Journal } from '../../src/pipeline/journal/journal.ts';
import type { RecordedState } from '../../src/pipeline/journal/wizard-state.ts';
import { networkSpec } from '../../src/pipeline/network/network-spec.ts';
import { networkGateway } from '../../src/pipeline/resolve/network-gateway.ts';
import { PACKAGE, SAMPLE } from './wizard.ts';

export interface ContextChoices {
  readonly dir: string;
  readonly docker: DockerPort;
  /** Choices as flags. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Folder of the source; the practice source by default. */
  readonly source?: string;
  readonly settings?: Partial<BuildSettings>;
}

export const TEST_PROJECT = 'fw-unit';

let practice: Promise<FabricSource> | undefined;

/** Reads the practice source once: no test edits it, and each reading starts git. */
function sourceIn(dir: string): Promise<FabricSource> {
  if (dir !== SAMPLE) return recogniseSource(dir);
  practice ??= recogniseSource(SAMPLE);
  return practice;
}

export async function projectContext(
  { dir, docker, flags = {}, source: sourceDir = SAMPLE, settings: changed }: ContextChoices,
  journal: RecordedState,
): Promise<ProjectContext> {
  const [source, { values: config }] = await Promise.all([sourceIn(sourceDir), loadConfig({ dir, flags })]);
  const project = config.project ?? TEST_PROJECT;
  const settings = { ...buildSettings(config, source, 'amd64'), ...changed };
  const gateway = await networkGateway({ source, settings, config, packageDir: PACKAGE });
  return {
    dir,
    stateDir: join(dir, STATE_FOLDER),
    dataDir: join(PACKAGE, 'compose'),
    project,
    config,
    source,
    settings,
    spec: networkSpec(config, source.release, project),
    docker,
    journal,
    couchdb: await couchdbImageOf(config, settings, docker),
    ...(gateway ? { gateway } : {}),
  };
}

/** What a stage reported, in order. */
export interface Reported {
  readonly commands: string[];
  readonly warnings: string[];
  /** Bytes transferred, as each progress report said. */
  readonly bytes: number[];
}

export async function stageContext(
  choices: ContextChoices,
  journal: Journal,
  signal: AbortSignal,
): Promise<{ readonly context: StageContext; readonly reported: Reported }> {
  const reported: Reported = { commands: [], warnings: [], bytes: [] };
  const run: RunContext = {
    ...(await projectContext(choices, journal)),
    runId: 'test',
    journal,
    compose: undefined,
    sharedBuilds: new SharedBuilds(),
    chaincodes: [],
    options: {
      again: 'fabric-wizard up --yes',
      images: [],
      force: false,
      binariesDir: undefined,
      keepChaincode: false,
      fresh: false,
      startsLastPrograms: false,
      oneByOne: false,
    },
  };
  const context: StageContext = {
    ...run,
    signal,
    targets: undefined,
    report: {
      log: () => undefined,
      progress: (done, _total, unit) => {
        if (unit === 'bytes') reported.bytes.push(done);
      },
      warn: (code) => reported.warnings.push(code),
      command: (line) => reported.commands.push(line),
      nodeHealth: () => undefined,
      smokeResult: () => undefined,
      chaincodeDeployed: () => undefined,
      packageTested: () => undefined,
      tail: () => [],
    },
  };
  return { context, reported };
}
