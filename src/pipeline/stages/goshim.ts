/** What ccenv carries for chaincode: the shim's source, and its packages compiled ahead. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extractTar } from '../engine/tar-context.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { WizardFailure } from '../run/failure.ts';
import type { StageExecutor } from '../run/stage.ts';
import type { Workbench } from '../run/workbench.ts';
import { GOPATH, runInBuilder } from './go-builder.ts';
import { isBuiltAlready } from './image.ts';

const WARMED = '##warmed ';
const OUT = '/fw/out';
const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

/**
 * The shim as the Makefile packs it, and a Go build cache with everything that a chaincode's compile will
 * ask it for: its packages stand at the same place in GOPATH here and in ccenv, so the entries that the
 * compile stage left are the ones that the peer's `go build` looks for. They are found by the export file
 * that go names for each package; `go build` then fills in whatever was not found, so that a Go which keeps
 * its cache in another way costs time and nothing else. Before Go 1.10 there is no cache: the tar is empty.
 * $1 folder for the two tars, $2 tags of the compile stage, $3 package of the peer, $4 … the shim's packages
 */
const SCRIPT = `
set -eu
out=$1 tags=$2 peer=$3
shift 3
mkdir -p "$out" /fw/warm
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -chf "$out/goshim.tar" -C "$GOPATH/src" -T /fw/goshim.list
cache=$(go env GOCACHE 2>/dev/null || true)
if [ -n "$cache" ] && [ "$cache" != off ]; then
  go list -deps -export -f '{{.Export}}' "$@" > /fw/exports
  case $(go list -export -f '{{.Export}}' fmt) in
    # No compiled standard library comes with this Go: the peer's compile has most of it in the cache.
    "$cache"/*) go list -deps -export -tags "$tags" -f '{{if .Standard}}{{.Export}}{{end}}' "$peer" >> /fw/exports ;;
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
tar --sort=name -cf "$out/gocache.tar" -C /fw/warm .
`;

/** Packs every file that the checkout's goListFiles.sh listed, symlinks followed, and warms the cache. */
export function goshimStage(bench: Workbench, options: { force: boolean }): StageExecutor {
  return async ({ signal, log }) => {
    const { outputs, settings } = bench;
    if (!outputs) throw new Error('goshim needs the compile stage');
    if (!options.force && (await isBuiltAlready(bench, 'ccenv')))
      return { outcome: 'cached', detail: { say: 'detail.shim-there' } };
    const { goshim, gocache } = payloadPaths(bench.stateDir);
    const module = settings.line.modulePath;
    const shim = `${module}/core/chaincode/shim`;
    const packages = [
      shim,
      `${module}/protos/peer`,
      // Their dependencies are in ccenv only where the line's script lists them.
      ...(settings.line.goshimSubpackages ? subpackages(outputs.goshim, shim) : []),
    ];
    const tail: string[] = [];
    let warmed = 0;
    const partial = `${goshim}.partial-${process.pid}`;
    await mkdir(partial, { recursive: true });
    try {
      await runInBuilder(
        bench,
        {
          script: SCRIPT,
          args: [OUT, settings.goTags, `${module}/${settings.line.programs.peer}`, ...packages],
          inputs: [{ name: 'fw/goshim.list', content: `${outputs.goshim.join('\n')}\n` }],
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
              command: `go build ${packages.join(' ')}`,
              where: { say: 'where.builder', image: settings.builderImage, dir: GOPATH },
              exitCode,
              tail: tail.slice(-60),
            });
          }
          await extractTar(await archive(OUT), partial);
        },
      );
      await mkdir(dirname(goshim), { recursive: true });
      await rename(join(partial, 'gocache.tar'), gocache);
      await rename(join(partial, 'goshim.tar'), goshim);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return {
      outcome: 'built',
      detail: { say: 'detail.shim', count: outputs.goshim.length, packages: warmed },
    };
  };
}

/** The packages below the shim that chaincode may import: `shim/ext/…`, as far as the list has them. */
function subpackages(files: readonly string[], shim: string): string[] {
  const folders = files
    .filter((path) => path.startsWith(`${shim}/ext/`) && /(?<!_test)\.go$/.test(path))
    .map(dirname);
  return [...new Set(folders)].sort();
}
