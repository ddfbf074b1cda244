/** Topics of the network stages, in English. */
import type { TopicText } from '../topic-text.ts';

export const networkStages = {
  couchdb: {
    title: 'A state database next to each peer',
    text: 'A peer stores its blocks in files. The state that results from them is in a LevelDB inside the peer or, with --couchdb, in a CouchDB next to it. With CouchDB, chaincode can query JSON by content. This stage fetches the image; start waits for CouchDB before it starts the peer. Each channel and chaincode has its own database. Read them from this host as admin, but never write to them. Another database type needs a new network.',
    reads: 'an image: the first local one that this release supports, or --couchdb-image',
    writes: 'a container couchdb0, couchdb1, … and a volume for each peer',
  },
  crypto: {
    title: 'Creates certificates and keys',
    text: 'Every action in Fabric needs an identity. cryptogen creates a CA for each organisation, a certificate and a key for each node and user, and a second set for TLS. The files of one member are in one folder, its MSP. With --identities ca, Fabric CA makes all of them instead. New certificates mean a new network, so the ledgers get new volumes too.',
    reads:
      '.fabric-wizard/network/crypto-config.yaml, {toolsImage}; with --identities ca the image of Fabric CA',
    writes: '.fabric-wizard/network/crypto-config/',
  },
  artifacts: {
    title: 'The genesis block and the channel configuration',
    text: 'The genesis block is block 0 of {systemChannel}. It tells the orderer which organisations exist and how to order transactions. {channel}.tx is the request to create the channel. Each -anchors.tx names the anchor peer of one organisation. configtxgen creates them from configtx.yaml and the certificates.',
    reads: '.fabric-wizard/network/configtx.yaml, crypto-config/',
    writes: '.fabric-wizard/network/channel-artifacts/',
  },
  metrics: {
    title: 'A Prometheus server that reads the metrics of the nodes',
    text: 'With --metrics, peers and orderers count blocks, transactions and durations, and serve the metrics at their operations endpoint. A Prometheus server in the network reads them every five seconds. This stage provides its image: that of --metrics-image, a local prom/prometheus, one that an earlier run built, a pulled one, or one built from the Debian package. Without an image, the network starts without Prometheus.',
    reads: 'the engine, then a registry, then apt sources',
    writes: 'fabric-wizard/prometheus, .fabric-wizard/network/metrics/',
  },
  compose: {
    title: 'The network as a compose file',
    text: 'For each node the file contains its image, its CORE_ or ORDERER_ variables, the mounted folders, and the published ports (on 127.0.0.1 only). All settings of a node are in this file. You can also use it without fabric-wizard.',
    reads: 'the configuration, crypto-config/',
    writes: '.fabric-wizard/network/docker-compose.yaml and .env',
  },
  start: {
    title: 'Starts the containers',
    text: 'compose creates missing containers and recreates changed ones. A node with a new image is a new container; its ledger is in a volume and is kept. Certificates and genesis block must exist before the start. If the source of a mount is missing, Docker creates an empty folder of that name, and the node exits.',
    reads: '.fabric-wizard/network/docker-compose.yaml',
    writes: 'containers, volumes and network of {project}',
  },
  prometheus: {
    title: 'Starts Prometheus',
    text: 'Prometheus starts after the nodes. Nothing waits for it: if it cannot start or does not become ready, the run prints a warning and goes on. The network works without it.',
    reads: '.fabric-wizard/network/docker-compose.yaml, metrics/',
    writes: 'the container {project}-prometheus',
  },
  ready: {
    title: 'Waits until the nodes respond',
    text: "A running container does not mean that the node responds. An open port does not either: Docker opens it before the peer listens. So the stage repeats a TLS handshake until it succeeds. If it never succeeds, the last lines of the node's log are shown. No step sleeps for a fixed time.",
    reads: 'every published port',
    writes: 'nothing',
  },
  channel: {
    title: 'A ledger that some organisations share',
    text: 'A channel has its own members; other organisations cannot see its data. The orderer keeps one chain of blocks for each channel. To create one, an admin sends {channel}.tx to the orderer, which answers with block 0. The stage first asks for block 0: if it exists, so does the channel.',
    reads: 'channel-artifacts/{channel}.tx',
    writes: 'block 0 of {channel}, at {orderer}',
  },
  members: {
    title: 'Adds a new organisation to the existing channels',
    text: "The configuration of a channel says which organisations take part. After `add org`, each channel is updated: the stage fetches the configuration, adds the organisation and its anchor peer, computes the update with configtxlator, collects the signatures of all members' admins, and submits the update to the orderer. A system channel gets the organisation too, so that later channels have it.",
    reads: "each channel's configuration, channel-artifacts/",
    writes: 'a block of each channel that lacks an organisation',
  },
  join: {
    title: 'Joins the peers to the channel',
    text: "A peer joins a channel when it receives block 0. It opens a ledger, fetches the blocks that follow, checks them and applies them. Only an admin of the peer's own organisation can make it join. If the peer has already joined, it reports that the ledger exists.",
    reads: 'block 0 of {channel}',
    writes: 'a ledger on {peers} {peers|peer|peers}',
  },
  anchors: {
    title: 'How other organisations find our peers',
    text: "Peers of one organisation find each other by gossip. To find another organisation's peers they need one known address there: its anchor peer. Anchor peers are part of the channel configuration. Setting one is a configuration update, for which the orderer makes a block. If the same update is sent again, the orderer rejects it.",
    reads: 'channel-artifacts/{channel}-{mspId}-anchors.tx, one for each organisation',
    writes: 'a block of {channel} for each organisation',
  },
  'after-start': {
    title: 'Your commands after the start',
    text: 'The key hooks of fabric-wizard.yaml has commands for three moments: after-start, after-proof and before-down. Those of after-start run on this host when `up` has started nodes and the peers have joined their channels, before the proof. They run in the folder of the file, one after another, with the variables of `env`. A command that fails ends the run, and the next `up` repeats them. --no-hooks leaves them out.',
    reads: 'fabric-wizard.yaml',
    writes: 'what the commands write',
  },
  smoke: {
    title: 'Proves that chaincode finds its images',
    text: "A chaincode with a new name is installed and instantiated. A value is changed and read back from every peer. The engine's events show which ccenv compiled it. The image layers show its base: the layers of the runtime image must be the first layers of the chaincode image.",
    reads: '{requiredBuilder}, {requiredRuntime}',
    writes: 'chaincode images and containers of {project}',
  },
  packages: {
    title: 'Installs chaincode on new peers',
    text: 'A peer that was added has the ledger, but no chaincode packages. The stage takes each package from a peer that has it, so that the files of the chaincode are not needed and nothing is upgraded. From 2.0 on, a new organisation approves the definitions of the channels. Then the chaincode starts on the new peers.',
    reads: 'what the other peers have installed',
    writes: 'packages, chaincode images and containers of the new peers',
  },
  deploy: {
    title: "Deploys the user's chaincodes",
    text: 'The chaincodes of fabric-wizard.yaml are deployed to the channels. The version of a chaincode contains a digest of its files and its definition, so the channel itself shows whether something has changed. What has changed is installed on every peer and becomes the next version or sequence; the ledger stays. Nothing happens if nothing has changed.',
    reads: 'the folders of the chaincodes, the definitions in the channels',
    writes:
      'packages on the peers, definitions in the channels, chaincode images and containers of {project}',
  },
  'after-proof': {
    title: 'Your commands after the proof',
    text: 'The commands of hooks: after-proof in fabric-wizard.yaml run on this host after each proof: of `up`, `smoke`, `rebuild --smoke` and `add`. The chaincodes of the file are deployed by then. A command that fails ends the run with its exit code, the file and the key.',
    reads: 'fabric-wizard.yaml',
    writes: 'what the commands write',
  },
} as const satisfies Readonly<Record<string, TopicText>>;
