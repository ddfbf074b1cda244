import { describe, expect, it } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { ImageInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { couchdbImageOf } from '../../../../src/pipeline/images/couchdb-image.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Returns the selected image on an engine with these images. */
async function chosen(
  version: string,
  flags: Record<string, unknown>,
  here: readonly string[] = [],
  { engine = 'amd64', architecture = 'amd64' } = {},
) {
  const { values } = await loadConfig({ dir: await tempDir(), flags });
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const facts = { release, version, baseVersion: '0.4.22', goVersion: '1.19', practice: false };
  const settings = buildSettings(values, { ...facts, tree: { commit: 'd8a6f12' } }, engine);
  return couchdbImageOf(values, settings, {
    inspectImage: async (ref) => (here.includes(ref) ? ({ id: ref, architecture } as ImageInfo) : undefined),
  });
}

const WANTED = { couchdb: true };

describe('couchdbImageOf', () => {
  it('is undefined without CouchDB', async () => {
    expect(await chosen('2.5.12', {}, ['couchdb:3.4.2'])).toBeUndefined();
  });

  it.each([
    ['1.0.0', 'hyperledger/fabric-couchdb:x86_64-1.0.0'],
    ['1.1.1', 'hyperledger/fabric-couchdb:x86_64-0.4.22'],
    ['1.4.12', 'hyperledger/fabric-couchdb:amd64-0.4.22'],
    ['2.0.1', 'couchdb:2.3'],
    ['2.2.15', 'couchdb:3.3.3'],
    ['2.3.3', 'couchdb:3.1.1'],
    ['2.4.9', 'couchdb:3.2.2'],
    ['2.5.12', 'couchdb:3.4.2'],
    ['3.0.0', 'couchdb:3.3.3'],
    ['3.1.1', 'couchdb:3.4.2'],
  ])("%s: the release's own where none is here", async (version, ref) => {
    expect(await chosen(version, WANTED)).toEqual({ ref, present: false });
  });

  it.each([
    ['2.5.12', ['couchdb:3.1', 'couchdb:3.4'], 'couchdb:3.4'],
    ['2.3.3', ['couchdb:3.1', 'couchdb:3.4'], 'couchdb:3.1'],
    ['1.4.12', ['couchdb:3.1', 'hyperledger/fabric-couchdb:latest'], 'hyperledger/fabric-couchdb:latest'],
  ])('%s with %s: the most suitable one', async (version, here, ref) => {
    expect(await chosen(version, WANTED, here)).toEqual({ ref, present: true });
  });

  it.each([
    ['1.0.0', 'hyperledger/fabric-couchdb:arm64-1.0.0'],
    ['1.4.12', 'hyperledger/fabric-couchdb:arm64-0.4.22'],
    ['2.5.12', 'couchdb:3.4.2'],
  ])('%s on arm64: an image for amd64 is none, unless the user chose it', async (version, ref) => {
    const arm = { engine: 'arm64', architecture: 'amd64' };
    expect(await chosen(version, WANTED, [ref], arm)).toEqual({ ref, present: false });
    expect(await chosen(version, WANTED, [ref], { ...arm, architecture: 'arm64' })).toEqual({
      ref,
      present: true,
    });
    const own = { ...WANTED, couchdbImage: 'acme/couchdb:1' };
    expect(await chosen(version, own, ['acme/couchdb:1'], arm)).toMatchObject({ present: true });
  });

  it('is the configured one, whatever images are present', async () => {
    const own = { ...WANTED, couchdbImage: 'acme/couchdb:1' };
    expect(await chosen('2.5.12', own, ['couchdb:3.4.2'])).toEqual({ ref: 'acme/couchdb:1', present: false });
  });
});
