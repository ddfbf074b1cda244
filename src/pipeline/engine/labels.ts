/** Labels of everything that this program creates. `down` and `clean` only select by these labels. */
export const LABEL = {
  project: 'io.fabric-wizard.project',
  /** `work`: a container of one stage; `node`: a node of the network; `cache`: a volume. */
  role: 'io.fabric-wizard.role',
  run: 'io.fabric-wizard.run',
  node: 'io.fabric-wizard.node',
  /** Id of the crypto material that a node was created with. */
  instance: 'io.fabric-wizard.instance',
  fingerprint: 'io.fabric-wizard.fingerprint',
  origin: 'io.fabric-wizard.origin',
  /** Content ids of the files of an image, as JSON; its containers inherit the label. */
  content: 'io.fabric-wizard.content',
} as const;
