/** Organisations and channels of a configuration that cannot be made, in English. */
export const members = {
  'wrong.entries':
    'is not a list: separate entries by commas, and the values of an entry by blanks (KEY=VALUE, with quotes around a value that has blanks)',
  'wrong.entry': 'has an error in {name}: {field} {problem}',
  'wrong.entry-name': 'has a blank, a comma, a quote or `=`',
  'wrong.org-name':
    'is not the name of an organisation: a letter, then letters and digits, with single `-` between them, at most 30 characters, and not `orderers`',
  'wrong.org-domain':
    'is not a domain of lowercase letters, digits, `-` and `.` with at most {most} characters',
  'wrong.org-msp':
    'is not an MSP id: letters and digits, with single `.` or `-` between them, at most 64 characters',
  'wrong.org-key': 'is not known; an organisation has the keys {keys}',
  'wrong.org-same': 'is the same as that of {other}; upper and lower case make no difference',
  'wrong.org-orderers':
    'is that of the orderers ({domain}, {msp}), because no organisation has orderers of its own',
  'wrong.org-empty': 'leaves the organisation without a node: it has neither peers nor orderers',
  'wrong.org-many-orderers': 'makes more than {most} orderers in all',
  'wrong.org-no-peers': 'leaves the network without peers',
  'wrong.channel-policy': 'is not one of the policies that a channel can have of its own: {policies}',
  'wrong.policy-rule':
    "is neither a rule such as `ANY Admins` nor an expression such as OR('Org1MSP.member')",
  'wrong.capability': 'is not a capability such as V1_4_2 or V2_0',
  'wrong.channel-key': 'is not known; a channel has the keys {keys}',
  'wrong.name-list': 'is not a list of names, each once',
  'wrong.channel-org': '{name} is not an organisation with peers; those with peers are {orgs}',
  'wrong.channel-peer': '{name} is not a peer of a member; peers of members are, for example, {peers}',
  'wrong.channel-no-peer': 'no peer of {org} joins the channel, although the organisation is a member',
  'issue.both-given': 'and {other} are both given, and say the same in two ways',
  'issue.own-orderers':
    'does not count, because the organisations have {count} {count|orderer|orderers} of their own',
  'issue.channel-member': '{channel}: {problem}',
  'shape.no-org-orderers':
    'Fabric {release} cannot add orderers to an organisation with peers; 1.1 and later can',
  'shape.no-policies':
    'channels of Fabric {release} have no policies in configtx.yaml; 1.2 and later have them',
  'shape.no-lifecycle-policy': 'channels of Fabric {release} have no policy {policy}; 2.0 and later have it',
  'shape.no-capabilities': 'channels of Fabric {release} have no capabilities; 1.1 and later have them',
  'suggest.one-of': 'remove {one} or {other}',
  'suggest.own-orderers': 'remove it, or remove `orderers` from the organisations',
  'fix.organisations':
    'write a list of maps with the keys name, peers, orderers, domain, msp; as a flag: "Acme peers=2 domain=acme.com, Globex"',
  'fix.channels':
    'write a list of maps with the keys name, organisations, peers, capability, policies; as a flag: "trade, audit organisations=Acme+Globex"',
} as const;
