import { describe, expect, it } from 'vitest';
import { peerReleaseOf, twoDigitVersion } from '../../../../src/pipeline/fabric/peer-release.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { programsIn } from '../../../../src/pipeline/images/image-programs.ts';

function facts(version: string): Release {
  const found = releaseOf(version);
  if (!found) throw new Error(`no release for ${version}`);
  return found;
}

/** Every release of 1.x that there is. */
const RELEASES = [
  ...[
    '1.0.0',
    '1.0.1',
    '1.0.2',
    '1.0.3',
    '1.0.4',
    '1.0.5',
    '1.0.6',
    '1.1.0',
    '1.1.1',
    '1.2.0',
    '1.2.1',
    '1.3.0',
  ],
  ...Array.from({ length: 13 }, (_, patch) => `1.4.${patch}`),
];

describe('releaseOf', () => {
  it.each([
    ['1.0.0', '1.0.0'],
    ['v1.0.0', '1.0.0'],
    ['1.0.1', '1.0.1-1.0.6'],
    ['1.0.7', '1.0.1-1.0.6'],
    ['1.1.1', '1.1'],
    ['1.2.0', '1.2'],
    ['1.3.0', '1.3'],
    ['1.4.0', '1.4.0'],
    ['1.4.1', '1.4.1'],
    ['1.4.2', '1.4.2'],
    ['1.4.3', '1.4.3'],
    ['1.4.5', '1.4.4-1.4.5'],
    ['1.4.7', '1.4.6-1.4.7'],
    ['1.4.8', '1.4.8-1.4.12'],
    ['v1.4.12', '1.4.8-1.4.12'],
    ['1.4.13-foo', '1.4.8-1.4.12'],
    ['1.0.0-rc1', '1.0.0'],
    ['2.0.1', '2.0'],
    ['2.1.1', '2.1'],
    ['v2.2.15', '2.2'],
    ['2.3.3', '2.3'],
    ['2.4.9', '2.4'],
    ['2.5.5', '2.5.0-2.5.5'],
    ['2.5.16', '2.5'],
    ['3.0.0', '3.0'],
    ['3.1.5', '3.1'],
  ])('%s is of row %s', (version, id) => {
    expect(releaseOf(version)?.id).toBe(id);
  });

  it.each([
    '0.6.1',
    '1.5.0',
    '1.9.9',
    '2.6.0',
    '3.2.0',
    '10.0.0',
    '',
    'latest',
    '1.4',
    '1.4.x',
    'v',
    '1..4',
    '1.4.12/x',
  ])('%s is not a known release', (version) => {
    expect(releaseOf(version)).toBeUndefined();
  });
});

describe('what peers ask for', () => {
  it.each(RELEASES)('%s: the row says what the table of all peers says', (release) => {
    expect(facts(release)).toMatchObject({ ...peerReleaseOf(release) });
  });
});

describe('what each release is built with', () => {
  const COMMON = ['BaseVersion', 'BaseDockerLabel', 'DockerNamespace', 'BaseDockerNamespace'];

  it.each(RELEASES)('%s: variables in the order of its Makefile', (release) => {
    const { ldflagVariables, toolMetadata } = facts(release);
    const minor = Number(release.split('.')[1]);
    expect(ldflagVariables).toEqual([
      'Version',
      ...(minor >= 2 ? ['CommitSHA'] : []),
      ...COMMON,
      ...(minor >= 1 && minor <= 3 ? ['Experimental'] : []),
    ]);
    expect(toolMetadata).toBe(minor >= 2 ? 'CommitSHA' : 'Version');
  });

  it('links statically up to 1.4.3 and not after', () => {
    expect(RELEASES.filter((release) => !facts(release).staticByDefault)[0]).toBe('1.4.4');
    expect(facts('1.4.12').staticByDefault).toBe(false);
  });

  it('keeps configtxgen where each release has it', () => {
    expect(facts('1.0.6').programs.configtxgen).toBe('common/configtx/tool/configtxgen');
    expect(facts('1.1.0').programs.configtxgen).toBe('common/tools/configtxgen');
  });

  it('has discover and idemixgen in the tools image from 1.3 on, as its Dockerfile.in does', () => {
    const tools = (release: string) => programsIn('tools', facts(release));
    expect(tools('1.2.1')).toEqual(['cryptogen', 'configtxgen', 'configtxlator', 'peer']);
    expect(tools('1.3.0')).toEqual([...tools('1.2.1'), 'discover', 'idemixgen']);
    expect(tools('1.4.12')).toEqual(tools('1.3.0'));
  });

  it('knows which Dockerfile.in needs the internet', () => {
    const needs = (release: string) => facts(release).dockerfileNeedsInternet;
    expect(needs('1.1.1')).toMatchObject({ ccenv: false, peer: false, orderer: false, tools: false });
    expect(needs('1.4.2')).toMatchObject({ ccenv: false, peer: false, orderer: false, tools: true });
    expect(needs('1.4.3')).toMatchObject({ ccenv: true, peer: false, orderer: false, tools: true });
  });
});

