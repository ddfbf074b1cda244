/** `npm test`: runs all suites. The last line is the number of tests. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const total = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'fabric-wizard-test-'));

/** Runs a program of the package and shows what it prints. @returns whether it succeeded */
function run(title, program, args) {
  console.log(`\n== ${title}`);
  return ended(program, args, 'inherit').then(({ succeeded }) => succeeded);
}

/** Runs a program of the package. Its output is a text in the result if `stdio` is `pipe`. */
function ended(program, args, stdio) {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: ['ignore', stdio, stdio],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ succeeded: code === 0, output }));
  });
}

/** Runs a program in the background. It counts as one test. @returns a function that waits for its end and shows its output */
function single(title, program, args) {
  const running = ended(program, args, 'pipe');
  return async () => {
    const { succeeded, output } = await running;
    console.log(`\n== ${title}\n${output.trimEnd()}`);
    total[succeeded ? 'passed' : 'failed'] += 1;
  };
}

async function suites(title, ...projects) {
  const file = join(reports, `${title}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const chosen = projects.flatMap((project) => ['--project', project]);
  const succeeded = await run(title, 'node_modules/vitest/vitest.mjs', ['run', ...chosen, ...reporters]);
  let failed = 0;
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    // A file that cannot be loaded has no failed tests.
    const broken = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    failed = report.numFailedTests + broken.length;
    total.passed += report.numPassedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
  } catch (error) {
    console.log(`no report of ${title}: ${error.message}`);
  }
  // Errors outside of tests, such as an unhandled rejection, only change the exit code.
  total.failed += failed === 0 && !succeeded ? 1 : failed;
}

// The unit tests wait part of their time, so the other checks run beside them.
const lint = single('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
const types = single('types', 'node_modules/typescript/bin/tsc', ['--noEmit']);
await suites('unit', 'unit');
await lint();
await types();
// Installs and starts an engine if none responds. Without an engine, the end-to-end tests fail with a message.
await run('engine', 'dist/bin.js', ['doctor', '--fix', 'engine']);
await suites('e2e', 'e2e', 'e2e-alone');

rmSync(reports, { recursive: true, force: true });
if (total.passed + total.failed === 0 || total.failed > 0) process.exitCode = 1;
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
