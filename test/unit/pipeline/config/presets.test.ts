import { describe, expect, it } from 'vitest';
import { presetIssuesOf, withPreset } from '../../../../src/pipeline/config/answer-checks.ts';
import { NO_ANSWERS, valuesOf } from '../../../../src/pipeline/config/answers.ts';
import {
  type EffectiveConfig,
  givenFlags,
  loadConfig,
  rememberedChoices,
} from '../../../../src/pipeline/config/config.ts';
import type { Preset } from '../../../../src/pipeline/config/presets.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { english, worded } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function load(
  flags: Record<string, unknown>,
  more: { yaml?: string; lastRun?: Record<string, unknown> } = {},
): Promise<EffectiveConfig> {
  const dir = await tempDir();
  if (more.yaml !== undefined) await writeFiles(dir, { 'fabric-wizard.yaml': more.yaml });
  return loadConfig({ dir, flags, ...(more.lastRun ? { lastRun: more.lastRun } : {}) });
}

function release(version: string): Release {
  const found = releaseOf(version);
  if (!found) throw new Error(version);
  return found;
}

describe('--preset', () => {
  it.each<[Preset, object]>([
    ['raft', { orderers: 3, consensus: 'etcdraft', tls: true, orgs: 2 }],
    ['bft', { orderers: 4, consensus: 'BFT', tls: true }],
    ['couchdb', { couchdb: true, orderers: 1, orgs: 2 }],
    ['minimal', { orgs: 1, peers: 1, orderers: 1, couchdb: false }],
  ])('%s sets choices of the network', async (preset, values) => {
    expect((await load({ preset })).values).toMatchObject(values);
  });

  it('stands above the file and below other flags', async () => {
    const { values, origin } = await load(
      { preset: 'raft', orderers: '5' },
      { yaml: 'orderers: 1\nconsensus: solo\norgs: 3\n' },
    );
    expect(values).toMatchObject({ orderers: 5, consensus: 'etcdraft', orgs: 3 });
    expect(origin).toMatchObject({ orderers: 'flag', consensus: 'preset', tls: 'preset', orgs: 'file' });
  });

  it('is remembered and repeated as the choices that it stands for', async () => {
    const config = await load({ preset: 'couchdb', orgs: '3' });
    expect(rememberedChoices(config)).toEqual({ couchdb: true, orgs: 3 });
    expect(givenFlags(config).sort()).toEqual(['--couchdb', '--orgs 3']);
  });

  it('minimal leaves nothing of a network with another consensus', async () => {
    const before = { orderers: 4, consensus: 'BFT', orgs: 3, channel: 'c' };
    const { values, origin } = await load({ preset: 'minimal' }, { lastRun: before });
    expect(values).toMatchObject({ orderers: 1, orgs: 1, channel: 'c' });
    expect(values.consensus).toBeUndefined();
    expect(origin.consensus).toBe('default');
    const overFile = await load({ preset: 'minimal' }, { yaml: 'consensus: BFT\norderers: 4\n' });
    expect(overFile.values.consensus).toBeUndefined();
  });

  it.each([
    ['rafd', 'did you mean raft?'],
    ['mini', 'did you mean minimal?'],
    ['kafka', undefined],
  ])('%s is refused with the names that there are', async (preset, fix) => {
    const error = await load({ preset }).catch((reason: unknown) => reason);
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') throw error;
    const [issue] = worded(error.failure.issues);
    expect(issue).toMatchObject({
      path: 'preset',
      where: '--preset',
      message: `"${preset}" is not one of raft, bft, couchdb, minimal`,
    });
    expect(issue?.fix).toBe(fix);
  });
});

describe('a preset and the release', () => {
  it('Fabric 3.1 has the networks of all presets', () => {
    expect(presetIssuesOf(NO_ANSWERS, release('3.1.0'))).toEqual({});
  });

  it.each<[Preset, string, string]>([
    [
      'bft',
      '2.5.12',
      'Fabric 2.5 does not have BFT, which needs Fabric 3.0.0 or later; it has etcdraft, solo',
    ],
    ['raft', '1.4.0', 'Fabric 1.4.0 does not have etcdraft, which needs Fabric 1.4.1 or later; it has solo'],
  ])('%s on %s is refused, and the releases that have it are named', (preset, version, message) => {
    const issue = presetIssuesOf(NO_ANSWERS, release(version))[preset];
    expect(issue && english.translate(issue.message)).toBe(message);
  });

  it('replaces what was answered before', () => {
    const first = withPreset(NO_ANSWERS, 'bft');
    expect(valuesOf(first)).toMatchObject({ orderers: 4, consensus: 'BFT' });
    const second = valuesOf(withPreset(first, 'minimal'));
    expect(second).toMatchObject({ orderers: 1, orgs: 1, peers: 1 });
    expect(second.consensus).toBeUndefined();
  });
});
