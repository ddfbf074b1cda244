/** `npm run faults`: injects faults into runs on the practice source, and checks that the next run mends everything. */
import { writeFile } from 'node:fs/promises';
import { inWorkFolder, log, runMain, UsageError } from './command-line.mjs';
import { parseArguments, USAGE } from './faults/arguments.mjs';
import { doFaults } from './faults/campaign.mjs';
import { faultList } from './faults/fault-list.mjs';
import { countText, markdownText, rowText } from './faults/report.mjs';
import { addResult, readResults } from './faults/results.mjs';
import { prepare, root } from './prepare.mjs';

/** Returns the faults that are to be done. */
function chosenFaults(all, results, { only, failed, again }) {
  const chosen = all.filter(({ name }) => only.length === 0 || only.some((text) => name.includes(text)));
  if (chosen.length === 0) throw new UsageError(`no fault contains ${only.join(' or ')}; --list shows them`);
  if (failed) return chosen.filter(({ name }) => results.get(name)?.outcome === 'failed');
  return again ? chosen : chosen.filter(({ name }) => !results.has(name));
}

async function work(options) {
  const results = await readResults(options.work);
  const all = faultList();
  const faults = chosenFaults(all, results, options);
  prepare();
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      log('ends after this fault; run the same command to continue');
      abort.abort();
    });
  }
  await doFaults({
    ...options,
    root,
    faults,
    signal: abort.signal,
    log,
    onRow: async (row) => {
      results.set(row.name, row);
      await addResult(options.work, row);
      log(rowText(row));
    },
  });
  const rows = all.map(({ name }) => results.get(name)).filter((row) => row !== undefined);
  if (rows.length > 0 && options.report !== undefined) await writeFile(options.report, markdownText(rows));
  console.log(countText(rows));
  if (abort.signal.aborted) return 130;
  return rows.every(({ outcome }) => outcome === 'survived') ? 0 : 1;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (options.list) {
    for (const { name } of faultList()) console.log(name);
    return 0;
  }
  return inWorkFolder(options.work, () => work(options));
}

await runMain(main, USAGE);
