/** Symptoms of networks, ports, bind mounts and nodes that are down. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import { CRASH } from '../core/last-words.ts';
import type { ContainerSummary, Evidence, PatternMatch, Symptom } from './symptom.ts';

/** Adds the container that publishes the port. */
function withPortOwner({ facts }: PatternMatch, { containers }: Evidence): DiagnosisFacts | undefined {
  const owner = containers.find(({ ports }) => ports.includes(Number(facts.port)));
  return owner && { ...facts, owner: owner.name };
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

function exited(killed: boolean): Symptom['confirm'] {
  return (match, evidence) => {
    const container = nodeOf(match, evidence);
    if (container?.state !== 'exited' && container?.state !== 'dead') return undefined;
    const code = /\((\d+)\)/.exec(container.status)?.[1] ?? '';
    if ((code === '137') !== killed) return undefined;
    const { facts } = match;
    return { ...facts, code, status: container.status, ...(killed ? {} : lastWordOf(facts.node, evidence)) };
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
const PORT_PATTERNS = [
  /Bind for (?<address>\S+):(?<port>\d+) failed: port is already allocated/,
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
  { id: 'port-in-use', sources: ['failure', 'node'], patterns: PORT_PATTERNS, weight: 3 },
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
    confirm: exited(true),
  },
  { id: 'node-ended', sources: ['failure'], patterns: NODE_NAMED, weight: 1, confirm: exited(false) },
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
