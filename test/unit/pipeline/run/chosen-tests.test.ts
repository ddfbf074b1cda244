/** What `test` tests, and what it refuses before anything starts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { recogniseSource } from '../../../../src/pipeline/fabric/source.ts';
import { exists } from '../../../../src/pipeline/host/files.ts';
import { testsOf } from '../../../../src/pipeline/run/chosen-tests.ts';
import type { TestRequest } from '../../../../src/pipeline/tests/test-request.ts';
import { inEnglish } from '../../../support/english.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const SETTINGS = { goArch: 'amd64', goTags: '' };
const UTIL = { 'common/util/util.go': 'package util\n', 'common/util/util_test.go': 'package util\n' };

async function checkout(): Promise<string> {
  const dir = await tempDir();
  await fabricRepository(dir);
  return dir;
}

async function chosen(dir: string, request: Partial<TestRequest>) {
  const folder = await tempDir();
  const config = await loadConfig({ dir: folder, flags: { source: dir } });
  const tests = { packages: [], race: false, ...request };
  return testsOf({ tests, config, dir: folder }, await recogniseSource(dir), SETTINGS);
}

async function refused(dir: string, request: Partial<TestRequest>) {
  const error: unknown = await chosen(dir, request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WizardFailure)) throw new Error('not refused');
  return inEnglish(error.failure);
}

describe('without names', () => {
  it('tests packages with untracked files, and says why', async () => {
    const dir = await checkout();
    expect(await chosen(dir, {})).toMatchObject({ packages: [], why: { key: 'cause.no-changed-packages' } });
    await writeFiles(dir, UTIL);
    expect(await chosen(dir, { race: true })).toMatchObject({
      packages: ['common/util'],
      race: true,
      why: { key: 'cause.changed-packages', changed: ['common/util'], count: 1, importing: 0 },
    });
  });

  it('is refused for a folder that is no checkout', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { ...fabricShape(MAKEFILE_1_4), ...UTIL });
    const { title, next } = await refused(dir, {});
    expect(title).toContain(`${dir} is not a Git checkout with a commit`);
    expect(next.at(-1)).toMatch(/^fabric-wizard test \.\/\.\.\. .*--source \S+$/);
    expect(await chosen(dir, { packages: ['common/util'] })).toMatchObject({ packages: ['common/util'] });
  });
});

describe('a name', () => {
  it('of no package is refused with the nearest one', async () => {
    const dir = await checkout();
    await writeFiles(dir, UTIL);
    const { title, next, exitCode } = await refused(dir, { packages: ['common/utl'] });
    expect(title).toContain(`There is no Go package common/utl in ${dir}.`);
    expect(title).toContain('common/util');
    expect(next).toEqual([expect.stringMatching(/^fabric-wizard test common\/util .*--source \S+$/)]);
    expect(exitCode).toBe(2);
  });

  it('of no package is refused with a command that has the other names and the options', async () => {
    const dir = await checkout();
    await writeFiles(dir, { ...UTIL, 'core/peer/peer.go': 'package peer\n' });
    const { next } = await refused(dir, { packages: ['core/peer', 'common/utl'], race: true, run: 'A B' });
    expect(next[0]).toMatch(/^fabric-wizard test core\/peer common\/util --race --run 'A B' /);
  });

  it('of another module, or of a suite of integration tests, is refused as such', async () => {
    const dir = await checkout();
    await writeFiles(dir, {
      'tools/go.mod': 'module tools\n',
      'tools/t.go': 'package tools\n',
      'integration/e2e/e2e_test.go': 'package e2e\n',
    });
    expect((await refused(dir, { packages: ['./tools'] })).title).toContain('another Go module');
    const suite = await refused(dir, { packages: ['integration/e2e'] });
    expect(suite.title).toContain('suite of integration tests');
    expect(suite.next[0]).toMatch(/^fabric-wizard test --integration e2e /);
  });
});

describe("the file of JUnit's report", () => {
  it('gets its folder; a folder in its place is refused', async () => {
    const dir = await checkout();
    await writeFiles(dir, UTIL);
    const reports = join(await tempDir(), 'reports');
    const request = { packages: ['common/util'], junit: join(reports, 'junit.xml') };
    await chosen(dir, request);
    expect(await exists(reports)).toBe(true);
    expect((await refused(dir, { ...request, junit: reports })).title).toContain('is a folder');
    await writeFile(join(reports, 'file'), '');
    const inFile = { ...request, junit: join(reports, 'file', 'junit.xml') };
    expect((await refused(dir, inFile)).title).toContain(join(reports, 'file'));
  });
});
