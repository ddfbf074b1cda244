/** Compiles all programs of a release with one `go install` in the builder image, and copies the binaries out. */
import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import { extractTar } from '../engine/tar-context.ts';
import { ldflagsText } from '../fabric/ldflags.ts';
import type { Release } from '../fabric/release.ts';
import { readSourceTree, type SourceTree } from '../fabric/source-tree.ts';
import { buildDir } from '../host/state-folder.ts';
import { type BuildManifest, cachedBinaries, cachedShim, shimFolders } from '../images/build-outputs.ts';
import { compileErrors } from '../images/compile-errors.ts';
import { GOPATH, runInBuilder } from './go-builder.ts';

/** Package of the protocol buffer plugin, in every source tree whose ccenv has the shim. */
const PROTOC_GEN_GO = 'vendor/github.com/golang/protobuf/protoc-gen-go';
const TOTAL = '##packages ';
const BINARY = '##binary ';
const GO = '##go ';
const SHIM_FILE = '##shim ';

/**
 * Script that compiles all programs with one `go install`, so that shared packages are compiled once. Binaries stay
 * in the cache volume: go does not link unchanged programs again, and its build id shows which ones changed.
 * Informational steps (number of packages, files of the shim) run in parallel at low priority. The number of packages
 * is known for the first compile only: go reports every package of a filled build cache as stale. Temporary files are
 * in the same folder as the binaries, so that go renames instead of copying: an interrupted copy would look complete.
 * $1 ldflags, $2 tags, $3 GOBIN, $4 what lists the files that chaincode is compiled with: the release's own script,
 * `packages`, or empty, $5 import path of the shim, $6 number of parallel compiles, $7 … packages
 */
const SCRIPT = `
set -eu
ldflags=$1 tags=$2 list=$4 shim=$5 jobs=$6
export GOBIN="$3" GOTMPDIR="$3/.tmp"
shift 6
echo "${GO}$(go version)"
rm -rf "$GOTMPDIR"
mkdir -p "$GOTMPDIR"
if [ ! -e "$GOBIN/.installed" ]; then
  (nice -n 19 go list -deps -tags "$tags" -f '{{if .Stale}}x{{end}}' "$@" | grep -c x | sed 's/^/${TOTAL}/') &
fi
# Git does not read a checkout of another owner, and go asks git about modules. Before 1.18 go has no such flag.
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

interface LinkedBinary {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly buildId: string;
}

/** Result of one `go install`: the binaries are in the target folder. */
export interface Installed extends Omit<BuildManifest, 'fingerprint'> {
  /** The source as it was when go ended. */
  readonly after: SourceTree;
  /** `go1.19.8` */
  readonly go: string | undefined;
}

/** Reads the script's output line by line: markers become facts and progress, everything else is log. */
class InstallOutput {
  readonly linked: LinkedBinary[] = [];
  readonly shimFiles: string[] = [];
  go: string | undefined;
  readonly #report: StageContext['report'];
  readonly #modulePath: string;
  readonly #programs: number;
  /** Number of packages to compile; 0 if it is not known. */
  #total = 0;
  #done = 0;

  constructor(report: StageContext['report'], modulePath: string, programs: number) {
    this.#report = report;
    this.#modulePath = modulePath;
    this.#programs = programs;
  }

  readonly onLine = (line: string): void => {
    if (line.startsWith(TOTAL)) this.#totalKnown(Number(line.slice(TOTAL.length)));
    else if (line.startsWith(GO)) this.go = /^go version (\S+)/.exec(line.slice(GO.length))?.[1];
    else if (line.startsWith(SHIM_FILE)) this.#shimListed(line.slice(SHIM_FILE.length));
    else if (line.startsWith(BINARY)) this.#binaryLinked(line.slice(BINARY.length));
    else this.#logLine(line);
  };

  /** Files are read on the host by this list, so a name in the checkout must not be able to lead out of it. */
  #shimListed(path: string): void {
    const file = path.replace(`${GOPATH}/src/`, '');
    if (file.startsWith(`${this.#modulePath}/`) && posix.normalize(file) === file) this.shimFiles.push(file);
  }

  #totalKnown(stale: number): void {
    // The count runs beside the compile, so packages compiled meanwhile are no longer stale.
    this.#total = stale + this.#done;
    if (this.#total > 0) this.#report.progress(this.#done, this.#total, 'packages');
  }

  #binaryLinked(text: string): void {
    const [name = '', size, buildId = ''] = text.split(' ');
    this.linked.push({ name, size: Number(size), buildId });
    if (this.#total === 0) this.#report.progress(this.linked.length, this.#programs, 'programs', name);
  }

  #logLine(line: string): void {
    this.#report.log(line);
    if (!/^[\w.]+(\/[\w.@-]+)*$/.test(line)) return;
    this.#done += 1;
    const total = this.#total && Math.max(this.#done, this.#total);
    this.#report.progress(this.#done, total, 'packages', line.replace(`${this.#modulePath}/`, ''));
  }
}

