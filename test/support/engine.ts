/** What the engine itself says, asked past the code under test. */
import Docker from 'dockerode';

export const engine = new Docker();

export async function imageId(ref: string): Promise<string | undefined> {
  return engine
    .getImage(ref)
    .inspect()
    .then(
      ({ Id }) => Id,
      () => undefined,
    );
}

/** Digests of an image's layers, lowest first. */
export async function layersOf(ref: string): Promise<string[]> {
  return (await engine.getImage(ref).inspect()).RootFS.Layers ?? [];
}

/** Every name of every image. */
export async function imageNames(): Promise<string[]> {
  return (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
}

/** Names of all containers, running or not. */
export async function containerNames(): Promise<string[]> {
  return (await engine.listContainers({ all: true })).flatMap(({ Names }) =>
    Names.map((name) => name.slice(1)),
  );
}

export async function networkNames(): Promise<string[]> {
  return (await engine.listNetworks()).map(({ Name }) => Name);
}

export async function volumeNames(): Promise<string[]> {
  return (await engine.listVolumes()).Volumes.map(({ Name }) => Name);
}

/** Everything a container has said, as text. */
export async function logOf(container: string): Promise<string> {
  const log = await engine.getContainer(container).logs({ stdout: true, stderr: true });
  return log.toString('utf8');
}

/** The architecture as Go names it. */
export async function goArch(): Promise<string> {
  return (await engine.version()).Arch;
}
