/** A machine on which all is well, for tests that care for one thing that is not. */
import type {
  DoctorFacts,
  PeerImageFact,
  PlanFact,
  PlannedImage,
} from '../../src/pipeline/doctor/doctor-facts.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { STAGES, type StageId } from '../../src/pipeline/stages/stage-list.ts';
import { bare } from './plans.ts';

const release = releaseOf('1.4.12');
if (!release) throw new Error('no release 1.4.12');

/** A plan in which these stages run, on a machine where nothing was measured. */
export function planOfStages(...stages: readonly StageId[]): PlanFact {
  const costs = STAGES.filter(({ id }) => stages.includes(id)).map(({ cost }) => cost(bare));
  const sum = (of: 'engineBytes' | 'stateBytes') => costs.reduce((all, cost) => all + (cost[of] ?? 0), 0);
  const memoryMb = Math.max(0, ...costs.map((cost) => cost.memoryMb));
  return {
    stages: new Set(stages),
    memoryMb,
    engineBytes: sum('engineBytes'),
    stateBytes: sum('stateBytes'),
  };
}

export function here(ref: string): PlannedImage {
  return { ref, architecture: 'amd64', missingRefs: [] };
}

export function absent(ref: string): PlannedImage {
  return { ref, architecture: undefined, missingRefs: [ref] };
}

export const runtime: PeerImageFact = {
  role: 'runtime',
  ref: 'hyperledger/fabric-baseos:amd64-0.4.22',
  key: 'chaincode.golang.runtime',
  origin: 'core.yaml',
  present: true,
  madeBy: 'base.runtime',
  problem: undefined,
  substitute: undefined,
  ownTemplate: '$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)',
  coreYaml: '/src/fabric/sampleconfig/core.yaml',
};

const SIZE = { orgs: 2, peers: 4, perPeer: 1, orderers: 1, metrics: false };

export const well: DoctorFacts = {
  machines: undefined,
  engine: {
    answers: true,
    name: 'Docker Engine',
    endpoint: 'unix:///var/run/docker.sock',
    origin: { kind: 'default' },
    version: '20.10.24',
    api: '1.41',
    minApi: '1.12',
    arch: 'amd64',
  },
  engineInfo: { security: ['name=seccomp,profile=default'], time: 1_000_000, requestedAt: 1_000_000 },
  otherEngine: undefined,
  nodes: { containers: 5, down: [] },
  couchdb: undefined,
  ca: undefined,
  gateway: false,
  chaincode: undefined,
  compose: { kind: 'plugin', version: '2.29.1' },
  ports: { wanted: 10, taken: [] },
  disk: {
    engine: { path: '/var/lib/docker', free: 70e9, device: 1 },
    engineRoot: '/var/lib/docker',
    state: { path: '/home/me/net', free: 70e9, device: 1 },
  },
  memory: { available: 8e9, nodes: 5, size: SIZE, made: false },
  neighbours: { limit: 1024, others: 0, size: SIZE },
  socket: {
    path: '/var/run/docker.sock',
    access: 'open',
    group: 'docker',
    listed: true,
    member: true,
  },
  encryption: { endpoint: 'unix:///var/run/docker.sock', kind: 'full' },
  context: {
    endpoint: 'unix:///var/run/docker.sock',
    ours: 'unix:///var/run/docker.sock',
    unreadable: undefined,
    tls: false,
  },
  source: {
    found: true,
    dir: '/src/fabric',
    version: '1.4.12',
    release,
    goVersion: release.releaseGo,
    practice: false,
    folders: 751,
  },
  scripts: { dir: '/src/fabric', isGit: true, withCrlf: [] },
  images: {
    builder: here('hyperledger/fabric-baseimage:amd64-0.4.22'),
    runtime: here('hyperledger/fabric-baseos:amd64-0.4.22'),
    ccenv: here('hyperledger/fabric-ccenv:amd64-1.4.12'),
    peer: here('hyperledger/fabric-peer:amd64-1.4.12'),
    orderer: here('hyperledger/fabric-orderer:amd64-1.4.12'),
    tools: here('hyperledger/fabric-tools:amd64-1.4.12'),
  },
  plan: planOfStages('start', 'smoke'),
  base: {
    mode: 'auto',
    ownAbsent: [],
    ownForeign: [],
    own: { builder: false, runtime: false },
    root: false,
    debian: true,
    foreign: undefined,
    unpublished: false,
    unused: false,
  },
  go: { image: 'hyperledger/fabric-baseimage:amd64-0.4.22', version: 'go1.19.8' },
  peerImages: [runtime],
  proxies: { shell: false, engine: false, nodes: [] },
  others: [],
  work: [],
  git: { version: '2.39.5', needed: false, dubious: undefined },
  folder: { dir: '/home/me/net', writable: true, foreign: [], folderForFile: [], withColon: [] },
  certificates: undefined,
  watches: { limit: 192_536 },
  clock: { now: 2_000_000, youngest: 1_000_000 },
  selinux: { enforcing: false },
};
