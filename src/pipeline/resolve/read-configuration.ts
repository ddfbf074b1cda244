/** The peer that a folder's choices and its source would make, before anything is built. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageOverrides } from '../choices/config.ts';
import type { BuildSettings } from '../choices/settings.ts';
import type { WizardConfig } from '../choices/wizard-config.ts';
import type { FabricSource } from '../fabric/source.ts';
import { imageRefs, primaryRef } from '../images/image-recipe.ts';
import type { PeerFacts } from './peer-facts.ts';

/** Every name that `up` gives to an image that peers ask for. */
export function referencesMade(settings: BuildSettings): ReadonlySet<string> {
  return new Set([...imageRefs(settings, 'ccenv'), settings.builderImage, settings.runtimeImage]);
}

export async function readConfiguration(
  choices: WizardConfig,
  settings: BuildSettings,
  source: Pick<FabricSource, 'dir' | 'version'>,
): Promise<PeerFacts> {
  const path = join(source.dir, 'sampleconfig', 'core.yaml');
  return {
    subject: { kind: 'configuration', source: source.dir },
    imageRef: primaryRef(settings, 'peer'),
    image: undefined,
    version: { compiled: settings, release: source.version, releaseKnown: true, origin: 'choices' },
    versionProblem: undefined,
    coreYaml: { path, text: await readFile(path, 'utf8').catch(() => undefined) },
    env: imageOverrides(choices),
    container: undefined,
    madeHere: referencesMade(settings),
  };
}
