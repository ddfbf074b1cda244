/** The engines, and the releases that are proved on each. */

/** The API floor of Docker 29. */
const FLOOR = { DOCKER_MIN_API_VERSION: '1.44' };
const CONTAINERD_STORE = ['--feature', 'containerd-snapshotter=true'];

/** The practice source instead of a release. */
export const SAMPLE = 'sample';

/** `own` engines are those of this machine; the others run in a system of their own, see `makeSystem`. */
export const ENGINES = [
  {
    name: 'docker',
    title: "this machine's Docker",
    kind: 'docker',
    own: true,
    releases: ['1.4.12', '2.5.12', '2.5.16', '3.1.5'],
  },
  {
    name: 'docker-floor',
    title: 'Docker with API 1.44 as its minimum',
    kind: 'docker',
    env: FLOOR,
    releases: ['2.5.16', '3.1.5', '1.4.12', '2.5.12', '2.2.15', '3.1.1'],
  },
  {
    name: 'docker-containerd',
    title: 'Docker with API 1.44 as its minimum and the containerd image store',
    kind: 'docker',
    env: FLOOR,
    flags: CONTAINERD_STORE,
    releases: ['2.5.16'],
  },
  {
    name: 'docker-rootless',
    title: 'Docker without root, used by a plain user',
    kind: 'rootless',
    releases: [SAMPLE, '2.5.12'],
  },
  { name: 'podman', title: 'Podman, rootful', kind: 'podman', releases: [SAMPLE, '1.4.12', '2.5.16'] },
  {
    name: 'docker-desktop',
    title: 'Docker whose socket has another path inside, as in Docker Desktop',
    kind: 'docker',
    forwarded: true,
    releases: [SAMPLE],
  },
];
