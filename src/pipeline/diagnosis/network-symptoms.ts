/** Symptoms of networks, ports, bind mounts and nodes that are down. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import { sshTarget } from '../core/engine-origin.ts';
import { CRASH } from '../core/last-words.ts';
import type { ContainerSummary, Evidence, PatternMatch, Symptom } from './symptom.ts';

function portOwner({ facts }: PatternMatch, { containers }: Evidence): ContainerSummary | undefined {
  return containers.find(({ ports }) => ports.includes(Number(facts.port)));
}

/** Adds the container that publishes the port; undefined if it is a node of this network. */
function withPortOwner(match: PatternMatch, evidence: Evidence): DiagnosisFacts | undefined {
  const owner = portOwner(match, evidence);
  return owner && owner.node === undefined ? { ...match.facts, owner: owner.name } : undefined;
}

/**
 * Adds the node of this network that publishes the port. If no container does, one did: the engine does not say
 * "allocated" of the port of another program.
 */
function withOldOwner(match: PatternMatch, evidence: Evidence): DiagnosisFacts | undefined {
  const owner = portOwner(match, evidence);
  if (owner) return owner.node === undefined ? undefined : { ...match.facts, owner: owner.node };
  return match.lines.some((line) => ALLOCATED.test(line)) ? match.facts : undefined;
}

/** Returns the container of the node that the line names, if the node belongs to this network. */
function nodeOf({ facts }: PatternMatch, { containers }: Evidence): ContainerSummary | undefined {
  return containers.find(({ node }) => node !== undefined && node === facts.node);
}

/** The last line that the program of an ended node printed, or the line with the reason if it crashed. */
function lastWordOf(node: string | undefined, { lastLines }: Evidence): DiagnosisFacts {
  const lines = lastLines.find((each) => each.node === node)?.lines ?? [];
  const crash = lines.find((line) => CRASH.test(line));
  const last = crash ?? lines.filter((line) => line.trim() !== '').at(-1);
  return last === undefined ? {} : { last: last.trim() };
}

type Ending = 'killed' | 'stopped' | 'ended';

/** Says how a node ended, by its exit code: of a program that is told to end it is 0 or that of SIGTERM. */
function endingOf(code: string, crashed: boolean): Ending {
  if (code === '137') return 'killed';
  return (code === '0' || code === '143') && !crashed ? 'stopped' : 'ended';
}

function exited(ending: Ending): Symptom['confirm'] {
  return (match, evidence) => {
    const { facts } = match;
    const container = nodeOf(match, evidence);
    if (container?.state !== 'exited' && container?.state !== 'dead') return undefined;
    const code = /\((\d+)\)/.exec(container.status)?.[1] ?? '';
    const { last } = lastWordOf(facts.node, evidence);
    if (endingOf(code, last !== undefined && CRASH.test(last)) !== ending) return undefined;
    const { status, outOfMemory } = container;
    return {
      ...facts,
      code,
      status,
      ...(ending === 'ended' && last !== undefined ? { last } : {}),
      ...(ending === 'killed' && outOfMemory ? { memory: 'used up' } : {}),
    };
  };
}

