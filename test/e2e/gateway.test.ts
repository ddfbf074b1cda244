/** The gateway: its own Go tests in the builder image, and a network whose peers use the engine through it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import { goCacheName } from '../../src/pipeline/images/go-cache.ts';
import {
  containerNames,
  engine,
  goArch,
  imageId,
  imageNames,
  labelsOf,
  runIn,
  volumeNames,
} from '../support/engine.ts';
import { type EndedRun, PACKAGE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-gateway';
const PEERS = ['peer0.org1.example.com', 'peer1.org1.example.com'];
const GATEWAY = `${PROJECT}-gateway`;
const CHOICES = { project: PROJECT, 'port-base': 33050, source: 'sample', orgs: 1, peers: 2 };
const SOCKETS = PEERS.map((peer) => `${PROJECT}-gateway-${peer}`);

let wizard: Wizard;
let first: EndedRun;

beforeAll(async () => {
  wizard = await wizardWith(CHOICES);
  first = (await wizard.events('up', '--yes')).wentWell();
});

afterAll(async () => {
  await wizard.dispose();
});

/** Replaces the choices of fabric-wizard.yaml. */
async function choose(choices: Readonly<Record<string, unknown>>): Promise<void> {
  const text = stringify({ 'docker-ns': wizard.dockerNs, ...choices });
  await writeFile(join(wizard.dir, 'fabric-wizard.yaml'), text);
}

/** Paths on the host of the engine's sockets that a peer has. */
async function enginesSockets(peer: string): Promise<string[]> {
  const { Mounts } = await engine.getContainer(`${PROJECT}-${peer}`).inspect();
  return Mounts.map(({ Source }) => Source).filter((source) => source.endsWith('docker.sock'));
}

/** Runs a command in the builder image on the gateway's files; returns what it printed, with its exit code at the end. */
async function inBuilder(command: string): Promise<string> {
  const builder = await imageId(`hyperledger/fabric-baseimage:${await goArch()}-0.4.22`);
  if (builder === undefined) throw new Error('no builder image');
  const folder = join(PACKAGE, 'gateway');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go'));
  const inputs = await Promise.all(
    names.map(async (name) => ({ name: `gateway/${name}`, content: await readFile(join(folder, name)) })),
  );
  const lines: string[] = [];
  const docker = await currentDocker();
  await docker.runToEnd(
    {
      image: builder,
      cmd: ['sh', '-c', command],
      env: { CGO_ENABLED: '0', GO111MODULE: 'off', GOFLAGS: '', GOCACHE: '/cache/go-build' },
      binds: [`${goCacheName(builder)}:/cache`],
      workdir: '/gateway',
      networkMode: 'none',
      labels: {},
      inputs,
      signal: new AbortController().signal,
      onLine: (line) => lines.push(line),
    },
    async ({ exitCode }) => lines.push(`exit code ${exitCode}`),
  );
  await docker.settled();
  return lines.join('\n');
}

it('has no findings of go vet, and passes its Go tests', async () => {
  expect(await inBuilder('gofmt -l . && go vet')).toBe('exit code 0');
  expect(await inBuilder('go test 2>&1')).toMatch(/^ok\b[\s\S]*exit code 0$/m);
});

it('is compiled beside Fabric, and its image belongs to no project', async () => {
  // Another test's network may have compiled it.
  expect(first.plan.find(({ id }) => id === 'gateway')?.needs).not.toContain('compile');
  const { Config } = await engine.getImage((await engine.getContainer(GATEWAY).inspect()).Image).inspect();
  expect(Config.Entrypoint).toEqual(['/gateway']);
  const labels = await labelsOf((await engine.getContainer(GATEWAY).inspect()).Image);
  expect(labels['io.fabric-wizard.origin']).toBe('gateway');
  expect(labels['io.fabric-wizard.project']).toBeUndefined();
});

it("is there by default, proves every peer, and no peer has the engine's socket", async () => {
  expect(first.one('smoke-result').peers.map(({ peer, ok }) => [peer, ok])).toEqual(
    PEERS.map((peer) => [peer, true]),
  );
  for (const peer of PEERS) {
    expect(await enginesSockets(peer)).toEqual([]);
    expect(await runIn(`${PROJECT}-${peer}`, 'ls', '/host/var/run')).toContain('docker.sock');
  }
});

