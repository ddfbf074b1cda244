import { expect, it } from 'vitest';
import { withEngineCores } from '../../../../src/pipeline/run/engine-machine.ts';

function engine(endpoint: string) {
  const address = { endpoint, origin: { kind: 'variable' } } as const;
  return { address, info: async () => ({ cpus: 64 }) } as never;
}

it.each([
  ['those of an engine on another host', 'ssh://far', 'default', 64],
  ['those of the configuration on this machine', 'unix:///var/run/docker.sock', 'default', 2],
  ['those that were given', 'ssh://far', 'flag', 2],
])('uses as many cores as %s', async (_, endpoint, jobs, cores) => {
  const config = { values: { jobs: 2 }, origin: { jobs } } as never;
  expect(await withEngineCores(config, engine(endpoint))).toMatchObject({ jobs: cores });
});
