/** Stages and plans for tests that care for a part of them, and the machines that real plans are made for. */

import type { ObservedImage, ObservedState } from '../../src/pipeline/context/observed-state.ts';
import type { PlanGoal } from '../../src/pipeline/context/stage-definition.ts';
import { NOTHING } from '../../src/pipeline/core/budget.ts';
import type { Plan, PlannedStage } from '../../src/pipeline/core/plan.ts';
import type { ImageName } from '../../src/pipeline/fabric/release-facts.ts';
import { makePlan } from '../../src/pipeline/plan/make-plan.ts';
import { STAGES, type StageId } from '../../src/pipeline/stages/stage-list.ts';

export function stageOf(id: string, more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    ...{ id, needs: [], cause: `because of ${id}`, action: 'run', weight: 1, guessed: false, cost: NOTHING },
    ...more,
  };
}

export function planOf(...stages: readonly PlannedStage[]): Plan {
  return {
    stages,
    criticalPath: [],
    seconds: 0,
    guessed: false,
    budget: TWO_CORES,
    disk: { engineBytes: 0, stateBytes: 0 },
  };
}

export const UP: PlanGoal = {
  until: 'up',
  images: ['ccenv', 'peer', 'orderer', 'tools'],
  force: false,
  binaries: false,
  smoke: false,
};

export const TWO_CORES = { cores: 2, memoryMb: 4000 };

/** The plan of all stages on two cores. */
export function planFor(observed: ObservedState, goal: PlanGoal): Plan<StageId> {
  return makePlan(STAGES, observed, goal, TWO_CORES);
}

export const sameImage: ObservedImage = {
  present: { id: 'sha256:1', ours: true, fingerprint: 'f', content: undefined },
  wanted: 'f',
  missingRefs: [],
  verified: true,
};

export const absentImage: ObservedImage = { wanted: undefined, missingRefs: [], verified: false };

function basesOf(run: boolean, key: 'cause.present' | 'cause.missing'): ObservedState['base'] {
  const base = (name: string) => ({ run, cause: { key, what: `hyperledger/${name}:amd64-0.4.22` } });
  return { builder: base('fabric-baseimage'), runtime: base('fabric-baseos') };
}

/** A machine on which everything is done. */
export const settled: ObservedState = {
  practice: false,
  base: basesOf(false, 'cause.present'),
  outputs: { fingerprint: 'c', binaries: {}, goshim: [], shimFolders: '', dir: '/build' },
  chaintool: undefined,
  ccenvPayload: 'goshim',
  images: { ccenv: sameImage, peer: sameImage, orderer: sameImage, tools: sameImage },
  channels: ['mychannel'],
  couchdb: undefined,
  network: {
    crypto: 'same',
    changes: [],
    lost: [],
    joining: [],
    adding: false,
    extended: false,
    inPlace: { instance: 'c0ffee', ledgers: 3, keptIn: '.fabric-wizard/networks/c0ffee' },
    kept: undefined,
    artifacts: 'same',
    compose: 'same',
    composeDiffers: [],
    changed: [],
    running: true,
    down: [],
    stale: [],
    outdated: [],
    otherPrograms: [],
    unjoined: [],
    anchorsSet: true,
  },
  stageSeconds: {},
};

/** A machine on which nothing is. */
export const bare: ObservedState = {
  ...settled,
  base: basesOf(true, 'cause.missing'),
  outputs: undefined,
  images: { ccenv: absentImage, peer: absentImage, orderer: absentImage, tools: absentImage },
  network: {
    crypto: 'absent',
    changes: [],
    lost: [],
    joining: [],
    adding: false,
    extended: false,
    inPlace: undefined,
    kept: undefined,
    artifacts: 'absent',
    compose: 'absent',
    composeDiffers: [],
    changed: [],
    running: false,
    down: ['orderer.example.com'],
    stale: [],
    outdated: [],
    otherPrograms: [],
    unjoined: ['peer0.org1.example.com'],
    anchorsSet: false,
  },
};

/** The same state where the checkout's own Dockerfiles build the images. @param missing base images that are not here */
export function withUpstream(
  state: ObservedState,
  missing: readonly string[] = [],
  except?: ImageName,
): ObservedState {
  const images = Object.entries(state.images).map(([name, image]) => [
    name,
    name === except ? image : { ...image, upstream: { missing } },
  ]);
  return { ...state, images: Object.fromEntries(images) };
}

const NODES = ['orderer.example.com', 'peer0.org1.example.com', 'cli'];

/** After an edit of Go: what the images should be is not known before the compile. */
function afterEdit(state: ObservedState): ObservedState {
  const images = Object.entries(state.images).map(([name, image]) => [name, { ...image, wanted: undefined }]);
  return { ...state, outputs: undefined, images: Object.fromEntries(images) };
}

/** States of a project, by what a user would say about them. */
export const STATES = {
  bare,
  settled,
  'edited-go': afterEdit(settled),
  'changed-compose': { ...settled, network: { ...settled.network, compose: 'changed' } },
  'stopped-network': {
    ...settled,
    // Peers that do not run cannot be asked whether they have joined.
    network: { ...settled.network, running: false, down: NODES, unjoined: ['peer0.org1.example.com'] },
  },
  'images-without-network': { ...settled, network: bare.network },
} as const satisfies Readonly<Record<string, ObservedState>>;