describe('image tags', () => {
  const tags = (release: string, goArch: string) =>
    facts(release).imageTags({ version: release, commitSha: 'd8a6f12', goArch });

  it('1.0 and 1.1 use x86_64', () => {
    expect(tags('1.0.0', 'amd64')).toEqual(['x86_64-1.0.0', '1.0.0', '1.0', 'latest']);
  });

  it('1.0 on arm64 has both the name of the Makefile and that of the peer', () => {
    expect(tags('1.0.6', 'arm64')).toEqual(['arm64-1.0.6', 'aarch64-1.0.6', '1.0.6', '1.0', 'latest']);
  });

  it.each([
    ['1.0.6', 'arm64', 'arm64-0.3.2'],
    ['1.1.1', 'arm64', 'arm64-0.4.6'],
    ['1.4.12', 'arm64', 'arm64-0.4.22'],
    ['1.1.1', 'amd64', 'x86_64-0.4.6'],
    ['1.4.12', 'amd64', 'amd64-0.4.22'],
  ])("%s on %s: the base image's tag is what the peer requests", (release, goArch, tag) => {
    expect(facts(release).baseTag(goArch, tag.replace(/^.*-/, ''))).toBe(tag);
  });

  it.each(['1.2.1', '1.4.12'])('%s on arm64 says arm64 in each of its tags', (release) => {
    expect(tags(release, 'arm64')).toEqual(
      tags(release, 'amd64').map((tag) => tag.replace('amd64', 'arm64')),
    );
  });

  it('1.2 and later say amd64, with the snapshot tag', () => {
    expect(tags('1.4.12', 'amd64')).toEqual([
      'amd64-1.4.12',
      'amd64-1.4.12-snapshot-d8a6f12',
      'amd64-latest',
      '1.4.12',
      '1.4',
      'latest',
    ]);
  });

  it('cuts a version as the peer does', () => {
    expect(['1.4.12', '1.4.12-foo', 'latest', '1.0.0-snapshot-abc'].map(twoDigitVersion)).toEqual([
      '1.4',
      '1.4',
      'latest',
      '1.0',
    ]);
  });
});

