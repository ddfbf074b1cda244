import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/pipeline/core/events.ts';
import {
  isPracticeNetwork,
  lastProof,
  lastRun,
  openRunRecord,
  RUNS_KEPT,
} from '../../../../src/pipeline/journal/run-record.ts';
import { planOf } from '../../../support/plans.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

function started(command: string, at: number): RunEvent {
  return { type: 'run-started', at, runId: 'r', command, project: 'p', practice: true, plan: planOf() };
}

describe('lastRun', () => {
  it('tells how the newest run went', async () => {
    const folder = await tempDir();
    expect(await lastRun(folder)).toBeUndefined();
    for (const [id, command] of [
      ['2026-01-02', 'up'],
      ['2026-01-01', 'build'],
    ] as const) {
      const record = await openRunRecord(folder, id);
      record.onEvent(started(command, 5));
      record.onEvent({ type: 'run-finished', at: 9, outcome: 'failed', exitCode: 1, seconds: 4 });
      await record.close();
    }
    expect(await lastRun(folder)).toMatchObject({
      command: 'up',
      startedAt: 5,
      ended: { outcome: 'failed', seconds: 4 },
    });
  });

  it('knows one that was killed in the middle of a line', async () => {
    const folder = await tempDir();
    const line = JSON.stringify(started('up', 5));
    await writeFiles(folder, { 'runs/a/events.ndjson': `${line}\n{"type":"run-fin` });
    expect(await lastRun(folder)).toMatchObject({ command: 'up', ended: undefined });
    await writeFiles(join(folder, 'runs/b'), { 'events.ndjson': '' });
    expect(await lastRun(folder)).toBeUndefined();
  });
});

it('isPracticeNetwork is about the newest run that was about the network', async () => {
  const folder = await tempDir();
  expect(await isPracticeNetwork(folder)).toBe(false);
  const write = async (id: string, event: RunEvent) => {
    await writeFiles(folder, { [`runs/${id}/events.ndjson`]: `${JSON.stringify(event)}\n` });
    await utimes(join(folder, 'runs', id), Number(id), Number(id));
  };
  await write('1', started('up', 1));
  await write('2', { ...started('build', 2), practice: false } as RunEvent);
  expect(await isPracticeNetwork(folder)).toBe(true);
  await write('3', { ...started('rebuild', 3), practice: false } as RunEvent);
  expect(await isPracticeNetwork(folder)).toBe(false);
});

describe('lastProof', () => {
  it('skips a result that a killed run left incomplete', async () => {
    const folder = await tempDir();
    const proof = {
      type: 'smoke-result',
      chaincode: 'mycc',
      version: '1.0',
      channel: 'c',
      ok: true,
      peers: [],
    };
    const whole = JSON.stringify(proof);
    await writeFiles(folder, { 'runs/a/events.ndjson': whole.slice(0, -5) });
    expect(await lastProof(folder)).toBeUndefined();
    await writeFiles(folder, { 'runs/a/events.ndjson': `${whole}\n${whole.slice(0, -5)}` });
    expect(await lastProof(folder)).toEqual({ result: proof, changed: [] });
  });

  it('names what later runs made anew, in order', async () => {
    const folder = await tempDir();
    const smoke = { chaincode: 'mycc', version: '1.0', channel: 'c', ok: true, peers: [] };
    const write = async (id: string, ...events: readonly RunEvent[]) => {
      const record = await openRunRecord(folder, id);
      for (const event of events) record.onEvent(event);
      await record.close();
      await utimes(join(folder, 'runs', id), Number(id), Number(id));
    };
    const finished = (stage: string, outcome: 'built' | 'cached'): RunEvent => ({
      ...{ type: 'stage-finished', at: 1, stage, outcome, seconds: 1 },
    });
    const changed = async () => (await lastProof(folder))?.changed;
    const proved: RunEvent = { type: 'smoke-result', at: 1, ...smoke };
    await write('1001', finished('image.peer', 'built'), proved);
    expect(await changed()).toEqual([]);
    await write('1002', finished('image.peer', 'cached'), finished('verify', 'built'));
    expect(await changed()).toEqual([]);
    await write('1003', finished('image.peer', 'built'));
    expect(await changed()).toEqual(['image.peer']);
    await write('1004', proved, finished('swap', 'built'));
    expect(await changed()).toEqual(['programs']);
    await write('10045', finished('base.runtime', 'built'));
    expect(await changed()).toEqual(['programs', 'base.runtime']);
    await write('10046', { type: 'stage-cancelled', at: 1, stage: 'start' });
    expect(await changed()).toEqual(['programs', 'base.runtime', 'nodes']);
    await write('10050', finished('swap', 'built'), proved);
    expect(await changed()).toEqual([]);
  });
});

describe('what outlives the record of its run', () => {
  /** Records runs that prove nothing, more than are kept. @returns the folder */
  async function afterManyRuns(...first: readonly RunEvent[]): Promise<string> {
    const folder = await tempDir();
    const write = async (id: number, ...events: readonly RunEvent[]) => {
      const record = await openRunRecord(folder, String(id));
      for (const event of events) record.onEvent(event);
      await record.close();
      await utimes(join(folder, 'runs', String(id)), id, id);
    };
    await write(1001, ...first);
    const swapped: RunEvent = { type: 'stage-finished', at: 1, stage: 'swap', outcome: 'built', seconds: 1 };
    await write(1002, swapped);
    for (let id = 1003; id < 1003 + 2 * RUNS_KEPT; id += 1) await write(id, started('build', id));
    return folder;
  }

  const proved: RunEvent = {
    ...{ type: 'smoke-result', at: 1, chaincode: 'mycc', version: '1.0', channel: 'c', ok: true, peers: [] },
  };

  it('is the last proof, with what was made anew after it', async () => {
    const folder = await afterManyRuns(proved);
    expect(await lastProof(folder)).toEqual({ result: proved, changed: ['programs'] });
  });

  it('is the mark of the practice source', async () => {
    expect(await isPracticeNetwork(await afterManyRuns(started('up', 1)))).toBe(true);
    expect(await isPracticeNetwork(await afterManyRuns())).toBe(false);
  });
});
