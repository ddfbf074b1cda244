/** Symptoms of Fabric itself, in English: network, certificates, ledgers, chaincode. */
import type { SymptomId } from '../../../pipeline/core/diagnosis-types.ts';
import type { Words } from '../symptoms.ts';

const FOLDER_FOR_FILE =
  'If a file to mount does not exist when a container starts, Docker creates a folder with that name, and the folder stays. `up` replaces it with the file. Recreate the containers.';

export const fabricSymptoms = {
  // network
  'chaincode-network-absent': ({ network, ours }) => ({
    title: `The peers start chaincode in the network ${network}, which does not exist on this engine.`,
    why: `CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE (vm.docker.hostConfig.NetworkMode in core.yaml) must be the name that the engine has for the network${ours ? `: ${ours}` : ''}. Recreate the peers with the right name.`,
  }),
  'port-of-container': ({ port, owner }) => ({
    title: `Port ${port} is in use by the container ${owner}.`,
    why: 'Two containers cannot publish the same port of this host. Use other ports, or stop that container.',
  }),
  'port-not-released': ({ port, owner }) => ({
    title: owner
      ? `Port ${port} is in use by ${owner}, a node of this network.`
      : `Port ${port} was in use by a container.`,
    why: owner
      ? 'Another node needs the port now. `up` removes the container of that node first, and recreates it with its new port.'
      : 'No container uses it any more. Run the command again. If the port stays in use, use other ports.',
  }),
  'port-in-use': ({ port, host }) => ({
    title: host === undefined ? `Port ${port} is in use.` : `Port ${port} is in use on ${host}.`,
    why: `A program on ${host ?? 'this host'} uses it, or a container that has just exited. Stop the program, or use other ports.`,
  }),
  'bind-source-absent': ({ path }) => ({
    title: `${path} has to be mounted into a node, but does not exist.`,
    why: 'It was removed or moved after the compose file was written. `up` creates missing blocks and channel files again, but not certificates, because the ledgers depend on them. If certificates are missing, put them back, or start a new network: the files and ledgers of this one are kept.',
  }),
  'folder-in-place-of-file': ({ path = 'A path' }) => ({
    title: `${path} is a folder, but has to be mounted as a file.`,
    why: FOLDER_FOR_FILE,
  }),
  'genesis-is-folder': ({ path }) => ({
    title: `The genesis block ${path} is a folder.`,
    why: FOLDER_FOR_FILE,
  }),
  'genesis-absent': ({ path }) => ({
    title: `The orderer finds no genesis block at ${path}.`,
    why: 'The file was not created or not mounted. `up` creates it again. Recreate the containers.',
  }),
  'node-panics': ({ node, message, place, status }) => ({
    title: `${node} panicked: ${message}`,
    why: `${place ? `The panic comes from ${place}. ` : ''}The node is not running (${status}), and it will panic again. Correct the source, then rebuild.`,
  }),
  'node-killed': ({ node, status, memory }) => ({
    title: `${node} was killed: ${status}.`,
    why: memory
      ? 'The kernel killed it because its memory was used up. Free some memory, then start it again.'
      : 'Exit code 137 means that the process was killed from outside: it was stopped, or the machine ran out of memory. Start it again, and check the memory.',
  }),
  'node-stopped': ({ node, status }) => ({
    title: `${node} was stopped: ${status}.`,
    why: 'Its exit code shows that it was stopped on request, for example by `docker stop`, and that it did not panic. Start it again.',
  }),
  'node-ended': ({ node, status, last }) => ({
    title: `${node} is not running: ${status}.`,
    why: last
      ? `It exited by itself. This line of its log says why: ${last}`
      : 'It exited by itself and logged nothing.',
  }),
  'node-not-in-network': ({ node }) => ({
    title: `${node} is running, but the caller cannot resolve its name.`,
    why: 'Caller and node are in different networks of the engine, or the node was restarted outside of its network. Recreate the network.',
  }),
  'node-behind-proxy': ({ node, nodes }) => ({
    title: `${node} could not be reached, because nodes connect to each other through a proxy.`,
    why: `Docker gives the proxies of its config.json to containers, and NO_PROXY does not contain the names of the network in these nodes: ${nodes}. Recreate the containers.`,
  }),
  'node-not-listening': ({ node, status }) => ({
    title: `${node} does not accept connections.`,
    why: `The node is still starting, or it has exited${status ? ` (${status})` : ''}. Check its status and its log.`,
  }),
  // certificates
  'certificates-of-other-ca': () => ({
    title: 'One side presents a certificate of a CA that the other side does not know.',
    why: 'New certificates were created while nodes or clients still use the old ones. Recreate the containers, and use the current certificates.',
  }),
  'certificate-expired': ({ now }) => ({
    title: 'A certificate is not valid at this time.',
    why: now
      ? `The machine's clock says ${now}. Either the clock is wrong, or the certificates have expired. Set the clock, or create new certificates.`
      : "Either the machine's clock is wrong, or the certificates have expired. Set the clock, or create new certificates.",
  }),
  'certificate-of-other-name': ({ valid, name }) => ({
    title: `A client connected to a node as ${name}, but its certificate is valid for ${valid}.`,
    why: 'TLS accepts only the names in the certificate. Use one of these names, or create new certificates.',
  }),
  'tls-on-one-side': () => ({
    title: 'One side uses TLS and the other does not.',
    why: 'TLS was turned on or off for a part of the network only, or a client was started without it. Use the same setting everywhere.',
  }),
  'certificate-unreadable': ({ path }) => ({
    title: `${path} cannot be read: permission denied.`,
    why: 'The file exists, but its mode, its owner or SELinux prevents the node from reading it. Change the permissions. The content of the file is probably correct.',
  }),
  'pkcs11-unusable': ({ library, provider, reason }) => ({
    title: library
      ? `The PKCS#11 library ${library} cannot be loaded.`
      : provider
        ? 'The node is configured for PKCS#11, but it was compiled without it.'
        : `PKCS#11 cannot be used: ${reason}.`,
    why: 'BCCSP in core.yaml or orderer.yaml, or a CORE_PEER_BCCSP variable, selects PKCS#11. The library must be in the image of the node and match its C library, and the programs must be compiled with the tag pkcs11 (--go-tags pkcs11). The certificates are not the cause. Correct the configuration, or select SW.',
  }),
  'msp-absent': ({ path }) => ({
    title: `There are no certificates at ${path}.`,
    why: 'The folder is not mounted there, or CORE_PEER_MSPCONFIGPATH names another one. Recreate the containers.',
  }),
  'msp-incomplete': ({ path }) => ({
    title: `The certificates in ${path} are incomplete.`,
    why: 'A certificate or a key is missing: the folder was emptied, or only a part of it was copied. Put it back, or start a new network: the files and ledgers of this one are kept.',
  }),
  'not-an-admin': () => ({
    title: "The operation needs an organisation's admin, but the identity in use is not one.",
    why: 'The client uses the certificate of a node or a user, or of an admin from an earlier set of certificates. Use the current certificate of an admin.',
  }),
  'creator-unknown': ({ org, channel = '' }) => ({
    title: `The peer does not accept an identity of ${org}${channel ? ` on ${channel}` : ''}.`,
    why: 'The client and the channel use different certificates of this organisation. Use the current ones. If the certificates are newer than the channel, start a new network: the certificates and ledgers of this one are kept.',
  }),
  // ledgers
  'channel-exists': ({ group }) => ({
    title: 'The orderer already has this channel.',
    why: `${group} already exists, so it cannot be created: an earlier run created the channel. Run the command again; it then uses this channel.`,
  }),
  'channel-joined-before': () => ({
    title: 'The peer already has a ledger of this channel.',
    why: 'An earlier request joined the peer to the channel, but the peer has not reported it yet. Run the command again. If it fails again, recreate the containers, which keeps the ledgers.',
  }),
  'ledger-of-other-crypto': ({ policy }) => ({
    title: "The ledger does not know this network's certificates.",
    why: `It was written with other certificates${policy ? `, so no identity counts as one of its ${policy}` : ''}: a volume was kept, but the certificates are new. Start a new network: the certificates and ledgers of this one are kept.`,
  }),
  'ledger-damaged': () => ({
    title: 'A ledger on disk is damaged.',
    why: 'A node was killed while it was writing, or the disk was full. Remove the ledgers and start the network again.',
  }),
  'ledger-of-other-version': ({ found = '', expected }) => ({
    title: `Another release wrote the ledger: format ${found || '1.x'}, expected ${expected}.`,
    why: 'A newer peer uses a volume of an older network. Use the release that wrote it, or remove the ledgers and start the network again.',
  }),
  'capability-unknown': ({ kind, capability }) => ({
    title: `The channel requires the ${kind?.toLowerCase()} capability ${capability}, which this release does not have.`,
    why: 'The channel was configured for a later release of Fabric than the one that is running. Use that release, or start a new network with this one: the files and ledgers of the old one are kept.',
  }),
  'no-raft-leader': () => ({
    title: 'The orderers have not elected a leader.',
    why: 'They have just started, or they cannot reach each other over TLS. Try again. If it fails again, check the log of an orderer.',
  }),
  'couchdb-not-ready': () => ({
    title: 'The peer started before its CouchDB was listening.',
    why: 'CouchDB takes seconds to start, and the peer does not wait for it. Start the network again.',
  }),
  'couchdb-denied': ({ reason }) => ({
    title: `CouchDB denied the peer access: ${reason}`,
    why: 'The peer and its CouchDB were started with different passwords, or the password was changed since. Recreate the containers, so that both get the same one. The data is not the cause.',
  }),
  'orderer-refuses': ({ status, info }) => ({
    title: `The orderer refused the request: ${status}.`,
    why: `The orderer reports: ${info}. Its log may say more.`,
  }),
  // chaincode
  'chaincode-package-missing': ({ at, package: wanted }) => ({
    title: `The chaincode imports ${wanted}, which is not in the builder image${at ? `: ${at}` : ''}.`,
    why: "Chaincode is compiled without the internet. Put the package into the chaincode's own vendor folder.",
  }),
  'chaincode-does-not-compile': ({ file, line, message }) => ({
    title: `The chaincode does not compile: ${file}:${line}: ${message}`,
    why: 'The peer compiles it in the builder image (ccenv), with the Go and the shim of that image. Correct the source.',
  }),
  'chaincode-excluded': () => ({
    title: 'Build constraints exclude every Go file of the chaincode.',
    why: 'No file matches Linux, this architecture and the Go version in the builder image (ccenv). Correct the "//go:build" lines and the file names, or use a builder with a newer Go.',
  }),
  'chaincode-has-no-source': () => ({
    title: 'The chaincode folder itself contains no Go files, or only tests.',
    why: 'The peer compiles the package in the given folder, not those in its subfolders. Use the folder that contains package main.',
  }),
  'chaincode-of-two-packages': ({ one, file, other, otherFile }) => ({
    title: `The chaincode folder contains two packages: ${one} (${file}) and ${other} (${otherFile}).`,
    why: 'All Go files of a folder must be in the same package, apart from tests. Move one of them to a subfolder.',
  }),
  'chaincode-has-no-main': () => ({
    title: 'The chaincode does not declare func main().',
    why: 'A chaincode is a program, and its main function must call shim.Start.',
  }),
  'chaincode-is-no-program': () => ({
    title: 'The build of the chaincode produced no program.',
    why: 'Go builds a program only from package main, but the files of the chaincode are in another package.',
  }),
  'chaincode-header-missing': ({ header, file, line }) => ({
    title: `The chaincode includes ${header}, which is not in the builder image: ${file}:${line}.`,
    why: 'Peers compile the C code of a chaincode in the builder image (ccenv). Build an image from ccenv that contains the development package, and pass it to --chaincode-builder.',
  }),
  'chaincode-library-missing': ({ library }) => ({
    title: `The chaincode links the C library ${library}, which is not in the builder image.`,
    why: `Peers link chaincode statically in the builder image (ccenv), so it needs lib${library}.a. Build an image from ccenv that contains the library, and pass it to --chaincode-builder.`,
  }),
  'chaincode-no-c-compiler': ({ program }) => ({
    title: `The builder image of chaincode has no C compiler: ${program}.`,
    why: 'Peers link chaincode with the C compiler of that image. Pass an image that has one to --chaincode-builder.',
  }),
  'chaincode-no-build-cache': ({ reason }) => ({
    title: `Go has no build cache in the builder image of chaincode: ${reason}.`,
    why: 'GOCACHE and HOME are not set in the image, or the user of the image cannot write to the folder that they name. Correct these variables in the image, or use another one.',
  }),
  'vendoring-inconsistent': ({ path }) => ({
    title: `go.mod and vendor/modules.txt of the chaincode in ${path} do not match.`,
    why: 'go.mod was changed, but the vendor folder was not updated. Update the vendor folder.',
  }),
  'go-too-old': ({ wanted }) => ({
    title: `The chaincode needs Go ${wanted}, but the builder image has another version.`,
    why: 'The "go" line in go.mod must not be newer than the Go in ccenv. Lower it.',
  }),
  'modules-not-reachable': ({ host }) => ({
    title: `The chaincode's modules had to be downloaded from ${host}, which is not reachable.`,
    why: 'The builder container has no access to the internet; the peer passes GOPROXY to it, but no HTTP proxy. Put the modules into the vendor folder.',
  }),
  'vcs-status': () => ({
    title: 'Go could not read the version control data of the source.',
    why: 'The checkout belongs to another user than the one that compiles. Compile without this data.',
  }),
  'compiler-killed': ({ program }) => ({
    title: `${program} was killed during a compile.`,
    why: 'The machine ran out of memory, or the builder container reached its limit. Use fewer cores at once, or provide more memory.',
  }),
  'chaincode-panics': ({ message, file, line }) => ({
    title: `The chaincode crashed${file ? ` at ${file}:${line}` : ''}: ${message}`,
    why: 'It was built and started, but it panicked before it connected to the peer or while it handled a call. Correct the chaincode.',
  }),
  'chaincode-cannot-reach-peer': ({ ours, late }) => ({
    title: 'The chaincode was started but cannot reach its peer.',
    why: late
      ? `The peer did not answer within 3 s. Either the machine is too busy, and another run will succeed; or the kernel's neighbour table is full, which fabric-wizard doctor shows for large networks; or the address of the peer (CORE_PEER_CHAINCODEADDRESS) is not open in the network of the chaincode${ours ? `, ${ours}` : ''}.`
      : `The peer tells it an address (CORE_PEER_CHAINCODEADDRESS) that does not resolve or is not open in its network. CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE must name the peer's network${ours ? `: ${ours}` : ''}. Recreate the peers with the right name.`,
  }),
  'runtime-libc-too-old': ({ glibc }) => ({
    title: `The C library of the runtime image is older than ${glibc}, which the chaincode was linked with.`,
    why: 'Builder and runtime image come from different releases of their distribution. Build both from the same one.',
  }),
  'runtime-has-no-loader': () => ({
    title: 'The runtime image cannot start the chaincode: it has no loader for it.',
    why: 'The chaincode is linked dynamically, and the runtime image has no C library, or one of another architecture. Build builder and runtime image from the same distribution.',
  }),
  'static-resolver-crash': ({ program }) => ({
    title: `${program || 'A program'} crashed (SIGSEGV) while it resolved a host name.`,
    why: 'It is linked statically, but getaddrinfo of the C library loads shared libraries, and those in the image have another version. Build builder and runtime image from the same distribution.',
  }),
  'chaincode-ended': ({ code, last }) => ({
    title: `The chaincode exited with code ${code} before it connected to the peer.`,
    why: `Its last output was: ${last}`,
  }),
  'chaincode-ended-silently': ({ code }) => ({
    title: `The chaincode exited with code ${code} before it connected to the peer.`,
    why: 'It printed nothing. Its main function must not return before shim.Start returns, and the peer must be reachable from its network. Check both.',
  }),
  'chaincode-start-timeout': ({ chaincode = 'The chaincode' }) => ({
    title: `${chaincode} did not start in time.`,
    why: 'The compile takes longer than chaincode.startuptimeout, or the container cannot reach the peer. Try again; if the compile is slow, build ccenv again.',
  }),
  'chaincode-answer-timeout': () => ({
    title: 'The chaincode did not respond in time.',
    why: 'It took longer than chaincode.executetimeout (30 s), or it waits for an external service. Make the call shorter, or try again.',
  }),
  'chaincode-refuses': ({ message }) => ({
    title: `The chaincode returned an error: ${message}`,
    why: 'It was built, started and called; the error comes from its own code. Correct the chaincode or the arguments.',
  }),
  'endorsements-differ': () => ({
    title: 'The peers computed different results.',
    why: 'The chaincode uses values that differ between peers (time, random numbers, the order of a map), or the peers run different code. Make the chaincode deterministic, or install the same code on all peers.',
  }),
  'chaincode-image-gone': ({ chaincode }) => ({
    title: `The image of chaincode ${chaincode} is no longer on the engine.`,
    why: 'A peer of Fabric 2.0 or later builds a chaincode when it is installed, and again only after the peer was restarted.',
  }),
  'chaincode-exists': ({ chaincode }) => ({
    title: `A chaincode called ${chaincode} is already on this channel.`,
    why: 'It can be upgraded to a new version, but not instantiated again. Use another name, or upgrade it.',
  }),
} satisfies Partial<Record<SymptomId, Words>>;
