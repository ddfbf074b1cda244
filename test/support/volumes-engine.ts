/** An engine whose volumes are folders of this host. Tars and scripts are the real ones. */
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { WorkContainer } from '../../src/pipeline/engine/engine-types.ts';
import { packTar } from '../../src/pipeline/engine/tar-context.ts';
import { tempDir } from './temp-dir.ts';

/** An engine with volumes. `sent` has the names of the files of each container that was run. */
export async function volumesEngine() {
  const root = await tempDir();
  const volumes = new Map<string, Readonly<Record<string, string>>>();
  const sent: string[][] = [];
  const state: { cut: boolean; path?: string } = { cut: false };
  const place = (volume: string) => join(root, volume);
  const run = async ({ binds = [], inputs = [], cmd, onLine }: WorkContainer) => {
    const container = join(root, `container-${sent.length}`);
    await mkdir(join(container, 'copies'), { recursive: true });
    for (const bind of binds) {
      const [volume = '', target = ''] = bind.split(':');
      await symlink(place(volume), join(container, target));
    }
    sent.push(
      inputs.map(({ name }) => name).filter((name) => !name.endsWith('/') && !name.endsWith('.removed')),
    );
    const input = packTar(state.cut ? inputs.slice(0, Math.ceil(inputs.length / 2)) : inputs);
    await execa('tar', ['-x', '-p', '--keep-directory-symlink', '-C', container], { input });
    if (state.cut && inputs.length > 0) throw new Error('the connection was lost');
    const [shell = '', flags = '', script = '', ...args] = cmd;
    const inside = script.replaceAll('/copies/', `${container}/copies/`);
    const env = state.path === undefined ? {} : { PATH: state.path };
    const { stdout: path } = await execa('sh', ['-c', `command -v ${shell}`]);
    const ended = await execa(path, [flags, inside, ...args], { env, all: true, reject: false });
    for (const line of ended.all.split('\n')) onLine?.(line, 'stderr');
    return ended.exitCode ?? -1;
  };
  return {
    sent,
    state,
    place,
    /** Returns the paths of the files of a volume. */
    filesIn: async (volume: string) => {
      const found = await readdir(place(volume), { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(place(volume).length + 1))
        .sort();
    },
    remove: async (volume: string) => {
      volumes.delete(volume);
      await rm(place(volume), { recursive: true });
    },
    docker: {
      listVolumes: async () => [...volumes].map(([name, labels]) => ({ name, labels })),
      createVolume: async (name: string, labels: Readonly<Record<string, string>>) => {
        volumes.set(name, labels);
        await mkdir(place(name));
      },
      runToEnd: async (spec: WorkContainer, collect: (ended: never) => unknown) =>
        collect({ exitCode: await run(spec) } as never) as never,
    },
  };
}
