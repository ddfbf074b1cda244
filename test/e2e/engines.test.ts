/** A row of `npm run engines`: the practice source on an engine that refuses the API versions of older peers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUpRunner, UsageError } from '../../scripts/command-line.mjs';
import { startEngine } from '../../scripts/engines/engine.mjs';
import { doRow } from '../../scripts/engines/row.mjs';
import { makeSystem } from '../../scripts/engines/system.mjs';
import { ENGINES, SAMPLE } from '../../scripts/engines/table.mjs';
import { enterNamespaces } from '../../scripts/namespaces.mjs';
import { BIN, PACKAGE } from '../support/wizard.ts';

function engineNamed(name: string) {
  const engine = ENGINES.find((each) => each.name === name);
  if (engine === undefined) throw new Error(`the table has no engine ${name}`);
  return engine;
}

const run = cleanUpRunner();
const floor = engineNamed('docker-floor');
const work = await mkdtemp(join(tmpdir(), 'fabric-wizard-engines-'));

/** Returns why there can be no such engine here, or undefined. */
async function obstacle(): Promise<string | undefined> {
  try {
    const { end } = await enterNamespaces(work, 'echo ready; while :; do sleep 3600; done');
    await end();
  } catch (error) {
    return String(error);
  }
  try {
    await makeSystem(run, work, floor.kind);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const removeWork = () => rm(work, { recursive: true, force: true });

/** Another engine takes a minute, which `npm test` does not have: see CONTRIBUTING.md. */
const reason =
  process.env.ALL_TESTS === '1' ? await obstacle() : 'ALL_TESTS=1 is not set; `npm run engines` does more';
if (reason !== undefined) {
  process.stderr.write(`\nSKIPPED: another engine: ${reason}\n\n`);
  await removeWork();
}

describe.skipIf(reason !== undefined)('an engine with API 1.44 as its minimum', () => {
  let started: Awaited<ReturnType<typeof startEngine>>;

  beforeAll(async () => {
    const system = await makeSystem(run, work, floor.kind);
    const folder = join(work, 'engines', floor.name);
    started = await startEngine({ ...floor, system, folder, shared: [work, PACKAGE], run });
  });

  afterAll(async () => {
    await started?.stop();
    await removeWork();
  });

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
