/** Images and folders, in English. */
import type { FOLDERS, IdsOf, IMAGES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const places: Readonly<Record<IdsOf<typeof IMAGES> | IdsOf<typeof FOLDERS>, TopicText>> = {
  images: {
    title: 'Builder image and runtime image',
    text: 'Two images for two jobs. A builder has compilers and is large: Fabric is compiled in fabric-baseimage, chaincode in ccenv, which stands on it. A runtime has a system and nothing else: programs are copied onto it. In core.yaml chaincode.builder names the one, chaincode.golang.runtime the other. This peer asks for {askedBuilder} and {askedRuntime}.',
  },
  tags: {
    title: 'Why does one image have so many names?',
    text: 'A reference is namespace/name:tag. The image of the peer gets the tags {peerTags}. Whoever asks for an image asks for one of them, letter by letter: if only another is there, the image is on the engine and is not found all the same. docker tag gives an image one more name and costs nothing.',
  },
  builds: {
    title: 'Why does the build container go away?',
    text: "It was a workshop. The peer starts a container of ccenv, puts the source in, waits for go build, takes the program out and removes the container. The program goes into a chaincode image FROM {askedRuntime}, and a container of that image is what keeps running. So docker ps hardly ever shows ccenv; the engine's events do: start, die, destroy.",
    aliases: ['container gone', 'chaincode container gone'],
  },
  'chaincode-image': {
    title: 'Image and container of a chaincode',
    text: 'Their names are made of network id, peer, chaincode and version; for mycc 1.0 here: {chaincodeContainer}. Elsewhere they begin with dev, the default network id. If an image of that name exists, the peer uses it, whatever is in it: after an edit the same version is the old program. Take a new version, or remove the image.',
  },
  '/etc/hyperledger/fabric': {
    title: 'The configuration of a node',
    text: "FABRIC_CFG_PATH points here. /etc is for configuration in readable text: core.yaml for the peer, orderer.yaml for the orderer, and msp/, the identity of the node. The image has the samples; the network mounts the node's own msp/ and tls/ over them, and CORE_ variables override single keys of core.yaml.",
  },
  '/var/hyperledger/production': {
    title: 'What a node must not lose',
    text: '/var is for data that changes. Here are the blocks, the state made of them, and the chaincode that was installed. In a container alone they would go with the container, so a volume is mounted here: {volume}. fabric-wizard down keeps it, fabric-wizard down --volumes forgets it.',
  },
  '/usr/local/bin': {
    title: 'Where the programs are',
    text: '/usr/local is for programs that do not come with the distribution, above all those compiled from source. So the Dockerfiles put peer, orderer and the tools here. It is on the PATH, and docker exec finds them by name. fabric-wizard rebuild copies new programs here.',
  },
  '/opt/gopath': {
    title: 'GOPATH in the containers',
    text: 'Before Go had modules, an import path was a folder below GOPATH/src. So Fabric must stand at /opt/gopath/src/github.com/hyperledger/fabric to be compiled: the checkout is mounted there, read-only. In ccenv the shim stands there, and in the cli container chaincode is found by its path below src.',
  },
  '/chaincode': {
    title: 'The two folders of a chaincode build',
    text: 'They are in ccenv, for the peer: it unpacks the source into /chaincode/input, which comes first in GOPATH, and fetches /chaincode/output/chaincode, one program that is linked statically. In the image both are empty, and what a build leaves goes with its container.',
  },
  '.fabric-wizard': {
    title: 'All that fabric-wizard writes',
    text: 'build/ has the programs and what goes into the images beside them; network/ the files of the network with certificates and unencrypted keys; runs/ events and logs of the last ten runs; state.json what saves time. It may be deleted while nothing runs: that costs a compile, and the network gets new certificates.',
  },
};
