import { copyFile, link as hardLink, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import { extractTar } from '../engine/tar-context.ts';
import { ldflagsText } from '../fabric/ldflags.ts';
import type { Release } from '../fabric/release.ts';
import { readSourceTree, type SourceTree } from '../fabric/source-tree.ts';
import { buildDir } from '../host/state-folder.ts';
import {
  type BuildManifest,
  heldBinaries,
  heldShim,
  MANIFEST,
  outputsDir,
  pruneOutputs,
  readOutputs,
  shimFolders,
} from '../images/build-outputs.ts';
import { compileErrors } from '../images/compile-errors.ts';
import { compileFingerprint, isCompiled } from '../images/fingerprint.ts';
import { goVersionsWith, STATE_KEYS } from '../journal/state-keys.ts';
import { GOPATH, runInBuilder } from './go-builder.ts';
import { requireImage } from './require-image.ts';

/** In every source tree whose ccenv has the shim. */
const PROTOC_GEN_GO = 'vendor/github.com/golang/protobuf/protoc-gen-go';
const STARTED = '##started';
const TOTAL = '##packages ';
const BINARY = '##binary ';
const GO = '##go ';
const SHIM_FILE = '##shim ';

/**
 * All programs in one `go install`, so that shared packages are compiled once. Binaries stay in the cache
 * volume: go then skips the link of what did not change, and its build id says what did. What only
 * informs (how much there is to do, the shim's files) runs beside it and gives way. How much there is to do
 * can be told of the first compile only: of a package in the build cache go always says that it is stale.
 * Temporary files are beside the binaries: then go renames one into its place, and else copies, and takes half a
 * copy for whole if it was killed.
 * $1 ldflags, $2 tags, $3 GOBIN, $4 what lists the files that chaincode is compiled with: the line's own script, or
 * `packages`, or nothing, $5 import path of the shim, $6 how much go does at once, $7 … packages
 */
const SCRIPT = `
set -eu
ldflags=$1 tags=$2 list=$4 shim=$5 jobs=$6
export GOBIN="$3" GOTMPDIR="$3/.tmp"
shift 6
echo "${STARTED}"
echo "${GO}$(go version)"
rm -rf "$GOTMPDIR"
mkdir -p "$GOTMPDIR"
if [ ! -e "$GOBIN/.installed" ]; then
  (nice -n 19 go list -deps -tags "$tags" -f '{{if .Stale}}x{{end}}' "$@" | grep -c x | sed 's/^/${TOTAL}/') &
fi
# A checkout of another owner is no repository to git, and of a module go asks it. Before 1.18 go knew no such flag.
if [ "$GO111MODULE" = on ] && go help build | grep -q buildvcs; then export GOFLAGS="$GOFLAGS -buildvcs=false"; fi
list_shim() {
  if [ "$list" != packages ]; then
    bash "$list" "$shim"
    return
  fi
  go list -deps -f '{{if not .Standard}}{{.Dir}}{{end}}' "$shim" > /tmp/folders
  while read -r folder; do find "$folder" -maxdepth 1 -type f ! -name '*_test.go'; done < /tmp/folders
}
if [ -n "$list" ]; then list_shim > /tmp/shim & shimlist=$!; fi
go install -p "$jobs" -v -tags "$tags" -ldflags "$ldflags" "$@"
touch "$GOBIN/.installed"
for program in "$@"; do
  name=\${program##*/}
  echo "${BINARY}$name $(stat -c %s "$GOBIN/$name") $(go tool buildid "$GOBIN/$name")"
done
if [ -n "$list" ]; then wait $shimlist; sed 's/^/${SHIM_FILE}/' /tmp/shim; fi
wait
`;

export interface CompileOptions {
  /** Also leave dynamically linked binaries here: what `make peer` gives. */
  readonly binariesDir?: string;
  /** Compile even where the results are there. */
  readonly force: boolean;
}

/** What one `go install` left: binaries in `target`, and what is known of them. */
interface Installed extends Omit<BuildManifest, 'fingerprint'> {
  /** The source as it was when go had ended. */
  readonly after: SourceTree;
  /** `go1.19.8` */
  readonly go: string | undefined;
}

/**
 * Runs `go install` of all programs and brings those binaries over that no earlier compile has left here.
 * @param take how a binary that is held comes to its place in `target`
 */
async function install(
  bench: RunContext,
  context: StageContext,
  link: 'static' | 'dynamic',
  target: string,
  take: (held: string, place: string) => Promise<void>,
): Promise<Installed> {
  const { settings, source, config } = bench;
  const { goshimScript, programs } = settings.release;
  const packages = [
    ...Object.values(programs).filter((path) => path !== undefined),
    ...(goshimScript === undefined ? [] : [PROTOC_GEN_GO]),
  ];
  const module = settings.release.modulePath;
  const ldflags = ldflagsText({ ...settings, link });
  const bin = `/cache/bin/${bench.project}-${settings.release.id}-${link}`;
  const linked: { name: string; size: number; buildId: string }[] = [];
  const listed = await heldShim(buildDir(bench.stateDir), source.tree, module);
  const goshim = [...(listed ?? [])];
  const tail: string[] = [];
  let total = 0;
  let done = 0;
  let go: string | undefined;
  const command = `go install -v -tags "${settings.goTags}" -ldflags "${ldflags}" ${packages.map((path) => `./${path}`).join(' ')}`;
  const onLine = (line: string) => {
    if (line === STARTED) {
      context.log(command);
      return;
    }
    if (line.startsWith(TOTAL)) {
      // Asked while the compile runs, so what was done meanwhile is no longer counted as stale.
      total = Number(line.slice(TOTAL.length)) + done;
      if (total > 0) context.progress(done, total, 'packages');
      return;
    }
    if (line.startsWith(GO)) {
      go = /^go version (\S+)/.exec(line.slice(GO.length))?.[1];
      return;
    }
    if (line.startsWith(SHIM_FILE)) {
      goshim.push(line.slice(SHIM_FILE.length).replace(`${GOPATH}/src/`, ''));
      return;
    }
    if (line.startsWith(BINARY)) {
      const [name = '', size, buildId = ''] = line.slice(BINARY.length).split(' ');
      linked.push({ name, size: Number(size), buildId });
      // Where go found every package compiled, or nobody knows how many there are.
      if (total === 0) context.progress(linked.length, packages.length, 'programs', name);
      return;
    }
    tail.push(line);
    if (tail.length > 60) tail.shift();
    context.log(line);
    if (/^[\w.]+(\/[\w.@-]+)*$/.test(line)) {
      done += 1;
      context.progress(done, total && Math.max(done, total), 'packages', line.replace(`${module}/`, ''));
    }
  };
  return runInBuilder(
    bench,
    {
      script: SCRIPT,
      args: [
        ldflags,
        settings.goTags,
        bin,
        listed ? '' : (goshimScript ?? 'packages'),
        shimPackage(settings.release),
        String(config.jobs),
        ...packages.map((path) => `${module}/${path}`),
      ],
      signal: context.signal,
      onLine,
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0) {
        throw new WizardFailure({
          kind: 'command',
          command,
          where: { key: 'where.builder', image: settings.builderImage, dir: source.dir },
          exitCode,
          tail,
          compileErrors: compileErrors(tail),
        });
      }
      await mkdir(target, { recursive: true });
      const held = await heldBinaries(buildDir(bench.stateDir));
      const bringOver = async ({ name, size, buildId }: (typeof linked)[number]) => {
        const place = join(target, name);
        const same = held.get(buildId);
        if (same) {
          await take(same.path, place);
          return [name, { sha256: same.sha256, size, buildId }] as const;
        }
        const [file] = await extractTar(await archive(`${bin}/${name}`), target, { strip: 0 });
        if (file?.size !== size) throw new Error(`${name} changed while it was being read`);
        return [name, { sha256: file.sha256, size, buildId }] as const;
      };
      const [after, brought] = await Promise.all([
        readSourceTree(source.dir),
        Promise.all(linked.map(bringOver)),
      ]);
      const binaries: BuildManifest['binaries'] = Object.fromEntries(brought);
      const [is, was] = [after, source.tree].map((tree) => shimFolders(tree, goshim, module));
      // Edited meanwhile, nobody knows what was listed: then the next compile lists it again.
      return { binaries, goshim, shimFolders: is !== undefined && is === was ? is : '', after, go };
    },
  );
}

