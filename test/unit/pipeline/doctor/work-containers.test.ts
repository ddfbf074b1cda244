/** Which work containers are left of a run that was killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { abandoned } from '../../../../src/pipeline/doctor/work-containers.ts';
import type { ContainerInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { ownProcess, workLabels } from '../../../../src/pipeline/engine/work-labels.ts';

/** The parts of the label of this process. */
const [BOOT = '', NAMESPACE = '', PID = '', START = ''] = ownProcess().split(' ');

/** Returns the id of a process that was killed. */
async function killed(): Promise<string> {
  const child = spawn('sleep', ['1000']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return String(child.pid);
}

function work(state: string, labels: Readonly<Record<string, string>>): ContainerInfo {
  return { id: 'w', name: 'w', state, labels: { ...workLabels({}), ...labels } } as never;
}

const isAbandoned = async (container: ContainerInfo) => (await abandoned([container])).length === 1;

it.each(['created', 'running', 'exited'])(
  'one that is %s belongs to its run while that is alive',
  async (state) => {
    expect(await isAbandoned(work(state, {}))).toBe(false);
    const other = { [LABEL.role]: 'node', [LABEL.process]: `${BOOT} ${NAMESPACE} 999999999 1` };
    expect(await isAbandoned(work(state, other))).toBe(false);
  },
);

it.each(['created', 'running', 'exited'])(
  'one that is %s is left of a process that was killed',
  async (state) => {
    const pid = await killed();
    const label = { [LABEL.process]: `${BOOT} ${NAMESPACE} ${pid} ${START}`, [LABEL.run]: `r-${pid}` };
    expect(await isAbandoned(work(state, label))).toBe(true);
    // Another process can have got its id.
    const reused = { [LABEL.process]: `${BOOT} ${NAMESPACE} ${PID} 1`, [LABEL.run]: `r-${PID}` };
    expect(await isAbandoned(work(state, reused))).toBe(true);
  },
);

it.each([
  ['another machine or boot', (pid: string) => `another-boot ${NAMESPACE} ${pid} ${START}`],
  ['another container', (pid: string) => `${BOOT} pid:[1] ${pid} ${START}`],
  ['an earlier version', () => ''],
])('one of a process of %s is left only if it has ended itself', async (_, owner) => {
  const pid = await killed();
  const label = { [LABEL.process]: owner(pid), [LABEL.run]: `r-${pid}` };
  expect(await isAbandoned(work('running', label))).toBe(false);
  expect(await isAbandoned(work('exited', label))).toBe(true);
  expect(await isAbandoned(work('exited', { ...label, [LABEL.run]: `r-${PID}` }))).toBe(false);
});

it('one with suites of a process that was killed is left only if it has ended itself', async () => {
  const pid = await killed();
  const label = {
    ...{ [LABEL.process]: `${BOOT} ${NAMESPACE} ${pid} ${START}`, [LABEL.run]: `r-${pid}` },
    [LABEL.suites]: 'e2e',
  };
  expect(await isAbandoned(work('running', label))).toBe(false);
  expect(await isAbandoned(work('exited', label))).toBe(true);
});
