/** Invalid values and commands, and how to correct them, in English. */
export const issues = {
  'issue.type': 'must be {type}, not {value}',
  'issue.value': '{value} {problem}',
  'type.text': 'text',
  'type.number': 'a whole number',
  'type.boolean': 'true or false',
  'value.nothing': 'nothing',
  'value.list': 'a list',
  'value.map': 'a map',
  'wrong.linker': 'contains a character that is not allowed in a linker flag (a space, a quote, `$`, `;` …)',
  'wrong.namespace': 'is not a valid namespace of an image reference',
  'wrong.version':
    'is not a valid version: image tags allow letters, digits, `.`, `_` and `-`, at most {most}',
  'wrong.image': 'is not an image reference',
  'wrong.path': 'is empty or contains a line break',
  'wrong.range': 'is out of range: {from} to {to}',
  'wrong.option': 'is not one of {options}',
  'wrong.label': 'is not a label name',
  'wrong.commit': 'is not a commit',
  'wrong.placement': 'is not a list of ORG=MACHINE, each organisation once',
  'wrong.machines': 'is not a list of NODE=ADDRESS, each node once',
  'wrong.registry': 'is not a registry: a host with a dot or a port, and an optional path',
  'wrong.tags': 'is not a list of build tags',
  'wrong.kafka': 'is not supported yet: it needs Kafka brokers',
  'wrong.channel': 'is not a valid channel name or a comma-separated list of them',
  'wrong.channels': "repeats a channel name or uses {systemChannel}, the orderers' system channel",
  'wrong.project': 'is not a valid project name',
  'wrong.chaincode-name': 'is not a chaincode name: letters and digits, with single `-` or `_` between them',
  'wrong.service':
    'is neither `true` nor HOST:PORT, with a host name or an IP address and a port from 1 to 65535',
  'wrong.hook': 'contains a character that no command can have',
  'shape.consensus': 'Fabric {release} does not have {consensus}{exists}; it has {others}',
  'shape.since': ', which needs Fabric {from} or later',
  'shape.until': ', which exists up to Fabric {to}',
  'shape.always-tls': 'every consensus type of Fabric {release} needs TLS',
  'shape.needs-tls': '{consensus} needs TLS',
  'shape.solo': 'a solo channel allows one orderer, not {count}',
  'shape.bft': 'BFT needs at least {least} orderers to tolerate one faulty orderer',
  'shape.dockerfiles':
    "Fabric {release} always uses the checkout's own templates and base images; only 2.0 and later have this choice",
  'shape.upstream-link': "the checkout's own Dockerfiles always link dynamically",
  'shape.metrics': 'Fabric {release} has no metrics; they need 1.4 or later',
  'issue.too-many-peers':
    '{count} peers in {orgs} {orgs|organisation|organisations} are too many; a network can have {most}',
  'issue.port-range':
    '{count} {count|peer|peers} from port {base} on {count|needs|need} ports up to {port}; the highest is {last}',
  'issue.unreadable': 'cannot be read: {code}',
  'issue.no-anchor': 'has the alias {alias}, but no anchor {anchor} before it',
  'issue.no-yaml': 'is not valid YAML: {reason}',
  'issue.several-documents': 'contains more than one YAML document',
  'issue.no-map': 'must be a map of keys and values, not {value}',
  'issue.no-map-any-more': 'is no longer a map of keys and values, so nothing was written',
  'issue.unknown-key': 'is not a known key',
  'issue.no-folder': '{path} is not a folder',
  'issue.no-file': '{path} is not a file',
  'issue.required': 'is required',
  'issue.needs-swarm': 'is not used: the network runs on one engine',
  'issue.not-with-address': 'is not used: you start the process at {service} yourself',
  'issue.empty': 'must not be empty',
  'issue.repeated': '{value} appears twice',
  'issue.no-collections': '{path} is not a JSON array of collections',
  'where.last-run': 'the last run',
  'where.default': 'default',
  'suggest.swarm': 'add --swarm',
  'suggest.quotes': 'quote it: {line}',
  'suggest.one-document': 'keep one document, and remove the line `---` between them',
  'suggest.map': 'write entries like `orgs: 2`',
  'suggest.known-keys': 'known keys: {keys}',
  'suggest.nearest': 'did you mean {name}?',
  'suggest.one-orderer': 'use 1 orderer',
  'suggest.no-metrics': 'use --no-metrics',
  'suggest.other-consensus': 'use 1 orderer, or another consensus: {others}',
  'suggest.consensus-with-tls': 'use 1 orderer, or TLS and another consensus: {others}',
  'suggest.orderers': 'use {from} to {to} orderers',
  'suggest.fewer-peers': 'use at most {most} peers per organisation, or fewer organisations',
  'suggest.port-base': 'use a port-base of at most {most}, or fewer peers',
  'fix.source': 'use a folder, a tag like v1.4.12, a branch like release-2.5, `sample` or `auto`',
  'fix.fabricVersion': 'use a version like 1.4.12 or 1.4.12-acme',
  'fix.dockerNs': 'use lowercase letters, digits, `.`, `_`, `-`, e.g. acme or registry.example:5000/acme',
  'fix.baseDockerNs': 'use lowercase letters, digits, `.`, `_`, `-`, e.g. acme or registry.example:5000/acme',
  'fix.baseVersion': 'use a version like 0.4.22',
  'fix.dockerLabel': 'use a name with dots, e.g. org.hyperledger.fabric',
  'fix.commitSha': 'use an abbreviated commit, e.g. d8a6f12',
  'fix.goTags': 'use names separated by commas, e.g. pkcs11,nopkcs11',
  'fix.link': 'use static or dynamic',
  'fix.dockerfiles': 'use own, or upstream (2.0 and later)',
  'fix.base': 'use auto, local, pull or debian',
  'fix.builderImage': 'use a reference like acme/builder:1',
  'fix.runtimeImage': 'use a reference like acme/runtime:1',
  'fix.chaincodeBuilder': 'use a reference like acme/fabric-ccenv:1.4, or core.yaml',
  'fix.chaincodeRuntime': 'use a reference like acme/fabric-baseos:1, or core.yaml',
  'fix.orgs': 'use a whole number from 1 to 64',
  'fix.peers': 'use a whole number from 1 to 64',
  'fix.orderers': 'use a whole number from 1 to 9',
  'fix.consensus': 'use solo, etcdraft (1.4.1 and later, with TLS) or BFT (3.0 and later, with TLS)',
  'fix.tls': 'use true or false',
  'fix.couchdb': 'use true or false',
  'fix.couchdbImage': 'use a reference like couchdb:3.4.2',
  'fix.channel': 'start each name with a lowercase letter; then lowercase letters, digits, `.` and `-`',
  'fix.project':
    'use lowercase letters and digits, with single `-` or `_` between them, at most 40 characters',
  'fix.portBase': 'use a port from 1024 to 65000',
  'fix.jobs': 'use a whole number from 1 to 256',
  'fix.chaintool': 'use a file or an http(s) URL',
  'fix.chaincode': 'use the folder of a Go chaincode',
  'fix.chaincodes':
    'each chaincode has the keys {keys}; `name` is required, and `path` unless `service` is an address',
  'fix.hooks': 'each of {events} is a command or a list of commands',
  'fix.service':
    '`service: true` runs the chaincode in a container; `service: "localhost:9999"` connects to a process that you start',
  'fix.proveEveryPeer': 'use true or false',
  'fix.gateway': 'use true or false',
  'fix.gossip': 'use quiet or default',
  'fix.metrics': 'use true or false',
  'fix.swarm': 'use true or false',
  'fix.placement': 'use Org1=NODE, Org2=label:NAME=VALUE, orderers=NODE',
  'fix.machines': 'use NODE=ADDRESS with an address as in DOCKER_HOST, such as ssh://user@host',
  'fix.registry': 'use a registry like registry.example.com:5000/fabric',
  'fix.metricsImage': 'use a reference like prom/prometheus:v2.53.0',
  'usage.not-in-swarm': '`{command}` does not work on a network that runs on several machines',
  'usage.machines-left':
    'no answer from {machines}. What is there of the network stays; repeat the command when the engine answers again',
  'usage.no-active-machine': 'the Swarm has no node that is ready and active',
  'usage.runs-on-one-engine':
    'network {project} runs on one engine; stop it before it runs on several machines',
  'usage.no-swarm': 'the engine at {endpoint} is in no Swarm',
  'usage.swarm-worker': 'the engine at {endpoint} is a worker of its Swarm; select a manager',
  'usage.swarm-leaderless':
    'the Swarm of the engine at {endpoint} has no leader: too few of its managers answer',
  'usage.no-overlay':
    'the network {name} is on the engine, but is not an attachable overlay network of the Swarm; remove it first',
  'usage.same-machines':
    'several nodes of the Swarm have the name {name}; fabric-wizard tells machines apart by their names',
  'usage.no-machine': 'placement: the Swarm has no node {wanted} for {owner}; it has {machines}',
  'usage.machine-unusable': 'no container can start on {machine}: in the Swarm, its state is {state}',
  'usage.machine-gone':
    'this network has ledgers on {machine}: the Swarm has no such node, or `placement` does not name it',
  'usage.no-such-machine': 'machines: the Swarm has no node {name}; it has {machines}',
  'usage.no-owner': 'placement: the network has no {owner}; it has {owners}',
  'usage.machine-silent': 'the engine of {name} does not answer at {endpoint}: {detail}',
  'usage.other-machine': 'the engine at {endpoint} is not {name}, but another one',
  'usage.runs-in-swarm': 'the network runs on several machines ({machines}), and `--swarm` is not set',
  'usage.unknown-command': "unknown command '{name}'{suggestion}",
  'usage.unknown-option': "unknown option '{name}'{suggestion}",
  'usage.option-of': '`{command}` has no option {name}. It is an option of {others}.',
  'usage.no-value': 'option {name} needs a value',
  'usage.no-argument': '{name} is missing',
  'usage.unexpected': "unexpected argument '{name}'",
  'usage.did-you-mean': '. Did you mean {name}?',
  'usage.with-suggestion': '{message} Did you mean {name}?',
  'usage.unknown-shell': 'Unknown shell "{name}". Available: {shells}.',
  'usage.unknown-image': 'Unknown image "{name}". Available: {images}.',
  'usage.absent-image': 'Fabric {release} has no image "{name}". Available: {images}.',
  'usage.unknown-repair': 'Unknown repair "{name}". Available: {repairs}.',
  'usage.no-command':
    'Without screens, no question can be asked: use a command, --yes or --dry-run. Nothing was started.',
  'usage.not-cloned': 'The source {tag} is not on this machine yet, and {command} does not clone it.',
  'usage.unknown-language': 'Unknown language "{lang}". Available: {languages}.',
  'usage.not-a-list': '{value} is not a JSON array of strings.',
  'usage.unknown-chaincode-language': 'Unknown chaincode language "{name}". Available: {languages}.',
  'usage.no-chaincode-there':
    '"{name}" is neither a folder nor a chaincode of fabric-wizard.yaml (there: {names}).',
  'usage.chaincode-name':
    '"{name}" cannot be the name of a chaincode: names have letters and digits, with single `-` or `_` between them, and are not those of system chaincodes.',
  'usage.no-chaincodes': 'fabric-wizard.yaml lists no chaincodes. Name the folder of one.',
  'usage.unsupported-collections': 'Fabric {release} has no private data collections, which {name} needs.',
  'usage.unsupported-node':
    '{name} is written in Node.js, and Fabric {release} cannot run it. Node.js chaincode needs Fabric 1.4 or later.',
  'usage.unsupported-java':
    '{name} is written in Java, and Fabric {release} cannot run it. Java chaincode needs Fabric 1.3 or later.',
  'usage.practice-language':
    'The peers of the practice source build only Go, and {name} is written in another language. Use a Fabric source.',
  'usage.unsupported-policy':
    "Fabric {release} has no policies of the channel for chaincode; give {name} an expression such as OR('Org1MSP.member').",
  'usage.unsupported-service':
    'On Fabric {release} the process of {name} registers at a port of this machine: its address must be localhost:PORT.',
  'usage.java-service':
    '{name} is written in Java. fabric-wizard runs only Go and Node.js as a service; start a Java process yourself, and give its address with --service HOST:PORT.',
  'usage.no-external-builder':
    '{peer} has no external builder for chaincode as a service, because an older version of fabric-wizard started it. `up` adds the builder and keeps the ledgers.',
  'usage.no-address':
    '"{value}" is not HOST:PORT, with a host name or an IP address and a port from 1 to 65535. Without an address, --service runs the chaincode in a container.',
  'usage.no-folder-of': 'Only the address of {name} is known. To deploy its files, name its folder.',
  'usage.other-definition':
    '{channel} has {name} with another definition ({version}), which the one process of {name} serves. Deploy {name} on all these channels together. Nothing was changed.',
  'usage.other-package':
    'The process of {name} serves the definition of another channel, not {version} of {channel}.',
  'usage.watch-service': '--watch follows one chaincode that runs as a service in a container.',
  'usage.unknown-chaincode': 'There is no chaincode "{name}" on {channel}. Available: {names}.',
  'usage.no-function': 'Name a function of {name}.',
  'usage.no-chaincode-name': 'Name a chaincode.',
  'usage.transient': '{value} is not a JSON object whose values are strings.',
  'usage.chaincode-not-here': 'No container of chaincode {name} exists on this network.',
  'usage.own-process':
    '{name} is your process at {address}, and this program runs no container of it. Its output is where you started it.',
  'usage.no-peer-of-org': '{org} signs the call, so one of its peers must be in --peer. Named: {peers}.',
  'usage.peer-not-on-channel': '{peer} is not on channel {channel}, which has {peers}.',
  'usage.one-endorser': 'A call of Fabric {release} goes to one peer only.',
  'usage.one-chaincode': '{flag} is for one chaincode, but several would be deployed.',
  'usage.same-name': 'Two chaincodes would have the name {name}.',
  'usage.no-snapshot-name': 'Name a snapshot.',
  'usage.snapshot-name':
    '"{name}" cannot be the name of a snapshot: names have at most 64 letters, digits, `-`, `_` and `.`, and begin with a letter or digit.',
  'usage.snapshot-exists': 'There is already a snapshot or a replaced network "{name}". It was not changed.',
  'usage.unknown-snapshot': 'There is no snapshot "{name}". Available: {names}.',
  'usage.no-ledgers': 'There is no network with ledgers to save.',
  'usage.no-network-images':
    'The images of the network are not on the engine, and one of them is needed to copy volumes.',
  'usage.no-space': 'The copy of the ledgers needs {needed}, and the disk of the engine has {free} left.',
  'usage.snapshot-volumes':
    '{name} cannot be restored: {count|the volume|the volumes} of {nodes} {count|is|are} no longer on the engine.',
  'usage.snapshot-elsewhere': 'Snapshot {name} is on another engine. {where}',
  'usage.snapshot-images':
    '{name} cannot be started: {count|its image|its images} {images} {count|is|are} not on the engine.',
  'usage.snapshot-origin':
    '{name} cannot be started: {image} is now built from another kind of source, the practice source instead of Fabric or Fabric instead of the practice source. It cannot read the ledgers of {name}.',
  'usage.snapshot-release':
    '{name} is of Fabric {version}, but {image} now has Fabric {other}, which must not open its ledgers.',
  'usage.snapshot-project':
    '{name} is of project {project}, but this folder is now project {current}. Its volumes and containers have the name of the project.',
  'usage.snapshot-damaged':
    '{name} cannot be restored: these files in {folder} are missing or damaged: {files}.',
  'usage.snapshot-old':
    'Network {name} was kept by an older version of this program, which did not record how to start it. `up` with its configuration uses it again.',
  'usage.policy-syntax':
    "The policy of {name}, {policy}, is not valid at character {at}: {found}. A policy is an expression such as OR('Org1MSP.member','Org2MSP.member'), AND(…) or OutOf(2,…).",
  'policy.end': 'it ends there',
  'usage.transient-release': 'Fabric {release} has no transient data; 1.1 and later have.',
  'usage.file-too-large':
    '{path} has {gigabytes} GB. A file of a chaincode can have at most 2 GB, and peers accept packages of about 100 MB. Move it out of the folder.',
  'usage.policy-org':
    'The policy of {name} names {msp}, which is not an organisation of this network. Available: {orgs}.',
  'usage.no-terminal-chaincode':
    'This removes the containers of {name}. Without a terminal there is nobody to ask.',
  'usage.unknown-node': 'Unknown node "{name}". Available: {nodes}.',
  'usage.ambiguous-node': 'Several nodes begin with "{name}": {nodes}.',
  'usage.no-node': 'Name a node: {nodes}.',
  'usage.unknown-action': 'Unknown action "{name}". Available: {actions}.',
  'usage.node-unreachable': '{node} is on {machine}, which does not answer.',
  'usage.node-not-running': '{node} is not running.',
  'usage.node-paused': '{node} is paused.',
  'usage.no-shell': 'The image of {node} has no shell.',
  'usage.no-admin': '{node} is not a peer of the network of this folder.',
  'usage.unknown-channel': 'Unknown channel "{name}". Available: {channels}.',
  'usage.block-count': 'The number of blocks must be a whole number from 1 to {most}, not "{value}".',
  'usage.practice-blocks':
    'The practice source is not Fabric: its blocks cannot be decoded. `up` with a source of Fabric starts a network whose blocks can.',
  'usage.no-block-decoder':
    'The configtxlator of Fabric {version} cannot decode transactions. Blocks can be shown from Fabric 1.1 on.',
  'usage.unknown-organisation': 'Unknown organisation "{name}". Available: {organisations}.',
  'usage.unknown-format': 'Unknown format "{format}". Available: {formats}.',
  'usage.no-certificate': 'A certificate or key of the network is missing: {path}',
  'usage.no-problem': 'There is no problem "{code}".',
  'usage.no-repair': '"{code}" has no automatic repair.',
  'usage.no-repair-by': '"{code}" cannot be repaired with {method}.',
  'usage.foreign-network': 'This network was created elsewhere. Change its compose file there.',
  'usage.no-image': 'The engine has no image "{ref}".',
  'usage.no-container': 'The engine has no container "{name}".',
  'usage.next-organisation': 'The next organisation of this network is {next}, not "{name}".',
  'usage.peer-count': 'The number of peers must be a whole number from 1 to {most}, not "{value}".',
  'usage.no-channel-name': 'The new channel needs a name.',
  'usage.channel-exists': 'The network has channel {name} already. It was not changed.',
  'usage.channel-name':
    '"{name}" is not a valid channel name. A name contains lower-case letters, digits, `.` and `-`, starts with a letter, and is not {systemChannel}.',
  'usage.addition-unfinished':
    '`add {words}` was interrupted. Run `up` to complete it, then repeat this command.',
  'usage.add-release':
    'The tools of Fabric {release} cannot add a peer or an organisation to an existing network.',
  'usage.add-practice':
    "The practice source cannot change a channel's configuration, so you cannot add an organisation. Use a Fabric source.",
  'usage.no-open-channel':
    'Every channel names its members, so a new peer of {org} would be on no channel. Add a channel for all organisations first. Nothing was changed.',
  'usage.too-many-peers':
    'The network has {have} peers. With {count} more it would have more than {most}. Nothing was changed.',
  'usage.service-here':
    "The peers cannot reach {address}: the engine at {endpoint} is on another host. Name an address of this machine that the engine's host can reach.",
  'usage.no-port': '{node} would need port {port}, and the last port is {last}. Nothing was changed.',
  'usage.junit-folder': '--junit needs a file, and {path} is a folder.',
  'usage.no-junit-file': '--junit needs the name of a file.',
  'usage.test-count': '--count needs a whole number from 1 to {most}, not {value}.',
  'usage.test-timeout': '--timeout needs a time like 90s, 5m or 1h30m, not {value}.',
  'usage.test-pattern': '--run needs a regular expression on one line.',
  'usage.integration-package':
    '{name} is a suite of integration tests, which starts networks. `test` runs it with --integration.',
  'usage.no-suites': '{dir} has no suites of integration tests.',
  'usage.suite-needed': '--integration needs the names of suites. There are: {suites}.',
  'usage.unknown-suite': 'There is no suite {name}. There are: {suites}.',
  'usage.only-unit-tests': '{flag} is for unit tests. It cannot be used with --integration.',
  'usage.suites-elsewhere':
    'Integration tests need the ports of the host of the engine, and the engine at {endpoint} is on another host. Run the command on that host.',
  'usage.suites-in-swarm':
    'Integration tests run on one engine, and this folder is configured for a network in a Swarm. Use a folder without --swarm.',
  'usage.suites-unbuilt':
    'Integration tests build chaincode with the images of this project, and {images} {count|is|are} not there. Build first.',
  'usage.suites-running':
    'Integration tests of project {project} run in container {container}. They use the same ports and names of images. Wait until they have ended. If that run was killed, use `fabric-wizard doctor --fix work` in its folder.',
  'usage.name-in-use':
    'Container {container} uses the image name {ref}, which integration tests need for the image of this project. Stop the container first.',
  'usage.name-lent':
    'A killed run of integration tests in another folder has not given back the name {ref}; {kept} is the image that had it. Use `fabric-wizard doctor --fix work` in that folder, or these commands.',
  'usage.suite-needs':
    'Every spec of the suite {suite} needs {images}, which {count|is|are} not on the engine.',
  'usage.other-module': '{name} belongs to another Go module in {dir}, which is not tested.',
  'usage.unknown-package': 'There is no Go package {name} in {dir}.',
  'usage.no-changes-known':
    '{dir} is not a Git checkout with a commit, so it is not known which packages have changed. Name the packages to test.',
  'usage.no-network': '{dir} has no network yet.',
  'usage.network-above': '{message} {folder} has the network {project}.',
  'usage.nothing-runs': 'No node of this project is running.',
  'usage.nodes-down': 'The command needs {nodes}, which {count|is|are} not running.',
  'usage.no-peer':
    '{dir} has no network, no peer image and no Fabric source. Name a peer with --image or --container.',
  'usage.two-peers': 'Use either --image or --container, not both.',
  'usage.since': '"{text}" is neither a duration nor a time. Examples: 10m, 1h30m, 2026-11-29T14:00Z.',
  'usage.level': 'Unknown level "{text}". Available: {levels}.',
  'usage.pattern': '{flag} "{text}" is not a regular expression: {problem}.',
  'usage.file-exists': '{path} exists already. It was not changed.',
  'usage.file-refused': '{path} cannot be created: {code}.',
  'usage.tail': '--tail needs a whole number or "all", not "{value}".',
  'usage.tail-count': '--tail needs a whole number of at least 1, not "{value}".',
  'usage.no-terminal':
    'This deletes ledgers or images and needs confirmation, but there is no terminal. Use --yes to confirm.',
  'usage.other-engine':
    'The network of this folder was started on the engine at {endpoint}, but another engine is selected: {current}.',
  'usage.replaced-engine':
    'The network of this folder was started on another engine at the same address, {endpoint}. The engine was installed again, or its data root has changed.',
  'usage.start-here':
    '{where} If its engine no longer exists, --replace-network starts the network on the selected engine with empty ledgers and the same certificates.',
  'usage.remove-here':
    '{where} If its engine no longer exists, --force removes what is on the selected engine.',
  'usage.state-folder': 'Cannot write to the state folder {dir}: {reason}.',
  'usage.other-network':
    'The running network has another configuration, and {command} only changes the existing network.',
  'usage.add-changes':
    'The configuration would also change nodes of the running network, and `add` changes only what it adds: {nodes}. Run `up` first to apply the configuration, or undo the change in fabric-wizard.yaml.',
  'usage.replaces-network':
    'This would replace network {instance}, which has {count} {count|ledger|ledgers}: {changes}. Its certificates would move to {folder}; nothing would be deleted. Confirm this with --replace-network; --yes is not enough.{instead}',
  'usage.add-instead': ' `add` keeps the network and its ledgers, and adds a member to it.',
  'usage.certificates-lost':
    '{what}, and no other file has this content. If you have a backup, copy it to this path and run the command again. Without a backup, --replace-network creates a new network with new certificates and empty ledgers. The files of network {instance} then move to {folder}, and its {count} {count|ledger stays in its volume|ledgers stay in their volumes}.',
  'usage.upstream': "Cannot use the checkout's own Dockerfile for {image}: {why}.",
  'upstream.unstated': '{file} does not set {variable}',
  'upstream.other-architecture': 'it is for {written}, and the engine is {arch}',
  'upstream.no-variables':
    '{file} passes no make variables after the Go tags, so namespace and version would be lost',
  'usage.unknown-topic': 'No topic "{term}". The nearest topics are {nearest}.',
  'usage.no-topic': 'No topic "{term}".',
  'chaincode.link-outside':
    'The symbolic link {path} points to {target}, outside the chaincode folder {dir}. Only files inside the folder can be packaged.',
  'chaincode.link-broken':
    'The symbolic link {path} in the chaincode folder {dir} points to {target}, which does not exist.',
  'chaincode.link-circle':
    'The symbolic link {path} in the chaincode folder {dir} points to {target}, which is the link itself or a folder that contains it.',
  'chaincode.link-special':
    'The symbolic link {path} in the chaincode folder {dir} points to {target}, which is neither a file nor a folder.',
  'chaincode.no-go': 'The chaincode folder {dir} contains no Go files.',
  'chaincode.go-below':
    'The chaincode folder {dir} contains Go files only in its subfolders, but peers build the package in the folder itself. {folder} contains a package.',
  'chaincode.only-tests': 'The chaincode folder {dir} contains only tests.',
  'chaincode.no-package-json': 'The chaincode folder {dir} contains no package.json.',
  'chaincode.bad-package-json': 'The file package.json of the chaincode in {dir} is not valid JSON.',
  'chaincode.no-start':
    'The file package.json of the chaincode in {dir} has no start script. A peer starts the chaincode with `npm start`.',
  'chaincode.no-node-shim':
    'The chaincode in {dir} starts with a command of fabric-shim, but package.json does not list fabric-shim under dependencies.',
  'chaincode.old-node-shim':
    'The chaincode in {dir} uses fabric-shim 1, which needs Node.js 8. Peers run it with a newer Node.js. fabric-shim 2 works on Fabric 1.4 too.',
  'chaincode.no-node-main':
    'The chaincode folder {dir} does not contain {main}, the main file of package.json.',
  'chaincode.no-npm':
    'The build of {dir} cannot reach the npm registry, and the folder contains no node_modules to build with.',
  'chaincode.no-npm-in-image': 'Peers build Node.js chaincode in {image}, which contains no npm.',
  'chaincode.not-compiled': 'The chaincode in {dir} does not compile.',
  'chaincode.no-server':
    'The main function of the chaincode in {dir} does not start a server, although CHAINCODE_SERVER_ADDRESS is set.',
  'chaincode.not-reached': '{peer} cannot reach the process of {name} at {address}.',
  'chaincode.process-ended': 'The process of {name} has ended.',
  'chaincode.not-listening':
    'The process of {name} runs, but it does not listen at port {port} after {seconds} s. It must listen at the address in CHAINCODE_SERVER_ADDRESS.',
  'chaincode.listens-locally':
    'The process of {name} listens at port {port} on 127.0.0.1 only, where peers do not reach it. It must listen at the address in CHAINCODE_SERVER_ADDRESS.',
  'chaincode.no-javaenv':
    'Peers build Java chaincode in {image}. This image is not on the engine and cannot be pulled.',
  'chaincode.no-node-runtime':
    'The peers of this network were started without an image for Node.js chaincode. Run `up` again: it gives them the image and keeps the ledgers.',
  'chaincode.excluded': 'Build constraints exclude every Go file of the chaincode in {dir} on linux/{arch}.',
  'chaincode.newer-go': 'The chaincode in {dir} needs Go {wanted}, and peers compile it with Go {found}.',
  'chaincode.not-main': 'The chaincode in {dir} is package {name}, but only package main can be run.',
  'chaincode.two-packages': 'The chaincode folder {dir} contains two packages, {name} and {other}.',
  'chaincode.no-main': 'The chaincode in {dir} does not declare func main().',
  'chaincode.import-absent':
    'The chaincode imports {package}, which is neither in its vendor folder nor in the image that peers compile chaincode in.',
  'chaincode.import-shim':
    'The chaincode imports {package}, which is not in its vendor folder. Chaincode for this release of Fabric imports {wanted} instead.',
  'chaincode.import-own-absent':
    'The chaincode imports its own package {package}, but {dir} contains no Go files of that package.',
} as const;