/** Compiles every program of the line in one run of the builder image. The checkout is mounted read-only. */
export function compileStage(bench: RunContext, options: CompileOptions): StageExecutor {
  return async (context) => {
    const { settings, source, docker } = bench;
    const builder = await requireImage(docker, settings.builderImage);
    const fingerprint = compileFingerprint(source.tree, settings, builder.id);
    const dir = buildDir(bench.stateDir);
    const kept = await readOutputs(dir, fingerprint);
    if (kept && !options.binariesDir && !options.force) {
      bench.outputs = kept;
      return {
        outcome: 'cached',
        detail: { key: 'detail.binaries-kept', count: Object.keys(kept.binaries).length },
      };
    }
    const final = outputsDir(dir, fingerprint);
    const partial = `${final}.partial-${process.pid}`;
    await rm(partial, { recursive: true, force: true });
    try {
      const { after, go, ...installed } = await install(bench, context, settings.link, partial, hardLink);
      if (go !== undefined)
        await bench.journal.setFact(STATE_KEYS.goVersions.key, goVersionsWith(bench.journal, builder.id, go));
      if (options.binariesDir) {
        if (settings.release.pkcs11ByDefault && !settings.goTags.split(/[ ,]+/).includes('nopkcs11')) {
          context.warn('host-library', { key: 'warning.host-library' });
        }
        // docker-env.mk adds the link flags to the images' binaries only; `make peer` gives dynamic ones.
        await leaveBinaries(options.binariesDir, programsOf(settings.release), async (target) => {
          // Copies: what the user does to these must not reach what we build of.
          await install(bench, context, 'dynamic', target, copyFile);
        });
      }
      const edited = compileFingerprint(after, settings, builder.id) !== fingerprint;
      // Nobody knows which of the two was compiled: good enough to run, and never found again.
      const manifest: BuildManifest = { fingerprint: edited ? EDITED : fingerprint, ...installed };
      if (edited) {
        context.warn('source-edited', { key: 'warning.edited' });
        bench.source = { ...source, tree: asCompiled(source.tree, after) };
      }
      await writeFile(join(partial, MANIFEST), JSON.stringify(manifest, null, 1));
      await rm(final, { recursive: true, force: true });
      await rename(partial, final);
      bench.outputs = { ...manifest, dir: final };
      await pruneOutputs(dir, KEPT_OUTPUTS);
      return {
        outcome: 'built',
        detail: { key: 'detail.binaries', count: Object.keys(manifest.binaries).length },
      };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  };
}

/** As go lists it: without modules a vendored package is named by its place. */
function shimPackage({ shim, goshimScript, goMode, modulePath }: Release): string {
  return goshimScript === undefined && goMode === 'gopath' ? `${modulePath}/vendor/${shim.shim}` : shim.shim;
}

function programsOf({ programs }: Release): readonly string[] {
  return Object.entries(programs).flatMap(([name, path]) => (path === undefined ? [] : [name]));
}

/** In place of a fingerprint that was outdated when the compile had ended. */
const EDITED = 'edited';

/** What is identified by its files later on (the shim) must go by those of now; the rest was not looked at again. */
function asCompiled(before: SourceTree, after: SourceTree): SourceTree {
  const files = [
    ...[...before.files].filter(([path]) => !isCompiled(path)),
    ...[...after.files].filter(([path]) => isCompiled(path)),
  ];
  return { ...before, files: new Map(files) };
}

/** This one and those that a reverted edit, or a branch that is looked at in between, comes back to. */
const KEPT_OUTPUTS = 4;

/** Fills `dir` by way of a folder beside it, so that a cancelled run leaves the old binaries whole. */
async function leaveBinaries(
  dir: string,
  programs: readonly string[],
  fill: (target: string) => Promise<void>,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const staging = join(dir, `.partial-${process.pid}`);
  try {
    await fill(staging);
    for (const program of programs) await rename(join(staging, program), join(dir, program));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
