/** Compiles every program of the release in one run of the builder image. The checkout is mounted read-only. */
import { copyFile, link as hardLink, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineResultStage, type StageInputs } from '../context/stage-definition.ts';
import type { FabricSource } from '../fabric/source.ts';
import type { SourceTree } from '../fabric/source-tree.ts';
import { makeFolder, withPartial } from '../host/files.ts';
import { buildDir } from '../host/state-folder.ts';
import {
  type BuildManifest,
  type BuildOutputs,
  MANIFEST,
  outputsDir,
  pruneOutputs,
  readOutputs,
} from '../images/build-outputs.ts';
import { compileFingerprint, isCompiled } from '../images/fingerprint.ts';
import { requireImage } from '../images/require-image.ts';
import { goVersionsWith, STATE_KEYS } from '../journal/state-keys.ts';
import { baseBuilderStage } from './base-images.ts';
import { couchdbStage } from './couchdb.ts';
import { installPrograms } from './go-install.ts';
import { javaenvStage } from './javaenv.ts';
import { compiles } from './plan-scope.ts';
import { sourceStage } from './source.ts';

export interface CompileResult {
  /** Undefined if the plan compiles nothing and no earlier compile fits the source. */
  readonly outputs: BuildOutputs | undefined;
  /** The source as it was compiled: it may have been edited since the run began. */
  readonly source: FabricSource;
}

/** Stands for the fingerprint of a source that changed during the compile. */
const EDITED = 'edited';

/** Number of outputs to keep: the newest, and older ones for a reverted edit or another branch. */
const KEPT_OUTPUTS = 4;

const EVERY_CORE = Number.POSITIVE_INFINITY;

/** Returns the compiled programs for a later stage. @throws Error if nothing was compiled */
export function requireOutputs(inputs: StageInputs): BuildOutputs {
  const { outputs } = inputs.of(compileStage);
  if (!outputs) throw new Error('the programs are not compiled');
  return outputs;
}

/** Returns the tree with the compiled files as they are now; files that are identified later keep their first state. */
function asCompiled(before: SourceTree, after: SourceTree): SourceTree {
  const files = [
    ...[...before.files].filter(([path]) => !isCompiled(path)),
    ...[...after.files].filter(([path]) => isCompiled(path)),
  ];
  return { ...before, files: new Map(files) };
}

/** Writes host binaries to the user's folder. If the run is cancelled, the old ones stay complete. */
async function leaveHostBinaries(context: StageContext, dir: string): Promise<void> {
  const { release, goTags } = context.settings;
  if (release.pkcs11ByDefault && !goTags.split(/[ ,]+/).includes('nopkcs11'))
    context.report.warn('host-library', { key: 'warning.host-library' });
  await makeFolder(dir);
  const staging = join(dir, `.partial-${process.pid}`);
  try {
    // Fabric's docker-env.mk links statically for images only; `make peer` links dynamically. Copies, so that the
    // user's changes to these files do not reach the files that images are built from.
    await installPrograms(context, 'dynamic', staging, copyFile);
    const programs = Object.entries(release.programs).filter(([, path]) => path !== undefined);
    for (const [program] of programs) await rename(join(staging, program), join(dir, program));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Compiles into a partial folder and renames it. */
async function compileWhole(context: StageContext, builderId: string): Promise<CompileResult> {
  const { settings, source, stateDir, journal, options, report } = context;
  const dir = buildDir(stateDir);
  const fingerprint = compileFingerprint(source.tree, settings, builderId);
  const final = outputsDir(dir, fingerprint);
  return withPartial(final, async (partial) => {
    const { after, go, ...installed } = await installPrograms(context, settings.link, partial, hardLink);
    if (go !== undefined)
      await journal.setFact(STATE_KEYS.goVersions, goVersionsWith(journal, builderId, go));
    if (options.binariesDir) await leaveHostBinaries(context, options.binariesDir);
    const edited = compileFingerprint(after, settings, builderId) !== fingerprint;
    // It is not known which version was compiled, so this run uses the output, but no later run will find it.
    const manifest: BuildManifest = { fingerprint: edited ? EDITED : fingerprint, ...installed };
    if (edited) report.warn('source-edited', { key: 'warning.edited' });
    await writeFile(join(partial, MANIFEST), JSON.stringify(manifest, null, 1));
    await rm(final, { recursive: true, force: true });
    await rename(partial, final);
    await pruneOutputs(dir, KEPT_OUTPUTS);
    return {
      outputs: { ...manifest, dir: final },
      source: edited ? { ...source, tree: asCompiled(source.tree, after) } : source,
    };
  });
}

export const compileStage = defineResultStage({
  id: 'compile',
  topic: {
    group: 'build-stages',
    aliases: ['make peer-docker', 'make peer', 'go install', 'binaries'],
    see: ['ldflags', '/opt/gopath', 'swap'],
  },
  needs: [sourceStage, couchdbStage, javaenvStage, baseBuilderStage],
  isIncluded: compiles,
  decide: ({ observed, goal, runs }) =>
    decideBy(
      [
        [goal.force, { key: 'cause.forced' }],
        [runs(baseBuilderStage), { key: 'cause.builder-first' }],
        [observed.outputs === undefined, { key: 'cause.inputs-changed' }],
        [goal.binaries, { key: 'cause.binaries' }],
      ],
      { key: 'cause.inputs-same' },
    ),
  // Measured with Fabric 1.4 on two cores.
  cost: () => ({
    seconds: 75,
    practiceSeconds: 8,
    cores: EVERY_CORE,
    memoryMb: 1100,
    engineBytes: 200e6,
    stateBytes: 230e6,
  }),
  checks: ['line-endings', 'engine', 'context', 'socket', 'selinux', 'architecture', 'go', 'disk', 'memory'],
  knownResult: ({ outputs }, { source }): CompileResult => ({ outputs, source }),
  execute: async (context) => {
    const { settings, source, docker, options, stateDir } = context;
    const builder = await requireImage(docker, settings.builderImage);
    const fingerprint = compileFingerprint(source.tree, settings, builder.id);
    const kept = await readOutputs(buildDir(stateDir), fingerprint);
    if (kept && !options.binariesDir && !options.force) {
      const count = Object.keys(kept.binaries).length;
      return {
        outcome: 'cached',
        detail: { key: 'detail.binaries-kept', count },
        result: { outputs: kept, source },
      };
    }
    const result = await compileWhole(context, builder.id);
    const count = Object.keys(result.outputs?.binaries ?? {}).length;
    return { outcome: 'built', detail: { key: 'detail.binaries', count }, result };
  },
});
