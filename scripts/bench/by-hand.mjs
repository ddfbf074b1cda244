/** Builds Fabric with the commands of its Makefile: `docker run … go install` for each program, then `docker build`. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OWN } from './names.mjs';

const GOPATH = '/opt/gopath';
const MODULE = 'github.com/hyperledger/fabric';
const TREE = `${GOPATH}/src/${MODULE}`;
const PROTOC_GEN_GO = 'vendor/github.com/golang/protobuf/protoc-gen-go';

/** The archive in each image. */
const ARCHIVES = { ccenv: 'goshim', peer: 'sampleconfig', orderer: 'sampleconfig', tools: 'sampleconfig' };

/** The Dockerfile.in of Fabric 1.2 and later compiles a second time and downloads jq, so it is not comparable. */
const tools = (programs) => `FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_
ENV FABRIC_CFG_PATH /etc/hyperledger/fabric
COPY ${programs.map((program) => `payload/${program}`).join(' ')} /usr/local/bin/
ADD payload/sampleconfig.tar.bz2 $FABRIC_CFG_PATH
VOLUME /etc/hyperledger/fabric
`;

/**
 * Returns a Dockerfile.in with its variables replaced, without chaintool and npm, like the product.
 * @param template the text of `images/<name>/Dockerfile.in`
 * @param bases `builder` and `runtime` image references
 * @param programs of the image
 */
export function dockerfile(name, template, bases, programs) {
  return (name === 'tools' ? tools(programs) : template)
    .replace(/_BASE_NS_\/fabric-baseimage:_BASE_TAG_/g, bases.builder)
    .replace(/_BASE_NS_\/fabric-baseos:_BASE_TAG_/g, bases.runtime)
    .replace(/payload\/chaintool\s+/, '')
    .replace(/^RUN npm .*\n/gm, '');
}

/** Runs `go install` in the builder image. `bin`, `pkg` and `goCache` are folders; without `goCache` the cache is lost. */
export function goInstall(setup, { builder, settings, program, bin, pkg, goCache }) {
  const { run, product, source } = setup;
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

/** Arguments of `docker run` with the environment of a build in GOPATH. The current user owns the output. */
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

/** Creates the list of the files of the shim, and the two archives, one after another as the Makefile does. */
const TARS = `
set -e
bash "$1" ${MODULE}/core/chaincode/shim | sed "s,^$GOPATH/src/,," > /tmp/goshim.list
tar -jhcf /out/goshim.tar.bz2 -C "$GOPATH/src" -T /tmp/goshim.list
cd sampleconfig
tar -jcf /out/sampleconfig.tar.bz2 *
`;

/**
 * Builds images.
 * @param options `dir`: a new folder; `namespace` for the images; `bases`; `names` of the images, default: all four;
 *   `sharedCache`: a folder for one Go build cache of all programs; default: none
 * @returns `{seconds, parts}`
 */
export async function buildByHand(
  setup,
  { dir, namespace, bases, names = Object.keys(ARCHIVES), sharedCache },
) {
  const { run, source, product } = setup;
  const settings = setup.settingsFor(namespace);
  const parts = [];
  const timed = async (what, work) => {
    const startedAt = performance.now();
    await work();
    parts.push({ what, seconds: (performance.now() - startedAt) / 1000 });
  };
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  const programsOf = (name) => product.programsIn(name, settings.release);
  for (const program of new Set(names.flatMap(programsOf))) {
    const pkg = join(dir, program, 'pkg');
    await mkdir(pkg, { recursive: true });
    await timed(`go install ${program}`, () =>
      goInstall(setup, { builder: bases.builder, settings, program, bin, pkg, goCache: sharedCache }),
    );
  }
  await timed('tars', () =>
    run('docker', [
      ...dockerRun([`${source.dir}:${TREE}`, `${dir}:/out`]),
      bases.builder,
      ...['sh', '-c', TARS, 'tars', settings.release.goshimScript],
    ]),
  );
  for (const name of names) {
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
