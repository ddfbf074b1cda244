/** What each image is made of: Dockerfile text, payload and fingerprint. Pure but for reading the template. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildSettings } from '../choices/settings.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ImageName } from '../fabric/fabric-line.ts';
import type { FabricSource } from '../fabric/source.ts';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';
import type { Phrase } from '../run/phrase.ts';
import type { BuildOutputs } from './build-outputs.ts';
import { type Fingerprint, imageFingerprint } from './fingerprint.ts';
import type { PayloadPaths } from './payload-files.ts';

/** Which base image each stands on. */
export const IMAGE_BASE: Record<ImageName, 'builder' | 'runtime'> = {
  ccenv: 'builder',
  tools: 'builder',
  peer: 'runtime',
  orderer: 'runtime',
};

/** The programs under `/usr/local/bin` of each. */
export const BINARIES: Record<ImageName, readonly string[]> = {
  ccenv: ['protoc-gen-go'],
  peer: ['peer'],
  orderer: ['orderer'],
  tools: ['cryptogen', 'configtxgen', 'configtxlator', 'peer'],
};

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
  /** The build context. Payload tars are made by the sampleconfig and goshim stages. */
  readonly context: readonly TarEntry[];
}

export function imageRef(settings: BuildSettings, name: ImageName, tag: string): string {
  return `${settings.dockerNs}/fabric-${name}:${tag}`;
}

/** Every reference that the image gets, the most specific first. */
export function imageRefs(settings: BuildSettings, name: ImageName): string[] {
  return settings.line.imageTags(settings).map((tag) => imageRef(settings, name, tag));
}

export function primaryRef(settings: BuildSettings, name: ImageName): string {
  const first = imageRefs(settings, name)[0];
  if (!first) throw new Error(`line ${settings.line.id} has no tag`);
  return first;
}

/** The sed line of Fabric's Makefile: order matters, `_NS_` is a part of `_BASE_NS_`. */
function fillPlaceholders(template: string, settings: BuildSettings): string {
  const cut = settings.builderImage.lastIndexOf(':');
  return template
    .replaceAll('_BASE_NS_', settings.baseDockerNs)
    .replaceAll('_NS_', settings.dockerNs)
    .replaceAll('_BASE_TAG_', settings.builderImage.slice(cut + 1))
    .replaceAll('_TAG_', settings.line.imageTags(settings)[0] ?? settings.version);
}

function labelLines(settings: BuildSettings): string {
  const label = settings.dockerLabel;
  return `LABEL ${label}.version=${settings.version} \\\n      ${label}.base.version=${settings.baseVersion}\n`;
}

/** For lines whose own tools Dockerfile compiles again and asks the internet. VOLUME last: what follows it is lost. */
const OUR_TOOLS = `FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_
ENV FABRIC_CFG_PATH /etc/hyperledger/fabric
COPY payload/cryptogen payload/configtxgen payload/configtxlator payload/peer /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH
VOLUME /etc/hyperledger/fabric
`;

/**
 * A chaincode's first compile is 25 seconds with an empty cache, and each peer's builder container starts
 * with the image's. The variable says where it is whatever the base image says (some say `off`).
 */
const WARM_CACHE = `ADD payload/gocache.tar /root/.cache/go-build/
ENV GOCACHE /root/.cache/go-build
`;

const RUN_NPM = /^RUN npm /m;

async function template(
  name: ImageName,
  source: FabricSource,
  chaintool: Chaintool | undefined,
): Promise<{ text: string; adapted: { code: string; message: Phrase }[] }> {
  const offline = source.line.dockerfileNeedsInternet;
  if (name === 'tools' && offline.tools) {
    return {
      text: OUR_TOOLS,
      adapted: [
        {
          code: 'tools-ours',
          message: { say: 'warning.own-tools' },
        },
      ],
    };
  }
  let text = await readFile(join(source.dir, 'images', name, 'Dockerfile.in'), 'utf8');
  const adapted: { code: string; message: Phrase }[] = [];
  if (name === 'ccenv') {
    if (!chaintool) {
      text = text.replace(/payload\/chaintool\s+/, '');
      adapted.push({
        code: 'no-chaintool',
        message: { say: 'warning.no-chaintool' },
      });
    }
    if (offline.ccenv && RUN_NPM.test(text)) {
      text = text
        .split('\n')
        .filter((line) => !RUN_NPM.test(line))
        .join('\n');
      adapted.push({
        code: 'ccenv-no-npm',
        message: { say: 'warning.no-npm' },
      });
    }
    text = `${text.trimEnd()}\n${WARM_CACHE}`;
  }
  return { text, adapted };
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
  const { text, adapted } = await template(name, source, chaintool);
  const dockerfile = `${fillPlaceholders(text, settings).trimEnd()}\n${labelLines(settings)}`;
  const sampleconfig = fingerprintOf(source.tree, (path) => path.startsWith('sampleconfig/'));
  const rest = imageFingerprint(dockerfile, baseId, name === 'ccenv' ? [] : [sampleconfig]);
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
  return { rest, programs: input.outputs && programsOf(name, input.outputs) };
}

function programsOf(name: ImageName, outputs: BuildOutputs): Record<string, string> {
  return Object.fromEntries(
    BINARIES[name].map((binary) => {
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
  const programs = programsOf(name, outputs);
  const content: string[] = [];
  const context: TarEntry[] = [{ name: 'Dockerfile', content: dockerfile }];
  const add = (file: string, from: string, id: string, mode: number) => {
    context.push({ name: `payload/${file}`, content: { file: from }, mode });
    content.push(`${file}=${id}`);
  };
  for (const [program, sha256] of Object.entries(programs)) {
    add(program, join(outputs.dir, program), sha256, 0o755);
  }
  if (name === 'ccenv') {
    const id = goshimId(source.tree, outputs);
    add('goshim.tar.bz2', input.payload.goshim, id, 0o644);
    // Made of the same files by the base image's Go, and never twice the same bytes.
    add('gocache.tar', input.payload.gocache, id, 0o644);
    if (chaintool) add('chaintool', chaintool.file, chaintool.sha256, 0o755);
  } else {
    add('sampleconfig.tar.bz2', input.payload.sampleconfig, sampleconfig, 0o644);
  }
  return {
    dockerfile,
    adapted,
    fingerprint: imageFingerprint(dockerfile, input.baseId, content),
    content: { programs, rest },
    context,
  };
}
