/** The recipe of each image: Dockerfile, payload and fingerprint. Pure, except that it reads the Dockerfile. */
import { join } from 'node:path';
import type { Phrase } from '../core/phrase.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { FabricSource } from '../fabric/source.ts';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';
import type { BuildOutputs } from './build-outputs.ts';
import { dockerfileOf } from './dockerfiles.ts';
import { type Fingerprint, imageFingerprint } from './fingerprint.ts';
import { programsIn } from './image-programs.ts';
import type { Chaintool, PayloadPaths } from './payload-files.ts';

/** Content of a node. Programs can be replaced in a running container, the rest cannot. */
export interface ImageContent {
  /** sha256 by name in `/usr/local/bin`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Hash of Dockerfile, base image and sampleconfig. */
  readonly rest: string;
}

export interface ImageRecipe {
  readonly dockerfile: string;
  /** Differences from the checkout's Dockerfile.in, with their reasons. */
  readonly adapted: readonly { readonly code: string; readonly message: Phrase }[];
  readonly fingerprint: Fingerprint;
  readonly content: ImageContent;
  /** Build context without the Dockerfile. The sampleconfig and goshim stages create the payload tars. */
  readonly context: () => Promise<readonly TarEntry[]>;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

export function imageRef(settings: BuildSettings, name: ImageName, tag: string): string {
  return `${settings.dockerNs}/fabric-${name}:${tag}`;
}

/** Returns every reference of the image, most specific first. */
export function imageRefs(settings: BuildSettings, name: ImageName): string[] {
  return settings.release.imageTags(settings).map((tag) => imageRef(settings, name, tag));
}

/** Returns the project's own image for a role of chaincode builds. */
export function chaincodeImage(settings: BuildSettings, role: 'builder' | 'runtime'): string {
  if (role === 'builder') return primaryRef(settings, 'ccenv');
  return settings.release.imagesBuilt.includes('baseos')
    ? primaryRef(settings, 'baseos')
    : settings.runtimeImage;
}

export function primaryRef(settings: BuildSettings, name: ImageName): string {
  const first = imageRefs(settings, name)[0];
  if (!first) throw new Error(`release ${settings.release.id} has no tag`);
  return first;
}

/** Returns a hash of the shim's files, from the content ids of the source tree. */
function goshimId(tree: SourceTree, outputs: BuildOutputs): string {
  const listed = new Set(outputs.goshim.map((path) => path.replace('github.com/hyperledger/fabric/', '')));
  return fingerprintOf(tree, (path) => listed.has(path));
}

/** Returns the recipe of an image without its programs. */
async function recipeBase(
  name: ImageName,
  { source, settings, baseId, chaintool }: RecipeInput,
): Promise<{ dockerfile: string; adapted: ImageRecipe['adapted']; sampleconfig: string; rest: string }> {
  const { text: dockerfile, adapted } = await dockerfileOf(
    name,
    source.dir,
    settings,
    chaintool !== undefined,
  );
  const sampleconfig = fingerprintOf(source.tree, (path) => path.startsWith('sampleconfig/'));
  const rest = imageFingerprint(dockerfile, baseId, hasSampleconfig(name) ? [sampleconfig] : []);
  return { dockerfile, adapted, sampleconfig, rest };
}

export interface RecipeInput {
  readonly source: FabricSource;
  readonly settings: BuildSettings;
  readonly baseId: string;
  readonly chaintool: Chaintool | undefined;
}

/**
 * Returns the content that a node of this image should have.
 * @param outputs without them the programs are unknown
 */
export async function wantedContent(
  name: ImageName,
  input: RecipeInput & { readonly outputs: BuildOutputs | undefined },
): Promise<Partial<ImageContent> & Pick<ImageContent, 'rest'>> {
  const { rest } = await recipeBase(name, input);
  return { rest, programs: input.outputs && programsOf(name, input.settings.release, input.outputs) };
}

/** Whether the image contains sampleconfig. */
function hasSampleconfig(name: ImageName): boolean {
  return name === 'peer' || name === 'orderer' || name === 'tools';
}

function programsOf(name: ImageName, release: Release, outputs: BuildOutputs): Record<string, string> {
  return Object.fromEntries(
    programsIn(name, release).map((program) => {
      const binary = outputs.binaries[program];
      if (!binary) throw new Error(`the outputs have no ${program}`);
      return [program, binary.sha256];
    }),
  );
}

/** @param payload paths of the tars of the sampleconfig and goshim stages */
export async function imageRecipe(
  name: ImageName,
  input: RecipeInput & {
    readonly outputs: BuildOutputs;
    readonly payload: Pick<PayloadPaths, 'sampleconfig' | 'goshim' | 'gocache'>;
  },
): Promise<ImageRecipe> {
  const { source, outputs, chaintool } = input;
  const { dockerfile, adapted, sampleconfig, rest } = await recipeBase(name, input);
  const programs = programsOf(name, source.release, outputs);
  const content: string[] = [];
  const context: TarEntry[] = [];
  const add = (file: string, from: string, id: string, mode: number) => {
    context.push({ name: `payload/${file}`, content: { file: from }, mode });
    content.push(`${file}=${id}`);
  };
  for (const [program, sha256] of Object.entries(programs)) {
    add(program, join(outputs.dir, program), sha256, 0o755);
  }
  if (name === 'ccenv') {
    const id = goshimId(source.tree, outputs);
    if (source.release.goshimScript !== undefined) add('goshim.tar.bz2', input.payload.goshim, id, 0o644);
    // Identified by the shim, because the cache's bytes differ each time.
    add('gocache.tar', input.payload.gocache, id, 0o644);
    if (chaintool) add('chaintool', chaintool.file, chaintool.sha256, 0o755);
  }
  if (hasSampleconfig(name)) {
    add('sampleconfig.tar.bz2', input.payload.sampleconfig, sampleconfig, 0o644);
  }
  return {
    dockerfile,
    adapted,
    fingerprint: imageFingerprint(dockerfile, input.baseId, content),
    content: { programs, rest },
    context: async () => context,
  };
}
