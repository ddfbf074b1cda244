/** What the stages of hooks have in common: each runs the commands of one event. */
import type { StageContext } from '../context/run-context.ts';
import type { PlanGoal, StageResult } from '../context/stage-definition.ts';
import type { Hook, HookEvent, Hooks } from '../core/hook.ts';
import type { Phrase } from '../core/phrase.ts';
import { runHooks } from '../network/hook-run.ts';

/** Returns the hooks of an event that a plan runs. */
export function hooksOf({ hooks }: Pick<PlanGoal, 'hooks'>, event: HookEvent): readonly Hook[] {
  return hooks?.[event] ?? [];
}

/** Returns the hooks that can run in a plan: only `up` runs those of `after-start`. */
export function hooksOfPlan({ until, hooks }: Pick<PlanGoal, 'until' | 'hooks'>): Hooks | undefined {
  if (until === 'up' || !hooks) return hooks;
  const { 'after-start': _, ...others } = hooks;
  return others;
}

/** Returns commands as one line. A list would be shortened, and nobody should have to run what is not shown. */
export function shownCommands(hooks: readonly Hook[]): string {
  return hooks.map(({ command }) => command.replace(/\s*\n\s*/g, '; ')).join(', ');
}

/** Why a stage of hooks runs: its commands. */
export function hookCause(goal: Pick<PlanGoal, 'hooks'>, event: HookEvent): Phrase {
  return { key: 'cause.hook', commands: shownCommands(hooksOf(goal, event)) };
}

/** The commands can be anything; most take little. */
export const HOOK_COST = { seconds: 5, cores: 1, memoryMb: 200 };

/** @throws WizardFailure `hook`; CancelledError */
export async function executeHooks(
  context: StageContext,
  event: HookEvent,
): Promise<Omit<StageResult<undefined>, 'result'>> {
  const { dir, spec, source, signal, report, options } = context;
  const hooks = hooksOf(options, event);
  await runHooks(hooks, {
    ...{ event, dir, signal, network: { spec, version: source.version } },
    onStart: ({ command }, index) => report.progress(index, hooks.length, 'steps', command),
    onLine: report.log,
    next: [options.again, `${options.again} --no-hooks`],
  });
  const [said = ''] = report.tail().slice(-1);
  const count = hooks.length;
  return {
    outcome: 'built',
    detail: said === '' ? { key: 'detail.hooks', count } : { key: 'detail.hooks-said', count, said },
  };
}
