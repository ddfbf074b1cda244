/** Fabric CA and its identities: what is wrong and how to correct it, in English. */
export const identities = {
  'issue.ca-in-swarm': 'is not possible in a Swarm: a CA works on one engine only',
  'suggest.no-ca': 'use --no-ca, or do not use --swarm',
  'fix.ca': 'use true or false',
  'fix.caSource': 'use a path, a tag such as v1.5.15, or auto',
  'fix.identities': 'use cryptogen or ca',
  'issue.identities-need-ca': 'contradicts `identities: ca`, which needs the CAs',
  'suggest.identities-need-ca': 'leave it out, or use --identities cryptogen',
  'suggest.cryptogen': 'use --identities cryptogen --no-ca, or do not use --swarm',
  'usage.ca-absent': 'There is no folder {path} with a checkout of Fabric CA.',
  'usage.ca-incomplete': '{path} is not a complete checkout of Fabric CA: it lacks {files}.',
  'usage.ca-other':
    '{path} is not a checkout of Fabric CA: its Makefile does not say so, or states no version.',
  'usage.ca-link': 'The link {link} in {path} leads out of the checkout, to {target}.',
  'usage.ca-not-cloned': 'Fabric CA {tag} could not be fetched from {url}: {detail}.',
  'usage.ca-elsewhere': 'A network with CAs needs an engine on this machine.',
  'usage.crl-release': 'The tools of Fabric {release} cannot change the configuration of a channel.',
  'usage.no-ca': 'The network has no CAs.',
  'usage.no-identity-name': 'The command needs the name of an identity.',
  'usage.identity-name':
    '{name} cannot be the name of an identity: use letters, digits, `.`, `_`, `@` and `-`, at most 64.',
  'usage.identity-reserved':
    '{name} is the name of an identity that the network has already. Not free: {names}.',
  'usage.identity-type': 'There is no type {type}. Types: {types}.',
  'usage.identity-attribute':
    '{attribute} is not an attribute: NAME=VALUE or NAME=VALUE:ecert, where NAME does not begin with hf.',
  'usage.no-identity-secret':
    'The secret of {name} is not known: it was not registered in this folder for {org}.',
  'usage.ca-login':
    '{ca} refuses to enrol {name}: it does not know this name, the secret is another one, or the identity was revoked.',
  'usage.ca-admin-login':
    "{ca} refuses its administrator: the secret in this folder is not that of the CA's database.",
  'usage.ca-admin-damaged':
    "{path} is damaged. It has the secret of the CA's administrator, which is nowhere else. Restore the file from a backup or a snapshot.",
  'usage.identity-known': '{ca} knows an identity {name} already.',
  'usage.identity-unknown': '{ca} knows no identity {name}.',
  'usage.identity-damaged':
    '{path} is damaged. It has the secret of {name}, and whether it was revoked here. The CA and the certificate are not affected. Remove the file, and enrol {name} again with its secret.',
  'usage.identity-affiliation':
    '{affiliation} is not an affiliation: use letters, digits, `_` and `-`, with dots between the levels, such as org1.sales.',
  'usage.identity-reason': 'Fabric CA knows no reason {reason}. Reasons: {reasons}.',
  'usage.identity-acting': 'The commands of this program act as {name}, which therefore cannot be revoked.',
  'usage.no-identity': '{org} has no identity {name} here. Enrolled: {names}.',
  'usage.ca-keys-lost':
    "New certificates must be signed with the keys of the organisation's CA, and these are missing: {paths}. Nothing was changed. If you have a backup, copy the files to these paths.",
} as const;
