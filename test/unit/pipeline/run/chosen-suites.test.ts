/** Which suites `test --integration` runs, and what it refuses before anything starts. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { recogniseSource } from '../../../../src/pipeline/fabric/source.ts';
import { keepingName } from '../../../../src/pipeline/images/lent-names.ts';
import { testedBy } from '../../../../src/pipeline/run/chosen-suites.ts';
import type { TestRequest } from '../../../../src/pipeline/tests/test-request.ts';
import { inEnglish } from '../../../support/english.ts';
import { fabricRepository } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const FILES = {
  'integration/nwo/runner/couchdb.go': 'package runner\n\nconst CouchDBDefaultImage = "couchdb:9"\n',
  'integration/sbe/sbe_suite_test.go':
    'package sbe\n\nfunc TestSbe(t *testing.T) {\n\tRunSpecs(t, "SBE")\n}\n',
  'integration/sbe/sbe_test.go':
    'package sbe\n\nvar _ = Describe("SBE", func() {\n\tIt("endorses", func() {})\n\tIt("indexes", func() { _ = &runner.CouchDB{} })\n})\n',
  'integration/ledger/ledger_test.go':
    'package ledger\n\nvar _ = Describe("Ledger", func() {\n\tBeforeEach(func() { _ = &runner.CouchDB{} })\n\tIt("queries", func() {})\n})\n',
};
const BUILT = {
  'hyperledger/fabric-ccenv:amd64-1.4.12': 'ccenv',
  'hyperledger/fabric-baseos:amd64-0.4.22': 'baseos',
};
const THEIRS = { 'hyperledger/fabric-ccenv:latest': 'theirs' };

afterEach(() => {
  vi.unstubAllGlobals();
});

interface RunningContainer {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Machine {
  readonly images?: Readonly<Record<string, string>>;
  readonly containers?: readonly RunningContainer[];
  readonly endpoint?: string;
  readonly flags?: Readonly<Record<string, unknown>>;
}

function engineOf({ images = BUILT, containers = [], endpoint = 'unix:///run/docker.sock' }: Machine) {
  const docker = {
    address: { endpoint, origin: { kind: 'default' } },
    inspectImage: async (ref: string) => {
      const id = (images as Readonly<Record<string, string>>)[ref];
      return id === undefined ? undefined : { id, tags: [ref], labels: {} };
    },
    listContainers: async () =>
      containers.map(({ name, labels = {} }) => ({ id: name, name, labels, state: 'running' })),
    inspectContainer: async (id: string) => {
      const found = containers.find(({ name }) => name === id);
      return found && { name: id, env: found.env ?? {} };
    },
  };
  return docker as unknown as Parameters<typeof testedBy>[3];
}

async function chosen(request: Partial<TestRequest>, machine: Machine = {}, files: object = FILES) {
  const [dir, folder] = [await tempDir(), await tempDir()];
  await fabricRepository(dir);
  await writeFiles(dir, files as Record<string, string>);
  const config = await loadConfig({ dir: folder, flags: { source: dir, ...machine.flags } });
  const source = await recogniseSource(dir);
  const settings = buildSettings(config.values, source, 'amd64');
  const tests = { packages: [], race: false, integration: true, ...request };
  return testedBy({ tests, config, dir: folder }, source, settings, engineOf(machine));
}

async function refused(...args: Parameters<typeof chosen>) {
  const error: unknown = await chosen(...args).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WizardFailure)) throw new Error(`not refused: ${String(error)}`);
  return inEnglish(error.failure);
}

describe('suites', () => {
  it('are run without the specs that need an image which is not there, and with the names of 1.4', async () => {
    const { suites, tests } = await chosen({ packages: ['integration/sbe'], run: 'SBE' });
    expect(tests).toBeUndefined();
    expect(suites).toMatchObject({
      suites: ['sbe'],
      ginkgo: 1,
      run: 'SBE',
      leftOut: [{ image: 'couchdb:9', suite: 'sbe', specs: ['SBE indexes'] }],
      skip: '^SBE (?:\\[Top Level\\] )?SBE indexes(?: |$)',
      absent: ['couchdb:9'],
      programs: [],
    });
    expect(suites?.names.map(({ ref }) => ref)).toEqual([
      'hyperledger/fabric-ccenv:latest',
      'hyperledger/fabric-ccenv:amd64-latest',
      expect.stringMatching(/^hyperledger\/fabric-baseos:amd64-/),
    ]);
  });

  it('use an image that is there', async () => {
    const { suites } = await chosen(
      { packages: ['ledger'] },
      { images: { ...BUILT, 'couchdb:9': 'couchdb' } },
    );
    expect(suites).toMatchObject({ leftOut: [], skip: '', absent: [], programs: ['couchdb:9'] });
  });
});

describe('refused is', () => {
  it('no name, and a name of no suite, with the nearest one and the other words', async () => {
    expect((await refused({})).title).toContain('ledger, sbe');
    const { title, next } = await refused({ packages: ['ledgre'], run: 'x y', junit: undefined });
    expect(title).toContain('There is no suite ledgre.');
    expect(next[0]).toMatch(/^fabric-wizard test --integration ledger --run 'x y'/);
    expect((await refused({ packages: ['sbe'] }, {}, {})).title).toContain('no suites of integration tests');
  });

  it('a suite of which every spec needs an image', async () => {
    const { title, next } = await refused({ packages: ['sbe', 'ledger'] });
    expect(title).toContain('Every spec of the suite ledger needs couchdb:9');
    expect(next).toEqual(['docker pull couchdb:9']);
  });

  it('a suite of which every spec downloads Go modules that no proxy has, with what else can run', async () => {
    const files = {
      ...FILES,
      'integration/e2e/e2e_test.go':
        'package e2e\n\nvar _ = Describe("E2E", func() {\n\tIt("runs", func() { _ = "../chaincode/module" })\n})\n',
    };
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
    const images = { ...BUILT, 'couchdb:9': 'couchdb' };
    const { title, next } = await refused({ packages: ['e2e', 'sbe'], run: 'x' }, { images }, files);
    expect(title).toContain('Every spec of the suite e2e downloads Go modules');
    expect(next[1]).toMatch(/^fabric-wizard test --integration sbe --run x/);
    vi.stubGlobal('fetch', async () => new Response());
    const { suites } = await chosen({ packages: ['e2e', 'sbe'] }, { images }, files);
    expect(suites).toMatchObject({ suites: ['e2e', 'sbe'], leftOut: [] });
  });

  it('an engine elsewhere, and a network in a Swarm', async () => {
    const elsewhere = await refused({ packages: ['sbe'] }, { endpoint: 'ssh://build-host' });
    expect(elsewhere.title).toContain('ssh://build-host is on another host');
    const swarm = await refused({ packages: ['sbe'] }, { flags: { swarm: true } });
    expect(swarm.title).toContain('Swarm');
  });

  it('a run without images that were built', async () => {
    const { title, next } = await refused({ packages: ['sbe'] }, { images: {} });
    expect(title).toContain('hyperledger/fabric-ccenv:');
    expect(next[0]).toMatch(/^fabric-wizard build/);
  });

  it('a run beside other suites, or beside a peer that builds with a name that would change', async () => {
    const suites = { name: 'quirky_bohr', labels: { [LABEL.suites]: 'raft', [LABEL.project]: 'p' } };
    expect((await refused({ packages: ['sbe'] }, { containers: [suites] })).title).toContain('project p');
    const peer = { name: 'peer0', env: { CORE_CHAINCODE_BUILDER: 'hyperledger/fabric-ccenv:latest' } };
    const images = { ...BUILT, ...THEIRS };
    const { title, next } = await refused({ packages: ['sbe'] }, { images, containers: [peer] });
    expect(title).toContain('peer0 uses the image name hyperledger/fabric-ccenv:latest');
    expect(next).toEqual(['docker stop peer0']);
    const lent = { ...images, [keepingName('hyperledger/fabric-ccenv:latest')]: 'older' };
    const twice = await refused({ packages: ['sbe'] }, { images: lent });
    expect(twice.title).toContain('has not given back the name hyperledger/fabric-ccenv:latest');
    expect(twice.next[0]).toMatch(/^docker tag fabric-wizard\/lent:\w+ hyperledger\/fabric-ccenv:latest$/);
    // It has no image with that name now.
    expect((await chosen({ packages: ['sbe'] }, { containers: [peer] })).suites).toBeDefined();
  });
});
