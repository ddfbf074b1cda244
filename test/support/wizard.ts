/** The built program as a child process, in a folder of its own, as a person or a script would run it. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { RunEvent } from '../../src/pipeline/core/events.ts';
import type { FailureDescription } from '../../src/report/failure-text.ts';
import { english } from './english.ts';

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
export const SAMPLE = join(PACKAGE, 'sample');
export const BIN = join(PACKAGE, 'dist', 'bin.js');

/** No command of a test takes longer; base images may have to be built first. */
const LONGEST_MS = 800_000;

/** An event as `--json` prints it. */
export type Printed<E extends RunEvent = RunEvent> = E & { readonly described?: FailureDescription };
type OfType<T extends RunEvent['type']> = Printed<Extract<RunEvent, { type: T }>>;

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its end. */
  readonly seconds: number;
}

/** A `--json` run: its events, with the questions that tests ask of them. */
export class EndedRun {
  readonly ended: Ended;
  readonly events: readonly Printed[];

  constructor(ended: Ended) {
    this.ended = ended;
    this.events = ended.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Printed);
  }

  of<T extends RunEvent['type']>(type: T): OfType<T>[] {
    return this.events.filter((event): event is OfType<T> => event.type === type);
  }

  /** The events that say what happens to the run itself. */
  get withoutNotices(): Printed[] {
    return this.events.filter(({ type }) => type !== 'notice');
  }

  /** The one event of this type. */
  one<T extends RunEvent['type']>(type: T): OfType<T> {
    const [event, another] = this.of(type);
    if (!event || another) throw new Error(`not one ${type}:\n${this.#account()}`);
    return event;
  }

  get plan() {
    return this.one('run-started').plan.stages;
  }

  causeOf(stage: string): string | undefined {
    const cause = this.plan.find(({ id }) => id === stage)?.cause;
    return cause === undefined ? undefined : english.translate(cause);
  }

  /** Ids of the stages that had work to do and did it. */
  get built(): string[] {
    return this.of('stage-finished')
      .filter(({ outcome }) => outcome === 'built')
      .map(({ stage }) => stage);
  }

  /** Itself, where the run ended well; else an error that shows how it ended. */
  wentWell(): this {
    if (this.ended.exitCode !== 0) throw new Error(`exit code ${this.ended.exitCode}\n${this.#account()}`);
    return this;
  }

  #account(): string {
    const said = this.events.filter(({ type }) => type !== 'stage-progress' && type !== 'stage-log');
    return [...said.slice(-12).map((event) => JSON.stringify(event)), this.ended.stderr].join('\n');
  }
}

export interface Choices {
  readonly project: string;
  readonly 'port-base': number;
  readonly [key: string]: string | number | boolean | readonly unknown[];
}

export interface Wizard {
  /** The current folder of every command. */
  readonly dir: string;
  readonly project: string;
  /** Namespace of the images that are built: no other test's, nor a user's. */
  readonly dockerNs: string;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** The same; throws, with all that was said, unless the exit code is 0. */
  readonly ok: (...args: readonly string[]) => Promise<Ended>;
  /** The same with `--json`, for the commands that give events. */
  readonly events: (...args: readonly string[]) => Promise<EndedRun>;
  /** The same with `--json`, for the commands that give one object. */
  readonly json: (...args: readonly string[]) => Promise<unknown>;
  /** Removes containers, network, volumes, images and the folder. */
  readonly dispose: () => Promise<void>;
}

/**
 * A new folder with a `fabric-wizard.yaml` of these choices. Whatever a killed test left under the same
 * project is removed first.
 * @param env variables besides those of this process
 */
export async function wizardWith(
  choices: Choices,
  env: Readonly<Record<string, string>> = {},
): Promise<Wizard> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-')));
  const dockerNs = `${choices.project}-test`;
  await writeFile(join(dir, 'fabric-wizard.yaml'), stringify({ 'docker-ns': dockerNs, ...choices }));
  const run: Wizard['run'] = async (...args) => {
    const { exitCode, stdout, stderr, durationMs } = await execa(process.execPath, [BIN, ...args], {
      cwd: dir,
      env,
      stdin: 'ignore',
      reject: false,
      timeout: LONGEST_MS,
      maxBuffer: 200_000_000,
    });
    return { exitCode, stdout, stderr, seconds: durationMs / 1000 };
  };
  const ok: Wizard['ok'] = async (...args) => {
    const ended = await run(...args);
    if (ended.exitCode === 0) return ended;
    throw new Error(`${args.join(' ')}: exit code ${ended.exitCode}\n${ended.stdout}\n${ended.stderr}`);
  };
  await ok('clean', '--images', '--yes');
  return {
    dir,
    project: choices.project,
    dockerNs,
    run,
    ok,
    events: async (...args) => new EndedRun(await run(...args, '--json')),
    json: async (...args) => JSON.parse((await ok(...args, '--json')).stdout) as unknown,
    dispose: async () => {
      await ok('clean', '--images', '--yes');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
