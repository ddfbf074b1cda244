/** Output of the commands that begin a project, in English. */
export const starting = {
  'init.written': '{count} {count|file|files} in {dir}, for Fabric {release}:',
  'init.would-write': 'Would write {count} {count|file|files} to {dir}, for Fabric {release}:',
  'init.client': 'The client uses {package}, the package for Fabric {release}.',
  'init.no-client': 'No client: the project has none, or its network is not one of Fabric.',
  'import.written': 'wrote {path}',
  'import.complete': 'Everything was taken.',
  'import.notes': '{count} {count|key was|keys were} not taken as {count|it is|they are}:',
  'import.note': '{key} ({where}) {what}',
  'down.without-hooks': 'Stopped without the before-down hooks: fabric-wizard.yaml is not valid.',
  'topology.title': 'Network {project}',
  'topology.channel': 'channel {name}',
  'topology.chaincode': 'chaincode {chaincode}',
  'topology.shared': 'network',
} as const;
