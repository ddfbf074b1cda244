/** What stages that run `go test` in the builder image have in common: the copy of the checkout, and what the results become. */
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import type { FailedTest } from '../core/test-result.ts';
import { writeAtomically } from '../host/files.ts';
import { junitReport } from '../tests/junit.ts';
import { type FinishedPackage, type OutputListener, TestOutput } from '../tests/test-output.ts';
import { sourceTree } from './go-builder.ts';

/** Where the checkout is mounted, which stays as it is: many tests write into the folder of their package. */
export const MOUNTED = '/fw/source';
const FILES = '/fw/files';
/** Begins lines about packages that are compiled, because `go test` does not say what it compiles. */
const COMPILED = '##compiled ';
const STARTED = '##tests';

/** POSIX shell: copies the checkout to `$tree`. */
export const COPY_SOURCE = `
tar -C ${MOUNTED} --null --no-recursion --ignore-failed-read -cf - -T ${FILES} | tar -C "$tree" -xf -
if [ -d ${MOUNTED}/vendor ]; then tar -C ${MOUNTED} -cf - vendor | tar -C "$tree" -xf -; fi
`;

/** POSIX shell: compiles the packages whose names are in these files, for `$tags`, and then says that the tests begin. */
export function compileFirst(files: string, flags = ''): string {
  return `
(go list -e -test -deps -export -v -p "$jobs" ${flags} -tags "$tags" -f "" $(cat ${files}) 2>&1 || true) |
  sed -u "s/^/${COMPILED}/"
echo "${STARTED}"
`;
}

/** The list of the files that `COPY_SOURCE` copies; it copies `vendor` whole, because git can ignore a part of it. */
export function fileList({ tree }: Pick<StageContext['source'], 'tree'>): {
  readonly name: string;
  readonly content: string;
} {
  const paths = [...tree.files.keys()].filter((path) => !path.startsWith('vendor/'));
  return { name: FILES.slice(1), content: paths.map((path) => `./${path}\0`).join('') };
}

type Reporting = Pick<StageContext, 'report' | 'settings'>;

export interface ResultListener extends Pick<OutputListener, 'onTest' | 'onOutput'> {
  /** Returns the result of a package as it is to be reported. */
  readonly completed?: (finished: FinishedPackage) => FinishedPackage;
  /** A result was reported. */
  readonly onReported: (finished: FinishedPackage) => void;
}

/** Collects the results and reports them while the tests run. */
export class TestResults {
  readonly finished: FinishedPackage[] = [];
  readonly #context: Reporting;
  readonly #output: TestOutput;
  readonly #listener: ResultListener;
  #compiled = 0;
  #isCompiling = true;

  constructor(context: Reporting, listener: ResultListener) {
    this.#context = context;
    this.#listener = listener;
    const { report, settings } = context;
    this.#output = new TestOutput(settings.release.modulePath, sourceTree(settings.release), {
      ...listener,
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

  #ended(ended: FinishedPackage): void {
    const { completed, onReported } = this.#listener;
    const finished = completed ? completed(ended) : ended;
    this.finished.push(finished);
    for (const line of finished.printed) this.#context.report.log(line);
    this.#context.report.packageTested(finished.result);
    onReported(finished);
  }
}

/** Failed tests that are shown; the record and the JUnit file have all of them. */
const SHOWN = 20;

/** The failure of a package that cannot be compiled is also that of every package that imports it. */
function withoutDuplicates(failed: readonly FailedTest[]): readonly FailedTest[] {
  const keyOf = ({ package: path, test, problem }: FailedTest) => `${path}\0${test}\0${problem}`;
  return [...new Map(failed.map((each) => [keyOf(each), each])).values()];
}

/** How `go test` has ended. */
interface Ended {
  readonly exitCode: number;
  /** As the user would run it. */
  readonly command: readonly string[];
  /** File for a JUnit report. */
  readonly junit: string | undefined;
}

/**
 * Reports what `go test` has not ended itself, and writes the JUnit file, also of tests that have failed.
 * @throws WizardFailure `tests` if one has failed; `command` if go could not run them
 */
export async function endTests(
  context: StageContext,
  results: Pick<TestResults, 'finished' | 'finish'>,
  { exitCode, command, junit }: Ended,
): Promise<readonly FinishedPackage[]> {
  results.finish();
  const { finished } = results;
  if (junit !== undefined) await writeAtomically(junit, junitReport(finished));
  requirePassed(context, finished, exitCode, shellLine(command));
  return finished;
}

function requirePassed(
  context: StageContext,
  finished: readonly FinishedPackage[],
  exitCode: number,
  command: string,
): void {
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

/** The sum of what the packages have. */
export function summed(
  finished: readonly FinishedPackage[],
  of: (result: FinishedPackage['result']) => number,
): number {
  return finished.reduce((all, { result }) => all + of(result), 0);
}
