/** A row of `npm run engines`: the practice source on an engine that refuses the API versions of older peers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUpRunner } from '../../scripts/command-line.mjs';
import { startEngine } from '../../scripts/engines/engine.mjs';
import { doRow } from '../../scripts/engines/row.mjs';
import { makeSystem } from '../../scripts/engines/system.mjs';
import { ENGINES, SAMPLE } from '../../scripts/engines/table.mjs';
import { BIN, PACKAGE } from '../support/wizard.ts';

function engineNamed(name: string) {
  const engine = ENGINES.find((each) => each.name === name);
  if (engine === undefined) throw new Error(`the table has no engine ${name}`);
  return engine;
}

const run = cleanUpRunner();
const floor = engineNamed('docker-floor');
const work = await mkdtemp(join(tmpdir(), 'fabric-wizard-engines-'));

/** Starts the engine. It cannot start without root, and its packages come from a mirror. */
async function start() {
  const system = await makeSystem(run, work, floor.kind);
  const folder = join(work, 'engines', floor.name);
  return startEngine({ ...floor, system, folder, shared: [work, PACKAGE], run });
}

const started = await start().catch((error: Error) => error);
if (started instanceof Error)
  process.stderr.write(`\nSKIPPED: no newer engine in namespaces of its own: ${started.message}\n\n`);

afterAll(async () => {
  if (!(started instanceof Error)) await started.stop();
  await rm(work, { recursive: true, force: true });
});

describe.skipIf(started instanceof Error)('an engine with API 1.44 as its minimum', () => {
  it('runs peers that ask for 1.25, and nothing of ours is left after clean --all', async () => {
    const steps = ['up', 'clean'];
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const tools = { run, runToEnd: run, bin: BIN, root: PACKAGE, work, log };
    const row = await doRow({ ...tools, started, engine: floor, tag: SAMPLE, steps });
    expect(row).toMatchObject({ outcome: 'green', left: [] });
    expect(row.engineVersion).toMatch(/^Docker .*, API 1\.44–/);
    expect(Object.keys(row.steps)).toEqual(steps);
  });
});
