/** Facts of the releases 1.0 to 1.4. */

import { unamePeerArch } from './peer-release.ts';
import {
  type CouchdbInputs,
  LANGUAGES,
  type ReleaseFacts,
  type ReleaseRow,
  unique,
  versionTags,
} from './release-facts.ts';

/** `uname -m` of a Linux machine with this Go architecture. */
const UNAME: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

export const MODULE = 'github.com/hyperledger/fabric';

const LEVEL_NAMES = { info: 'info', warning: 'warning' };
const LOGGING_SPEC = { variable: 'FABRIC_LOGGING_SPEC', ...LEVEL_NAMES };

const FABRIC_COUCHDB = 'hyperledger/fabric-couchdb';
/** Apache's images. Fabric's own image contains at most CouchDB 2.3. */
const COUCHDB_2 = ['couchdb:2.3.1', 'couchdb:2.3'];

/** From 1.1 on Fabric's CouchDB image is built with the base images and has their tags. */
function couchdbByBase(tag: string, { dockerNs, baseDockerNs }: CouchdbInputs): readonly string[] {
  return unique([
    `${baseDockerNs}/fabric-couchdb:${tag}`,
    `${FABRIC_COUCHDB}:${tag}`,
    `${dockerNs}/fabric-couchdb:latest`,
    `${FABRIC_COUCHDB}:latest`,
    ...COUCHDB_2,
  ]);
}

const V1_0_0: ReleaseFacts = {
  id: '1.0.0',
  modulePath: MODULE,
  metadataPackage: `${MODULE}/common/metadata`,
  ldflagVariables: ['Version', 'BaseVersion', 'BaseDockerLabel', 'DockerNamespace', 'BaseDockerNamespace'],
  releaseGo: '1.7.5',
  toolMetadata: 'Version',
  goMode: 'gopath',
  imagesBuilt: ['ccenv', 'peer', 'orderer', 'tools'],
  baseImages: 'fabric',
  programs: {
    peer: 'peer',
    orderer: 'orderer',
    cryptogen: 'common/tools/cryptogen',
    configtxgen: 'common/configtx/tool/configtxgen',
    configtxlator: 'common/tools/configtxlator',
  },
  staticByDefault: true,
  pkcs11ByDefault: true,
  versionHasSnapshot: true,
  imageTags: ({ version, goArch }) =>
    unique([
      // On arm64 the Makefile tags aarch64 and the peer requests arm64.
      `${unamePeerArch(goArch)}-${version}`,
      `${UNAME[goArch] ?? goArch}-${version}`,
      ...versionTags(version),
    ]),
  baseTag: (goArch, baseVersion) => `${unamePeerArch(goArch)}-${baseVersion}`,
  logging: {
    peer: { variable: 'CORE_LOGGING_LEVEL', ...LEVEL_NAMES },
    orderer: { variable: 'ORDERER_GENERAL_LOGLEVEL', ...LEVEL_NAMES },
  },
  chaincodeListener: false,
  eventPort: 7053,
  operations: false,
  discoveryService: false,
  gatewayService: false,
  capabilities: undefined,
  policies: false,
  couchdbImages: ({ dockerNs, version, goArch }) => {
    const tag = `${unamePeerArch(goArch)}-${version}`;
    return unique([
      `${dockerNs}/fabric-couchdb:${tag}`,
      `${FABRIC_COUCHDB}:${tag}`,
      `${FABRIC_COUCHDB}:latest`,
    ]);
  },
  couchdbPerChaincode: false,
  consensus: ['solo', 'kafka'],
  channels: 'system',
  ordererFirstBlock: 'GENESIS',
  lifecycle: 'legacy',
  languages: ['go'],
  externalBuilders: false,
  rebuildsChaincode: true,
  shim: {
    shim: `${MODULE}/core/chaincode/shim`,
    protos: `${MODULE}/protos/peer`,
    response: 'pb.Response',
  },
  cfgPath: '/etc/hyperledger/fabric',
  fabricVer: false,
  toolsVolumes: ['/etc/hyperledger/fabric'],
  ordererCommand: ['orderer'],
  channelGetinfo: false,
  chaincodeList: false,
  extendsNetworks: false,
  privateData: false,
  transientData: false,
  invokeTargets: false,
  blockReading: 'none',
  queryPrefix: 'Query Result: ',
  nodeOus: false,
  goshimScript: 'scripts/goListFiles.sh',
  goshimSubpackages: false,
  dockerfileNeedsInternet: { baseos: false, ccenv: false, peer: false, orderer: false, tools: false },
};

const V1_0_1: ReleaseFacts = { ...V1_0_0, id: '1.0.1-1.0.6' };

