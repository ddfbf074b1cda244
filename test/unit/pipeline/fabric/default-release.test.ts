import { describe, expect, it } from 'vitest';
import { DEFAULT_RELEASE, defaultTag, otherTags } from '../../../../src/pipeline/fabric/default-release.ts';
import { apiForPeers } from '../../../../src/pipeline/fabric/engine-api.ts';
import { newestReleaseWith } from '../../../../src/pipeline/fabric/peer-release.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';

describe('the default release', () => {
  it('is the newest known 2.5', () => {
    expect(DEFAULT_RELEASE).toBe(newestReleaseWith('2.5.0', () => true));
  });

  it.each([
    ['20.10', '1.41', '1.12', 'v2.5.14'],
    ['24', '1.43', '1.12', 'v2.5.14'],
    ['25', '1.44', '1.24', 'v2.5.16'],
    ['28', '1.51', '1.24', 'v2.5.16'],
    ['29', '1.52', '1.44', 'v2.5.16'],
    // Between what the two clients of 2.5 speak: no 2.5 works, and preflight says so.
    ['without a common API', '1.43', '1.30', 'v2.5.16'],
  ])('Engine %s (API %s, at least %s): %s', (_, api, minApi, tag) => {
    expect(defaultTag({ api, minApi })).toBe(tag);
  });

  it('is the newest one without an engine', () => {
    expect(defaultTag(undefined)).toBe('v2.5.16');
  });

  it('comes with releases of other lines, all of which can be built', () => {
    expect(otherTags(undefined)).toEqual(['v3.1.5', 'v2.2.15', 'v1.4.12']);
    for (const tag of otherTags(undefined)) expect(releaseOf(tag)).toBeDefined();
  });
});

describe('through the gateway', () => {
  const OLD = { api: '1.41', minApi: '1.12' };

  it('the default is the newest release on every engine, and so are the others', () => {
    const through = apiForPeers({ gateway: true }, OLD);
    expect(defaultTag(through)).toBe('v2.5.16');
    expect(otherTags(through)).toEqual(otherTags(undefined));
    expect(defaultTag(apiForPeers({ gateway: false }, OLD))).toBe('v2.5.14');
  });
});