describe('names of chaincode containers and images', () => {
  const PEER = 'peer0.org1.example.com';

  it('1.0.0 has one name for both, without a hash', () => {
    const { chaincodeImageName, chaincodeContainerName } = facts('1.0.0');
    expect(chaincodeImageName('dev', PEER, 'MyCC', '1.0')).toBe('dev-peer0.org1.example.com-mycc-1.0');
    expect(chaincodeContainerName('dev', PEER, 'MyCC', '1.0')).toBe('dev-peer0.org1.example.com-mycc-1.0');
  });

  it.each(['1.0.1', '1.1.0', '1.4.12'])('%s has the hash in the image name', (release) => {
    const { chaincodeImageName, chaincodeContainerName } = facts(release);
    expect(chaincodeContainerName('dev', PEER, 'mycc', '1.0')).toBe('dev-peer0.org1.example.com-mycc-1.0');
    expect(chaincodeImageName('dev', PEER, 'mycc', '1.0')).toBe(
      'dev-peer0.org1.example.com-mycc-1.0-384f11f484b9302df90b453200cfb25174305fce8f53f4e94d45ee3b6cab0ce9',
    );
  });

  it('1.0.1 hashes the cleaned name, 1.1 the raw one', () => {
    const name = (release: string, version: string) =>
      facts(release).chaincodeImageName('dev', 'p', 'cc', version);
    expect(name('1.0.1', '1+0')).toBe(name('1.0.1', '1-0'));
    expect(name('1.1.0', '1+0')).not.toBe(name('1.1.0', '1-0'));
    expect(name('1.1.0', '1+0')).toMatch(/^dev-p-cc-1-0-[0-9a-f]{64}$/);
  });

  it('keeps the case in the container name and lowers it in the image name', () => {
    expect(facts('1.4.12').chaincodeContainerName('Dev', 'P', 'CC', '1')).toBe('Dev-P-CC-1');
    expect(facts('1.4.12').chaincodeImageName('Dev', 'P', 'CC', '1')).toMatch(/^dev-p-cc-1-[0-9a-f]{64}$/);
  });

  it('drops what is empty', () => {
    expect(facts('1.4.12').chaincodeContainerName('', 'p', 'cc', '1')).toBe('p-cc-1');
  });
});

describe('what changes within the network', () => {
  it('logging', () => {
    const variables = (release: string) => {
      const { peer, orderer } = facts(release).logging;
      return [peer.variable, orderer.variable];
    };
    expect(variables('1.3.0')).toEqual(['CORE_LOGGING_LEVEL', 'ORDERER_GENERAL_LOGLEVEL']);
    expect(variables('1.4.0')).toEqual(['FABRIC_LOGGING_SPEC', 'FABRIC_LOGGING_SPEC']);
  });

  it('capabilities', () => {
    const capabilities = (release: string) => {
      const found = facts(release).capabilities;
      return found && [found.channel, found.orderer, found.application].join('/');
    };
    expect(RELEASES.map((release) => [release, capabilities(release)])).toEqual([
      ...['1.0.0', '1.0.1', '1.0.2', '1.0.3', '1.0.4', '1.0.5', '1.0.6'].map((release) => [
        release,
        undefined,
      ]),
      ['1.1.0', 'V1_1/V1_1/V1_1'],
      ['1.1.1', 'V1_1/V1_1/V1_1'],
      ['1.2.0', 'V1_1/V1_1/V1_2'],
      ['1.2.1', 'V1_1/V1_1/V1_2'],
      ['1.3.0', 'V1_3/V1_1/V1_3'],
      ['1.4.0', 'V1_3/V1_1/V1_3'],
      ['1.4.1', 'V1_3/V1_1/V1_3'],
      ['1.4.2', 'V1_4_2/V1_4_2/V1_4_2'],
      ...Array.from({ length: 10 }, (_, index) => [`1.4.${index + 3}`, 'V1_4_3/V1_4_2/V1_4_2']),
    ]);
  });

  it('ports and the command line', () => {
    expect([facts('1.0.6').chaincodeListener, facts('1.1.0').chaincodeListener]).toEqual([false, true]);
    expect([facts('1.2.1').eventPort, facts('1.3.0').eventPort]).toEqual([7053, undefined]);
    expect([facts('1.3.0').operations, facts('1.4.0').operations]).toEqual([false, true]);
    expect([facts('1.1.1').queryPrefix, facts('1.2.0').queryPrefix]).toEqual(['Query Result: ', '']);
    expect([facts('1.0.6').channelGetinfo, facts('1.1.0').channelGetinfo]).toEqual([false, true]);
    expect([facts('1.4.0').consensus.length, facts('1.4.1').consensus.length]).toEqual([2, 3]);
  });
});
