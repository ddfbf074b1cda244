/** The topics of `explain`, in the order in which they are listed. Their texts are in ../language. */

import type { StageTopic } from '../../pipeline/context/stage-definition.ts';
import { STAGES, type StageId } from '../../pipeline/stages/stage-list.ts';

export interface Topic {
  /** Other names of the topic that are not translated. Translated names are in the catalogues. */
  readonly aliases: readonly string[];
  /** Topics to read next. */
  readonly see: readonly string[];
}

type Topics = Readonly<Record<string, Topic>>;

/** Topics of the stages, from their definitions. */
function stageTopics(group: StageTopic['group']): Topics {
  return Object.fromEntries(
    STAGES.filter(({ topic }) => topic.group === group).map(({ id, topic }) => [id, topic]),
  );
}

const STAGE_TOPICS = Object.fromEntries(STAGES.map(({ id, topic }) => [id, topic])) as Record<
  StageId,
  StageTopic
>;

export const IMAGES = {
  images: {
    aliases: ['builder', 'runtime', 'builder image', 'runtime image', 'chaincode.builder', 'image'],
    see: ['core.yaml', 'image.ccenv', 'base.runtime'],
  },
  tags: { aliases: ['tag', 'image tags', 'docker tag', 'latest'], see: ['Version', 'DockerNamespace'] },
  builds: {
    aliases: ['build container', 'chaincode build', 'pull access denied'],
    see: ['image.ccenv', 'chaincode-image', '/chaincode'],
  },
  'chaincode-image': {
    aliases: ['dev', 'dev-*', 'chaincode container', 'networkId', 'CORE_PEER_NETWORKID', 'CORE_PEER_ID'],
    see: ['builds', 'instantiate'],
  },
} as const satisfies Topics;

export const FOLDERS = {
  '/etc/hyperledger/fabric': {
    aliases: ['FABRIC_CFG_PATH', '/etc'],
    see: ['core.yaml', 'sampleconfig', 'msp'],
  },
  '/var/hyperledger/production': {
    aliases: ['production', 'volume', 'volumes', '/var', '/var/hyperledger', 'ledgersData'],
    see: ['ledger', 'start'],
  },
  '/usr/local/bin': { aliases: ['bin', '/usr/local', 'programs'], see: ['swap', 'image.peer'] },
  '/opt/gopath': { aliases: ['GOPATH', '/opt', 'GO111MODULE'], see: ['compile', 'goshim', 'install'] },
  '/chaincode': { aliases: ['/chaincode/input', '/chaincode/output'], see: ['builds', 'image.ccenv'] },
  '.fabric-wizard': { aliases: ['state.json', 'state folder', 'payload'], see: ['compose', 'compile'] },
} as const satisfies Topics;

export const LDFLAGS = {
  ldflags: {
    aliases: ['-X', '-ldflags', 'metadata', 'LDFLAGS'],
    see: ['Version', 'BaseVersion', 'core.yaml'],
  },
  Version: {
    aliases: [
      'PROJECT_VERSION',
      'TWO_DIGIT_VERSION',
      '$(PROJECT_VERSION)',
      '--fabric-version',
      'fabric-version',
    ],
    see: ['tags', 'BaseVersion', 'core.yaml'],
  },
  CommitSHA: { aliases: ['EXTRA_VERSION', 'commit', '--commit-sha', 'commit-sha'], see: ['Version', 'tags'] },
  BaseVersion: {
    aliases: ['BASE_VERSION', 'BASEIMAGE_RELEASE', '$(BASE_VERSION)', '--base-version'],
    see: ['base.runtime', 'core.yaml'],
  },
  BaseDockerLabel: { aliases: ['BASE_DOCKER_LABEL', '--docker-label', 'label'], see: ['ldflags', 'tags'] },
  DockerNamespace: {
    aliases: ['DOCKER_NS', '$(DOCKER_NS)', '--docker-ns', 'namespace'],
    see: ['BaseDockerNamespace', 'image.ccenv'],
  },
  BaseDockerNamespace: {
    aliases: ['BASE_DOCKER_NS', '$(BASE_DOCKER_NS)', '--base-docker-ns'],
    see: ['DockerNamespace', 'base.runtime'],
  },
} as const satisfies Topics;