const V1_1: ReleaseFacts = {
  ...V1_0_1,
  id: '1.1',
  transientData: true,
  releaseGo: '1.9.2',
  ldflagVariables: [...V1_0_1.ldflagVariables, 'Experimental'],
  programs: { ...V1_0_1.programs, configtxgen: 'common/tools/configtxgen' },
  chaincodeListener: true,
  extendsNetworks: true,
  capabilities: { channel: 'V1_1', orderer: 'V1_1', application: 'V1_1' },
  couchdbImages: (inputs) => couchdbByBase(`${unamePeerArch(inputs.goArch)}-${inputs.baseVersion}`, inputs),
  couchdbPerChaincode: true,
  channelGetinfo: true,
  chaincodeList: true,
  blockReading: 'query',
};

const V1_2: ReleaseFacts = {
  ...V1_1,
  id: '1.2',
  discoveryService: true,
  releaseGo: '1.10',
  ldflagVariables: [
    'Version',
    'CommitSHA',
    'BaseVersion',
    'BaseDockerLabel',
    'DockerNamespace',
    'BaseDockerNamespace',
    'Experimental',
  ],
  toolMetadata: 'CommitSHA',
  pkcs11ByDefault: false,
  versionHasSnapshot: false,
  imageTags: ({ version, commitSha, goArch }) =>
    unique([
      `${goArch}-${version}`,
      `${goArch}-${version}-snapshot-${commitSha}`,
      `${goArch}-latest`,
      ...versionTags(version),
    ]),
  baseTag: (goArch, baseVersion) => `${goArch}-${baseVersion}`,
  couchdbImages: (inputs) => couchdbByBase(`${inputs.goArch}-${inputs.baseVersion}`, inputs),
  capabilities: { channel: 'V1_1', orderer: 'V1_1', application: 'V1_2' },
  policies: true,
  privateData: true,
  invokeTargets: true,
  queryPrefix: '',
  blockReading: 'fetch',
  dockerfileNeedsInternet: { ...V1_1.dockerfileNeedsInternet, tools: true },
};

const V1_3: ReleaseFacts = {
  ...V1_2,
  id: '1.3',
  releaseGo: '1.10.4',
  languages: ['go', 'java'],
  programs: { ...V1_2.programs, discover: 'cmd/discover', idemixgen: 'common/tools/idemixgen' },
  eventPort: undefined,
  capabilities: { channel: 'V1_3', orderer: 'V1_1', application: 'V1_3' },
};

const V1_4_0: ReleaseFacts = {
  ...V1_3,
  id: '1.4.0',
  releaseGo: '1.11.1',
  languages: LANGUAGES,
  ldflagVariables: V1_3.ldflagVariables.filter((variable) => variable !== 'Experimental'),
  logging: { peer: LOGGING_SPEC, orderer: LOGGING_SPEC },
  // From 1.4.9 on the release notes recommend Apache's images.
  couchdbImages: (inputs) => [...V1_3.couchdbImages(inputs), 'couchdb:3.1.1', 'couchdb:3.1'],
  operations: true,
};

const V1_4_1: ReleaseFacts = {
  ...V1_4_0,
  id: '1.4.1',
  releaseGo: '1.11.5',
  consensus: ['solo', 'kafka', 'etcdraft'],
};

const V1_4_2: ReleaseFacts = {
  ...V1_4_1,
  id: '1.4.2',
  capabilities: { channel: 'V1_4_2', orderer: 'V1_4_2', application: 'V1_4_2' },
  goshimSubpackages: true,
};

const V1_4_3: ReleaseFacts = {
  ...V1_4_2,
  id: '1.4.3',
  capabilities: { channel: 'V1_4_3', orderer: 'V1_4_2', application: 'V1_4_2' },
  dockerfileNeedsInternet: { ...V1_4_2.dockerfileNeedsInternet, ccenv: true },
};

const V1_4_4: ReleaseFacts = {
  ...V1_4_3,
  id: '1.4.4-1.4.5',
  releaseGo: '1.12.12',
  staticByDefault: false,
};

const V1_4_6: ReleaseFacts = { ...V1_4_4, id: '1.4.6-1.4.7' };

export const V1_4_8: ReleaseFacts = { ...V1_4_6, id: '1.4.8-1.4.12', releaseGo: '1.13.12' };

/** Each row applies from its release on; oldest first. */
export const OLDER_RELEASES: readonly ReleaseRow[] = [
  { from: '1.0.0', facts: V1_0_0 },
  { from: '1.0.1', facts: V1_0_1 },
  { from: '1.1.0', facts: V1_1 },
  { from: '1.2.0', facts: V1_2 },
  { from: '1.3.0', facts: V1_3 },
  { from: '1.4.0', facts: V1_4_0 },
  { from: '1.4.1', facts: V1_4_1 },
  { from: '1.4.2', facts: V1_4_2 },
  { from: '1.4.3', facts: V1_4_3 },
  { from: '1.4.4', facts: V1_4_4 },
  { from: '1.4.6', facts: V1_4_6 },
  { from: '1.4.8', facts: V1_4_8 },
];
