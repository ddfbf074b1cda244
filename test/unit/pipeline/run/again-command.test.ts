/** The command that is offered after an error of the source does what the failed one would have done. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { againCommand } from '../../../../src/pipeline/run/again-command.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const GOAL = { force: false, binaries: false, smoke: false };
const PLAIN = { keepChaincode: false, fresh: false, oneByOne: false, preflight: true };

it.each([
  [
    {
      ...PLAIN,
      command: 'rebuild',
      goal: { ...GOAL, until: 'rebuild', force: true, smoke: true },
      oneByOne: true,
    },
    'fabric-wizard rebuild --yes --smoke --one-by-one --force --orgs 3 --no-tls',
  ],
  [
    { ...PLAIN, command: 'up', goal: { ...GOAL, until: 'up' }, keepChaincode: true, preflight: false },
    'fabric-wizard up --yes --no-preflight --orgs 3 --no-tls',
  ],
  [
    {
      ...PLAIN,
      command: 'build',
      goal: { ...GOAL, until: 'build', images: ['peer', 'tools'] },
      binariesDir: '/a b',
    },
    "fabric-wizard build peer tools --yes --binaries '/a b' --orgs 3 --no-tls",
  ],
  [
    { ...PLAIN, command: 'smoke', goal: { ...GOAL, until: 'smoke' }, keepChaincode: true, fresh: true },
    'fabric-wizard smoke --yes --fresh --keep --orgs 3 --no-tls',
  ],
  [
    {
      ...PLAIN,
      command: 'add',
      words: ['org --peers 2', '--dir /a'],
      goal: { ...GOAL, until: 'add' },
      keepChaincode: true,
    },
    'fabric-wizard add org --peers 2 --dir /a --yes --orgs 3 --no-tls',
  ],
] as const)('%j', async (request, command) => {
  const dir = await tempDir();
  await writeFiles(dir, { 'fabric-wizard.yaml': 'channel: trade\n' });
  const config = await loadConfig({
    dir,
    flags: { orgs: '3', tls: false },
    lastRun: { 'docker-ns': 'acme' },
  });
  expect(againCommand({ ...request, config })).toBe(command);
});
