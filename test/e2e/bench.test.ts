/** `npm run bench` on the practice source: each row works. */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { imageNames } from '../support/engine.ts';
import { SAMPLE } from '../support/wizard.ts';

it('runs each row of the benchmark', async () => {
  const program = join(SAMPLE, '..', 'scripts', 'bench.mjs');
  const { stdout, stderr } = await execa(process.execPath, [program, '--check', '--json'], {
    env: { FABRIC_SRC: '' },
    reject: false,
  });
  const { figures } = JSON.parse(stdout);
  const errors = figures.filter(({ error }: { error?: string }) => error !== undefined);
  expect(errors, stderr).toEqual([]);
  expect(figures.map(({ name }: { name: string }) => name)).toEqual([
    'cold-build',
    'noop-build',
    'up-proof',
    'edit-loop',
    'instantiate',
    'eight-peers',
    'gateway-peers',
    'gateway-memory',
    'gateway-ping',
    'gateway-build',
    'first-frame',
    'log-flood',
    'key-echo',
    'idle-dashboard',
  ]);
  for (const { name, ratio } of figures) expect(Number.isFinite(ratio), name).toBe(true);
  expect((await imageNames()).filter((name) => name.startsWith('fw-bench'))).toEqual([]);
});
