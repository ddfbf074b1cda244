/** `npm run matrix`: every line of Fabric, built from source, run and proved, one row a release. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './bench/arguments.mjs';
import { hostMachine } from './bench/machine.mjs';
import { parseArguments, USAGE } from './matrix/arguments.mjs';
import { isRepository } from './matrix/checkout.mjs';
import { doRelease } from './matrix/release.mjs';
import { machineText, markdownText, tableText } from './matrix/report.mjs';
import { holdFolder, inOrder, isFinished, readResults, writeResults } from './matrix/results.mjs';
import { prepare, root } from './prepare.mjs';
import { createRunner, Interrupted } from './processes.mjs';

/** A network has three ports in its first thousand, and up to three more. */
const PORTS_EACH = 20;

function say(line) {
  const time = new Date().toTimeString().slice(0, 8);
  process.stderr.write(`${time} ${line}\n`);
}

async function describeMachine(run) {
  const version = async (command, ...args) => {
    const { exitCode, stdout } = await run(command, args, { mayFail: true }).catch((error) => {
      if (error.code === 'ENOENT') return { exitCode: -1, stdout: '' };
      throw error;
    });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  const compose =
    (await version('docker', 'compose', 'version', '--short')) ??
    (await version('docker-compose', 'version', '--short')) ??
    'none';
  const engine = (await version('docker', 'version', '--format', '{{.Server.Version}}')) ?? 'none';
  return { ...hostMachine(), engine, compose };
}

/** @returns whether it came to its end */
async function doAll(wanted, results, tools) {
  const { tags, only, again, work, portBase } = wanted;
  for (const [index, tag] of tags.entries()) {
    if (!again && isFinished(results.rows[tag], only)) {
      say(`${tag}: has a result`);
      continue;
    }
    say(`${tag}: checkout`);
    const row = await doRelease({
      ...wanted,
      ...tools,
      tag,
      portBase: portBase + PORTS_EACH * index,
      say: (line) => say(`${tag}: ${line}`),
    });
    say(`${tag}: ${row.outcome}`);
    results.rows[tag] = row;
    await writeResults(work, results);
  }
}

async function work(wanted) {
  const results = await readResults(wanted.work);
  prepare();
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => abort.abort());
  const run = createRunner(abort.signal);
  if (!(await isRepository(run, wanted.fabric)))
    throw new UsageError(`${wanted.fabric} is no git repository`);
  const runToEnd = createRunner(new AbortController().signal);
  const bin = join(root, 'dist', 'bin.js');
  let interrupted = false;
  try {
    results.machine = await describeMachine(run);
    await doAll(wanted, results, { run, runToEnd, bin });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('interrupted; the same command goes on from here');
    interrupted = true;
  }
  const rows = inOrder(results.rows);
  if (rows.length > 0) {
    console.log(`\n${machineText(results.machine)}\n\n${tableText(rows)}`);
    if (wanted.markdown !== undefined)
      await writeFile(wanted.markdown, markdownText({ machine: results.machine, rows }));
  }
  if (interrupted) return 130;
  return wanted.tags.every((tag) => results.rows[tag].outcome === 'green') ? 0 : 1;
}

async function main() {
  const wanted = parseArguments(process.argv.slice(2));
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  await mkdir(wanted.work, { recursive: true });
  const giveBack = await holdFolder(wanted.work);
  try {
    return await work(wanted);
  } finally {
    await giveBack();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
