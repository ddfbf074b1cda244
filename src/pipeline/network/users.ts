/** PURE: who else uses what a command is about to remove. */
import type { User } from '../core/removal-item.ts';
import type { ContainerInfo, ListedVolume } from '../engine/engine-types.ts';
import { COMPOSE_LABEL, creatorOf, LABEL } from '../engine/labels.ts';
import { needsImage, type UsableImage, usesOf } from './ownership.ts';

/** A run in progress, and the references that it needs. */
export interface RunInProgress {
  readonly project: string;
  readonly uses: readonly string[];
}

/** What stays on the engine. */
export interface Others {
  readonly containers: readonly ContainerInfo[];
  readonly runs: readonly RunInProgress[];
}

/** Returns the runs in progress: each has a volume with its labels. @param isAlive whether the process of a run is alive */
export function runsInProgress(
  volumes: readonly ListedVolume[],
  isAlive: (run: string | undefined) => boolean,
): RunInProgress[] {
  return volumes
    .filter(({ labels }) => labels[LABEL.role] === 'run' && isAlive(labels[LABEL.run]))
    .map(({ labels }) => ({ project: labels[LABEL.project] ?? '', uses: usesOf(labels) ?? [] }));
}

function userOf(container: ContainerInfo): User {
  const project = creatorOf(container);
  if (project) return { kind: 'project', name: project, running: container.state === 'running' };
  const { name, labels } = container;
  return { kind: 'container', name, composeProject: labels[COMPOSE_LABEL.project] };
}

/** The strongest reason of a project comes first: a network that runs outlasts the run that started it. */
const STRENGTH: readonly ((user: User) => boolean)[] = [
  (user) => user.kind === 'project' && user.running,
  (user) => user.kind === 'run',
  () => true,
];

function nameOf(user: User): string {
  return user.kind === 'container'
    ? `container ${user.name}`
    : user.kind === 'run'
      ? user.project
      : user.name;
}

/** Returns each container and each project once, a project with its strongest reason. */
function distinct(users: readonly User[]): User[] {
  const strength = (user: User) => STRENGTH.findIndex((applies) => applies(user));
  const found = new Map<string, User>();
  for (const user of users) {
    const known = found.get(nameOf(user));
    if (known === undefined || strength(user) < strength(known)) found.set(nameOf(user), user);
  }
  return [...found.values()];
}

function containersThat(others: Others, uses: (container: ContainerInfo) => boolean): User[] {
  return distinct(others.containers.filter(uses).map(userOf));
}

export function networkUsers(others: Others, network: string): User[] {
  return containersThat(others, ({ networks }) => networks.includes(network));
}

export function volumeUsers(others: Others, volume: string): User[] {
  return containersThat(others, ({ volumes }) => volumes.includes(volume));
}

export function imageUsers(others: Others, image: UsableImage): User[] {
  const runs = others.runs.filter(({ uses }) => image.tags.some((tag) => uses.includes(tag)));
  return distinct([
    ...containersThat(others, (container) => needsImage(container, image)),
    ...runs.map(({ project }): User => ({ kind: 'run', project })),
  ]);
}

/** Returns the users of a Go cache: containers that mount it, and whoever needs its builder. */
export function cacheUsers(others: Others, volume: string, builder: UsableImage | undefined): User[] {
  return distinct([...volumeUsers(others, volume), ...(builder ? imageUsers(others, builder) : [])]);
}
