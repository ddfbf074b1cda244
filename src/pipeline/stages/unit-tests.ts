/** Runs Go tests of the source in the builder image, on a copy of the checkout, with the Go build cache of the builder. */
import type { StageContext } from '../context/run-context.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import type { FailedTest } from '../core/test-result.ts';
import { writeAtomically } from '../host/files.ts';
import { junitReport } from '../tests/junit.ts';
import { type FinishedPackage, TestOutput } from '../tests/test-output.ts';
import type { ChosenTests } from '../tests/test-request.ts';
import { baseBuilderStage } from './base-images.ts';
import { goMode, runInBuilderAt, sourceTree } from './go-builder.ts';
import { testsUnits } from './plan-scope.ts';
import { sourceStage } from './source.ts';
import { sourceMount } from './source-mount.ts';

/** Where the checkout is mounted, which stays as it is: many tests write into the folder of their package. */
const MOUNTED = '/fw/source';
const FILES = '/fw/files';
const COMPILED = '##compiled ';
const STARTED = '##tests';

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
tar -C ${MOUNTED} --null --no-recursion --ignore-failed-read -cf - -T ${FILES} | tar -C "$tree" -xf -
if [ -d ${MOUNTED}/vendor ]; then tar -C ${MOUNTED} -cf - vendor | tar -C "$tree" -xf -; fi
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
(go list -e -test -deps -export -v -p "$jobs" $race -tags "$tags" -f "" $(cat /tmp/together /tmp/alone) 2>&1 || true) |
  sed -u "s/^/${COMPILED}/"
echo "${STARTED}"
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
/** Failed tests that are shown; the record and the JUnit file have all of them. */
const SHOWN = 20;

function flagsOf({ race, run: pattern, count, timeout = TIMEOUT }: ChosenTests): readonly string[] {
  return [
    ...(race ? ['-race'] : []),
    ...(pattern === undefined ? [] : [`-run=${pattern}`]),
    ...(count === undefined ? [] : [`-count=${count}`]),
    `-timeout=${timeout}`,
  ];
}

/** The failure of a package that cannot be compiled is also that of every package that imports it. */
function withoutDuplicates(failed: readonly FailedTest[]): readonly FailedTest[] {
  const keyOf = ({ package: path, test, problem }: FailedTest) => `${path}\0${test}\0${problem}`;
  return [...new Map(failed.map((each) => [keyOf(each), each])).values()];
}

/** Collects the results and reports them while the tests run. */
class Results {
  readonly finished: FinishedPackage[] = [];
  readonly #context: Pick<StageContext, 'report' | 'settings'>;
  readonly #total: number;
  readonly #output: TestOutput;
  #compiled = 0;
  #isCompiling = true;

  constructor(context: Pick<StageContext, 'report' | 'settings'>, total: number) {
    this.#context = context;
    this.#total = total;
    const { report, settings } = context;
    this.#output = new TestOutput(settings.release.modulePath, sourceTree(settings.release), {
      onTest: (path, test) => report.progress(this.finished.length, total, 'packages', `${path} ${test}`),
      onPackage: (finished) => this.#ended(finished),
      onLine: report.log,
    });
  }

  readonly onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (line === STARTED) this.#isCompiling = false;
    else if (!line.startsWith(COMPILED)) this.#output.onLine(line, stream);
    else if (this.#isCompiling) this.#compiledPackage(line.slice(COMPILED.length));
  };

  /** Call once go has ended. */
  finish(): void {
    for (const finished of this.#output.finish()) this.#ended(finished);
  }

  /** Errors are left out: `go test` repeats them. */
  #compiledPackage(name: string): void {
    if (!/^[\w.]+(\/[\w.@-]+)*(?: \[\S+\])?$/.test(name)) return;
    this.#compiled += 1;
    const { report, settings } = this.#context;
    report.progress(this.#compiled, 0, 'packages', name.replace(`${settings.release.modulePath}/`, ''));
  }

  #ended(finished: FinishedPackage): void {
    const { report } = this.#context;
    this.finished.push(finished);
    for (const line of finished.printed) report.log(line);
    report.packageTested(finished.result);
    report.progress(this.finished.length, this.#total, 'packages', finished.result.package);
  }
}

/** @throws WizardFailure `tests` if one has failed; `command` if go could not run them */
function requirePassed(
  context: StageContext,
  finished: readonly FinishedPackage[],
  exitCode: number,
  command: string,
) {
  const { options, settings, source, report } = context;
  const failing = finished.filter(({ result }) => result.outcome === 'failed');
  if (failing.length > 0) {
    const failed = withoutDuplicates(failing.flatMap(({ result }) => result.failed));
    throw new WizardFailure({
      kind: 'tests',
      failed: failed.slice(0, SHOWN),
      count: failed.length,
      packages: failing.map(({ result }) => result.package),
      tested: finished.length,
      again: options.again,
    });
  }
  if (exitCode === 0) return;
  throw new WizardFailure({
    kind: 'command',
    command,
    where: { key: 'where.builder', image: settings.builderImage, dir: source.dir },
    exitCode,
    tail: report.tail(),
    again: options.again,
  });
}

/** Says what was left out without failing. */
function warnOf({ report }: StageContext, tests: ChosenTests, finished: readonly FinishedPackage[]): void {
  if (tests.withoutPkcs11.length > 0)
    report.warn('tests-pkcs11', { key: 'warning.tests-pkcs11', packages: tests.withoutPkcs11 });
  const results = finished.map(({ result }) => result);
  if (tests.run !== undefined && results.every(({ outcome }) => outcome === 'no-tests'))
    report.warn('tests-none', { key: 'warning.no-test-matches', pattern: tests.run });
}

async function runTests(context: StageContext, tests: ChosenTests): Promise<readonly FinishedPackage[]> {
  const { settings, source, config } = context;
  const { release, goTags } = settings;
  const results = new Results(context, tests.packages.length);
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
      inputs: [{ name: FILES.slice(1), content: fileList(source) }],
      onLine: results.onLine,
    },
    async (ended) => ended.exitCode,
  );
  results.finish();
  if (tests.junit !== undefined) await writeAtomically(tests.junit, junitReport(results.finished));
  warnOf(context, tests, results.finished);
  requirePassed(context, results.finished, exitCode, shellLine(command));
  return results.finished;
}

/** The files of the checkout, as `tar` reads them; `vendor` is copied whole, because git can ignore a part of it. */
function fileList({ tree }: Pick<StageContext['source'], 'tree'>): string {
  const paths = [...tree.files.keys()].filter((path) => !path.startsWith('vendor/'));
  return paths.map((path) => `./${path}\0`).join('');
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
    const results = (await runTests(context, tests)).map(({ result }) => result);
    const sum = (of: (result: (typeof results)[number]) => number) =>
      results.reduce((all, each) => all + of(each), 0);
    const skipped = sum((each) => each.skipped.length);
    const untested = results.filter(({ outcome }) => outcome === 'no-tests').length;
    return {
      outcome: 'built',
      detail: {
        key: 'detail.tests',
        packages: results.length,
        count: sum(({ passed }) => passed),
        skipped: skipped === 0 ? '' : { key: 'detail.tests-skipped', count: skipped },
        untested: untested === 0 ? '' : { key: 'detail.packages-untested', count: untested },
      },
    };
  },
});
