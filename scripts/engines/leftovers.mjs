/** What a row leaves on an engine. */

import { shortId } from './short-id.mjs';

/** Networks of the engines themselves. */
const OWN_NETWORKS = ['bridge', 'host', 'none', 'podman'];

/**
 * Returns what an engine has, in words; empty if there is nothing.
 * @param docker a client of an engine that serves no other purpose
 */
export async function contents(docker) {
  const [containers, { Volumes: volumes }, networks, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listImages({ all: true }),
  ]);
  const tagsOf = ({ RepoTags: tags }) => (tags ?? []).filter((tag) => tag !== '<none>:<none>');
  return [
    ...containers.map(({ Names: names }) => `container ${names[0]}`),
    ...(volumes ?? []).map(({ Name: name }) => `volume ${name}`),
    ...networks
      .filter(({ Name: name }) => !OWN_NETWORKS.includes(name))
      .map(({ Name: name }) => `network ${name}`),
    ...images.flatMap((image) => {
      const tags = tagsOf(image);
      return tags.length > 0 ? tags.map((tag) => `image ${tag}`) : [`untagged image ${shortId(image.Id)}`];
    }),
  ];
}

/** Returns what a row left: what the engine has after it and did not have before. @param before see `contents` */
export async function leftovers(docker, before) {
  const there = new Set(before);
  return (await contents(docker)).filter((what) => !there.has(what));
}
