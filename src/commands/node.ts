/** `node`: starts, stops and pauses nodes, and shows how a client reaches one. `shell`: a shell in a node. */

import { Socket } from 'node:net';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { UNREACHABLE } from '../pipeline/core/machine-trouble.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { docker as dockerCommand } from '../pipeline/host/docker-command.ts';
import { type NodeAction, requestsFor } from '../pipeline/network/node-actions.ts';
import { nodeFacts } from '../pipeline/network/node-facts.ts';
import { nodeNamed } from '../pipeline/network/node-names.ts';
import {
  adminShell,
  hasShell,
  type NodeShell,
  noShell,
  ownShell,
  SHELL,
} from '../pipeline/network/node-shell.ts';
import { renderNodeFacts } from '../report/node-text.ts';
import {
  actOnNode,
  cryptoFolder,
  notRunning,
  onLostMachine,
  type RunningNetwork,
  runningNetwork,
} from './node-service.ts';
import {
  cancelOnSignals,
  printJson,
  styleFor,
  type Terminal,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';

/** @throws WizardFailure `usage` */
function requireNames(network: RunningNetwork, command: string, names: readonly string[]): readonly string[] {
  if (names.length > 0)
    return [
      ...new Set(
        names.map((name, index) =>
          nodeNamed(name, network.nodes, (known) => [command, ...names.with(index, known)].join(' ')),
        ),
      ),
    ];
  const nodes = network.nodes.join(', ');
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-node', nodes },
    next: network.nodes.slice(0, 1).map((node) => `${command} ${node}`),
  });
}

/** @throws WizardFailure `usage` if the machine of the node does not answer */
function requireMachine({ docker, spec }: RunningNetwork, node: string): void {
  const lost = onLostMachine(docker, spec, node);
  if (lost) throw lost;
}

/** The commands of the docker client that do the same. */
function dockerCommands({ containers }: RunningNetwork, node: string, action: NodeAction): string[] {
  const container = containers.get(node);
  const requests = container ? (requestsFor(action, container.state) ?? []) : [];
  return requests.map((request) => dockerCommand(request, container?.name ?? node));
}

export async function act(terminal: Terminal, action: NodeAction, names: readonly string[]): Promise<number> {
  const command = `fabric-wizard node ${action}`;
  const network = await runningNetwork(terminal, `node ${action}`);
  const nodes = requireNames(network, command, names);
  for (const node of nodes) requireMachine(network, node);
  const style = styleFor(terminal, process.stdout);
  if (terminal.dryRun) {
    const commands = nodes.flatMap((node) => dockerCommands(network, node, action));
    if (terminal.json) printJson({ ok: true, action, nodes, commands });
    else for (const each of commands) writeToStdout(`${style.t('notice.would-do', { command: each })}\n`);
    return EXIT.done;
  }
  const cancel = cancelOnSignals();
  try {
    for (const node of nodes) {
      const container = network.containers.get(node);
      await actOnNode({ ...network, node, container, action, signal: cancel.signal });
      if (!terminal.json)
        writeToStdout(`${style.good(style.symbol.good)} ${style.t(`node.did-${action}`, { node })}\n`);
    }
  } finally {
    cancel.dispose();
  }
  if (terminal.json) printJson({ ok: true, action, nodes });
  return EXIT.done;
}

export async function show(terminal: Terminal, names: readonly string[]): Promise<number> {
  const network = await runningNetwork(terminal, 'node show');
  const nodes = names.length === 0 ? network.nodes : requireNames(network, 'fabric-wizard node show', names);
  const all = await Promise.all(
    nodes.map(async (node) => {
      const container = network.containers.get(node);
      const image = container && (await network.docker.containerImage(container.id));
      const facts = nodeFacts(
        network.spec,
        node,
        cryptoFolder(terminal.dir),
        container && {
          image: image?.name ?? container.image,
          imageId: container.imageId,
          container: container.name,
          containerId: container.id,
        },
      );
      const isLost = !container && onLostMachine(network.docker, network.spec, node) !== undefined;
      return { node, state: container?.state ?? (isLost ? UNREACHABLE : 'missing'), facts };
    }),
  );
  if (terminal.json)
    printJson({
      nodes: all.map(({ node, state, facts }) => ({
        node,
        state,
        ...Object.fromEntries(facts.map(({ key, value }) => [key, value])),
      })),
    });
  else {
    const style = styleFor(terminal, process.stdout);
    const texts = all.map(({ node, state, facts }) =>
      [`${style.strong(node)}  ${style.dim(state)}`, ...renderNodeFacts(facts, style)].join('\n'),
    );
    writeToStdout(`${texts.join('\n\n')}\n`);
  }
  return EXIT.done;
}

