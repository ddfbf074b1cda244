/** `npm test`: every suite, from nothing. Its last line is the count. */
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
    // A file that cannot even be loaded has no test that could fail.
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
  // Errors outside any test (an unhandled rejection) show in the exit code alone.
  total.failed += failed === 0 && !ended ? 1 : failed;
}

single('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
single('types', 'node_modules/typescript/bin/tsc', ['--noEmit']);
suites('unit', 'unit');
// Installs and starts an engine where none answers; without one, the end-to-end tests say so themselves.
run('engine', 'dist/bin.js', ['doctor', '--fix', 'engine']);
suites('e2e', 'e2e', 'e2e-alone');

rmSync(reports, { recursive: true, force: true });
if (total.passed + total.failed === 0 || total.failed > 0) process.exitCode = 1;
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