/** Adds the place in the source where the program of an ended node panicked; undefined if the node runs. */
function panicked(
  { name, facts, lines }: PatternMatch,
  { containers }: Evidence,
): DiagnosisFacts | undefined {
  const container = containers.find(({ node }) => node === name);
  if (container?.state !== 'exited' && container?.state !== 'dead') return undefined;
  const stack = lines.slice(lines.findLastIndex((line) => line.startsWith('panic: ')));
  const places = stack.flatMap((line) => /^\t(?<place>\S+\.go:\d+)/.exec(line)?.groups?.place ?? []);
  const own = places.find((place) => /hyperledger\/fabric\/(?!vendor\/)/.test(place));
  const place = own?.replace(/^.*hyperledger\/fabric\//, '');
  return { ...facts, node: name, status: container.status, ...(place === undefined ? {} : { place }) };
}

/** Returns the container that a line names by node or by published port. */
function containerOf({ facts }: PatternMatch, { containers }: Evidence): ContainerSummary | undefined {
  const port = Number(/:(\d+)$/.exec(facts.node ?? '')?.[1]);
  return containers.find(
    ({ node, ports }) => (node !== undefined && node === facts.node) || ports.includes(port),
  );
}

/** A node that runs and listens is not the cause, whoever could not reach it. */
function doesNotListen(match: PatternMatch, evidence: Evidence): DiagnosisFacts | undefined {
  const container = containerOf(match, evidence);
  if (container?.listens) return undefined;
  return container ? { ...match.facts, status: container.status } : match.facts;
}

/** Adds the nodes that use a proxy; undefined if there are none. */
function throughProxy({ facts }: PatternMatch, { proxied }: Evidence): DiagnosisFacts | undefined {
  return proxied.length > 0 ? { ...facts, nodes: proxied.join(', ') } : undefined;
}

function isRunning(match: PatternMatch, evidence: Evidence): DiagnosisFacts | undefined {
  return nodeOf(match, evidence)?.state === 'running' ? match.facts : undefined;
}

const NODE = '(?<node>(?:peer|orderer)\\d*(?:\\.[a-z0-9-]+)+)';
/** Node addresses in errors of clients and other nodes, and `NODE: Exited (1) …` of this program's own checks. */
const NODE_NAMED = [new RegExp(`(?:^|[\\s"/(\\[])${NODE}(?=:\\d+|: Exited| on \\S+:53)`)];
/** What Fabric and Go say of a node that could not be reached. */
const UNREACHED = new RegExp(
  `${NODE}:\\d+.*(?:connection refused|context deadline exceeded|proxyconnect|connect handshake)`,
);
const ALLOCATED = /Bind for (?<address>\S+):(?<port>\d+) failed: port is already allocated/;
const PORT_PATTERNS = [
  ALLOCATED,
  /listen tcp[46]? (?<address>\S+):(?<port>\d+): bind: address already in use/,
];

export const networkSymptoms: readonly Symptom[] = [
  {
    id: 'chaincode-network-absent',
    sources: ['failure', 'node'],
    patterns: [/[Nn]etwork "?(?<network>[\w.-]+)"? not found/],
    weight: 4,
    confirm: ({ facts }, { network }) => ({ ...facts, ours: network }),
  },
  {
    id: 'port-of-container',
    sources: ['failure'],
    patterns: PORT_PATTERNS,
    weight: 4,
    confirm: withPortOwner,
  },
  {
    id: 'port-not-released',
    sources: ['failure'],
    patterns: PORT_PATTERNS,
    weight: 4,
    confirm: withOldOwner,
  },
  {
    id: 'port-in-use',
    sources: ['failure', 'node'],
    patterns: PORT_PATTERNS,
    weight: 3,
    confirm: ({ facts }, { elsewhere }) =>
      elsewhere === undefined ? facts : { ...facts, elsewhere, host: sshTarget(elsewhere).host },
  },
  {
    id: 'bind-source-absent',
    sources: ['failure'],
    patterns: [/bind source path does not exist: (?<path>[^\s'"]+)/],
    weight: 3,
  },
  {
    id: 'folder-in-place-of-file',
    sources: ['failure'],
    patterns: [
      /mounting "(?<path>[^"]+)" to rootfs at "(?<target>[^"]+)".*not a directory/,
      /Are you trying to mount a directory onto a file/,
    ],
    weight: 3,
  },
  {
    id: 'genesis-is-folder',
    sources: ['failure', 'node'],
    patterns: [/Error reading genesis block file: (?:\w+ )?(?<path>\S+): is a directory/],
    weight: 4,
  },
  {
    id: 'genesis-absent',
    sources: ['failure', 'node'],
    patterns: [/Error reading genesis block file: open (?<path>\S+): no such file or directory/],
    weight: 4,
  },
  {
    id: 'node-panics',
    sources: ['node'],
    patterns: [/^panic: (?<message>.+)/],
    weight: 2,
    confirm: panicked,
  },
  {
    id: 'node-killed',
    sources: ['failure'],
    patterns: NODE_NAMED,
    weight: 3,
    checks: ['memory'],
    confirm: exited('killed'),
  },
  { id: 'node-stopped', sources: ['failure'], patterns: NODE_NAMED, weight: 3, confirm: exited('stopped') },
  { id: 'node-ended', sources: ['failure'], patterns: NODE_NAMED, weight: 1, confirm: exited('ended') },
  {
    id: 'node-not-in-network',
    sources: ['failure'],
    patterns: [new RegExp(`lookup ${NODE}.*no such host`)],
    weight: 2,
    confirm: isRunning,
  },
  {
    id: 'node-behind-proxy',
    sources: ['failure'],
    patterns: [UNREACHED, new RegExp(`lookup ${NODE}.*no such host`)],
    weight: 3,
    checks: ['proxies'],
    confirm: throughProxy,
  },
  {
    id: 'node-not-listening',
    sources: ['failure'],
    patterns: [UNREACHED, /(?<node>127\.0\.0\.1:\d+).*(?:connection refused|ECONNREFUSED)/],
    weight: 1,
    confirm: doesNotListen,
  },
];
