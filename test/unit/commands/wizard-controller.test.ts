/** The app behind the screens that ask, on real folders and with no engine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Terminal } from '../../../src/commands/terminal.ts';
import { WizardController } from '../../../src/commands/wizard-controller.ts';
import type { PortsState, WizardState } from '../../../src/screens/wizard/wizard-state.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

interface Opened {
  readonly dir: string;
  readonly app: WizardController;
  /** Resolves with the first state, from now on, that is so. */
  readonly until: (so: (state: WizardState) => boolean) => Promise<WizardState>;
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
  const terminal: Terminal = {
    json: false,
    plain: false,
    yes: false,
    dryRun: false,
    verbose: false,
    colour: false,
    language: 'en',
    dir,
    packageDir,
  };
  const app = new WizardController({ terminal, flags });
  onTestFinished(() => app.close());
  const until: Opened['until'] = (so) =>
    new Promise((resolve) => {
      const look = () => {
        const state = app.store.now();
        if (!so(state)) return;
        stop();
        resolve(state);
      };
      const stop = app.store.subscribe(look);
      look();
    });
  return { dir, app, until };
}

const taken = ({ source }: WizardState) => source.kind === 'here' || source.kind === 'failed';

describe('the answers', () => {
  it('become choices, a file and a command', async () => {
    const { dir, app, until } = await open(
      { orgs: '3' },
      { 'fabric-wizard.yaml': '# ours\npeers: 1 # one\n' },
    );
    app.look();
    await until(({ opened }) => opened);
    app.answer('channel', 'trade');
    app.answer('peers', '2');
    expect(app.store.now().issues).toEqual({});
    expect((await app.choices()).values).toMatchObject({ orgs: 3, peers: 2, channel: 'trade' });
    await mkdir(join(dir, 'cc'));
    app.answer('chaincode', 'cc');
    app.compare();
    const { equivalent } = await until((state) => state.equivalent !== undefined);
    expect(equivalent?.command).toBe(
      `fabric-wizard up --yes --dir ${dir} --orgs 3 --channel trade --chaincode ${join(dir, 'cc')}`,
    );
    expect(equivalent?.file).toContain('\nchaincode: cc\n');
    app.answer('channel', 'steel');
    // What somebody saw is told again when the screens are gone, as it is then.
    expect((await app.equivalent())?.command).toContain('--channel steel');
    app.answer('channel', 'trade');
    await app.keep();
    const text = await readFile(join(dir, 'fabric-wizard.yaml'), 'utf8');
    expect(text).toContain('# ours\n# peers: 1 # one\n');
    expect(text).toContain('\nchannel: trade\n');
    // A flag is no answer.
    expect(text).not.toContain('orgs');
  });

  it('are no command that nobody wanted to see', async () => {
    const { app, until } = await open();
    app.look();
    await until(({ opened }) => opened);
    expect(await app.equivalent()).toBeUndefined();
  });

  it('are checked while they are typed', async () => {
    const { app, until } = await open();
    app.look();
    await until(({ opened }) => opened);
    app.answer('orgs', '12');
    expect(app.store.now().issues.orgs).toMatchObject({ cause: 'value' });
    await expect(app.choices()).rejects.toMatchObject({ failure: { kind: 'config' } });
    app.forget();
    expect(app.store.now().issues).toEqual({});
  });

  it('are read again once a broken file was mended', async () => {
    const { dir, app, until } = await open({}, { 'fabric-wizard.yaml': 'orgs: many\n' });
    app.look();
    const { refused } = await until((state) => state.refused !== undefined);
    expect(refused?.kind).toBe('config');
    await writeFile(join(dir, 'fabric-wizard.yaml'), 'orgs: 3\n');
    app.look();
    const { returning, refused: still } = await until(({ opened }) => opened);
    expect([returning, still]).toEqual([true, undefined]);
    expect((await app.choices()).values.orgs).toBe(3);
  });
});

