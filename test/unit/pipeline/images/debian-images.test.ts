import { expect, it } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { hostGoArch } from '../../../../src/pipeline/host/go-arch.ts';
import { debianImage } from '../../../../src/pipeline/images/debian-images.ts';

it.each(['builder', 'runtime'] as const)('does not begin a %s for another architecture', async (kind) => {
  const goArch = hostGoArch() === 'arm64' ? 'amd64' : 'arm64';
  // Not one request reaches the engine.
  const docker = {} as DockerPort;
  const listener = {
    signal: new AbortController().signal,
    log: () => undefined,
    progress: () => undefined,
    warn: () => undefined,
  };
  const made = debianImage(kind, 'a/b:1', { docker, goArch, workDir: '/nowhere' }, listener);
  await expect(made).rejects.toMatchObject({
    failure: {
      kind: 'base-image',
      ref: 'a/b:1',
      detail: { key: 'row.base-foreign', host: hostGoArch(), arch: goArch },
    },
  });
});
