/** What a run does about certificates and keys that are missing or damaged, before it starts anything. */
import { join } from 'node:path';
import { commandFlags, type EffectiveConfig } from '../config/config.ts';
import type { ObservedState } from '../context/observed-state.ts';
import type { ProjectContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { findDamage, restoreFiles } from '../network/certificate-files.ts';
import { filesLost } from '../network/files-lost.ts';
import { networkInPlace } from '../network/kept-networks.ts';
import { fitsNetwork, specOf } from '../network/network-plan.ts';

/** Copies what is damaged in the network in place from intact files. A network that is replaced stays as it is. */
export async function restoreCertificates(
  context: ProjectContext,
  onNotice: (message: Text) => void,
): Promise<void> {
  const { stateDir, journal } = context;
  const network = await networkInPlace(stateDir, journal);
  if (!network || !fitsNetwork(network.crypto, context)) return;
  const { restorable, lost } = await findDamage(network.folder, specOf(network.crypto, context));
  if (restorable.length === 0 || lost.length > 0) return;
  await restoreFiles(network.folder, restorable);
  const paths = restorable.map(({ path }) => join(network.folder, path));
  onNotice({ key: 'step.restore-certificates', paths });
}

/** Returns the failure of a run that needs the network in place, whose certificates or keys are lost. */
export function certificatesLost(
  { lost, inPlace }: Pick<ObservedState['network'], 'lost' | 'inPlace'>,
  { config, dir }: { readonly config: EffectiveConfig; readonly dir: string },
): WizardFailure {
  const flags = commandFlags(config, dir);
  const command = (words: string) => ['fabric-wizard', words, ...flags].join(' ');
  return new WizardFailure({
    kind: 'usage',
    message: {
      key: 'usage.certificates-lost',
      what: filesLost(lost),
      instance: inPlace?.instance ?? '',
      count: inPlace?.ledgers ?? 0,
      folder: inPlace?.keptIn ?? '',
    },
    next: [command('up --yes --replace-network'), command('doctor')],
  });
}