/** Import path of the shim for `go list`: without modules a vendored package is named by its place. */
function shimPackage({ shim, goshimScript, goMode, modulePath }: Release): string {
  return goshimScript === undefined && goMode === 'gopath' ? `${modulePath}/vendor/${shim.shim}` : shim.shim;
}

/** Packages of all programs, relative to the module. */
function packagesOf({ programs, goshimScript }: Release): readonly string[] {
  return [
    ...Object.values(programs).filter((path) => path !== undefined),
    ...(goshimScript === undefined ? [] : [PROTOC_GEN_GO]),
  ];
}

/**
 * Runs `go install` of all programs and copies the binaries out that no earlier compile has left here.
 * @param target folder for the binaries
 * @param take puts a binary that is on disk already in its place in `target`
 * @throws WizardFailure `command`, with the compile errors
 */
export async function installPrograms(
  context: StageContext,
  link: 'static' | 'dynamic',
  target: string,
  take: (held: string, place: string) => Promise<void>,
): Promise<Installed> {
  const { settings, source, config, report } = context;
  const { release, goTags } = settings;
  const packages = packagesOf(release);
  const ldflags = ldflagsText({ ...settings, link });
  const bin = `/cache/bin/${context.project}-${release.id}-${link}`;
  const listed = await cachedShim(buildDir(context.stateDir), source.tree, release.modulePath);
  const output = new InstallOutput(report, release.modulePath, packages.length);
  const command = [
    'go',
    'install',
    '-v',
    '-tags',
    goTags,
    '-ldflags',
    ldflags,
    ...packages.map((path) => `./${path}`),
  ];
  return runInBuilder(
    context,
    {
      script: SCRIPT,
      args: [
        ldflags,
        goTags,
        bin,
        listed ? '' : (release.goshimScript ?? 'packages'),
        shimPackage(release),
        String(config.jobs),
        ...packages.map((path) => `${release.modulePath}/${path}`),
      ],
      command,
      outputDir: target,
      onLine: output.onLine,
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0) {
        const tail = report.tail();
        throw new WizardFailure({
          kind: 'command',
          command: shellLine(command),
          where: { key: 'where.builder', image: settings.builderImage, dir: source.dir },
          exitCode,
          tail,
          compileErrors: compileErrors(tail),
          again: context.options.again,
        });
      }
      const goshim = [...(listed ?? []), ...output.shimFiles];
      const [after, binaries] = await Promise.all([
        readSourceTree(source.dir),
        copyOut(context, output.linked, { bin, target, take, archive }),
      ]);
      const [now, before] = [after, source.tree].map((tree) => shimFolders(tree, goshim, release.modulePath));
      // If files were edited during the compile, the list is unreliable; the next compile creates it again.
      const folders = now !== undefined && now === before ? now : '';
      return { binaries, goshim, shimFolders: folders, after, go: output.go };
    },
  );
}

/** Fills the target folder. @returns the manifest's entry of each binary */
async function copyOut(
  { stateDir }: StageContext,
  linked: readonly LinkedBinary[],
  places: {
    readonly bin: string;
    readonly target: string;
    readonly take: (held: string, place: string) => Promise<void>;
    readonly archive: (path: string) => Promise<NodeJS.ReadableStream>;
  },
): Promise<BuildManifest['binaries']> {
  const { bin, target, take, archive } = places;
  await mkdir(target, { recursive: true });
  const held = await cachedBinaries(buildDir(stateDir));
  const entries = linked.map(async ({ name, size, buildId }) => {
    const same = held.get(buildId);
    if (same) {
      await take(same.path, join(target, name));
      return [name, { sha256: same.sha256, size, buildId }] as const;
    }
    const [file] = await extractTar(await archive(`${bin}/${name}`), target, { strip: 0 });
    if (file?.size !== size) throw new Error(`${name} changed while it was being read`);
    return [name, { sha256: file.sha256, size, buildId }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
