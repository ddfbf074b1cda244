/** Topics of the build stages, in English. */
import type { TopicText } from '../topic-text.ts';

export const buildStages = {
  source: {
    title: 'The Fabric source and its release',
    text: 'The Makefile declares the Fabric version ({version}) and, up to 1.4, the version of the base images. The Fabric version selects the release ({release}), which determines image names and compiler flags. The build uses the working tree as it is, committed or not. Every file has a content hash, so only what has changed is built again.',
    reads: '{source}: Makefile and the content of every file',
    writes: 'nothing',
  },
  'base.builder': {
    title: 'The image that compiles',
    text: 'This image, {builderImage}, contains Go, gcc and a C library. Fabric is compiled in it. ccenv is based on it, so chaincode is compiled in it too. The host needs no Go, and every build uses the same compiler. The image is not part of the Fabric tree and has its own version. A local image is used if there is one. Otherwise it is pulled or built from Debian packages.',
    reads: 'the engine, then a registry, then apt sources',
    writes: '{builderImage}',
  },
  'base.runtime': {
    title: 'The image that programs run on',
    text: 'This image, {runtimeImage}, is a small system without a compiler. The peer and orderer images are based on it, and so is every chaincode image: programs that were compiled elsewhere are copied onto it. Its name and version are compiled into the peer. If they differ by one character, the network starts, but the first chaincode fails.',
    reads: 'the engine, then a registry, then apt sources',
    writes: '{runtimeImage}',
  },
  'base.upstream': {
    title: "The base images of the checkout's own Dockerfiles",
    text: 'Since 2.0 the checkout has its own Dockerfiles. Up to 2.4 they start from golang and alpine, later from ubuntu with Go from go.dev. They compile Fabric again and download packages, so --dockerfiles upstream takes minutes and needs the internet. Our Dockerfiles copy programs that are already compiled. The upstream Dockerfiles have no argument for DOCKER_NS, so it is passed to make after the Go tags.',
    reads: '{source}/images, a registry',
    writes: 'the images that these Dockerfiles start from',
  },
  compile: {
    title: 'Compiles all programs with one go install',
    text: 'The command runs in the builder image, so the host needs no Go. It builds all programs at once, so shared packages are compiled only once.',
    reads: 'the checkout, {builderImage}',
    writes: '{programs}/',
  },
  ca: {
    title: 'Builds the image of Fabric CA',
    text: 'With --ca, each organisation with peers has a CA server. Its programs, fabric-ca-server and fabric-ca-client, are compiled from a checkout of Fabric CA in the builder image, with the same Go build cache as Fabric. The CA keeps its database in SQLite. If the checkout lacks the C file of SQLite, the Debian package libsqlite3-dev is added to a copy of the builder image, and SQLite is linked into the programs.',
    reads: 'the checkout of --ca-source, {builderImage}, {runtimeImage}',
    writes: 'fabric-ca:VERSION in the namespace of the images',
  },
  test: {
    title: 'Runs unit tests of Fabric',
    text: 'Only fabric-wizard test has this stage. It runs go test in the builder image, on a copy of the checkout, because many tests write into their folder. The tests run as a user who is not root, as some of them expect that a file can be closed to them. They share the Go build cache with the compile, and go remembers the results of tests whose files have not changed. Nodes that run are not touched.',
    reads: 'the checkout, {builderImage}',
    writes: 'the Go build cache, and the file of --junit',
  },
  suites: {
    title: "Runs Fabric's integration tests",
    text: 'Only fabric-wizard test --integration has this stage. The suites compile peers and orderers themselves and start them in the container of the stage, on the network of the host of the engine. The peers build chaincode through the socket of the engine. They ask for hyperledger/fabric-ccenv:latest and hyperledger/fabric-baseos:latest, which name the images of the project during the run. Afterwards the names are as before, and what the suites left on the engine is removed.',
    reads: 'the checkout, {builderImage}, ccenv and baseos of the project',
    writes: 'the Go build cache, and the file of --junit',
  },
  gateway: {
    title: 'Compiles the gateway to the engine',
    text: "A peer with the engine's socket is root on this machine. So only a small program, the gateway, has that socket, unless you use --no-gateway. Each peer has a socket to the gateway, which allows only what chaincode needs. It also translates API versions, so that any Fabric works on any engine. The builder image compiles it from Go files of fabric-wizard. All networks share the image.",
    reads: 'the Go files of fabric-wizard, {builderImage}',
    writes: 'fabric-wizard/gateway',
  },
  swap: {
    title: 'Copies new programs into running nodes',
    text: 'Only fabric-wizard rebuild has this stage. It copies changed programs into the containers that run them and restarts the containers, one node of each kind first. This takes one second instead of three and keeps the ledger. The images are built afterwards, so that image and container have the same program.',
    reads: '{programs}/',
    writes: '/usr/local/bin in {peerContainer} and the other nodes',
  },
  chaintool: {
    title: 'A tool for CAR chaincode only',
    text: 'chaintool builds CAR packages. Go, Java and Node.js chaincode do not use that format. The Makefile downloads chaintool into ccenv. Here ccenv is built without it, so that a failed download cannot stop the build. To add it, run fabric-wizard build ccenv --chaintool FILE.',
    reads: 'the file or URL given with --chaintool',
    writes: '.fabric-wizard/build/payload/chaintool',
  },
  sampleconfig: {
    title: 'Packs the default configuration',
    text: 'core.yaml, orderer.yaml, configtx.yaml and a sample msp become /etc/hyperledger/fabric in the peer, orderer and tools images. They are packed as a tar file, which ADD in a Dockerfile unpacks. Despite its name the file is not compressed: ADD checks the content, not the name. The most important file is core.yaml. Its templates name the builder and runtime images of chaincode.',
    reads: '{source}/sampleconfig/',
    writes: '{payload}/sampleconfig.tar.bz2',
  },
  goshim: {
    title: 'Packs the shim that chaincode imports',
    text: 'Chaincode imports core/chaincode/shim. A peer receives only the chaincode itself, so ccenv must contain the shim and its dependencies at their path in GOPATH. goListFiles.sh lists these files and tar packs them. A Go build cache of them is added, so the first compile of a chaincode takes only seconds. Since 2.0, chaincode includes its own shim.',
    reads: '{source}/core/chaincode/shim and its imports',
    writes: '{payload}/goshim.tar.bz2',
  },
  gocache: {
    title: 'A Go build cache for ccenv',
    text: 'Since 2.0, chaincode includes the shim in vendor/. A peer compiles all of it at the first install, which takes about forty seconds. To avoid this, the stage compiles a chaincode with the vendor folder of this checkout in the folder that peers use, and copies the resulting build cache into ccenv.',
    reads: '{source}/vendor and the bundled smoke chaincode',
    writes: '{payload}/gocache.tar',
  },
  'image.baseos': {
    title: 'The base of chaincode images, since 2.0',
    text: 'Up to 1.4, fabric-baseos came from its own repository. Since 2.0 it is built with the other images and has the Fabric version. It is the runtime image plus a user for chaincode (500:500). The peer puts every Go chaincode on it. This peer asks for {requiredRuntime}.',
    reads: '{runtimeImage}',
    writes: '{requiredRuntime}',
  },
  'image.ccenv': {
    title: 'The image that compiles chaincode',
    text: 'To instantiate chaincode the peer must compile it, but the peer image has no compiler. So the peer starts a ccenv container, copies the source to /chaincode/input, runs go build and fetches the program from /chaincode/output. ccenv is the builder image plus the shim. This peer asks for {requiredBuilder}.',
    reads: '{builderImage}, goshim.tar.bz2, protoc-gen-go',
    writes: '{ccenvImage}',
  },
  'image.peer': {
    title: 'The peer image',
    text: 'It is the runtime image with the program in /usr/local/bin and the default configuration in /etc/hyperledger/fabric. It has no compiler and no source, so it stays small. Its Dockerfile is images/peer/Dockerfile.in from the checkout. As in the Makefile, sed replaces _BASE_NS_ and _BASE_TAG_.',
    reads: '{runtimeImage}, peer, sampleconfig.tar.bz2',
    writes: '{peerImage}',
  },
  'image.orderer': {
    title: 'The orderer image',
    text: 'It is built like the peer image: the runtime image, a program, the default configuration, and port 7050. An orderer puts transactions in order and never runs chaincode, so it needs neither ccenv nor the Docker socket.',
    reads: '{runtimeImage}, orderer, sampleconfig.tar.bz2',
    writes: '{ordererImage}',
  },
  'image.tools': {
    title: 'cryptogen, configtxgen, and peer as a client',
    text: "These programs create certificates and channel configuration and control the network. They run in containers, so the host needs no Fabric programs. The cli container uses this image. From 1.2 on, the checkout's Dockerfile compiles everything again and needs the internet; ours copies compiled programs.",
    reads: '{builderImage}, the programs, sampleconfig.tar.bz2',
    writes: '{toolsImage}',
  },
  verify: {
    title: 'Checks the finished images',
    text: 'Each image is inspected before anything starts: programs, FABRIC_CFG_PATH, /var/hyperledger/production, the shim. Then peer version prints the values that were compiled in. They must match the configuration. A wrong flag fails here, and not at the first chaincode.',
    reads: 'the images',
    writes: 'nothing',
  },
  javaenv: {
    title: 'The image that builds and runs Java chaincode',
    text: 'Peers build Java chaincode in fabric-javaenv and run it on the same image. The image contains a JDK, Gradle and Maven. It is not built here: it must be on the engine, or a registry must have it. This stage runs before anything is built, and only if a chaincode is in Java.',
    reads: 'the engine, then a registry',
    writes: 'fabric-javaenv, under the name that the peers ask for',
  },
  nodeenv: {
    title: 'The image that builds and runs Node.js chaincode',
    text: 'Peers run `npm install` and `npm start` of Node.js chaincode in this image. It is the runtime image with Node.js and npm from Debian packages, and with the npm registry of this machine, without credentials. Up to 1.4 peers build in ccenv, which gets the same additions. An image from elsewhere with this name is used as it is. The stage runs only if a chaincode is in Node.js.',
    reads: '{runtimeImage}, apt sources, the configuration of npm',
    writes: 'fabric-nodeenv, under the name that the peers ask for',
  },
} as const satisfies Readonly<Record<string, TopicText>>;
