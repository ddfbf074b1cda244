/** PURE: what a person types to do by hand what the stages of a build do. Results go to `by-hand/` and to tags of that name. */

import { ldflags, linkFlags } from '../fabric/ldflags.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { shellWord } from '../host/shell-text.ts';
import { ourDockerfile } from '../images/dockerfiles.ts';
import { programsIn } from '../images/image-programs.ts';
import type { ProjectInfo } from '../project/project-info.ts';
import {
  BY_HAND,
  BY_HAND_BIN,
  payloadFolder,
  programsFolder,
  templateValues,
} from '../project/template-values.ts';

/** Lines for a POSIX shell, to be typed in the run's folder, by topic. */
export type ByHand = Readonly<Record<string, readonly string[]>>;

const GOPATH = '/opt/gopath';
/** What the containers of these commands write belongs to who typed them. */
export const AS_ME = '-u "$(id -u):$(id -g)"';

function sourceOf(run: ProjectInfo): string {
  return shellWord(run.sourceDir ?? './fabric');
}

function readSource(run: ProjectInfo): string[] {
  if (run.sourceDir === undefined)
    return [`git clone --depth 1 --branch v${run.settings.version} https://github.com/hyperledger/fabric`];
  return [
    `grep -E '^(BASE_VERSION|BASEIMAGE_RELEASE).?=' ${sourceOf(run)}/Makefile`,
    ...(run.settings.commitSha === 'unknown' ? [] : [`git -C ${sourceOf(run)} status --short --branch`]),
  ];
}

function baseImage(ref: string, own: string | undefined): string {
  const image = `docker image inspect -f "{{.Id}}" ${ref}`;
  return own === undefined ? `${image} || docker pull ${ref}` : `docker tag ${own} ${ref}`;
}

/** `F`: the import path of the tree; `D`: its place in GOPATH. */
function treeNames({ settings: { release } }: ProjectInfo): string {
  return `F=${release.modulePath} D=${GOPATH}/src/$F`;
}

/** A run of the builder image on the checkout, where the checkout has its place in GOPATH. */
function inBuilder(run: ProjectInfo, more: string): string {
  // With braces: zsh takes `$D:r` for a modifier.
  const mode =
    run.settings.release.goMode === 'modules'
      ? '-e GO111MODULE=on -e GOFLAGS="-mod=vendor -buildvcs=false"'
      : '-e GO111MODULE=off';
  const place = `-v ${sourceOf(run)}:\${D}:ro -w $D -e GOPATH=${GOPATH} ${mode}`;
  return `docker run --rm ${more}${place} ${run.settings.builderImage}`;
}

function compile(run: ProjectInfo): string[] {
  const { settings } = run;
  const { release } = settings;
  const own = ldflags(settings)
    .filter((word) => word.startsWith(release.metadataPackage))
    .map((word) => `-X ${word.replace(release.metadataPackage, '$M')}`);
  const flags = [...own, linkFlags(settings.link)].filter(Boolean).join(' ');
  const programs = [
    ...Object.values(release.programs).filter((path) => path !== undefined),
    ...(release.goshimScript === undefined ? [] : ['vendor/github.com/golang/protobuf/protoc-gen-go']),
  ];
  // go makes the folder itself, and so it is ours.
  const where = `${AS_ME} -e HOME=/tmp -v "$PWD:/w" -e GOBIN=/w/${BY_HAND_BIN} `;
  return [
    `${treeNames(run)} M=${release.metadataPackage.replace(release.modulePath, '$F')}`,
    `${inBuilder(run, where)} go install -ldflags "${flags}" ${programs.map((path) => `./${path}`).join(' ')}`,
  ];
}

function goshim(run: ProjectInfo): string[] {
  if (run.settings.release.goshimScript === undefined) return [];
  const list = `bash scripts/goListFiles.sh $F/core/chaincode/shim | sed s,${GOPATH}/src/,,`;
  return [
    `mkdir -p ${BY_HAND}`,
    treeNames(run),
    `${inBuilder(run, '')} sh -c "${list} | tar -ch -C ${GOPATH}/src -T -" > ${BY_HAND}/goshim.tar.bz2`,
  ];
}

/** The Makefile's sed over the checkout's Dockerfile.in. */
function dockerfile(run: ProjectInfo, name: ImageName, folder: string): string {
  const { settings, config } = run;
  const tag = settings.builderImage.slice(settings.builderImage.lastIndexOf(':') + 1);
  const edits = [
    `s,_BASE_NS_,${settings.baseDockerNs},`,
    `s,_BASE_TAG_,${tag},`,
    ...(name === 'ccenv' && !config.chaintool ? ['s,payload/chaintool,,'] : []),
    ...(name === 'ccenv' && settings.release.dockerfileNeedsInternet.ccenv ? ['/^RUN.npm/d'] : []),
  ];
  const script = edits.map((edit) => `-e ${shellWord(edit)}`).join(' ');
  return `sed ${script} ${sourceOf(run)}/images/${name}/Dockerfile.in > ${folder}/Dockerfile`;
}

/** Of lines whose own Dockerfiles compile again and ask the internet for their tools. */
function ourImage(run: ProjectInfo, name: ImageName): string[] {
  const folder = `${BY_HAND}/${name}`;
  const programs = programsIn(name, run.settings.release).map(
    (program) => `${programsFolder(run)}/${program}`,
  );
  const tar = name === 'ccenv' ? 'gocache.tar' : 'sampleconfig.tar.bz2';
  const payload = [...programs, ...(name === 'baseos' ? [] : [`${payloadFolder(run)}/${tar}`])];
  const text = ourDockerfile(name, run.settings).trimEnd().split('\n').map(shellWord).join(' ');
  return [
    `mkdir -p ${folder}/payload`,
    ...(payload.length > 0 ? [`cp ${payload.join(' ')} ${folder}/payload`] : []),
    `printf '%s\\n' ${text} > ${folder}/Dockerfile`,
    `docker build -t ${run.settings.dockerNs}/fabric-${name}:by-hand ${folder}`,
  ];
}

