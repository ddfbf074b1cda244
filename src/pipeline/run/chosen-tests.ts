/** Decides which packages `test` tests, and refuses what it cannot test, before anything starts. */
import { dirname, join, posix } from 'node:path';
import { commandFlags, type EffectiveConfig } from '../config/config.ts';
import { fileFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { FabricSource } from '../fabric/source.ts';
import { isFolder, makeFolder } from '../host/files.ts';
import { isOfOtherModule, readPackages } from '../tests/go-packages.ts';
import { changedPackages, namedPackages } from '../tests/package-choice.ts';
import { type ChosenTests, type TestRequest, testWords } from '../tests/test-request.ts';

/** The part of a run's request that says what to test; the other choices are repeated by the commands that help. */
export interface TestedRun {
  readonly tests?: TestRequest | undefined;
  readonly config: EffectiveConfig;
  readonly dir: string;
}

/** The same command for other packages. */
export function testing(request: TestRequest, ...packages: readonly string[]): string {
  return ['fabric-wizard test', ...testWords({ ...request, packages })].join(' ');
}

const EXAMPLE = 'core/peer';

export function testUsage(message: Text, ...next: readonly string[]): WizardFailure {
  return new WizardFailure({ kind: 'usage', message, next });
}

/** @throws WizardFailure `usage`, `file` */
export async function requireReportFile(request: TestRequest): Promise<void> {
  const { junit } = request;
  if (junit === undefined) return;
  if (await isFolder(junit)) {
    const inFolder = testing({ ...request, junit: join(junit, 'junit.xml') }, ...request.packages);
    throw testUsage({ key: 'usage.junit-folder', path: junit }, inFolder);
  }
  await makeFolder(dirname(junit)).catch((error: unknown) => {
    throw fileFailure(dirname(junit), error);
  });
}

/** The command with the meant name in place of an unknown one. */
export function insteadOf(request: TestRequest, unknown: string, meant: string): string {
  const packages = request.packages.map((name) => (name === unknown ? meant : name));
  return testing(request, ...packages);
}

/** Returns the packages that the command names. @throws WizardFailure `usage` */
function named(
  request: TestRequest,
  packages: Parameters<typeof namedPackages>[1],
  { tree, release, dir }: FabricSource,
): readonly string[] {
  const matches = namedPackages(request.packages, packages, release.modulePath);
  if ('packages' in matches) return matches.packages;
  if ('suite' in matches)
    throw testUsage(
      { key: 'usage.integration-package', name: matches.suite },
      `fabric-wizard test --integration ${shellWord(posix.basename(matches.suite))}`,
      testing(request, EXAMPLE),
    );
  const { unknown, meant } = matches;
  if (isOfOtherModule(tree, unknown.replace(/^\.\//, '').replace(/\/?(?:\.\.\.)?$/, '')))
    throw testUsage({ key: 'usage.other-module', name: unknown, dir }, testing(request, EXAMPLE));
  const message: Phrase = { key: 'usage.unknown-package', name: unknown, dir };
  if (meant === undefined) throw testUsage(message, testing(request, EXAMPLE), testing(request, './...'));
  throw testUsage({ key: 'usage.with-suggestion', message, name: meant }, insteadOf(request, unknown, meant));
}

/**
 * Returns what a run tests.
 * @returns undefined if the run tests nothing
 * @throws WizardFailure `usage` for a name that no package has, and for changes of a folder that git does not know
 */
export async function testsOf(
  { tests, config, dir }: TestedRun,
  source: FabricSource,
  settings: Pick<BuildSettings, 'goArch' | 'goTags'>,
): Promise<ChosenTests | undefined> {
  if (!tests || tests.integration) return undefined;
  return withFlags({ config, dir }, chosenTests(tests, source, settings));
}

/** The commands that help repeat the flags of the command. */
export async function withFlags<T>(
  { config, dir }: Pick<TestedRun, 'config' | 'dir'>,
  choice: Promise<T>,
): Promise<T> {
  try {
    return await choice;
  } catch (error) {
    if (!(error instanceof WizardFailure)) throw error;
    throw new WizardFailure({ ...error.failure, given: commandFlags(config, dir) });
  }
}

async function chosenTests(
  request: TestRequest,
  source: FabricSource,
  { goArch: arch, goTags }: Pick<BuildSettings, 'goArch' | 'goTags'>,
): Promise<ChosenTests> {
  await requireReportFile(request);
  const { tree, dir, release } = source;
  const { packages: names, race, run, count, timeout, junit } = request;
  const options = { race, run, count, timeout, junit };
  if (names.length === 0 && tree.commit === '')
    throw testUsage(
      { key: 'usage.no-changes-known', dir },
      testing(request, EXAMPLE),
      testing(request, './...'),
    );
  const all = await readPackages(tree, { arch, minor: undefined }, goTags);
  const chosen = new Map(all.map((each) => [each.path, each]));
  const withoutPkcs11 = (paths: readonly string[]) =>
    paths.filter((path) => (chosen.get(path)?.pkcs11Tests.length ?? 0) > 0);
  if (names.length > 0) {
    const packages = named(request, all, source);
    return { ...options, packages, why: { key: 'cause.requested' }, withoutPkcs11: withoutPkcs11(packages) };
  }
  const { changed, importing } = changedPackages(tree.dirty, all, release.modulePath);
  const packages = [...changed, ...importing];
  return {
    ...options,
    packages,
    why:
      packages.length === 0
        ? { key: 'cause.no-changed-packages', commit: tree.commit }
        : { key: 'cause.changed-packages', changed, count: changed.length, importing: importing.length },
    withoutPkcs11: withoutPkcs11(packages),
  };
}
