/** Labels of everything that this program creates. `down` and `clean` only select by these labels. */
export const LABEL = {
  project: 'io.fabric-wizard.project',
  /** `work`: a container of one stage; `node`: a node of the network; `cache`: a volume. */
  role: 'io.fabric-wizard.role',
  run: 'io.fabric-wizard.run',
  node: 'io.fabric-wizard.node',
  /** Of a node: id of the crypto material that the node was created with. */
  instance: 'io.fabric-wizard.instance',
  fingerprint: 'io.fabric-wizard.fingerprint',
  origin: 'io.fabric-wizard.origin',
  /** Of an image and its containers: content ids of the image's files, as JSON. */
  content: 'io.fabric-wizard.content',
} as const;
