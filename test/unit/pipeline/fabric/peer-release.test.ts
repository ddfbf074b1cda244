import { describe, expect, it } from 'vitest';
import {
  likelyRelease,
  newestReleaseWith,
  type PeerRelease,
  peerReleaseOf,
} from '../../../../src/pipeline/fabric/peer-release.ts';

function peers(release: string): PeerRelease {
  const found = peerReleaseOf(release);
  if (!found) throw new Error(`no peers of ${release}`);
  return found;
}

/** The first and the last release of each minor release, and those at which something changes. */
const RELEASES =
  '1.0.0 1.0.6 1.1.1 1.2.1 1.3.0 1.4.0 1.4.12 2.0.1 2.1.1 2.2.0 2.2.5 2.2.6 2.2.15 2.3.3 2.4.0 2.4.9 2.5.0 2.5.14 2.5.15 2.5.16 3.0.0 3.1.3 3.1.4 3.1.5'.split(
    ' ',
  );

describe('which peers a version means', () => {
  it.each(['', 'latest', '0.6.0', '1.4', '2.5.x'])('%j is none', (version) => {
    expect(peerReleaseOf(version)).toBeUndefined();
  });

  it('a leading v and what stands behind the numbers mean nothing', () => {
    expect(peerReleaseOf('v2.5.16')).toBe(peers('2.5.16'));
    expect(peerReleaseOf('1.0.0-snapshot-d8a6f12')).toBe(peers('1.0.0'));
  });

  it('what is newer than all that are known is like the newest before it', () => {
    expect(peers('1.4.99')).toBe(peers('1.4.12'));
    expect(peers('2.5.99')).toBe(peers('2.5.16'));
    expect(peers('3.2.0')).toBe(peers('3.1.5'));
    expect(peers('4.0.0')).toBe(peers('3.1.5'));
  });
});

describe('how peers speak to the engine', () => {
  const api = (release: string) => {
    const { engineApi } = peers(release);
    if (engineApi.kind === 'unversioned') return 'any';
    return engineApi.kind === 'fixed' ? engineApi.version : `${engineApi.min}-${engineApi.max}`;
  };

  it('by release', () => {
    expect(Object.fromEntries(RELEASES.map((release) => [release, api(release)]))).toEqual({
      '1.0.0': 'any',
      '1.0.6': 'any',
      '1.1.1': 'any',
      '1.2.1': 'any',
      '1.3.0': 'any',
      '1.4.0': 'any',
      '1.4.12': 'any',
      '2.0.1': 'any',
      '2.1.1': 'any',
      '2.2.0': 'any',
      '2.2.5': 'any',
      '2.2.6': '1.25',
      '2.2.15': '1.25',
      '2.3.3': 'any',
      '2.4.0': '1.25',
      '2.4.9': '1.25',
      '2.5.0': '1.25',
      '2.5.14': '1.25',
      '2.5.15': '1.44-1.52',
      '2.5.16': '1.44-1.52',
      '3.0.0': '1.25',
      '3.1.3': '1.25',
      '3.1.4': '1.44-1.52',
      '3.1.5': '1.40-1.54',
    });
  });

  it('names the newest release that speaks in another way', () => {
    const isFixed = ({ engineApi }: PeerRelease) => engineApi.kind === 'fixed';
    expect(newestReleaseWith('2.5.16', isFixed)).toBe('2.5.14');
    expect(newestReleaseWith('v3.1.5', isFixed)).toBe('3.1.3');
    expect(newestReleaseWith('1.4.12', isFixed)).toBeUndefined();
    expect(newestReleaseWith('2.5.0', () => true)).toBe('2.5.16');
    expect(newestReleaseWith('9.9.9', () => true)).toBeUndefined();
  });

  it('when the runtime is pulled although it is local', () => {
    const of = (when: PeerRelease['runtimePull']) =>
      RELEASES.filter((release) => peers(release).runtimePull === when);
    expect(of('always')).toEqual(['2.5.15', '3.1.4']);
    expect(of('never')).toEqual(['1.0.0', '1.0.6']);
  });

  it('which take an empty variable for a value, and which are tagged latest only', () => {
    expect(RELEASES.filter((release) => peers(release).emptyEnvCounts)).toEqual([
      '3.0.0',
      '3.1.3',
      '3.1.4',
      '3.1.5',
    ]);
    expect(RELEASES.filter((release) => peers(release).makeTagsLatestOnly)).toEqual([
      '2.5.0',
      '2.5.14',
      '2.5.15',
      '2.5.16',
    ]);
  });
});

describe('chaincode of the 2.x lifecycle', () => {
  const hash = 'ab'.repeat(32);

  it('has the package id in both names, a dash for its colon', () => {
    const { chaincodeContainerName, chaincodeImageName } = peers('2.5.16');
    expect(chaincodeContainerName('dev', 'peer0.org1.example.com', 'basic_1.0', hash)).toBe(
      `dev-peer0.org1.example.com-basic_1.0-${hash}`,
    );
    // The suffix is the sha256 of the text before it.
    expect(chaincodeImageName('dev', 'peer0.org1.example.com', 'basic_1.0', hash)).toMatch(
      new RegExp(`^dev-peer0\\.org1\\.example\\.com-basic_1\\.0-${hash}-[0-9a-f]{64}$`),
    );
  });
});

describe('a version that is none', () => {
  it.each([
    ['0.3.1', false, true, '1.0.0'],
    ['0.4.6', false, true, '1.1.1'],
    ['', false, true, '1.1.1'],
    ['0.4.10', true, true, '1.2.1'],
    ['0.4.22', true, true, '1.4.10'],
    ['my-base', true, true, '1.4.12'],
    [undefined, true, true, '2.0.1'],
    [undefined, true, false, '2.5.14'],
  ])('base version %s, commit %s, base namespace %s: like %s', (baseVersion, commitSha, ns, release) => {
    expect(likelyRelease({ baseVersion, commitSha, baseDockerNamespace: ns })).toBe(release);
  });
});
