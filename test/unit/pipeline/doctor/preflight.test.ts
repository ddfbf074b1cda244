import { describe, expect, it } from 'vitest';
import type { Judged } from '../../../../src/pipeline/doctor/doctor.ts';
import { checksFor, stopping } from '../../../../src/pipeline/doctor/preflight.ts';
import type { StageId } from '../../../../src/pipeline/stages/stage-list.ts';
import { inEnglish } from '../../../support/english.ts';

function idsFor(...stages: readonly StageId[]): string[] {
  return checksFor(new Set(stages)).map(({ id }) => id);
}

describe('checksFor', () => {
  it('a proof alone: what its peers will ask for, and neither ports nor room', () => {
    expect(idsFor('smoke')).toEqual([
      'engine',
      'api',
      'context',
      'confinement',
      'chaincode',
      'builder',
      'runtime',
    ]);
  });

  it('images alone: no ports and no compose', () => {
    const ids = idsFor('source', 'compile', 'image.peer');
    expect(ids).toContain('go');
    expect(ids).toContain('disk');
    for (const id of ['ports', 'compose', 'builder', 'runtime']) expect(ids).not.toContain(id);
  });

  it('an image without a compile: nothing of Go', () => {
    expect(idsFor('image.peer')).not.toContain('go');
    expect(idsFor('image.peer')).toContain('disk');
  });

  it('a network: ports and compose', () => {
    expect(idsFor('start')).toEqual(expect.arrayContaining(['ports', 'compose', 'socket']));
  });

  it('nothing asks for what only doctor tells', () => {
    const all = idsFor('source', 'base.builder', 'base.runtime', 'compile', 'image.ccenv', 'start', 'smoke');
    for (const id of ['leftovers', 'watches', 'git', 'work']) expect(all).not.toContain(id);
  });
});

describe('what stops a run', () => {
  const memory: Judged = { id: 'memory', finding: { status: 'warn', detail: '1 GB' } };
  const taken = [{ port: 7050, wantedBy: 'orderer', owner: 'nginx' }];
  const ports: Judged = {
    id: 'ports',
    finding: {
      status: 'fail',
      detail: '7050',
      fix: '--port-base 8050',
      failure: { kind: 'port-taken', taken },
    },
  };
  const runtime: Judged = {
    id: 'runtime',
    finding: { status: 'fail', detail: 'a:1 is not on this engine', fix: 'docker tag b:1 a:1' },
  };

  it('is no warning', () => {
    expect(stopping([memory], 'up')).toBeUndefined();
  });

  it('is a failure that has its own words', () => {
    expect(stopping([memory, ports], 'up')?.failure).toEqual({ kind: 'port-taken', taken });
  });

  it('is one sentence, with the fix and the way to skip the checks', () => {
    const failure = stopping([runtime], 'smoke')?.failure;
    if (!failure) throw new Error('nothing stops it');
    expect(inEnglish(failure)).toEqual({
      title: 'runtime: a:1 is not on this engine',
      detail: [],
      hint: 'Nothing was changed. Use --no-preflight to skip these checks.',
      next: ['docker tag b:1 a:1', 'fabric-wizard doctor', 'fabric-wizard smoke --no-preflight'],
      exitCode: 3,
    });
  });

  it('is all that is wrong at once', () => {
    const failure = stopping([ports, memory, runtime], 'up')?.failure;
    if (!failure) throw new Error('nothing stops it');
    expect(failure).toMatchObject({ kind: 'preflight', checks: [{ id: 'ports' }, { id: 'runtime' }] });
    expect(inEnglish(failure)).toMatchObject({
      title: '2 checks failed before the run.',
      detail: ['ports: 7050', 'runtime: a:1 is not on this engine'],
    });
  });
});
