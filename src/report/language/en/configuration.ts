/** Topics about compiled-in values and configuration, in English. */
import type { IdsOf, LDFLAGS, VARIABLES } from '../../explain/topics.ts';
import type { TopicText } from '../topic-text.ts';

export const configuration: Readonly<Record<IdsOf<typeof LDFLAGS> | IdsOf<typeof VARIABLES>, TopicText>> = {
  ldflags: {
    title: 'Values that the linker writes into a program',
    text: "Go's linker sets a string variable with -X package.Name=value. Fabric's variables are in the package {metadata}; peer version prints them. The peer uses them to fill the templates of core.yaml, which name its builder and runtime images. To change a value, compile again. At run time you can only override a complete reference (CORE_CHAINCODE).",
  },
  Version: {
    title: 'The Fabric version: {version}',
    text: 'It is $(PROJECT_VERSION) in the templates of core.yaml. From 1.4.6 on, $(TWO_DIGIT_VERSION) is the part before the last dot. The version is also in the image tags. --fabric-version sets both. It must not contain a space: the Dockerfile of the first chaincode could not be parsed.',
  },
  CommitSHA: {
    title: 'The commit, for information only: {commit}',
    text: 'It is compiled into peer and orderer from 1.2 on. peer version prints it, and one image tag ends with it. No image is looked up by it, so a wrong value breaks nothing. Before 1.2 the commit was part of Version in unreleased source: 1.0.1-snapshot-0a1b2c3. --commit-sha sets it.',
  },
  BaseVersion: {
    title: 'The version of the base images: {baseVersion}',
    text: 'fabric-baseimage and fabric-baseos have their own version numbers: 0.3.1 belongs to Fabric 1.0.0, 0.4.22 to 1.4.12. It is $(BASE_VERSION) in the runtime template. A peer with a wrong value asks for a baseos that does not exist. Since 2.0 this value does not exist: baseos has the Fabric version. --base-version sets it.',
  },
  BaseDockerLabel: {
    title: 'The prefix of image labels: {dockerLabel}',
    text: 'Images have the labels {dockerLabel}.version and .base.version. Chaincode images have other labels, such as .chaincode.id.name. Labels are for people and scripts: docker image ls --filter label=NAME finds images by label. A peer never does. --docker-label sets the prefix.',
  },
  DockerNamespace: {
    title: 'The namespace of the images you build: {dockerNs}',
    text: 'It is the part before the slash: DOCKER_NS in the Makefile, $(DOCKER_NS) in the templates. The ccenv, peer, orderer and tools images have it, and the peer looks for ccenv in it. The two must match: a peer that was compiled with another namespace does not find the images. --docker-ns sets both.',
  },
  BaseDockerNamespace: {
    title: 'The namespace of the base images: {baseDockerNs}',
    text: 'It is BASE_DOCKER_NS in the Makefile and $(BASE_DOCKER_NS) in the templates. In 1.x the peer looks for the runtime of Go chaincode in it: {requiredRuntime}. If you change only DOCKER_NS, the peer finds ccenv but not baseos. Since 2.1 this value does not exist. --base-docker-ns sets it.',
  },
  'core.yaml': {
    title: 'Templates of image names',
    text: 'chaincode.builder is {builderTemplate}, chaincode.golang.runtime is {runtimeTemplate}. Filled in, they are {requiredBuilder} and {requiredRuntime}. The file in the peer image counts. If it names a missing image such as fabric-yxbaseos, instantiate fails with "pull access denied".',
  },
  CORE_CHAINCODE: {
    title: 'Another builder or runtime without compiling',
    text: "CORE_CHAINCODE_BUILDER and CORE_CHAINCODE_GOLANG_RUNTIME in a peer's environment replace the templates in core.yaml. Give a complete reference with a tag, such as {requiredRuntime}. In a compose file, write $$ for $. CORE_CHAINCODE_STARTUPTIMEOUT is how long the peer waits for a chaincode to start, 300s.",
  },
  CORE_PEER_ADDRESS: {
    title: 'The peer that a client connects to',
    text: 'For a client, this is the peer that it connects to. For a peer, it is the address at which others reach it. CORE_PEER_CHAINCODEADDRESS is the address that its chaincode connects to: {chaincodeAddress}. Every key of core.yaml has such a variable. To act for another organisation, also change CORE_PEER_LOCALMSPID, CORE_PEER_MSPCONFIGPATH and CORE_PEER_TLS_ROOTCERT_FILE.',
  },
  CORE_PEER_GOSSIP: {
    title: 'How often peers talk to each other',
    text: 'Peers tell each other that they are alive, which blocks they have and which chaincode is installed. With all peers on one machine this work adds up, and it grows with the square of their number. So --gossip quiet makes the timers of networks with more than 8 peers longer, in proportion to their number. A peer that stops is then noticed later. --gossip default keeps the timers of core.yaml.',
  },
  CORE_PEER_MSPCONFIGPATH: {
    title: 'The identity that a program uses',
    text: 'This is the folder of an identity: certificate, key and trusted CAs. A peer uses its own. A client usually uses that of an Admin, because only an admin may install, join or instantiate. CORE_PEER_LOCALMSPID ({mspId}) names the organisation of the identity and must match the folder.',
  },
  CORE_PEER_TLS: {
    title: 'Encrypted connections and trusted CAs',
    text: 'CORE_PEER_TLS_ENABLED turns TLS on. CERT_FILE and KEY_FILE are what this node presents. ROOTCERT_FILE is the CA of the peer that you connect to, so it changes with the organisation. For the orderer use --cafile, which is $ORDERER_CA in the cli container. "certificate signed by unknown authority" means that the CA is wrong.',
  },
  CORE_VM_ENDPOINT: {
    title: 'The Docker socket in the peer',
    text: "The peer builds and starts chaincode through the Docker Engine API. This is the engine's address: unix:///host/var/run/docker.sock, where the socket of the host is mounted. The images must be on the engine behind this socket; images on another engine are not found. Access to the socket means root access to the host.",
  },
  CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: {
    title: 'The network of chaincode containers',
    text: 'Chaincode connects to its peer at {chaincodeAddress}, so its container must be in the same Docker network: {network}. Use the real name: compose adds the project name to a network without an explicit name, and the start fails with "network not found". The default is host.',
  },
  FABRIC_LOGGING_SPEC: {
    title: 'The log level',
    text: 'From 1.4 on, it sets the log level of peer and orderer: one level, or levels by module, such as info:gossip=warning:dockercontroller=debug. The last one shows how chaincode is built. Earlier releases have CORE_LOGGING_LEVEL and, for the orderer, ORDERER_GENERAL_LOGLEVEL. This release reads {logging}.',
  },
};
