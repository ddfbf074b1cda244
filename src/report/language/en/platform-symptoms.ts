/** Symptoms of the platform under Fabric, in English: host, engine, images. */
import type { DiagnosisFacts, SymptomId } from '../../../pipeline/core/diagnosis-types.ts';
import type { Words } from '../symptoms.ts';

/** Name of the setting that holds an image reference, and of its file. */
function settingName({ key = '' }: DiagnosisFacts): string {
  return key.startsWith('CORE_') ? `${key} in the compose file` : `${key} in sampleconfig/core.yaml`;
}

const otherNamespace: Words = (facts) => ({
  title: `The ${facts.role} image ${facts.image} is not on this engine, but ${facts.own} is.`,
  why: `The image was built in another namespace than the one that the peer uses. The peer's namespace was compiled in, and ${settingName(facts)} may name one too. Tag the image with the name that the peer asks for, or build both with the same namespace.`,
});

const otherTag: Words = (facts) => ({
  title: `The ${facts.role} image ${facts.image} is not on this engine, but ${facts.own} is.`,
  why: `The name matches, the tag does not. The tag comes from ${settingName(facts)}, filled with the version that was compiled into the peer. Tag the image with the name that the peer asks for, or build both with the same version.`,
});

const absent: Words = (facts) => {
  const { role, image, own, key } = facts;
  const named = `The name comes from ${settingName(facts)}, filled with the values that were compiled into the peer`;
  return {
    title: `The ${role} image ${image} is not on this engine, but the peers ask for it.`,
    why:
      own === image
        ? `${named}. The configuration of this folder builds this image, but it has been removed since. Build it again.`
        : `${named}. The ${role} image on this engine is ${own}. Tag it with the name that the peers ask for, or correct ${key}.`,
  };
};

