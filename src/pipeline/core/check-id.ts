/** Ids of the checks of `doctor`, in the order in which they are shown. Each stage names those that it depends on. */
export const CHECK_IDS = [
  'engine',
  'api',
  'compose',
  'socket',
  'context',
  'confinement',
  'selinux',
  'architecture',
  'proxies',
  'clock',
  'source',
  'base',
  'couchdb',
  'go',
  'builder',
  'runtime',
  'ports',
  'disk',
  'memory',
  'folder',
  'git',
  'watches',
  'work',
  'leftovers',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];
