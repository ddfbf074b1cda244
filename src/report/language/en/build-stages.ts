/** The stages of a build, in English. */
import type { TopicText } from '../topic-text.ts';

export const buildStages = {
  source: {
    title: 'Which Fabric is this?',
    text: 'The Makefile states the version ({version}) and that of the base images ({baseVersion}). The version decides the release line ({line}), and the line decides all names and flags that follow. What is built is the content as it lies there, committed or not: every file has a content id, and what did not change is not built again.',
    reads: '{source}: Makefile and the content of every file',
    writes: 'nothing',
  },
  'base.builder': {
    title: 'fabric-baseimage, where things are compiled',
    text: 'This image holds Go, gcc and a C library. Fabric is compiled in it, and ccenv is built on it, so chaincode is compiled in it too. The host needs no Go, and everybody has the same compiler. It is no part of the Fabric tree and has a version of its own, {baseVersion}. It is used if it is local, else pulled, else made from Debian packages.',
    reads: 'the engine, then a registry, then apt sources',
    writes: '{builderImage}',
  },
  'base.runtime': {
    title: 'fabric-baseos, where programs run',
    text: 'A small system without a compiler. The images of peer and orderer stand on it, and so does every chaincode image: what was compiled elsewhere is copied onto it. The peer has its name and version compiled in. Where they are off by one character, everything starts and the first chaincode fails.',
    reads: 'the engine, then a registry, then apt sources',
    writes: '{runtimeImage}',
  },
  'base.upstream': {
    title: "What the checkout's own Dockerfiles start from",
    text: 'From 2.0 on the checkout has Dockerfiles of its own: golang and alpine up to 2.4, ubuntu and a Go from go.dev later. They compile once more inside the image build, with packages from the internet, so --dockerfiles upstream takes minutes and a network; ours put in what is compiled already. DOCKER_NS, which they have no argument for, reaches make behind the Go tags.',
    reads: '{source}/images, a registry',
    writes: 'the images that these Dockerfiles start from',
  },
  compile: {
    title: 'All programs in one go install',
    text: 'It runs in the builder image, with the checkout mounted: the host needs no Go. One command for all, so that what programs share is compiled once.',
    reads: 'the checkout, {builderImage}',
    writes: '{programs}/',
  },
  swap: {
    title: 'New programs into running nodes',
    text: 'A stage of fabric-wizard rebuild only. A program that changed is copied into the containers that run it, and they are restarted: one second instead of three, and the ledger stays. The images are built afterwards, so that in the end image and container hold the same program.',
    reads: '{programs}/',
    writes: '/usr/local/bin in {peerContainer} and the other nodes',
  },
  chaintool: {
    title: 'For CAR chaincode only',
    text: 'chaintool builds CAR packages, a format that Go, Java and Node.js chaincode have no use for. The Makefile downloads it into ccenv. Here ccenv does without it: a download that may fail has no place on the way to everything else. fabric-wizard build ccenv --chaintool FILE adds it.',
    reads: 'the file or address that --chaintool names',
    writes: '.fabric-wizard/build/payload/chaintool',
  },
  sampleconfig: {
    title: 'The default configuration, packed',
    text: 'core.yaml, orderer.yaml, configtx.yaml and a sample msp become /etc/hyperledger/fabric in the images of peer, orderer and tools. They are packed because ADD in a Dockerfile unpacks a tar. The tar is not compressed, whatever its name says: ADD looks at the content. The file that counts is core.yaml: its templates name the builder and the runtime of chaincode.',
    reads: '{source}/sampleconfig/',
    writes: '{payload}/sampleconfig.tar.bz2',
  },
  goshim: {
    title: 'What chaincode is written against',
    text: 'Chaincode imports core/chaincode/shim. A peer is sent only the chaincode itself, so the shim and all that it needs must be in ccenv already, at its place in GOPATH. goListFiles.sh lists those files and tar packs them. A Go build cache of them goes along: with it the first compile of a chaincode takes seconds. From 2.0 on chaincode brings its own shim.',
    reads: '{source}/core/chaincode/shim and what it imports',
    writes: '{payload}/goshim.tar.bz2',
  },
  gocache: {
    title: 'A build cache for ccenv',
    text: 'From 2.0 on chaincode brings its shim along, in vendor/, and a peer compiles all of it at every first install: some forty seconds. So a chaincode with the vendor folder of this checkout is compiled ahead, at the place where peers put theirs, and what go keeps of that goes into ccenv.',
    reads: '{source}/vendor and our own smoke chaincode',
    writes: '{payload}/gocache.tar',
  },
  'image.baseos': {
    title: 'What chaincode runs on, from 2.0 on',
    text: 'Up to 1.4 fabric-baseos came from a repository of its own; from 2.0 on it is built with the rest, and has the version of Fabric. It is the runtime image with a user chaincode, and the peer puts every Go chaincode on it. This peer asks for {askedRuntime}.',
    reads: '{runtimeImage}',
    writes: '{askedRuntime}',
  },
  'image.ccenv': {
    title: 'Why is ccenv built at all?',
    text: 'To instantiate chaincode the peer has to compile it, and the peer image has no compiler. So the peer starts a container of ccenv, puts the source into /chaincode/input, lets go build run and fetches the program from /chaincode/output. ccenv is the builder image plus the shim. This peer asks for {askedBuilder}.',
    reads: '{builderImage}, goshim.tar.bz2, protoc-gen-go',
    writes: '{ccenvImage}',
  },
  'image.peer': {
    title: 'The image of the peer',
    text: "The runtime image, plus the program in /usr/local/bin, plus the default configuration in /etc/hyperledger/fabric. No compiler and no source, so it stays small. Its Dockerfile is the checkout's images/peer/Dockerfile.in with _BASE_NS_ and _BASE_TAG_ filled in, by sed, as the Makefile does it.",
    reads: '{runtimeImage}, peer, sampleconfig.tar.bz2',
    writes: '{peerImage}',
  },
  'image.orderer': {
    title: 'The image of the orderer',
    text: "Made as the peer's is: the runtime image, a program, the default configuration, and port 7050. An orderer puts transactions in an order and never runs chaincode, so it needs neither ccenv nor the Docker socket.",
    reads: '{runtimeImage}, orderer, sampleconfig.tar.bz2',
    writes: '{ordererImage}',
  },
  'image.tools': {
    title: 'cryptogen, configtxgen, and a peer to type with',
    text: "What makes certificates and channel configuration, and peer as a client. They run in containers, so the host needs nothing of Fabric; the cli container is one of these. From 1.2 on the checkout's Dockerfile compiles everything again and asks the internet; ours copies what is compiled already.",
    reads: '{builderImage}, the programs, sampleconfig.tar.bz2',
    writes: '{toolsImage}',
  },
  verify: {
    title: 'Are the images what they say?',
    text: 'Each image is looked into before anything starts: programs, FABRIC_CFG_PATH, /var/hyperledger/production, the shim. Then peer version prints what was compiled in, and that must be what was chosen. A wrong flag is found here and not at the first chaincode.',
    reads: 'the images',
    writes: 'nothing',
  },
} as const satisfies Readonly<Record<string, TopicText>>;
