/** Provides a base image: the user's own, a local one, a pulled one, or one built from Debian packages. */
import { tmpdir } from 'node:os';
import type { StageContext } from '../context/run-context.ts';
import { projectLabels } from '../context/run-context.ts';
import type { StageResult } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { missingInImage } from '../images/base-image-check.ts';
import { debianImage } from '../images/debian-images.ts';
import { pullImage } from './pull-image.ts';

/** `builder` is fabric-baseimage, in which programs are compiled; `runtime` is fabric-baseos, on which they run. */
export const baseImageKinds = ['builder', 'runtime'] as const;
export type BaseImageKind = (typeof baseImageKinds)[number];

type Outcome = Omit<StageResult<undefined>, 'result'>;

function absent(ref: string): WizardFailure {
  return new WizardFailure({ kind: 'base-image', ref, lacks: [], detail: { key: 'base.absent' } });
}

/** Returns the reference that this Fabric release requires. */
function refOf(settings: BuildSettings, kind: BaseImageKind): string {
  return kind === 'builder' ? settings.builderImage : settings.runtimeImage;
}

/** Returns the reference to pull; releases without base images of their own use public images. */
export function pulledRef(settings: BuildSettings, kind: BaseImageKind): string {
  const { release, goVersion } = settings;
  if (release.baseImages !== 'ours') return refOf(settings, kind);
  return kind === 'builder' ? `golang:${goVersion}-bookworm` : 'debian:bookworm-slim';
}

/** Gives an image the release's name. Another image with that name keeps its id, and a warning names it. */
async function retag(context: StageContext, image: ImageInfo, ref: string): Promise<boolean> {
  const { docker, report } = context;
  const before = await docker.inspectImage(ref);
  if (before?.id === image.id) return false;
  report.command(dockerCommand('tag', image.tags[0] ?? image.id, ref));
  await docker.tag(image.id, ref);
  if (before && before.labels[LABEL.origin] === undefined) {
    const command = `docker tag ${shortId(before.id)} ${ref}`;
    report.warn('base-retagged', { key: 'warning.retagged', ref, command });
  }
  return true;
}

async function fromUser(context: StageContext, kind: BaseImageKind, userImage: string): Promise<Outcome> {
  const { docker, settings, config, signal } = context;
  const local = await docker.inspectImage(userImage);
  if (!local && config.base === 'local') throw absent(userImage);
  const image = local ?? (await pullImage(context, userImage));
  if (image.architecture !== settings.goArch) {
    const detail: Phrase = {
      key: 'base.other-architecture',
      is: image.architecture,
      arch: settings.goArch,
    };
    throw new WizardFailure({ kind: 'base-image', ref: userImage, lacks: [], detail });
  }
  const lacks = await missingInImage(kind, image.id, {
    docker,
    needsLtdl: settings.release.pkcs11ByDefault,
    goVersion: settings.goVersion,
    labels: projectLabels(context),
    signal,
  });
  if (lacks.length > 0) {
    const detail: Phrase = { key: `base.unfit-${kind}` };
    throw new WizardFailure({ kind: 'base-image', ref: userImage, lacks, detail });
  }
  const tagged = await retag(context, image, refOf(context.settings, kind));
  return { outcome: local && !tagged ? 'cached' : 'built', detail: `${userImage} (${shortId(image.id)})` };
}

async function fromDebian(context: StageContext, kind: BaseImageKind): Promise<Outcome> {
  const { docker, settings, sharedBuilds, signal, report } = context;
  const ref = refOf(context.settings, kind);
  const { tag, built } = await debianImage(
    kind,
    ref,
    { docker, goArch: settings.goArch, goVersion: settings.goVersion, workDir: tmpdir(), sharedBuilds },
    { ...report, signal },
  );
  const image = await docker.inspectImage(tag);
  if (!image) throw absent(tag);
  const tagged = await retag(context, image, ref);
  return { outcome: built || tagged ? 'built' : 'cached', detail: `${tag} (${shortId(image.id)})` };
}

async function pulled(context: StageContext, kind: BaseImageKind): Promise<ImageInfo> {
  const pullRef = pulledRef(context.settings, kind);
  const ref = refOf(context.settings, kind);
  const image = await pullImage(context, pullRef);
  if (pullRef !== ref) await retag(context, image, ref);
  return image;
}

/** Returns the local image, else a pulled one, else one built from Debian packages. */
async function fromAnywhere(context: StageContext, kind: BaseImageKind): Promise<Outcome> {
  const local = await context.docker.inspectImage(refOf(context.settings, kind));
  if (local) return { outcome: 'cached', detail: shortId(local.id) };
  try {
    const image = await pulled(context, kind);
    return { outcome: 'built', detail: { key: 'detail.pulled', id: shortId(image.id) } };
  } catch (error) {
    if (!(error instanceof WizardFailure && error.failure.kind === 'pull')) throw error;
    const { detail } = error.failure;
    context.report.warn('pull-failed', {
      key: 'warning.not-pulled',
      ref: pulledRef(context.settings, kind),
      detail,
    });
  }
  return fromDebian(context, kind);
}

/**
 * Provides a base image, so that the release's reference names an image that Fabric's build can use.
 * @throws WizardFailure `base-image` (absent, or lacking something), `pull`, `tool-missing`, `command`, `image-build`
 */
export async function ensureBaseImage(context: StageContext, kind: BaseImageKind): Promise<Outcome> {
  const { config, docker } = context;
  const ref = refOf(context.settings, kind);
  const userImage = kind === 'builder' ? config.builderImage : config.runtimeImage;
  if (userImage && userImage !== ref) return fromUser(context, kind, userImage);
  switch (config.base) {
    case 'auto':
      return fromAnywhere(context, kind);
    case 'local': {
      const local = await docker.inspectImage(ref);
      if (!local) throw absent(ref);
      return { outcome: 'cached', detail: shortId(local.id) };
    }
    case 'pull': {
      const before = await docker.inspectImage(ref);
      const image = await pulled(context, kind);
      return {
        outcome: image.id === before?.id ? 'cached' : 'built',
        detail: { key: 'detail.pulled', id: shortId(image.id) },
      };
    }
    case 'debian':
      return fromDebian(context, kind);
    default:
      return unreachable(config.base);
  }
}
