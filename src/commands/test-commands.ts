/** `test`: unit tests of Fabric's source. */
import { resolve } from 'node:path';
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { wholeNumber } from '../pipeline/core/whole-number.ts';
import { type TestOptions, type TestRequest, testWords } from '../pipeline/tests/test-request.ts';
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, type Flags, text, withChoices, withPreflight } from './command-options.ts';
import { RUN_OPTIONS, runPlan } from './run-commands.ts';

const MOST_RUNS = 10_000;
/** A duration as Go writes it. Zero means no limit to go, and is not offered: a test that hangs would never end. */
const DURATION = /^(?=.*[1-9])(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const HELP = 'fabric-wizard test --help';

function requireValue(isValid: boolean, message: Phrase): void {
  if (!isValid) throw new WizardFailure({ kind: 'usage', message, next: [HELP] });
}

/** @throws WizardFailure `usage` */
function optionsOf(flags: Flags): TestOptions {
  const [run, count, timeout, junit] = ['run', 'count', 'timeout', 'junit'].map((name) => text(flags, name));
  const runs = count === undefined ? undefined : wholeNumber(count);
  requireValue(count === undefined || (runs !== undefined && runs >= 1 && runs <= MOST_RUNS), {
    key: 'usage.test-count',
    value: count ?? '',
    most: MOST_RUNS,
  });
  requireValue(timeout === undefined || DURATION.test(timeout), {
    key: 'usage.test-timeout',
    value: timeout ?? '',
  });
  requireValue(run === undefined || (run !== '' && !/[\n\r]/.test(run)), { key: 'usage.test-pattern' });
  requireValue(junit !== '', { key: 'usage.no-junit-file' });
  // Suites compile the programs that they test themselves, and Ginkgo refuses to run a suite twice.
  for (const name of ['race', 'count'])
    requireValue(flags.integration !== true || flags[name] === undefined, {
      key: 'usage.only-unit-tests',
      flag: `--${name}`,
    });
  return {
    race: flags.race === true,
    run,
    count: runs,
    timeout,
    junit: junit === undefined ? undefined : resolve(junit),
  };
}

export function addTestCommand(add: AddCommand, version: string): void {
  add(
    'test [packages...]',
    'run unit tests of Fabric: of the named packages, or of what the working tree changes; or its integration tests',
    (command) =>
      withExamples(
        uses(withPreflight(withChoices(command, 'network', 'proof')), ...RUN_OPTIONS)
          .option('--integration', "run suites of Fabric's integration tests; the arguments are their names")
          .option('--race', 'also look for data races; takes longer to compile')
          .option('--run <REGEX>', 'only tests, or specs of a suite, whose names match')
          .option('--count <N>', 'run each test N times, and use no result of an earlier run')
          .option(
            '--timeout <TIME>',
            'longest time for the tests of one package (default: 20m), or for one suite (2h)',
          )
          .option('--junit <FILE>', "write the results as JUnit's XML"),
        ['fabric-wizard test', 'test the packages with changed files, and those that import them'],
        ['fabric-wizard test core/peer ./common/...', 'test one package and a folder of them'],
        ['fabric-wizard test --integration sbe', 'run a suite of integration tests on the images of `build`'],
        ["fabric-wizard test core/peer --run '^TestCreate' --race", 'test a part of it for data races'],
      ),
    async (terminal, flags, packages) => {
      const tests: TestRequest = {
        ...optionsOf(flags),
        packages,
        ...(flags.integration === true ? { integration: true } : {}),
      };
      return runPlan(version, terminal, flags, {
        command: 'test',
        words: testWords(tests),
        tests,
        keepChaincode: false,
      });
    },
  );
}
