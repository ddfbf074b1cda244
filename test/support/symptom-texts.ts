/**
 * Real output for every symptom, and similar output of another case. Host names and registry addresses are replaced by
 * examples. Origins: runs on Engine 20.10 with the practice source and with Fabric 1.4.12, Fabric's own source, and
 * public issues of the repositories named.
 */
import type { SymptomId } from '../../src/pipeline/core/diagnosis-types.ts';
import type { Evidence, LogExcerpt } from '../../src/pipeline/diagnosis/symptom.ts';
import { NO_EVIDENCE } from '../../src/pipeline/diagnosis/symptom.ts';

export interface SymptomText {
  readonly text: string;
  /** Where the text was found. Default: output of the failed command. */
  readonly source?: LogExcerpt['source'];
  readonly evidence?: Partial<Evidence>;
  /** Part of the title, reason or commands of the diagnosis. */
  readonly shows: string;
  /** Similar output that is not this symptom. */
  readonly lookAlike: { readonly text: string; readonly evidence?: Partial<Evidence> };
}

const builder = {
  role: 'builder',
  ref: 'hyperledger/fabric-ccenv:1.4',
  key: 'chaincode.builder',
  origin: 'core.yaml',
  present: false,
  projectRef: 'hyperledger/fabric-ccenv:1.4',
} as const;
const runtime = {
  role: 'runtime',
  ref: 'hyperledger/fabric-baseos:amd64-0.4.22',
  key: 'chaincode.golang.runtime',
  origin: 'core.yaml',
  present: false,
  projectRef: 'hyperledger/fabric-baseos:amd64-0.4.22',
} as const;
const present = [
  { ...builder, present: true },
  { ...runtime, present: true },
];

const PEER_14 =
  'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg error starting container: error starting container: ';
const PEER_20 =
  "Error: chaincode install failed with status: 500 - failed to invoke backing implementation of 'InstallChaincode': could not build chaincode: docker build failed: ";
const BUILD_14 = `${PEER_14}Failed to generate platform-specific docker build: Error returned from build: `;
const BUILD_25 = `${PEER_20}docker image build failed: docker build failed: Error returned from build: `;
const LIST_14 = 'Error: error getting chaincode code smoke-1: error getting chaincode package bytes: ';
const OFFLINE =
  'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 192.0.2.53:53: no such host';
const NO_BUILDER = `${PEER_14}Post http://unix.sock/build?t=net-peer0: Failed to generate platform-specific docker build: Failed to pull IMAGE: API error (500): ${OFFLINE}`;

function pulling(image: string): string {
  return NO_BUILDER.replace('IMAGE', image);
}

function node(name: string, state: string, status: string): Partial<Evidence> {
  return { containers: [{ name: `net-${name}`, node: name, state, status, ports: [] }] };
}

const running = node('peer0.org1.example.com', 'running', 'Up 3 seconds');
const UNREACHABLE =
  'Error: error getting endorser client for channel: endorser client failed to connect to peer0.org1.example.com:7051: failed to create new connection: context deadline exceeded';

const GATEWAY = { name: 'net-gateway', node: 'gateway', ports: [] };

