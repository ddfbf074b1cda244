/** English for what Fabric itself does: network, certificates, ledgers, chaincode. */

import { shellWord } from '../host/shell-text.ts';
import type { chaincodeSymptoms } from './chaincode-symptoms.ts';
import type { cryptoSymptoms } from './crypto-symptoms.ts';
import type { ledgerSymptoms } from './ledger-symptoms.ts';
import type { networkSymptoms } from './network-symptoms.ts';
import type { Words } from './wording.ts';

type FabricSymptom = (
  | typeof networkSymptoms
  | typeof cryptoSymptoms
  | typeof ledgerSymptoms
  | typeof chaincodeSymptoms
)[number]['id'];

const UP = 'fabric-wizard up --yes';
const SMOKE = 'fabric-wizard smoke';
const DOCTOR = 'fabric-wizard doctor';
/** Certificates stay, ledgers are written anew. */
const NEW_LEDGERS = 'fabric-wizard down --volumes && fabric-wizard up --yes';
/** Certificates and ledgers are made anew, images stay. */
const AFRESH = 'fabric-wizard clean && rm -r .fabric-wizard/network && fabric-wizard up --yes';

/** Builder and runtime of one Debian release. */
const FROM_ONE_BASE = 'fabric-wizard up --yes --base debian';

function logsOf(node: string | undefined): string {
  return `fabric-wizard logs ${shellWord(node ?? '')}`.trim();
}

function otherPorts(port: string | undefined): string {
  const base = Number(port) + 10_000 > 60_000 ? 20_050 : (Math.floor(Number(port) / 1000) + 10) * 1000 + 50;
  return `${UP} --port-base ${base}`;
}

const msp: Words = ({ path }) => ({
  title: `The certificates in ${path} are not complete.`,
  why: 'What is mounted there lacks a certificate or key: the folder was emptied, or only half of it was copied.',
  next: [AFRESH],
});

