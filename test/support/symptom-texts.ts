/**
 * For every symptom, what was really said when it was met, and something alike that is another case. Hosts and
 * addresses of registries are replaced by examples. Origins: runs on Engine 20.10 with the practice source and with
 * Fabric 1.4.12, Fabric's own source, and public threads of the repositories named.
 */
import type { Evidence, LogExcerpt } from '../../src/pipeline/diagnosis/symptom.ts';
import { NO_EVIDENCE } from '../../src/pipeline/diagnosis/symptom.ts';
import type { SymptomId } from '../../src/pipeline/diagnosis/symptoms.ts';

export interface SymptomText {
  readonly said: string;
  /** Who said it; default: the failed command. */
  readonly by?: LogExcerpt['source'];
  readonly evidence?: Partial<Evidence>;
  /** In the diagnosis' title, reasons or commands, filled in. */
  readonly shows: string;
  /** Alike, and not this. */
  readonly unlike: { readonly said: string; readonly evidence?: Partial<Evidence> };
}

const builder = {
  role: 'builder',
  ref: 'hyperledger/fabric-ccenv:1.4',
  key: 'chaincode.builder',
  here: false,
  own: 'hyperledger/fabric-ccenv:1.4',
} as const;
const runtime = {
  role: 'runtime',
  ref: 'hyperledger/fabric-baseos:amd64-0.4.22',
  key: 'chaincode.golang.runtime',
  here: false,
  own: 'hyperledger/fabric-baseos:amd64-0.4.22',
} as const;
const here = [
  { ...builder, here: true },
  { ...runtime, here: true },
];

const PEER_14 =
  'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg error starting container: error starting container: ';
const PEER_20 =
  "Error: chaincode install failed with status: 500 - failed to invoke backing implementation of 'InstallChaincode': could not build chaincode: docker build failed: ";
const OFFLINE =
  'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 192.0.2.53:53: no such host';
const NO_BUILDER = `${PEER_14}Post http://unix.sock/build?t=net-peer0: Failed to generate platform-specific docker build: Failed to pull IMAGE: API error (500): ${OFFLINE}`;

function pulling(image: string): string {
  return NO_BUILDER.replace('IMAGE', image);
}

function node(name: string, state: string, status: string): Partial<Evidence> {
  return { containers: [{ name: `net-${name}`, node: name, state, status, ports: [] }] };
}

const runs = node('peer0.org1.example.com', 'running', 'Up 3 seconds');
const gone =
  'Error: error getting endorser client for channel: endorser client failed to connect to peer0.org1.example.com:7051: failed to create new connection: context deadline exceeded';

