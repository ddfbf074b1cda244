/** A user's chaincode on a network of the practice source: from the configuration and from a folder, to its removal. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { BROKEN_AT, type UserChaincode, userChaincode } from '../support/chaincode.ts';
import { containerNames, containersOf, imageNames } from '../support/engine.ts';
import { type EndedRun, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-chaincode';
/** The first one is not on the channel `audit`. */
const PEERS = ['peer0.acme.com', 'peer0.org2.example.com'] as const;
const ACCOUNTS = ['init', 'a', '100', 'b', '200'];
const ON = ['--channel', 'mychannel'];

let wizard: Wizard;
let basic: UserChaincode;
let first: EndedRun;
/** `fabric-wizard.yaml` without chaincodes. */
let choices: string;

async function configure(...chaincodes: readonly object[]): Promise<void> {
  await writeFile(join(wizard.dir, 'fabric-wizard.yaml'), choices + stringify({ chaincodes }));
}

const CONFIGURED = { name: 'accounts', path: './accounts', init: ACCOUNTS, channels: ['mychannel'] };

beforeAll(async () => {
  wizard = await wizardWith({
    ...{ project: PROJECT, 'port-base': 35050, source: 'sample', peers: 1 },
    organisations: [{ name: 'Acme', domain: 'acme.com', msp: 'AcmeCorp' }, 'Org2'],
    channels: ['mychannel', { name: 'audit', organisations: ['Org2'] }],
  });
  choices = await readFile(join(wizard.dir, 'fabric-wizard.yaml'), 'utf8');
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release');
  const write = (name: string) => userChaincode(join(wizard.dir, name), `example.org/${name}`, release.shim);
  basic = await write('basic');
  await write('accounts');
  await configure(CONFIGURED);
  first = (await wizard.events('up', '--yes')).wentWell();
});

afterAll(async () => {
  await wizard?.dispose();
});

interface State {
  readonly facts: { readonly deployed: { readonly accounts: { readonly containers: string } } };
}

/** What the peers answer. */
async function answers(...call: readonly string[]): Promise<string[]> {
  const ask = (peer: string) => wizard.ok('chaincode', 'query', ...call, '--peer', peer);
  return (await Promise.all(PEERS.map(ask))).map(({ stdout }) => stdout.trim());
}

async function expectAnswers(answer: string, ...call: readonly string[]): Promise<void> {
  await expect.poll(() => answers(...call), { timeout: 20_000 }).toEqual(PEERS.map(() => answer));
}

async function versionOf(name: string): Promise<string | undefined> {
  const { chaincodes } = (await wizard.json('chaincode', 'list')) as {
    chaincodes: { name: string; version: string }[];
  };
  return chaincodes.find((each) => each.name === name)?.version;
}

describe('a channel of one organisation', () => {
  it('is proved on its peers, and not known to the others', () => {
    const proof = first.one('smoke-result');
    expect(proof.peers.map(({ peer }) => peer)).toEqual(PEERS);
    expect(proof).toMatchObject({ ok: true, outside: [{ channel: 'audit', peers: [PEERS[0]] }] });
  });

  it('gets a chaincode while no peer of the others runs, and they are not asked for it', async () => {
    await wizard.ok('init', 'notes', '--source', 'sample');
    expect((await wizard.run('init', 'notes', '--source', 'sample')).exitCode).toBe(2);
    const deploy = ['chaincode', 'deploy', 'notes/chaincode', '--name', 'notes'];
    await wizard.ok('node', 'stop', PEERS[0]);
    const { exitCode, stderr } = await wizard.run(...deploy, '--channel', 'mychannel,audit', '--yes');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`The command needs ${PEERS[0]}`);
    const run = (await wizard.events(...deploy, '--channel', 'audit', '--yes')).wentWell();
    expect(run.one('chaincode-deployed').peers.map(({ peer }) => peer)).toEqual([PEERS[1]]);
    await wizard.ok('node', 'start', PEERS[0]);
    await wizard.ok('chaincode', 'invoke', 'notes', 'put', 'hello', 'world', '--channel', 'audit');
    const { stdout } = await wizard.ok('chaincode', 'query', 'notes', 'get', 'hello', '--channel', 'audit');
    expect(stdout.trim()).toBe('world');
  });
});

