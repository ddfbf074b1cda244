/** The parts of a bundle for a bug report. Each is gathered by itself, so that one that fails leaves the others. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism, freemem, release, totalmem, type } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CONFIG_FILE } from '../../pipeline/config/config-choices.ts';
import { WizardFailure } from '../../pipeline/core/failure.ts';
import { currentDocker } from '../../pipeline/engine/current-docker.ts';
import { networkDir, STATE_FOLDER } from '../../pipeline/host/state-folder.ts';
import { nodeContainers } from '../../pipeline/network/peer-cli.ts';
import type { LabelKey } from '../../report/language/labels.ts';

export interface BundleRequest {
  readonly dir: string;
  readonly project: string;
  /** Path of the program, for its other commands. */
  readonly program: string;
  readonly version: string;
  /** Number of lines of each log. */
  readonly lines: number;
}

export interface BundleFile {
  /** Path in the archive. */
  readonly path: string;
  readonly text: string;
  readonly about: LabelKey;
}

/** A part that could not be gathered. */
export interface MissingPart {
  readonly part: string;
  readonly reason: string;
}

export interface Bundle {
  readonly files: readonly BundleFile[];
  readonly missing: readonly MissingPart[];
}

/** An engine that hangs must not keep the report. */
const COMMAND_MS = 30_000;
const ENGINE_MS = 15_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** The failed run is seldom older. */
const RUNS = 3;

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], cwd: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout: COMMAND_MS, maxBuffer: MOST_BYTES, killSignal: 'SIGKILL' } as const;
    execFile(program, [...args], options, (error, stdout, stderr) => {
      // A command that ends with another exit code than 0 has said why.
      if (error && stdout === '' && stderr === '') reject(error);
      else resolve({ stdout, stderr });
    });
  });
}

/** Another command of ours, as its user would see it. */
async function ours(request: BundleRequest, name: string, about: LabelKey): Promise<BundleFile[]> {
  const { program, dir } = request;
  const words = name.split(' ');
  const takesProject = ['status', 'up', 'resolve', 'config', 'doctor'].includes(words[0] ?? '');
  const args = [program, ...words, '--json', '--lang', 'en', '--dir', dir];
  if (takesProject) args.push('--project', request.project);
  const { stdout, stderr } = await run(process.execPath, args, process.cwd());
  const file = words[0] === 'up' ? 'plan' : (words[0] ?? name);
  return [
    ...(stdout === '' ? [] : [{ path: `${file}.json`, text: stdout, about }]),
    ...(stderr === '' ? [] : [{ path: `${file}.stderr.txt`, text: stderr, about }]),
  ];
}

async function versionOf(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args, '/').catch((error: Error) => ({
    stdout: '',
    stderr: error.message,
  }));
  return (stdout || stderr).trim().split('\n')[0] ?? '';
}

async function versions({ version }: BundleRequest): Promise<BundleFile[]> {
  const [system, docker, compose, standalone, git] = await Promise.all([
    readFile('/etc/os-release', 'utf8').catch(() => ''),
    versionOf('docker', '--version'),
    versionOf('docker', 'compose', 'version'),
    versionOf('docker-compose', '--version'),
    versionOf('git', '--version'),
  ]);
  const facts = {
    'fabric-wizard': version,
    node: process.version,
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(system)?.[1] ?? type(),
    kernel: `${type()} ${release()} ${process.arch}`,
    cores: availableParallelism(),
    memory: { total: totalmem(), free: freemem() },
    docker,
    compose,
    'docker-compose': standalone,
    git,
    terminal: { term: process.env.TERM, columns: process.stdout.columns, rows: process.stdout.rows },
    variables: Object.keys(process.env).sort(),
  };
  return [{ path: 'versions.json', text: `${JSON.stringify(facts, null, 2)}\n`, about: 'bundle.versions' }];
}

async function engine(): Promise<BundleFile[]> {
  const docker = await currentDocker();
  const [version, info] = await Promise.all([docker.version(ENGINE_MS), docker.info()]);
  return [
    { path: 'engine.json', text: `${JSON.stringify({ version, info }, null, 2)}\n`, about: 'bundle.engine' },
  ];
}

/** Last lines of a text. */
function tail(text: string, lines: number): string {
  return text
    .split('\n')
    .slice(-lines - 1)
    .join('\n');
}

