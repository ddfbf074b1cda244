/** Runs Go tests of the source in the builder image, on a copy of the checkout, with the Go build cache of the builder. */
import type { StageContext } from '../context/run-context.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import type { FinishedPackage } from '../tests/test-output.ts';
import type { ChosenTests } from '../tests/test-request.ts';
import { baseBuilderStage } from './base-images.ts';
import { goMode, runInBuilderAt, sourceTree } from './go-builder.ts';
import { COPY_SOURCE, compileFirst, endTests, fileList, MOUNTED, summed, TestResults } from './go-test.ts';
import { testsUnits } from './plan-scope.ts';
import { sourceStage } from './source.ts';
import { sourceMount } from './source-mount.ts';

/**
 * Copies the checkout and runs the tests as a user who is not root, as some tests expect that a file can be closed to
 * them. They share the Go build cache with compiles by root, which can read every file. First, everything is compiled,
 * because `go test` does not say what it compiles.
 * $1 tags, $2 number of parallel compiles and tests, $3 … flags of `go test`, `--`, packages, `--`, packages that are
 * tested one after another
 */
const SCRIPT = `
set -eu
tree=$PWD tags=$1 jobs=$2 user=1000
shift 2
export HOME=/fw/home USER=fabric GOMAXPROCS="$jobs" GORACE=atexit_sleep_ms=0
mkdir -p "$HOME" "$GOCACHE" /var/hyperledger
${COPY_SOURCE}
grep -q ":$user:" /etc/passwd || echo "fabric:x:$user:$user::$HOME:/bin/sh" >> /etc/passwd
chown -R "$user:$user" "$GOPATH" "$HOME" /var/hyperledger
find "$GOCACHE" ! -user "$user" -exec chown -h "$user:$user" {} +
exec chroot --userspec="$user:$user" --skip-chdir / sh -euc '
tags=$1 jobs=$2
shift 2
flags="" race=""
: > /tmp/flags
while [ "$1" != -- ]; do
  if [ "$1" = -race ]; then race=-race; fi
  printf "%s\\n" "$1" >> /tmp/flags
  shift
done
shift
: > /tmp/together
while [ "$1" != -- ]; do echo "$1" >> /tmp/together; shift; done
shift
: > /tmp/alone
for each in "$@"; do echo "$each" >> /tmp/alone; done
${compileFirst('/tmp/together /tmp/alone', '$race')}
code=0
test_all() {
  file=$1 parallel=$2
  shift 2
  if [ ! -s "$file" ]; then return; fi
  while IFS= read -r flag; do set -- "$@" "$flag"; done < /tmp/flags
  go test -json -short -p "$parallel" -tags "$tags" "$@" $(cat "$file") || code=$?
}
test_all /tmp/together "$jobs"
test_all /tmp/alone 1
exit "$code"
' fabric-wizard "$tags" "$jobs" "$@"
`;

/** Their tests disturb each other; Fabric's own script also tests them one after another. */
function isTestedAlone(path: string): boolean {
  return path === 'gossip' || path.startsWith('gossip/');
}

/** Longest time for one package, as in Fabric's own script. */
const TIMEOUT = '20m';

function flagsOf({ race, run: pattern, count, timeout = TIMEOUT }: ChosenTests): readonly string[] {
  return [
    ...(race ? ['-race'] : []),
    ...(pattern === undefined ? [] : [`-run=${pattern}`]),
    ...(count === undefined ? [] : [`-count=${count}`]),
    `-timeout=${timeout}`,
  ];
}

/** Says if the tests have passed because there were none. */
function warnOf({ report }: StageContext, tests: ChosenTests, finished: readonly FinishedPackage[]): void {
  const results = finished.map(({ result }) => result);
  if (tests.run !== undefined && results.every(({ outcome }) => outcome === 'no-tests'))
    report.warn('tests-none', { key: 'warning.no-test-matches', pattern: tests.run });
}

function resultsOf(context: StageContext, total: number): TestResults {
  const { report } = context;
  const show = (item: string) => report.progress(results.finished.length, total, 'packages', item);
  const results: TestResults = new TestResults(context, {
    onTest: (path, test) => show(`${path} ${test}`),
    onReported: ({ result }) => show(result.package),
  });
  return results;
}

async function runTests(context: StageContext, tests: ChosenTests): Promise<readonly FinishedPackage[]> {
  const { settings, source, config, report } = context;
  const { release, goTags } = settings;
  if (tests.withoutPkcs11.length > 0)
    report.warn('tests-pkcs11', { key: 'warning.tests-pkcs11', packages: tests.withoutPkcs11 });
  const results = resultsOf(context, tests.packages.length);
  const flags = flagsOf(tests);
  const nameOf = (path: string) => (path === '.' ? release.modulePath : `${release.modulePath}/${path}`);
  const together = tests.packages.filter((path) => !isTestedAlone(path)).map(nameOf);
  const alone = tests.packages.filter(isTestedAlone).map(nameOf);
  const command = [
    'go',
    'test',
    '-short',
    '-tags',
    goTags,
    ...flags,
    ...tests.packages.map((path) => `./${path}`),
  ];
  const tree = sourceTree(release);
  const mounted = await sourceMount(context);
  const exitCode = await runInBuilderAt(
    context,
    {
      binds: [`${mounted}:${MOUNTED}:ro`],
      shownBinds: [`${mounted}:${tree}:ro`],
      inMemory: [tree],
      workdir: tree,
      env: goMode(release),
      // Some tests ask for the address of this host.
      network: 'default',
    },
    {
      script: SCRIPT,
      args: [goTags, String(config.jobs), ...flags, '--', ...together, '--', ...alone],
      command,
      inputs: [fileList(source)],
      onLine: results.onLine,
    },
    async (ended) => ended.exitCode,
  );
  const finished = await endTests(context, results, { exitCode, command, junit: tests.junit });
  warnOf(context, tests, finished);
  return finished;
}

export const unitTestsStage = defineStage({
  id: 'test',
  topic: {
    group: 'build-stages',
    aliases: ['go test', 'unit tests', 'make unit-test'],
    see: ['compile', 'source'],
  },
  needs: [sourceStage, baseBuilderStage],
  isIncluded: testsUnits,
  decide: ({ goal }) => {
    const { packages = [], why = '' } = goal.tests ?? {};
    return packages.length === 0 ? cached(why) : run(why);
  },
  // Measured with Fabric 2.5 on two cores, for a package that imports most others.
  cost: () => ({
    seconds: 90,
    practiceSeconds: 15,
    cores: Number.POSITIVE_INFINITY,
    memoryMb: 1500,
    engineBytes: 500e6,
  }),
  checks: ['line-endings', 'engine', 'context', 'selinux', 'architecture', 'go', 'disk', 'memory'],
  execute: async (context) => {
    const { tests } = context.options;
    if (!tests) throw new Error('no tests were chosen');
    const finished = await runTests(context, tests);
    const skipped = summed(finished, (each) => each.skipped.length);
    const untested = summed(finished, ({ outcome }) => (outcome === 'no-tests' ? 1 : 0));
    return {
      outcome: 'built',
      detail: {
        key: 'detail.tests',
        packages: finished.length,
        count: summed(finished, ({ passed }) => passed),
        skipped: skipped === 0 ? '' : { key: 'detail.tests-skipped', count: skipped },
        untested: untested === 0 ? '' : { key: 'detail.packages-untested', count: untested },
      },
    };
  },
});
