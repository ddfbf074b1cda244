/** What `resolve` says, in English. */
export const resolve = {
  'list.sentence': '{before} {next}',
  'because.own-template': "what the release's own core.yaml names",
  'because.repository': 'a like name',
  'because.tag': 'the same tag',
  'because.namespace': 'the same namespace',
  'because.layers': 'the peer stands on it',
  'resolve.candidate': '{ref} ({why})',
  'resolve.of-variable': "the environment's {variable}",
  'resolve.of-key': '{key} in core.yaml',
  'resolve.api-range': '{min} to {max}',
  'resolve.any-api': 'any',
  'resolve.empty': '(empty)',
  'resolve.nothing': 'nothing',
  'resolve.no-reference': '(nothing)',
  'resolve.no-version': '(no version)',
  'resolve.no-network': 'in none',
  'resolve.another-socket': 'another socket',
  'resolve.peers-network': "the name of the peer's network",
  'resolve.unknown': 'not known',
  'resolve.present': 'present',
  'resolve.absent': 'absent',
  'resolve.to-be-made': 'not yet; `up` makes it',
  'resolve.template': 'template:',
  'resolve.from': 'from:',
  'resolve.from-key': 'core.yaml, {key}',
  'resolve.from-environment': 'environment, {variable}',
  'resolve.running': 'container {name} (running)',
  'resolve.stopped': 'container {name} (stopped)',
  'resolve.image-of': 'image {ref}',
  'resolve.configuration': 'what this folder would build',
  'resolve.image': 'image',
  'resolve.compiled': 'compiled',
  'resolve.by-peer-version': '{version}, by `peer version`',
  'resolve.by-labels': "{version}, by the image's labels",
  'resolve.by-choices': '{version}, by the choices of this folder',
  'resolve.or': 'or:  {command}',
  'resolve.others': 'for other chaincode',
  'resolve.ok': 'builder and runtime resolve',
  'resolve.ok-later': 'builder and runtime resolve, once `up` has made them',
  'resolve.failed': '{count} {count|problem|problems}: chaincode will fail',
  'way.build': '(builds it)',
  'way.tag': '(tags it)',
  'way.override': '(tells the peers the nearest one, and makes them anew)',
  'part.template': 'written in {origin}',
  'part.ldflag': '$({variable}): linker flag {ldflag}',
  'part.cut-ldflag': '$({variable}): linker flag {ldflag} ({version}, cut)',
  'part.architecture': '$({variable}): what the peer was compiled for',
  'part.unknown': 'a variable that this peer does not know',
  'absent.builder':
    'The peer compiles chaincode in {ref}, which comes from {origin}; there is no such image here.',
  'absent.runtime':
    'The peer puts Go chaincode on {ref}, which comes from {origin}; there is no such image here.',
  'absent.own-template': "The release's own core.yaml says {template}.",
  'absent.nearest': 'The nearest local image is {image}.',
  'absent.others': 'Others: {images}.',
  'absent.tag-latest-only':
    'It differs in the tag: the `make docker` of 2.5 tags `latest` and nothing else, while its peers ask for two digits.',
  'absent.tag-architecture':
    'It differs in the tag: the two differ in the name of the architecture, which 1.0 and 1.1 take from uname and later releases from Go.',
  'absent.tag-snapshot':
    'It differs in the tag: the image has the tag of a build between releases, which no peer asks for.',
  'absent.tag-other': 'It differs in the tag: the version compiled into the peer is not the one in the tag.',
  'absent.namespace': 'It differs in the namespace: {namespace} is what the peer was given.',
  'absent.no-namespace': 'It differs in the namespace: none is what the peer was given.',
  'fix.absent': 'build or pull {ref}, or name an image that is there in {variable}',
  'problem.engine-api':
    "A peer of {release} speaks the engine's API {speaks}; this engine ({version}) takes {minApi} to {api}, so no chaincode can be built.",
  'fix.engine-too-old': 'a newer engine, or another patch release: up to 2.5.14 or 3.1.3, or 3.1.5',
  'fix.engine-too-new':
    'a newer patch release (2.5.16, 3.1.5), or DOCKER_MIN_API_VERSION=1.24 in the environment of dockerd',
  'problem.endpoint-tcp':
    "The peer's vm.endpoint is {endpoint} ({origin}), which is reached over the network and was not asked. Asked was {asked}, so nobody knows what is there.",
  'problem.endpoint-other-socket':
    "The peer's vm.endpoint is {endpoint} ({origin}), which is {path} on the host. Asked was {asked}, so nobody knows what is there.",
  'problem.endpoint-not-mounted':
    "The peer's vm.endpoint is {endpoint} ({origin}), and nothing is mounted there: the peer reaches no engine. Asked was {asked}, so nobody knows what is there.",
  'problem.endpoint-disabled':
    "The peer's vm.endpoint is {endpoint} ({origin}), which is empty: the peer builds no chaincode in Docker. Asked was {asked}, so nobody knows what is there.",
  'fix.endpoint': "mount the engine's socket at that path, or set CORE_VM_ENDPOINT to where it is",
  'problem.network-apart':
    'Chaincode is attached to the network {mode} ({origin}), and the peer is not in it ({attached}): chaincode will not find the peer.',
  'problem.network-absent':
    'Chaincode is to be attached to the network {mode} ({origin}), which does not exist here.',
  'fix.network-mode': 'set CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE to {network} and recreate the peer',
  'problem.variable':
    '{unknown} is left in {ref}, which comes from {origin}: a peer of {release} knows {known} and no other.',
  'fix.variable': 'set {variable} to a reference without it, and recreate the peer',
  'problem.invalid': '"{ref}" is no image reference; it comes from {origin}.',
  'fix.invalid': 'set {variable} to a reference, and recreate the peer',
  'problem.empty-flag':
    '"{ref}" is no image reference; it comes from {origin}. The linker flag {flags} is empty.',
  'fix.empty-flag': 'compile the peer with -X for {flags}, or set {variable}',
  'problem.namespace':
    "The peer's image is of {namespace}, but {compiled} is compiled in as DockerNamespace: it asks for the images of that namespace. With 2.x, `make docker DOCKER_NS=…` does that.",
  'fix.namespace':
    'set CORE_CHAINCODE_BUILDER and CORE_CHAINCODE_GOLANG_RUNTIME if these are not the images that you mean',
  'problem.release-pulls':
    'A peer of {release} always pulls {ref}, which was only ever built here: no registry has it.',
  'fix.release-pulls': 'another patch release (2.5.16, 3.1.5), or a registry that has the image',
  'problem.key-pulls': 'With chaincode.pull true the engine pulls {ref}, which was only ever built here.',
  'fix.key-pulls': 'set CORE_CHAINCODE_PULL=false, and recreate the peer',
  'problem.architecture-builder': 'The builder image {ref} is for {is}, the engine for {should}.',
  'problem.architecture-runtime': 'The runtime image {ref} is for {is}, the engine for {should}.',
  'problem.architecture-peer': 'The peer image {ref} is for {is}, the engine for {should}.',
  'fix.architecture': 'build it for {should}, or pull it with --platform linux/{should}',
  'problem.stale-chaincode':
    '{count} chaincode {count|image is|images are} older than {builder}; a peer uses such an image again for the same name and version: {images}.',
  'problem.version-unknown':
    'The peer did not tell its version ({detail}); the labels of its image and its namespace stand in for what is compiled in.',
  'fix.version-unknown': 'start the peer and resolve its container',
  'problem.release-guessed':
    'The version compiled in, "{version}", is that of no release; the peer is taken for one of {release}.',
  'fix.release-guessed': 'compile the peer with -X for Version',
  'problem.core-yaml-missing': 'There is no {path}, so what the peer asks for is not known, overrides aside.',
  'fix.core-yaml-missing': 'FABRIC_CFG_PATH must name the folder of core.yaml',
} as const;
