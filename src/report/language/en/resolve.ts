/** Output of `resolve`, in English. */
export const resolve = {
  'list.sentence': '{before} {next}',
  'reason.own-template': "named by the release's own core.yaml",
  'reason.repository': 'similar name',
  'reason.tag': 'same tag',
  'reason.namespace': 'same namespace',
  'reason.layers': 'the peer image is based on it',
  'resolve.candidate': '{ref} ({why})',
  'resolve.of-variable': 'the environment variable {variable}',
  'resolve.of-key': '{key} in core.yaml',
  'resolve.api-range': '{min} to {max}',
  'resolve.any-api': 'any',
  'resolve.empty': '(empty)',
  'resolve.nothing': 'nothing',
  'resolve.no-reference': '(nothing)',
  'resolve.no-version': '(no version)',
  'resolve.no-network': 'none',
  'resolve.another-socket': 'another socket',
  'resolve.peers-network': "the name of the peer's network",
  'resolve.unknown': 'unknown',
  'resolve.present': 'present',
  'resolve.absent': 'absent',
  'resolve.ca-fetched': '{tag} will be fetched',
  'resolve.ca-source': 'built from {dir}',
  'resolve.to-be-made': 'not yet; `up` creates it',
  'resolve.template': 'template:',
  'resolve.from': 'from:',
  'resolve.from-key': 'core.yaml, {key}',
  'resolve.from-environment': 'environment, {variable}',
  'resolve.running': 'container {name} (running)',
  'resolve.stopped': 'container {name} (stopped)',
  'resolve.image-of': 'image {ref}',
  'resolve.configuration': 'peer that this folder would build',
  'resolve.image': 'image',
  'resolve.compiled': 'version',
  'resolve.by-peer-version': '{version}, from `peer version`',
  'resolve.by-labels': '{version}, from the image labels',
  'resolve.by-choices': "{version}, from this folder's configuration",
  'resolve.or': 'or:  {command}',
  'resolve.others': 'other chaincode languages',
  'resolve.ok': 'builder and runtime images found',
  'resolve.ok-later': 'builder and runtime images will be there after `up`',
  'resolve.failed': '{count} {count|problem|problems}: chaincode will fail',
  'repair.build': '(builds the image)',
  'repair.tag': '(tags the image)',
  'repair.override': '(points the peers to the nearest image and recreates them)',
  'part.template': 'literal text in {origin}',
  'part.ldflag': '$({variable}): linker flag {ldflag}',
  'part.cut-ldflag': '$({variable}): linker flag {ldflag} (from {version})',
  'part.architecture': "$({variable}): the peer's architecture",
  'part.unknown': 'a variable that this peer does not support',
  'absent.builder': 'The peer compiles chaincode in {ref} (from {origin}). The engine has no such image.',
  'absent.runtime': 'The peer runs Go chaincode on {ref} (from {origin}). The engine has no such image.',
  'absent.own-template': "The release's own core.yaml has {template}.",
  'absent.nearest': 'The closest local image is {image}.',
  'absent.others': 'Others: {images}.',
  'absent.tag-latest-only':
    'Only the tag differs: `make docker` of 2.5 tags only `latest`, but its peers ask for a two-digit version.',
  'absent.tag-architecture':
    'Only the tag differs: the architecture is spelled differently. 1.0 and 1.1 take it from uname, later releases from Go.',
  'absent.tag-snapshot': 'Only the tag differs: the image has a snapshot tag, which no peer asks for.',
  'absent.tag-other': 'Only the tag differs from that of a local image.',
  'absent.namespace': 'Only the namespace differs: {namespace} is compiled into the peer.',
  'absent.no-namespace': 'Only the namespace differs: the one compiled into the peer is empty.',
  'fix.absent': 'build or pull {ref}, or set {variable} to an existing image',
  'problem.engine-api':
    'Peers of {release} use API {supported} of the engine. This engine ({version}) supports {minApi} to {api}, so chaincode cannot be built.',
  'fix.engine-too-old': 'use `fabric-wizard up --gateway`, or a newer engine',
  'fix.engine-too-new': 'use `fabric-wizard up --gateway`, or set DOCKER_MIN_API_VERSION=1.24 for dockerd',
  'fix.engine-too-new-patch':
    'use `fabric-wizard up --gateway`, or Fabric {release}, or set DOCKER_MIN_API_VERSION=1.24 for dockerd',
  'problem.endpoint-tcp':
    "The peer's vm.endpoint is {endpoint} ({origin}), a network address. The images were looked up on {asked}, which may be another engine.",
  'problem.endpoint-other-socket':
    "The peer's vm.endpoint is {endpoint} ({origin}), which is {path} on the host. The images were looked up on {asked}, which may be another engine.",
  'problem.endpoint-not-mounted':
    "The peer's vm.endpoint is {endpoint} ({origin}), but nothing is mounted there, so the peer cannot reach an engine. The images were looked up on {asked}.",
  'problem.endpoint-disabled':
    "The peer's vm.endpoint is {endpoint} ({origin}), so the peer does not build chaincode with Docker. The images were looked up on {asked}.",
  'fix.endpoint': "mount the engine's socket at that path, or set CORE_VM_ENDPOINT to its path",
  'problem.network-apart':
    "Chaincode containers join the network {mode} ({origin}), but the peer's networks are: {attached}. Chaincode cannot reach the peer.",
  'problem.peer-address':
    'The peer tells chaincode to connect to {address} ({origin}), which chaincode cannot reach from its network {network}.',
  'fix.peer-address': 'set CORE_PEER_CHAINCODEADDRESS to {address} and recreate the peer',
  'fix.peer-network':
    'attach the peer to a network that you created, and set CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE to its name',
  'problem.dev-mode':
    'The peer is in development mode (chaincode.mode dev, {origin}): it builds and starts no chaincode.',
  'fix.dev-mode': 'start the chaincode manually, or set CORE_CHAINCODE_MODE=net and recreate the peer',
  'problem.network-absent':
    'Chaincode containers should join the network {mode} ({origin}), which does not exist.',
  'fix.network-mode': 'set CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE to {network} and recreate the peer',
  'problem.variable':
    'The reference {ref} (from {origin}) still contains {unknown}: peers of {release} only support {known}.',
  'fix.variable': 'set {variable} to a reference without it, and recreate the peer',
  'problem.invalid': '"{ref}" (from {origin}) is not an image reference.',
  'fix.invalid': 'set {variable} to an image reference, and recreate the peer',
  'problem.empty-flag':
    '"{ref}" (from {origin}) is not an image reference, because the linker flag {flags} is empty.',
  'fix.empty-flag': 'compile the peer with -X for {flags}, or set {variable}',
  'problem.namespace':
    'The peer image has the namespace {namespace}, but its DockerNamespace is {compiled}, so it asks for images of that namespace. `make docker DOCKER_NS=…` of 2.x causes this.',
  'fix.namespace': 'to use other images, set CORE_CHAINCODE_BUILDER and CORE_CHAINCODE_GOLANG_RUNTIME',
  'problem.release-pulls':
    'Peers of {release} always pull {ref}, but the image was built locally and is in no registry.',
  'fix.release-pulls': 'use another patch release (2.5.16, 3.1.5), or push the image to a registry',
  'problem.key-pulls':
    'With chaincode.pull true, the engine pulls {ref}, but the image was built locally and is in no registry.',
  'fix.key-pulls': 'set CORE_CHAINCODE_PULL=false, and recreate the peer',
  'problem.architecture-builder': 'The builder image {ref} is for {is}, but the engine is {should}.',
  'problem.architecture-runtime': 'The runtime image {ref} is for {is}, but the engine is {should}.',
  'problem.architecture-peer': 'The peer image {ref} is for {is}, but the engine is {should}.',
  'fix.architecture': 'build it for {should}, or pull it with --platform linux/{should}',
  'problem.stale-chaincode':
    '{count} chaincode {count|image is|images are} older than {builder}. Peers keep using them for the same name and version: {images}.',
  'problem.version-unknown':
    "Could not read the peer's version ({detail}). The values are taken from the image's labels and namespace instead.",
  'fix.version-unknown': 'start the peer and run resolve on its container',
  'problem.release-guessed':
    'The compiled-in version "{version}" matches no Fabric release. The peer is treated as {release}.',
  'fix.release-guessed': 'compile the peer with -X for Version',
  'problem.core-yaml-missing':
    'The file {path} does not exist. Only images named by environment variables are known.',
  'fix.core-yaml-missing': 'set FABRIC_CFG_PATH to the folder of core.yaml',
} as const;
