/** What went wrong under Fabric, in English: host, engine, images. */
import type { Facts, SymptomId, Words } from '../symptoms.ts';

/** Where a reference is written down. */
function place({ key = '' }: Facts): string {
  return key.startsWith('CORE_') ? `${key} in the compose file` : `${key} in sampleconfig/core.yaml`;
}

const otherNamespace: Words = (facts) => ({
  title: `The ${facts.role} image ${facts.image} is not on this engine; ${facts.own} is.`,
  why: `The peer looks in another namespace than the one that the image was built in. A peer carries the namespace from its compile, and ${place(facts)} may name one too.`,
});

const otherTag: Words = (facts) => ({
  title: `The ${facts.role} image ${facts.image} is not on this engine; ${facts.own} is.`,
  why: `The name is right and the tag is not. The tag comes from ${place(facts)}, filled with the version that was compiled into the peer.`,
});

const absent: Words = (facts) => {
  const { role, image, own, key } = facts;
  const named = `${place(facts)}, filled with what is compiled into the peer, gives this name`;
  return {
    title: `The ${role} image ${image} is not on this engine, and the peers ask for it.`,
    why:
      own === image
        ? `${named}. It is the one that this folder's choices make, and it was taken away since.`
        : `${named}. The ${role} image that is here is ${own}: give it the name that is asked for, or correct ${key}.`,
  };
};

