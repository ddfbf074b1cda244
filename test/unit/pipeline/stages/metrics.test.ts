/** What a run does without an image of Prometheus. */
import { expect, it, onTestFinished } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { metricsStage } from '../../../../src/pipeline/stages/metrics.ts';
import { stageContext } from '../../../support/contexts.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const NONE = { of: () => undefined } as never;

/** Runs the stage on an engine without images that can pull those of `published`. */
async function provided(flags: Record<string, unknown>, published: readonly string[]) {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const images = new Set<string>();
  const pulled: string[] = [];
  const docker = {
    inspectImage: async (ref: string) =>
      images.has(ref) ? { id: `sha256:${ref}`, tags: [ref], labels: {}, architecture: 'amd64' } : undefined,
    pull: async (ref: string) => {
      pulled.push(ref);
      if (!published.includes(ref))
        throw new WizardFailure({ kind: 'pull', ref, problem: 'unreachable', detail: 'no route to host' });
      images.add(ref);
    },
  };
  const choices = { dir, docker: docker as unknown as DockerPort, flags: { metrics: true, ...flags } };
  const { context, reported } = await stageContext(choices, journal, new AbortController().signal);
  const { result } = await metricsStage.execute(context, NONE);
  return { result, pulled, warnings: reported.warnings };
}

it('warns and goes on if no image can be had', async () => {
  const ended = await provided({ base: 'pull' }, []);
  expect(ended).toEqual({
    result: undefined,
    pulled: ['prom/prometheus:latest'],
    warnings: ['no-prometheus'],
  });
});

it('pulls nothing if only local images are wanted', async () => {
  const ended = await provided({ base: 'local' }, ['prom/prometheus:latest']);
  expect(ended).toEqual({ result: undefined, pulled: [], warnings: ['no-prometheus'] });
});

it('takes the image that can be pulled', async () => {
  const { result, warnings } = await provided({ metricsImage: 'acme/prometheus:1' }, ['acme/prometheus:1']);
  expect(result).toEqual({ ref: 'acme/prometheus:1', present: true });
  expect(warnings).toEqual([]);
});
