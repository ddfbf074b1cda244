/** The peer that a folder's choices and its source would make, before anything is built. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageOverrides } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { FabricSource } from '../fabric/source.ts';
import { imageRefs, primaryRef } from '../images/image-recipe.ts';
import type { PeerFacts } from './peer-facts.ts';

/** Every name that `up` gives to an image that peers ask for. */
export function referencesMade(settings: BuildSettings): ReadonlySet<string> {
  const made = settings.release.imagesBuilt.filter((name) => name === 'ccenv' || name === 'baseos');
  return new Set([
    ...made.flatMap((name) => imageRefs(settings, name)),
    settings.builderImage,
    settings.runtimeImage,
  ]);
}

/** What the peers of a source find in their image. */
export async function readCoreYaml(sourceDir: string): Promise<PeerFacts['coreYaml']> {
  const path = join(sourceDir, 'sampleconfig', 'core.yaml');
  return { path, text: await readFile(path, 'utf8').catch(() => undefined) };
}

export async function readConfiguration(
  choices: WizardConfig,
  settings: BuildSettings,
  source: Pick<FabricSource, 'dir' | 'version'>,
): Promise<PeerFacts> {
  return {
    subject: { kind: 'configuration', source: source.dir },
    imageRef: primaryRef(settings, 'peer'),
    image: undefined,
    version: { compiled: settings, release: source.version, releaseKnown: true, origin: 'choices' },
    versionProblem: undefined,
    coreYaml: await readCoreYaml(source.dir),
    env: imageOverrides(choices),
    container: undefined,
    madeHere: referencesMade(settings),
  };
}
