/** One network of 2 organisations x 2 peers on a real engine, from nothing through a day of use. */
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Plan } from '../../src/pipeline/core/plan.ts';
import { STAGES } from '../../src/pipeline/stages/stage-list.ts';
import { TOPIC_IDS } from '../../src/report/explain/topics.ts';
import {
  containerNames,
  engine,
  goArch,
  imageId,
  imageNames,
  layersOf,
  logOf,
  networkNames,
} from '../support/engine.ts';
import { commandsOf, forAll, linesOf, reportedBy, typed } from '../support/explained.ts';
import { type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-up';
const PORT = 11050;
const PEERS = ['org1', 'org2'].flatMap((org) => [`peer0.${org}.example.com`, `peer1.${org}.example.com`]);
const NODES = ['orderer.example.com', ...PEERS, 'gateway', 'cli'];
/** Nodes without a port on the host. */
const UNPUBLISHED = new Set(['gateway', 'cli']);
const IMAGES = ['ccenv', 'peer', 'orderer', 'tools'];

let wizard: Wizard;
let folder: string;
/** A copy of the practice source that tests may edit. */
let source: string;
/** Host binaries. */
let binaries: string;
let first: EndedRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  binaries = join(folder, 'bin');
  await cp(SAMPLE, source, { recursive: true });
  wizard = await wizardWith({ project: PROJECT, 'port-base': PORT });
  first = (await wizard.events('up', '--yes', '--source', 'sample')).wentWell();
});

