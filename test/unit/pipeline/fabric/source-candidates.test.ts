import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import {
  findSource,
  newestTags,
  type SourceCandidate,
  sourceCandidates,
} from '../../../../src/pipeline/fabric/source-candidates.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function folders(): Promise<{ dir: string; stateDir: string; sampleDir: string }> {
  const dir = await tempDir();
  const sampleDir = await tempDir();
  await writeFiles(sampleDir, { ...fabricShape(MAKEFILE_1_4), '.fabric-wizard-practice': '' });
  return { dir, stateDir: join(dir, '.fabric-wizard'), sampleDir };
}

function text({ choice, finding }: SourceCandidate): string {
  switch (finding.kind) {
    case 'here':
      return `${choice}: ${finding.source.version}${finding.source.practice ? ' practice' : ''}`;
    case 'to-clone':
      return `${choice}: clone ${finding.tag}${finding.fromHere ? ' from here' : ''}`;
    default:
      return `${choice}: ${finding.failure.kind}`;
  }
}

describe('newestTags', () => {
  it('has one of each release that we build, the newest first', () => {
    const tags = [
      'v1.0.0',
      'v1.4.9',
      'v1.4.12',
      'v1.0.6',
      'v1.4.13-rc1',
      'v2.5.0',
      'v0.6.0',
      'nightly',
      'v1.2',
    ];
    expect(newestTags(tags)).toEqual(['v2.5.0', 'v1.4.12', 'v1.0.6']);
    expect(newestTags([])).toEqual([]);
  });
});

describe('sourceCandidates', () => {
  it('in an empty folder: a release to clone, and the practice source', async () => {
    const found = await sourceCandidates('auto', await folders());
    expect(found.map(text)).toEqual([
      'auto: clone v2.5.16',
      'v3.1.5: clone v3.1.5',
      'v2.2.15: clone v2.2.15',
      'v1.4.12: clone v1.4.12',
      'sample: 1.4.12 practice',
    ]);
  });

  it.each([
    ['Engine 20.10', { api: '1.41', minApi: '1.12' }, ['v2.5.14', 'v3.1.5', 'v2.2.15', 'v1.4.12']],
    ['Engine 29', { api: '1.52', minApi: '1.44' }, ['v2.5.16', 'v3.1.5', 'v2.2.5', 'v1.4.12']],
  ])('offers releases whose peers work with %s', async (_, engine, tags) => {
    const found = await sourceCandidates('auto', { ...(await folders()), engine });
    const toClone = found.flatMap(({ finding }) => (finding.kind === 'to-clone' ? finding.tag : []));
    expect(toClone).toEqual(tags);
  });

  it('in a checkout: that first, its tags, clones that are here', async () => {
    const where = await folders();
    await fabricRepository(where.dir);
    await execa('git', ['tag', 'v1.1.0'], { cwd: where.dir });
    await writeFiles(
      join(where.stateDir, 'source/v1.2.1'),
      fabricShape('BASE_VERSION = 1.2.1\nBASEIMAGE_RELEASE=0.4.10\n'),
    );
    await writeFiles(join(where.stateDir, 'source/v1.3.0.partial'), { x: '' });
    const found = await sourceCandidates('v1.3.0', where);
    expect(found.map(text)).toEqual([
      'auto: 1.4.12',
      'v1.3.0: clone v1.3.0',
      'v1.4.12: clone v1.4.12 from here',
      'v1.1.0: clone v1.1.0 from here',
      'v1.2.1: 1.2.1',
      'v3.1.5: clone v3.1.5',
      'v2.2.15: clone v2.2.15',
      'sample: 1.4.12 practice',
    ]);
  });

  it('reports what is wrong with a checkout instead of skipping it', async () => {
    const where = await folders();
    const { 'sampleconfig/orderer.yaml': _, ...broken } = fabricShape(MAKEFILE_1_4);
    await writeFiles(where.dir, broken);
    const [first] = await sourceCandidates('auto', where);
    expect(first?.finding).toMatchObject({
      kind: 'unusable',
      failure: { kind: 'source', problem: 'incomplete' },
    });
  });
});

describe('findSource', () => {
  it.each([
    ['v3.9.0', 'unknown-release'],
    ['no/such/folder', 'absent'],
  ])('%s can not be used: %s', async (choice, problem) => {
    expect(await findSource(choice, await folders())).toMatchObject({
      kind: 'unusable',
      failure: { kind: 'source', problem },
    });
  });
});
