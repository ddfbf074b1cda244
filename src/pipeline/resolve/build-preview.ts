/** PURE: previews a build while the user edits the configuration: linker flags and the images that peers ask for. */

import type { WizardConfig } from '../config/wizard-config.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { parseImageRef, withTag } from '../fabric/image-ref.ts';
import { ldflags, linkFlags } from '../fabric/ldflags.ts';
import { imageRefs } from '../images/image-recipe.ts';
import { chaincodeVariables } from '../images/nodeenv-image.ts';
import { type PeerImage, peerImages } from './peer-images.ts';
import type { GoRole } from './resolve-report.ts';

/** How an image becomes available under the reference that the peer asks for. */
export type ImageFate =
  | 'present'
  /** Another local image is tagged with this reference. */
  | 'tagged'
  | 'built'
  | 'pulled'
  /** Built from Debian packages if the pull fails. */
  | 'pulled-or-built'
  /** The image is absent, and no step provides it. */
  | 'missing'
  /** No engine answers, or the reference is a digest. */
  | 'unknown';

export interface PreviewImage extends PeerImage {
  readonly fate: ImageFate;
}

/** A base image: the images are built on it, and a runtime is often the base image itself. */
export interface BaseImage {
  readonly role: GoRole;
  readonly ref: string;
  /** Image that the user chose instead; it is tagged with `ref`. */
  readonly own: string | undefined;
  readonly fate: ImageFate;
}

export interface BuildPreview {
  /** `package.Variable=value`, in the order of the Makefile. */
  readonly assignments: readonly string[];
  /** Linker flags of a static link; empty for a dynamic one. */
  readonly link: string;
  /** Go build tags, separated by blanks. */
  readonly tags: string;
  readonly peerImages: Readonly<Record<GoRole, PreviewImage>>;
  readonly base: Readonly<Record<GoRole, BaseImage>>;
  /** True if the checkout's own Dockerfiles build the images; they do not start from `base`. */
  readonly upstream: boolean;
}

export interface PreviewInput {
  readonly config: WizardConfig;
  readonly settings: BuildSettings;
  /** The source's `sampleconfig/core.yaml` from `parseCoreYaml`, parsed once: previews are computed on every key. */
  readonly core: unknown;
  /** Every tag on the engine; undefined if none answers. */
  readonly tags: readonly string[] | undefined;
}

type IsPresent = (ref: string) => boolean | undefined;

/** Returns a predicate that is undefined for unknown: no engine, or a digest, which the engine's list does not have. */
function presenceIn(tags: PreviewInput['tags']): IsPresent {
  const known = new Set(tags?.map((tag) => withTag(tag) ?? tag));
  return (ref) => (tags === undefined || ref.includes('@') ? undefined : known.has(withTag(ref) ?? ref));
}

const FATE_BY_MODE: Readonly<Record<WizardConfig['base'], ImageFate>> = {
  auto: 'pulled-or-built',
  local: 'missing',
  pull: 'pulled',
  debian: 'built',
};

function baseImage(role: GoRole, { config, settings }: PreviewInput, isPresent: IsPresent): BaseImage {
  const ref = role === 'builder' ? settings.builderImage : settings.runtimeImage;
  const chosen = role === 'builder' ? config.builderImage : config.runtimeImage;
  const own = chosen === ref ? undefined : chosen;
  const present = isPresent(own ?? ref);
  if (present === undefined) return { role, ref, own, fate: 'unknown' };
  if (own === undefined) return { role, ref, own, fate: present ? 'present' : FATE_BY_MODE[config.base] };
  // An image that the user names is never built from packages.
  const absent = config.base === 'local' ? 'missing' : 'pulled';
  return { role, ref, own, fate: present ? 'tagged' : absent };
}

function fateOf(
  ref: string,
  settings: BuildSettings,
  base: BuildPreview['base'],
  isPresent: IsPresent,
): ImageFate {
  // An invalid reference can neither be pulled nor built.
  if (parseImageRef(ref) === undefined) return 'missing';
  const sameBase = Object.values(base).find((image) => withTag(image.ref) === withTag(ref));
  if (sameBase) return sameBase.fate;
  const present = isPresent(ref);
  if (present === undefined) return 'unknown';
  if (present) return 'present';
  const built = settings.release.imagesBuilt.flatMap((name) => imageRefs(settings, name));
  return built.some((each) => withTag(each) === withTag(ref)) ? 'built' : 'missing';
}

export function previewBuild(input: PreviewInput): BuildPreview {
  const { config, settings, core, tags } = input;
  const isPresent = presenceIn(tags);
  const base = {
    builder: baseImage('builder', input, isPresent),
    runtime: baseImage('runtime', input, isPresent),
  };
  const { builder, runtime } = peerImages({
    compiled: settings,
    core,
    env: chaincodeVariables(config, settings, core),
  });
  const preview = (image: PeerImage): PreviewImage => ({
    ...image,
    fate: fateOf(image.ref, settings, base, isPresent),
  });
  return {
    assignments: ldflags(settings).filter((word) => word !== '-X'),
    link: linkFlags(settings.link),
    tags: settings.goTags,
    peerImages: { builder: preview(builder), runtime: preview(runtime) },
    base,
    upstream: settings.dockerfiles === 'upstream' && settings.release.baseImages === 'ours',
  };
}
