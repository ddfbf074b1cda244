/** What the welcome screen learns of the last run. */
import { expect, it, onTestFinished } from 'vitest';
import { openJournal, readOnlyJournal } from '../../../../src/pipeline/journal/journal.ts';
import { readProjectStatus } from '../../../../src/pipeline/project/project-status.ts';
import { projectContext } from '../../../support/contexts.ts';
import { planOf } from '../../../support/plans.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Begins a run that another command may follow, and reads the status of its folder. */
async function statusDuring(command: string, later?: string) {
  const dir = await tempDir();
  const { docker } = await socketEngine({});
  const journal = await openJournal(dir, { command: `fabric-wizard ${command}` });
  const record = await journal.startRun('2026-01-01', 'practice');
  const plan = planOf();
  record.onEvent({ type: 'run-started', at: 1, runId: 'r', command, project: 'p', practice: true, plan });
  await record.close();
  if (later !== undefined) {
    // The run was killed: it did not record its end, and another command has the lock.
    await journal.close();
    const other = await openJournal(dir, { command: `fabric-wizard ${later}` });
    onTestFinished(() => other.close());
  } else onTestFinished(() => journal.close());
  const { settings, spec } = await projectContext({ dir, docker }, await readOnlyJournal(dir));
  const info = { dir, settings, spec } as Parameters<typeof readProjectStatus>[1];
  return (await readProjectStatus(docker, info)).lastRun;
}

it('a run of another process goes on', async () => {
  expect(await statusDuring('up')).toMatchObject({ command: 'up', ended: undefined, goesOn: true });
});

it('a run was killed if another command works in the folder', async () => {
  expect(await statusDuring('up', 'snapshot save one')).toMatchObject({ ended: undefined, goesOn: false });
});
