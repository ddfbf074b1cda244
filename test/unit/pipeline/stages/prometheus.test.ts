/** A Prometheus that does not run: the stage warns, and the run goes on. */
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { ComposePort } from '../../../../src/pipeline/engine/compose-port.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { prometheusStage } from '../../../../src/pipeline/stages/prometheus.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const IMAGE = { ref: 'acme/prometheus:1', present: true };

/** Listens on a port of this host, as the container of a Prometheus that works does. */
async function listening(): Promise<number> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Runs the stage. @param state of the container after compose; undefined: compose fails */
async function ended(state: string | undefined, image: typeof IMAGE | 'none' = IMAGE, port = 1) {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const engine = new FakeEngine([]);
  const started: (readonly string[] | undefined)[] = [];
  const compose = {
    command: 'docker compose',
    up: async ({ services }: { services?: readonly string[] }) => {
      started.push(services);
      if (state === undefined)
        throw new WizardFailure({ kind: 'command', command: 'up', where: dir, exitCode: 1, tail: [] });
      engine.set(nodeContainer(TEST_PROJECT, 'prometheus', { state }), 'start');
    },
  };
  const docker = engine as unknown as DockerPort;
  const choices = { dir, docker, flags: { metrics: true } };
  const { context, reported } = await stageContext(choices, journal, new AbortController().signal);
  const { metrics } = context.spec;
  if (!metrics) throw new Error('no Prometheus');
  const changed = {
    ...context,
    compose: compose as unknown as ComposePort,
    spec: { ...context.spec, metrics: { ...metrics, port } },
  };
  const { outcome } = await prometheusStage.execute(changed, {
    of: () => (image === 'none' ? undefined : image),
  } as never);
  return { outcome, started, warnings: reported.warnings };
}

it('warns if compose cannot start it', async () => {
  expect(await ended(undefined)).toMatchObject({
    started: [['prometheus']],
    warnings: ['prometheus-down'],
  });
});

it('warns if it ends', async () => {
  expect(await ended('exited')).toMatchObject({ warnings: ['prometheus-down'] });
});

it('does not warn if it becomes ready', async () => {
  expect(await ended('running', IMAGE, await listening())).toEqual({
    outcome: 'built',
    started: [['prometheus']],
    warnings: [],
  });
});

it('starts nothing without an image, of which the stage before has warned', async () => {
  const without = await ended('running', 'none');
  expect(without).toEqual({ outcome: 'cached', started: [], warnings: [] });
});
