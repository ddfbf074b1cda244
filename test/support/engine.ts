/** What the engine itself says, asked past the code under test. */
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { execa } from 'execa';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import { packTar } from '../../src/pipeline/engine/tar-context.ts';

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

export async function labelsOf(ref: string): Promise<Record<string, string>> {
  return (await engine.getImage(ref).inspect()).Config.Labels ?? {};
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

/** Names and ids of a project's nodes, running or not. */
export async function containersOf(project: string): Promise<(readonly [name: string, id: string])[]> {
  const label = [`io.fabric-wizard.project=${project}`, 'io.fabric-wizard.role=node'];
  const all = await engine.listContainers({ all: true, filters: { label } });
  return all.map(({ Id, Names }) => [(Names[0] ?? '').slice(1), Id]);
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

/** What a command in a running container prints, both streams. */
export async function runIn(container: string, ...command: readonly string[]): Promise<string> {
  const exec = await engine
    .getContainer(container)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: true });
  return text(await exec.start({ Tty: true }));
}

/** What a command prints in a container of an image, which is removed. */
export async function runInImage(ref: string, ...command: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', [
    'run',
    '--rm',
    '--network',
    'none',
    '--entrypoint',
    '',
    ref,
    ...command,
  ]);
  return stdout;
}

/** The architecture as Go names it. */
export async function goArch(): Promise<string> {
  return (await engine.version()).Arch;
}

/** Programs of this host as an image: no other is sure to be here, and none can be pulled. */
export async function programImage(ref: string, ...programs: readonly string[]): Promise<void> {
  const { stdout } = await execa('ldd', programs);
  const libraries = [...stdout.matchAll(/\/[^\s:]+(?= \()/g)].map(([path]) => path);
  const entries = [...new Set([...programs, ...libraries])].map((path) => ({
    name: path.slice(1),
    content: { file: path },
    mode: 0o755,
  }));
  const signal = new AbortController().signal;
  await (await currentDocker()).importImage(packTar(entries), ref, { changes: [], signal });
}
