/** `npm run matrix`: builds, runs and proves releases of Fabric from source, one row for each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpRunner, interruptibleRunner, log, runInFolder, UsageError } from './command-line.mjs';
import { describeMachine } from './machine.mjs';
import { drawTags, newSeed, tagNames } from './matrix/any.mjs';
import { parseArguments, USAGE } from './matrix/arguments.mjs';
import { isRepository } from './matrix/checkout.mjs';
import { doRelease } from './matrix/release.mjs';
import { machineText, markdownText, tableText } from './matrix/report.mjs';
import { inOrder, isFinished, readResults, writeResults } from './matrix/results.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';

/** Distance of the port bases of two releases. */
const PORTS_EACH = 20;

/** Does all releases that have no result yet. */
async function doAll(options, results, tools) {
  const { tags, only, again, work, portBase } = options;
  for (const [index, tag] of tags.entries()) {
    if (!again && isFinished(results.rows[tag], only)) {
      log(`${tag} has a result`);
      continue;
    }
    log(`${tag}: checkout`);
    const row = await doRelease({
      ...options,
      ...tools,
      tag,
      portBase: portBase + PORTS_EACH * index,
      log: (line) => log(`${tag}: ${line}`),
    });
    log(`${tag}: ${row.outcome}`);
    results.rows[tag] = row;
    await writeResults(work, results);
  }
}

/** Returns the tags to test. With `--any` they are drawn, and the seed is printed before anything else is done. */
async function tagsOf({ any, seed = newSeed(), tags, fabric }, run) {
  if (any === undefined) return tags;
  const drawn = drawTags(await tagNames(run, fabric), any, seed);
  if (drawn.length === 0) throw new UsageError(`${fabric} has no tag like v1.4.12`);
  log(`--any ${any} --seed ${seed}: ${drawn.join(', ')}`);
  return drawn;
}

async function work(given) {
  const results = await readResults(given.work);
  const run = interruptibleRunner();
  if (!(await isRepository(run, given.fabric)))
    throw new UsageError(`${given.fabric} is not a git repository`);
  const options = { ...given, tags: await tagsOf(given, run) };
  prepare();
  const runToEnd = cleanUpRunner();
  const bin = join(root, 'dist', 'bin.js');
  let interrupted = false;
  try {
    results.machine = await describeMachine(run);
    await doAll(options, results, { run, runToEnd, bin });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    log('interrupted; run the same command to continue, with --seed if it has --any');
    interrupted = true;
  }
  const rows = inOrder(results.rows);
  if (rows.length > 0) {
    console.log(`\n${machineText(results.machine)}\n\n${tableText(rows)}`);
    if (options.markdown !== undefined)
      await writeFile(options.markdown, markdownText({ machine: results.machine, rows }));
  }
  if (interrupted) return 130;
  return options.tags.every((tag) => results.rows[tag].outcome === 'green') ? 0 : 1;
}

await runInFolder({ parse: parseArguments, usage: USAGE }, work);
