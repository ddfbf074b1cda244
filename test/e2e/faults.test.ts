/** A part of `npm run faults`, on an engine of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Box } from '../../scripts/faults/box.mjs';
import { doFault } from '../../scripts/faults/do-fault.mjs';
import { faultList } from '../../scripts/faults/fault-list.mjs';
import { Site } from '../../scripts/faults/site.mjs';
import { PACKAGE } from '../support/wizard.ts';

/**
 * One fault of each kind that no other end-to-end test has: signals, a killed run and a closed pipe are in `cancel` and `screens`,
 * two runs at once and a removed image in `rebuild` and `after`, nodes that are down in `diagnosis`, removed chaincode in `chaincode`.
 */
const NAMES = [
  'dockerd killed and restarted: smoke',
  'orderer paused: at rest',
  'network removed: at rest',
  'file corrupted: state.json',
];

/** Returns why an engine in namespaces of its own cannot be started here, or undefined. */
async function obstacle(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-faults-'));
  const box = new Box(folder, 0);
  try {
    await box.open();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await box.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** An engine of its own takes two minutes, which `npm test` does not have: see CONTRIBUTING.md. */
const reason =
  process.env.ALL_TESTS === '1' ? await obstacle() : 'ALL_TESTS=1 is not set; `npm run faults` does more';
if (reason !== undefined) process.stderr.write(`\nSKIPPED: faults on an engine of its own: ${reason}\n\n`);

describe.skipIf(reason !== undefined)('a fault', () => {
  const faults = faultList().filter(({ name }) => NAMES.includes(name));
  let folder: string;
  let site: Site;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-faults-'));
    site = new Site({ root: PACKAGE, folder, number: 1 });
    await site.open();
  });

  afterAll(async () => {
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is known by each name', () => {
    expect(faults.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('is survived: %s', async (_, fault) => {
    const { problems, broken } = await doFault(site, fault, (line: string) =>
      process.stderr.write(`${line}\n`),
    );
    expect(problems, broken).toEqual([]);
  });
});
