/** A script in the builder image, on the checkout and with the Go build cache of that builder. */

import { projectLabels, type RunContext } from '../context/run-context.ts';
import type { Collect } from '../engine/container-run.ts';
import type { WorkContainer } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import type { Release } from '../fabric/release.ts';
import { requireImage } from './require-image.ts';

export const GOPATH = '/opt/gopath';

/** How go finds the tree's own `vendor`, and reads nothing else, whatever the builder's own environment says. */
function goMode({ goMode: mode }: Release): Record<string, string> {
  return mode === 'modules'
    ? { GO111MODULE: 'on', GOFLAGS: '-mod=vendor' }
    : { GO111MODULE: 'off', GOFLAGS: '' };
}

export interface BuilderScript {
  /** POSIX shell. Values reach it as arguments and never as shell text. */
  readonly script: string;
  readonly args: readonly string[];
  readonly inputs?: WorkContainer['inputs'];
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/**
 * Runs the script with the checkout mounted read-only as the working directory, at its place in GOPATH, and
 * the cache volume at `/cache`. Nothing may come from the internet on this path.
 * @throws WizardFailure, CancelledError, and what `collect` throws
 */
export async function runInBuilder<T>(
  bench: RunContext,
  run: BuilderScript,
  collect: Collect<T>,
): Promise<T> {
  const { docker, settings, source } = bench;
  const builder = await requireImage(docker, settings.builderImage);
  const cache = `fabric-wizard-go-${shortId(builder.id)}`;
  await docker.createVolume(cache, { [LABEL.role]: 'cache' });
  const tree = `${GOPATH}/src/${settings.release.modulePath}`;
  return docker.runToEnd(
    {
      image: builder.id,
      cmd: ['sh', '-c', run.script, 'fabric-wizard', ...run.args],
      env: { GOPATH, GOCACHE: '/cache/go-build', GOTOOLCHAIN: 'local', ...goMode(settings.release) },
      binds: [`${source.dir}:${tree}:ro`, `${cache}:/cache`],
      workdir: tree,
      networkMode: 'none',
      labels: projectLabels(bench),
      inputs: run.inputs,
      signal: run.signal,
      onLine: run.onLine,
    },
    collect,
  );
}
