/** Compiles Fabric CA in the builder image, and makes the image of the CAs. The checkout is mounted read-only. */
import { basename } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import { type LoadedEntry, unpackTar } from '../engine/tar-context.ts';
import type { CaSource } from '../fabric/ca-source.ts';
import { compareVersions } from '../fabric/versions.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { type CaImage, caDockerfile, caFingerprint } from '../images/ca-image.ts';
import { CA_PORT, CA_PROGRAMS, SQLITE_HEADER } from '../images/ca-layout.ts';
import { compileErrors } from '../images/compile-errors.ts';
import { imageWithPackages } from '../images/debian-images.ts';
import { requireImage } from '../images/require-image.ts';
import { baseBuilderStage, baseRuntimeStage } from './base-images.ts';
import { FASTER_COMPILER, GOPATH, goMode, runInBuilderAt } from './go-builder.ts';
import { failImage } from './image-layout.ts';
import { labelText } from './label-text.ts';
import { buildsImages } from './plan-scope.ts';
import { sourceStage } from './source.ts';

const MODULE = 'github.com/hyperledger/fabric-ca';
const OUTPUT = '/tmp/fabric-ca';
const GO = '##go ';
/** What the builder needs for a checkout without SQLite. The package has the static library too. */
const SQLITE_PACKAGE = 'libsqlite3-dev';
/** Build tag of go-sqlite3: SQLite of the system instead of the bundled one. */
const SQLITE_TAG = 'libsqlite3';
const EVERY_CORE = Number.POSITIVE_INFINITY;

/**
 * With the SQLite of the system, the static library is linked, so that the image of the CA needs none.
 * $1 ldflags, $2 tags, $3 number of parallel compiles, $4 folder for the programs, $5 … packages
 */
const SCRIPT = `
set -eu
ldflags=$1 tags=$2 jobs=$3
export GOBIN="$4"
shift 4
echo "${GO}$(go version)"
mkdir -p "$GOBIN"
if [ "$GO111MODULE" = on ] && go help build | grep -q buildvcs; then export GOFLAGS="$GOFLAGS -buildvcs=false"; fi
if [ -n "$tags" ]; then
  archive=$(find /usr/lib /usr/local/lib -name libsqlite3.a 2>/dev/null | head -n 1)
  mkdir -p /tmp/sqlite
  [ -z "$archive" ] || cp "$archive" /tmp/sqlite/
  export CGO_LDFLAGS="-L/tmp/sqlite -lsqlite3 -lm -ldl -lpthread"
fi
go install -p "$jobs" -v -tags "$tags" -ldflags "$ldflags" "$@"
`;

/** Returns the image to compile in, and the build tags. */
async function compilerOf(
  context: StageContext,
  builder: ImageInfo,
  { bundlesSqlite }: CaSource,
): Promise<{ readonly image: string; readonly tags: string }> {
  const { docker, settings, report, signal, sharedBuilds } = context;
  if (bundlesSqlite) return { image: builder.id, tags: '' };
  const tags = SQLITE_TAG;
  const hasSqlite = await docker.withCreated(builder.id, projectLabels(context), (files) =>
    files.has(SQLITE_HEADER),
  );
  if (hasSqlite) return { image: builder.id, tags };
  const from = { ref: settings.builderImage, id: builder.id };
  const options = { docker, goArch: settings.goArch, sharedBuilds };
  const image = await imageWithPackages(from, 'ca-builder', [SQLITE_PACKAGE], options, { ...report, signal });
  return { image, tags };
}

/** @returns the programs. @throws WizardFailure `command`, or `check` if the Go of the builder is too old; CancelledError */
async function compile(
  context: StageContext,
  { source }: CaImage,
  builder: ImageInfo,
): Promise<LoadedEntry[]> {
  const { settings, config, report, options } = context;
  const { image, tags } = await compilerOf(context, builder, source);
  const workdir = `${GOPATH}/src/${MODULE}`;
  const packages = CA_PROGRAMS.map((program) => `${MODULE}/cmd/${program}`);
  const ldflags = `-X ${MODULE}/lib/metadata.Version=${source.version}`;
  const command = ['go', 'install', '-tags', tags, '-ldflags', ldflags, ...packages];
  let go = '';
  return runInBuilderAt(
    context,
    {
      image,
      binds: [`${source.dir}:${workdir}:ro`],
      workdir,
      env: { ...goMode(source), ...FASTER_COMPILER },
    },
    {
      script: SCRIPT,
      args: [ldflags, tags, String(config.jobs), OUTPUT, ...packages],
      command,
      onLine: (line) => {
        if (line.startsWith(GO))
          go = /go(\d+(?:\.\d+)*)/.exec(line.slice(GO.length + 'go version'.length))?.[1] ?? '';
        else report.log(line);
      },
    },
    async ({ exitCode, archive }) => {
      if (exitCode === 0) return unpackTar(await archive(OUTPUT));
      if (go !== '' && compareVersions(go, source.goVersion) < 0)
        throw new WizardFailure({
          kind: 'check',
          what: { key: 'thing.ca-go', version: source.version, image: settings.builderImage },
          expected: { key: 'state.or-newer', version: source.goVersion },
          got: go,
        });
      throw new WizardFailure({
        kind: 'command',
        command: shellLine(command),
        where: { key: 'where.builder', image: settings.builderImage, dir: source.dir },
        exitCode,
        tail: report.tail(),
        compileErrors: compileErrors(report.tail()),
        again: options.again,
      });
    },
  );
}

