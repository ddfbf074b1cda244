/** The stages of a network, in English. */
import type { TopicText } from '../topic-text.ts';

export const networkStages = {
  couchdb: {
    title: 'A database beside each peer',
    text: "A peer's blocks lie in files. What they come to, the state, lies in a LevelDB in the peer, or with --couchdb in a CouchDB beside it: there chaincode can look for JSON by its content. This stage brings the image; start begins no peer before its CouchDB answers. Channels and chaincodes have databases of their own, which this host may read as admin and nobody should write to. A ledger can't change its kind: another choice is a new network.",
    reads: 'an image: the first that is here of those that the line works with, or --couchdb-image',
    writes: 'for each peer a container couchdb0, couchdb1, … and its volume',
  },
  crypto: {
    title: 'Certificates and keys for everybody',
    text: 'Nobody acts in Fabric without an identity. cryptogen makes a CA for each organisation, certificate and key for each node and user, and others for TLS. What one member needs lies in one folder, its MSP. This is for development: real organisations run their own CA. New certificates are a new network, so the ledgers get new volumes as well.',
    reads: '.fabric-wizard/network/crypto-config.yaml, {toolsImage}',
    writes: '.fabric-wizard/network/crypto-config/',
  },
  artifacts: {
    title: 'The genesis block, and what a channel begins with',
    text: 'The genesis block is block 0 of {systemChannel}: from it the orderer knows the organisations and how to order. {channel}.tx asks for the channel, and each -anchors.tx names the anchor peer of an organisation. configtxgen makes them of profiles and certificates.',
    reads: '.fabric-wizard/network/configtx.yaml, crypto-config/',
    writes: '.fabric-wizard/network/channel-artifacts/',
  },
  compose: {
    title: 'The network as a file to keep',
    text: 'For each node: its image, its CORE_ or ORDERER_ variables, the folders that are mounted, the ports that are published (on 127.0.0.1 only). Read it: all that makes a node this node stands there. It works without fabric-wizard, too.',
    reads: 'the choices, crypto-config/',
    writes: '.fabric-wizard/network/docker-compose.yaml and .env',
  },
  start: {
    title: 'Containers from images',
    text: 'compose creates what is missing and makes anew what changed. A node on a new image is a new container; its ledger lies in a volume and stays. Certificates and genesis block must be there before: where the source of a mount is missing, Docker makes an empty folder of that name, and the node ends.',
    reads: '.fabric-wizard/network/docker-compose.yaml',
    writes: 'containers, volumes and network of {project}',
  },
  ready: {
    title: 'Do the nodes answer?',
    text: "A container that runs is not yet a node that answers, and an open port proves little: Docker opens it before the peer listens. So a TLS handshake is tried again and again until it succeeds; if it never does, the last lines of the node's log are shown. Nothing ever sleeps for a fixed time.",
    reads: 'every published port',
    writes: 'nothing',
  },
  channel: {
    title: 'A ledger that some organisations share',
    text: 'A channel has members of its own, and who is not on it sees nothing of it. The orderer keeps a chain of blocks for each. To create one, an admin sends {channel}.tx to the orderer; its answer is block 0. The stage asks for block 0 first: if it is there, so is the channel.',
    reads: 'channel-artifacts/{channel}.tx',
    writes: 'block 0 of {channel}, at {orderer}',
  },
  join: {
    title: 'A peer takes part in a channel',
    text: 'A peer joins when it is given block 0: it opens a ledger, fetches the blocks that follow, checks and applies them. Only an admin of its own organisation may tell it to. Told a second time, it answers that the ledger exists already.',
    reads: 'block 0 of {channel}',
    writes: 'a ledger on each of {peers} peers',
  },
  anchors: {
    title: 'Where other organisations find ours',
    text: "Peers of one organisation find each other by gossip. To find another one's they need one address there that is known: its anchor peer. It stands in the configuration of the channel, so setting it is an update that the orderer makes a block of. The same update a second time is refused.",
    reads: 'channel-artifacts/{channel}-{mspId}-anchors.tx, one for each organisation',
    writes: 'a block of {channel} for each organisation',
  },
  smoke: {
    title: 'The proof',
    text: "A chaincode with a name that no peer has met is installed and instantiated; a value is changed, and read back on every peer. The engine's events tell which ccenv compiled it, and its layers tell what it stands on: below, the list of the runtime image must be the beginning of the other.",
    reads: '{askedBuilder}, {askedRuntime}',
    writes: 'chaincode images and containers of {project}',
  },
} as const satisfies Readonly<Record<string, TopicText>>;
