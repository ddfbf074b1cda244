/** `npm run bench`: how fast we are, as ratios of times that were measured here and now. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments, USAGE, UsageError } from './bench/arguments.mjs';
import { figureOf, machineText, markdownText, ratioText, tableText } from './bench/figures.mjs';
import { prepareGround } from './bench/ground.mjs';
import { describeMachine } from './bench/machine.mjs';
import { loadProduct } from './bench/product.mjs';
import { removeOwn } from './bench/removal.mjs';
import { coldBuild } from './bench/rows/cold-build.mjs';
import { editLoop } from './bench/rows/edit-loop.mjs';
import { eightPeers } from './bench/rows/eight-peers.mjs';
import { firstFrame } from './bench/rows/first-frame.mjs';
import { instantiate } from './bench/rows/instantiate.mjs';
import { noopBuild } from './bench/rows/noop-build.mjs';
import { idleDashboard, keyEcho, logFlood } from './bench/rows/screen.mjs';
import { upProof } from './bench/rows/up-proof.mjs';
import { prepare, root } from './prepare.mjs';
import { createRunner, Interrupted } from './processes.mjs';

const ROWS = [
  coldBuild,
  noopBuild,
  editLoop,
  upProof,
  instantiate,
  eightPeers,
  firstFrame,
  logFlood,
  keyEcho,
  idleDashboard,
];
const QUICK_TIMES = 5;
/** Above this somebody else is at work. */
const QUIET_LOAD = 0.5;

const startedAt = performance.now();

function say(line) {
  const minutes = Math.floor((performance.now() - startedAt) / 60_000);
  const seconds = Math.floor(((performance.now() - startedAt) / 1000) % 60);
  process.stderr.write(`${String(minutes).padStart(3)}:${String(seconds).padStart(2, '0')} ${line}\n`);
}

async function measured(rows, ground, runs) {
  const figures = [];
  for (const row of rows) {
    say(row.name);
    const groundOfRow = { ...ground, say: (line) => say(`${row.name}: ${line}`) };
    try {
      const figure = figureOf(row, await row.measure(groundOfRow, row.quick ? QUICK_TIMES * runs : runs));
      say(`${row.name}: ${ratioText(figure.ratio)}, at most ${ratioText(row.atMost)}`);
      figures.push(figure);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      say(`${row.name} failed: ${error.message}`);
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
  const wanted = parseArguments(
    process.argv.slice(2),
    ROWS.map(({ name }) => name),
  );
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  prepare();
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => abort.abort());
  const run = createRunner(abort.signal);
  const dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-bench-'));
  const own = { run: createRunner(new AbortController().signal), bin: join(root, 'dist', 'bin.js'), dir };
  try {
    say('removing what an earlier bench may have left');
    await removeOwn(own);
    const from = process.env.FABRIC_SRC?.split(':')[0] || join(root, 'sample');
    const ground = await prepareGround({ root, dir, from, product: await loadProduct(root), run, say });
    const machine = await describeMachine(ground);
    if (machine.load > QUIET_LOAD)
      say(`the machine is not quiet (load ${machine.load}): the figures will say little`);
    const figures = await measured(
      ROWS.filter(({ name }) => wanted.only.includes(name)),
      ground,
      wanted.runs,
    );
    const date = new Date().toISOString();
    await report({ date, source: ground.sourceName, machine, runs: wanted.runs, figures }, wanted);
    return figures.some(({ error }) => error !== undefined) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('interrupted');
    return 130;
  } finally {
    say('removing what was made');
    const left = await removeOwn(own);
    if (left.length > 0) say(`could not be removed from the engine: ${left.join(', ')}`);
    await rm(dir, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