describe('in fabric-wizard.yaml', () => {
  it('is deployed by up, with the arguments of Init', async () => {
    const deployed = first.one('chaincode-deployed');
    expect(deployed).toMatchObject({ chaincode: 'accounts', channels: ['mychannel'], changed: true });
    expect(deployed.peers.map(({ peer }) => peer)).toEqual(PEERS);
    expect(await containerNames()).toEqual(
      expect.arrayContaining(deployed.peers.map(({ container }) => container)),
    );
    await expectAnswers('100', 'accounts', 'query', 'a');
  });

  it('stays as it is in a second deployment', async () => {
    expect(await wizard.json('chaincode', 'deploy')).toMatchObject({
      deployed: true,
      chaincodes: [{ name: 'accounts', install: [], define: [] }],
    });
  });

  it('is up to date in the plan of `up`, until its files change', async () => {
    const stage = async () => {
      const { stages } = (await wizard.json('up', '--dry-run')) as {
        stages: { id: string; action: string }[];
      };
      return stages.find(({ id }) => id === 'deploy')?.action;
    };
    expect(await stage()).toBe('cached');
    const file = join(wizard.dir, 'accounts', 'main.go');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}// One more line.\n`);
    expect(await stage()).toBe('run');
    await writeFile(file, text);
    expect(await stage()).toBe('cached');
  });

  it('is recorded by a deployment that asks all peers and has nothing to do', async () => {
    const path = join(wizard.dir, '.fabric-wizard/state.json');
    const before = await readFile(path, 'utf8');
    const { accounts } = (JSON.parse(before) as State).facts.deployed;
    // As if the containers of the peers were others, as after `down` and `up`.
    await writeFile(path, before.replace(accounts.containers, 'others'));
    await wizard.ok('chaincode', 'deploy', '--dry-run');
    expect((JSON.parse(await readFile(path, 'utf8')) as State).facts.deployed.accounts.containers).toBe(
      'others',
    );
    await wizard.ok('chaincode', 'deploy');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(before));
  });

  it('is refused with the place of what is wrong, and nothing is deployed', async () => {
    await configure({ ...CONFIGURED, name: 'no spaces', polcy: 'x' }, { name: 'other', path: './absent' });
    try {
      const { exitCode, stdout, stderr } = await wizard.run('chaincode', 'deploy', '--yes');
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/chaincodes\[0\]\.name.*no spaces/);
      expect(stderr).toMatch(/fabric-wizard\.yaml:\d+:\d+/);
      expect(stderr).toContain('did you mean policy?');
    } finally {
      await configure(CONFIGURED);
    }
    expect(await versionOf('accounts')).toMatch(/^1-/);
  });
});

