/** A part of `npm run faults`: one fault of each kind, on an engine of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doFault } from '../../scripts/faults/do-fault.mjs';
import { faultList } from '../../scripts/faults/fault-list.mjs';
import { Site } from '../../scripts/faults/site.mjs';
import { PACKAGE } from '../support/wizard.ts';

const NAMES = [
  'SIGINT: crypto starts',
  'SIGTERM: start',
  'SIGHUP: smoke starts',
  'kill -9: image.ccenv',
  'dockerd killed and restarted: smoke',
  'reboot: at rest',
  'orderer paused: at rest',
  'peer stopped: smoke starts',
  'chaincode removed: at rest',
  'image of peer removed: at rest',
  'network removed: at rest',
  'file corrupted: state.json',
  'stale lock: of a process that has ended',
  'two runs in one folder: smoke',
  'pipe of stdout closed: smoke starts',
];

/** Returns why namespaces and an engine cannot be made here, or undefined. */
function obstacle(): string | undefined {
  const flags = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--propagation', 'private'];
  const { status, error, stderr } = spawnSync('unshare', [...flags, 'mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  if (error) return error.message;
  if (status !== 0) return stderr.toString().trim();
  const { error: noEngine } = spawnSync('dockerd', ['--version']);
  return noEngine?.message;
}

const reason = obstacle();
if (reason !== undefined) process.stderr.write(`\nSKIPPED: the faults need namespaces: ${reason}\n\n`);

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