export const englishFabric: Readonly<Record<FabricSymptom, Words>> = {
  // network
  'chaincode-network-absent': ({ network, ours }) => ({
    title: `The peers put chaincode into the network ${network}, which this engine does not have.`,
    why: `CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE (vm.docker.hostConfig.NetworkMode in core.yaml) has to be the name of the network as the engine knows it${ours ? `: ${ours}` : ''}.`,
    next: [UP, 'docker network ls'],
  }),
  'port-of-container': ({ port, owner }) => ({
    title: `Port ${port} is in use by the container ${owner}.`,
    why: 'Two containers can not publish one port of this host.',
    next: [otherPorts(port), `docker stop ${shellWord(owner ?? '')} && ${UP}`],
  }),
  'port-in-use': ({ port }) => ({
    title: `Port ${port} is in use.`,
    why: 'A program on this host, or a container that has just ended, holds it.',
    next: [`sudo ss -ltnp 'sport = :${port}'`, otherPorts(port)],
  }),
  'bind-source-absent': ({ path }) => ({
    title: `${path} is to be mounted into a node and does not exist.`,
    why: 'It was removed or moved since the compose file was written.',
    next: [AFRESH],
  }),
  'folder-in-place-of-file': ({ path = 'A folder' }) => ({
    title: `${path} is a folder where a file should be mounted.`,
    why: 'Docker makes a folder of a file that does not exist when a container is started with it, and the folder stays.',
    next: [AFRESH],
  }),
  'genesis-is-folder': ({ path }) => ({
    title: `The genesis block ${path} is a folder.`,
    why: 'Docker makes a folder of a file that does not exist when a container is started with it, and the folder stays.',
    next: [AFRESH],
  }),
  'genesis-absent': ({ path }) => ({
    title: `The orderer finds no genesis block at ${path}.`,
    why: 'The file was not made or not mounted.',
    next: [AFRESH],
  }),
  'node-killed': ({ node, status }) => ({
    title: `${node} was killed: ${status}.`,
    why: 'Exit code 137 is a kill from outside: somebody stopped it, or the machine ran out of memory.',
    next: [UP, logsOf(node), 'free -m'],
  }),
  'node-ended': ({ node, status }) => ({
    title: `${node} does not run: ${status}.`,
    why: 'It ended by itself; its last lines say why.',
    next: [logsOf(node), UP],
  }),
  'node-not-in-network': ({ node }) => ({
    title: `${node} runs, and its name is not known where it was called.`,
    why: 'Caller and node are in different networks of the engine, or the node was restarted outside of its network.',
    next: ['fabric-wizard down && fabric-wizard up --yes', 'docker network ls'],
  }),
  'node-not-listening': ({ node }) => ({
    title: `${node} does not accept connections.`,
    why: 'The node is still starting, or it has ended.',
    next: ['fabric-wizard status', 'fabric-wizard logs', UP],
  }),
  // certificates
  'certificates-of-other-ca': () => ({
    title: 'One side shows a certificate of a CA that the other does not know.',
    why: 'Certificates were made anew while nodes, ledgers or clients go on with the old ones.',
    next: [AFRESH, 'fabric-wizard status'],
  }),
  'certificate-expired': ({ now }) => ({
    title: 'A certificate is not valid at this time.',
    why: now
      ? `The machine's clock says ${now}; either it is wrong, or the certificates are too old.`
      : "Either the machine's clock is wrong, or the certificates are too old.",
    next: ['date', AFRESH],
  }),
  'certificate-of-other-name': ({ valid, name }) => ({
    title: `A node was called by the name ${name}, and its certificate is for ${valid}.`,
    why: 'TLS holds only for the names that are in the certificate.',
    next: ['eval "$(fabric-wizard env org1)"', AFRESH],
  }),
  'tls-on-one-side': () => ({
    title: 'One side speaks TLS and the other does not.',
    why: 'TLS was switched on or off for a part of the network only, or a client was started without it.',
    next: ['fabric-wizard config', 'fabric-wizard down && fabric-wizard up --yes'],
  }),
  'msp-absent': ({ path }) => ({
    title: `There are no certificates at ${path}.`,
    why: 'The folder is not mounted there, or CORE_PEER_MSPCONFIGPATH names another one.',
    next: [AFRESH],
  }),
  'msp-incomplete': msp,
  'not-an-admin': () => ({
    title: "This needs an organisation's admin, and the identity that asked is none.",
    why: 'The client uses the certificate of a node or a user, or of an admin of an earlier set of certificates.',
    next: ['eval "$(fabric-wizard env org1)"', AFRESH],
  }),
  'creator-unknown': ({ org, channel = '' }) => ({
    title: `The peer does not accept an identity of ${org}${channel ? ` on ${channel}` : ''}.`,
    why: "The channel knows other certificates of this organisation: they were made anew after the peer's ledger was written.",
    next: [NEW_LEDGERS, AFRESH],
  }),
  // ledgers
  'channel-exists': ({ group }) => ({
    title: 'The orderer has this channel already.',
    why: `Its ledger outlived the network: ${group} was to be created and is there.`,
    next: [NEW_LEDGERS],
  }),
  'channel-joined-before': () => ({
    title: 'The peer has a ledger of this channel already.',
    why: 'It was written by an earlier run, and the peer has not been asked or does not say that it joined.',
    next: [NEW_LEDGERS],
  }),
  'ledger-of-other-crypto': ({ policy }) => ({
    title: "The ledger does not know this network's certificates.",
    why: `It was written under others${policy ? `, so that nobody counts as one of its ${policy}` : ''}: a volume was kept while the certificates were made anew.`,
    next: [NEW_LEDGERS, AFRESH],
  }),
  'ledger-damaged': () => ({
    title: 'A ledger on disk is damaged.',
    why: 'A node was killed while it wrote, or the disk was full.',
    next: [NEW_LEDGERS],
  }),
  'ledger-of-other-version': ({ found = '', expected }) => ({
    title: `The ledger was written by another release: format ${found || '1.x'}, expected ${expected}.`,
    why: 'A volume of an older network is used by a newer peer.',
    next: [NEW_LEDGERS],
  }),
  'capability-unknown': ({ kind, capability }) => ({
    title: `The channel asks for the ${kind?.toLowerCase()} capability ${capability}, which this release does not have.`,
    why: 'The channel was configured for a newer Fabric than the one that runs.',
    next: [AFRESH, 'fabric-wizard config'],
  }),
  'no-raft-leader': () => ({
    title: 'The orderers have not agreed on a leader.',
    why: 'They have only just started, or they do not reach each other over TLS.',
    next: [UP, 'fabric-wizard logs orderer.example.com'],
  }),
  'couchdb-not-ready': () => ({
    title: 'The peer started before its CouchDB listened.',
    why: 'CouchDB takes seconds to start, and the peer does not wait for it.',
    next: [UP, 'docker ps --all --filter name=couch'],
  }),
  'orderer-refuses': ({ status, info }) => ({
    title: `The orderer refuses it: ${status}.`,
    why: `In its own words: ${info}.`,
    next: ['fabric-wizard logs orderer.example.com', UP],
  }),
  // chaincode
  'chaincode-package-missing': ({ file, line, package: wanted }) => ({
    title: `The chaincode imports ${wanted}, which is not in the builder: ${file}:${line}.`,
    why: 'Chaincode is compiled without the internet: what it imports has to be in its own vendor folder, or in ccenv.',
    next: ['go mod vendor', SMOKE],
  }),
  'chaincode-does-not-compile': ({ file, line, message }) => ({
    title: `The chaincode does not compile: ${file}:${line}: ${message}`,
    why: 'The peer compiles it in the builder image (ccenv), with the Go and the shim that are in there.',
    next: [SMOKE],
  }),
  'vendoring-inconsistent': ({ path }) => ({
    title: `go.mod and vendor/modules.txt of the chaincode in ${path} do not agree.`,
    why: 'go.mod was changed and the vendor folder was not made anew.',
    next: ['go mod tidy && go mod vendor', SMOKE],
  }),
  'go-too-old': ({ wanted }) => ({
    title: `The chaincode wants Go ${wanted}, and the builder image has another one.`,
    why: 'The line "go" in go.mod must not be newer than the Go in ccenv.',
    next: ['docker run --rm IMAGE go version', 'go mod edit -go=VERSION'],
  }),
  'modules-not-reachable': ({ host }) => ({
    title: `The chaincode's modules were to be fetched from ${host}, which was not reached.`,
    why: 'The builder container has no way to the internet, and gets GOPROXY but no http proxy from the peer.',
    next: ['go mod vendor', SMOKE],
  }),
  'vcs-status': () => ({
    title: 'Go could not read the version control of the source.',
    why: 'The checkout belongs to another user than the one that compiles.',
    next: ['go env -w GOFLAGS=-buildvcs=false'],
  }),
  'compiler-killed': ({ program }) => ({
    title: `${program} was killed while it compiled.`,
    why: 'The machine, or the limit of the builder container, had no more memory.',
    next: ['free -m', `${UP} --jobs 1`],
  }),
  'chaincode-panics': ({ message }) => ({
    title: `The chaincode crashed: ${message}`,
    why: 'It was built and started, and ended by a panic of its own before it spoke to the peer or while it answered.',
    next: [SMOKE],
  }),
  'chaincode-cannot-reach-peer': ({ ours }) => ({
    title: 'The chaincode was started and does not reach its peer.',
    why: `The address that the peer tells it (CORE_PEER_CHAINCODEADDRESS) is not known or not open where it runs. CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE has to name the peer's network${ours ? `: ${ours}` : ''}.`,
    next: [UP, 'docker network ls'],
  }),
  'runtime-libc-too-old': ({ glibc }) => ({
    title: `The runtime image has an older C library than ${glibc}, which the chaincode was linked with.`,
    why: 'Builder and runtime image come from different releases of their distribution.',
    next: [FROM_ONE_BASE, 'fabric-wizard config'],
  }),
  'runtime-has-no-loader': () => ({
    title: 'The runtime image can not start the chaincode: it has no loader for it.',
    why: 'The chaincode was linked dynamically, and the runtime image has no C library, or that of another architecture.',
    next: [FROM_ONE_BASE, 'fabric-wizard config'],
  }),
  'chaincode-ended': ({ code, last }) => ({
    title: `The chaincode ended with exit code ${code} before it spoke to the peer.`,
    why: `Its last words: ${last}`,
    next: [SMOKE],
  }),
  'chaincode-ended-silently': ({ code }) => ({
    title: `The chaincode ended with exit code ${code} before it spoke to the peer.`,
    why: 'It said nothing. Its main function has to call shim.Start and return only when that does; and the network of its container has to reach the peer.',
    next: [SMOKE, 'docker network ls'],
  }),
  'chaincode-start-timeout': ({ chaincode = 'The chaincode' }) => ({
    title: `${chaincode} did not come up in time.`,
    why: 'The compile takes longer than chaincode.startuptimeout, or the container does not reach the peer.',
    next: [SMOKE, 'fabric-wizard build ccenv --force'],
  }),
  'chaincode-answer-timeout': () => ({
    title: 'The chaincode did not answer in time.',
    why: 'It took longer than chaincode.executetimeout (30 s), or waits for something outside.',
    next: [SMOKE, DOCTOR],
  }),
  'chaincode-refuses': ({ message }) => ({
    title: `The chaincode answered with an error: ${message}`,
    why: 'It was built, started and asked; the refusal is its own.',
    next: [SMOKE],
  }),
  'endorsements-differ': () => ({
    title: 'The peers computed different results.',
    why: 'The chaincode uses something that differs from peer to peer (time, random numbers, order of a map), or the peers run different code.',
    next: ['fabric-wizard clean && fabric-wizard up --yes'],
  }),
  'chaincode-exists': ({ chaincode }) => ({
    title: `A chaincode called ${chaincode} is on this channel already.`,
    why: 'It can be upgraded under a new version, but not instantiated again.',
    next: [SMOKE],
  }),
};
