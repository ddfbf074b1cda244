/** Networks, ports, files that are mounted, and nodes that are not there. */
import type { ContainerSummary, Evidence, Facts, SignMatch, Symptom } from './symptom.ts';

function holder({ facts }: SignMatch, { containers }: Evidence): Facts | undefined {
  const owner = containers.find(({ ports }) => ports.includes(Number(facts.port)));
  return owner && { ...facts, owner: owner.name };
}

/** The node of a name like `peer0.org1.example.com`, where the line names one of ours. */
function nodeOf({ facts }: SignMatch, { containers }: Evidence): ContainerSummary | undefined {
  return containers.find(({ node }) => node !== undefined && node === facts.node);
}

function ended(killed: boolean): Symptom['confirm'] {
  return (found, evidence) => {
    const container = nodeOf(found, evidence);
    if (container?.state !== 'exited' && container?.state !== 'dead') return undefined;
    const code = /\((\d+)\)/.exec(container.status)?.[1] ?? '';
    return (code === '137') === killed ? { ...found.facts, code, status: container.status } : undefined;
  };
}

function runs(found: SignMatch, evidence: Evidence): Facts | undefined {
  return nodeOf(found, evidence)?.state === 'running' ? found.facts : undefined;
}

const NODE = '(?<node>(?:peer|orderer)\\d*(?:\\.[a-z0-9-]+)+)';
/** Addresses of nodes in what a client or another node says, and a check's own `NODE: Exited (1) …`. */
const NODE_NAMED = [new RegExp(`(?:^|[\\s"/(\\[])${NODE}(?=:\\d+|: Exited| on \\S+:53)`)] as const;
const PORT_SIGNS = [
  /Bind for (?<address>\S+):(?<port>\d+) failed: port is already allocated/,
  /listen tcp[46]? (?<address>\S+):(?<port>\d+): bind: address already in use/,
] as const;

export const networkSymptoms = [
  {
    id: 'chaincode-network-absent',
    sources: ['failure', 'node'],
    signs: [/[Nn]etwork "?(?<network>[\w.-]+)"? not found/],
    weight: 4,
    confirm: ({ facts }, { network }) => ({ ...facts, ours: network }),
  },
  { id: 'port-of-container', sources: ['failure'], signs: PORT_SIGNS, weight: 4, confirm: holder },
  { id: 'port-in-use', sources: ['failure', 'node'], signs: PORT_SIGNS, weight: 3 },
  {
    id: 'bind-source-absent',
    sources: ['failure'],
    signs: [/bind source path does not exist: (?<path>[^\s'"]+)/],
    weight: 3,
  },
  {
    id: 'folder-in-place-of-file',
    sources: ['failure'],
    signs: [
      /mounting "(?<path>[^"]+)" to rootfs at "(?<target>[^"]+)".*not a directory/,
      /Are you trying to mount a directory onto a file/,
    ],
    weight: 3,
  },
  {
    id: 'genesis-is-folder',
    sources: ['failure', 'node'],
    signs: [/Error reading genesis block file: (?:\w+ )?(?<path>\S+): is a directory/],
    weight: 4,
  },
  {
    id: 'genesis-absent',
    sources: ['failure', 'node'],
    signs: [/Error reading genesis block file: open (?<path>\S+): no such file or directory/],
    weight: 4,
  },
  { id: 'node-killed', sources: ['failure'], signs: NODE_NAMED, weight: 3, confirm: ended(true) },
  { id: 'node-ended', sources: ['failure'], signs: NODE_NAMED, weight: 2, confirm: ended(false) },
  {
    id: 'node-not-in-network',
    sources: ['failure'],
    signs: [new RegExp(`lookup ${NODE}.*no such host`)],
    weight: 2,
    confirm: runs,
  },
  {
    id: 'node-not-listening',
    sources: ['failure'],
    signs: [
      new RegExp(`${NODE}:\\d+.*(?:connection refused|context deadline exceeded)`),
      /(?<node>127\.0\.0\.1:\d+).*(?:connection refused|ECONNREFUSED)/,
    ],
    weight: 1,
  },
] as const satisfies readonly Symptom[];
