import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LABEL } from '../engine/labels.ts';
import { extractTar } from '../engine/tar-context.ts';
import { ldflagsText } from '../fabric/ldflags.ts';
import {
  type BuildManifest,
  MANIFEST,
  outputsDir,
  pruneOutputs,
  readOutputs,
} from '../images/build-outputs.ts';
import { compileFingerprint } from '../images/fingerprint.ts';
import { WizardFailure } from '../run/failure.ts';
import type { StageExecutor } from '../run/stage.ts';
import { buildDir, projectLabels, type Workbench } from '../run/workbench.ts';
import { requireImage } from './require-image.ts';

const PACKAGE = 'github.com/hyperledger/fabric';
const GOPATH = '/opt/gopath';
/** In every source tree of 1.x, and the only tool of `gotools` that an image needs. */
const PROTOC_GEN_GO = 'vendor/github.com/golang/protobuf/protoc-gen-go';
const TOTAL_MARK = '##packages ';
const GOSHIM_LIST = 'goshim.list';

/**
 * All programs in one `go install`, so that shared packages are compiled once; values arrive as arguments
 * and never as shell text. Binaries stay in the cache volume too: go then skips the link of what did not change.
 * $1 ldflags, $2 tags, $3 GOBIN, $4 the line's own script for the shim, $5 … packages
 */
const SCRIPT = `
set -eu
ldflags=$1 tags=$2 bin=$3 list=$4; shift 4
export GOBIN="$bin"
mkdir -p "$GOBIN"
stale=$(go list -deps -tags "$tags" -f '{{if .Stale}}x{{end}}' "$@" | grep -c x || true)
echo "${TOTAL_MARK}$stale"
go install -v -tags "$tags" -ldflags "$ldflags" "$@"
bash "$list" ${PACKAGE}/core/chaincode/shim > "$GOBIN/${GOSHIM_LIST}"
`;

export interface CompileOptions {
  /** Also leave dynamically linked binaries here: what `make peer` gives. */
  readonly binariesDir?: string;
  /** Compile even where the results are there. */
  readonly force: boolean;
}

/** Compiles every program of the line in one run of the builder image. The checkout is mounted read-only. */
export function compileStage(bench: Workbench, options: CompileOptions): StageExecutor {
  return async (context) => {
    const { settings, source, docker } = bench;
    const builder = await requireImage(docker, settings.builderImage);
    const fingerprint = compileFingerprint(source.tree, settings, builder.id);
    const dir = buildDir(bench.stateDir);
    const kept = await readOutputs(dir, fingerprint);
    if (kept && !options.binariesDir && !options.force) {
      bench.outputs = kept;
      return { outcome: 'cached', detail: `${Object.keys(kept.binaries).length} binaries kept` };
    }

    const programs = [...Object.values(settings.line.programs), PROTOC_GEN_GO];
    const cache = `fabric-wizard-go-${builder.id.replace('sha256:', '').slice(0, 12)}`;
    await docker.createVolume(cache, { [LABEL.role]: 'cache' });
    const partial = `${outputsDir(dir, fingerprint)}.partial-${process.pid}`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });

    // docker-env.mk adds the link flags to the images' binaries only; `make peer` gives dynamic ones.
    const install = (link: 'static' | 'dynamic', target: string) => {
      const key = `${bench.project}-${settings.line.id}-${link}`;
      let total = 0;
      let done = 0;
      const tail: string[] = [];
      const command = ['sh', '-c', SCRIPT, 'compile'];
      const ldflags = ldflagsText({ ...settings, link });
      return docker.runToEnd(
        {
          image: settings.builderImage,
          cmd: [
            ...command,
            ldflags,
            settings.goTags,
            `/cache/bin/${key}`,
            settings.line.goshimScript,
            ...programs.map((path) => `${PACKAGE}/${path}`),
          ],
          env: { GOPATH, GO111MODULE: 'off', GOCACHE: '/cache/go-build', GOFLAGS: '', GOTOOLCHAIN: 'local' },
          binds: [`${source.dir}:${GOPATH}/src/${PACKAGE}:ro`, `${cache}:/cache`],
          workdir: `${GOPATH}/src/${PACKAGE}`,
          // Nothing on this path may come from the internet.
          networkMode: 'none',
          labels: projectLabels(bench),
          signal: context.signal,
          onLine: (line) => {
            if (line.startsWith(TOTAL_MARK)) {
              total = Number(line.slice(TOTAL_MARK.length));
              context.progress(0, total, 'packages');
              return;
            }
            tail.push(line);
            if (tail.length > 60) tail.shift();
            context.log(line);
            if (/^[\w.]+(\/[\w.@-]+)*$/.test(line)) {
              done += 1;
              context.progress(Math.min(done, total), total, 'packages', line.replace(`${PACKAGE}/`, ''));
            }
          },
        },
        async ({ exitCode, archive }) => {
          if (exitCode !== 0) {
            throw new WizardFailure({
              kind: 'command',
              command: `go install -v -tags "${settings.goTags}" -ldflags "${ldflags}" ${programs.map((path) => `./${path}`).join(' ')}`,
              where: `builder image ${settings.builderImage}, source ${source.dir}`,
              exitCode,
              tail,
            });
          }
          return extractTar(await archive(`/cache/bin/${key}`), target);
        },
      );
    };

    try {
      const files = await install(settings.link, partial);
      const list = await readFile(join(partial, GOSHIM_LIST), 'utf8');
      const manifest: BuildManifest = {
        fingerprint,
        binaries: Object.fromEntries(
          files
            .filter(({ path }) => path !== GOSHIM_LIST)
            .map(({ path, sha256, size }) => [path, { sha256, size }]),
        ),
        goshim: list
          .split('\n')
          .filter(Boolean)
          .map((path) => path.replace(`${GOPATH}/src/`, '')),
      };
      if (options.binariesDir) {
        if (settings.line.pkcs11ByDefault && !settings.goTags.split(/[ ,]+/).includes('nopkcs11')) {
          context.warn(
            'host-library',
            'binaries of this line, linked as `make peer` links them, need libltdl.so.7 on the host (Debian and Ubuntu: package libltdl7)',
          );
        }
        await leaveBinaries(options.binariesDir, Object.keys(settings.line.programs), async (target) => {
          await install('dynamic', target);
        });
      }
      await writeFile(join(partial, MANIFEST), JSON.stringify(manifest, null, 1));
      const final = outputsDir(dir, fingerprint);
      await rm(final, { recursive: true, force: true });
      await rename(partial, final);
      bench.outputs = { ...manifest, dir: final };
      await pruneOutputs(dir, 3);
      return { outcome: 'built', detail: `${Object.keys(manifest.binaries).length} binaries` };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  };
}

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