describe('a folder', () => {
  it('is only planned with --dry-run', async () => {
    const plan = await wizard.json('chaincode', 'deploy', 'basic', ...ON, '--dry-run');
    expect(plan).toMatchObject({
      deployed: false,
      chaincodes: [{ name: 'basic', install: PEERS, define: [{ channel: 'mychannel', kind: 'first' }] }],
    });
    expect(await versionOf('basic')).toBeUndefined();
  });

  it('is deployed on every peer and called', async () => {
    const flags = [...ON, '--init', JSON.stringify(ACCOUNTS)];
    const run = (await wizard.events('chaincode', 'deploy', 'basic', ...flags, '--yes')).wentWell();
    expect(run.built).toEqual(['deploy']);
    // The flag is about the chaincode. The next `up` has the same network.
    expect(await wizard.json('config')).toMatchObject({ channel: { origin: 'default' } });
    await expectAnswers('one', 'basic', 'say');
    await wizard.ok('chaincode', 'invoke', 'basic', 'invoke', 'a', 'b', '10');
    await expectAnswers('90', 'basic', 'query', 'a');
  });

  it('is upgraded by its content, with its ledger', async () => {
    await basic.say('two');
    (
      await wizard.events('chaincode', 'deploy', 'basic', ...ON, '--init', '["init","c","1","d","1"]')
    ).wentWell();
    expect(await versionOf('basic')).toMatch(/^2-/);
    await expectAnswers('two', 'basic', 'say');
    await expectAnswers('90', 'basic', 'query', 'a');
  });

  it('stays as it was if it does not compile, with the position in its own file', async () => {
    await basic.breakIt();
    const run = await wizard.events(
      'chaincode',
      'deploy',
      'basic',
      ...ON,
      '--init',
      '["init","c","1","d","1"]',
    );
    expect(run.ended.exitCode).toBe(2);
    const [failed] = run.of('stage-failed');
    expect(JSON.stringify(failed?.described)).toContain(BROKEN_AT);
    expect(await versionOf('basic')).toMatch(/^2-/);
    await expectAnswers('two', 'basic', 'say');
  });

  it('leaves nothing of a version whose Init fails, and no files of a deployment in the CLI container', async () => {
    await basic.say('three');
    const run = await wizard.events('chaincode', 'deploy', 'basic', ...ON, '--init', '["init","no number"]');
    expect(run.ended.exitCode).toBe(1);
    expect(await versionOf('basic')).toMatch(/^2-/);
    const made = [...(await containerNames()), ...(await imageNames())];
    expect(made.filter((name) => name.startsWith(`${PROJECT}-`) && name.includes('-basic-3-'))).toEqual([]);
    const { stdout } = await wizard.ok('shell', 'cli', '--', 'ls', '/tmp');
    expect(stdout).not.toMatch(/basic|accounts|smoke/);
    await expectAnswers('two', 'basic', 'say');
  });

  it('is removed from the engine, and built again by the next call', async () => {
    const ours = async () =>
      (await containerNames()).filter((name) => name.startsWith(`${PROJECT}-`) && name.includes('-basic-2-'));
    const before = await ours();
    expect(before).toHaveLength(PEERS.length);
    const removed = (await wizard.json('chaincode', 'remove', 'basic', '--yes')) as { items: string[] };
    expect(removed.items).toEqual(expect.arrayContaining(before));
    expect(await ours()).toEqual([]);
    await expectAnswers('two', 'basic', 'say');
  });

  it('that does not exist is refused, with what can be deployed', async () => {
    const { exitCode, stderr } = await wizard.run('chaincode', 'deploy', 'acounts');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('fabric-wizard chaincode deploy accounts');
  });
});

describe('a member that is added to the network', () => {
  const NEW = 'peer1.org2.example.com';
  const GATEWAY = `${PROJECT}-gateway`;

  /** What must stay: certificates with their sums, and the containers of nodes with their ids. */
  async function state() {
    const network = join(wizard.dir, '.fabric-wizard', 'network');
    const sums = await readFile(join(network, 'crypto-config.sha256'), 'utf8');
    const all = await containersOf(PROJECT);
    return { sums: sums.trimEnd().split('\n'), nodes: all.filter(([name]) => name !== GATEWAY) };
  }

  it('is a peer with the ledger and the chaincodes, and the other nodes stay', async () => {
    const before = await state();
    // The files of `basic` do not compile any more: its package comes from a peer that has it.
    const run = (await wizard.events('add', 'peer', 'org2', '--yes')).wentWell();
    expect(run.built).toEqual(expect.arrayContaining(['crypto', 'start', 'join', 'smoke', 'packages']));
    expect(run.one('smoke-result').peers.map(({ peer }) => peer)).toEqual([...PEERS, NEW]);
    expect(run.of('chaincode-deployed').map(({ chaincode }) => chaincode)).toEqual(
      expect.arrayContaining(['accounts', 'basic']),
    );
    const { stdout } = await wizard.ok('chaincode', 'query', 'basic', 'query', 'a', '--peer', NEW);
    expect(stdout.trim()).toBe('90');
    const after = await state();
    expect(after.sums).toEqual(expect.arrayContaining(before.sums));
    expect(after.nodes).toEqual(expect.arrayContaining(before.nodes));
    expect(after.nodes).toHaveLength(before.nodes.length + 1);
  });

  it('is a channel that all peers join', async () => {
    const run = (await wizard.events('add', 'channel', 'orders', '--yes')).wentWell();
    expect(run.one('smoke-result')).toMatchObject({ ok: true, channel: 'mychannel,audit,orders' });
  });

  it('stays in the next up', async () => {
    const { stages } = (await wizard.json('up', '--dry-run')) as { stages: { id: string; action: string }[] };
    const action = (id: string) => stages.find((stage) => stage.id === id)?.action;
    expect(['crypto', 'artifacts', 'compose', 'start', 'join'].map(action)).toEqual(
      Array.from({ length: 5 }, () => 'cached'),
    );
  });
});