async function build(
  context: StageContext,
  image: CaImage,
  { print, programs }: { readonly print: string; readonly programs: readonly LoadedEntry[] },
): Promise<void> {
  const { docker, settings, signal, report } = context;
  const labels = { ...projectLabels(context), [LABEL.fingerprint]: print, [LABEL.origin]: 'fabric-ca' };
  const payload = programs
    .filter(({ content }) => content.length > 0)
    .map(({ name, content }) => ({ name: `payload/${basename(name)}`, content, mode: 0o755 }));
  report.command(`${dockerCommand('build', '-t', image.ref, '-')} < context.tar`);
  const dockerfile = `${caDockerfile(settings)}LABEL ${labelText(labels)}\n`;
  await docker.buildImage([{ name: 'Dockerfile', content: dockerfile }, ...payload], {
    tag: image.ref,
    signal,
    onLine: report.log,
  });
}

/** Checks that the image has its programs, and that they run in it. @throws WizardFailure `check` */
async function checkImage(context: StageContext, { ref, source }: CaImage): Promise<ImageInfo> {
  const { docker, signal } = context;
  const image = await requireImage(docker, ref);
  const port = `${CA_PORT}/tcp`;
  if (!image.exposedPorts.includes(port))
    failImage(ref, { key: 'thing.ports' }, port, image.exposedPorts.join(', ') || { key: 'state.none' });
  const labels = projectLabels(context);
  for (const program of CA_PROGRAMS) {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    const cmd = [program, 'version'];
    await docker.runToEnd(
      { image: image.id, cmd, networkMode: 'none', labels, signal, onLine },
      async () => undefined,
    );
    const said = /Version: *(\S+)/.exec(lines.join('\n'))?.[1];
    if (said !== source.version)
      failImage(ref, shellLine(cmd), source.version, lines.at(-1) ?? { key: 'state.none' });
  }
  return image;
}

export const caStage = defineStage({
  id: 'ca',
  topic: {
    group: 'build-stages',
    aliases: ['fabric-ca', '--ca', 'fabric-ca-server', 'fabric-ca-client', 'certificate authority'],
    see: ['crypto', 'msp', 'compile'],
  },
  needs: [sourceStage, baseBuilderStage, baseRuntimeStage],
  isIncluded: (input) =>
    input.observed.ca !== undefined && (buildsImages(input) || input.goal.until === 'add'),
  decide: ({ observed: { ca }, goal, runs }) =>
    decideBy(
      [
        [goal.force, { key: 'cause.forced' }],
        [ca?.present === undefined, { key: 'cause.image-missing', image: 'ca' }],
        [runs(baseBuilderStage, baseRuntimeStage), { key: 'cause.image-after' }],
        [ca?.present?.fingerprint !== ca?.wanted, { key: 'cause.image-changed', image: 'ca' }],
      ],
      { key: 'cause.unchanged' },
    ),
  // Measured with 1.5.5 on two cores; with a filled Go cache it takes seconds.
  cost: () => ({ seconds: 120, cores: EVERY_CORE, memoryMb: 1100, engineBytes: 350e6 }),
  checks: ['ca', 'engine', 'context', 'architecture', 'go', 'disk', 'memory'],
  execute: async (context) => {
    const { docker, settings, ca, options } = context;
    if (!ca) throw new Error('the network has no CA');
    const builder = await requireImage(docker, settings.builderImage);
    const runtime = await requireImage(docker, settings.runtimeImage);
    const print = caFingerprint(ca, settings, { builder: builder.id, runtime: runtime.id });
    const present = await docker.inspectImage(ca.ref);
    const isCurrent = present?.labels[LABEL.fingerprint] === print && !options.force;
    if (!isCurrent) await build(context, ca, { print, programs: await compile(context, ca, builder) });
    const { id } = await checkImage(context, ca);
    return { outcome: isCurrent ? 'cached' : 'built', detail: `${ca.ref} ${shortId(id)}` };
  },
});
