/**
 * Branded hashes of a stage's inputs. Only this module creates them, so equal fingerprints mean equal inputs.
 */
import { createHash } from 'node:crypto';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { ldflagsText } from '../fabric/ldflags.ts';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';

export type Fingerprint = string & { readonly __brand: 'fingerprint' };

/** Raised when the implementation of a stage changes, so that earlier results are not reused. */
const RECIPE = '3';

export function fingerprint(
  kind: string,
  inputs: Readonly<Record<string, string | readonly string[]>>,
): Fingerprint {
  const hash = createHash('sha256').update(`${kind}\0${RECIPE}\0`);
  for (const key of Object.keys(inputs).sort()) hash.update(`${key}\0${JSON.stringify(inputs[key])}\0`);
  return hash.digest('hex') as Fingerprint;
}

const COMPILED = /\.(go|c|h|s|S|cc|cpp|hpp)$/;
// `integration` is not excluded: from 1.2 on the peer imports helpers from it.
const NEVER_COMPILED =
  /^(docs|examples|test|bddtests|unit-test|images|sampleconfig|release)\/|_test\.go$|(^|\/)[._][^/]*$/;

/** Other files that the compiled programs depend on. */
const BUILD_FILES = new Set(['scripts/goListFiles.sh', 'go.mod', 'go.sum', 'vendor/modules.txt']);

/** Whether `go install` of Fabric's programs can read the file. Go ignores tests and names that begin with `.` or `_`. */
export function isCompiled(path: string): boolean {
  return (COMPILED.test(path) && !NEVER_COMPILED.test(path)) || BUILD_FILES.has(path);
}

/** Whether any stage of a build reads the file. */
export function isBuilt(path: string): boolean {
  return isCompiled(path) || /^(sampleconfig|images)\//.test(path);
}

/**
 * Inputs of the compile stage: source content (without docs), the exact ldflags (they are in the binaries), link mode and
 * tags, and the builder image (its Go and C libraries).
 */
export function compileFingerprint(
  tree: SourceTree,
  settings: BuildSettings,
  builderId: string,
): Fingerprint {
  return fingerprint('compile', {
    source: fingerprintOf(tree, isCompiled),
    ldflags: ldflagsText(settings),
    link: settings.link,
    tags: settings.goTags,
    arch: settings.goArch,
    builder: builderId,
  });
}

/** Whether the checkout's own Dockerfiles use the file: source, build files and configuration. */
export function isBuiltUpstream(path: string): boolean {
  return (
    isCompiled(path) ||
    path.startsWith('sampleconfig/') ||
    /^(Makefile|ci\.properties|\.dockerignore|[^/]+\.mk)$|(^|\/)go\.(mod|sum)$/.test(path)
  );
}

/**
 * Inputs of an image that the checkout's own Dockerfile builds. The ids of its base images are left out: an image stays
 * valid, without a download, after its base images are removed.
 */
export function upstreamFingerprint(
  dockerfile: string,
  buildArgs: Readonly<Record<string, string>>,
  source: string,
): Fingerprint {
  const args = Object.entries(buildArgs).map(([name, value]) => `${name}=${value}`);
  return fingerprint('upstream image', { dockerfile, args: args.sort(), source });
}

/** Inputs of an image: its complete Dockerfile, its base image and the copied files. */
export function imageFingerprint(
  dockerfile: string,
  baseId: string,
  contentHashes: readonly string[],
): Fingerprint {
  return fingerprint('image', { dockerfile, base: baseId, content: contentHashes });
}
