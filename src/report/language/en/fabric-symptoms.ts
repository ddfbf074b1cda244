/** What went wrong in Fabric itself, in English: network, certificates, ledgers, chaincode. */
import type { SymptomId, Words } from '../symptoms.ts';

export const fabricSymptoms = {
  // network
  'chaincode-network-absent': ({ network, ours }) => ({
    title: `The peers put chaincode into the network ${network}, which this engine does not have.`,
    why: `CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE (vm.docker.hostConfig.NetworkMode in core.yaml) has to be the name of the network as the engine knows it${ours ? `: ${ours}` : ''}.`,
  }),
  'port-of-container': ({ port, owner }) => ({
    title: `Port ${port} is in use by the container ${owner}.`,
    why: 'Two containers can not publish one port of this host.',
  }),
  'port-in-use': ({ port }) => ({
    title: `Port ${port} is in use.`,
    why: 'A program on this host, or a container that has just ended, holds it.',
  }),
  'bind-source-absent': ({ path }) => ({
    title: `${path} is to be mounted into a node and does not exist.`,
    why: 'It was removed or moved since the compose file was written.',
  }),
  'folder-in-place-of-file': ({ path = 'A folder' }) => ({
    title: `${path} is a folder where a file should be mounted.`,
    why: 'Docker makes a folder of a file that does not exist when a container is started with it, and the folder stays.',
  }),
  'genesis-is-folder': ({ path }) => ({
    title: `The genesis block ${path} is a folder.`,
    why: 'Docker makes a folder of a file that does not exist when a container is started with it, and the folder stays.',
  }),
  'genesis-absent': ({ path }) => ({
    title: `The orderer finds no genesis block at ${path}.`,
    why: 'The file was not made or not mounted.',
  }),
  'node-killed': ({ node, status }) => ({
    title: `${node} was killed: ${status}.`,
    why: 'Exit code 137 is a kill from outside: somebody stopped it, or the machine ran out of memory.',
  }),
  'node-ended': ({ node, status }) => ({
    title: `${node} does not run: ${status}.`,
    why: 'It ended by itself; its last lines say why.',
  }),
  'node-not-in-network': ({ node }) => ({
    title: `${node} runs, and its name is not known where it was called.`,
    why: 'Caller and node are in different networks of the engine, or the node was restarted outside of its network.',
  }),
  'node-not-listening': ({ node }) => ({
    title: `${node} does not accept connections.`,
    why: 'The node is still starting, or it has ended.',
  }),
  // certificates
  'certificates-of-other-ca': () => ({
    title: 'One side shows a certificate of a CA that the other does not know.',
    why: 'Certificates were made anew while nodes, ledgers or clients go on with the old ones.',
  }),
  'certificate-expired': ({ now }) => ({
    title: 'A certificate is not valid at this time.',
    why: now
      ? `The machine's clock says ${now}; either it is wrong, or the certificates are too old.`
      : "Either the machine's clock is wrong, or the certificates are too old.",
  }),
  'certificate-of-other-name': ({ valid, name }) => ({
    title: `A node was called by the name ${name}, and its certificate is for ${valid}.`,
    why: 'TLS holds only for the names that are in the certificate.',
  }),
  'tls-on-one-side': () => ({
    title: 'One side speaks TLS and the other does not.',
    why: 'TLS was switched on or off for a part of the network only, or a client was started without it.',
  }),
  'msp-absent': ({ path }) => ({
    title: `There are no certificates at ${path}.`,
    why: 'The folder is not mounted there, or CORE_PEER_MSPCONFIGPATH names another one.',
  }),
  'msp-incomplete': ({ path }) => ({
    title: `The certificates in ${path} are not complete.`,
    why: 'What is mounted there lacks a certificate or key: the folder was emptied, or only half of it was copied.',
  }),
  'not-an-admin': () => ({
    title: "This needs an organisation's admin, and the identity that asked is none.",
    why: 'The client uses the certificate of a node or a user, or of an admin of an earlier set of certificates.',
  }),
  'creator-unknown': ({ org, channel = '' }) => ({
    title: `The peer does not accept an identity of ${org}${channel ? ` on ${channel}` : ''}.`,
    why: "The channel knows other certificates of this organisation: they were made anew after the peer's ledger was written.",
  }),
  // ledgers
  'channel-exists': ({ group }) => ({
    title: 'The orderer has this channel already.',
    why: `Its ledger outlived the network: ${group} was to be created and is there.`,
  }),
  'channel-joined-before': () => ({
    title: 'The peer has a ledger of this channel already.',
    why: 'It was written by an earlier run, and the peer has not been asked or does not say that it joined.',
  }),
  'ledger-of-other-crypto': ({ policy }) => ({
    title: "The ledger does not know this network's certificates.",
    why: `It was written under others${policy ? `, so that nobody counts as one of its ${policy}` : ''}: a volume was kept while the certificates were made anew.`,
  }),
  'ledger-damaged': () => ({
    title: 'A ledger on disk is damaged.',
    why: 'A node was killed while it wrote, or the disk was full.',
  }),
  'ledger-of-other-version': ({ found = '', expected }) => ({
    title: `The ledger was written by another release: format ${found || '1.x'}, expected ${expected}.`,
    why: 'A volume of an older network is used by a newer peer.',
  }),
  'capability-unknown': ({ kind, capability }) => ({
    title: `The channel asks for the ${kind?.toLowerCase()} capability ${capability}, which this release does not have.`,
    why: 'The channel was configured for a newer Fabric than the one that runs.',
  }),
  'no-raft-leader': () => ({
    title: 'The orderers have not agreed on a leader.',
    why: 'They have only just started, or they do not reach each other over TLS.',
  }),
  'couchdb-not-ready': () => ({
    title: 'The peer started before its CouchDB listened.',
    why: 'CouchDB takes seconds to start, and the peer does not wait for it.',
  }),
  'orderer-refuses': ({ status, info }) => ({
    title: `The orderer refuses it: ${status}.`,
    why: `In its own words: ${info}.`,
  }),
  // chaincode
  'chaincode-package-missing': ({ file, line, package: wanted }) => ({
    title: `The chaincode imports ${wanted}, which is not in the builder: ${file}:${line}.`,
    why: 'Chaincode is compiled without the internet: what it imports has to be in its own vendor folder, or in ccenv.',
  }),
  'chaincode-does-not-compile': ({ file, line, message }) => ({
    title: `The chaincode does not compile: ${file}:${line}: ${message}`,
    why: 'The peer compiles it in the builder image (ccenv), with the Go and the shim that are in there.',
  }),
  'vendoring-inconsistent': ({ path }) => ({
    title: `go.mod and vendor/modules.txt of the chaincode in ${path} do not agree.`,
    why: 'go.mod was changed and the vendor folder was not made anew.',
  }),
  'go-too-old': ({ wanted }) => ({
    title: `The chaincode wants Go ${wanted}, and the builder image has another one.`,
    why: 'The line "go" in go.mod must not be newer than the Go in ccenv.',
  }),
  'modules-not-reachable': ({ host }) => ({
    title: `The chaincode's modules were to be fetched from ${host}, which was not reached.`,
    why: 'The builder container has no way to the internet, and gets GOPROXY but no http proxy from the peer.',
  }),
  'vcs-status': () => ({
    title: 'Go could not read the version control of the source.',
    why: 'The checkout belongs to another user than the one that compiles.',
  }),
  'compiler-killed': ({ program }) => ({
    title: `${program} was killed while it compiled.`,
    why: 'The machine, or the limit of the builder container, had no more memory.',
  }),
  'chaincode-panics': ({ message }) => ({
    title: `The chaincode crashed: ${message}`,
    why: 'It was built and started, and ended by a panic of its own before it spoke to the peer or while it answered.',
  }),
  'chaincode-cannot-reach-peer': ({ ours }) => ({
    title: 'The chaincode was started and does not reach its peer.',
    why: `The address that the peer tells it (CORE_PEER_CHAINCODEADDRESS) is not known or not open where it runs. CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE has to name the peer's network${ours ? `: ${ours}` : ''}.`,
  }),
  'runtime-libc-too-old': ({ glibc }) => ({
    title: `The runtime image has an older C library than ${glibc}, which the chaincode was linked with.`,
    why: 'Builder and runtime image come from different releases of their distribution.',
  }),
  'runtime-has-no-loader': () => ({
    title: 'The runtime image can not start the chaincode: it has no loader for it.',
    why: 'The chaincode was linked dynamically, and the runtime image has no C library, or that of another architecture.',
  }),
  'chaincode-ended': ({ code, last }) => ({
    title: `The chaincode ended with exit code ${code} before it spoke to the peer.`,
    why: `Its last words: ${last}`,
  }),
  'chaincode-ended-silently': ({ code }) => ({
    title: `The chaincode ended with exit code ${code} before it spoke to the peer.`,
    why: 'It said nothing. Its main function has to call shim.Start and return only when that does; and the network of its container has to reach the peer.',
  }),
  'chaincode-start-timeout': ({ chaincode = 'The chaincode' }) => ({
    title: `${chaincode} did not come up in time.`,
    why: 'The compile takes longer than chaincode.startuptimeout, or the container does not reach the peer.',
  }),
  'chaincode-answer-timeout': () => ({
    title: 'The chaincode did not answer in time.',
    why: 'It took longer than chaincode.executetimeout (30 s), or waits for something outside.',
  }),
  'chaincode-refuses': ({ message }) => ({
    title: `The chaincode answered with an error: ${message}`,
    why: 'It was built, started and asked; the refusal is its own.',
  }),
  'endorsements-differ': () => ({
    title: 'The peers computed different results.',
    why: 'The chaincode uses something that differs from peer to peer (time, random numbers, order of a map), or the peers run different code.',
  }),
  'chaincode-exists': ({ chaincode }) => ({
    title: `A chaincode called ${chaincode} is on this channel already.`,
    why: 'It can be upgraded under a new version, but not instantiated again.',
  }),
} satisfies Partial<Record<SymptomId, Words>>;