export const symptomTexts: Readonly<Record<SymptomId, SymptomText>> = {
  // images
  'builder-other-namespace': {
    text: pulling('hyperledger/fabric-ccenv:1.4'),
    evidence: { peerImages: [{ ...builder, projectRef: 'acme/fabric-ccenv:1.4' }] },
    shows: 'acme/fabric-ccenv:1.4',
    lookAlike: { text: pulling('hyperledger/fabric-yxccenv:1.4'), evidence: { peerImages: [builder] } },
  },
  'runtime-other-namespace': {
    text: `${PEER_14}${OFFLINE}`,
    evidence: { peerImages: [{ ...runtime, projectRef: 'acme/fabric-baseos:amd64-0.4.22' }] },
    shows: 'docker tag acme/fabric-baseos:amd64-0.4.22 hyperledger/fabric-baseos:amd64-0.4.22',
    lookAlike: { text: `${PEER_14}${OFFLINE}`, evidence: { peerImages: present } },
  },
  'builder-other-tag': {
    text: pulling('hyperledger/fabric-ccenv:latest'),
    evidence: { peerImages: [{ ...builder, ref: 'hyperledger/fabric-ccenv:latest' }] },
    shows: 'hyperledger/fabric-ccenv:latest',
    lookAlike: { text: pulling('hyperledger/fabric-ccenv:latest') },
  },
  'runtime-other-tag': {
    text: `${PEER_14}${OFFLINE}`,
    evidence: { peerImages: [{ ...runtime, ref: 'hyperledger/fabric-baseos:amd64-1.4.12' }] },
    shows: 'amd64-1.4.12',
    lookAlike: {
      text: pulling('x/y:1'),
      evidence: { peerImages: [{ ...runtime, ref: 'hyperledger/fabric-baseos:1' }] },
    },
  },
  'builder-absent': {
    text: pulling('hyperledger/fabric-yxccenv:1.4'),
    evidence: { peerImages: [{ ...builder, ref: 'hyperledger/fabric-yxccenv:1.4' }] },
    shows: 'The builder image hyperledger/fabric-yxccenv:1.4 is not on this engine',
    lookAlike: { text: `${PEER_14}${OFFLINE}`, evidence: { peerImages: [{ ...builder, ref: 'a/b:1' }] } },
  },
  'runtime-absent': {
    text: `${PEER_14}${OFFLINE}`,
    evidence: { peerImages: [{ ...runtime, ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22' }] },
    shows: 'The runtime image hyperledger/fabric-yxbaseos:amd64-0.4.22 is not on this engine',
    lookAlike: {
      text: 'Error: got unexpected status: BAD_REQUEST -- channel nowhere not found',
      evidence: { peerImages: [{ ...runtime, ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22' }] },
    },
  },
  'runtime-pulled-although-here': {
    text: `${PEER_20}docker image build failed: pull access denied for acme/fabric-baseos, repository does not exist or may require 'docker login'`,
    evidence: { peerImages: [{ ...runtime, ref: 'acme/fabric-baseos:2.5', present: true }] },
    shows: 'acme/fabric-baseos:2.5, although it is on this engine',
    lookAlike: {
      text: `${PEER_20}docker image build failed: pull access denied for acme/fabric-baseos, repository does not exist`,
      evidence: { peerImages: [{ ...runtime, ref: 'other/fabric-baseos:2.5', present: true }] },
    },
  },
  'reference-unfilled': {
    text: `${PEER_14}invalid reference format`,
    evidence: { peerImages: [{ ...runtime, ref: 'hyperledger/fabric-baseos:$(ARCH_X)-0.4.22' }] },
    shows: '$(ARCH_X)',
    lookAlike: { text: `${PEER_14}invalid reference format`, evidence: { peerImages: present } },
  },
  'reference-invalid': {
    text: `${PEER_14}invalid reference format: repository name must be lowercase`,
    shows: 'does not accept the name of an image',
    lookAlike: { text: 'Error: invalid channel create transaction : bad type' },
  },
  'ccenv-latest-gone': {
    text: 'manifest for hyperledger/fabric-ccenv:latest not found: manifest unknown',
    shows: 'hyperledger/fabric-ccenv:latest',
    lookAlike: { text: 'manifest for hyperledger/fabric-ccenv:2.5 not found: manifest unknown' },
  },
  'tools-gone': {
    text: 'manifest for hyperledger/fabric-tools:3.1 not found',
    shows: 'fabric-tools:3.1',
    lookAlike: { text: 'manifest for hyperledger/fabric-tools:2.9 not found' },
  },
  'pull-rate-limit': {
    text: 'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading',
    shows: 'docker login',
    lookAlike: { text: 'Error: too many requests in one block' },
  },
  'no-image-for-architecture': {
    text: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
    shows: 'linux/arm64/v8',
    lookAlike: { text: 'manifest for a/b:1 not found' },
  },
  'program-of-other-architecture': {
    text: 'exec /usr/local/bin/chaincode: exec format error',
    source: 'chaincode',
    shows: 'a different processor',
    lookAlike: { text: 'exec /usr/local/bin/chaincode: no such file or directory' },
  },
  'emulated-go': {
    text: 'runtime: lfstack.push invalid packing: node=0xffff86c9d140 cnt=0x1 packed=0xffff86c9d1400001 -> node=0xffffffff86c9d140',
    source: 'node',
    shows: 'emulated',
    lookAlike: { text: 'runtime: goroutine stack exceeds 1000000000-byte limit' },
  },
  'version-of-two-words': {
    text: `${PEER_14}failed to parse Dockerfile: Syntax error - can't find = in "build". Must be of the form: name=value`,
    shows: '"build"',
    lookAlike: { text: `${PEER_14}failed to parse Dockerfile: unknown instruction: BUILD` },
  },
  'builder-not-pulled': {
    text: pulling('hyperledger/fabric-ccenv:1.4'),
    shows: 'hyperledger/fabric-ccenv:1.4',
    lookAlike: { text: 'Failed to pull back the transaction' },
  },
  'upstream-offline': {
    text: "The command '/bin/sh -c apk add --no-cache tzdata' returned a non-zero code: 1",
    shows: '--dockerfiles own',
    lookAlike: { text: "The command '/bin/sh -c make peer GO_TAGS=$GO_TAGS' returned a non-zero code: 2" },
  },
  'image-not-in-registry': {
    text: "Error response from daemon: pull access denied for acme/fabric-baseos, repository does not exist or may require 'docker login'",
    shows: 'acme/fabric-baseos',
    lookAlike: { text: 'Error: access denied: channel [x] creator org [Org1MSP]' },
  },
  'image-vanished': {
    text: '(HTTP code 404) no such container - No such image: acme/fabric-tools:1.4',
    shows: 'acme/fabric-tools:1.4',
    lookAlike: { text: 'No such container: acme' },
  },
  'registry-unreachable': {
    text: OFFLINE,
    shows: 'registry.example',
    lookAlike: { text: 'dial tcp: lookup orderer.example.com on 127.0.0.11:53: no such host' },
  },
  // engine
  'engine-too-new-for-peer': {
    text: `${PEER_20}docker image build failed: write unix @->/run/docker.sock: write: broken pipe`,
    shows: '/run/docker.sock',
    lookAlike: { text: 'write tcp 127.0.0.1:7051->127.0.0.1:5: write: broken pipe' },
  },
  'engine-too-old-for-client': {
    text: `${PEER_20}docker image inspection failed: Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41`,
    shows: 'API versions up to 1.41',
    lookAlike: { text: 'client version 1.22 is too old. Minimum supported API version is 1.44' },
  },
  'client-too-old-for-engine': {
    text: 'client version 1.22 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
    shows: 'API versions from 1.44 on',
    lookAlike: { text: 'client version 1.52 is too new. Maximum supported API version is 1.41' },
  },
  'engine-answers-no-inspection': {
    text: `${PEER_20}docker image inspection failed: Error response from daemon`,
    shows: 'could not inspect an image',
    lookAlike: { text: `${PEER_20}docker image inspection failed: No such thing` },
  },
  'gateway-refuses': {
    text: `${PEER_14}API error (403): {"message":"fabric-wizard gateway: a container of a peer may not have HostConfig.Privileged true"}\n`,
    evidence: {
      logs: [
        {
          source: 'node',
          name: 'gateway',
          lines: [
            '2026-11-29 11:34:12.841 UTC WARN refused peer1.org1.example.com POST /containers/create: a container of a peer may not have HostConfig.Privileged true',
          ],
        },
      ],
    },
    shows: 'a request of peer1.org1.example.com to the engine: POST /containers/create.',
    lookAlike: { text: `${PEER_14}API error (403): {"message":"access denied by the authorization plugin"}` },
  },
  'gateway-gone': {
    text: `${PEER_14}write unix @->/sockets/peer0.org1.example.com/docker.sock: write: broken pipe`,
    evidence: { containers: [{ ...GATEWAY, state: 'exited', status: 'Exited (137) 3 seconds ago' }] },
    shows: 'whose state is: Exited (137) 3 seconds ago.',
    lookAlike: {
      text: `${PEER_20}docker image build failed: Failed to generate platform-specific docker build`,
      evidence: { containers: [{ ...GATEWAY, state: 'running', status: 'Up 2 minutes' }] },
    },
  },
  'socket-not-in-peer': {
    text: `${PEER_20}docker image inspection failed: Get "http://unix.sock/images/x/json": dial unix /host/var/run/docker.sock: connect: no such file or directory`,
    shows: '/host/var/run/docker.sock',
    lookAlike: { text: 'open /host/var/run/docker.sock: no such file or directory' },
  },
  'socket-refused': {
    text: `${PEER_14}cannot connect to Docker endpoint`,
    shows: 'No Docker Engine listens on the socket',
    lookAlike: { text: 'dial tcp 172.18.0.2:7051: connect: connection refused' },
  },
  'socket-denied-in-container': {
    text: `${PEER_20}docker image inspection failed: Get "http://unix.sock/images/x/json": dial unix /host/var/run/docker.sock: connect: permission denied`,
    shows: 'Permission denied for the peer on the Docker socket /host/var/run/docker.sock',
    lookAlike: {
      text: 'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://x/v1.24/info": dial unix /var/run/docker.sock: connect: permission denied',
    },
  },
  'socket-denied': {
    text: 'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    shows: 'usermod -aG docker',
    lookAlike: { text: 'permission denied: Writers' },
  },
  'endpoint-wrong': {
    text: 'failed to ping to Docker daemon',
    source: 'node',
    shows: 'CORE_VM_ENDPOINT',
    lookAlike: { text: 'Error: cannot connect to the endorsing peer' },
  },
  'engine-gone': {
    text: 'connect ENOENT /var/run/docker.sock',
    shows: '/var/run/docker.sock no longer responds',
    lookAlike: { text: 'connect ECONNREFUSED 127.0.0.1:7050' },
  },
  'address-pools-used-up': {
    text: 'ERROR: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    shows: 'docker network ls',
    lookAlike: { text: 'ERROR: Pool overlaps with other one on this address space' },
  },
  'container-name-taken': {
    text: 'Error response from daemon: Conflict. The container name "/net-cli" is already in use by container "366749ccaf8c". You have to remove (or rename) that container to be able to reuse that name.',
    shows: 'net-cli',
    lookAlike: { text: "chaincode with name 'x' already exists" },
  },
  'compose-too-old': {
    text: 'ERROR: Version in "./docker-compose.yaml" is unsupported. You might be seeing this error because you\'re using the wrong Compose file version.',
    shows: './docker-compose.yaml',
    lookAlike: { text: 'the attribute `version` is obsolete' },
  },
  'firewall-rules-gone': {
    text: 'Error response from daemon: driver failed programming external connectivity on endpoint net-peer0 (5a1c): (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 127.0.0.1 --dport 7051 -j DNAT --to-destination 172.18.0.3:7051 ! -i br-1: iptables: No chain/target/match by that name. (exit status 1))',
    shows: 'No chain/target/match by that name',
    lookAlike: {
      text: 'driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:7051 failed: port is already allocated',
    },
  },
  'bridge-gone': {
    text: 'Error response from daemon: failed to create endpoint net-peer0 on network bridge: could not find bridge docker0: route ip+net: no such network interface',
    shows: 'docker0',
    lookAlike: { text: 'network bridge not found' },
  },
  'mounts-denied': {
    text: 'Error response from daemon: Mounts denied: The path /opt/fabric is not shared from the host and is not known to Docker.',
    shows: 'Docker Desktop',
    lookAlike: { text: 'access denied for [getinstalledchaincodes]' },
  },
  // network
  'chaincode-network-absent': {
    text: `${PEER_14}API error (404): network net_byfn not found`,
    evidence: { network: 'acme_default' },
    shows: 'net_byfn',
    lookAlike: { text: 'Error: channel net_byfn not found' },
  },
  'port-of-container': {
    text: 'Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:7051 failed: port is already allocated',
    evidence: { containers: [{ name: 'byfn-peer', state: 'running', status: 'Up', ports: [7051] }] },
    shows: 'byfn-peer',
    lookAlike: { text: 'Bind for 0.0.0.0:7051 failed: port is already allocated' },
  },
  'port-not-released': {
    text: 'driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:7051 failed: port is already allocated',
    evidence: {
      containers: [
        { name: 'net-peer0', node: 'peer0.org2.example.com', state: 'running', status: 'Up', ports: [7051] },
      ],
    },
    shows: 'peer0.org2.example.com, a node of this network',
    lookAlike: { text: 'listen tcp4 127.0.0.1:7051: bind: address already in use' },
  },
  'port-in-use': {
    text: 'Error starting userland proxy: listen tcp4 0.0.0.0:7051: bind: address already in use',
    shows: '--port-base 17050',
    lookAlike: { text: 'listen tcp: address nowhere: missing port in address' },
  },
  'bind-source-absent': {
    text: 'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /x/network/channel-artifacts/genesis.block',
    shows: '/x/network/channel-artifacts/genesis.block',
    lookAlike: { text: 'path to chaincode does not exist: /x' },
  },
  'folder-in-place-of-file': {
    text: 'OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/x/genesis.block" to rootfs at "/s.sh": mount /x/genesis.block:/s.sh (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
    shows: '/x/genesis.block is a folder',
    lookAlike: { text: 'mkdir /x: not a directory' },
  },
  'genesis-is-folder': {
    text: 'panic: unable to bootstrap orderer. Error reading genesis block file: read /var/hyperledger/orderer/genesis.block: is a directory',
    source: 'node',
    shows: '/var/hyperledger/orderer/genesis.block is a folder',
    lookAlike: { text: 'read /tmp: is a directory' },
  },
  'genesis-absent': {
    text: 'panic: unable to bootstrap orderer. Error reading genesis block file: open /etc/genesisblock: no such file or directory',
    source: 'node',
    shows: '/etc/genesisblock',
    lookAlike: { text: 'open /etc/hosts: no such file or directory' },
  },
  'node-panics': {
    text: [
      'panic: nobody is home',
      '',
      'goroutine 1 [running]:',
      'main.main()',
      '\t/opt/gopath/src/github.com/hyperledger/fabric/peer/main.go:26 +0x25',
    ].join('\n'),
    source: 'node',
    evidence: {
      containers: [
        { name: 'net-a-node', node: 'a-node', state: 'exited', status: 'Exited (2) 1 second ago', ports: [] },
      ],
    },
    shows: 'The panic comes from peer/main.go:26.',
    lookAlike: { text: 'panic: nobody is home', evidence: node('a-node', 'running', 'Up 1 second') },
  },
  'node-killed': {
    text: UNREACHABLE,
    evidence: node('peer0.org1.example.com', 'exited', 'Exited (137) 2 seconds ago'),
    shows: 'was killed: Exited (137) 2 seconds ago',
    lookAlike: {
      text: UNREACHABLE,
      evidence: node('peer0.org1.example.com', 'exited', 'Exited (1) 2 seconds ago'),
    },
  },
  'node-stopped': {
    text: UNREACHABLE,
    evidence: {
      ...node('peer0.org1.example.com', 'exited', 'Exited (0) 2 seconds ago'),
      lastLines: [{ node: 'peer0.org1.example.com', lines: ['INFO 00d Committed block [4]'] }],
    },
    shows: 'fabric-wizard up --yes',
    lookAlike: {
      text: UNREACHABLE,
      evidence: {
        ...node('peer0.org1.example.com', 'exited', 'Exited (2) 2 seconds ago'),
        lastLines: [{ node: 'peer0.org1.example.com', lines: ['panic: boom'] }],
      },
    },
  },
  'node-ended': {
    text: 'orderer.example.com: Exited (2) 1 second ago',
    evidence: node('orderer.example.com', 'exited', 'Exited (2) 1 second ago'),
    shows: 'orderer.example.com is not running: Exited (2)',
    lookAlike: { text: UNREACHABLE, evidence: running },
  },
  'node-not-in-network': {
    text: 'error getting endorser client: dial tcp: lookup peer0.org1.example.com on 127.0.0.11:53: no such host',
    evidence: running,
    shows: 'different networks',
    lookAlike: { text: 'lookup proxy.example on 127.0.0.11:53: no such host', evidence: running },
  },
  'node-behind-proxy': {
    text: UNREACHABLE,
    evidence: { ...running, proxied: ['cli', 'peer0.org1.example.com'] },
    shows: 'NO_PROXY does not contain the names of the network in these nodes: cli, peer0.org1.example.com',
    lookAlike: { text: UNREACHABLE, evidence: running },
  },
  'node-not-listening': {
    text: UNREACHABLE,
    evidence: running,
    shows: 'peer0.org1.example.com does not accept connections',
    // A node that runs and listens is not the cause.
    lookAlike: {
      text: UNREACHABLE,
      evidence: { containers: (running.containers ?? []).map((each) => ({ ...each, listens: true })) },
    },
  },
  // certificates
  'certificates-of-other-ca': {
    text: 'x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "ca.org1.example.com")',
    shows: 'New certificates were created',
    lookAlike: { text: 'x509: cannot parse dnsName' },
  },
  'certificate-expired': {
    text: 'x509: certificate has expired or is not yet valid: current time 2036-01-01T00:00:00Z is after 2035-12-30T10:00:00Z',
    shows: '2036-01-01T00:00:00Z',
    lookAlike: { text: 'the lease has expired' },
  },
  'certificate-of-other-name': {
    text: 'x509: certificate is valid for peer0.org1.example.com, peer0, not localhost',
    shows: 'connected to a node as localhost',
    lookAlike: { text: 'x509: certificate is not valid' },
  },
  'tls-on-one-side': {
    text: 'Error: error getting endorser client for query: endorser client failed to connect to localhost:7051: failed to create new connection: connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"',
    shows: 'One side uses TLS',
    lookAlike: { text: 'tls: handshake failure' },
  },
  'certificate-unreadable': {
    text: '2026-01-01 00:00:00.000 UTC [msp] getPemMaterialFromDir -> WARN 001 Failed reading file /etc/hyperledger/fabric/msp/signcerts/peer0-cert.pem: reading from file /etc/hyperledger/fabric/msp/signcerts/peer0-cert.pem failed: open /etc/hyperledger/fabric/msp/signcerts/peer0-cert.pem: permission denied\nCannot run peer because error when setting up MSP of type bccsp from directory /etc/hyperledger/fabric/msp: open /etc/hyperledger/fabric/msp/keystore: permission denied',
    source: 'node',
    shows: 'chmod -R u+rX',
    lookAlike: { text: 'open /etc/hyperledger/fabric/core.yaml: permission denied' },
  },
  'pkcs11-unusable': {
    text: 'Cannot run peer because error when setting up MSP of type bccsp from directory /etc/hyperledger/fabric/msp: could not initialize BCCSP Factories: Failed initializing PKCS11.BCCSP: Could not initialize BCCSP PKCS11 [Failed initializing configuration: pkcs11: instantiation failed for /usr/lib/softhsm/libsofthsm2.so]',
    source: 'node',
    shows: 'The PKCS#11 library /usr/lib/softhsm/libsofthsm2.so cannot be loaded',
    lookAlike: {
      text: 'Cannot run peer because error when setting up MSP of type bccsp from directory /m: could not load a valid ca certificate from directory /m/cacerts',
    },
  },
  'msp-absent': {
    text: 'Cannot run peer because cannot init crypto, folder "/etc/hyperledger/fabric/msp" does not exist',
    source: 'node',
    shows: '/etc/hyperledger/fabric/msp',
    lookAlike: { text: 'folder "/x" does not exist' },
  },
  'msp-incomplete': {
    text: 'Cannot run peer because error when setting up MSP of type bccsp from directory /etc/hyperledger/fabric/msp: could not load a valid signer certificate from directory /etc/hyperledger/fabric/msp/signcerts: stat /etc/hyperledger/fabric/msp/signcerts: no such file or directory',
    source: 'node',
    shows: '/etc/hyperledger/fabric/msp',
    lookAlike: { text: 'could not load a certificate' },
  },
  'not-an-admin': {
    text: "Error: proposal failed (err: bad proposal response 500: access denied for [JoinChain]: Failed verifying that proposal's creator satisfies local MSP principal during channelless check policy with policy [Admins]: [This identity is not an admin]",
    shows: "an organisation's admin",
    lookAlike: { text: 'This identity is not a member' },
  },
  'creator-unknown': {
    text: 'Error: error endorsing query: rpc error: code = Unknown desc = access denied: channel [mychannel] creator org [Org1MSP] - proposal response: <nil>',
    shows: 'Org1MSP on mychannel',
    lookAlike: { text: 'access denied for [getchannels]' },
  },
  // ledgers
  'channel-exists': {
    text: "Error: got unexpected status: BAD_REQUEST -- error applying config update to existing channel 'mychannel': error authorizing update: error validating ReadSet: proposed update requires that key [Group]  /Channel/Application be at version 0, but it is currently at version 1",
    shows: '/Channel/Application',
    lookAlike: { text: 'readset expected key [Value]  /Channel/X at version 3, but got version 4' },
  },
  'channel-joined-before': {
    text: 'Error: proposal failed (err: bad proposal response 500: cannot create ledger from genesis block: LedgerID already exists)',
    shows: 'already has a ledger of this channel',
    lookAlike: { text: "chaincode with name 'a' already exists" },
  },
  'ledger-of-other-crypto': {
    text: "Error: got unexpected status: FORBIDDEN -- implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
    shows: 'Writers',
    lookAlike: { text: 'Error: got unexpected status: FORBIDDEN -- permission denied' },
  },
  'ledger-damaged': {
    text: "panic: Error opening leveldb: leveldb: manifest corrupted (field 'comparer'): missing [file=MANIFEST-000004]",
    source: 'node',
    shows: 'damaged',
    lookAlike: { text: 'leveldb: not found' },
  },
  'ledger-of-other-version': {
    text: 'Error: unexpected format. db info = [leveldb for channel-IDs at [/var/hyperledger/production/ledgersData/ledgerProvider]], data format = [], expected format = [2.0]',
    source: 'node',
    shows: 'format 1.x, expected 2.0',
    lookAlike: { text: 'unexpected format of the block' },
  },
  'capability-unknown': {
    text: 'Panic: [channel mychannel] incompatible: Application capability V2_0 is required but not supported',
    source: 'node',
    shows: 'application capability V2_0',
    lookAlike: { text: 'capability is supported' },
  },
  'no-raft-leader': {
    text: 'Error: got unexpected status: SERVICE_UNAVAILABLE -- no Raft leader',
    shows: 'leader',
    lookAlike: {
      text: 'Error: got unexpected status: SERVICE_UNAVAILABLE -- will not enqueue, consenter for this channel has not started yet',
    },
  },
  'couchdb-not-ready': {
    text: 'panic: Error during commit, peer error getting connection to couch instance: Get http://couchdb0:5984/: dial tcp 172.18.0.2:5984: connection refused',
    source: 'node',
    shows: 'CouchDB',
    lookAlike: { text: 'dial tcp 172.18.0.2:7050: connection refused' },
  },
  'couchdb-denied': {
    text: 'panic: Error in instantiating ledger provider: error handling CouchDB request. Error:unauthorized,  Status Code:401,  Reason:Name or password is incorrect.',
    source: 'node',
    shows: 'Name or password is incorrect',
    lookAlike: {
      text: 'error handling CouchDB request. Error:not_found,  Status Code:404,  Reason:Database does not exist.',
    },
  },
  'orderer-refuses': {
    text: "Error: got unexpected status: BAD_REQUEST -- bad channel ID: 'X' contains illegal characters",
    shows: "bad channel ID: 'X'",
    lookAlike: { text: 'Error: got status: 3' },
  },
  // chaincode
  'chaincode-package-missing': {
    text: `${PEER_20}docker image build failed: docker build failed: Error returned from build: 1 "/chaincode/input/src/contract/fabric/ycsb/ycsb.go:16:2: cannot find package "github.com/hyperledger/fabric-chaincode-go/shim" in any of:`,
    shows: 'github.com/hyperledger/fabric-chaincode-go/shim',
    lookAlike: { text: 'main.go:16:2: cannot find package "x" in any of:' },
  },
  'chaincode-does-not-compile': {
    text: `${PEER_14}Post http://unix.sock/build: Failed to generate platform-specific docker build: Error returned from build: 2 "# fabric-wizard/smoke-1\nsrc/fabric-wizard/smoke-1/main.go:12:9: undefined: broken\n"`,
    shows: 'does not compile: main.go:12: undefined: broken',
    lookAlike: { text: 'orderer/main.go:12:9: undefined: broken' },
  },
  'chaincode-excluded': {
    text: `${LIST_14}Error obtaining imports: command <go list -f {{ join .Imports "\\n"}} fabric-wizard/smoke-1>: failed with error: "exit status 1"\npackage fabric-wizard/smoke-1: build constraints exclude all Go files in /tmp/smoke-1/src/fabric-wizard/smoke-1`,
    shows: 'Build constraints exclude every Go file',
    lookAlike: { text: 'package x: build constraints exclude all Go files in /opt/gopath/src/x' },
  },
  'chaincode-has-no-source': {
    text: `${BUILD_14}1 "go build fabric-wizard/smoke-1: no non-test Go files in /chaincode/input/src/fabric-wizard/smoke-1\n"`,
    shows: '--chaincode FOLDER',
    lookAlike: { text: 'go install: no non-test Go files in /opt/gopath/src/x' },
  },
  'chaincode-of-two-packages': {
    text: `${BUILD_25}1 "found packages main (cc.go) and lib (lib.go) in /chaincode/input/src\n"`,
    shows: 'main (cc.go) and lib (lib.go)',
    lookAlike: { text: 'found packages main (a.go) and b (b.go) in /opt/gopath/src/x' },
  },
  'chaincode-has-no-main': {
    text: `${BUILD_14}2 "# fabric-wizard/smoke-1\nruntime.main_main·f: function main is undeclared in the main package\n"`,
    shows: 'does not declare func main()',
    lookAlike: { text: 'runtime.main_main·f: function main is undeclared in the main package' },
  },
  'chaincode-is-no-program': {
    text: 'Error: endorsement failure during invoke. response: status:500 message:"error in simulation: failed to execute transaction 2451: could not launch chaincode smoke-1:c5a1: chaincode registration failed: error starting container: error starting container: API error (400): failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \\"chaincode\\": executable file not found in $PATH: unknown"',
    shows: 'produced no program',
    lookAlike: { text: 'exec: "peer": executable file not found in $PATH' },
  },
  'chaincode-header-missing': {
    text: `${BUILD_14}2 "# fabric-wizard/smoke-1\nchaincode/input/src/fabric-wizard/smoke-1/cc.go:11:11: fatal error: nosuch.h: No such file or directory\n   11 | // #include <nosuch.h>\n      |           ^~~~~~~~~~\ncompilation terminated.\n"`,
    shows: 'nosuch.h, which is not in the builder image: cc.go:11.',
    lookAlike: {
      text: 'vendor/github.com/miekg/pkcs11/pkcs11.go:29:18: fatal error: ltdl.h: No such file or directory',
    },
  },
  'chaincode-library-missing': {
    text: `${BUILD_25}1 "fabric-wizard/smoke\n# fabric-wizard/smoke\n/opt/go/pkg/tool/linux_amd64/link: running gcc failed: exit status 1\n/usr/bin/ld: cannot find -lnosuch: No such file or directory\ncollect2: error: ld returned 1 exit status\n"`,
    shows: '--chaincode-builder IMAGE',
    lookAlike: { text: '/usr/bin/ld: cannot find -lltdl' },
  },
  'chaincode-no-c-compiler': {
    text: `${BUILD_14}2 "# runtime/cgo\ncgo: C compiler "nosuchcc" not found: exec: "nosuchcc": executable file not found in $PATH\n"`,
    shows: 'no C compiler: nosuchcc',
    lookAlike: { text: 'cgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH' },
  },
  'chaincode-no-build-cache': {
    text: `${BUILD_14}1 "failed to initialize build cache at /proc/nothing: mkdir /proc/nothing: no such file or directory\n"`,
    shows: 'GOCACHE and HOME',
    lookAlike: { text: 'failed to initialize build cache at /cache/go-build: permission denied' },
  },
  'vendoring-inconsistent': {
    text: `${PEER_20}docker image build failed: docker build failed: Error returned from build: 1 "go: inconsistent vendoring in /chaincode/input/src:`,
    shows: '/chaincode/input/src',
    lookAlike: { text: 'go: finding module' },
  },
  'go-too-old': {
    text: "go: errors parsing go.mod:\n/chaincode/input/src/go.mod:3: invalid go version '1.21.0': must match format 1.23",
    shows: 'Go 1.21.0',
    lookAlike: { text: 'go version go1.23 linux/amd64' },
  },
  'modules-not-reachable': {
    text: 'go: github.com/hyperledger/fabric-chaincode-go@v0.0.0: Get "https://modules.example/x.mod": dial tcp: lookup modules.example on 192.0.2.53:53: read udp: i/o timeout',
    shows: 'modules.example',
    lookAlike: { text: 'dial tcp: lookup modules.example: i/o timeout' },
  },
  'vcs-status': {
    text: 'error obtaining VCS status: exit status 128',
    shows: 'version control',
    lookAlike: { text: 'exit status 128' },
  },
  'compiler-killed': {
    text: 'go build runtime/cgo: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed',
    shows: '/usr/local/go/pkg/tool/linux_amd64/link',
    lookAlike: { text: 'link: signal: terminated' },
  },
  'chaincode-panics': {
    text: 'panic: runtime error: invalid memory address or nil pointer dereference',
    source: 'chaincode',
    shows: 'invalid memory address',
    lookAlike: { text: 'panic: not a chaincode that says it' },
  },
  'chaincode-cannot-reach-peer': {
    text: 'error trying to connect to local peer: context deadline exceeded',
    source: 'chaincode',
    shows: 'CORE_PEER_CHAINCODEADDRESS',
    lookAlike: { text: 'error trying to connect to the database' },
  },
  'runtime-libc-too-old': {
    text: "chaincode: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by chaincode)",
    source: 'chaincode',
    shows: 'GLIBC_2.34',
    lookAlike: { text: 'version 2.34 not found' },
  },
  'runtime-has-no-loader': {
    text: 'exec /usr/local/bin/chaincode: no such file or directory',
    source: 'chaincode',
    shows: 'no loader',
    lookAlike: { text: 'open /usr/local/bin/chaincode: no such file or directory' },
  },
  'static-resolver-crash': {
    text: [
      'fatal error: unexpected signal during runtime execution',
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x47 pc=0x7f1b]',
      'runtime stack:',
      'goroutine 23 [syscall]:',
      'net._C2func_getaddrinfo(0xc0001a2340, 0x0, 0xc0000a9bc0, 0xc00000e0a8, 0x0, 0x0, 0x0)',
    ].join('\n'),
    source: 'chaincode',
    shows: 'resolved a host name',
    lookAlike: {
      text: "net/_cgo_export.c: warning: Using 'getaddrinfo' in statically linked applications requires at runtime the shared libraries",
    },
  },
  'chaincode-ended': {
    text: `${PEER_14}chaincode registration failed: container exited with 3`,
    evidence: { logs: [{ source: 'chaincode', name: 'net-peer0-x', lines: ['not today', ''] }] },
    shows: 'Its last output was: not today',
    lookAlike: { text: `${PEER_14}chaincode registration failed: container exited with 3` },
  },
  'chaincode-ended-silently': {
    text: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg chaincode registration failed: container exited with 0',
    shows: 'exited with code 0',
    lookAlike: { text: 'the container exited with grace' },
  },
  'chaincode-start-timeout': {
    text: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg error starting container: timeout expired while starting chaincode mycc:1.0 for transaction',
    shows: 'mycc:1.0',
    lookAlike: { text: 'timeout expired while starting the engine' },
  },
  'chaincode-answer-timeout': {
    text: 'Error: endorsement failure during query. response: status:500 message:"failed to execute transaction 1f: timeout expired while executing transaction"',
    shows: 'executetimeout',
    lookAlike: { text: 'timeout waiting for channel creation' },
  },
  'chaincode-refuses': {
    text: 'Error: could not assemble transaction, err proposal response was not successful, error code 500, msg transaction returned with failure: the moon is full',
    shows: 'returned an error: the moon is full',
    lookAlike: {
      text: 'Error: endorsement failure during query. response: status:500 message:"failed to execute transaction 1f: timeout expired while executing transaction"',
    },
  },
  'endorsements-differ': {
    text: 'Error: could not assemble transaction: ProposalResponsePayloads do not match - proposal response: version:1',
    shows: 'different results',
    lookAlike: { text: 'version does not match' },
  },
  'chaincode-image-gone': {
    text: 'Error: endorsement failure during query. response: status:500 message:"error in simulation: failed to execute transaction 1f: could not launch chaincode basic_7f2657cb11c1:3cdc871211fb: error starting container: error starting container: no such image"',
    shows: 'basic_7f2657cb11c1',
    lookAlike: {
      text: 'error in simulation: could not launch chaincode basic_7f2657cb11c1:3cdc871211fb: chaincode registration failed: container exited with 1',
    },
  },
  'chaincode-exists': {
    text: "Error: could not assemble transaction, err proposal response was not successful, error code 500, msg chaincode with name 'mycc' already exists",
    shows: 'mycc',
    lookAlike: { text: "channel with name 'mycc' already exists" },
  },
  // host
  'disk-full': {
    text: 'write /var/lib/docker/tmp/docker-builder: no space left on device',
    shows: 'docker system df',
    lookAlike: { text: 'no device left' },
  },
  'no-more-threads': {
    text: 'runtime/cgo: pthread_create failed: Operation not permitted',
    source: 'node',
    shows: 'Operation not permitted',
    lookAlike: { text: 'pthread_join failed' },
  },
  'too-many-open-files': {
    text: '2026-01-01 00:00:00.000 UTC [leveldbhelper] -> PANI 001 open /var/hyperledger/production/x: too many open files',
    source: 'node',
    shows: 'ulimit -n',
    lookAlike: { text: 'too many arguments' },
  },
  'engine-older-than-image': {
    text: 'make: go: Operation not permitted',
    shows: 'seccomp',
    lookAlike: { text: 'chown: Operation not permitted' },
  },
  'header-missing': {
    text: 'vendor/github.com/miekg/pkcs11/pkcs11.go:29:18: fatal error: ltdl.h: No such file or directory',
    shows: 'ltdl.h',
    lookAlike: { text: 'cat: ltdl.h: No such file or directory' },
  },
  'config-not-found': {
    text: 'Fatal error when initializing core config : error when reading core config file: Config File "core" Not Found in "[/etc/hyperledger/fabric]"',
    source: 'node',
    shows: 'core.yaml was not found',
    lookAlike: { text: 'File "core" was dumped' },
  },
  'line-ends-of-windows': {
    text: 'bash: ./scripts/run.sh: /bin/bash^M: bad interpreter: No such file or directory',
    shows: 'Windows line endings',
    lookAlike: { text: '/bin/bash: bad interpreter' },
  },
  'file-of-other-user': {
    text: "EACCES: permission denied, unlink '/x/.fabric-wizard/network/crypto-config/ca.pem'",
    shows: '/x/.fabric-wizard/network/crypto-config/ca.pem',
    lookAlike: { text: 'permission denied: Readers' },
  },
  'download-failed': {
    text: "Err:1 http://deb.example/debian bookworm InRelease\n  Temporary failure resolving 'deb.example'",
    shows: 'deb.example is not reachable',
    lookAlike: { text: 'curl: (22) The requested URL returned error: 404' },
  },
  'tool-not-in-image': {
    text: '/bin/sh: 1: jq: not found',
    shows: 'does not contain jq',
    lookAlike: { text: 'Error: channel jq: not found' },
  },
};

export function evidenceOf({ text, source = 'failure', evidence }: SymptomText): Evidence {
  const complete = { ...NO_EVIDENCE, ...evidence };
  if (source === 'failure') return complete;
  return { ...complete, logs: [{ source, name: `a-${source}`, lines: text.split('\n') }, ...complete.logs] };
}
