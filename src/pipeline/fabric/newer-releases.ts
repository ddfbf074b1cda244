/** Facts of the releases 2.0 to 3.1. */

import { V1_4_8 } from './older-releases.ts';
import { type ReleaseFacts, type ReleaseRow, unique, versionTags } from './release-facts.ts';
import { minorVersion } from './versions.ts';

const CAPABILITIES_2_0 = { channel: 'V2_0', orderer: 'V2_0', application: 'V2_0' };
const VENDORED = 'github.com/hyperledger';

const COUCHDB_3 = ['3.4.2', '3.4', '3.3.3', '3.3', '3.2.2', '3.2', '3.1.1', '3.1', '3', 'latest'];

/** @param tested version in the release's own integration tests */
function couchdb(tested: string): () => readonly string[] {
  const minor = minorVersion(tested);
  return () => unique([tested, minor, ...COUCHDB_3]).map((tag) => `couchdb:${tag}`);
}

const V2_0: ReleaseFacts = {
  ...V1_4_8,
  id: '2.0',
  ldflagVariables: ['Version', 'CommitSHA', 'BaseDockerLabel', 'DockerNamespace', 'BaseDockerNamespace'],
  releaseGo: '1.13.4',
  toolMetadata: undefined,
  programs: {
    peer: 'cmd/peer',
    orderer: 'cmd/orderer',
    cryptogen: 'cmd/cryptogen',
    configtxgen: 'cmd/configtxgen',
    configtxlator: 'cmd/configtxlator',
    discover: 'cmd/discover',
    idemixgen: 'cmd/idemixgen',
  },
  imagesBuilt: ['baseos', 'ccenv', 'peer', 'orderer', 'tools'],
  baseImages: 'ours',
  imageTags: ({ version, commitSha, goArch }) =>
    unique([...versionTags(version), `${goArch}-${version}-snapshot-${commitSha}`]),
  capabilities: CAPABILITIES_2_0,
  couchdbImages: couchdb('2.3'),
  // Solo and kafka are deprecated, but they work.
  consensus: ['etcdraft', 'solo', 'kafka'],
  ordererFirstBlock: 'BOOTSTRAP',
  lifecycle: 'package',
  externalBuilders: true,
  rebuildsChaincode: false,
  shim: {
    shim: `${VENDORED}/fabric-chaincode-go/shim`,
    protos: `${VENDORED}/fabric-protos-go/peer`,
    response: 'pb.Response',
  },
  goshimScript: undefined,
  goshimSubpackages: false,
  dockerfileNeedsInternet: { baseos: true, ccenv: true, peer: true, orderer: true, tools: true },
};

const V2_1: ReleaseFacts = {
  ...V2_0,
  id: '2.1',
  ldflagVariables: ['Version', 'CommitSHA', 'BaseDockerLabel', 'DockerNamespace'],
  releaseGo: '1.14.1',
};

const V2_2: ReleaseFacts = {
  ...V2_1,
  id: '2.2',
  goMode: 'modules',
  releaseGo: '1.14.4',
  couchdbImages: couchdb('3.3.3'),
};

const V2_3: ReleaseFacts = {
  ...V2_2,
  id: '2.3',
  releaseGo: '1.14.12',
  couchdbImages: couchdb('3.1.1'),
  programs: { ...V2_2.programs, osnadmin: 'cmd/osnadmin' },
  channels: 'both',
};

const V2_4: ReleaseFacts = {
  ...V2_3,
  id: '2.4',
  gatewayService: true,
  releaseGo: '1.16.7',
  couchdbImages: couchdb('3.2.2'),
  programs: { ...V2_3.programs, idemixgen: undefined, ledgerutil: 'cmd/ledgerutil' },
};

const V2_5_0: ReleaseFacts = {
  ...V2_4,
  id: '2.5.0-2.5.5',
  releaseGo: '1.20.2',
  couchdbImages: couchdb('3.4.2'),
  // The build of a release uses the version `v2.5.0`, but the peer requests `2.5`.
  imageTags: ({ version }) => unique([version, version.replace(/^v/, '')].flatMap(versionTags)),
  capabilities: { ...CAPABILITIES_2_0, application: 'V2_5' },
  cfgPath: '/var/hyperledger/fabric/config',
  nodeOus: true,
  fabricVer: true,
  toolsVolumes: [...V2_4.toolsVolumes, '/var/hyperledger'],
  ordererCommand: ['orderer', 'start'],
};

const V2_5_6: ReleaseFacts = { ...V2_5_0, id: '2.5', cfgPath: V2_4.cfgPath };

const V3_0: ReleaseFacts = {
  ...V2_5_6,
  id: '3.0',
  releaseGo: '1.23.1',
  couchdbImages: couchdb('3.3.3'),
  consensus: ['etcdraft', 'BFT'],
  channels: 'participation',
  shim: {
    shim: `${VENDORED}/fabric-chaincode-go/v2/shim`,
    protos: `${VENDORED}/fabric-protos-go-apiv2/peer`,
    response: '*pb.Response',
  },
};

const V3_1: ReleaseFacts = { ...V3_0, id: '3.1', releaseGo: '1.24.0', couchdbImages: couchdb('3.4.2') };

/** Each row applies from its release on; oldest first. */
export const NEWER_RELEASES: readonly ReleaseRow[] = [
  { from: '2.0.0', facts: V2_0 },
  { from: '2.1.0', facts: V2_1 },
  { from: '2.2.0', facts: V2_2 },
  { from: '2.3.0', facts: V2_3 },
  { from: '2.4.0', facts: V2_4 },
  { from: '2.5.0', facts: V2_5_0 },
  { from: '2.5.6', facts: V2_5_6 },
  { from: '3.0.0', facts: V3_0 },
  { from: '3.1.0', facts: V3_1 },
];
