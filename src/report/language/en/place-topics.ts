/** Topics about images and folders, in English. */
import type { FOLDERS, IdsOf, IMAGES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const places: Readonly<Record<IdsOf<typeof IMAGES> | IdsOf<typeof FOLDERS>, TopicText>> = {
  images: {
    title: 'Builder image and runtime image',
    text: 'A network uses two kinds of images. A builder has compilers and is large: Fabric is compiled in {builderImage}, and chaincode in ccenv, which is based on it. A runtime has only a system; programs are copied onto it. In core.yaml, chaincode.builder names the builder and chaincode.golang.runtime the runtime. This peer asks for {requiredBuilder} and {requiredRuntime}.',
  },
  tags: {
    title: 'Why one image has several names',
    text: 'An image reference is namespace/name:tag. The peer image has the tags {peerTags}. A program that needs an image uses exactly one of these names. If the engine has the image only under another name, it is not found. docker tag adds a name to an image and takes no disk space.',
  },
  builds: {
    title: 'Why the build container disappears',
    text: "The container exists only for the build. The peer starts a ccenv container, copies the source into it, waits for go build, copies the program out and removes the container. The program goes into a chaincode image FROM {requiredRuntime}. A container of that image keeps running. So docker ps rarely shows ccenv, but the engine's events do: start, die, destroy.",
    aliases: ['container gone', 'chaincode container gone'],
  },
  'chaincode-image': {
    title: 'Image and container of a chaincode',
    text: 'Their names consist of network ID, peer, chaincode and version. For mycc 1.0 the name here is {chaincodeContainer}. In other networks it often starts with dev, the default network ID. If an image with this name exists, the peer uses it without checking its content: after an edit, the same version is still the old program. Use a new version, or remove the image.',
  },
  '/etc/hyperledger/fabric': {
    title: 'The configuration of a node',
    text: "FABRIC_CFG_PATH points here. /etc is for configuration as text: core.yaml for the peer, orderer.yaml for the orderer, and msp/, the node's identity. The image has the sample files. The network mounts the node's own msp/ and tls/ over them, and CORE_ variables override single keys of core.yaml.",
  },
  '/var/hyperledger/production': {
    title: 'The data of a node',
    text: '/var is for data that changes: the blocks, the state that results from them, and the installed chaincode. Data that is only in a container is lost with it, so a volume is mounted here: {volume}. fabric-wizard down keeps the volume; fabric-wizard down --volumes removes it.',
  },
  '/usr/local/bin': {
    title: 'The programs of a node',
    text: '/usr/local is for programs that are not part of the distribution, such as programs compiled from source. The Dockerfiles put peer, orderer and the tools here. The folder is in PATH, so docker exec finds them by name. fabric-wizard rebuild copies new programs here.',
  },
  '/opt/gopath': {
    title: 'GOPATH in the containers',
    text: 'Before Go had modules, an import path was a folder below GOPATH/src. To be compiled, Fabric must be at /opt/gopath/src/github.com/hyperledger/fabric, so the checkout is mounted there, read-only. In ccenv the shim is at that path. In the cli container, chaincode is found by its path below src.',
  },
  '/chaincode': {
    title: 'Input and output of a chaincode build',
    text: 'Both folders are in ccenv. The peer unpacks the source into /chaincode/input, the first entry of GOPATH, and fetches /chaincode/output/chaincode, one statically linked program. In the image both are empty. The files of a build are removed with its container.',
  },
  '.fabric-wizard': {
    title: 'All files that fabric-wizard writes',
    text: 'build/ contains the programs and other content of the images. network/ contains the files of the network, with certificates and unencrypted keys, and networks/ those of replaced networks. runs/ contains events and logs of the last ten runs. state.json only saves time. You can delete the folder while nothing is running: the next run compiles again, and the network gets new certificates and empty ledgers.',
  },
};