afterAll(async () => {
  await wizard?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** The peers that compiled the chaincode themselves. */
function buildersOf(run: EndedRun): string[] {
  return run
    .one('smoke-result')
    .peers.filter(({ built }) => built)
    .map(({ peer }) => peer);
}

/** Names of this network's chaincode images. */
async function chaincodeImages(): Promise<string[]> {
  return (await imageNames()).filter((name) => name.startsWith(`${PROJECT}-peer`));
}

function chaincodeOf(run: EndedRun): string {
  return run.one('smoke-result').chaincode;
}

/** Names of chaincode containers of this network. */
async function chaincodeContainers(): Promise<string[]> {
  const prefixes = PEERS.map((peer) => `${PROJECT}-${peer}-`);
  return (await containerNames()).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

/** The engine's own account of who runs where, by node. */
async function containerIds(): Promise<Record<string, string>> {
  const ids = await Promise.all(
    NODES.map(async (node) => [node, (await engine.getContainer(`${PROJECT}-${node}`).inspect()).Id]),
  );
  return Object.fromEntries(ids) as Record<string, string>;
}

/** Names and ids of the nodes and of their chaincode. */
async function everyContainer(): Promise<string[]> {
  const names = (await containerNames()).filter((name) => name.startsWith(`${PROJECT}-`));
  const ids = names.map(async (name) => `${name} ${(await engine.getContainer(name).inspect()).Id}`);
  return (await Promise.all(ids)).sort();
}

/** Runs a line of shell as a person would on this host, with the organisation's variables. */
async function onHost(org: string, line: string): Promise<string> {
  const { stdout: exports } = await wizard.run('env', org);
  const { stdout } = await execa('bash', ['-c', `eval "$EXPORTS"; ${line}`], { env: { EXPORTS: exports } });
  return stdout;
}

async function heightOf(peer: string): Promise<number> {
  const org = peer.split('.')[1] ?? '';
  const port = PORT + 1 + 1000 * PEERS.indexOf(peer);
  const said = await onHost(
    org,
    `CORE_PEER_ADDRESS=localhost:${port} ${join(binaries, 'peer')} channel getinfo -c mychannel`,
  );
  return Number(/"height":\s*(\d+)/.exec(said)?.[1]);
}

describe('the first run', () => {
  it('reports its plan first, each stage with its cause, and its result last', () => {
    expect(first.events[0]).toMatchObject({
      type: 'run-started',
      command: 'up',
      project: PROJECT,
      practice: true,
    });
    expect(first.plan).toHaveLength(21);
    expect(first.plan.filter(({ cause }) => !cause)).toEqual([]);
    expect(first.causeOf('image.ccenv')).toBe('ccenv image is missing');
    expect(first.events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'done', exitCode: 0 });
    expect(first.of('run-finished')).toHaveLength(1);
    const finished = first.of('stage-finished').map(({ stage }) => stage);
    expect(finished.sort()).toEqual(first.plan.map(({ id }) => id).sort());
  });

  it('reports its progress', () => {
    const last = (stage: string) =>
      first
        .of('stage-progress')
        .filter((event) => event.stage === stage)
        .at(-1);
    for (const stage of ['compile', 'image.peer', 'join', 'smoke']) {
      expect(last(stage), stage).toMatchObject({ total: expect.toSatisfy((total: number) => total > 0) });
    }
    expect(last('join')).toMatchObject({ done: 4, total: 4, unit: 'nodes' });
  });

  it('proves builder and runtime of every peer, as the engine sees them', async () => {
    const proof = first.one('smoke-result');
    expect(proof).toMatchObject({ ok: true, channel: 'mychannel' });
    expect(proof.peers.map(({ peer }) => peer).sort()).toEqual([...PEERS].sort());
    const builderRef = `${wizard.dockerNs}/fabric-ccenv:1.4`;
    const runtimeRef = `hyperledger/fabric-baseos:${await goArch()}-0.4.22`;
    for (const peer of proof.peers) {
      expect(peer).toMatchObject({
        before: '100',
        after: '90',
        ok: true,
        builder: { ref: builderRef, id: await imageId(builderRef) },
        runtime: { ref: runtimeRef, id: await imageId(runtimeRef) },
      });
      const container = await engine.getContainer(peer.container).inspect();
      expect(container.State.Running, peer.container).toBe(true);
      expect(container.Image).toBe(await imageId(peer.image));
      expect(Object.keys(container.NetworkSettings.Networks)).toEqual([PROJECT]);
      const runtime = await layersOf(runtimeRef);
      expect((await layersOf(peer.image)).slice(0, runtime.length)).toEqual(runtime);
    }
  });

  it('lets one peer compile the chaincode for all, and each peer has an image of its own name', async () => {
    const [compiler, ...others] = PEERS;
    expect(buildersOf(first)).toEqual([compiler]);
    const { peers } = first.one('smoke-result');
    expect(peers.flatMap(({ from }) => from ?? [])).toEqual(others.map(() => compiler));
    expect(new Set(peers.map(({ image }) => image)).size).toBe(PEERS.length);
    for (const { container, image } of peers) {
      const { Config } = await engine.getContainer(container).inspect();
      expect(Config.Image).toBe(image);
    }
  });

  it('gives the images every tag that peers and users expect', async () => {
    const arch = await goArch();
    for (const image of IMAGES) {
      const ids = await Promise.all(
        [`${arch}-1.4.12`, '1.4.12', '1.4', 'latest', `${arch}-latest`].map((tag) =>
          imageId(`${wizard.dockerNs}/fabric-${image}:${tag}`),
        ),
      );
      expect(ids[0], image).toBeDefined();
      expect(new Set(ids).size, image).toBe(1);
    }
  });

  it('leaves only nodes and chaincode', async () => {
    const ours = (await containerNames()).filter((name) => name.startsWith(PROJECT));
    const chaincode = PEERS.map((peer) => `${PROJECT}-${peer}-${chaincodeOf(first)}-1.0`);
    expect(ours.sort()).toEqual([...NODES.map((node) => `${PROJECT}-${node}`), ...chaincode].sort());
    const work = await engine.listContainers({
      all: true,
      filters: { label: ['io.fabric-wizard.role=work', `io.fabric-wizard.project=${PROJECT}`] },
    });
    expect(work).toEqual([]);
  });

  it('has no node that warns about its logging variable', async () => {
    for (const node of NODES) {
      expect(await logOf(`${PROJECT}-${node}`), node).not.toContain(
        'CORE_LOGGING_LEVEL is no longer supported',
      );
    }
    expect(await logOf(`${PROJECT}-${PEERS[0]}`)).not.toBe('');
  });
});

describe('the compose file', () => {
  interface Service {
    readonly image: string;
    readonly environment: Record<string, string>;
    readonly networks: string[];
    readonly ports?: string[];
  }
  interface ComposeFile {
    readonly services: Record<string, Service>;
    readonly networks: Record<string, { name: string }>;
  }
  let network: string;
  let compose: ComposeFile;

  beforeAll(async () => {
    network = join(wizard.dir, '.fabric-wizard', 'network');
    compose = parse(await readFile(join(network, 'docker-compose.yaml'), 'utf8')) as ComposeFile;
  });

  it('is valid for the compose program of this host', async () => {
    const plugin = await execa('docker', ['compose', 'version'], { reject: false });
    const [program, ...args] = plugin.exitCode === 0 ? ['docker', 'compose'] : ['docker-compose'];
    const { stdout } = await execa(program ?? '', [...args, 'config', '--services'], { cwd: network });
    expect(stdout.split('\n').sort()).toEqual([...NODES].sort());
  });

  it('names its network, and chaincode joins the same network', () => {
    expect(Object.values(compose.networks).map(({ name }) => name)).toEqual([PROJECT]);
    for (const peer of PEERS) {
      expect(compose.services[peer]?.environment.CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE).toBe(PROJECT);
      expect(compose.services[peer]?.environment.CORE_PEER_NETWORKID).toBe(PROJECT);
    }
  });

  it('publishes ports on 127.0.0.1 only', async () => {
    for (const node of NODES) {
      const { NetworkSettings } = await engine.getContainer(`${PROJECT}-${node}`).inspect();
      const addresses = Object.values(NetworkSettings.Ports)
        .flatMap((bindings) => (bindings as { HostIp: string }[] | null) ?? [])
        .map(({ HostIp }) => HostIp);
      expect(new Set(addresses), node).toEqual(new Set(UNPUBLISHED.has(node) ? [] : ['127.0.0.1']));
    }
  });

  it('gives the CLI everything that a client needs', async () => {
    const cli = compose.services.cli?.environment ?? {};
    expect(cli).toMatchObject({
      CORE_PEER_ADDRESS: `peer0.org1.example.com:${PORT + 1}`,
      CORE_PEER_LOCALMSPID: 'Org1MSP',
      CORE_PEER_TLS_ENABLED: 'true',
    });
    expect(JSON.stringify(compose.services.cli)).not.toContain('docker.sock');
    const files = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_ROOTCERT_FILE', 'MSPCONFIGPATH'].map(
      (name) => cli[`CORE_PEER_${name}`] ?? 'unset',
    );
    await execa('docker', ['exec', `${PROJECT}-cli`, 'ls', ...files]);
  });

  it('sets the logging variable of this release and not the older one', () => {
    for (const [name, { environment }] of Object.entries(compose.services)) {
      if (name === 'gateway') continue;
      expect(environment, name).toHaveProperty('FABRIC_LOGGING_SPEC');
      expect(environment, name).not.toHaveProperty('CORE_LOGGING_LEVEL');
    }
  });
});

describe('explain', () => {
  it('contains the names of the run', async () => {
    const { stdout } = await wizard.ok('explain', 'compile', '--lang', 'en');
    expect(stdout.trimEnd()).toBe((await linesOf(wizard, 'compile')).join('\n').trimEnd());
    expect(stdout).toMatch(/\.fabric-wizard\/build\/[0-9a-f]{16}\//);
    expect(stdout).toContain('Values of the run in this folder: the practice source, not Fabric.');
    expect(await wizard.json('explain', 'join')).toMatchObject({ example: false });
  });

  it('shows for each stage the commands that the run reported', async () => {
    const reported = reportedBy(first);
    const working = [
      'compile',
      'image.peer',
      'verify',
      'crypto',
      'artifacts',
      'start',
      'channel',
      'join',
      'smoke',
    ];
    expect(working.filter((stage) => reported[stage] === undefined)).toEqual([]);
    expect(reported.compile?.join()).toContain(`DockerNamespace=${PROJECT}-test`);
    const stages = STAGES.map(({ id }) => id);
    const shownBy = await forAll(stages, (stage) => commandsOf(wizard, stage));
    expect(Object.fromEntries(stages.map((stage, index) => [stage, shownBy[index]]))).toEqual(
      Object.fromEntries(stages.map((stage) => [stage, reported[stage] ?? []])),
    );
  });

  it('shows commands of stages that work when they are typed again', async () => {
    expect(await typed(wizard, 'verify')).toContain('Version:');
    expect(await typed(wizard, 'ready')).not.toBe('');
  });

  it('shows commands that inspect the build and the network and that work when they are typed', async () => {
    const calls: readonly string[] = ['install', 'instantiate', 'invoke', 'lifecycle', 'endorsement'];
    const stages: readonly string[] = STAGES.map(({ id }) => id);
    const topics = TOPIC_IDS.filter((topic) => !stages.includes(topic) && !calls.includes(topic));
    const before = await everyContainer();
    await forAll(topics, (topic) => typed(wizard, topic));
    expect(await everyContainer()).toEqual(before);
  });

  it('shows the calls of the smoke test that install, instantiate and invoke', async () => {
    const smoke = reportedBy(first).smoke ?? [];
    for (const [topic, word] of [
      ['install', 'install'],
      ['instantiate', 'instantiate'],
      ['invoke', 'invoke'],
    ] as const) {
      const commands = await commandsOf(wizard, topic);
      expect(commands.join('\n')).toContain(`chaincode ${word}`);
      expect(commands.filter((command) => !smoke.includes(command))).toEqual([]);
    }
  });

  it('shows them in a dry run too, of the stages that it would run', async () => {
    const { commands } = (await wizard.json(
      'build',
      'peer',
      '--force',
      '--dry-run',
      '--source',
      'sample',
    )) as {
      readonly commands: Readonly<Record<string, readonly string[]>>;
    };
    expect(commands.compile).toEqual(reportedBy(first).compile);
    expect(commands).not.toHaveProperty('smoke');
    expect(commands).not.toHaveProperty(['image.orderer']);
  });
});

describe('a second run', () => {
  let second: EndedRun;

  beforeAll(async () => {
    second = (await wizard.events('up', '--yes', '--source', 'sample')).wentWell();
  });

  it('only reads the source and proves the chaincode', () => {
    expect(second.built).toEqual(['smoke']);
    expect(second.plan.filter(({ action }) => action === 'run').map(({ id }) => id)).toEqual([
      'source',
      'smoke',
    ]);
    expect(second.causeOf('start')).toBe('all nodes run their current image');
    expect(second.one('smoke-result').ok).toBe(true);
    expect(chaincodeOf(second)).not.toBe(chaincodeOf(first));
  });

  it('is quick', () => {
    const { seconds: proof = 0 } = second.of('stage-finished').find(({ stage }) => stage === 'smoke') ?? {};
    expect(second.ended.seconds - proof).toBeLessThan(8);
    expect(second.ended.seconds).toBeLessThan(first.ended.seconds);
  });

  it('replaces the chaincode of the previous run', async () => {
    expect(await chaincodeContainers()).toHaveLength(PEERS.length);
    expect((await imageNames()).filter((name) => name.includes(chaincodeOf(first)))).toEqual([]);
  });

  it('is what explain shows of the stages that it executed', async () => {
    const again = reportedBy(second);
    expect(again.smoke?.join()).not.toBe(reportedBy(first).smoke?.join());
    expect(await commandsOf(wizard, 'smoke')).toEqual(again.smoke);
    expect(await commandsOf(wizard, 'compile')).toEqual(reportedBy(first).compile);
  });
});

describe('looking', () => {
  it('shows the running nodes', async () => {
    const status = (await wizard.json('status')) as {
      ok: boolean;
      nodes: { node: string; ports: string[] }[];
    };
    expect(status.ok).toBe(true);
    expect(status.nodes.map(({ node }) => node).sort()).toEqual([...NODES].sort());
    const orderer = status.nodes.find(({ node }) => node === 'orderer.example.com');
    expect(orderer?.ports).toContain(`127.0.0.1:${PORT}`);
    expect((await wizard.run('status')).stdout).toContain('peer1.org2.example.com');
  });

  it('shows the log of a node', async () => {
    const { exitCode, stdout } = await wizard.run('logs', 'orderer', '--tail', '5');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter(Boolean).length).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/^orderer\.example\.com +\| /);
    expect((await wizard.run('logs', 'nobody')).exitCode).toBe(2);
  });

  it('shows the lines of all nodes that match, in order of time, and writes them to a file', async () => {
    const lines = async (...flags: readonly string[]) => {
      const { stdout } = await wizard.ok('logs', '--json', ...flags);
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { node: string; time: string; level: string; line: string });
    };
    const blocks = await lines('--grep', 'committed block \\[\\d', '--tail', 'all');
    expect(new Set(blocks.map(({ node }) => node)).size).toBe(4);
    for (const { line } of blocks) expect(line).toMatch(/Committed block \[\d/);
    expect(blocks.map(({ time }) => time)).toEqual(blocks.map(({ time }) => time).sort());
    expect(await lines('--grep', 'committed block', '--tail', '1')).toHaveLength(4);
    expect(await lines('--grep', 'committed block', '--exclude', 'block')).toEqual([]);
    expect(await lines('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([]);
    for (const { level } of await lines('--level', 'warn')) expect(level).toMatch(/^(warning|error)$/);
    const file = join(wizard.dir, 'blocks.log');
    await wizard.ok('logs', '--grep', 'committed block', '--output', file);
    const saved = await readFile(file, 'utf8');
    expect(saved.match(/ \| .*Committed block/g)).toHaveLength(blocks.length);
    expect((await wizard.run('logs', '--output', file)).exitCode).toBe(2);
    expect(await readFile(file, 'utf8')).toBe(saved);
  });

  it('has written the files for programs, and connect names them', async () => {
    const profile = join(wizard.dir, '.fabric-wizard/network/clients/org2/connection-org2.json');
    const written = JSON.parse(await readFile(profile, 'utf8'));
    const url = `grpcs://localhost:${PORT + 2001}`;
    expect(written.peers['peer0.org2.example.com'].url).toBe(url);
    const { stdout } = await wizard.ok('connect', 'org2');
    expect(stdout).toContain(profile);
    // Each `up` leaves a chaincode of its own.
    expect(stdout).toMatch(/getContract\('smoke-\w+'\)/);
    expect(stdout).toContain('Clients of Fabric cannot connect to it');
  });

  it('runs a command in a node, and as the admin of a peer, with the exit code of the command', async () => {
    const line = 'echo $CORE_PEER_ID $CORE_PEER_ADDRESS; exit 3';
    const inPeer = await wizard.run('shell', 'peer1.org2', '--', 'sh', '-c', line);
    expect(inPeer).toMatchObject({ exitCode: 3 });
    expect(inPeer.stdout.trim()).toBe(`peer1.org2.example.com peer1.org2.example.com:${PORT + 3001}`);
    const asAdmin = await wizard.run('shell', 'peer1.org2', '--admin', '--', 'peer', 'channel', 'list');
    expect(asAdmin.exitCode).toBe(0);
    expect(`${asAdmin.stdout}${asAdmin.stderr}`).toContain('mychannel');
  });

  it('says that blocks of the practice source cannot be decoded', async () => {
    const { exitCode, stderr, stdout } = await wizard.run('blocks');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The practice source is not Fabric');
  });

  it('stops, pauses and starts a node', async () => {
    const state = async () =>
      (await engine.getContainer(`${PROJECT}-peer1.org1.example.com`).inspect()).State;
    await wizard.ok('node', 'pause', 'peer1.org1');
    expect((await state()).Paused).toBe(true);
    const refused = await wizard.run('shell', 'peer1.org1');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('fabric-wizard node unpause peer1.org1.example.com');
    await wizard.ok('node', 'stop', 'peer1.org1');
    expect((await state()).Running).toBe(false);
    await wizard.ok('node', 'start', 'peer1.org1');
    expect((await state()).Running).toBe(true);
  });

  it('distinguishes a stopped gateway from one that failed', async () => {
    await wizard.ok('node', 'stop', 'gateway');
    const { State } = await engine.getContainer(`${PROJECT}-gateway`).inspect();
    expect(State).toMatchObject({ Running: false, ExitCode: 0 });
    await wizard.ok('node', 'start', 'gateway');
  });
});

describe('from the host', () => {
  beforeAll(async () => {
    const run = (await wizard.events('build', '--binaries', binaries)).wentWell();
    expect(run.built).toContain('compile');
    expect(run.built.filter((id) => id.startsWith('image.'))).toEqual([]);
  });

  it.each(['org1', 'org2'])('a peer with the variables of %s connects to the network', async (org) => {
    const peer = join(binaries, 'peer');
    // What is done to it (strip, setcap) must not reach what images are built of.
    expect((await stat(peer)).nlink).toBe(1);
    expect(await onHost(org, `${peer} channel list`)).toContain('mychannel');
    const [latest] = (await chaincodeContainers()).map((name) => /-(smoke-\w+)-1\.0$/.exec(name)?.[1]);
    const query = `${peer} chaincode query -C mychannel -n ${latest} -c '{"Args":["query","a"]}'`;
    expect((await onHost(org, query)).trim()).toMatch(/90$/);
  });

  it('an organisation that does not exist is refused', async () => {
    const { exitCode, stderr } = await wizard.run('env', 'org3');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Org1, Org2');
  });
});

describe('smoke', () => {
  let left: string[];

  beforeAll(async () => {
    left = await chaincodeContainers();
    expect(left).toHaveLength(PEERS.length);
  });

  /** The chaincode that the last `up` proved stays; smoke tests leave nothing. */
  async function expectOnlyOfUp(): Promise<void> {
    expect((await chaincodeContainers()).sort()).toEqual([...left].sort());
    expect(await chaincodeImages()).toHaveLength(PEERS.length);
  }

  it("proves a user's own module with a package of its own and a link, under a fresh name, and leaves none of it", async () => {
    const before = await chaincodeContainers();
    const chaincode = join(folder, 'chaincode');
    await cp(join(SAMPLE, '..', 'compose', 'chaincode', 'smoke'), chaincode, { recursive: true });
    const file = join(chaincode, 'smoke.go');
    // A fee makes the answer another than the shipped chaincode's.
    const text = (await readFile(file, 'utf8'))
      .replace('from: -amount,', 'from: -amount - fee.Amount,')
      .replace('import (', 'import (\n\t"example.org/acme/cc/fee"');
    await writeFile(file, text);
    await writeFile(join(chaincode, 'go.mod'), 'module example.org/acme/cc\n\ngo 1.14\n');
    await mkdir(join(chaincode, 'fee'));
    await writeFile(join(chaincode, 'amount.txt'), 'package fee\n\nconst Amount = 1\n');
    await symlink('../amount.txt', join(chaincode, 'fee', 'fee.go'));
    const run = (await wizard.events('smoke', '--yes', '--chaincode', chaincode)).wentWell();
    expect(buildersOf(run)).toEqual(PEERS.slice(0, 1));
    expect(run.plan.map(({ id }) => id)).toEqual(['smoke']);
    expect(run.one('smoke-result').peers).toHaveLength(PEERS.length);
    for (const peer of run.one('smoke-result').peers) {
      expect(peer).toMatchObject({ before: '100', after: '89', ok: true });
    }
    expect(before.filter((name) => name.includes(chaincodeOf(run)))).toEqual([]);
    await expectOnlyOfUp();
  });

  it('refuses a folder without Go source and leaves the network alone', async () => {
    const before = await containerIds();
    const { exitCode, stderr } = await wizard.run('smoke', '--yes', '--chaincode', binaries);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('contains no Go files');
    expect(await containerIds()).toEqual(before);
  });
});

describe('edits', () => {
  /** Ids of the stages that would run. */
  const planned = async () => {
    const { stages } = (await wizard.json('up', '--dry-run', '--source', source)) as Plan;
    return stages.filter(({ action }) => action === 'run');
  };

  it('of documents rebuild nothing, nor does another folder with the same content', async () => {
    await writeFile(join(source, 'README.md'), 'another text\n');
    await mkdir(join(source, 'docs'));
    await writeFile(join(source, 'docs', 'new.md'), 'a new page\n');
    expect((await planned()).map(({ id }) => id)).toEqual(['source', 'smoke']);
  });

  it('of one Go file rebuild and restart only what contains it, and a peer that was stopped', async () => {
    const stopped = 'peer1.org2.example.com';
    const [ids, height] = [await containerIds(), await heightOf(stopped)];
    expect(height).toBeGreaterThan(3);
    await engine.getContainer(`${PROJECT}-${stopped}`).stop();
    expect((await planned()).find(({ id }) => id === 'start')?.cause).toBe(`not running: ${stopped}`);
    const images = await Promise.all(IMAGES.map((name) => imageId(`${wizard.dockerNs}/fabric-${name}:1.4`)));
    const file = join(source, 'orderer', 'main.go');
    const text = await readFile(file, 'utf8');
    const edited = text.replace('func main() {', 'func main() {\n\tprintln("an edited orderer")');
    expect(edited).not.toBe(text);
    await writeFile(file, edited);

    const run = (await wizard.events('up', '--yes', '--source', source)).wentWell();
    expect(run.causeOf('compile')).toBe('source, ldflags or builder image changed');
    expect(run.built.filter((id) => id.startsWith('image.'))).toEqual(['image.orderer']);
    expect(run.built).toContain('compile');
    expect(run.built).not.toContain('crypto');
    expect(run.built).not.toContain('join');
    expect(run.one('smoke-result').ok).toBe(true);
    expect(await heightOf(stopped)).toBeGreaterThan(height);
    const compiled = run.of('stage-progress').filter(({ stage }) => stage === 'compile');
    const whole = first.of('stage-progress').filter(({ stage }) => stage === 'compile');
    expect(compiled.at(-1)?.total ?? 0).toBeLessThanOrEqual(whole.at(-1)?.total ?? 0);

    const idsAfter = await containerIds();
    expect(NODES.filter((node) => idsAfter[node] !== ids[node])).toEqual(['orderer.example.com']);
    const imagesAfter = await Promise.all(
      IMAGES.map((name) => imageId(`${wizard.dockerNs}/fabric-${name}:1.4`)),
    );
    expect(IMAGES.filter((_, index) => imagesAfter[index] !== images[index])).toEqual(['orderer']);
    expect(await logOf(`${PROJECT}-orderer.example.com`)).toContain('an edited orderer');
  });
});

describe('a second channel', () => {
  it('is created while the network runs, and is proved with the same compile', async () => {
    const ids = await containerIds();
    const args = ['up', '--yes', '--source', source, '--channel', 'mychannel,second', '--fresh'];
    const run = (await wizard.events(...args)).wentWell();
    expect(buildersOf(run)).toEqual(PEERS.slice(0, 1));
    expect(run.built).toEqual(expect.arrayContaining(['artifacts', 'channel', 'join', 'anchors', 'smoke']));
    expect(run.built).not.toContain('crypto');
    expect(run.one('smoke-result')).toMatchObject({ channel: 'mychannel,second', ok: true });
    expect(await containerIds()).toEqual(ids);
    const peer = join(binaries, 'peer');
    for (const org of ['org1', 'org2']) {
      const query = `${peer} chaincode query -C second -n ${chaincodeOf(run)} -c '{"Args":["query","a"]}'`;
      expect((await onHost(org, query)).trim()).toMatch(/90$/);
    }
  });
});

describe('a network of another shape in the same folder', () => {
  const up = (...args: readonly string[]) => ['up', '--yes', '--source', source, ...args];
  const other = ['--orgs', '1', '--peers', '1'];

  it('does not replace this one without --replace-network, and says what would be replaced', async () => {
    const ids = await containerIds();
    const { exitCode, stderr } = await wizard.run(...up(...other));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /This would replace network [0-9a-f]{6}, .*: organisations 2 -> 1; peers of each .* 2 -> 1\. /,
    );
    expect(stderr).toContain('--replace-network --source');
    expect(await containerIds()).toEqual(ids);
    const plan = (await wizard.json(...up(...other), '--dry-run')) as Plan;
    expect(plan.replaces).toMatchObject({ ledgers: PEERS.length + 1 });
  });

  it('replaces it with --replace-network, and restores it with its ledgers', async () => {
    const last = 'peer1.org2.example.com';
    const height = await heightOf(last);
    const replaced = (await wizard.events(...up(...other, '--replace-network'))).wentWell();
    expect(replaced.built).toContain('crypto');
    expect((await containerNames()).filter((name) => name.startsWith(`${PROJECT}-peer1`))).toEqual([]);
    const metrics = ['--metrics', '--base', 'local', '--metrics-image', '127.0.0.1:1/nobody/prometheus:1'];
    const same = ['--orgs', '2', '--peers', '2', '--replace-network', ...metrics];
    const again = (await wizard.events(...up(...same))).wentWell();
    expect(again.causeOf('crypto')).toMatch(/^network [0-9a-f]{6} has this configuration and is used again$/);
    expect(again.built).not.toContain('artifacts');
    expect(again.built).not.toContain('join');
    expect(await heightOf(last)).toBeGreaterThan(height);
    // Nodes have metrics even if there is no image of Prometheus, which the run says.
    expect(again.of('stage-warning').map(({ code }) => code)).toContain('no-prometheus');
    for (const port of [PORT + 4, PORT + 5]) {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      expect(await answer.text()).toMatch(/^fabric_version\{version="1\.4\.12"\} 1$/m);
    }
  });
});

describe('afterwards', () => {
  it('clean leaves nothing of the project', async () => {
    await wizard.ok('clean', '--images', '--yes');
    expect((await containerNames()).filter((name) => name.startsWith(PROJECT))).toEqual([]);
    expect((await networkNames()).filter((name) => name.startsWith(PROJECT))).toEqual([]);
    const images = await engine.listImages({ filters: { label: [`io.fabric-wizard.project=${PROJECT}`] } });
    expect(images.map(({ Id, RepoTags }) => [Id, RepoTags])).toEqual([]);
  });
});
