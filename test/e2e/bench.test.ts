/** `npm run bench` on the practice source: a row of each kind of measurement works. The unit tests read the list of all rows. */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { imageNames } from '../support/engine.ts';
import { SAMPLE } from '../support/wizard.ts';

/** Program against programs, a request in a network, a terminal, screens. Edits and calls by hand: `npm run bench -- --check`. */
const ROWS = ['noop-build', 'gateway-ping', 'first-frame', 'key-echo'];

it('runs a row of each kind of the benchmark, and removes what it created', async () => {
  const program = join(SAMPLE, '..', 'scripts', 'bench.mjs');
  const args = ['--check', '--json', '--only', ROWS.join()];
  const { stdout, stderr } = await execa(process.execPath, [program, ...args], {
    env: { FABRIC_SRC: '' },
    reject: false,
  });
  const { figures } = JSON.parse(stdout);
  const errors = figures.filter(({ error }: { error?: string }) => error !== undefined);
  expect(errors, stderr).toEqual([]);
  expect(figures.map(({ name }: { name: string }) => name)).toEqual(ROWS);
  for (const { name, ratio } of figures) expect(Number.isFinite(ratio), name).toBe(true);
  expect((await imageNames()).filter((name) => name.startsWith('fw-bench'))).toEqual([]);
});
