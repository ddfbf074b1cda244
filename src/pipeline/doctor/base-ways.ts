/** PURE: the ways to base images on this machine, for this engine. */
import type { Phrase, Text } from '../core/phrase.ts';
import { BUILD_BASES_AS_ROOT } from '../host/install-command.ts';
import type { DoctorFacts } from './doctor-facts.ts';

type BaseFact = DoctorFacts['base'];

/** Returns why base images cannot be built from Debian packages here; undefined if they can. */
export function whyNotBuilt({ debian, root, foreign }: BaseFact): Phrase | undefined {
  if (!debian) return { key: 'row.base-not-debian' };
  if (foreign !== undefined) return { key: 'row.base-foreign', ...foreign };
  return root ? undefined : { key: 'row.base-not-root' };
}

/** Returns the next step of a user whose base images are missing, or are for another architecture than the engine. */
export function wayToBase({ debian, root, foreign, unpublished }: BaseFact): Text {
  if (debian && foreign === undefined) return root ? 'fabric-wizard up --base debian' : BUILD_BASES_AS_ROOT;
  return unpublished ? { key: 'fix.own-base' } : 'fabric-wizard up --base pull';
}
