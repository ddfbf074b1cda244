/** Finds the Fabric CA that a run builds for its network, and fetches it if it is not on this machine. */
import type { WizardConfig } from '../config/wizard-config.ts';
import { hasNodesHere, sharesHost } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { caSourceHere, fetchCa } from '../fabric/ca-source.ts';
import { type CaImage, caImage } from '../images/ca-image.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { buildsOrStarts, type Purpose } from '../stages/plan-scope.ts';

interface CaRequest extends Purpose {
  readonly dir: string;
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

interface CaChoice {
  readonly docker: Pick<DockerPort, 'address'>;
  readonly config: WizardConfig;
  readonly stateDir: string;
  readonly source: { readonly dir: string };
  readonly settings: BuildSettings;
}

/**
 * Returns the configuration with the CAs that the network has, and with what has made its certificates: only `up` changes them,
 * and `build` builds for it.
 * @param recorded undefined if there is no network
 */
export function withNetworkCas(
  { goal: { until } }: Purpose,
  config: WizardConfig,
  recorded: Pick<NetworkSpec, 'orgs' | 'identities'> | undefined,
): WizardConfig {
  if (until === 'up' || until === 'build' || !recorded) return config;
  return {
    ...config,
    ca: recorded.orgs.some(({ ca }) => ca !== undefined),
    identities: recorded.identities ?? 'cryptogen',
  };
}

/**
 * @returns undefined if the network has no CAs, or the run neither builds nor starts them
 * @throws WizardFailure `usage`; CancelledError
 */
export async function caOf(
  { dir, goal, dryRun, signal }: CaRequest,
  { docker, config, stateDir, source, settings }: CaChoice,
  onNotice: (message: Text) => void,
): Promise<CaImage | undefined> {
  if (!config.ca || !buildsOrStarts({ goal })) return undefined;
  // The files of the CAs are mounted from this host.
  if (!hasNodesHere(docker.address) || !sharesHost(docker.address))
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.ca-elsewhere' },
      next: [
        `fabric-wizard up ${config.identities === 'ca' ? '--identities cryptogen ' : ''}--no-ca`,
        'fabric-wizard doctor',
      ],
    });
  const places = { dir, stateDir, fabricDir: source.dir, goVersion: settings.goVersion };
  const here = await caSourceHere(config.caSource, places);
  if (!('toClone' in here)) return caImage(here, settings);
  if (dryRun)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.not-cloned', tag: `Fabric CA ${here.toClone}`, command: '--dry-run' },
      next: ['fabric-wizard up --yes'],
    });
  onNotice({ key: 'notice.ca-fetched', tag: here.toClone });
  return caImage(await fetchCa(here, places, { signal }), settings);
}
