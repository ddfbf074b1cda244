/** `npm run engines`: proves releases of Fabric on several container engines, one row for each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpRunner, interruptibleRunner, log, runInFolder, UsageError } from './command-line.mjs';
import { parseArguments, USAGE } from './engines/arguments.mjs';
import { startEngine } from './engines/engine.mjs';
import { markdownText, tableText } from './engines/report.mjs';
import { doRow, failedRow, STEPS } from './engines/row.mjs';
import { makeSystem } from './engines/system.mjs';
import { ENGINES } from './engines/table.mjs';
import { describeMachine } from './machine.mjs';
import { isRepository } from './matrix/checkout.mjs';
import { isFinished, readResults, writeResults } from './matrix/results.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';

function keyOf({ engine, tag }) {
  return `${engine.name} ${tag}`;
}

/** Starts an engine of the table. */
async function start(engine, { work, run }) {
  log(`${engine.name}: starting`);
  const system = engine.own ? undefined : await makeSystem(run, work, engine.kind);
  const folder = join(work, 'engines', engine.name);
  return startEngine({ ...engine, system, folder, shared: [work, root], run });
}

/** Does the rows of one engine. If it does not start, they fail, and the rows of other engines are still done. */
async function doEngine(engine, rows, tools, onRow) {
  const started = await start(engine, tools).catch((error) => {
    if (error instanceof UsageError || error instanceof Interrupted) throw error;
    return error;
  });
  if (started instanceof Error) {
    for (const { tag } of rows) await onRow(failedRow(engine, tag, started));
    return;
  }
  try {
    for (const { tag } of rows) {
      const prefix = keyOf({ engine, tag });
      const options = { ...tools, started, engine, tag, root };
      await onRow(await doRow({ ...options, log: (line) => log(`${prefix}: ${line}`) }));
    }
  } finally {
    await started.stop();
  }
}

/** Does all rows that have no result yet, one engine after another. */
async function doAll({ rows, again, work, fabric }, results, tools) {
  const open = rows.filter((row) => again || !isFinished(results.rows[keyOf(row)], STEPS));
  for (const engine of ENGINES) {
    const own = open.filter((row) => row.engine === engine);
    if (own.length === 0) continue;
    await doEngine(engine, own, { ...tools, work, fabric }, async (row) => {
      const key = keyOf({ engine, tag: row.tag });
      log(`${key}: ${row.outcome}`);
      results.rows[key] = row;
      await writeResults(work, results);
    });
  }
}

async function work(options) {
  const results = await readResults(options.work);
  const run = interruptibleRunner();
  if (!(await isRepository(run, options.fabric)))
    throw new UsageError(`${options.fabric} is not a git repository`);
  prepare();
  const tools = { run, runToEnd: cleanUpRunner(), bin: join(root, 'dist', 'bin.js') };
  let interrupted = false;
  try {
    results.machine = await describeMachine(run);
    await doAll(options, results, tools);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    log('interrupted; run the same command to continue');
    interrupted = true;
  }
  const rows = ENGINES.flatMap((engine) =>
    engine.releases.flatMap((tag) => results.rows[keyOf({ engine, tag })] ?? []),
  );
  if (rows.length > 0) {
    console.log(tableText(rows));
    if (options.markdown !== undefined)
      await writeFile(options.markdown, markdownText({ machine: results.machine, engines: ENGINES, rows }));
  }
  if (interrupted) return 130;
  return options.rows.every((row) => results.rows[keyOf(row)]?.outcome === 'green') ? 0 : 1;
}

await runInFolder({ parse: parseArguments, usage: USAGE }, work);
