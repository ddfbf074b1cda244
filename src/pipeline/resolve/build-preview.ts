/** PURE: what a build would compile in, and which images its peers would ask for, while the choices are made. */
import { imageOverrides } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { formatImageRef, parseImageRef } from '../fabric/image-ref.ts';
import { ldflags, linkFlags } from '../fabric/ldflags.ts';
import { peerConfig } from '../fabric/peer-config.ts';
import { type Resolution, resolveImages } from '../fabric/resolution.ts';
import { imageRefs } from '../images/image-recipe.ts';
import type { GoRole } from './resolve-report.ts';

/** How an image will come to be there under the name that it is asked for by. */
export type ImageFate =
  | 'present'
  /** Another image, which is here, gets this name. */
  | 'tagged'
  | 'built'
  | 'pulled'
  /** Built from Debian packages where the pull fails. */
  | 'pulled-or-built'
  /** It is not here, and nothing brings it. */
  | 'missing'
  /** No engine was asked, or it can't be told. */
  | 'unknown';

export interface AskedImage extends Resolution {
  readonly role: GoRole;
  readonly fate: ImageFate;
}

/** A base image: what the build stands on, and what a runtime usually is. */
export interface BaseImage {
  readonly role: GoRole;
  readonly ref: string;
  /** The user's own, which gets that name. */
  readonly own: string | undefined;
  readonly fate: ImageFate;
}

export interface BuildPreview {
  /** `package.Variable=value`, in the Makefile's order. */
  readonly assignments: readonly string[];
  /** What makes the link static; empty for a dynamic one. */
  readonly link: string;
  /** Of the build, separated by blanks. */
  readonly tags: string;
  readonly asked: Readonly<Record<GoRole, AskedImage>>;
  readonly base: Readonly<Record<GoRole, BaseImage>>;
  /** The checkout's own Dockerfiles build the images, and start from others than `base`. */
  readonly upstream: boolean;
}

export interface PreviewInput {
  readonly config: WizardConfig;
  readonly settings: BuildSettings;
  /** The source's `sampleconfig/core.yaml`, as `parseCoreYaml` gives it: this is asked at every key. */
  readonly core: unknown;
  /** Every tag on the engine; undefined where none answers. */
  readonly tags: readonly string[] | undefined;
}

/** `a/b` and `a/b:latest` are one. */
function whole(ref: string): string {
  const parsed = parseImageRef(ref);
  return parsed && parsed.digest === undefined
    ? formatImageRef({ ...parsed, tag: parsed.tag ?? 'latest' })
    : ref;
}

type IsHere = (ref: string) => boolean | undefined;

/** @returns a function that says undefined where it can't be known: the engine's list has no digests */
function hereOn(tags: PreviewInput['tags']): IsHere {
  const known = new Set(tags?.map(whole));
  return (ref) => (tags === undefined || ref.includes('@') ? undefined : known.has(whole(ref)));
}

const BROUGHT: Readonly<Record<WizardConfig['base'], ImageFate>> = {
  auto: 'pulled-or-built',
  local: 'missing',
  pull: 'pulled',
  debian: 'built',
};

function baseImage(role: GoRole, { config, settings }: PreviewInput, isHere: IsHere): BaseImage {
  const ref = role === 'builder' ? settings.builderImage : settings.runtimeImage;
  const chosen = role === 'builder' ? config.builderImage : config.runtimeImage;
  const own = chosen === ref ? undefined : chosen;
  const here = isHere(own ?? ref);
  if (here === undefined) return { role, ref, own, fate: 'unknown' };
  if (own === undefined) return { role, ref, own, fate: here ? 'present' : BROUGHT[config.base] };
  // What is wanted and absent is pulled, and never made of packages.
  const absent = config.base === 'local' ? 'missing' : 'pulled';
  return { role, ref, own, fate: here ? 'tagged' : absent };
}

function fateOf(ref: string, settings: BuildSettings, base: BuildPreview['base'], isHere: IsHere): ImageFate {
  // Nothing can bring what no engine takes for a reference.
  if (parseImageRef(ref) === undefined) return 'missing';
  const named = Object.values(base).find((image) => whole(image.ref) === whole(ref));
  if (named) return named.fate;
  const here = isHere(ref);
  if (here === undefined) return 'unknown';
  if (here) return 'present';
  const made = settings.release.imagesBuilt.flatMap((name) => imageRefs(settings, name));
  return made.some((each) => whole(each) === whole(ref)) ? 'built' : 'missing';
}

export function previewBuild(input: PreviewInput): BuildPreview {
  const { config, settings, core, tags } = input;
  const isHere = hereOn(tags);
  const base = {
    builder: baseImage('builder', input, isHere),
    runtime: baseImage('runtime', input, isHere),
  };
  const lookUp = peerConfig(core, imageOverrides(config), settings.release);
  const images = resolveImages(settings, lookUp);
  const asked = (role: GoRole): AskedImage => {
    const image = images.find((one) => one.role === role);
    if (!image) throw new Error(`no ${role}`);
    return { ...image, role, fate: fateOf(image.ref, settings, base, isHere) };
  };
  return {
    assignments: ldflags(settings).filter((word) => word !== '-X'),
    link: linkFlags(settings.link),
    tags: settings.goTags,
    asked: { builder: asked('builder'), runtime: asked('runtime') },
    base,
    upstream: settings.dockerfiles === 'upstream' && settings.release.baseImages === 'ours',
  };
}
