/** `npm run bench`: measures how fast the program is, as ratios of times of the same run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments, USAGE } from './bench/arguments.mjs';
import { figureOf, machineText, markdownText, ratioText, tableText } from './bench/figures.mjs';
import { describeMachine } from './bench/machine.mjs';
import { loadProduct } from './bench/product.mjs';
import { removeOwn } from './bench/removal.mjs';
import { ROWS } from './bench/rows.mjs';
import { prepareSetup } from './bench/setup.mjs';
import { cleanUpRunner, interruptibleRunner, runMain } from './command-line.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';

const QUICK_TIMES = 5;
/** Above this load, other programs disturb the measurement. */
const QUIET_LOAD = 0.5;

const startedAt = performance.now();

function log(line) {
  const minutes = Math.floor((performance.now() - startedAt) / 60_000);
  const seconds = Math.floor(((performance.now() - startedAt) / 1000) % 60);
  process.stderr.write(`${String(minutes).padStart(3)}:${String(seconds).padStart(2, '0')} ${line}\n`);
}

async function measured(rows, setup, { runs, check }) {
  const figures = [];
  for (const row of rows) {
    log(row.name);
    const setupOfRow = { ...setup, log: (line) => log(`${row.name}: ${line}`) };
    try {
      const figure = figureOf(
        row,
        await row.measure(setupOfRow, row.quick && !check ? QUICK_TIMES * runs : runs),
      );
      log(`${row.name}: ${ratioText(figure.ratio)}, at most ${ratioText(row.atMost)}`);
      figures.push(figure);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      log(`${row.name} failed: ${error.message}`);
      const { name, what, against, atMost } = row;
      figures.push({ name, what, against, atMost, error: error.message });
    }
  }
  return figures;
}

async function report(result, { json, markdown }) {
  if (json === '-') console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`\n${result.source}\n${machineText(result.machine)}\n\n${tableText(result.figures)}`);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  }
  if (markdown !== undefined) await writeFile(markdown, markdownText(result));
}

async function main() {
  const options = parseArguments(
    process.argv.slice(2),
    ROWS.map(({ name }) => name),
  );
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  prepare();
  const run = interruptibleRunner();
  const dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-bench-'));
  const own = { run: cleanUpRunner(), bin: join(root, 'dist', 'bin.js'), dir };
  try {
    log('removing what an interrupted run left');
    await removeOwn(own);
    const from = process.env.FABRIC_SRC?.split(':')[0] || join(root, 'sample');
    const setup = await prepareSetup({
      ...{ root, dir, from, run, log },
      product: await loadProduct(root),
      check: options.check,
    });
    const machine = await describeMachine(setup);
    if (machine.load > QUIET_LOAD && !options.check)
      log(`other programs are running (load ${machine.load}): the figures will not be reliable`);
    const figures = await measured(
      ROWS.filter(({ name, needs }) => {
        const isPossible = needs === undefined || needs(setup.original.release);
        if (!isPossible)
          log(`${name} is left out: Fabric ${setup.original.release.id} does not have what it measures`);
        return isPossible && options.only.includes(name);
      }),
      setup,
      options,
    );
    const date = new Date().toISOString();
    await report({ date, source: setup.sourceName, machine, runs: options.runs, figures }, options);
    return figures.some(({ error }) => error !== undefined) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    log('interrupted');
    return 130;
  } finally {
    log('cleaning up');
    const left = await removeOwn(own);
    if (left.length > 0) log(`could not be removed from the engine: ${left.join(', ')}`);
    await rm(dir, { recursive: true, force: true });
  }
}

await runMain(main, USAGE);
