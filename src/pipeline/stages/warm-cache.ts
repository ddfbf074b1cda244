/**
 * Packs a Go build cache for ccenv with everything that the first compile of a chaincode would produce, so that each
 * build container of the peers starts with it.
 */
import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import { extractTar, type TarEntry } from '../engine/tar-context.ts';
import { withPartial } from '../host/files.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { GOPATH, runInBuilder } from './go-builder.ts';

const WARMED = '##warmed ';
/** Folder of the container to which a script writes its tars. */
export const PACKED = '/fw/out';
const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

/**
 * Shell lines. Packages compiled here have the same paths in ccenv, so the entries that the compile stage left are the
 * ones that the peer's `go build` looks for. They are found by the export file that go names for each package; `go
 * build` then adds the entries that were not found, so that another layout of the cache costs time and nothing else.
 * Before Go 1.10 there is no cache, and the tar is empty.
 * Reads `out`, a folder; `tags` of the compile stage; `peer`, its package; `tree`, the checkout; `owner`, a uid;
 * and $1 …, the packages to compile.
 */
export const WARM_CACHE = `
mkdir -p "$out" /fw/warm
cache=$(go env GOCACHE 2>/dev/null || true)
if [ -n "$cache" ] && [ "$cache" != off ]; then
  go list -deps -export -f '{{.Export}}' "$@" > /fw/exports
  case $(go list -export -f '{{.Export}}' fmt) in
    # This Go has no compiled standard library; the peer's compile has put most of it into the cache.
    "$cache"/*) (cd "$tree" && go list -deps -export -tags "$tags" -f '{{if .Standard}}{{.Export}}{{end}}' "$peer") >> /fw/exports ;;
  esac
  sed -n "s,^$cache/../\\([0-9a-f]*\\)-d$,\\1,p" /fw/exports | sort -u > /fw/ids
  # The cache also holds what each compile printed, which is mostly nothing.
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

export interface PackWork {
  /** POSIX shell, given the Go tags, the peer's package and `args`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly inputs: readonly TarEntry[];
  /** The compile that fills the cache. */
  readonly command: readonly string[];
}

/**
 * Runs a script that writes tars to `PACKED`, and moves each tar to its place.
 * @param places path on the host by name of the tar
 * @returns number of packages compiled ahead
 * @throws WizardFailure `command`
 */
export async function packWarmCache(
  context: StageContext,
  { script, args, inputs, command }: PackWork,
  places: Readonly<Record<string, string>>,
): Promise<number> {
  const { settings, stateDir, report } = context;
  const { release, goTags } = settings;
  const folder = dirname(payloadPaths(stateDir).gocache);
  let warmed = 0;
  await withPartial(join(folder, 'gocache'), async (partial) => {
    await runInBuilder(
      context,
      {
        script,
        args: [goTags, `${release.modulePath}/${release.programs.peer}`, ...args],
        inputs,
        command,
        onLine: (line) => {
          if (line.startsWith(WARMED)) warmed = Number(line.slice(WARMED.length));
          else report.log(line);
        },
      },
      async ({ exitCode, archive }) => {
        if (exitCode !== 0) {
          throw new WizardFailure({
            kind: 'command',
            command: shellLine(command),
            where: { key: 'where.builder', image: settings.builderImage, dir: GOPATH },
            exitCode,
            tail: [],
          });
        }
        await extractTar(await archive(PACKED), partial);
      },
    );
    for (const [name, place] of Object.entries(places)) await rename(join(partial, basename(name)), place);
  });
  return warmed;
}
