/** Labels on everything that we create; `down` and `clean` select by them and by nothing else. */
export const LABEL = {
  project: 'io.fabric-wizard.project',
  /** `work` containers live for one stage; `node` containers are the network's. */
  role: 'io.fabric-wizard.role',
  run: 'io.fabric-wizard.run',
  node: 'io.fabric-wizard.node',
  /** Of a node: the crypto material that it was made with. */
  instance: 'io.fabric-wizard.instance',
  fingerprint: 'io.fabric-wizard.fingerprint',
  origin: 'io.fabric-wizard.origin',
  /** Of an image, and so of the containers made of it: what it consists of, as JSON. */
  content: 'io.fabric-wizard.content',
} as const;