/** @throws WizardFailure `usage` if the node does not run */
function requireRunning(network: RunningNetwork, node: string): string {
  const { containers } = network;
  const container = containers.get(node);
  if (container?.state === 'running') return container.id;
  requireMachine(network, node);
  throw notRunning(node, container);
}

/** Returns the shell of an admin. @throws WizardFailure `usage` if the node is no peer of this folder's network */
function requireAdminShell({ spec }: RunningNetwork, node: string): NodeShell {
  const shell = spec && adminShell(spec, node);
  if (shell) return shell;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-admin', node },
    next: [`fabric-wizard shell ${node}`, 'fabric-wizard shell cli'],
  });
}

/** A node without a shell gets one in the CLI container if it is a peer. @throws WizardFailure `usage` */
async function shellFor(network: RunningNetwork, node: string, signal: AbortSignal): Promise<NodeShell> {
  if (await hasShell(network.docker, requireRunning(network, node), signal)) return ownShell(node);
  const admin = network.spec && adminShell(network.spec, node);
  if (admin) return admin;
  throw noShell(node);
}

export interface ShellRequest {
  readonly node: string;
  /** A program to run instead of a shell. */
  readonly command: readonly string[];
  /** Use the CLI container as the admin of the peer's organisation. */
  readonly admin: boolean;
}

/** Runs a program with this process's terminal. @returns its exit code */
async function attach(
  docker: DockerPort,
  container: string,
  { env, workdir }: NodeShell,
  command: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const terminalOptions = {
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
    onResize: (listener: () => void) => {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
  };
  // Every key goes to the shell, Ctrl-C included.
  if (isTerminal) stdin.setRawMode(true);
  try {
    return await docker.attachTerminal(container, command, {
      env: { ...env, TERM: process.env.TERM ?? 'xterm' },
      workdir,
      input: stdin,
      output: stdout,
      errors: stderr,
      ...(isTerminal ? terminalOptions : {}),
      signal,
    });
  } finally {
    if (isTerminal) stdin.setRawMode(false);
    // A terminal or a pipe would keep the process alive.
    if (stdin instanceof Socket) stdin.unref();
  }
}

function shellCommand({ node, admin, command }: ShellRequest): string {
  const rest = command.length === 0 ? [] : ['--', ...command.map(shellWord)];
  return ['fabric-wizard shell', node, ...(admin ? ['--admin'] : []), ...rest].join(' ');
}

export async function shell(terminal: Terminal, request: ShellRequest): Promise<number> {
  const network = await runningNetwork(terminal, 'shell');
  const node = nodeNamed(request.node, network.nodes, (known) => shellCommand({ ...request, node: known }));
  const isShell = request.command.length === 0;
  const cancel = cancelOnSignals();
  try {
    const target = request.admin
      ? requireAdminShell(network, node)
      : isShell
        ? await shellFor(network, node, cancel.signal)
        : ownShell(node);
    const container = requireRunning(network, target.node);
    const style = styleFor(terminal, process.stderr);
    if (isShell && process.stdin.isTTY) {
      const key = target.node === node ? 'shell.opened' : 'shell.opened-admin';
      writeToStderr(style.dim(style.t(key, { node })));
    }
    return await attach(network.docker, container, target, isShell ? SHELL : request.command, cancel.signal);
  } finally {
    cancel.dispose();
  }
}
