/** What is removed of a chaincode depends on whether a peer can build it again. */
import { describe, expect, it } from 'vitest';
import { removableRemains } from '../../../../src/pipeline/chaincode/remains.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';

const names = [{ container: 'net-peer0-basic-1', image: 'net-peer0-basic-1-0abc' }];
const docker = {
  listContainers: async () =>
    ['net-peer0-basic-1', 'net-peer0-basic-2'].map((name) => ({ id: `id of ${name}`, name })),
  listImages: async () => [{ tags: ['net-peer0-basic-1-0abc:latest', 'net-peer0-basic-2-0def:latest'] }],
} as unknown as Parameters<typeof removableRemains>[0];

describe.each(['1.0.6', '1.4.12'])('of a chaincode on %s', (version) => {
  it('its container and its image, which the next call builds again', async () => {
    const { containers, images } = await removableRemains(docker, releaseOf(version) as Release, names);
    expect(containers.map(({ name }) => name)).toEqual(['net-peer0-basic-1']);
    expect(images).toEqual(['net-peer0-basic-1-0abc:latest']);
  });
});

describe.each(['2.0.1', '2.5.12', '3.1.1'])('of a chaincode on %s', (version) => {
  it('its container only: the peer would not start it again without the image', async () => {
    const { containers, images } = await removableRemains(docker, releaseOf(version) as Release, names);
    expect(containers.map(({ name }) => name)).toEqual(['net-peer0-basic-1']);
    expect(images).toEqual([]);
  });
});
