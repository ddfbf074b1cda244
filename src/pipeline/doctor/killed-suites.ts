/** Ends what a killed run of integration tests has begun, or says on which engine it is. */
import { dirname } from 'node:path';
import type { Phrase } from '../core/phrase.ts';
import { folderFlag } from '../host/folder-flag.ts';
import { selecting } from '../network/other-engine.ts';
import { endKilledSuites } from '../tests/suite-leftovers.ts';

export interface EndedSuites {
  /** What was done, for the user; undefined if no run was killed. */
  readonly notice?: Phrase;
  /** The command that ends it, if it is on another engine. */
  readonly elsewhere?: string;
}

export async function endSuites(
  docker: Parameters<typeof endKilledSuites>[0],
  stateDir: string,
): Promise<EndedSuites> {
  const ended = await endKilledSuites(docker, stateDir);
  if (ended === 'none') return {};
  if (ended === 'ended') return { notice: { key: 'step.suites-ended' } };
  const select = selecting({ ...ended, selected: docker.endpoint });
  const command = [select, 'fabric-wizard doctor --fix work', ...folderFlag(dirname(stateDir))].join(' ');
  return {
    notice: { key: 'step.suites-elsewhere', endpoint: ended.endpoint, command },
    elsewhere: command,
  };
}
