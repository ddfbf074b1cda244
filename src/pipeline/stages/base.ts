import type { StageContext, StageExecutor, StageResult } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import { missingInImage } from '../images/base-image-check.ts';
import { debianImage } from '../images/debian-images.ts';
import { pullImage } from './pull-image.ts';

export interface BaseImageSpec {
  /** `builder` compiles (fabric-baseimage), `runtime` carries what was compiled (fabric-baseos). */
  readonly kind: 'builder' | 'runtime';
  /** The name, with a tag, that this Fabric line asks for. */
  readonly ref: string;
  /** `--builder-image` or `--runtime-image`. */
  readonly userImage?: string;
  readonly mode: 'auto' | 'local' | 'pull' | 'debian';
  readonly docker: DockerPort;
  /** The project's, for the containers that look into a user's image. */
  readonly labels: Readonly<Record<string, string>>;
  readonly goArch: string;
  /** The oldest Go that compiles the source. */
  readonly goVersion: string;
  /** What is pulled, where it is not `ref` itself. */
  readonly pullFrom?: string;
  /** True where the line is built with PKCS#11 against libltdl. */
  readonly needsLtdl: boolean;
  /** A pull in which nothing moves for this long is given up. */
  readonly stallMs: number;
  /** A folder for temporary files. */
  readonly workDir: string;
}

function absent(ref: string): WizardFailure {
  return new WizardFailure({
    kind: 'base-image',
    ref,
    lacks: [],
    detail: { key: 'base.absent' },
  });
}

/** Points `ref` to an image; somebody else's image under that name keeps living, but is named in a warning. */
async function retag(image: ImageInfo, spec: BaseImageSpec, context: StageContext): Promise<boolean> {
  const before = await spec.docker.inspectImage(spec.ref);
  if (before?.id === image.id) return false;
  await spec.docker.tag(image.id, spec.ref);
  if (before && before.labels[LABEL.origin] === undefined) {
    context.warn('base-retagged', {
      key: 'warning.retagged',
      ref: spec.ref,
      command: `docker tag ${shortId(before.id)} ${spec.ref}`,
    });
  }
  return true;
}

async function fromUser(userImage: string, spec: BaseImageSpec, context: StageContext): Promise<StageResult> {
  const local = await spec.docker.inspectImage(userImage);
  if (!local && spec.mode === 'local') throw absent(userImage);
  const image = local ?? (await pullImage(userImage, spec, context));
  if (image.architecture !== spec.goArch) {
    throw new WizardFailure({
      kind: 'base-image',
      ref: userImage,
      lacks: [],
      detail: { key: 'base.other-architecture', is: image.architecture, arch: spec.goArch },
    });
  }
  const lacks = await missingInImage(spec.kind, image.id, { ...spec, signal: context.signal });
  if (lacks.length > 0) {
    const detail: Phrase = { key: `base.unfit-${spec.kind}` };
    throw new WizardFailure({ kind: 'base-image', ref: userImage, lacks, detail });
  }
  const tagged = await retag(image, spec, context);
  return { outcome: local && !tagged ? 'cached' : 'built', detail: `${userImage} (${shortId(image.id)})` };
}

async function fromDebian(spec: BaseImageSpec, context: StageContext): Promise<StageResult> {
  const { tag, built } = await debianImage(spec.kind, spec.ref, spec, context);
  const image = await spec.docker.inspectImage(tag);
  if (!image) throw absent(tag);
  const tagged = await retag(image, spec, context);
  return { outcome: built || tagged ? 'built' : 'cached', detail: `${tag} (${shortId(image.id)})` };
}

/** Pulls what is to be `ref`. */
async function pulled(spec: BaseImageSpec, context: StageContext): Promise<ImageInfo> {
  const image = await pullImage(spec.pullFrom ?? spec.ref, spec, context);
  if (spec.pullFrom !== undefined) await retag(image, spec, context);
  return image;
}

async function fromAnywhere(spec: BaseImageSpec, context: StageContext): Promise<StageResult> {
  const local = await spec.docker.inspectImage(spec.ref);
  if (local) return { outcome: 'cached', detail: shortId(local.id) };
  try {
    const image = await pulled(spec, context);
    return { outcome: 'built', detail: { key: 'detail.pulled', id: shortId(image.id) } };
  } catch (error) {
    if (!(error instanceof WizardFailure && error.failure.kind === 'pull')) throw error;
    const { problem, detail } = error.failure;
    context.warn('pull-failed', {
      key: 'warning.not-pulled',
      ref: spec.pullFrom ?? spec.ref,
      detail: `${problem}: ${detail}`,
    });
  }
  return fromDebian(spec, context);
}

/**
 * The executor of `base.builder` and `base.runtime`: afterwards `ref` names an image that Fabric's build can use.
 * It throws WizardFailure `base-image` (absent, or lacking something), `pull`, `tool-missing`, `command`, `image-build`.
 */
export function ensureBaseImage(spec: BaseImageSpec): StageExecutor {
  return async (context) => {
    if (spec.userImage && spec.userImage !== spec.ref) return fromUser(spec.userImage, spec, context);
    switch (spec.mode) {
      case 'auto':
        return fromAnywhere(spec, context);
      case 'local': {
        const local = await spec.docker.inspectImage(spec.ref);
        if (!local) throw absent(spec.ref);
        return { outcome: 'cached', detail: shortId(local.id) };
      }
      case 'pull': {
        const before = await spec.docker.inspectImage(spec.ref);
        const image = await pulled(spec, context);
        return {
          outcome: image.id === before?.id ? 'cached' : 'built',
          detail: { key: 'detail.pulled', id: shortId(image.id) },
        };
      }
      case 'debian':
        return fromDebian(spec, context);
      default:
        return unreachable(spec.mode);
    }
  };
}
