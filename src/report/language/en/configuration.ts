/** What is compiled in, and what is configured, in English. */
import type { IdsOf, LDFLAGS, VARIABLES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const configuration: Readonly<Record<IdsOf<typeof LDFLAGS> | IdsOf<typeof VARIABLES>, TopicText>> = {
  ldflags: {
    title: 'Values that the linker writes into a program',
    text: "go's linker sets a string with -X package.Name=value. Fabric's are in the package {metadata}, and peer version prints them. With them the peer fills the templates of core.yaml, and so finds its builder and runtime images, or does not. To change one is to compile again; at run time only a whole reference can be overridden (CORE_CHAINCODE).",
  },
  Version: {
    title: 'The version of this Fabric: {version}',
    text: "It is $(PROJECT_VERSION) in the templates of core.yaml; from 1.4.6 on $(TWO_DIGIT_VERSION) is all before its last dot. It is in the tags of the images, too. --fabric-version sets both. It must not contain a blank: the first chaincode would fail over a Dockerfile that can't be parsed.",
  },
  CommitSHA: {
    title: 'The commit, for people to read: {commit}',
    text: 'In peer and orderer from 1.2 on; peer version prints it, and one of the tags ends with it. No image is looked for by it, so a wrong one breaks nothing. Before 1.2 the commit was a part of Version in trees that were no release: 1.0.1-snapshot-0a1b2c3. --commit-sha sets it.',
  },
  BaseVersion: {
    title: 'The version of the base images: {baseVersion}',
    text: 'fabric-baseimage and fabric-baseos are counted on their own: 0.3.1 belongs to Fabric 1.0.0, 0.4.22 to 1.4.12. It is $(BASE_VERSION) in the template of the runtime, so a peer with another one compiled in asks for a baseos that is not there. From 2.0 on it is gone: there baseos has the version of Fabric. --base-version sets it.',
  },
  BaseDockerLabel: {
    title: 'What labels begin with: {dockerLabel}',
    text: 'Images get the labels {dockerLabel}.version and .base.version, chaincode images others such as .chaincode.id.name. They are for people and scripts: docker image ls --filter label=NAME finds by them. No peer looks for an image by its labels. --docker-label sets it.',
  },
  DockerNamespace: {
    title: 'The namespace of what you build: {dockerNs}',
    text: 'The part before the slash: DOCKER_NS in the Makefile, $(DOCKER_NS) in the templates. The images of ccenv, peer, orderer and tools have it, and the peer looks for ccenv in it. Both must be the same: images under one name and a peer compiled with another do not find each other. --docker-ns sets both.',
  },
  BaseDockerNamespace: {
    title: 'The namespace of the base images: {baseDockerNs}',
    text: 'BASE_DOCKER_NS in the Makefile, $(BASE_DOCKER_NS) in the templates. In 1.x the runtime of Go chaincode is looked for in it: {askedRuntime}. Whoever renames DOCKER_NS alone has a peer that finds ccenv and not baseos. From 2.1 on it is gone. --base-docker-ns sets it.',
  },
  'core.yaml': {
    title: 'What names the images',
    text: 'chaincode.builder is {builderTemplate}, chaincode.golang.runtime is {runtimeTemplate}. The peer fills them in: {askedBuilder} and {askedRuntime}. The file in the peer image counts; if it names a fabric-yxbaseos that is not there, instantiate ends with "pull access denied".',
  },
  CORE_CHAINCODE: {
    title: 'Another builder or runtime without a compile',
    text: 'CORE_CHAINCODE_BUILDER and CORE_CHAINCODE_GOLANG_RUNTIME in the environment of a peer take the place of the templates in core.yaml. Give a whole reference with its tag, such as {askedRuntime}; a $ is written $$ in a compose file. CORE_CHAINCODE_STARTUPTIMEOUT is how long the peer waits for a chaincode, 300s.',
  },
  CORE_PEER_ADDRESS: {
    title: 'Which peer is spoken to',
    text: 'For a client the peer that it speaks to, for a peer itself, as others reach it. CORE_PEER_CHAINCODEADDRESS is where its chaincode reports: {chaincodeAddress}. Every key of core.yaml has such a variable. To act for another organisation, these change together:',
  },
  CORE_PEER_MSPCONFIGPATH: {
    title: 'As whom one acts',
    text: 'The folder of an identity: certificate, key, and the CAs that are trusted. For a peer it is its own; for a client mostly that of an Admin, because nobody else may install, join or instantiate. CORE_PEER_LOCALMSPID ({mspId}) says whose identity it is, and must fit the folder.',
  },
  CORE_PEER_TLS: {
    title: 'Encrypted connections, and who is trusted',
    text: 'CORE_PEER_TLS_ENABLED switches it on. CERT_FILE and KEY_FILE are what this node shows; ROOTCERT_FILE is the CA of the peer that is spoken to, so it changes with the organisation. For the orderer there is --cafile, in the cli container $ORDERER_CA. "certificate signed by unknown authority" means: the wrong CA.',
  },
  CORE_VM_ENDPOINT: {
    title: 'The Docker socket in the peer',
    text: 'The peer builds and starts chaincode itself, by the API of the Docker Engine. This says where: unix:///host/var/run/docker.sock, with the socket of the host mounted there. So the images must be on the engine behind this socket; those on another one are not found. Who has the socket is root on the host.',
  },
  CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: {
    title: 'The network of chaincode containers',
    text: 'Chaincode calls its peer at {chaincodeAddress}, so its container must be in the same Docker network: {network}. It must be the real name: compose puts the name of the project before a network that has no explicit one, and then there is "network not found". Without the variable it is host.',
  },
  FABRIC_LOGGING_SPEC: {
    title: 'How much is logged',
    text: 'From 1.4 on, for peer and orderer: a level, or levels by module, as in info:gossip=warning:dockercontroller=debug; the last shows how chaincode is built. Before, there were CORE_LOGGING_LEVEL and, for the orderer, ORDERER_GENERAL_LOGLEVEL. This line reads {logging}.',
  },
};
