/** Symptoms of networks, ports, bind mounts and nodes that are down. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
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

function exited(killed: boolean): Symptom['confirm'] {
  return (match, evidence) => {
    const container = nodeOf(match, evidence);
    if (container?.state !== 'exited' && container?.state !== 'dead') return undefined;
    const code = /\((\d+)\)/.exec(container.status)?.[1] ?? '';
    return (code === '137') === killed ? { ...match.facts, code, status: container.status } : undefined;
  };
}

function isRunning(match: PatternMatch, evidence: Evidence): DiagnosisFacts | undefined {
  return nodeOf(match, evidence)?.state === 'running' ? match.facts : undefined;
}

const NODE = '(?<node>(?:peer|orderer)\\d*(?:\\.[a-z0-9-]+)+)';
/** Node addresses in errors of clients and other nodes, and `NODE: Exited (1) …` of this program's own checks. */
const NODE_NAMED = [new RegExp(`(?:^|[\\s"/(\\[])${NODE}(?=:\\d+|: Exited| on \\S+:53)`)];
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
  { id: 'node-killed', sources: ['failure'], patterns: NODE_NAMED, weight: 3, confirm: exited(true) },
  { id: 'node-ended', sources: ['failure'], patterns: NODE_NAMED, weight: 2, confirm: exited(false) },
  {
    id: 'node-not-in-network',
    sources: ['failure'],
    patterns: [new RegExp(`lookup ${NODE}.*no such host`)],
    weight: 2,
    confirm: isRunning,
  },
  {
    id: 'node-not-listening',
    sources: ['failure'],
    patterns: [
      new RegExp(`${NODE}:\\d+.*(?:connection refused|context deadline exceeded)`),
      /(?<node>127\.0\.0\.1:\d+).*(?:connection refused|ECONNREFUSED)/,
    ],
    weight: 1,
  },
];
