/** What `diagnose` writes and prints, in English. */
export const bundle = {
  'bundle.gathering': 'gathering versions, plan, events, logs and checks',
  'bundle.versions': 'versions of programs and system, names of variables',
  'bundle.engine': 'version and settings of the Docker Engine',
  'bundle.config': 'the choices and where they come from',
  'bundle.state': 'results of earlier runs',
  'bundle.network': 'the network: compose file and input of cryptogen and configtxgen',
  'bundle.events': 'events, commands and logs of the last runs',
  'bundle.files': 'names of the files in .fabric-wizard',
  'bundle.containers': 'state of the nodes',
  'bundle.logs': 'last lines of the log',
  'bundle.doctor': 'the checks of this machine',
  'bundle.resolve': 'the images that the peers request',
  'bundle.plan': 'what `up` would do',
  'bundle.missing': 'what could not be gathered, and why',
  'bundle.not-gathered': 'not gathered: {part} ({reason})',
  'bundle.left-out':
    'Left out: private keys and certificates, passwords, values of secret variables, the login of registries. The home folder, the user and the machine have other names. Read the files before you publish them.',
  'bundle.written': 'Written to {path}',
} as const;
