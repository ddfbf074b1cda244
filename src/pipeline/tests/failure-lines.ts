/** PURE: finds, in the output of a failed Go test, where it failed, the lines that say why, and what was missing. */
import type { FailedTest, TestNeed } from '../core/test-result.ts';

/** Where the sources are. */
export interface TestPlace {
  /** The checkout in the container: `/opt/gopath/src/github.com/hyperledger/fabric`. */
  readonly root: string;
  /** Path of the package relative to it. */
  readonly package: string;
}

type Place = NonNullable<FailedTest['place']>;

/** Lines of a failure that are shown. */
const SHOWN = 15;

const MARK = /^\s*(?:=== (?:RUN|PAUSE|CONT|NAME)|--- (?:FAIL|PASS|SKIP)[: ])/;
/** A line of Fabric's own log, perhaps after a colour. */
const LOGGED = /^\S{0,8}\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:UTC )?/;
const FRAME = /^\s+(\/\S+\.go):(\d+)/;
const PANIC = /^(?:panic: |fatal error: )/;
const TIMEOUT = /^panic: test timed out after /;
const RACE = /^WARNING: DATA RACE$/;

function isWithinPackage(file: string): boolean {
  return !file.includes('/') && file !== 'testing.go';
}

/** Returns a position of the checkout; undefined for one of vendored packages and of Go itself. */
export function placeAt(
  file: string,
  line: string | undefined,
  { root, package: path }: TestPlace,
): Place | undefined {
  const below = file.startsWith(`${root}/`) ? file.slice(root.length + 1) : undefined;
  const inPackage = isWithinPackage(file) ? (path === '.' ? file : `${path}/${file}`) : undefined;
  const known = below ?? inPackage;
  if (known === undefined || known.startsWith('vendor/') || line === undefined) return undefined;
  return { file: known, line: Number(line) };
}

function firstPlace(lines: readonly string[], pattern: RegExp, where: TestPlace): Place | undefined {
  for (const line of lines) {
    const [, file, number] = pattern.exec(line) ?? [];
    const place = file === undefined ? undefined : placeAt(file, number, where);
    if (place) return place;
  }
  return undefined;
}

/** The stack of the goroutine that ran the test, if the output has several. */
function stackOfTest(lines: readonly string[]): readonly string[] {
  const starts = lines.flatMap((line, index) => (/^goroutine \d+ /.test(line) ? [index] : []));
  const stacks = starts.map((start, index) => lines.slice(start, starts[index + 1]));
  const runsTest = (stack: readonly string[]) =>
    stack.some((line) => line.startsWith('testing.tRunner(')) &&
    !stack.some((line) => line.startsWith('testing.runTests('));
  return stacks.find(runsTest) ?? lines;
}

function problemOf(lines: readonly string[]): FailedTest['problem'] {
  if (lines.some((line) => TIMEOUT.test(line))) return 'timeout';
  if (lines.some((line) => PANIC.test(line))) return 'panic';
  return lines.some((line) => RACE.test(line)) ? 'race' : 'failed';
}

function placeOf(
  lines: readonly string[],
  problem: FailedTest['problem'],
  where: TestPlace,
): Place | undefined {
  const from = (pattern: RegExp) =>
    lines.slice(
      Math.max(
        0,
        lines.findIndex((line) => pattern.test(line)),
      ),
    );
  if (problem === 'timeout') return firstPlace(stackOfTest(from(TIMEOUT)), FRAME, where);
  if (problem === 'panic') return firstPlace(from(PANIC), FRAME, where);
  if (problem === 'race') return firstPlace(from(RACE), FRAME, where);
  return (
    firstPlace(lines, /^\s+Error Trace:\s+(\S+\.go):(\d+)/, where) ??
    firstPlace([...lines].reverse(), /^\s{4,}([^\s:/]+\.go):(\d+): /, where) ??
    firstPlace(lines, /^(\/\S+\.go):(\d+)$/, where)
  );
}

/** The message of a panic, and the calls of the checkout that led to it: those of Go itself explain nothing. */
function panicLines(lines: readonly string[], where: TestPlace): readonly string[] {
  const from = lines.slice(lines.findIndex((line) => PANIC.test(line)));
  const stack = from.findIndex((line) => line.startsWith('goroutine '));
  const message = stack < 0 ? from : from.slice(0, stack);
  const calls = stackOfTest(from).flatMap((line, index, all) => {
    const [, file, number] = FRAME.exec(line) ?? [];
    const isOurs = file !== undefined && placeAt(file, number, where) !== undefined;
    return isOurs ? [all[index - 1] ?? '', line] : [];
  });
  return [...message.filter((line) => line.trim() !== ''), ...calls].slice(0, SHOWN);
}

