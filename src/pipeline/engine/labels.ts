/** Labels of everything that this program creates, and what they say about a container. */
export const LABEL = {
  project: 'io.fabric-wizard.project',
  /** `work`: a container of one stage; `node`: a node of the network; `service`: the process of a chaincode; `cache`, `run`, `socket`, `snapshot`, `source`, `files`: a volume. Images never have it. */
  role: 'io.fabric-wizard.role',
  run: 'io.fabric-wizard.run',
  /** Process of the run that a work container is of, see `ownProcess`. */
  process: 'io.fabric-wizard.process',
  /** Names of the suites that a work container runs. */
  suites: 'io.fabric-wizard.suites',
  /** Id of a volume that has a copy of a folder of this host: a volume that was made again has another one. */
  copy: 'io.fabric-wizard.copy',
  /** Name of the snapshot that a volume belongs to. */
  snapshot: 'io.fabric-wizard.snapshot',
  node: 'io.fabric-wizard.node',
  /** Id of the crypto material that a node was created with. */
  instance: 'io.fabric-wizard.instance',
  /** Id of the files of the external builder that a peer was created with. */
  builder: 'io.fabric-wizard.builder',
  fingerprint: 'io.fabric-wizard.fingerprint',
  origin: 'io.fabric-wizard.origin',
  /** Content ids of the files of an image, as JSON; its containers inherit the label. */
  content: 'io.fabric-wizard.content',
  /** Hash of the Node.js and npm that were added to an image. */
  nodeenv: 'io.fabric-wizard.nodeenv',
  /** Name of the chaincode whose process a container runs, and id of the package that it serves. */
  chaincode: 'io.fabric-wizard.chaincode',
  package: 'io.fabric-wizard.package',
  /** References of the images that a network or a run needs, as JSON. */
  uses: 'io.fabric-wizard.uses',
} as const;

/** Labels of compose. */
export const COMPOSE_LABEL = {
  project: 'com.docker.compose.project',
  dir: 'com.docker.compose.project.working_dir',
  volume: 'com.docker.compose.volume',
} as const;

/** What tells who created a container. */
export interface Attributable {
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the networks that the container was created for or is attached to. */
  readonly networks: readonly string[];
}

/**
 * Returns the project that created a container; undefined if none did. The project label alone is no
 * proof, because containers inherit the labels of our images. Only our containers have a role. An image that somebody
 * committed from a node has it too, so a node must also be on the network of its project.
 */
export function creatorOf({ labels, networks }: Attributable): string | undefined {
  const project = labels[LABEL.project];
  // Some work containers are of no project.
  if (!project) return undefined;
  switch (labels[LABEL.role]) {
    case 'work':
      return project;
    case 'service':
      return networks.includes(project) ? project : undefined;
    case 'node':
      return labels[COMPOSE_LABEL.project] === project && networks.includes(project) ? project : undefined;
    default:
      return undefined;
  }
}

/** Whether a container is a node of the project's network. */
export function isNodeOf(container: Attributable, project: string): boolean {
  return container.labels[LABEL.role] === 'node' && creatorOf(container) === project;
}

/** Whether a container runs the process of a chaincode of the project. */
export function isServiceOf(container: Attributable, project: string): boolean {
  return container.labels[LABEL.role] === 'service' && creatorOf(container) === project;
}
