/** Faults of what surrounds a run: disks, ports, programs, streams, the environment, the clock and the source. */
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../namespaces.mjs';
import { launch } from '../launch.mjs';
import { editSource } from '../scenes.mjs';

const CLOCK = fileURLToPath(new URL('../clock.cjs', import.meta.url));
const ENGINE_DATA = '/var/lib/docker';
const LOCKED = 3;

/** Mounts a small disk on a folder. What was in it cannot be seen until `repair`. */
function fullDisk({ kind, where, scene, at, folder, size }) {
  const pathOf = (site) => (folder.startsWith('/') ? folder : join(site.state, folder));
  return {
    kind,
    where,
    scene,
    at,
    inject: async (site) => {
      await site.box.run('mkdir', ['-p', pathOf(site)]);
      await site.box.run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', pathOf(site)]);
    },
    repair: ({ box, ...site }) => box.run('umount', ['--lazy', pathOf(site)]),
  };
}

const work = (stage) => ({ stage, moment: 'work' });
const start = (stage) => ({ stage, moment: 'start' });

const DISKS = [
  { folder: '.', size: '4k', scene: 'at rest' },
  { folder: '.', size: '2m', scene: 'edited source' },
  { folder: 'runs', size: '16k', scene: 'at rest' },
  { folder: 'build', size: '8m', scene: 'edited source' },
  { folder: 'network', size: '64k', scene: 'no certificates' },
].map((disk) => fullDisk({ ...disk, kind: 'disk full', where: `${disk.folder} of ${disk.size}` }));

const ENGINE_DISKS = [
  { at: start('image.peer'), folder: `${ENGINE_DATA}/tmp`, size: '64k' },
  { at: start('image.ccenv'), folder: `${ENGINE_DATA}/tmp`, size: '64k' },
  { at: start('smoke'), folder: `${ENGINE_DATA}/tmp`, size: '4k' },
].map((disk) => fullDisk({ ...disk, kind: 'disk of the engine full' }));

