/**
 * Real clients on real Fabric, with nothing but the files that `connect` writes. FABRIC_SRC names checkouts, separated by `:`.
 * Without it these tests are skipped, loudly.
 */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/pipeline/network/connection.ts';
import { chaincodeWithEvent } from '../support/clients/event-chaincode.ts';
import { runClient, type Seen } from '../support/clients/packages.ts';
import { engine } from '../support/engine.ts';
import { PACKAGE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-clients';
const PORT = 39050;
const MSP_IDS = ['Org1MSP', 'Org2MSP'];
const checkouts = (process.env.FABRIC_SRC ?? '').split(':').filter(Boolean);

if (checkouts.length === 0) {
  process.stderr.write('FABRIC_SRC is not set: the clients on real Fabric were skipped\n');
  it.skip('clients of real Fabric, as FABRIC_SRC is not set');
}

/** A network and what its clients need. */
interface Connected {
  readonly wizard: Wizard;
  readonly chaincode: string;
  readonly org: Connection['orgs'][number];
}

async function connected(wizard: Wizard): Promise<Connected> {
  const run = (await wizard.events('up', '--yes')).wentWell();
  const { orgs } = (await wizard.json('connect')) as Connection;
  const [org] = orgs;
  if (!org) throw new Error('no organisation');
  return { wizard, chaincode: run.one('smoke-result').chaincode, org };
}

/** Runs the client for which the release has a service or a profile. */
function runWith(
  program: Parameters<typeof runClient>[0],
  { org, chaincode }: Connected,
  mspIds: readonly string[] = MSP_IDS,
): Promise<Seen> {
  const files =
    program === 'fabric-gateway' ? [org.files.gateway ?? ''] : [org.files.profile, org.files.wallet];
  return runClient(program, ...files, 'mychannel', chaincode, ...mspIds);
}

function expectMoved({ before, after, event, signed }: Seen, mspIds = MSP_IDS): void {
  expect(Number(after)).toBe(Number(before) - 1);
  expect(event).toEqual({ name: 'moved', payload: 'a b 1' });
  expect(signed).toEqual(mspIds);
}

describe.each(checkouts)('the network of %s', (checkout) => {
  let folder: string;
  let first: Connected;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    const chaincode = await chaincodeWithEvent(checkout, join(folder, 'chaincode'));
    const choices = { project: PROJECT, 'port-base': PORT, source: checkout, orgs: 2, peers: 1, chaincode };
    first = await connected(await wizardWith(choices));
  });

  afterAll(async () => {
    await first?.wizard.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('has fabric-network submit, evaluate and receive an event, by discovery with asLocalhost', async () => {
    expectMoved(await runWith('fabric-network', first));
  });

  it('has the client of the Fabric Gateway do the same, if its peers have a Gateway', async ({ skip }) => {
    if (first.org.files.gateway === undefined) skip('no Gateway in this release');
    expectMoved(await runWith('fabric-gateway', first));
  });

  it('has clients beside another network on this host', async () => {
    const choices = { 'docker-ns': first.wizard.dockerNs, source: checkout, orgs: 1, peers: 1 };
    const chaincode = join(folder, 'chaincode');
    const wizard = await wizardWith({
      ...choices,
      project: `${PROJECT}-2`,
      'port-base': PORT + 200,
      chaincode,
    });
    try {
      const second = await connected(wizard);
      const both = await Promise.all([
        runWith('fabric-network', first),
        runWith('fabric-network', second, ['Org1MSP']),
      ]);
      expectMoved(both[0]);
      expectMoved(both[1], ['Org1MSP']);
    } finally {
      await wizard.dispose();
    }
  });
});

/** The last commit whose peers all listen on 7051 inside, in the history of a clone. */
const OLDER = 'f6582ec';

/** Makes the program of an older commit. @returns path of the program; undefined if the clone lacks the commit */
async function olderProgram(folder: string): Promise<string | undefined> {
  const archive = await execa('git', ['archive', OLDER], { cwd: PACKAGE, encoding: 'buffer', reject: false });
  if (archive.exitCode !== 0) return undefined;
  await execa('tar', ['-x', '-C', folder], { input: archive.stdout });
  await symlink(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'));
  await execa(process.execPath, ['scripts/build.mjs'], { cwd: folder });
  return join(folder, 'dist/bin.js');
}

describe.runIf(checkouts.length > 0)('a network that an older version has made', () => {
  it('keeps its ledgers and the ports of its nodes', async ({ skip }) => {
    const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    // Both versions have the same source: the practice source has changed since.
    const source = join(folder, 'sample');
    const choices = { project: `${PROJECT}-3`, 'port-base': PORT + 400, source, orgs: 2, peers: 1 };
    const wizard = await wizardWith(choices);
    try {
      const older = await olderProgram(folder);
      if (older === undefined) return skip(`no commit ${OLDER} in this clone`);
      await execa(process.execPath, [older, 'up', '--yes'], { cwd: wizard.dir, stdin: 'ignore' });
      const nodes = async () => {
        const all = await engine.listContainers({
          filters: { label: [`io.fabric-wizard.project=${wizard.project}`] },
        });
        return all.flatMap(({ Id, Labels, Ports }) =>
          Labels['io.fabric-wizard.role'] === 'node'
            ? [{ Id, inside: Ports.map((port) => port.PrivatePort).sort() }]
            : [],
        );
      };
      const before = await nodes();
      const old = expect.arrayContaining([7050, 7051]);
      expect(before.flatMap(({ inside }) => inside)).toEqual(old);

      // Once, for the variables of gossip and of the operations services that the older version does not set.
      const upgraded = (await wizard.events('up', '--yes')).wentWell();
      expect(upgraded.built).toEqual(['compose', 'start', 'ready', 'smoke']);
      const after = await nodes();
      expect(after.flatMap(({ inside }) => inside)).toEqual(old);
      expect((await wizard.events('up', '--yes')).wentWell().built).toEqual(['smoke']);
      expect((await wizard.events('rebuild')).wentWell().built).toEqual([]);
      (await wizard.events('smoke')).wentWell();
      expect(await wizard.json('status')).toMatchObject({ ok: true });
      expect(await nodes()).toEqual(after);
      expect(await wizard.json('connect')).toMatchObject({ discovery: false });
      // Only the ports on the host change, and the channel with its blocks stays.
      const moved = (await wizard.events('up', '--yes', '--port-base', String(PORT + 600))).wentWell();
      expect(moved.built).toEqual(['compose', 'start', 'ready', 'smoke']);
    } finally {
      await wizard.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
