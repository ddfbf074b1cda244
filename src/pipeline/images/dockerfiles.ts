/** Generates each image's Dockerfile: the checkout's template with its placeholders filled in, or ours. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phrase } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { programsIn } from './image-programs.ts';

export interface Dockerfile {
  readonly text: string;
  /** Differences from the checkout's template, with their reasons. */
  readonly adapted: readonly { readonly code: string; readonly message: Phrase }[];
}

/** Does the same as sed in Fabric's Makefile. The order matters: `_BASE_NS_` contains `_NS_`. */
function fillPlaceholders(template: string, settings: BuildSettings): string {
  const cut = settings.builderImage.lastIndexOf(':');
  return template
    .replaceAll('_BASE_NS_', settings.baseDockerNs)
    .replaceAll('_NS_', settings.dockerNs)
    .replaceAll('_BASE_TAG_', settings.builderImage.slice(cut + 1))
    .replaceAll('_TAG_', settings.release.imageTags(settings)[0] ?? settings.version);
}

function labelLine(settings: BuildSettings): string {
  const label = settings.dockerLabel;
  return `LABEL ${label}.version=${settings.version} ${label}.base.version=${settings.baseVersion}\n`;
}

/** Returns a Dockerfile that more instructions can be added to: its last line is not continued. */
export function completed(dockerfile: string): string {
  const continued = /^\s*#\s*escape\s*=\s*`/i.test(dockerfile) ? /[`\s]+$/ : /[\\\s]+$/;
  return `${dockerfile.replace(continued, '')}\n`;
}

function toolsPayload(release: Release): string {
  return programsIn('tools', release)
    .map((program) => `payload/${program}`)
    .join(' ');
}

/**
 * For releases whose tools Dockerfile compiles and downloads. VOLUME is last, because later changes to the folder would be
 * discarded.
 */
function ourTools(release: Release): string {
  return `FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_
ENV FABRIC_CFG_PATH /etc/hyperledger/fabric
COPY ${toolsPayload(release)} /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH
VOLUME /etc/hyperledger/fabric
`;
}

/**
 * With an empty cache the first compile of a chaincode takes 25 seconds, and each peer's builder container starts with
 * the image's cache. GOCACHE overrides the base image's value, which may be `off`.
 */
const WARM_CACHE = `ADD payload/gocache.tar /root/.cache/go-build/
ENV GOCACHE /root/.cache/go-build
`;

const RUN_NPM = /^RUN npm /m;

async function template(
  name: ImageName,
  sourceDir: string,
  release: Release,
  chaintool: boolean,
): Promise<Dockerfile> {
  const offline = release.dockerfileNeedsInternet;
  if (name === 'tools' && offline.tools) {
    return {
      text: ourTools(release),
      adapted: [
        {
          code: 'tools-ours',
          message: { key: 'warning.own-tools' },
        },
      ],
    };
  }
  let text = await readFile(join(sourceDir, 'images', name, 'Dockerfile.in'), 'utf8');
  const adapted: Dockerfile['adapted'][number][] = [];
  if (name === 'ccenv') {
    if (!chaintool) {
      text = text.replace(/payload\/chaintool\s+/, '');
      adapted.push({
        code: 'no-chaintool',
        message: { key: 'warning.no-chaintool' },
      });
    }
    if (offline.ccenv && RUN_NPM.test(text)) {
      text = text
        .split('\n')
        .filter((line) => !RUN_NPM.test(line))
        .join('\n');
      adapted.push({
        code: 'ccenv-no-npm',
        message: { key: 'warning.no-npm' },
      });
    }
    text = `${completed(text)}${WARM_CACHE}`;
  }
  return { text, adapted };
}

/** User that compiles and runs chaincode from 2.0 on: 500:500, added without `adduser` so that any base image works. */
const CHAINCODE_USER = `RUN echo 'chaincode:x:500:' >> /etc/group \\
 && echo 'chaincode:x:500:500::/home/chaincode:/bin/sh' >> /etc/passwd \\
 && mkdir -p /home/chaincode/.cache \\
 && chown -R 500:500 /home/chaincode
`;

/** Returns a Dockerfile of ours: it copies compiled programs onto a base image. */
export function ourDockerfile(
  name: ImageName,
  { release, builderImage, runtimeImage, version }: BuildSettings,
): string {
  const from = (image: string) => `FROM ${image}\n`;
  // VOLUME is last, because later changes to the folder would be discarded.
  const node = (programs: string, volumes: readonly string[]) => `ENV FABRIC_CFG_PATH ${release.cfgPath}
${release.fabricVer ? `ENV FABRIC_VER ${version}\n` : ''}COPY ${programs} /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH/
RUN mkdir -p /var/hyperledger/production
${volumes.map((volume) => `VOLUME ${volume}\n`).join('')}`;
  const NODE_VOLUMES = ['/etc/hyperledger/fabric', '/var/hyperledger'];
  const command = (words: readonly string[]) => `CMD ${JSON.stringify(words)}\n`;
  switch (name) {
    case 'baseos':
      return `${from(runtimeImage)}${CHAINCODE_USER}USER chaincode\n`;
    case 'ccenv':
      return `${from(builderImage)}${CHAINCODE_USER}RUN mkdir -p /chaincode/input /chaincode/output && chown -R 500:500 /chaincode
ADD payload/gocache.tar /home/chaincode/.cache/go-build/
ENV GO111MODULE=auto GOPATH=/home/chaincode/go GOCACHE=/home/chaincode/.cache/go-build GOTOOLCHAIN=local
WORKDIR /home/chaincode
USER chaincode
`;
    case 'peer':
      return `${from(runtimeImage)}${node('payload/peer', NODE_VOLUMES)}EXPOSE 7051\n${command(['peer', 'node', 'start'])}`;
    case 'orderer':
      return `${from(runtimeImage)}${node('payload/orderer', NODE_VOLUMES)}EXPOSE 7050\n${command(release.ordererCommand)}`;
    case 'tools':
      return `${from(builderImage)}ENV GO111MODULE=auto\n${node(toolsPayload(release), release.toolsVolumes)}`;
    default:
      return unreachable(name);
  }
}

/**
 * @param sourceDir folder of the checkout
 * @param chaintool whether ccenv gets a chaintool
 */
export async function dockerfileOf(
  name: ImageName,
  sourceDir: string,
  settings: BuildSettings,
  chaintool: boolean,
): Promise<Dockerfile> {
  if (settings.release.baseImages === 'ours') return { text: ourDockerfile(name, settings), adapted: [] };
  const { text, adapted } = await template(name, sourceDir, settings.release, chaintool);
  return { text: `${completed(fillPlaceholders(text, settings))}${labelLine(settings)}`, adapted };
}
