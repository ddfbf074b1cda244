/**
 * `npm run record`: records runs on a real engine for the tests of the reporters and of the screens. It writes
 * `test/recordings/<name>.ndjson`; `npx vitest run --project unit -u test/unit/report/replay.test.ts` then updates the
 * expected outputs.
 */
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUpRunner, interruptibleRunner, runMain, UsageError } from './command-line.mjs';
import { ANY_OWNER } from './git.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';
import { eventsOf, mergedEvents, stableEvents } from './record/recording.mjs';
import { choicesText } from './wizard.mjs';

const SAMPLE = join(root, 'sample');
/** Project, and namespace of the images. */
const PROJECT = 'fw-record';
const PORT_BASE = 35050;
const CORE = join('sampleconfig', 'core.yaml');
const RUNTIME = '$(BASE_DOCKER_NS)/fabric-baseos:';

/** The peers need a runtime image that does not exist. */
async function breakRuntime(source) {
  const path = join(source, CORE);
  const text = await readFile(path, 'utf8');
  if (!text.includes(RUNTIME)) throw new Error(`${path} does not contain ${RUNTIME}`);
  await writeFile(path, text.replace(RUNTIME, RUNTIME.replace('baseos', 'yxbaseos')));
}

/** All images exist before each recorded run: `build` is not recorded. `edit` changes the source between the two. */
const RECORDINGS = {
  'up-1.4.12': {
    from: process.env.FABRIC_SRC?.split(':')[0] || SAMPLE,
    edit: async () => undefined,
    args: ['up', '--yes'],
    exitCode: 0,
  },
  'up-practice-failed': {
    from: SAMPLE,
    edit: breakRuntime,
    args: ['up', '--yes', '--no-preflight'],
    exitCode: 1,
  },
};
const NAMES = Object.keys(RECORDINGS);

const USAGE = `npm run record -- [NAME…]

Records runs into test/recordings/. NAME is one of ${NAMES.join(', ')}; default: all.
FABRIC_SRC is the path of a Fabric 1.4.12 checkout for up-1.4.12; default: the bundled sample.
`;

function parseNames(argv) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: { help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const unknown = positionals.filter((name) => !NAMES.includes(name));
    if (unknown.length > 0) throw new Error(`unknown recording ${unknown.join(', ')}`);
    return { help: values.help, names: positionals.length > 0 ? positionals : NAMES };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function log(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs the program with `--json`. @throws Error if the exit code is another one */
async function runProgram(run, folder, args, expected) {
  const program = [join(root, 'dist', 'bin.js'), ...args, '--json'];
  const { exitCode, stdout, stderr } = await run(process.execPath, program, { cwd: folder, mayFail: true });
  if (exitCode !== expected)
    throw new Error(`${args.join(' ')} ended with ${exitCode}\n${stdout.slice(-2000)}\n${stderr}`);
  return eventsOf(stdout);
}

async function copySource(run, from, to) {
  if (from === SAMPLE) return cp(from, to, { recursive: true });
  return run('git', ['clone', '--quiet', '--local', resolve(from), to], { env: ANY_OWNER });
}

/** Makes one recording. @param dir a new folder */
async function record(run, dir, { from, edit, args, exitCode }) {
  const source = join(dir, 'source');
  const folder = join(dir, 'project');
  await mkdir(folder);
  await copySource(run, from, source);
  const choices = { source, project: PROJECT, 'docker-ns': PROJECT, 'port-base': PORT_BASE };
  await writeFile(join(folder, 'fabric-wizard.yaml'), choicesText(choices));
  const clean = (runner) => runProgram(runner, folder, ['clean', '--images', '--yes'], 0);
  await clean(run);
  try {
    await runProgram(run, folder, ['build', '--yes'], 0);
    await edit(source);
    const printed = await runProgram(run, folder, args, exitCode);
    const { runId } = printed.find(({ type }) => type === 'run-started');
    const journal = join(folder, '.fabric-wizard', 'runs', runId, 'events.ndjson');
    const events = mergedEvents(printed, eventsOf(await readFile(journal, 'utf8')));
    return stableEvents(events, [
      [source, '/home/user/fabric'],
      [folder, '/home/user/project'],
      [root, '/usr/lib/fabric-wizard'],
    ]);
  } finally {
    await clean(cleanUpRunner());
  }
}

async function main() {
  const { help, names } = parseNames(process.argv.slice(2));
  if (help) {
    console.log(USAGE);
    return 0;
  }
  prepare();
  const run = interruptibleRunner();
  for (const name of names) {
    log(`recording ${name}`);
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'fabric-wizard-record-')));
    try {
      const events = await record(run, dir, RECORDINGS[name]);
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      await writeFile(join(root, 'test', 'recordings', `${name}.ndjson`), lines);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      log('interrupted');
      return 130;
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  return 0;
}

await runMain(main, USAGE);
