/** The desk behind the screens that ask, on real folders and with no engine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { QuestionDesk } from '../../../src/commands/question-desk.ts';
import type { Terminal } from '../../../src/commands/terminal.ts';
import type { PortsState, WizardState } from '../../../src/screens/wizard/wizard-state.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

interface Opened {
  readonly dir: string;
  readonly desk: QuestionDesk;
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
  const desk = new QuestionDesk({ terminal, flags });
  onTestFinished(() => desk.close());
  const until: Opened['until'] = (so) =>
    new Promise((resolve) => {
      const look = () => {
        const state = desk.store.now();
        if (!so(state)) return;
        stop();
        resolve(state);
      };
      const stop = desk.store.subscribe(look);
      look();
    });
  return { dir, desk, until };
}

const taken = ({ source }: WizardState) => source.is === 'here' || source.is === 'failed';

describe('the answers', () => {
  it('become choices, a file and a command', async () => {
    const { dir, desk, until } = await open(
      { orgs: '3' },
      { 'fabric-wizard.yaml': '# ours\npeers: 1 # one\n' },
    );
    desk.look();
    await until(({ opened }) => opened);
    desk.answer('channel', 'trade');
    desk.answer('peers', '2');
    expect(desk.store.now().issues).toEqual({});
    expect((await desk.choices()).values).toMatchObject({ orgs: 3, peers: 2, channel: 'trade' });
    await mkdir(join(dir, 'cc'));
    desk.answer('chaincode', 'cc');
    desk.compare();
    const { equivalent } = await until((state) => state.equivalent !== undefined);
    expect(equivalent?.command).toBe(
      `fabric-wizard up --yes --dir ${dir} --orgs 3 --channel trade --chaincode ${join(dir, 'cc')}`,
    );
    expect(equivalent?.file).toContain('\nchaincode: cc\n');
    desk.answer('channel', 'steel');
    // What somebody saw is told again when the screens are gone, as it is then.
    expect((await desk.equivalent())?.command).toContain('--channel steel');
    desk.answer('channel', 'trade');
    await desk.keep();
    const text = await readFile(join(dir, 'fabric-wizard.yaml'), 'utf8');
    expect(text).toContain('# ours\n# peers: 1 # one\n');
    expect(text).toContain('\nchannel: trade\n');
    // A flag is no answer.
    expect(text).not.toContain('orgs');
  });

  it('are no command that nobody wanted to see', async () => {
    const { desk, until } = await open();
    desk.look();
    await until(({ opened }) => opened);
    expect(await desk.equivalent()).toBeUndefined();
  });

  it('are checked while they are typed', async () => {
    const { desk, until } = await open();
    desk.look();
    await until(({ opened }) => opened);
    desk.answer('orgs', '12');
    expect(desk.store.now().issues.orgs).toMatchObject({ cause: 'value' });
    await expect(desk.choices()).rejects.toMatchObject({ failure: { kind: 'config' } });
    desk.forget();
    expect(desk.store.now().issues).toEqual({});
  });

  it('are read again once a broken file was mended', async () => {
    const { dir, desk, until } = await open({}, { 'fabric-wizard.yaml': 'orgs: many\n' });
    desk.look();
    const { refused } = await until((state) => state.refused !== undefined);
    expect(refused?.kind).toBe('config');
    await writeFile(join(dir, 'fabric-wizard.yaml'), 'orgs: 3\n');
    desk.look();
    const { returning, refused: still } = await until(({ opened }) => opened);
    expect([returning, still]).toEqual([true, undefined]);
    expect((await desk.choices()).values.orgs).toBe(3);
  });
});

describe('looking', () => {
  it("ends where no engine answers, with doctor's word for it", async () => {
    const { desk, until } = await open();
    desk.look();
    const { doctor, candidates, standing, prospect } = await until(
      (state) => state.candidates !== undefined && state.doctor.all > 0 && !state.doctor.asking,
    );
    expect(doctor.rows.find(({ id }) => id === 'engine')?.status).toBe('fail');
    expect(candidates?.map(({ choice }) => choice)).toEqual(['auto', 'sample']);
    expect([standing, prospect.build]).toEqual([undefined, undefined]);
  });

  it('looks at a path while it is typed', async () => {
    const { dir, desk, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    for (const choice of ['f', 'fa', 'fab']) desk.consider(choice);
    const { typed } = await until((state) => state.typed.finding !== undefined);
    expect(typed).toMatchObject({ choice: 'fab', finding: { is: 'here', source: { version: '1.4.12' } } });
  });
});

describe('ports', () => {
  it('are asked about when typing has ended, and only then', async () => {
    const { dir, desk, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    desk.take('fab');
    await until(({ ports }) => ports.is === 'known');
    const told: PortsState[] = [];
    for (const text of [String(port - 1), String(port + 1), String(port)]) desk.answer('portBase', text);
    desk.store.subscribe(() => told.push(desk.store.now().ports));
    const { ports } = await until((state) => state.ports.is === 'known');
    expect(ports).toMatchObject({
      taken: [
        {
          port,
          wantedBy: 'orderer.example.com',
          owner: { say: 'owner.process', pid: String(process.pid), name: 'node' },
        },
      ],
    });
    // Of the ports on the way there nobody was asked.
    expect(told.filter(({ is }) => is === 'known')).toEqual([ports]);
    server.close();
    desk.askPorts();
    await until((state) => state.ports.is === 'known' && state.ports.taken.length === 0);
  });
});

describe('taking a source', () => {
  it('shows what will be compiled in as soon as it is there', async () => {
    const { dir, desk, until } = await open();
    await writeFiles(join(dir, 'fab'), fabricShape(MAKEFILE_1_4));
    desk.take('fab');
    const { prospect, answers } = await until(taken);
    expect(prospect.build?.assignments.some((flag) => flag.endsWith('.Version=1.4.12'))).toBe(true);
    expect(prospect.defaults).toMatchObject({ fabricVersion: '1.4.12', dockerNs: 'hyperledger' });
    expect(answers.typed.source).toBe('fab');
    expect((await desk.choices()).values.source).toBe(join(dir, 'fab'));
  });

  it('clones a tag of the folder itself, without a network, and leaves the folder free', async () => {
    const { dir, desk, until } = await open();
    await fabricRepository(dir);
    desk.take('v1.4.12');
    const { source } = await until(taken);
    expect(source).toMatchObject({ is: 'here', choice: 'v1.4.12', source: { version: '1.4.12' } });
    expect(await readdir(join(dir, '.fabric-wizard/source'))).toEqual(['v1.4.12']);
    expect(await readdir(join(dir, '.fabric-wizard'))).not.toContain('lock');
  });

  it('says where the practice source stands in, answers with it, and leaves nothing behind', async () => {
    const { dir, desk, until } = await open();
    desk.take('auto');
    const { source, answers } = await until(taken);
    expect(source).toMatchObject({ is: 'here', choice: 'sample', source: { practice: true } });
    expect(source.is === 'here' && source.source.fallback).toContain('nowhere');
    expect(answers.typed.source).toBe('sample');
    await vi.waitFor(async () => expect(await readdir(dir)).toEqual([]));
  });

  it.each(['git', 'http'])('is given up at once where a %s remote never answers', async (scheme) => {
    const { dir, desk, until } = await open();
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
    desk.take('v1.4.12');
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(desk.store.now().source.is).toBe('getting');
    expect(desk.stop()).toBe(true);
    await until(({ source }) => source.is === 'none');
    expect(await readdir(dir)).toEqual([]);
  });

  it('says why it could not be had', async () => {
    const { desk, until } = await open();
    desk.take('v1.3.0');
    expect((await until(taken)).source).toMatchObject({
      is: 'failed',
      choice: 'v1.3.0',
      failure: { kind: 'source', problem: 'clone-failed' },
    });
  });

  it('is told of another fabric-wizard in the folder', async () => {
    const { dir, desk, until } = await open();
    await mkdir(join(dir, '.fabric-wizard'));
    const { openJournal } = await import('../../../src/pipeline/journal/journal.ts');
    const other = await openJournal(dir, { command: 'fabric-wizard up' });
    desk.take('v1.3.0');
    expect((await until(taken)).source).toMatchObject({ is: 'failed', failure: { kind: 'locked' } });
    await other.close();
  });
});
