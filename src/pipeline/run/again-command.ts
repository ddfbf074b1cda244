/** The command that does what a run does again. */
import { type EffectiveConfig, givenFlags } from '../config/config.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import type { StageFailure } from '../core/failure.ts';
import { shellWord } from '../core/shell-text.ts';

/** The parts of a request that its command line says. */
export interface RepeatedRun {
  readonly command: string;
  readonly words?: readonly string[] | undefined;
  readonly config: EffectiveConfig;
  readonly goal: Pick<PlanGoal, 'until' | 'smoke' | 'force' | 'hooks'> & Partial<Pick<PlanGoal, 'images'>>;
  readonly binariesDir?: string;
  readonly keepChaincode: boolean;
  readonly fresh: boolean;
  readonly oneByOne: boolean;
  readonly preflight: boolean;
}

/** Whether the hooks of the file are left out. */
function leavesHooks({ config, goal }: Pick<RepeatedRun, 'config' | 'goal'>): boolean {
  return Object.keys(config.hooks).length > Object.keys(goal.hooks ?? {}).length;
}

/** Returns the command that does the same again: with `--yes`, because this time the user has seen the plan. */
export function againCommand(request: RepeatedRun): string {
  const {
    command,
    words = [],
    config,
    goal,
    binariesDir,
    keepChaincode,
    fresh,
    oneByOne,
    preflight,
  } = request;
  const options = [
    ...(goal.smoke ? ['--smoke'] : []),
    ...(fresh ? ['--fresh'] : []),
    ...(oneByOne ? ['--one-by-one'] : []),
    ...(goal.force ? ['--force'] : []),
    ...(command === 'smoke' && keepChaincode ? ['--keep'] : []),
    ...(binariesDir === undefined ? [] : [`--binaries ${shellWord(binariesDir)}`]),
    ...(preflight ? [] : ['--no-preflight']),
    ...(leavesHooks(request) ? ['--no-hooks'] : []),
  ];
  const images = goal.images ?? [];
  return ['fabric-wizard', command, ...words, ...images, '--yes', ...options, ...givenFlags(config)].join(
    ' ',
  );
}

/** Adds the command to run again to a failure of the engine that has no such command: no later run continues this one. */
export function withAgain(failure: StageFailure, again: string): StageFailure {
  const { kind } = failure;
  const isLost = kind === 'engine-refused' || (kind === 'engine' && failure.problem === 'gone');
  if (!isLost || failure.again !== undefined || failure.repeat !== undefined) return failure;
  return { ...failure, again };
}
