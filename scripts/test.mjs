/** `npm test`: runs all suites. The last line is the number of tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const total = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'fabric-wizard-test-'));

function run(title, program, args) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}

function single(title, program, args) {
  total[run(title, program, args) ? 'passed' : 'failed'] += 1;
}

function suites(title, ...projects) {
  const file = join(reports, `${title}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const chosen = projects.flatMap((project) => ['--project', project]);
  const ended = run(title, 'node_modules/vitest/vitest.mjs', ['run', ...chosen, ...reporters]);
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
  total.failed += failed === 0 && !ended ? 1 : failed;
}

single('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
single('types', 'node_modules/typescript/bin/tsc', ['--noEmit']);
suites('unit', 'unit');
// Installs and starts an engine if none responds. Without an engine, the end-to-end tests fail with a message.
run('engine', 'dist/bin.js', ['doctor', '--fix', 'engine']);
suites('e2e', 'e2e', 'e2e-alone');

rmSync(reports, { recursive: true, force: true });
if (total.passed + total.failed === 0 || total.failed > 0) process.exitCode = 1;
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
