/** The wizard's controller and service on real folders, without an engine. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WizardController } from '../../../src/commands/wizard-controller.ts';
import type { PortsState, WizardState } from '../../../src/screens/wizard/wizard-state.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../support/fabric-shape.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { whenState } from '../../support/store-state.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

interface Opened {
  readonly dir: string;
  readonly wizard: WizardController;
  /** Resolves with the first state that matches, the current one included. */
  readonly until: (matches: (state: WizardState) => boolean) => Promise<WizardState>;
}

async function open(
  flags: Record<string, unknown> = {},
  files: Record<string, string> = {},
): Promise<Opened> {
  const dir = await tempDir();
  const packageDir = await tempDir();
  await writeFiles(packageDir, {
    ...Object.fromEntries(
      Object.entries(fabricShape(MAKEFILE_1_4)).map(([path, text]) => [`sample/${path}`, text]),
    ),
    'sample/.fabric-wizard-practice': '',
  });
  await writeFiles(dir, files);
  vi.stubEnv('DOCKER_HOST', `unix://${dir}/no.sock`);
  vi.stubEnv('FABRIC_WIZARD_FABRIC_URL', join(dir, 'nowhere'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const terminal = plainTerminal(dir, packageDir);
  const wizard = new WizardController({ terminal, flags });
  onTestFinished(() => wizard.close());
  const until: Opened['until'] = (matches) => whenState(wizard.store, matches);
  return { dir, wizard, until };
}

const selected = ({ source }: WizardState) => source.kind === 'ready' || source.kind === 'failed';

describe('the answers', () => {
  it('become choices, a file and a command', async () => {
    const { dir, wizard, until } = await open(
      { orgs: '3' },
      { 'fabric-wizard.yaml': '# ours\npeers: 1 # one\n' },
    );
    wizard.perform('scan');
    await until(({ loaded }) => loaded);
    wizard.perform('answer', 'channel', 'trade');
    wizard.perform('answer', 'peers', '2');
    expect(wizard.store.now().issues).toEqual({});
    expect((await (await wizard.service()).config()).values).toMatchObject({
      orgs: 3,
      peers: 2,
      channel: 'trade',
    });
    await mkdir(join(dir, 'cc'));
    wizard.perform('answer', 'chaincode', 'cc');
    wizard.perform('showEquivalent');
    const { equivalent } = await until((state) => state.equivalent !== undefined);
    expect(equivalent?.command).toBe(
      `fabric-wizard up --yes --dir ${dir} --orgs 3 --channel trade --chaincode ${join(dir, 'cc')}`,
    );
    expect(equivalent?.file).toContain('\nchaincode: cc\n');
    wizard.perform('answer', 'channel', 'steel');
    // The final summary prints the current answers.
    expect((await wizard.equivalent())?.command).toContain('--channel steel');
    wizard.perform('answer', 'channel', 'trade');
    await (await wizard.service()).save();
    const text = await readFile(join(dir, 'fabric-wizard.yaml'), 'utf8');
    expect(text).toContain('# ours\n# peers: 1 # one\n');
    expect(text).toContain('\nchannel: trade\n');
    // A flag is not an answer.
    expect(text).not.toContain('orgs');
  });

  it('are shown as a command only if the user has asked for it', async () => {
    const { wizard, until } = await open();
    wizard.perform('scan');
    await until(({ loaded }) => loaded);
    expect(await wizard.equivalent()).toBeUndefined();
  });

  it('are validated while the user types', async () => {
    const { wizard, until } = await open();
    wizard.perform('scan');
    await until(({ loaded }) => loaded);
    wizard.perform('answer', 'orgs', '65');
    expect(wizard.store.now().issues.orgs).toMatchObject({ cause: 'value' });
    await expect((await wizard.service()).config()).rejects.toMatchObject({ failure: { kind: 'config' } });
    wizard.perform('resetAnswers');
    expect(wizard.store.now().issues).toEqual({});
  });

  it('are loaded again after an invalid file was fixed', async () => {
    const { dir, wizard, until } = await open({}, { 'fabric-wizard.yaml': 'orgs: many\n' });
    wizard.perform('scan');
    const { loadFailure } = await until((state) => state.loadFailure !== undefined);
    expect(loadFailure?.kind).toBe('config');
    await writeFile(join(dir, 'fabric-wizard.yaml'), 'orgs: 3\n');
    wizard.perform('scan');
    const { returning, loadFailure: still } = await until(({ loaded }) => loaded);
    expect([returning, still]).toEqual([true, undefined]);
    expect((await (await wizard.service()).config()).values.orgs).toBe(3);
  });
});

describe('a scan', () => {
  it('reports in a check that no engine answers', async () => {
    const { wizard, until } = await open();
    wizard.perform('scan');
    const { doctor, candidates, status, preview } = await until(
      (state) => state.candidates !== undefined && state.doctor.total > 0 && !state.doctor.running,
    );
    expect(doctor.rows.find(({ id }) => id === 'engine')?.status).toBe('fail');
    expect(candidates?.map(({ choice }) => choice)).toEqual([
      'auto',
      'v3.1.5',
      'v2.2.15',
      'v1.4.12',
      'sample',
    ]);
    expect([status, preview.build]).toEqual([undefined, undefined]);
  });

  it('examines a path while it is typed', async () => {
    const { dir, wizard, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    for (const choice of ['f', 'fa', 'fab']) wizard.perform('previewSource', choice);
    const { typed } = await until((state) => state.typed.finding !== undefined);
    expect(typed).toMatchObject({ choice: 'fab', finding: { kind: 'here', source: { version: '1.4.12' } } });
  });
});

describe('ports', () => {
  it('are checked when typing has ended, and only then', async () => {
    const { dir, wizard, until } = await open();
    const { docker } = await socketEngine({});
    vi.stubEnv('DOCKER_HOST', docker.endpoint);
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    // Ports are judged once an engine has answered.
    wizard.perform('scan');
    await until(({ loaded }) => loaded);
    wizard.perform('selectSource', 'fab');
    await until(({ ports }) => ports.kind === 'checked');
    const seen: PortsState[] = [];
    for (const text of [String(port - 1), String(port + 1), String(port)])
      wizard.perform('answer', 'portBase', text);
    wizard.store.subscribe(() => seen.push(wizard.store.now().ports));
    const { ports } = await until((state) => state.ports.kind === 'checked');
    expect(ports).toMatchObject({
      taken: [
        {
          port,
          wantedBy: 'orderer.example.com',
          owner: { key: 'owner.process', pid: String(process.pid), name: 'node' },
        },
      ],
    });
    // The ports in between were not checked.
    expect(seen.filter(({ kind }) => kind === 'checked')).toEqual([ports]);
    server.close();
    wizard.perform('checkPorts');
    await until((state) => state.ports.kind === 'checked' && state.ports.taken.length === 0);
  });
});

describe('selecting a source', () => {
  it('shows the linker flags as soon as the source is read', async () => {
    const { dir, wizard, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    wizard.perform('selectSource', 'fab');
    const { preview, answers } = await until(selected);
    expect(preview.build?.assignments.some((flag) => flag.endsWith('.Version=1.4.12'))).toBe(true);
    expect(preview.defaults).toMatchObject({ fabricVersion: '1.4.12', dockerNs: 'hyperledger' });
    expect(answers.typed.source).toBe('fab');
    expect((await (await wizard.service()).config()).values.source).toBe(join(dir, 'fab'));
  });

  it('clones a tag from the folder itself, without network access, and releases the lock', async () => {
    const { dir, wizard, until } = await open();
    vi.stubEnv('FABRIC_WIZARD_FABRIC_URL', undefined);
    await fabricRepository(dir);
    wizard.perform('selectSource', 'v1.4.12');
    const { source } = await until(selected);
    expect(source).toMatchObject({ kind: 'ready', choice: 'v1.4.12', source: { version: '1.4.12' } });
    expect(await readdir(join(dir, '.fabric-wizard/source'))).toEqual(['v1.4.12']);
    expect(await readdir(join(dir, '.fabric-wizard'))).not.toContain('lock');
  });

  it('falls back to the practice source, answers with it, and leaves nothing behind', async () => {
    const { dir, wizard, until } = await open();
    wizard.perform('selectSource', 'auto');
    const { source, answers } = await until(selected);
    expect(source).toMatchObject({ kind: 'ready', choice: 'sample', source: { practice: true } });
    expect(source.kind === 'ready' && source.source.fallback).toContain('nowhere');
    expect(answers.typed.source).toBe('sample');
    await vi.waitFor(async () => expect(await readdir(dir)).toEqual([]));
  });

  it.each(['git', 'http'])('is cancelled at once if a %s remote never answers', async (scheme) => {
    const { dir, wizard, until } = await open();
    // Accepts connections and never answers.
    const connections: Socket[] = [];
    const silent = createServer((connection) => connections.push(connection));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const connection of connections) connection.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv('FABRIC_WIZARD_FABRIC_URL', `${scheme}://127.0.0.1:${port}/fabric.git`);
    wizard.perform('selectSource', 'v1.4.12');
    await vi.waitFor(() => expect(connections).toHaveLength(1), 10_000);
    expect(wizard.store.now().source.kind).toBe('loading');
    wizard.perform('cancelSource');
    await until(({ source }) => source.kind === 'none');
    expect(await readdir(dir)).toEqual([]);
  });

  it('reports why a clone failed', async () => {
    const { wizard, until } = await open();
    wizard.perform('selectSource', 'v1.3.0');
    expect((await until(selected)).source).toMatchObject({
      kind: 'failed',
      choice: 'v1.3.0',
      failure: { kind: 'source', problem: 'clone-failed' },
    });
  });

  it('fails if another fabric-wizard uses the folder', async () => {
    const { dir, wizard, until } = await open();
    await mkdir(join(dir, '.fabric-wizard'));
    const { openJournal } = await import('../../../src/pipeline/journal/journal.ts');
    const other = await openJournal(dir, { command: 'fabric-wizard up' });
    wizard.perform('selectSource', 'v1.3.0');
    expect((await until(selected)).source).toMatchObject({ kind: 'failed', failure: { kind: 'locked' } });
    await other.close();
  });
});
