/** What the commands that begin a project refuse, in English. */
export const starting = {
  'usage.init-option': 'Unknown value "{value}" of --{option}. Available: {values}.',
  'usage.init-source':
    '"{source}" is neither the folder of a Fabric checkout nor a tag of a supported release, so it is not known which Fabric the project is for.',
  'usage.init-language':
    'Peers of this source cannot build chaincode in {language} (Fabric {release}: {languages}).',
  'usage.init-service': 'The practice source has no chaincode as a service. Use a Fabric source.',
  'usage.init-exists': 'These exist already in {dir}: {paths}. Nothing was written.',
  'usage.import-unreadable': '{file} cannot be read: {code}.',
  'usage.import-no-text': '{file} is not a text in UTF-8, so it is not a configuration.',
  'usage.import-configtx': '{file} does not say what nodes a network has. Give crypto-config.yaml with it.',
  'usage.import-unknown':
    '{file} is neither a configuration of Fablo (keys `global` and `orgs`), nor crypto-config.yaml (`PeerOrgs`), nor configtx.yaml (`Profiles`).',
  'usage.import-together':
    '{files} do not belong together: give one configuration of Fablo, or crypto-config.yaml with or without configtx.yaml.',
  'import.unknown': 'is not known, and was left out',
  'import.release': 'Fabric {version} is not supported ({known}). Name a checkout or a tag with `source`',
  'import.dev-mode':
    'was left out: to see each edit at once, run the chaincode as a service (`service: true`, `fabric-wizard chaincode deploy --watch`)',
  'import.kubernetes':
    'was left out: the nodes run in Docker, also on the machines of a Swarm (`swarm: true`)',
  'import.images': 'was left out: the images are built from the source. `docker-ns` names them',
  'import.log-level':
    'was left out: set FABRIC_LOGGING_SPEC of a node in the compose file, or use `fabric-wizard logs --level`',
  'import.tool':
    'was left out: `fabric-wizard connect` writes what such a program needs, and `fabric-wizard blocks` lists transactions',
  'import.ca': 'was left out. `ca: true` gives each organisation a CA, which needs a checkout of fabric-ca',
  'import.node-names': 'was left out: nodes are named peer0, peer1, … and orderer, orderer2, …',
  'import.anchors': 'was left out: the first peer of each organisation is its anchor peer',
  'import.groups': 'was left out: a network has one ordering service, with all orderers',
  'import.type': 'was left out: a network has one consensus type, one of solo, raft and BFT',
  'import.couchdb': 'became CouchDB: all peers of a network have the same state database',
  'import.channel-name': 'became {name}: Fabric allows lower-case letters, digits, `-` and `.`',
  'import.no-member': 'was left out: there is no such organisation with peers',
  'import.init': 'was left out: it is not JSON with a list `Args`. Write the arguments as a list (`init`)',
  'import.init-not-called':
    'was left out: Fabric calls `Init` only if `initRequired` is true. Add `init` to have it called',
  'import.version': 'was left out: the version of a chaincode follows from its files',
  'import.private-data':
    'was left out: write the collections to a JSON file in the format of Fabric, and name it in `collections`',
  'import.service':
    'was left out: give the source in `path` with `service: true`, or start the process yourself with `service: HOST:PORT`',
  'import.no-folder':
    'was left out: it has no folder with source. Add it to `chaincodes` with `path`, or with `service: HOST:PORT`',
  'import.folder-missing':
    'was left out: {path} is not a folder. Add the chaincode to `chaincodes` when it is there',
  'import.language': 'was left out: the language follows from the files in the folder',
  'import.needs-tls': 'became true: this consensus type needs TLS',
  'import.post-start':
    'became `after-start`, which runs in the folder of fabric-wizard.yaml. Its paths may need a change',
  'import.post-generate':
    'was left out: the files of the network are not there to be edited. `hooks` has after-start, after-proof and before-down',
  'import.certificates': 'was left out: certificates have the names of the nodes, `localhost` and 127.0.0.1',
  'import.node-ous': 'was left out: the release decides whether certificates have node OUs',
  'import.users': 'was left out: each organisation has Admin and User1',
  'import.policies':
    'was left out: the defaults of the release apply. `channels` can have `policies` and `capability`',
  'import.batches': 'was left out: the defaults of the source apply (sampleconfig/configtx.yaml)',
  'import.kafka': 'was left out: Kafka is not supported. The consensus type of the release is used',
  'import.profile':
    'has no name for its channel: set it with `channel` or `channels`. The default is mychannel',
} as const;
