/** `npm run matrix`: builds, runs and proves releases of Fabric from source, one row for each. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostMachine } from './bench/machine.mjs';
import { cleanUpRunner, interruptibleRunner, runMain, UsageError } from './command-line.mjs';
import { parseArguments, USAGE } from './matrix/arguments.mjs';
import { isRepository } from './matrix/checkout.mjs';
import { doRelease } from './matrix/release.mjs';
import { machineText, markdownText, tableText } from './matrix/report.mjs';
import { inOrder, isFinished, lockFolder, readResults, writeResults } from './matrix/results.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';

/** Distance of the port bases of two releases. */
const PORTS_EACH = 20;

function log(line) {
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

async function work(options) {
  const results = await readResults(options.work);
  prepare();
  const run = interruptibleRunner();
  if (!(await isRepository(run, options.fabric)))
    throw new UsageError(`${options.fabric} is not a git repository`);
  const runToEnd = cleanUpRunner();
  const bin = join(root, 'dist', 'bin.js');
  let interrupted = false;
  try {
    results.machine = await describeMachine(run);
    await doAll(options, results, { run, runToEnd, bin });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    log('interrupted; run the same command to continue');
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

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  await mkdir(options.work, { recursive: true });
  const unlock = await lockFolder(options.work);
  try {
    return await work(options);
  } finally {
    await unlock();
  }
}

await runMain(main, USAGE);
