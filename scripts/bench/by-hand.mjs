/** Fabric's build by hand: one `docker run … go install` after another, as its Makefile prints them, then `docker build`. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OWN } from './names.mjs';

const GOPATH = '/opt/gopath';
const MODULE = 'github.com/hyperledger/fabric';
const TREE = `${GOPATH}/src/${MODULE}`;
const PROTOC_GEN_GO = 'vendor/github.com/golang/protobuf/protoc-gen-go';

/** What each image carries besides programs. */
const ARCHIVES = { ccenv: 'goshim', peer: 'sampleconfig', orderer: 'sampleconfig', tools: 'sampleconfig' };

/** From 1.2 on the checkout's own compiles a second time and asks the internet for jq: nothing to compare with. */
const tools = (programs) => `FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_
ENV FABRIC_CFG_PATH /etc/hyperledger/fabric
COPY ${programs.map((program) => `payload/${program}`).join(' ')} /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH
VOLUME /etc/hyperledger/fabric
`;

/**
 * A Dockerfile.in as the Makefile fills it in, without chaintool and without npm, as ours is.
 * @param template the text of `images/<name>/Dockerfile.in`
 * @param bases `builder` and `runtime` image references
 * @param programs those of the image
 */
export function dockerfile(name, template, bases, programs) {
  return (name === 'tools' ? tools(programs) : template)
    .replace(/_BASE_NS_\/fabric-baseimage:_BASE_TAG_/g, bases.builder)
    .replace(/_BASE_NS_\/fabric-baseos:_BASE_TAG_/g, bases.runtime)
    .replace(/payload\/chaintool\s+/, '')
    .replace(/^RUN npm .*\n/gm, '');
}

/** `go install` in the builder image. `bin`, `pkg`, `goCache`: folders; without the last the build cache is lost. */
export function goInstall(ground, { builder, settings, program, bin, pkg, goCache }) {
  const { run, product, source } = ground;
  const path = program === 'protoc-gen-go' ? PROTOC_GEN_GO : settings.release.programs[program];
  const volumes = [
    `${source.dir}:${TREE}`,
    `${bin}:${GOPATH}/bin`,
    ...(pkg === undefined ? [] : [`${pkg}:${GOPATH}/pkg`]),
    ...(goCache === undefined ? [] : [`${goCache}:/cache`]),
  ];
  return run('docker', [
    ...dockerRun(volumes, { GOCACHE: goCache === undefined ? '/tmp/go-build' : '/cache/go-build' }),
    builder,
    ...[
      'go',
      'install',
      '-tags',
      settings.goTags,
      '-ldflags',
      product.ldflagsText(settings),
      `${MODULE}/${path}`,
    ],
  ]);
}

/** With what today's Go needs to know of a tree in GOPATH; as us, so that what it leaves is ours. */
function dockerRun(volumes, env = {}) {
  const all = { GOPATH, GO111MODULE: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', HOME: '/tmp', ...env };
  return [
    ...[
      'run',
      '--rm',
      '--label',
      OWN,
      '--user',
      `${process.getuid()}:${process.getgid()}`,
      '--workdir',
      TREE,
    ],
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...Object.entries(all).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ];
}

/** The list of the shim's files and the two tars, which the Makefile makes one after another. */
const TARS = `
set -e
bash "$1" ${MODULE}/core/chaincode/shim | sed "s,^$GOPATH/src/,," > /tmp/goshim.list
tar -jhcf /out/goshim.tar.bz2 -C "$GOPATH/src" -T /tmp/goshim.list
cd sampleconfig
tar -jcf /out/sampleconfig.tar.bz2 *
`;

/**
 * All four images from nothing.
 * @param options `dir`, a new folder; `namespace` for the images; `bases`; `sharedCache`: a folder in which the
 *   runs keep one Go build cache, or none
 * @returns `{seconds, parts}`
 */
export async function buildByHand(ground, { dir, namespace, bases, sharedCache }) {
  const { run, source, product } = ground;
  const settings = ground.settingsFor(namespace);
  const parts = [];
  const timed = async (what, make) => {
    const startedAt = performance.now();
    await make();
    parts.push({ what, seconds: (performance.now() - startedAt) / 1000 });
  };
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  const programsOf = (name) => product.programsIn(name, settings.release);
  for (const program of new Set(Object.keys(ARCHIVES).flatMap(programsOf))) {
    const pkg = join(dir, program, 'pkg');
    await mkdir(pkg, { recursive: true });
    await timed(`go install ${program}`, () =>
      goInstall(ground, { builder: bases.builder, settings, program, bin, pkg, goCache: sharedCache }),
    );
  }
  await timed('tars', () =>
    run('docker', [
      ...dockerRun([`${source.dir}:${TREE}`, `${dir}:/out`]),
      bases.builder,
      ...['sh', '-c', TARS, 'tars', settings.release.goshimScript],
    ]),
  );
  for (const name of Object.keys(ARCHIVES)) {
    await timed(`docker build ${name}`, async () => {
      const context = join(dir, 'image', name);
      await mkdir(join(context, 'payload'), { recursive: true });
      const template = await readFile(join(source.dir, 'images', name, 'Dockerfile.in'), 'utf8');
      await writeFile(join(context, 'Dockerfile'), dockerfile(name, template, bases, programsOf(name)));
      const archive = `${ARCHIVES[name]}.tar.bz2`;
      await cp(join(dir, archive), join(context, 'payload', archive));
      for (const program of programsOf(name)) await cp(join(bin, program), join(context, 'payload', program));
      const tag = `${namespace}/by-hand-${name}:${basename(dir)}`;
      await run('docker', ['build', '--quiet', '--tag', tag, context]);
    });
  }
  return { seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0), parts };
}