export const platformSymptoms = {
  // images
  'upstream-offline': ({ program }) => ({
    title: `A step of the checkout's own Dockerfile failed: ${program}.`,
    why: 'That build downloads packages, Go and modules from the internet with apk, apt, curl and go. Use our own Dockerfiles, which download nothing, or give the engine access to the internet.',
  }),
  'builder-other-namespace': otherNamespace,
  'runtime-other-namespace': otherNamespace,
  'builder-other-tag': otherTag,
  'runtime-other-tag': otherTag,
  'builder-absent': absent,
  'runtime-absent': absent,
  'runtime-pulled-although-here': ({ image }) => ({
    title: `The engine pulls the runtime image ${image}, although it is on this engine.`,
    why: 'This peer always asks the engine to pull it: chaincode.pull is true in core.yaml, or the release is Fabric 2.5.15 or 3.1.4, which always pull. If chaincode.pull is true, set it to false; otherwise use another release.',
  }),
  'reference-unfilled': ({ image, variable, key }) => ({
    title: `The peers ask for an image called ${image}, which is not a valid image name.`,
    why: `${key} in core.yaml contains ${variable}. This release of Fabric does not know that variable and leaves it as it is. Correct ${key} and build the peer image again.`,
  }),
  'reference-invalid': () => ({
    title: 'The engine does not accept the name of an image.',
    why: 'A part of the name is empty, has an uppercase letter, or still contains a variable. The peer fills in namespace, version and architecture at run time. Check these values.',
  }),
  'ccenv-latest-gone': ({ image }) => ({
    title: `The registry has no image ${image}.`,
    why: 'Peers of 1.2.0 to 1.4.7 ask for the builder with the tag latest, which is no longer published. Build ccenv on this machine.',
  }),
  'tools-gone': ({ image }) => ({
    title: `The registry has no image ${image}.`,
    why: 'Fabric 3.0 and later have no tools image; the programs are part of the release archive. Build the image on this machine.',
  }),
  'pull-rate-limit': () => ({
    title: 'The pull limit of the registry is reached.',
    why: 'The registry limits the number of pulls per address or account. Log in, wait, or build the base images from Debian packages.',
  }),
  'no-image-for-architecture': ({ platform }) => ({
    title: `The registry has this image, but not for ${platform}.`,
    why: "Fabric's images for arm64 start with 2.5. Build images of earlier releases on this machine.",
  }),
  'program-of-other-architecture': () => ({
    title: 'A program was compiled for a different processor than the one of the engine.',
    why: 'An image of another architecture was used, either by its tag or as a base image. Check the architecture of the image, or build the base images on this machine.',
  }),
  'emulated-go': () => ({
    title: 'A Go program crashed while another processor was emulated for it.',
    why: 'amd64 programs that were compiled with an old Go crash under emulation on arm64. Build the images for the processor of this machine.',
  }),
  'version-of-two-words': ({ word }) => ({
    title: `The version that was compiled into the peer contains a space, before "${word}".`,
    why: 'The peer writes its version into the Dockerfile of the chaincode image, and a space ends it there. A peer that was compiled without the -X flags of the Makefile has the version "development build". Compile the peer again with a version that has no space.',
  }),
  'builder-not-pulled': ({ image }) => ({
    title: `The builder image ${image} is not on this engine and could not be pulled.`,
    why: 'The name comes from chaincode.builder in core.yaml, filled with the values that were compiled into the peer. Build ccenv on this machine, or correct the name.',
  }),
  'image-not-in-registry': ({ image }) => ({
    title: `The registry does not provide ${image}.`,
    why: 'There is no image with this namespace, name and tag, or it is private and needs a login. Check the name, or build the base images from Debian packages.',
  }),
  'image-vanished': ({ image }) => ({
    title: `The image ${image} is no longer on this engine.`,
    why: 'When the run began, the image existed or was going to be built. It was removed during the run. Run the command again to build it.',
  }),
  'registry-unreachable': ({ host }) => ({
    title: `An image had to be pulled, but the registry ${host} is not reachable.`,
    why: 'A required image is not on this engine; without a network, the engine does not say which one. Find out which image is missing, or build the base images from Debian packages.',
  }),
  // engine
  'engine-too-new-for-peer': ({ socket }) => ({
    title: `The Docker Engine behind ${socket} closed the connection to the peer.`,
    why: "The peer's Docker client uses an API version that Engine 29 no longer supports. With --gateway, every release works with every engine. Without it, use the newest patch release (2.5.16, 3.1.5), or set DOCKER_MIN_API_VERSION=1.24 for dockerd.",
  }),
  'engine-too-old-for-client': ({ client, max }) => ({
    title: `The Docker Engine supports API versions up to ${max}, but the client uses ${client}.`,
    why: 'Fabric 2.5.15, 2.5.16 and 3.1.4 need Engine 25 or later, or the gateway, with which every release works. Use --gateway, or upgrade the engine.',
  }),
  'client-too-old-for-engine': ({ client, min }) => ({
    title: `The Docker Engine supports API versions from ${min} on, but the client uses ${client}.`,
    why: 'The client is too old for this engine: an old compose with a version 2 file, or an old peer. Upgrade compose. Use --gateway for the peers, or set DOCKER_MIN_API_VERSION=1.24 for dockerd.',
  }),
  'engine-answers-no-inspection': () => ({
    title: 'The peer could not inspect an image on the Docker Engine.',
    why: 'The engine returned an error. The usual cause is that peer and engine have no API version in common: Fabric 2.5.15, 2.5.16 and 3.1.4 need Engine 25 or later, or the gateway. Use --gateway, or upgrade the engine.',
  }),
  'gateway-refuses': ({ peer, request, reason = '' }) => ({
    title: `The gateway refused a request of ${peer ?? 'a peer'} to the engine${request === undefined ? '' : `: ${request}`}.`,
    why: `The reason is: ${reason}. The gateway allows only what building and running chaincode in this network needs. If your chaincode containers need more, set it in vm.docker.hostConfig of core.yaml. Use images of your own with --chaincode-builder or --chaincode-runtime. With --no-gateway, peers have the engine's socket and can do anything.`,
  }),
  'gateway-gone': ({ status }) => ({
    title: 'The gateway stopped while a peer used it.',
    why: `Peers reach the engine through the gateway, whose state is: ${status}. Builds of chaincode that ran have failed. Start it with up, then run the command again. Its log shows why it stopped.`,
  }),
  'socket-not-in-peer': ({ socket }) => ({
    title: `The peer finds no Docker socket at ${socket}.`,
    why: "The socket is not mounted into the peer, or the engine's socket has another path on this host (Docker Desktop, rootless, another context). Check the Docker context, then start the network again.",
  }),
  'socket-refused': ({ socket }) => ({
    title: `No Docker Engine listens on the socket ${socket ? `${socket} ` : ''}in the peer.`,
    why: 'What is mounted there is not the socket of a running engine. If the path to mount was missing, Docker created a folder with its name. If the engine was restarted, it created a new socket. Recreate the peer, and check the path of the socket.',
  }),
  'socket-denied-in-container': ({ socket }) => ({
    title: `Permission denied for the peer on the Docker socket ${socket}.`,
    why: 'The user of the peer may not open the socket in the container. The reason is a user namespace, a USER in the image, SELinux or AppArmor. The groups of your user on this host have no effect in a container.',
  }),
  'socket-denied': () => ({
    title: 'Permission denied for this user on the Docker socket.',
    why: 'The user is not in the docker group. Add the user to the group, then log in again.',
  }),
  'endpoint-wrong': ({ error }) => ({
    title: `The peer cannot reach a Docker Engine: ${error}.`,
    why: 'CORE_VM_ENDPOINT (vm.endpoint in core.yaml) has another address than the socket that is mounted into the peer. Recreate the peer with the right address.',
  }),
  'engine-gone': ({ socket }) => ({
    title: `The Docker Engine${socket === undefined ? '' : ` at ${socket}`} no longer responds.`,
    why: 'It was stopped or restarted during the run. Finished stages are kept. Start the engine, then run the command again.',
  }),
  'address-pools-used-up': () => ({
    title: 'The Docker Engine has no addresses left for another network.',
    why: 'About thirty networks use up its address pools; a VPN with the same addresses has the same effect. Remove networks that you do not need.',
  }),
  'container-name-taken': ({ container }) => ({
    title: `A container called ${container} already exists.`,
    why: 'It belongs to another project, or it is left over from a run that was killed. Remove it, or use another project name.',
  }),
  'compose-too-old': ({ file }) => ({
    title: `This docker-compose cannot read ${file}.`,
    why: 'It is older than 1.27 and requires a version in the file. Install a newer compose.',
  }),
  'firewall-rules-gone': ({ reason }) => ({
    title: `The Docker Engine could not set a firewall rule: ${reason}`,
    why: 'A program that manages the firewall (firewalld, ufw, a script) has removed the chains of Docker since the engine started. Restart the engine to create them again.',
  }),
  'bridge-gone': ({ bridge }) => ({
    title: `The network interface ${bridge} of the Docker Engine does not exist.`,
    why: 'The engine created it when it started. Another engine, a network manager or a user has removed it since. Restart the engine to create it again.',
  }),
  'mounts-denied': () => ({
    title: 'Docker Desktop does not share this folder with containers.',
    why: 'Only folders listed in its settings (Resources, File sharing) can be mounted. Add this folder there, or use a folder that is shared.',
  }),
  // host
  'disk-full': () => ({
    title: 'The disk is full.',
    why: "Docker's data folder contains images, build caches and ledgers; the images of one Fabric release alone take 2.5 GB. Remove what you do not need.",
  }),
  'no-more-threads': ({ reason }) => ({
    title: `A program could not start another thread: ${reason}.`,
    why: 'A process limit is reached, or the engine is older than the C library in the image and blocks the system call. Raise the limit, or upgrade the engine.',
  }),
  'too-many-open-files': () => ({
    title: 'The limit on open files is reached.',
    why: 'Nodes keep many files open; the limit comes from the shell or the engine. Raise the limit, then start the network again.',
  }),
  'engine-older-than-image': ({ program }) => ({
    title: `The engine does not allow the image to run ${program}.`,
    why: 'The engine is older than the C library in the image: its seccomp profile blocks system calls that it does not know. Upgrade the engine, or build the base images from Debian packages.',
  }),
  'header-missing': ({ header }) => ({
    title: `The builder image lacks the C header ${header}.`,
    why: 'Fabric links C code (up to 1.4.3, PKCS#11 needs ltdl.h), and the image lacks the development package. Use a builder image that has it.',
  }),
  'config-not-found': ({ name }) => ({
    title: `${name}.yaml was not found.`,
    why: 'FABRIC_CFG_PATH names a folder without this file, or an image was built without sampleconfig. Build the images again, or set the variable in this shell.',
  }),
  'line-ends-of-windows': () => ({
    title: 'A script has Windows line endings.',
    why: 'git checked the source out with CRLF, and the shell in the container reads CR as part of a name. Turn the conversion off and check the source out again.',
  }),
  'file-of-other-user': ({ path }) => ({
    title: `${path} belongs to another user.`,
    why: 'A container or an earlier run as root created it, and this user may not change it. Change its owner.',
  }),
  'download-failed': ({ host = 'a server' }) => ({
    title: `A build had to download a file, but ${host} is not reachable.`,
    why: 'A step of the build downloads files or packages, but its container cannot reach this host. Check the network, the DNS settings of the engine and the proxy.',
  }),
  'tool-not-in-image': ({ tool }) => ({
    title: `The image does not contain ${tool}.`,
    why: 'A script calls it, but the configured or built image does not have it. Use an image that has it, or build the base images from Debian packages.',
  }),
} satisfies Partial<Record<SymptomId, Words>>;
