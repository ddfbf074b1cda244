/**
 * Branded hashes of all that a stage depends on. Only this module makes them, so a fingerprint that
 * compares equal means equal input.
 */
import { createHash } from 'node:crypto';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { ldflagsText } from '../fabric/ldflags.ts';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';

export type Fingerprint = string & { readonly __brand: 'fingerprint' };

/** Raised when a stage's way of working changes so that its old results must not be taken for new ones. */
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
// Not `integration`: from 1.2 on the peer imports helpers from there.
const NEVER_COMPILED =
  /^(docs|examples|test|bddtests|unit-test|images|sampleconfig|release)\/|_test\.go$|(^|\/)[._][^/]*$/;

/** No source, and yet what is compiled depends on it. */
const DECIDES = new Set(['scripts/goListFiles.sh', 'go.mod', 'go.sum', 'vendor/modules.txt']);

/** What `go install` of Fabric's programs can read: go leaves out tests and names that begin with `.` or `_`. */
export function isCompiled(path: string): boolean {
  return (COMPILED.test(path) && !NEVER_COMPILED.test(path)) || DECIDES.has(path);
}

/** Whether any stage of a build reads it. */
export function isBuilt(path: string): boolean {
  return isCompiled(path) || /^(sampleconfig|images)\//.test(path);
}

/**
 * Inputs of the compile stage: source content (a docs edit recompiles nothing), the exact ldflags (they
 * are in the binaries), link mode and tags, and the builder image (its Go and C libraries).
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

/** What the checkout's own Dockerfiles make of a source: what is compiled, what tells how, and the configuration. */
export function isBuiltUpstream(path: string): boolean {
  return (
    isCompiled(path) ||
    path.startsWith('sampleconfig/') ||
    /^(Makefile|ci\.properties|\.dockerignore|[^/]+\.mk)$|(^|\/)go\.(mod|sum)$/.test(path)
  );
}

/**
 * Inputs of an image by the checkout's own Dockerfile. Not the ids of the images that it starts from: whoever
 * removes those has what was built of them all the same, and needs no internet to keep it.
 */
export function upstreamFingerprint(
  dockerfile: string,
  buildArgs: Readonly<Record<string, string>>,
  source: string,
): Fingerprint {
  const args = Object.entries(buildArgs).map(([name, value]) => `${name}=${value}`);
  return fingerprint('upstream image', { dockerfile, args: args.sort(), source });
}

/** Inputs of an image: its Dockerfile with everything filled in, what it stands on, and what goes into it. */
export function imageFingerprint(
  dockerfile: string,
  baseId: string,
  contentHashes: readonly string[],
): Fingerprint {
  return fingerprint('image', { dockerfile, base: baseId, content: contentHashes });
}
