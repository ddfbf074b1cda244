/** Reads the peer that a project's configuration and source would produce, before anything is built. */

import type { WizardConfig } from '../config/wizard-config.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { readCoreYaml } from '../fabric/core-yaml.ts';
import { parseCoreYaml } from '../fabric/peer-config.ts';
import type { FabricSource } from '../fabric/source.ts';
import { imageRefs, primaryRef } from '../images/image-recipe.ts';
import { chaincodeVariables } from '../images/nodeenv-image.ts';
import type { PeerFacts } from './peer-facts.ts';

/** Returns every reference that `up` gives to an image that peers ask for. */
export function referencesMade(settings: BuildSettings): ReadonlySet<string> {
  const built = settings.release.imagesBuilt.filter((name) => name === 'ccenv' || name === 'baseos');
  return new Set([
    ...built.flatMap((name) => imageRefs(settings, name)),
    settings.builderImage,
    settings.runtimeImage,
  ]);
}

export async function readConfiguration(
  config: WizardConfig,
  settings: BuildSettings,
  source: Pick<FabricSource, 'dir' | 'version'>,
): Promise<PeerFacts> {
  const coreYaml = await readCoreYaml(source.dir);
  return {
    subject: { kind: 'configuration', source: source.dir },
    imageRef: primaryRef(settings, 'peer'),
    image: undefined,
    version: { compiled: settings, release: source.version, releaseKnown: true, origin: 'choices' },
    versionProblem: undefined,
    coreYaml,
    env: chaincodeVariables(config, settings, parseCoreYaml(coreYaml.text ?? '')),
    container: undefined,
    gateway: config.gateway,
    madeHere: referencesMade(settings),
  };
}