describe('looking', () => {
  it("ends where no engine answers, with doctor's word for it", async () => {
    const { app, until } = await open();
    app.look();
    const { doctor, candidates, status, preview } = await until(
      (state) => state.candidates !== undefined && state.doctor.all > 0 && !state.doctor.asking,
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

  it('looks at a path while it is typed', async () => {
    const { dir, app, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    for (const choice of ['f', 'fa', 'fab']) app.consider(choice);
    const { typed } = await until((state) => state.typed.finding !== undefined);
    expect(typed).toMatchObject({ choice: 'fab', finding: { kind: 'here', source: { version: '1.4.12' } } });
  });
});

describe('ports', () => {
  it('are asked about when typing has ended, and only then', async () => {
    const { dir, app, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    app.take('fab');
    await until(({ ports }) => ports.kind === 'known');
    const told: PortsState[] = [];
    for (const text of [String(port - 1), String(port + 1), String(port)]) app.answer('portBase', text);
    app.store.subscribe(() => told.push(app.store.now().ports));
    const { ports } = await until((state) => state.ports.kind === 'known');
    expect(ports).toMatchObject({
      taken: [
        {
          port,
          wantedBy: 'orderer.example.com',
          owner: { key: 'owner.process', pid: String(process.pid), name: 'node' },
        },
      ],
    });
    // Of the ports on the way there nobody was asked.
    expect(told.filter(({ kind }) => kind === 'known')).toEqual([ports]);
    server.close();
    app.askPorts();
    await until((state) => state.ports.kind === 'known' && state.ports.taken.length === 0);
  });
});

describe('taking a source', () => {
  it('shows what will be compiled in as soon as it is there', async () => {
    const { dir, app, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    app.take('fab');
    const { preview, answers } = await until(taken);
    expect(preview.build?.assignments.some((flag) => flag.endsWith('.Version=1.4.12'))).toBe(true);
    expect(preview.defaults).toMatchObject({ fabricVersion: '1.4.12', dockerNs: 'hyperledger' });
    expect(answers.typed.source).toBe('fab');
    expect((await app.choices()).values.source).toBe(join(dir, 'fab'));
  });

  it('clones a tag of the folder itself, without a network, and leaves the folder free', async () => {
    const { dir, app, until } = await open();
    await fabricRepository(dir);
    app.take('v1.4.12');
    const { source } = await until(taken);
    expect(source).toMatchObject({ kind: 'here', choice: 'v1.4.12', source: { version: '1.4.12' } });
    expect(await readdir(join(dir, '.fabric-wizard/source'))).toEqual(['v1.4.12']);
    expect(await readdir(join(dir, '.fabric-wizard'))).not.toContain('lock');
  });

  it('says where the practice source stands in, answers with it, and leaves nothing behind', async () => {
    const { dir, app, until } = await open();
    app.take('auto');
    const { source, answers } = await until(taken);
    expect(source).toMatchObject({ kind: 'here', choice: 'sample', source: { practice: true } });
    expect(source.kind === 'here' && source.source.fallback).toContain('nowhere');
    expect(answers.typed.source).toBe('sample');
    await vi.waitFor(async () => expect(await readdir(dir)).toEqual([]));
  });

  it.each(['git', 'http'])('is given up at once where a %s remote never answers', async (scheme) => {
    const { dir, app, until } = await open();
    // Takes every call and says nothing.
    const calls: Socket[] = [];
    const silent = createServer((call) => calls.push(call));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const call of calls) call.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv('FABRIC_WIZARD_FABRIC_URL', `${scheme}://127.0.0.1:${port}/fabric.git`);
    app.take('v1.4.12');
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(app.store.now().source.kind).toBe('getting');
    expect(app.stop()).toBe(true);
    await until(({ source }) => source.kind === 'none');
    expect(await readdir(dir)).toEqual([]);
  });

  it('says why it could not be had', async () => {
    const { app, until } = await open();
    app.take('v1.3.0');
    expect((await until(taken)).source).toMatchObject({
      kind: 'failed',
      choice: 'v1.3.0',
      failure: { kind: 'source', problem: 'clone-failed' },
    });
  });

  it('is told of another fabric-wizard in the folder', async () => {
    const { dir, app, until } = await open();
    await mkdir(join(dir, '.fabric-wizard'));
    const { openJournal } = await import('../../../src/pipeline/journal/journal.ts');
    const other = await openJournal(dir, { command: 'fabric-wizard up' });
    app.take('v1.3.0');
    expect((await until(taken)).source).toMatchObject({ kind: 'failed', failure: { kind: 'locked' } });
    await other.close();
  });
});