it('lets resolve find the images of a peer behind it', async () => {
  expect(await wizard.json('resolve')).toMatchObject({ ok: true, problems: [] });
});

it('writes a log that can be read', async () => {
  const { stdout } = await wizard.ok('logs', 'gateway');
  expect(stdout).toMatch(/ UTC INFO serving peer0\.org1\.example\.com, peer1\.org1\.example\.com$/m);
  expect(stdout).not.toContain('"type"');
});

/** Sends a request to the engine from inside a peer, as an attacker would. @returns status and body */
async function fromPeer(method: string, path: string, body?: object): Promise<string> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...['Host: engine', 'Connection: close', 'Content-Type: application/json'],
    `Content-Length: ${text.length}`,
  ];
  const script =
    'my $s = IO::Socket::UNIX->new("/host/var/run/docker.sock") or die $!; print $s $ARGV[0]; print while <$s>';
  const request = `${head.join('\r\n')}\r\n\r\n${text}`;
  const peer = `${PROJECT}-${PEERS[0]}`;
  return runIn(peer, 'perl', '-MIO::Socket::UNIX', '-e', script, request);
}

const refused: string[] = [];

const creates = (HostConfig: object): [string, string, object] => [
  'POST',
  '/containers/create',
  { Image: `${wizard.dockerNs}/fabric-ccenv:1.4`, Cmd: ['true'], HostConfig },
];

it.each<[string, () => [string, string, object?]]>([
  ['to mount the root folder', () => creates({ Binds: ['/:/host'] })],
  ['to mount it in another way', () => creates({ Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] })],
  ['to run with all privileges', () => creates({ Privileged: true })],
  ['to see the processes of the host', () => creates({ PidMode: 'host' })],
  ["to read another container's files", () => ['GET', `/containers/${PROJECT}-cli/archive?path=/etc`]],
  ["to read another network's container", () => ['GET', '/containers/fw-e2e-other/json']],
  [
    'to run a command in another container',
    () => ['POST', `/containers/${PROJECT}-cli/exec`, { Cmd: ['sh'] }],
  ],
  ['to remove an image', () => ['DELETE', `/images/${wizard.dockerNs}/fabric-ccenv:1.4`]],
  ['to pull an image', () => ['POST', '/images/create?fromImage=alpine&tag=latest']],
])('refuses a peer that wants %s', async (_, request) => {
  const [method, path, body] = request();
  const answer = await fromPeer(method, path, body);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).toContain('fabric-wizard gateway: ');
  refused.push(`WARN refused ${PEERS[0]} ${method} ${path.split('?')[0]}: `);
});

it('names each of these requests in its log', async () => {
  const { stdout } = await wizard.ok('logs', 'gateway');
  expect(refused.filter((line) => !stdout.includes(line))).toEqual([]);
});

/** What chaincode has on the engine, by name. */
async function ofChaincode(): Promise<string[]> {
  const names = [...(await containerNames()), ...(await imageNames())];
  return names.filter((name) => /-smoke-\w+-1\.0/.test(name) && name.startsWith(`${PROJECT}-peer`)).sort();
}

it('lets every peer compile with --prove-every-peer, and leaves no image of it under any name', async () => {
  const before = await ofChaincode();
  expect(before).toHaveLength(2 * PEERS.length);
  expect(compiled(await wizard.events('smoke', '--prove-every-peer'))).toEqual([true, true]);
  expect(await ofChaincode()).toEqual(before);
});

it('shows a refusal while a run watches', async () => {
  let ended = false;
  const smoke = wizard.events('smoke', '--fresh', '--yes').finally(() => {
    ended = true;
  });
  while (!ended)
    await fromPeer('POST', '/containers/create', { Image: 'x', HostConfig: { Privileged: true } });
  const run = await smoke;
  // That every peer compiles is not inherited from the run before.
  expect(compiled(run)).toEqual([true, false]);
  const [warning] = run.of('stage-warning');
  expect(warning).toMatchObject({
    stage: 'smoke',
    code: 'gateway-refused',
    message: expect.stringMatching(
      /^the gateway refused POST \/containers\/create of peer0\.org1\.example\.com: /,
    ),
  });
});

