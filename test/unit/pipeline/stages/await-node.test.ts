/** How the services of a network on several machines are started. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { ComposeRun } from '../../../../src/pipeline/engine/compose-port.ts';
import { networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { composeServices } from '../../../../src/pipeline/stages/await-node.ts';
import { stageContext } from '../../../support/contexts.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

it('are started on their machines, each from a file with its own services', async () => {
  const dir = await tempDir();
  const { docker } = await socketEngine({});
  const journal = await openJournal(dir, { command: 'fabric-wizard up' });
  const { context, reported } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  await journal.close();
  const folder = networkDir(context.stateDir);
  await mkdir(folder, { recursive: true });
  const services = { 'peer0.org1.example.com': {}, 'peer0.org2.example.com': {}, cli: {} };
  await writeFile(join(folder, 'docker-compose.yaml'), stringify({ services, volumes: {} }));
  const runs: string[] = [];
  const logged: string[] = [];
  const compose = (machine: string) => ({
    ...{ command: 'docker-compose', endpoint: `tcp://${machine}:2375` },
    on: compose,
    up: async ({ file = '', services: started = [], scope, onLine }: ComposeRun) => {
      const own = Object.keys(
        (parse(await readFile(join(folder, file), 'utf8')) as { services: object }).services,
      );
      runs.push(`${machine} ${file}: ${started.join(' ')} of ${own.join(' ')}, ${scope}`);
      onLine('WARNING: The Docker Engine you are using is running in swarm mode.');
      onLine('To deploy your application across the swarm, use `docker stack deploy`.');
      onLine('Creating fw-unit-cli ... done');
    },
  });
  const placement = { 'peer0.org1.example.com': 'm1', cli: 'm1', 'peer0.org2.example.com': 'm2' };
  const placed = {
    ...context,
    ...{ compose: compose('m1') as never, spec: { ...context.spec, placement } },
    report: { ...context.report, log: (line: string) => logged.push(line) },
  };
  await composeServices(placed, ['cli'], 'some');
  expect(runs).toEqual(['m1 docker-compose.m1.yaml: cli of peer0.org1.example.com cli, some']);
  expect(logged).toEqual(['Creating fw-unit-cli ... done']);
  expect(reported.commands).toEqual([
    `(cd ${folder} && DOCKER_HOST=tcp://m1:2375 docker-compose --file docker-compose.m1.yaml up -d --no-deps cli)`,
  ]);
  runs.length = 0;
  await composeServices(placed, ['peer0.org2.example.com', 'cli'], 'needed');
  expect(runs.sort()).toEqual([
    'm1 docker-compose.m1.yaml: cli of peer0.org1.example.com cli, needed',
    'm2 docker-compose.m2.yaml: peer0.org2.example.com of peer0.org2.example.com, needed',
  ]);
});
