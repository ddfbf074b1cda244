/** PURE: what a stage takes of the machine, and for how long where no earlier run has told. */
import { NOTHING, type Resources } from '../core/budget.ts';

interface Row extends Resources {
  readonly seconds: number;
}

/** Fabric 1.4 on two cores. A stage without a row waits for others, or is done in no time. */
const ROWS: Readonly<Record<string, Row>> = {
  couchdb: { seconds: 30, cores: 0.5, memoryMb: 200 },
  'base.builder': { seconds: 90, cores: 1, memoryMb: 300 },
  'base.runtime': { seconds: 60, cores: 1, memoryMb: 300 },
  // Go keeps every core busy; see `costOf`.
  'base.upstream': { seconds: 60, cores: 1, memoryMb: 300 },
  compile: { seconds: 75, cores: Number.POSITIVE_INFINITY, memoryMb: 1100 },
  chaintool: { seconds: 3, ...NOTHING },
  goshim: { seconds: 3, cores: 1, memoryMb: 100 },
  gocache: { seconds: 25, cores: 1, memoryMb: 600 },
  'image.baseos': { seconds: 2, cores: 0.5, memoryMb: 100 },
  'image.ccenv': { seconds: 3, cores: 0.5, memoryMb: 100 },
  'image.peer': { seconds: 3, cores: 0.5, memoryMb: 100 },
  'image.orderer': { seconds: 3, cores: 0.5, memoryMb: 100 },
  'image.tools': { seconds: 4, cores: 0.5, memoryMb: 100 },
  // By the checkout's own Dockerfiles: packages are fetched, and some compile all that they have anew.
  'upstream.baseos': { seconds: 20, cores: 0.5, memoryMb: 200 },
  'upstream.ccenv': { seconds: 60, cores: 0.5, memoryMb: 200 },
  'upstream.peer': { seconds: 200, cores: Number.POSITIVE_INFINITY, memoryMb: 1100 },
  'upstream.orderer': { seconds: 150, cores: Number.POSITIVE_INFINITY, memoryMb: 1100 },
  'upstream.tools': { seconds: 200, cores: Number.POSITIVE_INFINITY, memoryMb: 1100 },
  verify: { seconds: 1, cores: 1, memoryMb: 100 },
  crypto: { seconds: 1, cores: 1, memoryMb: 100 },
  artifacts: { seconds: 1, cores: 1, memoryMb: 100 },
  start: { seconds: 4, cores: 1, memoryMb: 200 },
  channel: { seconds: 1, ...NOTHING },
  join: { seconds: 1, ...NOTHING },
  anchors: { seconds: 1, ...NOTHING },
  swap: { seconds: 3, ...NOTHING },
  smoke: { seconds: 15, cores: 1, memoryMb: 900 },
};

/** Where the practice source, a hundredth of Fabric, takes another time. */
const PRACTICE_SECONDS: Readonly<Record<string, number>> = { compile: 8, goshim: 0, smoke: 20 };

/** Seconds that nobody has measured yet. */
export function guessedSeconds(stage: string, practice: boolean): number {
  return (practice ? PRACTICE_SECONDS[stage] : undefined) ?? ROWS[stage]?.seconds ?? 0;
}

/** What wants every core leaves one: a base image that is fetched and unpacked meanwhile needs little of it. */
export function costOf(stage: string, budget: Resources): Resources {
  const { cores, memoryMb } = ROWS[stage] ?? NOTHING;
  return { cores: Number.isFinite(cores) ? cores : Math.max(1, budget.cores - 1), memoryMb };
}