/** Our own, where the checkout's compiles again and asks the internet. */
function ourTools(run: ProjectInfo, folder: string): string {
  const lines = [
    `FROM ${run.settings.builderImage}`,
    'ENV FABRIC_CFG_PATH /etc/hyperledger/fabric',
    'COPY payload /usr/local/bin/',
    'ADD sampleconfig.tar.bz2 /etc/hyperledger/fabric/',
  ];
  return `{ ${lines.map((line) => `echo ${line};`).join(' ')} } > ${folder}/Dockerfile`;
}

/** The checkout's own Dockerfile, with the arguments that the Makefile gives, and ours behind the Go tags. */
function upstreamImage(run: ProjectInfo, name: ImageName): string[] {
  const args = Object.entries(run.upstream[name]?.buildArgs ?? {});
  const given = args.map(([key, value]) => ` --build-arg ${shellWord(`${key}=${value}`)}`).join('');
  const folder = `${sourceOf(run)}/images/${name}`;
  const context = name === 'baseos' || name === 'ccenv' ? folder : sourceOf(run);
  return [
    `docker build -f ${folder}/Dockerfile${given} -t ${run.settings.dockerNs}/fabric-${name}:by-hand ${context}`,
  ];
}

function upstreamBases({ upstream }: ProjectInfo): string[] {
  const refs = new Set(Object.values(upstream).flatMap(({ from }) => from));
  return [...refs].map((ref) => baseImage(ref, undefined));
}

function image(run: ProjectInfo, name: ImageName): string[] {
  const { settings, config } = run;
  if (run.upstream[name]) return upstreamImage(run, name);
  if (settings.release.baseImages === 'ours') return ourImage(run, name);
  const folder = `${BY_HAND}/${name}`;
  const ours = name === 'tools' && settings.release.dockerfileNeedsInternet.tools;
  const names = programsIn(name, settings.release);
  const from = names.length > 1 ? '$B' : programsFolder(run);
  const programs = names.map((program) => `${from}/${program}`);
  const tar = `${payloadFolder(run)}/${name === 'ccenv' ? 'goshim' : 'sampleconfig'}.tar.bz2`;
  const chaintool = name === 'ccenv' && config.chaintool ? [`${payloadFolder(run)}/chaintool`] : [];
  return [
    ...(from === '$B' ? [`B=${programsFolder(run)}`] : []),
    `mkdir -p ${folder}/payload`,
    `cp ${[...programs, ...chaintool, ...(ours ? [] : [tar])].join(' ')} ${folder}/payload`,
    ...(ours ? [`cp ${tar} ${folder}`, ourTools(run, folder)] : [dockerfile(run, name, folder)]),
    `docker build -t ${settings.dockerNs}/fabric-${name}:by-hand ${folder}`,
  ];
}

function chaintool({ config: { chaintool: from } }: ProjectInfo): string[] {
  if (from === undefined) return [];
  const fetch = /^https?:/.test(from) ? `curl -fLo ${BY_HAND}/chaintool` : 'cp';
  const target = fetch === 'cp' ? ` ${BY_HAND}/chaintool` : '';
  return [`mkdir -p ${BY_HAND}`, `${fetch} ${shellWord(from)}${target}`, `chmod +x ${BY_HAND}/chaintool`];
}

/** By topic. What only looks at an image needs the image to be there. */
export function byHandBuild(run: ProjectInfo): ByHand {
  const { settings, config } = run;
  const { build } = templateValues(run);
  return {
    source: readSource(run),
    'base.builder': [
      baseImage(settings.builderImage, config.builderImage),
      `docker run --rm ${settings.builderImage} go version`,
    ],
    'base.runtime': [baseImage(settings.runtimeImage, config.runtimeImage)],
    'base.upstream': upstreamBases(run),
    compile: compile(run),
    chaintool: chaintool(run),
    sampleconfig: [
      `mkdir -p ${BY_HAND}`,
      `(cd ${sourceOf(run)}/sampleconfig && tar -c *) > ${BY_HAND}/sampleconfig.tar.bz2`,
    ],
    goshim: goshim(run),
    ...Object.fromEntries(settings.release.imagesBuilt.map((name) => [`image.${name}`, image(run, name)])),
    images: [`docker image inspect -f "{{.Id}}" ${build.askedBuilder} ${build.askedRuntime}`],
    tags: [`docker image ls ${settings.dockerNs}/fabric-peer`],
    builds: [
      `docker events --since 30m --until 0s --filter type=container --filter image=${build.askedBuilder}`,
    ],
    'core.yaml': [
      `docker run --rm ${build.peerImage} grep -nE "builder:|runtime:" /etc/hyperledger/fabric/core.yaml`,
    ],
    CORE_CHAINCODE: [`docker image inspect -f "{{.Id}}" ${build.askedRuntime}`],
    '/usr/local/bin': [`docker run --rm ${build.toolsImage} ls -l /usr/local/bin`],
    '/opt/gopath': [
      `docker run --rm ${build.ccenvImage} ls ${GOPATH}/src/${settings.release.modulePath}/core/chaincode/shim`,
    ],
    '/chaincode': [`docker run --rm ${build.ccenvImage} ls -ld /chaincode/input /chaincode/output`],
  };
}
