/** Text of the results of unit tests: one line for each package, and what failed. */
import type { PackageTested } from '../pipeline/core/events.ts';
import type { StageFailure } from '../pipeline/core/failure.ts';
import type { Translator } from './language/translator.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { cleanLine } from './terminal-text.ts';

type TestsFailure = Extract<StageFailure, { kind: 'tests' }>;
type FailedTest = TestsFailure['failed'][number];

/** Skipped tests that are named. */
const NAMED_SKIPS = 3;
/** Failed tests whose output is shown. */
const SHOWN = 10;

function skippedText({ skipped }: PackageTested, { t, symbol }: Style): string {
  const named = skipped
    .slice(0, NAMED_SKIPS)
    .map(({ test, reason }) => (reason === '' ? test : `${test} (${reason})`));
  const rest = skipped.length > NAMED_SKIPS ? [symbol.ellipsis] : [];
  return t('plain.tests-skipped', {
    count: skipped.length,
    tests: cleanLine([...named, ...rest].join(t('list.between'))),
  });
}

/** One line: the package, how many of its tests have passed, failed or were skipped, and its time. */
export function packageLine(result: PackageTested, style: Style): string {
  const { package: name, outcome, passed, failed, skipped, seconds, cached } = result;
  const { good, bad, dim, symbol, t } = style;
  if (outcome === 'no-tests') return `${dim(symbol.dot)} ${t('plain.package-none', { package: name })}`;
  const isBuilt = failed.every(({ problem }) => problem !== 'build');
  const facts = { package: name, count: passed, failed: failed.length };
  const head =
    outcome === 'passed'
      ? t('plain.package-passed', facts)
      : t(isBuilt ? 'plain.package-failed' : 'plain.package-unbuilt', facts);
  const parts = [
    head,
    ...(skipped.length > 0 ? [skippedText(result, style)] : []),
    ...(isBuilt ? [cached ? t('plain.cached') : formatSeconds(seconds)] : []),
  ];
  const mark = outcome === 'passed' ? good(symbol.good) : bad(symbol.bad);
  return `${mark} ${parts.join(t('list.between'))}`;
}

function failedLines(
  { package: path, test, problem, place, output, needs }: FailedTest,
  { t }: Translator,
): string[] {
  const name = test === '' ? path : t('tests.of', { test, package: path });
  const what = t(`tests.${problem}`, { name });
  return [
    place ? t('tests.at', { ...place, what }) : what,
    ...(needs === undefined ? [] : [t(`needs.${needs}`)]),
    ...output.map((line) => `  ${line}`),
  ];
}

/** Explains failed tests: each with its place and the last lines of its own output. */
export function testsFailed(
  { failed, count, packages, tested }: TestsFailure,
  translator: Translator,
): { readonly title: string; readonly detail: readonly string[] } {
  const shown = failed.slice(0, SHOWN);
  return {
    title: translator.t('failed.tests', { count, packages: packages.length, tested }),
    detail: [
      ...shown.flatMap((each) => failedLines(each, translator)),
      ...(count > shown.length ? [translator.t('tests.more', { count: count - shown.length })] : []),
    ],
  };
}