/** Files of the project that are no keys and no certificates. */
async function projectFiles({ dir, lines }: BundleRequest): Promise<BundleFile[]> {
  const state = join(dir, STATE_FOLDER);
  const network = networkDir(state);
  const named: readonly (readonly [string, LabelKey])[] = [
    [join(dir, CONFIG_FILE), 'bundle.config'],
    [join(state, 'state.json'), 'bundle.state'],
    [join(state, 'commands.json'), 'bundle.events'],
    ...['docker-compose.yaml', '.env', 'crypto-config.yaml', 'configtx.yaml', 'network.json'].map(
      (name) => [join(network, name), 'bundle.network'] as const,
    ),
  ];
  const runs = (await readdir(join(state, 'runs')).catch(() => [])).sort().slice(-RUNS);
  const records = await Promise.all(
    runs.map(async (id) => {
      const folder = join(state, 'runs', id);
      const logs = await readdir(join(folder, 'logs')).catch(() => []);
      return [join(folder, 'events.ndjson'), ...logs.map((name) => join(folder, 'logs', name))];
    }),
  );
  const all = [...named, ...records.flat().map((path) => [path, 'bundle.events'] as const)];
  const files = await Promise.all(
    all.map(async ([path, about]): Promise<BundleFile[]> => {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) return [];
      const shown = path.endsWith('.log') ? tail(text, lines) : text;
      return [{ path: relative(dir, path).replace(STATE_FOLDER, 'project'), text: shown, about }];
    }),
  );
  return files.flat();
}

/** Names, sizes and modes of the files of the network: which certificates there are, not what is in them. */
async function listing({ dir }: BundleRequest): Promise<BundleFile[]> {
  const state = join(dir, STATE_FOLDER);
  const entries = await readdir(state, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith(join(STATE_FOLDER, 'source')))
    .sort();
  if (names.length === 0) return [];
  return [{ path: 'files.txt', text: `${names.join('\n')}\n`, about: 'bundle.files' }];
}

/** State and last log lines of the nodes. */
async function nodes({ project, lines }: BundleRequest): Promise<BundleFile[]> {
  const docker = await currentDocker();
  await docker.version(ENGINE_MS);
  const found = [...(await nodeContainers({ docker, project }))].sort(([a], [b]) => (a < b ? -1 : 1));
  if (found.length === 0) return [];
  const details = await Promise.all(found.map(([, { id }]) => docker.inspectContainer(id)));
  // Names of variables only: their values are in the compose file, as far as they are ours.
  const states = details.map((detail) => detail && { ...detail, env: Object.keys(detail.env) });
  const logs = await Promise.all(
    found.map(async ([node, { id }]): Promise<BundleFile> => {
      const text = (await docker.logTail(id, lines)).join('\n');
      return { path: `logs/${node}.log`, text: `${text}\n`, about: 'bundle.logs' };
    }),
  );
  const containers = `${JSON.stringify(states, null, 2)}\n`;
  return [{ path: 'containers.json', text: containers, about: 'bundle.containers' }, ...logs];
}

function reasonOf(error: unknown): string {
  if (error instanceof WizardFailure) return JSON.stringify(error.failure);
  return error instanceof Error ? error.message : String(error);
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/** Gathers all parts. Never rejects. */
export async function gatherBundle(request: BundleRequest): Promise<Bundle> {
  const parts: readonly (readonly [string, () => Promise<BundleFile[]>])[] = [
    ['versions', () => versions(request)],
    ['engine', engine],
    ['project', () => projectFiles(request)],
    ['files', () => listing(request)],
    ['nodes', () => nodes(request)],
    ['config', () => ours(request, 'config', 'bundle.config')],
    ['status', () => ours(request, 'status', 'bundle.containers')],
    ['doctor', () => ours(request, 'doctor', 'bundle.doctor')],
    ['resolve', () => ours(request, 'resolve', 'bundle.resolve')],
    ['plan', () => ours(request, 'up --dry-run', 'bundle.plan')],
  ];
  const results = await Promise.all(
    parts.map(async ([part, gather]) => {
      try {
        return { files: await within(gather(), COMMAND_MS + ENGINE_MS), missing: [] };
      } catch (error) {
        return { files: [], missing: [{ part, reason: reasonOf(error) }] };
      }
    }),
  );
  return {
    files: results.flatMap(({ files }) => files),
    missing: results.flatMap(({ missing }) => missing),
  };
}
