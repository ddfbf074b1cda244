/** What is left on an engine that had nothing but a network of the program. */

/** Networks of the engines themselves. */
const OWN_NETWORKS = ['bridge', 'host', 'none', 'podman'];

/**
 * Returns what an engine has, in words; empty if there is nothing.
 * @param docker a client of an engine that serves no other purpose
 */
export async function leftovers(docker) {
  const [containers, { Volumes: volumes }, networks, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listImages({ all: true }),
  ]);
  const tagsOf = ({ RepoTags: tags }) => (tags ?? []).filter((tag) => tag !== '<none>:<none>');
  const tagged = images.flatMap(tagsOf);
  const untagged = images.filter((image) => tagsOf(image).length === 0);
  return [
    ...containers.map(({ Names: names }) => `container ${names[0]}`),
    ...(volumes ?? []).map(({ Name: name }) => `volume ${name}`),
    ...networks
      .filter(({ Name: name }) => !OWN_NETWORKS.includes(name))
      .map(({ Name: name }) => `network ${name}`),
    ...tagged.map((tag) => `image ${tag}`),
    ...(untagged.length === 0 ? [] : [`${untagged.length} untagged images`]),
  ];
}
