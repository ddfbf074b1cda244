/** `logs`: prints the logs of nodes, filtered, or writes them to a file. */
import { closeSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { CancelledError, EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { wholeNumber } from '../pipeline/core/whole-number.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { LABEL } from '../pipeline/engine/labels.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import { recordedSpec } from '../pipeline/network/down-nodes.ts';
import { type LogFilter, parseLevel, parsePattern, parseSince } from '../pipeline/network/log-filter.ts';
import { LOG_LEVELS } from '../pipeline/network/log-line.ts';
import { requireEngineOfNetwork } from '../pipeline/network/network-engine.ts';
import { nodeNames } from '../pipeline/network/network-spec.ts';
import {
  followHistory,
  type LoggingNode,
  type LogRequest,
  type NodeHistory,
  readHistory,
  type StampedEntry,
} from '../pipeline/network/node-log.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { jsonText } from '../report/language/translator.ts';
import { commandWith } from './command-with.ts';
import { projectOf } from './load-config.ts';
import { createNewFile } from './new-file.ts';
import { onLostMachine } from './node-service.ts';
import { cancelOnSignals, styleFor, type Terminal, writeToStderr, writeToStdout } from './terminal.ts';
import { unknownName } from './usage-errors.ts';
import { usage } from './usage-failure.ts';

/** Number of lines of each node that are shown by default. */
const DEFAULT_TAIL = 100;

/** The flags as they were entered. */
export interface LogsFlags {
  /** The command that the flags belong to. */
  readonly command: string;
  readonly node: string | undefined;
  readonly follow: boolean;
  readonly tail: string | undefined;
  readonly since: string | undefined;
  readonly level: string | undefined;
  readonly grep: string | undefined;
  readonly exclude: string | undefined;
  readonly output: string | undefined;
  readonly project: string | undefined;
}

function tailOf({ command, tail, since, output }: LogsFlags): number {
  if (tail === undefined)
    return since === undefined && output === undefined ? DEFAULT_TAIL : Number.POSITIVE_INFINITY;
  if (tail === 'all') return Number.POSITIVE_INFINITY;
  const count = wholeNumber(tail);
  if (count !== undefined) return count;
  throw usage({ key: 'usage.tail', value: tail }, commandWith(tail, '200') ?? `${command} --tail 200`);
}

function patternOf(flag: 'grep' | 'exclude', text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  const parsed = parsePattern(text);
  if ('value' in parsed) return parsed.value;
  throw usage(
    { key: 'usage.pattern', flag: `--${flag}`, text, problem: parsed.problem },
    commandWith(text, 'Committed block|error') ?? `fabric-wizard logs --${flag} 'Committed block|error'`,
  );
}

/** @throws WizardFailure `usage` if a value is not valid */
export function logRequestOf(flags: LogsFlags, now: number): LogRequest {
  const { command, since: from, level: lowest } = flags;
  const since = from === undefined ? undefined : parseSince(from, now);
  if (from !== undefined && since === undefined)
    throw usage({ key: 'usage.since', text: from }, commandWith(from, '10m') ?? `${command} --since 10m`);
  const level = lowest === undefined ? undefined : parseLevel(lowest);
  if (lowest !== undefined && level === undefined)
    throw usage(
      { key: 'usage.level', text: lowest, levels: LOG_LEVELS.join(', ') },
      commandWith(lowest, 'warning') ?? `${command} --level warning`,
    );
  const filter: LogFilter = {
    since,
    level,
    grep: patternOf('grep', flags.grep),
    exclude: patternOf('exclude', flags.exclude),
  };
  return { filter, tail: tailOf(flags) };
}

/** A new file that lines are written to at once. */
class LogFile {
  readonly path: string;
  readonly #file: number;
  #count = 0;

  /** @throws WizardFailure `usage` if the file exists or cannot be created */
  constructor(path: string) {
    this.path = resolve(path);
    const again = commandWith(path, 'other.log') ?? 'fabric-wizard logs --output other.log';
    this.#file = createNewFile(this.path, again);
  }

  /** Number of lines written. */
  get count(): number {
    return this.#count;
  }

  write(line: string): void {
    writeSync(this.#file, `${line}\n`);
    this.#count += 1;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The line with its node and the machine in front, if there are several nodes. */
function withNode(nodes: readonly LoggingNode[]): (node: string, line: string) => string {
  const labels = new Map(
    nodes.map(({ node, machine }) => [node, machine === undefined ? node : `${node} ${machine}`]),
  );
  const width = Math.max(0, ...[...labels.values()].map(({ length }) => length));
  return (node, line) =>
    nodes.length === 1 ? line : `${(labels.get(node) ?? node).padEnd(width)} | ${line}`;
}

/** The nodes that have a container, by name. */
async function nodesOf(docker: DockerPort, project: string): Promise<LoggingNode[]> {
  const containers = await nodeContainers({ docker, project });
  return [...containers.values()]
    .map(({ id, name, labels, machine }) => ({
      node: labels[LABEL.node] ?? name,
      ...(machine === undefined ? {} : { machine }),
      container: id,
    }))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** @returns the nodes whose names begin with the given one, or all nodes */
async function loggingNodes(
  docker: DockerPort,
  terminal: Terminal,
  flags: LogsFlags,
): Promise<LoggingNode[]> {
  await docker.version();
  const project = await projectOf(terminal.dir, flags.project);
  const all = await nodesOf(docker, project);
  if (all.length === 0) {
    await requireEngineOfNetwork(docker, recordedState(await readState(terminal.dir)), 'logs');
    throw usage({ key: 'usage.nothing-runs' }, 'fabric-wizard status', 'fabric-wizard up --yes');
  }
  const { node: wanted = '' } = flags;
  const chosen = all.filter(({ node }) => node.startsWith(wanted));
  const spec = recordedSpec(recordedState(await readState(terminal.dir)), project);
  const lost = (spec ? nodeNames(spec) : []).flatMap((node) =>
    node.startsWith(wanted) && !chosen.some((each) => each.node === node)
      ? (onLostMachine(docker, spec, node) ?? [])
      : [],
  );
  const [first] = lost;
  if (first && chosen.length === 0) throw first;
  if (lost.length > 0) {
    const { t } = styleFor(terminal, process.stderr);
    writeToStderr(t('logs.unreachable', { machines: docker.unreachable.join(', ') }));
  }
  if (chosen.length > 0) return chosen;
  const names = all.map(({ node }) => node);
  const command = (name: string) => `fabric-wizard logs ${name}`;
  // The first part of a name is enough, as in the filter.
  const known = [...names, ...names.map((name) => name.split('.')[0] ?? '')];
  throw new WizardFailure(
    unknownName(
      { key: 'usage.unknown-node', name: wanted, nodes: names.join(', ') },
      wanted,
      [...new Set(known)],
      { command, others: [...names.slice(0, 1).map(command), 'fabric-wizard status'] },
    ),
  );
}

function machineIn(nodes: readonly LoggingNode[], name: string): Pick<LoggingNode, 'machine'> {
  const machine = nodes.find(({ node }) => node === name)?.machine;
  return machine === undefined ? {} : { machine };
}

/** Follows the logs until Ctrl-C, which is how following ends well. */
async function follow(
  docker: DockerPort,
  history: NodeHistory,
  request: LogRequest,
  onEntry: (entry: StampedEntry) => void,
): Promise<void> {
  const cancel = cancelOnSignals();
  try {
    await followHistory(docker, history, request, { signal: cancel.signal, onEntry });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
  } finally {
    cancel.dispose();
  }
}

/** @throws WizardFailure `usage`, `engine` */
export async function logs(terminal: Terminal, flags: LogsFlags): Promise<number> {
  const docker = await currentDocker();
  return printLogs(docker, terminal, flags, () => loggingNodes(docker, terminal, flags));
}

/**
 * Prints what containers have written, or writes it to a file.
 * @param find returns the containers, once the flags are valid
 * @throws WizardFailure `usage`, `engine`
 */
export async function printLogs(
  docker: DockerPort,
  terminal: Terminal,
  flags: LogsFlags,
  find: () => Promise<readonly LoggingNode[]>,
): Promise<number> {
  const request = logRequestOf(flags, Date.now());
  const nodes = await find();
  const file = flags.output === undefined ? undefined : new LogFile(flags.output);
  const isPlain = file !== undefined || !terminal.colour || Boolean(process.env.NO_COLOR);
  const lineOf = withNode(nodes);
  let count = 0;
  const onEntry = ({ node, stamp, level, line, raw, shown }: StampedEntry) => {
    const text = terminal.json
      ? jsonText({ node, ...machineIn(nodes, node), time: stamp, level, line: raw })
      : lineOf(node, isPlain ? line : shown);
    count += 1;
    if (file) file.write(text);
    else writeToStdout(`${text}\n`);
  };
  const { t } = styleFor(terminal, process.stderr);
  try {
    const history = await readHistory(docker, nodes, request);
    for (const entry of history.entries) onEntry(entry);
    if (flags.follow) await follow(docker, history, request, onEntry);
    else if (count === 0 && !file) writeToStderr(t('logs.none'));
  } finally {
    file?.close();
  }
  if (file) writeToStderr(t('logs.saved', { count: String(file.count), path: file.path }));
  return EXIT.done;
}

/** Like `saveLinesOf`, for all nodes of a project. */
export async function saveLogs(
  docker: DockerPort,
  project: string,
  request: { readonly path: string; readonly filter: LogFilter },
): ReturnType<typeof saveLinesOf> {
  return saveLinesOf(docker, await nodesOf(docker, project), request);
}

/**
 * Writes the lines that pass the filter to a new file.
 * @returns the path and the number of lines
 * @throws WizardFailure `usage`, `engine`
 */
export async function saveLinesOf(
  docker: DockerPort,
  all: readonly LoggingNode[],
  { path, filter }: { readonly path: string; readonly filter: LogFilter },
): Promise<{ readonly path: string; readonly count: number }> {
  const nodes = all.filter(({ node }) => filter.node === undefined || node === filter.node);
  const lineOf = withNode(nodes);
  const { entries } = await readHistory(docker, nodes, { filter, tail: Number.POSITIVE_INFINITY });
  const file = new LogFile(path);
  try {
    for (const { node, line } of entries) file.write(lineOf(node, line));
  } finally {
    file.close();
  }
  return file;
}