export const VARIABLES = {
  'core.yaml': {
    aliases: ['template', 'templates', 'chaincode.golang.runtime', 'fabric-yxbaseos', '$(ARCH)'],
    see: ['ldflags', 'CORE_CHAINCODE', 'images'],
  },
  CORE_CHAINCODE: {
    aliases: ['CORE_CHAINCODE_BUILDER', 'CORE_CHAINCODE_GOLANG_RUNTIME', 'STARTUPTIMEOUT'],
    see: ['core.yaml', 'compose'],
  },
  CORE_PEER_ADDRESS: {
    aliases: ['CORE_PEER', 'CORE_PEER_LISTENADDRESS', 'CORE_PEER_CHAINCODEADDRESS', 'CORE', '7051', '7052'],
    see: ['CORE_PEER_MSPCONFIGPATH', 'CORE_PEER_TLS'],
  },
  CORE_PEER_GOSSIP: {
    aliases: ['idle', 'ALIVETIMEINTERVAL', 'PULLINTERVAL', 'REQUESTSTATEINFOINTERVAL'],
    see: ['anchors', 'compose'],
  },
  CORE_PEER_MSPCONFIGPATH: { aliases: ['CORE_PEER_LOCALMSPID', 'admin'], see: ['msp', 'CORE_PEER_ADDRESS'] },
  CORE_PEER_TLS: {
    aliases: ['TLS', 'CORE_PEER_TLS_ENABLED', 'CORE_PEER_TLS_ROOTCERT_FILE', 'ORDERER_CA', 'cafile', 'x509'],
    see: ['crypto', 'CORE_PEER_ADDRESS'],
  },
  CORE_VM_ENDPOINT: {
    aliases: ['CORE_VM', 'docker socket', 'socket', 'docker.sock', '/var/run/docker.sock'],
    see: ['builds', 'CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE'],
  },
  CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: {
    aliases: ['NETWORKMODE', 'network mode', 'network', 'CORE_VM_DOCKER', 'network not found'],
    see: ['compose', 'CORE_VM_ENDPOINT'],
  },
  FABRIC_LOGGING_SPEC: {
    aliases: ['CORE_LOGGING_LEVEL', 'ORDERER_GENERAL_LOGLEVEL', 'logging', 'logs', 'debug'],
    see: ['peer', 'orderer'],
  },
} as const satisfies Topics;

export const WORDS = {
  peer: { aliases: ['peers', 'node', 'peer node'], see: ['ledger', 'endorsement', 'image.peer'] },
  orderer: {
    aliases: ['orderers', 'solo', 'raft', 'etcdraft', 'consensus', 'BatchTimeout'],
    see: ['channel', 'artifacts', 'image.orderer'],
  },
  msp: {
    aliases: ['membership', 'identity', 'organisation', 'org'],
    see: ['crypto', 'CORE_PEER_MSPCONFIGPATH'],
  },
  ledger: {
    aliases: ['block', 'blocks', 'state', 'transaction', 'LevelDB'],
    see: ['channel', 'invoke', 'couchdb'],
  },
  endorsement: {
    aliases: ['endorse', 'endorser', 'endorsement policy', 'policy'],
    see: ['instantiate', 'ledger'],
  },
  lifecycle: {
    aliases: ['approve', 'commit chaincode', 'approveformyorg', '2.x lifecycle', 'upgrade'],
    see: ['install', 'instantiate', 'builds'],
  },
  install: { aliases: ['chaincode install', 'chaincode'], see: ['instantiate', '/opt/gopath', 'lifecycle'] },
  instantiate: { aliases: ['chaincode instantiate', 'Init'], see: ['builds', 'invoke', 'lifecycle'] },
  invoke: { aliases: ['query', 'chaincode invoke', 'chaincode query'], see: ['endorsement', 'ledger'] },
} as const satisfies Topics;

/** Every group, in the order in which they are listed. */
export const GROUPS = {
  'build-stages': stageTopics('build-stages'),
  'network-stages': stageTopics('network-stages'),
  images: IMAGES,
  folders: FOLDERS,
  ldflags: LDFLAGS,
  variables: VARIABLES,
  words: WORDS,
} as const satisfies Readonly<Record<string, Topics>>;

export type GroupId = keyof typeof GROUPS;

/** The ids of a group's topics. */
export type IdsOf<G extends Topics> = keyof G & string;

export type TopicId =
  | StageId
  | IdsOf<typeof IMAGES>
  | IdsOf<typeof FOLDERS>
  | IdsOf<typeof LDFLAGS>
  | IdsOf<typeof VARIABLES>
  | IdsOf<typeof WORDS>;

export const TOPICS: Readonly<Record<TopicId, Topic>> = {
  ...STAGE_TOPICS,
  ...IMAGES,
  ...FOLDERS,
  ...LDFLAGS,
  ...VARIABLES,
  ...WORDS,
};

export const TOPIC_IDS = Object.keys(TOPICS) as readonly TopicId[];

export function groupOf(topic: TopicId): GroupId {
  const groups = Object.entries(GROUPS) as [GroupId, Topics][];
  const found = groups.find(([, topics]) => topic in topics);
  if (!found) throw new Error(`${topic} is in no group`);
  return found[0];
}
