/** PURE: the report of tests that CI systems read: JUnit's XML, one suite for each package. */
import type { FailedTest } from '../core/test-result.ts';
import type { FinishedPackage } from './test-output.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no control characters, not even as entities. */
function isAllowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 32
    ? code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code < 0xe000)
    : '\t\n'.includes(character);
}

function escaped(text: string): string {
  return [...text]
    .filter(isAllowed)
    .map((character) => ENTITIES[character] ?? character)
    .join('');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

function body(lines: readonly string[]): string {
  return escaped(lines.join('\n')).replaceAll('&#10;', '\n');
}

function failureElement({ problem, place, output, needs }: FailedTest): string {
  const at = place ? `${place.file}:${place.line}` : '';
  const message = [at, needs === undefined ? '' : `needs ${needs}`].filter((part) => part !== '').join(' ');
  const name = problem === 'failed' || problem === 'race' ? 'failure' : 'error';
  return `      <${name}${attributes({ type: problem, message })}>${body(output)}</${name}>`;
}

function caseElement(suite: string, name: string, seconds: number, inner: readonly string[]): string[] {
  const head = `    <testcase${attributes({ classname: suite, name, time: seconds.toFixed(3) })}`;
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, '    </testcase>'];
}

function suiteElement({ result, cases }: FinishedPackage): readonly string[] {
  const { package: name, seconds, failed, skipped } = result;
  const reasons = new Map(skipped.map(({ test, reason }) => [test, reason]));
  const known = new Set(cases.map((each) => each.name));
  // Specs of Ginkgo, and what happened outside of a test.
  const others = failed.filter(({ test }) => !known.has(test));
  const lines = [
    ...cases.flatMap((each) => {
      const failures = failed.filter(({ test }) => test === each.name).map(failureElement);
      const skips =
        each.outcome === 'skipped'
          ? [`      <skipped${attributes({ message: reasons.get(each.name) ?? '' })}/>`]
          : [];
      return caseElement(name, each.name, each.seconds, [...failures, ...skips]);
    }),
    ...others.flatMap((each) => caseElement(name, each.test || each.problem, 0, [failureElement(each)])),
  ];
  const counts = {
    tests: cases.length + others.length,
    failures: failed.filter(({ problem }) => problem === 'failed' || problem === 'race').length,
    errors: failed.filter(({ problem }) => problem !== 'failed' && problem !== 'race').length,
    skipped: skipped.length,
  };
  return [
    `  <testsuite${attributes({ name, ...counts, time: seconds.toFixed(3) })}>`,
    ...lines,
    '  </testsuite>',
  ];
}

/** Returns the text of the file, with a line break at its end. */
export function junitReport(packages: readonly FinishedPackage[]): string {
  const suites = [...packages].sort((a, b) => (a.result.package < b.result.package ? -1 : 1));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites.flatMap(suiteElement),
    '</testsuites>',
    '',
  ].join('\n');
}
