/**
 * Steps of `npm run swarm` on the practice source: a network on a manager and a worker of a Swarm, with one peer for each
 * organisation. The others, on three machines with four peers, need minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUpRunner } from '../../scripts/command-line.mjs';
import { obstacleToSwarm } from '../../scripts/machines/swarm.mjs';
import { doSteps } from '../../scripts/swarm/campaign.mjs';
import { makeSite } from '../../scripts/swarm/site.mjs';
import { PACKAGE } from '../support/wizard.ts';

/** Two engines take two minutes of two cores, which `npm test` does not have: see CONTRIBUTING.md. */
const reason =
  process.env.ALL_TESTS === '1'
    ? await obstacleToSwarm()
    : 'ALL_TESTS=1 is not set; `npm run swarm` does more';
if (reason !== undefined)
  process.stderr.write(`\nSKIPPED: the network on machines of a Swarm: ${reason}\n\n`);

describe.skipIf(reason !== undefined)('a network on the machines of a Swarm', () => {
  const run = cleanUpRunner();
  const log = (line: string) => process.stderr.write(`${line}\n`);
  let work: string;
  let site: Awaited<ReturnType<typeof makeSite>> | undefined;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'fabric-wizard-swarm-'));
    const names = ['machine1', 'machine2'];
    // Copies of the base images to each machine would take most of the time.
    const choices = { names, peers: 1, shared: true };
    site = await makeSite({ root: PACKAGE, work, ...choices, run, runToEnd: run, log });
  });

  afterAll(async () => {
    await site?.stop();
    await rm(work, { recursive: true, force: true });
  });

  it('is proved, and is removed from all engines', async () => {
    const only = ['up', 'clean'];
    const rows = await doSteps(site, { only, log });
    expect(rows.map(({ step, problems }) => ({ step, problems }))).toEqual(
      only.map((step) => ({ step, problems: [] })),
    );
  });
});
