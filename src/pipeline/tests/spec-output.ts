/** PURE: reads what Ginkgo 1 and 2 print with `-ginkgo.v` and without colours: each spec as it begins and ends. */
import type { FailedTest, SkippedTest } from '../core/test-result.ts';
import { needOf, placeAt, type TestPlace, tidied, withoutMarks } from './failure-lines.ts';
import type { FinishedPackage, TestCase } from './test-output.ts';

export interface SpecListener {
  /** The suite has this many specs to run. */
  readonly onTotal: (count: number) => void;
  readonly onSpec: (name: string) => void;
  readonly onEnded: (spec: TestCase) => void;
}

const TOTAL = /^Will run (\d+) of \d+ specs$/;
/** The end of a suite, which repeats its failures. */
const SUMMARY = /^(?:Summarizing \d+ Failures?:|Ran \d+ of \d+ Specs in .*)$/;
const DELIMITER = /^-{30}$/;
const LOCATION = /^\s*(\/\S+\.go):(\d+)$/;
const SETUP = /^\[?(?:Synchronized)?(?:Before|After)Suite\b|^\[ReportAfterSuite\]/;
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** The first line of the report of a spec that has ended, and what it says. */
const ENDS: readonly (readonly [RegExp, TestCase['outcome'], FailedTest['problem']])[] = [
  [/^• \[(?:SLOW TEST:)?([\d.]+) seconds\]$/, 'passed', 'failed'],
  [/^\[\w+\] PASSED \[([\d.]+) seconds\]$/, 'passed', 'failed'],
  [/^(?:•|\[\w+\]) \[PANICKED!?\][^[]* \[([\d.]+) seconds\]$/, 'failed', 'panic'],
  [/^(?:•|\[\w+\]) \[TIMEDOUT\][^[]* \[([\d.]+) seconds\]$/, 'failed', 'timeout'],
  [/^(?:•|\[\w+\]) \[(?:FAILED|INTERRUPTED|ABORTED)\][^[]* \[([\d.]+) seconds\]$/, 'failed', 'failed'],
  [/^(?:• )?Failure[^[]* \[([\d.]+) seconds\]$/, 'failed', 'failed'],
  [/^(?:•! )?Panic[^[]* \[([\d.]+) seconds\]$/, 'failed', 'panic'],
  [/^(?:•\.\.\. )?Timeout[^[]* \[([\d.]+) seconds\]$/, 'failed', 'timeout'],
  [/^S \[SKIPP(?:ED|ING)\][^[]* \[([\d.]+) seconds\]$/, 'skipped', 'failed'],
  [/^P \[PENDING\]/, 'skipped', 'failed'],
];
/** Lines that are kept of a report. */
const MAX_LINES = 400;
/** Lines of the texts of a spec that begins; more than that are of something else. */
const MAX_TEXTS = 6;
/** Lines of a failure that are shown. */
const SHOWN = 15;

interface Ending {
  readonly outcome: TestCase['outcome'];
  readonly problem: FailedTest['problem'];
  readonly seconds: number;
  readonly lines: string[];
}

function keep(lines: string[], line: string): void {
  if (lines.length < MAX_LINES) lines.push(line);
}

function endOf(line: string): Ending | undefined {
  for (const [pattern, outcome, problem] of ENDS) {
    const found = pattern.exec(line);
    if (found) return { outcome, problem, seconds: Number(found[1] ?? 0), lines: [] };
  }
  return undefined;
}

/** The texts above the first empty line, as one name. Ginkgo 1 can put a place below each of them. */
function nameOf(lines: readonly string[]): string {
  const blank = lines.indexOf('');
  return lines
    .slice(0, blank < 0 ? lines.length : blank)
    .filter((line) => !LOCATION.test(line))
    .map((line) => line.trim())
    .join(' ')
    .replace(/ ?\[(?:It|BeforeEach|JustBeforeEach|AfterEach)\] ?/g, ' ')
    .trim();
}

/** What a report says below the texts and places of the spec. */
function messageOf(lines: readonly string[]): readonly string[] {
  const blank = lines.findIndex((line) => line.trim() === '');
  return blank < 0 ? [] : lines.slice(blank + 1);
}

/** Files and lines that a report names, the most likely one first: Ginkgo 2 says `at:`, Ginkgo 1 ends with the place. */
function placesIn(
  message: readonly string[],
  report: readonly string[],
): readonly (readonly [string, string])[] {
  const found = (pattern: RegExp, lines: readonly string[]) =>
    lines.flatMap((line) => {
      const [, file, number] = pattern.exec(line) ?? [];
      return file === undefined || number === undefined ? [] : [[file, number] as const];
    });
  return [
    ...found(/\bat: (\/\S+\.go):(\d+)/, message),
    ...found(LOCATION, [...message].reverse()),
    ...found(LOCATION, report),
  ];
}

/** One suite. */
export class SpecOutput {
  readonly cases: TestCase[] = [];
  readonly failed: FailedTest[] = [];
  readonly skipped: SkippedTest[] = [];
  readonly #where: TestPlace;
  readonly #listener: SpecListener;
  /** What was said since the last spec, until the next one has its name. */
  #between: string[] | undefined;
  #running: string | undefined;
  #ending: Ending | undefined;

  constructor(where: TestPlace, listener: SpecListener) {
    this.#where = where;
    this.#listener = listener;
  }

  /** Name of the spec that runs; undefined between two specs. */
  get running(): string | undefined {
    return this.#running;
  }

  readonly onLine = (printed: string): void => {
    const line = printed.replace(COLOUR, '').trimEnd();
    const total = TOTAL.exec(line)?.[1];
    if (this.#ending) {
      if (DELIMITER.test(line)) this.#ended(this.#ending);
      else keep(this.#ending.lines, line);
      return;
    }
    this.#ending = endOf(line);
    if (this.#ending) return;
    if (total !== undefined) this.#listener.onTotal(Number(total));
    if (SUMMARY.test(line)) this.#between = undefined;
    else if (this.#running === undefined && (total !== undefined || DELIMITER.test(line))) this.#between = [];
    else if (this.#between) this.#begins(this.#between, line);
  };

  /** Call once the suite has ended: a last report has no line below it. */
  finish(): void {
    if (this.#ending) this.#ended(this.#ending);
  }

  #begins(between: string[], line: string): void {
    if (line !== '') between.push(line);
    if (!LOCATION.test(line)) {
      if (between.length > MAX_TEXTS) this.#between = undefined;
      return;
    }
    this.#between = undefined;
    this.#running = nameOf(between);
    if (!SETUP.test(this.#running)) this.#listener.onSpec(this.#running);
  }

  #ended({ outcome, problem, seconds, lines }: Ending): void {
    const name = this.#running ?? nameOf(lines);
    this.#ending = undefined;
    this.#running = undefined;
    this.#between = [];
    const isSetup = SETUP.test(name);
    if (outcome === 'failed') this.failed.push(this.#failure(name, problem, lines));
    if (isSetup) return;
    const spec = { name, outcome, seconds };
    this.cases.push(spec);
    if (outcome === 'skipped') {
      const [reason = ''] = messageOf(lines).filter((line) => line.trim() !== '');
      this.skipped.push({ test: name, reason: reason.trim().replace(/^\[SKIPPED\] /, '') });
    }
    this.#listener.onEnded(spec);
  }

  #failure(name: string, problem: FailedTest['problem'], lines: readonly string[]): FailedTest {
    const message = messageOf(lines);
    const trace = message.findIndex((line) => /^\s*Full Stack Trace/.test(line));
    const own = trace < 0 ? message : message.slice(0, trace);
    const place = placesIn(own, lines).flatMap(([file, line]) => placeAt(file, line, this.#where) ?? [])[0];
    const output = tidied(withoutMarks(own), this.#where).slice(0, SHOWN);
    const needs = needOf(output);
    return {
      package: this.#where.package,
      test: name,
      problem,
      ...(place ? { place } : {}),
      output,
      ...(needs ? { needs } : {}),
    };
  }
}

/** Returns the result of a suite whose program has ended. It is one Go test, whose place its specs take. */
export function suiteResult(finished: FinishedPackage, specs: SpecOutput): FinishedPackage {
  const { result } = finished;
  const { running } = specs;
  specs.finish();
  const { cases, failed, skipped } = specs;
  if (cases.length === 0 && failed.length === 0) return finished;
  // What ended the program during a spec is in no report of Ginkgo.
  const ended = running === undefined ? [] : result.failed.map((each) => ({ ...each, test: running }));
  const all = [...failed, ...ended];
  return {
    ...finished,
    result: {
      ...result,
      passed: cases.filter(({ outcome }) => outcome === 'passed').length,
      failed: all.length === 0 ? result.failed : all,
      skipped,
    },
    cases,
  };
}
