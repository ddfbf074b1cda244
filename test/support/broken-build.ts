/** A rebuild that ended with a compile error. */
import type { RunEvent } from '../../src/pipeline/core/events.ts';
import { initialRunState, type RunState, reduceRun } from '../../src/pipeline/core/run-state.ts';
import { planOf, stageOf } from './plans.ts';

const EVENTS: readonly RunEvent[] = [
  {
    type: 'run-started',
    at: 1,
    runId: 'run-1',
    command: 'rebuild',
    project: 'fw-x',
    practice: false,
    plan: planOf(stageOf('compile'), stageOf('image.peer')),
  },
  { type: 'stage-started', at: 1, stage: 'compile' },
  { type: 'stage-log', at: 1, stage: 'compile', line: 'core/peer/peer.go:12:3: undefined: x' },
  {
    type: 'stage-failed',
    at: 2,
    stage: 'compile',
    seconds: 3,
    failure: {
      kind: 'command',
      command: 'go install ./cmd/peer',
      where: { key: 'where.host' },
      exitCode: 1,
      tail: ['core/peer/peer.go:12:3: undefined: x'],
      compileErrors: [
        { file: 'core/peer/peer.go', line: 12, message: 'undefined: x' },
        { file: 'core/peer/run.go', line: 7, message: 'undefined: y' },
      ],
      again: 'rebuild',
    },
  },
  { type: 'run-finished', at: 3, outcome: 'failed', exitCode: 1, seconds: 3 },
];

export const BROKEN_BUILD: RunState = EVENTS.reduce(reduceRun, initialRunState);
