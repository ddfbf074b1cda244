/** Ends what killed commands have left in the folder and on the engine, before a run plans. */
import type { PlanGoal } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { endSuites } from '../doctor/killed-suites.ts';
import { otherEngine } from '../network/network-engine.ts';
import { leavesNetwork } from '../stages/plan-scope.ts';
import type { TestRequest } from '../tests/test-request.ts';
import { type CopyContext, endUnfinishedCopy } from './unfinished-copy.ts';

interface Run {
  readonly goal: Pick<PlanGoal, 'until'>;
  readonly tests?: Pick<TestRequest, 'integration'> | undefined;
}

type KilledContext = CopyContext & {
  readonly docker: Parameters<typeof endSuites>[0] & Parameters<typeof otherEngine>[0];
};

/** @throws WizardFailure `usage` if the run would forget suites that were killed on another engine */
export async function endKilledRuns(
  { goal, tests }: Run,
  context: KilledContext,
  onNotice: (message: Phrase) => void,
): Promise<void> {
  const { docker, journal, stateDir } = context;
  // A run that has no use for the network is not refused on another engine than that of the network.
  const isElsewhere = leavesNetwork({ goal }) && (await otherEngine(docker, journal)) !== undefined;
  const ended = isElsewhere ? undefined : await endUnfinishedCopy(context);
  if (ended) onNotice(ended);
  const { notice, elsewhere } = await endSuites(docker, stateDir);
  if (elsewhere !== undefined && notice && tests?.integration)
    throw new WizardFailure({ kind: 'usage', message: notice, next: [elsewhere] });
  if (notice) onNotice(notice);
}