/** Paths relative to the checkout, and without the indentation that all lines have. */
export function tidied(lines: readonly string[], { root }: TestPlace): readonly string[] {
  const spaced = lines.map((line) => line.replaceAll(`${root}/`, '').replaceAll('\t', '  ').trimEnd());
  const indent = Math.min(...spaced.map((line) => line.search(/\S/)).filter((at) => at >= 0));
  return spaced.map((line) => line.slice(Number.isFinite(indent) ? indent : 0));
}

/** Returns the lines that say why, the last ones if there are too many. */
function explaining(
  lines: readonly string[],
  problem: FailedTest['problem'],
  where: TestPlace,
): readonly string[] {
  if (problem === 'panic' || problem === 'timeout') return panicLines(lines, where);
  return withoutMarks(lines).slice(-SHOWN);
}

export function withoutMarks(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.trim() !== '' && !MARK.test(line) && !LOGGED.test(line));
}

const NEEDS: readonly (readonly [TestNeed, RegExp])[] = [
  ['docker', /docker\.sock|Cannot connect to the Docker daemon|cannot connect to Docker endpoint/i],
  ['couchdb', /couch ?db.*(?:refused|no such host)|:5984\b.*refused/i],
  ['pkcs11', /softhsm|PKCS ?#?11.*(?:library|not found|could not)|(?:library|could not).*PKCS ?#?11/i],
  ['network', /lookup \S+.*(?:no such host|server misbehaving|try again)|network is unreachable/],
];

export function needOf(lines: readonly string[]): TestNeed | undefined {
  return NEEDS.find(([, pattern]) => lines.some((line) => pattern.test(line)))?.[0];
}

/** Returns the failures of a Ginkgo suite: it is one Go test, and its summary names each spec with its place. */
function failedSpecs(lines: readonly string[], where: TestPlace): readonly FailedTest[] {
  const summary = lines.findIndex((line) => /^Summarizing \d+ Failures?:/.test(line));
  if (summary < 0) return [];
  const found: FailedTest[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < summary) continue;
    const [, word = '', spec] =
      /^\s*\[(Fail|FAIL|Panic!|PANICKED!|TIMEDOUT|Timeout\.\.\.)\] (.+?)\s*$/.exec(line) ?? [];
    const [, file = '', number] = /^\s*(\S+\.go):(\d+)/.exec(lines[index + 1] ?? '') ?? [];
    if (spec === undefined) continue;
    const place = placeAt(file, number, where);
    const output = tidied(specOutput(lines.slice(0, summary), `${file}:${number}`), where);
    const needs = needOf(output);
    found.push({
      package: where.package,
      test: spec.replace(/ ?\[(?:It|BeforeEach|JustBeforeEach|AfterEach|Measurement)\] ?/, ' ').trim(),
      problem: /^p/i.test(word) ? 'panic' : /^t/i.test(word) ? 'timeout' : 'failed',
      ...(place ? { place } : {}),
      output,
      ...(needs ? { needs } : {}),
    });
  }
  return found;
}

/** The lines above the first mention of the place, from the beginning of its report. */
function specOutput(lines: readonly string[], place: string): readonly string[] {
  const at = lines.findLastIndex((line) => line.includes(place));
  if (at < 0) return [];
  const above = lines.slice(0, at + 1);
  const start = above.findLastIndex((line) =>
    /^-{10,}$|^• (?:\[?(?:Failure|FAILED|PANICKED|Panic))/i.test(line),
  );
  return withoutMarks(above.slice(start + 1)).slice(-SHOWN);
}

/** Returns the failures that the output of a failed test shows: one, or one for each spec of a Ginkgo suite. */
export function failuresIn(test: string, lines: readonly string[], where: TestPlace): readonly FailedTest[] {
  const specs = failedSpecs(lines, where);
  if (specs.length > 0) return specs;
  const problem = problemOf(lines);
  const place = placeOf(lines, problem, where);
  const output = tidied(explaining(lines, problem, where), where);
  const needs = needOf(output);
  return [
    {
      package: where.package,
      test,
      problem,
      ...(place ? { place } : {}),
      output,
      ...(needs ? { needs } : {}),
    },
  ];
}