/** Listens on a port of the box until `repair`. */
function portFault(port, fault) {
  const listen = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('ready'))`;
  let listener;
  return {
    kind: `port ${port} taken`,
    ...fault,
    inject: async ({ box }) => {
      listener = box.spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'ignore'] });
      let ready = false;
      listener.child.stdout.once('data', () => {
        ready = true;
      });
      await eventually(`port ${port}`, async () => ready);
    },
    repair: () => listener.signal('SIGKILL'),
  };
}

/** Returns the paths of compose: the program and the plugin of docker. */
async function composePaths({ box }) {
  const ask =
    'command -v docker-compose; ls /usr/lib*/docker/cli-plugins/docker-compose /usr/local/lib*/docker/cli-plugins/docker-compose 2>/dev/null';
  return (await box.run('sh', ['-c', `{ ${ask}; } || true`])).split('\n').filter(Boolean);
}

/** Hides compose until `repair`. */
function composeGone(at) {
  // A hidden program cannot be found again.
  let hidden = [];
  return {
    kind: 'compose gone',
    at,
    inject: async (site) => {
      hidden = await composePaths(site);
      if (hidden.length === 0) throw new Error('there is no compose');
      for (const path of hidden) await site.box.run('mount', ['--bind', '/dev/null', path]);
    },
    repair: async ({ box }) => {
      for (const path of hidden) await box.run('umount', [path]);
    },
  };
}

/** Starts a second run in the same folder, which must be refused. */
async function secondRun(site) {
  const { exitCode, events } = await launch(site).ended;
  const kind = events.at(-1)?.failure?.kind;
  return exitCode === LOCKED && kind === 'locked'
    ? []
    : [`the second run ended with ${exitCode} (${kind ?? 'no failure'}), not as locked`];
}

/** Starts a run of the same project in another folder. It may be refused, but must end honestly. */
async function otherFolder(site) {
  const dir = `${site.dir}-2`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  await writeFile(
    join(dir, 'fabric-wizard.yaml'),
    await readFile(join(site.dir, 'fabric-wizard.yaml'), 'utf8'),
  );
  const { exitCode, events } = await launch(site, { cwd: dir }).ended;
  const said = events.at(-1)?.described ?? events.findLast(({ described }) => described)?.described;
  return exitCode === 0 || said?.title
    ? []
    : [`the run in the other folder ended with ${exitCode} without a sentence`];
}

const RUNS = [
  { kind: 'two runs in one folder', at: work('compile'), inject: secondRun },
  { kind: 'two runs in one folder', at: work('smoke'), inject: secondRun },
  { kind: 'one project in two folders', where: 'one after the other', inject: otherFolder },
  {
    kind: 'one project in two folders',
    where: 'both at once',
    scene: 'no network',
    at: start('start'),
    inject: otherFolder,
  },
];

const shell = (script) => ({ before: ['sh', '-c', `${script}; exec "$@"`, 'sh'] });
const redirected = (redirection) => ({ before: ['sh', '-c', `exec "$@" ${redirection}`, 'sh'] });
const nothing = async () => undefined;

/** A run in an unusual environment. */
function environmentFault(kind, run, fault) {
  return { kind, run, inject: nothing, ...fault };
}

const ENVIRONMENTS = [
  ...['edited source', 'no certificates'].flatMap((scene) => [
    environmentFault('umask 077', shell('umask 077'), { where: scene, scene }),
    environmentFault('64 open files', shell('ulimit -n 64'), { where: scene, scene }),
    environmentFault('no HOME', shell('unset HOME'), { where: scene, scene }),
  ]),
  environmentFault('HOME not there', { env: { HOME: '/nonexistent/home' } }, { scene: 'edited source' }),
  environmentFault('no TMPDIR', { env: { TMPDIR: '/nonexistent/tmp' } }, { scene: 'no images' }),
  environmentFault(
    'no variables',
    { before: ['env', '-i', `PATH=${process.env.PATH}`] },
    { scene: 'no network' },
  ),
  environmentFault('DOCKER_HOST empty', { env: { DOCKER_HOST: '' } }),
  environmentFault(
    'DOCKER_HOST wrong',
    { env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' } },
    { repair: nothing },
  ),
  environmentFault('DOCKER_CONTEXT unknown', { env: { DOCKER_CONTEXT: 'nowhere' } }, { repair: nothing }),
  environmentFault(
    'proxy unreachable',
    { env: { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' } },
    { scene: 'no network' },
  ),
];

/** Stops reading a stream of the program. */
const closeStream =
  (name) =>
  async (_, { child }) => {
    child[name].destroy();
  };

const STREAMS = [
  environmentFault('stdin closed', redirected('<&-'), { scene: 'no network' }),
  environmentFault('stdout closed', redirected('>&-'), { expects: 'unheard' }),
  environmentFault('stderr closed', redirected('2>&-'), { scene: 'no network' }),
  environmentFault('stdout on a full disk', redirected('>/dev/full'), { expects: 'unheard' }),
  ...['compile', 'image.peer', 'start', 'smoke'].map((stage) => ({
    kind: 'pipe of stdout closed',
    at: start(stage),
    expects: 'unheard',
    inject: closeStream('stdout'),
  })),
  { kind: 'pipe of stderr closed', at: start('start'), inject: closeStream('stderr') },
];

const shifted = (days) => ({ env: { NODE_OPTIONS: `--require ${CLOCK}`, CLOCK_OFFSET_DAYS: String(days) } });

const CLOCKS = [2, -2].flatMap((days) => {
  const kind = `clock ${days > 0 ? 'ahead' : 'behind'} by two days`;
  return ['at rest', 'edited source', 'no certificates'].map((scene) =>
    environmentFault(kind, shifted(days), { where: scene, scene }),
  );
});

const MAIN = 'peer/main.go';

async function touch({ source }, days) {
  const time = Date.now() / 1000 + days * 24 * 60 * 60;
  await utimes(join(source, MAIN), time, time);
}

/** Changes the main file of the peer; `repair` restores it. */
function sourceFault(kind, fault, change) {
  let text;
  return {
    kind,
    ...fault,
    inject: async ({ source }) => {
      const path = join(source, MAIN);
      text = await readFile(path, 'utf8');
      await change(path, text);
    },
    repair: ({ source }) => writeFile(join(source, MAIN), text),
  };
}

const SOURCES = [
  ...['compile', 'image.peer', 'verify', 'start', 'smoke'].map((stage) => ({
    kind: 'source edited',
    scene: 'edited source',
    at: work(stage),
    inject: editSource,
  })),
  ...[undefined, start('compile'), work('compile')].flatMap((at) => [
    sourceFault('source does not compile', { scene: 'edited source', at }, (path, text) =>
      writeFile(path, `${text}\nfunc broken( {\n`),
    ),
    sourceFault('source file removed', { scene: 'edited source', at }, (path) => rm(path)),
  ]),
  {
    kind: 'source folder gone',
    at: start('compile'),
    inject: ({ source }) => rename(source, `${source}-gone`),
    repair: ({ source }) => rename(`${source}-gone`, source),
  },
  { kind: 'source from the future', inject: (site) => touch(site, 2) },
  { kind: 'source from the past', inject: (site) => touch(site, -2) },
];

export function surroundingFaults() {
  return [
    ...DISKS,
    ...ENGINE_DISKS,
    portFault(7050, { at: start('crypto') }),
    portFault(7051, { at: start('crypto') }),
    portFault(7051, { scene: 'no nodes' }),
    composeGone(start('crypto')),
    composeGone(start('start')),
    ...RUNS,
    ...ENVIRONMENTS,
    ...STREAMS,
    ...CLOCKS,
    ...SOURCES,
  ];
}
