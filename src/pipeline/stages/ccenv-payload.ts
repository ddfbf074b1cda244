/**
 * What goes into ccenv beside programs: the shim's source, where the line's ccenv has it, and a Go build cache of
 * all that a chaincode's first compile would make, so that each of the peers' build containers starts with it.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import { extractTar, type TarEntry } from '../engine/tar-context.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { chaincodeSource, shippedChaincode } from './chaincode-source.ts';
import { GOPATH, runInBuilder } from './go-builder.ts';
import { isBuiltAlready } from './image.ts';

const WARMED = '##warmed ';
const OUT = '/fw/out';
const SHA256_OF_NOTHING = createHash('sha256').digest('hex');
/** Who compiles chaincode in lines whose ccenv does it as a user of its own. */
const CHAINCODE_USER = 500;
/** Where peers have a chaincode's source unpacked. */
const INPUT = 'chaincode/input';

/**
 * What is compiled here stands at the same place in ccenv, so the entries that the compile stage left are the ones
 * that the peer's `go build` looks for. They are found by the export file that go names for each package; `go
 * build` then fills in whatever was not found, so that a Go which keeps its cache in another way costs time and
 * nothing else. Before Go 1.10 there is no cache: the tar is empty.
 * Wants `out`, a folder; `tags` of the compile stage; `peer`, its package; `tree`, the checkout; `owner`, a uid;
 * and $1 … what is to be compiled.
 */
const WARM_CACHE = `
mkdir -p "$out" /fw/warm
cache=$(go env GOCACHE 2>/dev/null || true)
if [ -n "$cache" ] && [ "$cache" != off ]; then
  go list -deps -export -f '{{.Export}}' "$@" > /fw/exports
  case $(go list -export -f '{{.Export}}' fmt) in
    # No compiled standard library comes with this Go: the peer's compile has most of it in the cache.
    "$cache"/*) (cd "$tree" && go list -deps -export -tags "$tags" -f '{{if .Standard}}{{.Export}}{{end}}' "$peer") >> /fw/exports ;;
  esac
  sed -n "s,^$cache/../\\([0-9a-f]*\\)-d$,\\1,p" /fw/exports | sort -u > /fw/ids
  # What a compile printed is kept too, and for all but a few that is nothing.
  echo ${SHA256_OF_NOTHING} >> /fw/ids
  {
    grep -rlFf /fw/ids --include='*-a' "$cache" || true
    while read -r id; do
      data="$cache/\${id%"\${id#??}"}/$id-d"
      if [ -e "$data" ]; then echo "$data"; fi
    done < /fw/ids
  } | sed "s,^$cache/,," | tar -cf - -C "$cache" -T - | tar -xf - -C /fw/warm
  GOCACHE=/fw/warm go build "$@"
  echo "${WARMED}$(wc -l < /fw/ids)"
fi
tar --sort=name --owner="$owner" --group="$owner" --numeric-owner -cf "$out/gocache.tar" -C /fw/warm .
`;

/** $1 tags, $2 package of the peer, $3 … the shim's packages. Packs what /fw/goshim.list names, symlinks followed. */
const SHIM_SCRIPT = `
set -eu
out=${OUT} tags=$1 peer=$2 tree=$PWD owner=0
shift 2
mkdir -p "$out"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -chf "$out/goshim.tar" -C "$GOPATH/src" -T /fw/goshim.list
${WARM_CACHE}`;

/** $1 tags, $2 package of the peer, $3 folder of a chaincode, $4 its package */
const CHAINCODE_SCRIPT = `
set -eu
out=${OUT} tags=$1 peer=$2 tree=$PWD owner=${CHAINCODE_USER}
export GOPATH="/chaincode/input:$GOPATH"
cd "$3"
shift 3
${WARM_CACHE}`;

/**
 * Runs one of the scripts, and puts each tar of its folder into its place.
 * @param places by name of the tar
 * @returns how many packages were compiled ahead
 */
