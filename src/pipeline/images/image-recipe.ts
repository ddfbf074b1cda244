/** What each image is made of: Dockerfile text, payload and fingerprint. Pure but for reading a Dockerfile. */
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
import type { PayloadPaths } from './payload-files.ts';

export interface Chaintool {
  readonly file: string;
  readonly sha256: string;
}

/** What a node consists of: programs can be replaced in a running one, the rest can't. */
export interface ImageContent {
  /** sha256 by the name under `/usr/local/bin`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Of Dockerfile, base image and sampleconfig. */
  readonly rest: string;
}

export interface ImageRecipe {
  readonly dockerfile: string;
  /** Where the text differs from the checkout's own Dockerfile.in, and why. */
  readonly adapted: readonly { readonly code: string; readonly message: Phrase }[];
  readonly fingerprint: Fingerprint;
  readonly content: ImageContent;
  /** The build context but the Dockerfile. Payload tars are made by the sampleconfig and goshim stages. */
  readonly context: () => Promise<readonly TarEntry[]>;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

export function imageRef(settings: BuildSettings, name: ImageName, tag: string): string {
  return `${settings.dockerNs}/fabric-${name}:${tag}`;
}

/** Every reference that the image gets, the most specific first. */
export function imageRefs(settings: BuildSettings, name: ImageName): string[] {
  return settings.release.imageTags(settings).map((tag) => imageRef(settings, name, tag));
}

/** What we have made for the peers' chaincode: to compile in, and to run on. */
export function chaincodeImage(settings: BuildSettings, role: 'builder' | 'runtime'): string {
  if (role === 'builder') return primaryRef(settings, 'ccenv');
  return settings.release.imagesBuilt.includes('baseos')
    ? primaryRef(settings, 'baseos')
    : settings.runtimeImage;
}

export function primaryRef(settings: BuildSettings, name: ImageName): string {
  const first = imageRefs(settings, name)[0];
  if (!first) throw new Error(`line ${settings.release.id} has no tag`);
  return first;
}

/** Identity of the shim's files: the content ids that the source tree has already. */
function goshimId(tree: SourceTree, outputs: BuildOutputs): string {
  const listed = new Set(outputs.goshim.map((path) => path.replace('github.com/hyperledger/fabric/', '')));
  return fingerprintOf(tree, (path) => listed.has(path));
}

/** All of an image but its programs. */
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
 * What a node of this image should consist of.
 * @param outputs absent while nothing is compiled: then its programs are not known
 */
export async function wantedContent(
  name: ImageName,
  input: RecipeInput & { readonly outputs: BuildOutputs | undefined },
): Promise<Partial<ImageContent> & Pick<ImageContent, 'rest'>> {
  const { rest } = await recipeBase(name, input);
  return { rest, programs: input.outputs && programsOf(name, input.settings.release, input.outputs) };
}

/** Where an image has it, it is all of sampleconfig. */
function hasSampleconfig(name: ImageName): boolean {
  return name === 'peer' || name === 'orderer' || name === 'tools';
}

function programsOf(name: ImageName, line: Release, outputs: BuildOutputs): Record<string, string> {
  return Object.fromEntries(
    programsIn(name, line).map((binary) => {
      const made = outputs.binaries[binary];
      if (!made) throw new Error(`the compile stage left no ${binary}`);
      return [binary, made.sha256];
    }),
  );
}

/** @param payload where the sampleconfig and goshim stages put their tars */
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
    // Made of the same files by the base image's Go, and never twice the same bytes.
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
