/** Which images a peer asks the engine for, from a configuration, an image or a container. */

import type { WizardConfig } from '../config/wizard-config.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { readCoreYaml } from '../fabric/core-yaml.ts';
import { parseCoreYaml, peerConfig } from '../fabric/peer-config.ts';
import { type CompiledIn, type ConfigValue, type Resolution, resolveImages } from '../fabric/resolution.ts';
import type { FabricSource } from '../fabric/source.ts';
import { chaincodeImage } from '../images/image-recipe.ts';
import { chaincodeVariables } from '../images/nodeenv-image.ts';
import type { PeerFacts } from './peer-facts.ts';
import type { GoRole } from './resolve-report.ts';

/** An image that a peer needs to build Go chaincode. */
export interface PeerImage extends Resolution {
  readonly role: GoRole;
}

export interface PeerImages {
  readonly builder: PeerImage;
  readonly runtime: PeerImage;
  /** Images for CAR, Java and Node.js chaincode, if the peer's configuration names them. */
  readonly others: readonly Resolution[];
  /** Looks up a key of core.yaml as the peer does: environment first. */
  readonly config: (key: string) => ConfigValue | undefined;
}

/** The three things that decide which images a peer asks for. */
export interface PeerImageSources {
  readonly compiled: CompiledIn;
  /** Content of core.yaml, from `parseCoreYaml`. */
  readonly core: unknown;
  readonly env: Readonly<Record<string, string>>;
}

/** Returns the images of a peer with these values. PURE. */
export function peerImages({ compiled, core, env }: PeerImageSources): PeerImages {
  const config = peerConfig(core, env, compiled.release);
  const images = resolveImages(compiled, config);
  const imageFor = (role: GoRole): PeerImage => {
    const image = images.find((candidate) => candidate.role === role);
    if (!image) throw new Error(`no ${role} image`);
    return { ...image, role };
  };
  return {
    builder: imageFor('builder'),
    runtime: imageFor('runtime'),
    others: images.filter(({ role }) => role !== 'builder' && role !== 'runtime'),
    config,
  };
}

/** Returns the images of a peer that was read from a configuration, an image or a container. PURE. */
export function imagesOfPeer({ version, coreYaml, env }: PeerFacts): PeerImages {
  return peerImages({ compiled: version.compiled, core: parseCoreYaml(coreYaml.text ?? ''), env });
}

/** The inputs that decide which images the peers of this project's network ask for. */
export interface PeerImageSettings {
  readonly source: Pick<FabricSource, 'dir'>;
  readonly settings: BuildSettings;
  readonly config: WizardConfig;
}

/**
 * Returns the images that the peers of the network ask for, from the checkout's core.yaml and the configuration.
 * @throws Error if the checkout has no core.yaml
 */
export async function networkPeerImages({
  source,
  settings,
  config,
}: PeerImageSettings): Promise<PeerImages> {
  const { path, text } = await readCoreYaml(source.dir);
  if (text === undefined) throw new Error(`cannot read ${path}`);
  const core = parseCoreYaml(text);
  return peerImages({ compiled: settings, core, env: chaincodeVariables(config, settings, core) });
}

/** References of the builder and the runtime image. */
export interface PeerReferences {
  readonly builder: string;
  readonly runtime: string;
}

/** Returns the references that the peers of the network ask for. */
export async function peerReferences(settings: PeerImageSettings): Promise<PeerReferences> {
  const { builder, runtime } = await networkPeerImages(settings);
  return { builder: builder.ref, runtime: runtime.ref };
}

/** A peer's image, compared with the images on the engine. */
export interface PeerImageStatus extends Pick<PeerImage, 'role' | 'ref' | 'key' | 'origin'> {
  readonly present: boolean;
  /** Reference of the image that this project has for the role. */
  readonly projectRef: string;
}

/** Returns the images that the peers of the network ask for, and whether each is on the engine. */
export async function peerImageStatus(
  input: PeerImageSettings & { readonly docker: Pick<DockerPort, 'inspectImage'> },
): Promise<Readonly<Record<GoRole, PeerImageStatus>>> {
  const images = await networkPeerImages(input);
  const statusOf = async ({ role, ref, key, origin }: PeerImage): Promise<PeerImageStatus> => ({
    role,
    ref,
    key,
    origin,
    present: (await input.docker.inspectImage(ref)) !== undefined,
    projectRef: chaincodeImage(input.settings, role),
  });
  const [builder, runtime] = await Promise.all([statusOf(images.builder), statusOf(images.runtime)]);
  return { builder, runtime };
}