async function pack(
  bench: RunContext,
  { signal, log }: StageContext,
  work: {
    readonly script: string;
    readonly args: readonly string[];
    readonly inputs: readonly TarEntry[];
    /** The part whose failure ends it, for people. */
    readonly command: string;
  },
  places: Readonly<Record<string, string>>,
): Promise<number> {
  const { settings } = bench;
  const folder = dirname(payloadPaths(bench.stateDir).gocache);
  const partial = join(folder, `gocache.partial-${process.pid}`);
  const tail: string[] = [];
  let warmed = 0;
  await mkdir(partial, { recursive: true });
  try {
    await runInBuilder(
      bench,
      {
        script: work.script,
        args: [
          settings.goTags,
          `${settings.release.modulePath}/${settings.release.programs.peer}`,
          ...work.args,
        ],
        inputs: work.inputs,
        signal,
        onLine: (line) => {
          if (line.startsWith(WARMED)) warmed = Number(line.slice(WARMED.length));
          else {
            tail.push(line);
            log(line);
          }
        },
      },
      async ({ exitCode, archive }) => {
        if (exitCode !== 0) {
          throw new WizardFailure({
            kind: 'command',
            command: work.command,
            where: { key: 'where.builder', image: settings.builderImage, dir: GOPATH },
            exitCode,
            tail: tail.slice(-60),
          });
        }
        await extractTar(await archive(OUT), partial);
      },
    );
    for (const [name, place] of Object.entries(places)) await rename(join(partial, basename(name)), place);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return warmed;
}

/** Every file that the checkout's goListFiles.sh listed, and a warm cache. */
export function goshimStage(bench: RunContext, options: { force: boolean }): StageExecutor {
  return async (context) => {
    const { outputs, settings } = bench;
    if (!outputs) throw new Error('goshim needs the compile stage');
    if (!options.force && (await isBuiltAlready(bench, 'ccenv')))
      return { outcome: 'cached', detail: { key: 'detail.shim-there' } };
    const { goshim, gocache } = payloadPaths(bench.stateDir);
    const { shim, protos } = settings.release.shim;
    const packages = [
      shim,
      protos,
      // Their dependencies are in ccenv only where the line's script lists them.
      ...(settings.release.goshimSubpackages ? subpackages(outputs.goshim, shim) : []),
    ];
    const warmed = await pack(
      bench,
      context,
      {
        script: SHIM_SCRIPT,
        args: packages,
        inputs: [{ name: 'fw/goshim.list', content: `${outputs.goshim.join('\n')}\n` }],
        command: `go build ${packages.join(' ')}`,
      },
      { 'gocache.tar': gocache, 'goshim.tar': goshim },
    );
    return {
      outcome: 'built',
      detail: { key: 'detail.shim', count: outputs.goshim.length, packages: warmed },
    };
  };
}

/** A warm cache alone, for lines whose chaincode brings the shim along: made by compiling such a chaincode. */
export function gocacheStage(bench: RunContext, options: { force: boolean }): StageExecutor {
  return async (context) => {
    const { outputs, settings } = bench;
    if (!outputs) throw new Error('gocache needs the compile stage');
    if (!options.force && (await isBuiltAlready(bench, 'ccenv')))
      return { outcome: 'cached', detail: { key: 'detail.cache-there' } };
    const { files, path, folder } = await chaincodeSource(bench, shippedChaincode(bench), true);
    const warmed = await pack(
      bench,
      context,
      {
        script: CHAINCODE_SCRIPT,
        args: [`/${INPUT}/${folder}`, settings.release.goMode === 'modules' ? path : '.'],
        inputs: files.map((file) => ({ ...file, name: `${INPUT}/${file.name}` })),
        command: `go build ${path}`,
      },
      { 'gocache.tar': payloadPaths(bench.stateDir).gocache },
    );
    return { outcome: 'built', detail: { key: 'detail.compiled-ahead', count: warmed } };
  };
}

/** The packages below the shim that chaincode may import: `shim/ext/…`, as far as the list has them. */
function subpackages(files: readonly string[], shim: string): string[] {
  const folders = files
    .filter((path) => path.startsWith(`${shim}/ext/`) && /(?<!_test)\.go$/.test(path))
    .map(dirname);
  return [...new Set(folders)].sort();
}