export const symptomTexts: Readonly<Record<SymptomId, SymptomText>> = {
  // images
  'builder-other-namespace': {
    said: pulling('hyperledger/fabric-ccenv:1.4'),
    evidence: { asked: [{ ...builder, own: 'acme/fabric-ccenv:1.4' }] },
    shows: 'acme/fabric-ccenv:1.4',
    unlike: { said: pulling('hyperledger/fabric-yxccenv:1.4'), evidence: { asked: [builder] } },
  },
  'runtime-other-namespace': {
    said: `${PEER_14}${OFFLINE}`,
    evidence: { asked: [{ ...runtime, own: 'acme/fabric-baseos:amd64-0.4.22' }] },
    shows: 'docker tag acme/fabric-baseos:amd64-0.4.22 hyperledger/fabric-baseos:amd64-0.4.22',
    unlike: { said: `${PEER_14}${OFFLINE}`, evidence: { asked: here } },
  },
  'builder-other-tag': {
    said: pulling('hyperledger/fabric-ccenv:latest'),
    evidence: { asked: [{ ...builder, ref: 'hyperledger/fabric-ccenv:latest' }] },
    shows: 'hyperledger/fabric-ccenv:latest',
    unlike: { said: pulling('hyperledger/fabric-ccenv:latest') },
  },
  'runtime-other-tag': {
    said: `${PEER_14}${OFFLINE}`,
    evidence: { asked: [{ ...runtime, ref: 'hyperledger/fabric-baseos:amd64-1.4.12' }] },
    shows: 'amd64-1.4.12',
    unlike: {
      said: pulling('x/y:1'),
      evidence: { asked: [{ ...runtime, ref: 'hyperledger/fabric-baseos:1' }] },
    },
  },
  'builder-absent': {
    said: pulling('hyperledger/fabric-yxccenv:1.4'),
    evidence: { asked: [{ ...builder, ref: 'hyperledger/fabric-yxccenv:1.4' }] },
    shows: 'The builder image hyperledger/fabric-yxccenv:1.4 is not on this engine',
    unlike: { said: `${PEER_14}${OFFLINE}`, evidence: { asked: [{ ...builder, ref: 'a/b:1' }] } },
  },
  'runtime-absent': {
    said: `${PEER_14}${OFFLINE}`,
    evidence: { asked: [{ ...runtime, ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22' }] },
    shows: 'The runtime image hyperledger/fabric-yxbaseos:amd64-0.4.22 is not on this engine',
    unlike: {
      said: 'Error: got unexpected status: BAD_REQUEST -- channel nowhere not found',
      evidence: { asked: [{ ...runtime, ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22' }] },
    },
  },
  'runtime-pulled-although-here': {
    said: `${PEER_20}docker image build failed: pull access denied for acme/fabric-baseos, repository does not exist or may require 'docker login'`,
    evidence: { asked: [{ ...runtime, ref: 'acme/fabric-baseos:2.5', here: true }] },
    shows: 'acme/fabric-baseos:2.5, although it is on this engine',
    unlike: {
      said: `${PEER_20}docker image build failed: pull access denied for acme/fabric-baseos, repository does not exist`,
      evidence: { asked: [{ ...runtime, ref: 'other/fabric-baseos:2.5', here: true }] },
    },
  },
  'reference-unfilled': {
    said: `${PEER_14}invalid reference format`,
    evidence: { asked: [{ ...runtime, ref: 'hyperledger/fabric-baseos:$(ARCH_X)-0.4.22' }] },
    shows: '$(ARCH_X)',
    unlike: { said: `${PEER_14}invalid reference format`, evidence: { asked: here } },
  },
  'reference-invalid': {
    said: `${PEER_14}invalid reference format: repository name must be lowercase`,
    shows: 'does not accept the name of an image',
    unlike: { said: 'Error: invalid channel create transaction : bad type' },
  },
  'ccenv-latest-gone': {
    said: 'manifest for hyperledger/fabric-ccenv:latest not found: manifest unknown',
    shows: 'hyperledger/fabric-ccenv:latest',
    unlike: { said: 'manifest for hyperledger/fabric-ccenv:2.5 not found: manifest unknown' },
  },
  'tools-gone': {
    said: 'manifest for hyperledger/fabric-tools:3.1 not found',
    shows: 'fabric-tools:3.1',
    unlike: { said: 'manifest for hyperledger/fabric-tools:2.9 not found' },
  },
  'pull-rate-limit': {
    said: 'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading',
    shows: 'docker login',
    unlike: { said: 'Error: too many requests in one block' },
  },
  'no-image-for-architecture': {
    said: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
    shows: 'linux/arm64/v8',
    unlike: { said: 'manifest for a/b:1 not found' },
  },
  'program-of-other-architecture': {
    said: 'exec /usr/local/bin/chaincode: exec format error',
    by: 'chaincode',
    shows: 'another processor',
    unlike: { said: 'exec /usr/local/bin/chaincode: no such file or directory' },
  },
  'emulated-go': {
    said: 'runtime: lfstack.push invalid packing: node=0xffff86c9d140 cnt=0x1 packed=0xffff86c9d1400001 -> node=0xffffffff86c9d140',
    by: 'node',
    shows: 'emulated',
    unlike: { said: 'runtime: goroutine stack exceeds 1000000000-byte limit' },
  },
  'version-of-two-words': {
    said: `${PEER_14}failed to parse Dockerfile: Syntax error - can't find = in "build". Must be of the form: name=value`,
    shows: '"build"',
    unlike: { said: `${PEER_14}failed to parse Dockerfile: unknown instruction: BUILD` },
  },
  'builder-not-pulled': {
    said: pulling('hyperledger/fabric-ccenv:1.4'),
    shows: 'hyperledger/fabric-ccenv:1.4',
    unlike: { said: 'Failed to pull back the transaction' },
  },
  'upstream-offline': {
    said: "The command '/bin/sh -c apk add --no-cache tzdata' returned a non-zero code: 1",
    shows: '--dockerfiles own',
    unlike: { said: "The command '/bin/sh -c make peer GO_TAGS=$GO_TAGS' returned a non-zero code: 2" },
  },
  'image-not-in-registry': {
    said: "Error response from daemon: pull access denied for acme/fabric-baseos, repository does not exist or may require 'docker login'",
    shows: 'acme/fabric-baseos',
    unlike: { said: 'Error: access denied: channel [x] creator org [Org1MSP]' },
  },
  'image-vanished': {
    said: '(HTTP code 404) no such container - No such image: acme/fabric-tools:1.4',
    shows: 'acme/fabric-tools:1.4',
    unlike: { said: 'No such container: acme' },
  },
  'registry-unreachable': {
    said: OFFLINE,
    shows: 'registry.example',
    unlike: { said: 'dial tcp: lookup orderer.example.com on 127.0.0.11:53: no such host' },
  },
  // engine
  'engine-too-new-for-peer': {
    said: `${PEER_20}docker image build failed: write unix @->/run/docker.sock: write: broken pipe`,
    shows: '/run/docker.sock',
    unlike: { said: 'write tcp 127.0.0.1:7051->127.0.0.1:5: write: broken pipe' },
  },
  'engine-too-old-for-client': {
    said: `${PEER_20}docker image inspection failed: Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41`,
    shows: 'API versions up to 1.41',
    unlike: { said: 'client version 1.22 is too old. Minimum supported API version is 1.44' },
  },
  'client-too-old-for-engine': {
    said: 'client version 1.22 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
    shows: 'API versions from 1.44 on',
    unlike: { said: 'client version 1.52 is too new. Maximum supported API version is 1.41' },
  },
  'engine-answers-no-inspection': {
    said: `${PEER_20}docker image inspection failed: Error response from daemon`,
    shows: 'could not inspect an image',
    unlike: { said: `${PEER_20}docker image inspection failed: No such thing` },
  },
  'socket-not-in-peer': {
    said: `${PEER_20}docker image inspection failed: Get "http://unix.sock/images/x/json": dial unix /host/var/run/docker.sock: connect: no such file or directory`,
    shows: '/host/var/run/docker.sock',
    unlike: { said: 'open /host/var/run/docker.sock: no such file or directory' },
  },
  'socket-denied': {
    said: 'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    shows: 'usermod -aG docker',
    unlike: { said: 'permission denied: Writers' },
  },
  'endpoint-wrong': {
    said: `${PEER_20}docker image inspection failed: cannot connect to Docker endpoint`,
    shows: 'CORE_VM_ENDPOINT',
    unlike: { said: 'Error: cannot connect to the endorsing peer' },
  },
  'engine-gone': {
    said: 'connect ENOENT /var/run/docker.sock',
    shows: '/var/run/docker.sock no longer responds',
    unlike: { said: 'connect ECONNREFUSED 127.0.0.1:7050' },
  },
  'address-pools-used-up': {
    said: 'ERROR: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    shows: 'docker network ls',
    unlike: { said: 'ERROR: Pool overlaps with other one on this address space' },
  },
  'container-name-taken': {
    said: 'Error response from daemon: Conflict. The container name "/net-cli" is already in use by container "366749ccaf8c". You have to remove (or rename) that container to be able to reuse that name.',
    shows: 'net-cli',
    unlike: { said: "chaincode with name 'x' already exists" },
  },
  'compose-too-old': {
    said: 'ERROR: Version in "./docker-compose.yaml" is unsupported. You might be seeing this error because you\'re using the wrong Compose file version.',
    shows: './docker-compose.yaml',
    unlike: { said: 'the attribute `version` is obsolete' },
  },
  'mounts-denied': {
    said: 'Error response from daemon: Mounts denied: The path /opt/fabric is not shared from the host and is not known to Docker.',
    shows: 'Docker Desktop',
    unlike: { said: 'access denied for [getinstalledchaincodes]' },
  },
  // network
  'chaincode-network-absent': {
    said: `${PEER_14}API error (404): network net_byfn not found`,
    evidence: { network: 'acme_default' },
    shows: 'net_byfn',
    unlike: { said: 'Error: channel net_byfn not found' },
  },
  'port-of-container': {
    said: 'Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:7051 failed: port is already allocated',
    evidence: { containers: [{ name: 'byfn-peer', state: 'running', status: 'Up', ports: [7051] }] },
    shows: 'byfn-peer',
    unlike: { said: 'Bind for 0.0.0.0:7051 failed: port is already allocated' },
  },
  'port-in-use': {
    said: 'Error starting userland proxy: listen tcp4 0.0.0.0:7051: bind: address already in use',
    shows: '--port-base 17050',
    unlike: { said: 'listen tcp: address nowhere: missing port in address' },
  },
  'bind-source-absent': {
    said: 'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /x/network/channel-artifacts/genesis.block',
    shows: '/x/network/channel-artifacts/genesis.block',
    unlike: { said: 'path to chaincode does not exist: /x' },
  },
  'folder-in-place-of-file': {
    said: 'OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/x/genesis.block" to rootfs at "/s.sh": mount /x/genesis.block:/s.sh (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
    shows: '/x/genesis.block is a folder',
    unlike: { said: 'mkdir /x: not a directory' },
  },
  'genesis-is-folder': {
    said: 'panic: unable to bootstrap orderer. Error reading genesis block file: read /var/hyperledger/orderer/genesis.block: is a directory',
    by: 'node',
    shows: '/var/hyperledger/orderer/genesis.block is a folder',
    unlike: { said: 'read /tmp: is a directory' },
  },
  'genesis-absent': {
    said: 'panic: unable to bootstrap orderer. Error reading genesis block file: open /etc/genesisblock: no such file or directory',
    by: 'node',
    shows: '/etc/genesisblock',
    unlike: { said: 'open /etc/hosts: no such file or directory' },
  },
  'node-killed': {
    said: gone,
    evidence: node('peer0.org1.example.com', 'exited', 'Exited (137) 2 seconds ago'),
    shows: 'was killed: Exited (137) 2 seconds ago',
    unlike: { said: gone, evidence: node('peer0.org1.example.com', 'exited', 'Exited (1) 2 seconds ago') },
  },
  'node-ended': {
    said: 'orderer.example.com: Exited (2) 1 second ago',
    evidence: node('orderer.example.com', 'exited', 'Exited (2) 1 second ago'),
    shows: 'orderer.example.com is not running: Exited (2)',
    unlike: { said: gone, evidence: runs },
  },
  'node-not-in-network': {
    said: 'error getting endorser client: dial tcp: lookup peer0.org1.example.com on 127.0.0.11:53: no such host',
    evidence: runs,
    shows: 'different networks',
    unlike: { said: 'lookup proxy.example on 127.0.0.11:53: no such host', evidence: runs },
  },
  'node-not-listening': {
    said: gone,
    evidence: runs,
    shows: 'peer0.org1.example.com does not accept connections',
    unlike: { said: 'timed out waiting for txid on all peers' },
  },
  // certificates
  'certificates-of-other-ca': {
    said: 'x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "ca.org1.example.com")',
    shows: 'New certificates were created',
    unlike: { said: 'x509: cannot parse dnsName' },
  },
  'certificate-expired': {
    said: 'x509: certificate has expired or is not yet valid: current time 2036-01-01T00:00:00Z is after 2035-12-30T10:00:00Z',
    shows: '2036-01-01T00:00:00Z',
    unlike: { said: 'the lease has expired' },
  },
  'certificate-of-other-name': {
    said: 'x509: certificate is valid for peer0.org1.example.com, peer0, not localhost',
    shows: 'called by the name localhost',
    unlike: { said: 'x509: certificate is not valid' },
  },
  'tls-on-one-side': {
    said: '2022-06-06 15:45:46.646 UTC 0072 ERRO [core.comm] ServerHandshake -> Server TLS handshake failed in 14.13µs with error tls: first record does not look like a TLS handshake server=PeerServer remoteaddress=127.0.0.1:55724',
    by: 'node',
    shows: 'One side uses TLS',
    unlike: { said: 'tls: handshake failure' },
  },
  'msp-absent': {
    said: 'Cannot run peer because cannot init crypto, folder "/etc/hyperledger/fabric/msp" does not exist',
    by: 'node',
    shows: '/etc/hyperledger/fabric/msp',
    unlike: { said: 'folder "/x" does not exist' },
  },
  'msp-incomplete': {
    said: 'Cannot run peer because error when setting up MSP of type bccsp from directory /etc/hyperledger/fabric/msp: could not load a valid signer certificate from directory /etc/hyperledger/fabric/msp/signcerts: stat /etc/hyperledger/fabric/msp/signcerts: no such file or directory',
    by: 'node',
    shows: '/etc/hyperledger/fabric/msp',
    unlike: { said: 'could not load a certificate' },
  },
  'not-an-admin': {
    said: "Error: proposal failed (err: bad proposal response 500: access denied for [JoinChain]: Failed verifying that proposal's creator satisfies local MSP principal during channelless check policy with policy [Admins]: [This identity is not an admin]",
    shows: "an organisation's admin",
    unlike: { said: 'This identity is not a member' },
  },
  'creator-unknown': {
    said: 'Error: error endorsing query: rpc error: code = Unknown desc = access denied: channel [mychannel] creator org [Org1MSP] - proposal response: <nil>',
    shows: 'Org1MSP on mychannel',
    unlike: { said: 'access denied for [getchannels]' },
  },
  // ledgers
  'channel-exists': {
    said: "Error: got unexpected status: BAD_REQUEST -- error applying config update to existing channel 'mychannel': error authorizing update: error validating ReadSet: proposed update requires that key [Group]  /Channel/Application be at version 0, but it is currently at version 1",
    shows: '/Channel/Application',
    unlike: { said: 'readset expected key [Value]  /Channel/X at version 3, but got version 4' },
  },
  'channel-joined-before': {
    said: 'Error: proposal failed (err: bad proposal response 500: cannot create ledger from genesis block: LedgerID already exists)',
    shows: 'already has a ledger of this channel',
    unlike: { said: "chaincode with name 'a' already exists" },
  },
  'ledger-of-other-crypto': {
    said: "Error: got unexpected status: FORBIDDEN -- implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
    shows: 'Writers',
    unlike: { said: 'Error: got unexpected status: FORBIDDEN -- permission denied' },
  },
  'ledger-damaged': {
    said: "panic: Error opening leveldb: leveldb: manifest corrupted (field 'comparer'): missing [file=MANIFEST-000004]",
    by: 'node',
    shows: 'damaged',
    unlike: { said: 'leveldb: not found' },
  },
  'ledger-of-other-version': {
    said: 'Error: unexpected format. db info = [leveldb for channel-IDs at [/var/hyperledger/production/ledgersData/ledgerProvider]], data format = [], expected format = [2.0]',
    by: 'node',
    shows: 'format 1.x, expected 2.0',
    unlike: { said: 'unexpected format of the block' },
  },
  'capability-unknown': {
    said: 'Panic: [channel mychannel] incompatible: Application capability V2_0 is required but not supported',
    by: 'node',
    shows: 'application capability V2_0',
    unlike: { said: 'capability is supported' },
  },
  'no-raft-leader': {
    said: 'Error: got unexpected status: SERVICE_UNAVAILABLE -- no Raft leader',
    shows: 'leader',
    unlike: {
      said: 'Error: got unexpected status: SERVICE_UNAVAILABLE -- will not enqueue, consenter for this channel has not started yet',
    },
  },
  'couchdb-not-ready': {
    said: 'panic: Error during commit, peer error getting connection to couch instance: Get http://couchdb0:5984/: dial tcp 172.18.0.2:5984: connection refused',
    by: 'node',
    shows: 'CouchDB',
    unlike: { said: 'dial tcp 172.18.0.2:7050: connection refused' },
  },
  'orderer-refuses': {
    said: "Error: got unexpected status: BAD_REQUEST -- bad channel ID: 'X' contains illegal characters",
    shows: "bad channel ID: 'X'",
    unlike: { said: 'Error: got status: 3' },
  },
  // chaincode
  'chaincode-package-missing': {
    said: `${PEER_20}docker image build failed: docker build failed: Error returned from build: 1 "/chaincode/input/src/contract/fabric/ycsb/ycsb.go:16:2: cannot find package "github.com/hyperledger/fabric-chaincode-go/shim" in any of:`,
    shows: 'github.com/hyperledger/fabric-chaincode-go/shim',
    unlike: { said: 'main.go:16:2: cannot find package "x" in any of:' },
  },
  'chaincode-does-not-compile': {
    said: `${PEER_14}Post http://unix.sock/build: Failed to generate platform-specific docker build: Error returned from build: 2 "# fabric-wizard/smoke-1\nsrc/fabric-wizard/smoke-1/main.go:12:9: undefined: broken\n"`,
    shows: 'does not compile: main.go:12: undefined: broken',
    unlike: { said: 'orderer/main.go:12:9: undefined: broken' },
  },
  'vendoring-inconsistent': {
    said: `${PEER_20}docker image build failed: docker build failed: Error returned from build: 1 "go: inconsistent vendoring in /chaincode/input/src:`,
    shows: '/chaincode/input/src',
    unlike: { said: 'go: finding module' },
  },
  'go-too-old': {
    said: "go: errors parsing go.mod:\n/chaincode/input/src/go.mod:3: invalid go version '1.21.0': must match format 1.23",
    shows: 'Go 1.21.0',
    unlike: { said: 'go version go1.23 linux/amd64' },
  },
  'modules-not-reachable': {
    said: 'go: github.com/hyperledger/fabric-chaincode-go@v0.0.0: Get "https://modules.example/x.mod": dial tcp: lookup modules.example on 192.0.2.53:53: read udp: i/o timeout',
    shows: 'modules.example',
    unlike: { said: 'dial tcp: lookup modules.example: i/o timeout' },
  },
  'vcs-status': {
    said: 'error obtaining VCS status: exit status 128',
    shows: 'version control',
    unlike: { said: 'exit status 128' },
  },
  'compiler-killed': {
    said: 'go build runtime/cgo: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed',
    shows: '/usr/local/go/pkg/tool/linux_amd64/link',
    unlike: { said: 'link: signal: terminated' },
  },
  'chaincode-panics': {
    said: 'panic: runtime error: invalid memory address or nil pointer dereference',
    by: 'chaincode',
    shows: 'invalid memory address',
    unlike: { said: 'panic: not a chaincode that says it' },
  },
  'chaincode-cannot-reach-peer': {
    said: 'error trying to connect to local peer: context deadline exceeded',
    by: 'chaincode',
    shows: 'CORE_PEER_CHAINCODEADDRESS',
    unlike: { said: 'error trying to connect to the database' },
  },
  'runtime-libc-too-old': {
    said: "chaincode: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by chaincode)",
    by: 'chaincode',
    shows: 'GLIBC_2.34',
    unlike: { said: 'version 2.34 not found' },
  },
  'runtime-has-no-loader': {
    said: 'exec /usr/local/bin/chaincode: no such file or directory',
    by: 'chaincode',
    shows: 'no loader',
    unlike: { said: 'open /usr/local/bin/chaincode: no such file or directory' },
  },
  'chaincode-ended': {
    said: `${PEER_14}chaincode registration failed: container exited with 3`,
    evidence: { logs: [{ source: 'chaincode', name: 'net-peer0-x', lines: ['not today', ''] }] },
    shows: 'Its last output was: not today',
    unlike: { said: `${PEER_14}chaincode registration failed: container exited with 3` },
  },
  'chaincode-ended-silently': {
    said: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg chaincode registration failed: container exited with 0',
    shows: 'exited with code 0',
    unlike: { said: 'the container exited with grace' },
  },
  'chaincode-start-timeout': {
    said: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg error starting container: timeout expired while starting chaincode mycc:1.0 for transaction',
    shows: 'mycc:1.0',
    unlike: { said: 'timeout expired while starting the engine' },
  },
  'chaincode-answer-timeout': {
    said: 'Error: endorsement failure during query. response: status:500 message:"failed to execute transaction 1f: timeout expired while executing transaction"',
    shows: 'executetimeout',
    unlike: { said: 'timeout waiting for channel creation' },
  },
  'chaincode-refuses': {
    said: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg transaction returned with failure: the moon is full',
    shows: 'returned an error: the moon is full',
    unlike: {
      said: 'Error: endorsement failure during query. response: status:500 message:"failed to execute transaction 1f: timeout expired while executing transaction"',
    },
  },
  'endorsements-differ': {
    said: 'Error: could not assemble transaction: ProposalResponsePayloads do not match - proposal response: version:1',
    shows: 'different results',
    unlike: { said: 'version does not match' },
  },
  'chaincode-exists': {
    said: "Error: could not assemble transaction, err proposal response was not successful, error code 500, msg chaincode with name 'mycc' already exists",
    shows: 'mycc',
    unlike: { said: "channel with name 'mycc' already exists" },
  },
  // host
  'disk-full': {
    said: 'write /var/lib/docker/tmp/docker-builder: no space left on device',
    shows: 'docker system df',
    unlike: { said: 'no device left' },
  },
  'no-more-threads': {
    said: 'runtime/cgo: pthread_create failed: Operation not permitted',
    by: 'node',
    shows: 'Operation not permitted',
    unlike: { said: 'pthread_join failed' },
  },
  'too-many-open-files': {
    said: '2026-01-01 00:00:00.000 UTC [leveldbhelper] -> PANI 001 open /var/hyperledger/production/x: too many open files',
    by: 'node',
    shows: 'ulimit -n',
    unlike: { said: 'too many arguments' },
  },
  'engine-older-than-image': {
    said: 'make: go: Operation not permitted',
    shows: 'seccomp',
    unlike: { said: 'chown: Operation not permitted' },
  },
  'header-missing': {
    said: 'vendor/github.com/miekg/pkcs11/pkcs11.go:29:18: fatal error: ltdl.h: No such file or directory',
    shows: 'ltdl.h',
    unlike: { said: 'cat: ltdl.h: No such file or directory' },
  },
  'config-not-found': {
    said: 'Fatal error when initializing core config : error when reading core config file: Config File "core" Not Found in "[/etc/hyperledger/fabric]"',
    by: 'node',
    shows: 'core.yaml was not found',
    unlike: { said: 'File "core" was dumped' },
  },
  'line-ends-of-windows': {
    said: 'bash: ./scripts/run.sh: /bin/bash^M: bad interpreter: No such file or directory',
    shows: 'Windows line endings',
    unlike: { said: '/bin/bash: bad interpreter' },
  },
  'file-of-other-user': {
    said: "EACCES: permission denied, unlink '/x/.fabric-wizard/network/crypto-config/ca.pem'",
    shows: '/x/.fabric-wizard/network/crypto-config/ca.pem',
    unlike: { said: 'permission denied: Readers' },
  },
  'download-failed': {
    said: 'curl: (6) Could not resolve host: downloads.example',
    shows: 'downloads.example',
    unlike: { said: 'curling stones' },
  },
  'tool-not-in-image': {
    said: '/bin/sh: 1: jq: not found',
    shows: 'does not contain jq',
    unlike: { said: 'Error: channel jq: not found' },
  },
};

export function evidenceOf({ said, by = 'failure', evidence }: SymptomText): Evidence {
  const whole = { ...NO_EVIDENCE, ...evidence };
  if (by === 'failure') return whole;
  return { ...whole, logs: [{ source: by, name: `a-${by}`, lines: said.split('\n') }, ...whole.logs] };
}