export const platformSymptoms = {
  // images
  'upstream-offline': ({ program }) => ({
    title: `A step of the checkout's own Dockerfile failed: ${program}.`,
    why: 'apk, apt, curl and go fetch packages, Go and modules from the internet inside of that build. Our own Dockerfiles fetch nothing.',
  }),
  'builder-other-namespace': otherNamespace,
  'runtime-other-namespace': otherNamespace,
  'builder-other-tag': otherTag,
  'runtime-other-tag': otherTag,
  'builder-absent': absent,
  'runtime-absent': absent,
  'runtime-pulled-although-here': ({ image }) => ({
    title: `The engine pulls the runtime image ${image} although it is here.`,
    why: 'This peer always asks the engine to pull it: chaincode.pull is true in core.yaml, or this is Fabric 2.5.15 or 3.1.4, which do so whatever is set.',
  }),
  'reference-unfilled': ({ image, variable, key }) => ({
    title: `The peers ask for an image called ${image}, which is no name of an image.`,
    why: `${key} in core.yaml holds ${variable}, which this release of Fabric does not know and therefore leaves as it is.`,
  }),
  'reference-invalid': () => ({
    title: 'The name of an image is no name that the engine accepts.',
    why: 'A part of it is empty, has a capital letter, or was left unfilled: namespace, version and architecture are put into it when it is used.',
  }),
  'ccenv-latest-gone': ({ image }) => ({
    title: `The registry has no ${image}.`,
    why: 'Peers of 1.2.0 to 1.4.7 ask for the builder by the tag latest, which is no longer published.',
  }),
  'tools-gone': ({ image }) => ({
    title: `The registry has no ${image}.`,
    why: 'From Fabric 3.0 on there is no tools image; its programs come with the release.',
  }),
  'pull-rate-limit': () => ({
    title: 'The registry gives out no more images for now.',
    why: 'It counts pulls per address or account, and its limit was reached.',
  }),
  'no-image-for-architecture': ({ platform }) => ({
    title: `The registry has this image, but not for ${platform}.`,
    why: "Fabric's images exist for arm64 from 2.5 on only, and older ones have to be built on this machine.",
  }),
  'program-of-other-architecture': () => ({
    title: 'A program was made for another processor than the one of this engine.',
    why: 'An image of another architecture was used, by its tag or as a base.',
  }),
  'emulated-go': () => ({
    title: 'A Go program crashed while another processor was emulated for it.',
    why: 'Programs for amd64 that were made with an old Go do not survive emulation on arm64.',
  }),
  'version-of-two-words': ({ word }) => ({
    title: `The version that is compiled into the peer has a blank in it, before "${word}".`,
    why: 'It is written into the chaincode image\'s Dockerfile, where a blank ends it. A peer without the -X flags of the Makefile calls itself "development build".',
  }),
  'builder-not-pulled': ({ image }) => ({
    title: `The builder image ${image} is not on this engine and could not be pulled.`,
    why: 'chaincode.builder in core.yaml, filled with what is compiled into the peer, gives this name.',
  }),
  'image-not-in-registry': ({ image }) => ({
    title: `The registry does not give out ${image}.`,
    why: 'There is no such image under this namespace, name and tag, or it is private and needs a login.',
  }),
  'image-vanished': ({ image }) => ({
    title: `The image ${image} is not on this engine any more.`,
    why: 'It was there or promised when the run began; somebody removed it meanwhile.',
  }),
  'registry-unreachable': ({ host }) => ({
    title: `An image had to be pulled, and the registry ${host} can't be reached.`,
    why: 'An image that is asked for is not on this engine. Offline, the engine does not say which.',
  }),
  // engine
  'engine-too-new-for-peer': ({ socket }) => ({
    title: `The Docker Engine behind ${socket} hung up on the peer.`,
    why: "This peer's Docker client speaks an API version that Engine 29 no longer takes. Fabric 2.5.16 and 3.1.5 speak to it; so do 1.x and the first 2.2 releases.",
  }),
  'engine-too-old-for-client': ({ client, max }) => ({
    title: `The Docker Engine speaks API ${max} at most, and it was asked in ${client}.`,
    why: 'Fabric 2.5.15, 2.5.16 and 3.1.4 need Engine 25 or newer.',
  }),
  'client-too-old-for-engine': ({ client, min }) => ({
    title: `The Docker Engine speaks API ${min} at least, and it was asked in ${client}.`,
    why: 'The client is older than the engine allows: an old compose with a file of version 2, or an old peer.',
  }),
  'engine-answers-no-inspection': () => ({
    title: 'The peer could not ask the Docker Engine for an image.',
    why: 'The engine answered with an error, most often because the two have no API version in common: Fabric 2.5.15, 2.5.16 and 3.1.4 need Engine 25 or newer.',
  }),
  'socket-not-in-peer': ({ socket }) => ({
    title: `There is no Docker socket at ${socket} where the peer looks for it.`,
    why: "It is not mounted into the peer, or the engine's socket is another one on this host (Docker Desktop, rootless, another context).",
  }),
  'socket-denied': () => ({
    title: 'The Docker socket does not let this user in.',
    why: 'The user is not in the docker group, or SELinux keeps the container from the socket.',
  }),
  'endpoint-wrong': ({ said }) => ({
    title: `The peer reaches no Docker Engine: ${said}.`,
    why: 'CORE_VM_ENDPOINT (vm.endpoint in core.yaml) names another address than the one that is mounted into the peer.',
  }),
  'engine-gone': ({ socket }) => ({
    title: `The Docker Engine at ${socket} does not answer any more.`,
    why: 'It was stopped or restarted while the run went on. What was finished is kept.',
  }),
  'address-pools-used-up': () => ({
    title: 'The Docker Engine has no addresses left for another network.',
    why: 'About thirty networks use up its pools; a VPN that takes the same addresses does it too.',
  }),
  'container-name-taken': ({ container }) => ({
    title: `There is a container called ${container} already.`,
    why: 'It belongs to another project, or was left by a run that was ended hard.',
  }),
  'compose-too-old': ({ file }) => ({
    title: `This docker-compose can't read ${file}.`,
    why: 'It is older than 1.27, which wants a version in the file.',
  }),
  'mounts-denied': () => ({
    title: 'Docker Desktop does not share this folder with containers.',
    why: 'Only folders that are listed in its settings (Resources, File sharing) can be mounted.',
  }),
  // host
  'disk-full': () => ({
    title: 'The disk is full.',
    why: "Docker's folder holds images, build caches and ledgers; the images of one Fabric release alone take 2.5 GB.",
  }),
  'no-more-threads': ({ reason }) => ({
    title: `A program got no further thread: ${reason}.`,
    why: 'A limit on processes was reached, or the engine is older than the C library in the image and forbids the call.',
  }),
  'too-many-open-files': () => ({
    title: 'A limit on open files was reached.',
    why: 'Nodes keep many files open; the limit is that of the shell or of the engine.',
  }),
  'engine-older-than-image': ({ program }) => ({
    title: `The engine does not let the image run ${program}.`,
    why: 'The engine is older than the C library in the image: its seccomp profile refuses system calls that it does not know.',
  }),
  'header-missing': ({ header }) => ({
    title: `The builder image lacks the C header ${header}.`,
    why: 'Fabric links C code (PKCS#11 up to 1.4.3 needs ltdl.h), and the image has no such development package.',
  }),
  'config-not-found': ({ name }) => ({
    title: `${name}.yaml was not found.`,
    why: 'FABRIC_CFG_PATH names a folder without it, or an image was built without sampleconfig.',
  }),
  'line-ends-of-windows': () => ({
    title: 'A script has the line ends of Windows.',
    why: 'git checked the source out with CRLF, and a shell in a container takes the CR for a part of the name.',
  }),
  'file-of-other-user': ({ path }) => ({
    title: `${path} belongs to another user.`,
    why: 'A container or an earlier run as root made it, and this user may not change it.',
  }),
  'download-failed': ({ host = 'a server' }) => ({
    title: `A build had to download something, and ${host} was not reached.`,
    why: 'A Dockerfile of the checkout, or a package list, wants the internet; a proxy is passed on only where the engine knows it.',
  }),
  'tool-not-in-image': ({ tool }) => ({
    title: `${tool} is not in the image.`,
    why: 'A script calls it, and the image that was given or built does not have it.',
  }),
} satisfies Partial<Record<SymptomId, Words>>;