/** Resolves when a peer's builder runs. */
async function compiling(): Promise<void> {
  const found = new AbortController();
  const follow = (await currentDocker()).followLog(GATEWAY, {
    tail: 0,
    signal: found.signal,
    onLine: (line) => line.includes('"type":"compile"') && found.abort(),
  });
  await follow.catch(() => undefined);
  expect(found.signal.aborted).toBe(true);
}

it('is named when it stops during a compile, and up starts it again', async () => {
  const [smoke] = await Promise.all([
    wizard.events('smoke', '--fresh', '--yes'),
    compiling().then(() => engine.getContainer(GATEWAY).kill()),
  ]);
  expect(smoke.ended.exitCode).toBe(1);
  expect(smoke.one('stage-failed').diagnosis).toMatchObject({ symptom: 'gateway-gone' });
  const status = await wizard.run('status');
  expect(status.exitCode).not.toBe(0);
  expect(status.stdout).toMatch(/gateway +Exited \(137\)/);
  const again = (await wizard.events('up', '--yes')).wentWell();
  expect(again.causeOf('start')).toBe('not running: gateway');
  expect(again.causeOf('gateway')).toMatch(/^fabric-wizard\/gateway:\w+ exists$/);
  // It has kept what the builder image compiled in the first run.
  const builder = first.one('smoke-result').peers[0]?.builder;
  const { peers } = again.one('smoke-result');
  const record = expect.stringMatching(/^[0-9a-f]{12}$/);
  const earlier = { at: expect.any(String), record };
  expect(peers).toEqual(
    PEERS.map(() => expect.objectContaining({ ok: true, built: false, earlier, builder })),
  );
});

/** Whether each peer has compiled the chaincode of a proof that went well. */
function compiled(run: EndedRun): boolean[] {
  const { ok, peers } = run.wentWell().one('smoke-result');
  expect(ok).toBe(true);
  return peers.map(({ built }) => built);
}

it('can be taken away, and a network without it gets it with a rebuild; ledgers and chaincode stay', async () => {
  const ledgers = async () => {
    const names = (await volumeNames()).filter((name) => name.startsWith(`${PROJECT}-`));
    return names.filter((name) => !SOCKETS.includes(name)).sort();
  };
  const before = await ledgers();
  await choose({ ...CHOICES, gateway: false });
  const up = await wizard.events('up', '--yes');
  // Nothing shares a build then.
  expect(compiled(up)).toEqual([true, true]);
  expect(await containerNames()).not.toContain(GATEWAY);
  for (const peer of PEERS)
    expect(await enginesSockets(peer)).toEqual([expect.stringMatching(/\/docker\.sock$/)]);

  // As the network of a version that knew no gateway: nobody has chosen to do without it.
  await choose(CHOICES);
  await wizard.ok('status');
  expect(compiled(await wizard.events('smoke'))).toEqual([true, true]);
  expect(await containerNames()).not.toContain(GATEWAY);
  (await wizard.events('rebuild')).wentWell();
  expect(await containerNames()).toContain(GATEWAY);
  expect(await ledgers()).toEqual(before);
  const { chaincode } = up.one('smoke-result');
  const query = ['-C', 'mychannel', '-n', chaincode, '-c', '{"Args":["query","a"]}'];
  for (const [index, peer] of PEERS.entries()) {
    expect(await enginesSockets(peer)).toEqual([]);
    const address = `CORE_PEER_ADDRESS=${peer}:${CHOICES['port-base'] + 1 + 1000 * index}`;
    const answer = await runIn(`${PROJECT}-cli`, 'env', address, 'peer', 'chaincode', 'query', ...query);
    expect(answer.trim(), peer).toMatch(/90$/);
  }
});

it('leaves no volume of a socket behind after down, which asks nothing because nothing is lost', async () => {
  await wizard.ok('down');
  expect((await volumeNames()).filter((name) => SOCKETS.includes(name))).toEqual([]);
});
