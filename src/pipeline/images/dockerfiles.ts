/** The text of each image's Dockerfile: the checkout's own with its placeholders filled in, or ours. */
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
  /** Where it differs from the checkout's own, and why. */
  readonly adapted: readonly { readonly code: string; readonly message: Phrase }[];
}

/** The sed line of Fabric's Makefile: order matters, `_NS_` is a part of `_BASE_NS_`. */
function fillPlaceholders(template: string, settings: BuildSettings): string {
  const cut = settings.builderImage.lastIndexOf(':');
  return template
    .replaceAll('_BASE_NS_', settings.baseDockerNs)
    .replaceAll('_NS_', settings.dockerNs)
    .replaceAll('_BASE_TAG_', settings.builderImage.slice(cut + 1))
    .replaceAll('_TAG_', settings.release.imageTags(settings)[0] ?? settings.version);
}

function labelLines(settings: BuildSettings): string {
  const label = settings.dockerLabel;
  return `LABEL ${label}.version=${settings.version} \\\n      ${label}.base.version=${settings.baseVersion}\n`;
}

function toolsPayload(line: Release): string {
  return programsIn('tools', line)
    .map((program) => `payload/${program}`)
    .join(' ');
}

/** For lines whose own tools Dockerfile compiles again and asks the internet. VOLUME last: what follows it is lost. */
function ourTools(line: Release): string {
  return `FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_
ENV FABRIC_CFG_PATH /etc/hyperledger/fabric
COPY ${toolsPayload(line)} /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH
VOLUME /etc/hyperledger/fabric
`;
}

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
  sourceDir: string,
  line: Release,
  chaintool: boolean,
): Promise<Dockerfile> {
  const offline = line.dockerfileNeedsInternet;
  if (name === 'tools' && offline.tools) {
    return {
      text: ourTools(line),
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
    text = `${text.trimEnd()}\n${WARM_CACHE}`;
  }
  return { text, adapted };
}

/** Chaincode is compiled, and runs, as this user from 2.0 on: 500:500, written so that any base image takes it. */
const CHAINCODE_USER = `RUN echo 'chaincode:x:500:' >> /etc/group \\
 && echo 'chaincode:x:500:500::/home/chaincode:/bin/sh' >> /etc/passwd \\
 && mkdir -p /home/chaincode/.cache \\
 && chown -R 500:500 /home/chaincode
`;

/** On a builder and a runtime of ours, for programs that are compiled already. */
export function ourDockerfile(
  name: ImageName,
  { release, builderImage, runtimeImage, version }: BuildSettings,
): string {
  const from = (image: string) => `FROM ${image}\n`;
  // VOLUME last: what follows it is lost.
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
 * @param sourceDir the checkout
 * @param chaintool whether there is one to be put into ccenv
 */
export async function dockerfileOf(
  name: ImageName,
  sourceDir: string,
  settings: BuildSettings,
  chaintool: boolean,
): Promise<Dockerfile> {
  if (settings.release.baseImages === 'ours') return { text: ourDockerfile(name, settings), adapted: [] };
  const { text, adapted } = await template(name, sourceDir, settings.release, chaintool);
  return { text: `${fillPlaceholders(text, settings).trimEnd()}\n${labelLines(settings)}`, adapted };
}
