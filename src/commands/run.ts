/** `up`, `build`, `rebuild`, `smoke` and `test`: run one session with one reporter. */
import { join, resolve } from 'node:path';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import type { EffectiveConfig } from '../pipeline/config/config.ts';
import type { RunContext } from '../pipeline/context/run-context.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { type Plan, stagesToRun } from '../pipeline/core/plan.ts';
import { type ImageName, imageNames } from '../pipeline/fabric/release-facts.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { recordedCommands } from '../pipeline/journal/run-record.ts';
import type { Connection } from '../pipeline/network/connection.ts';
import type { Addition } from '../pipeline/network/members.ts';
import { type Confirmed, openSession, type Session, type SessionOptions } from '../pipeline/run/session.ts';
import type { TestRequest } from '../pipeline/tests/test-request.ts';
import { createJsonReporter } from '../report/json.ts';
import { createPlainReporter } from '../report/plain.ts';
import { renderCommands, renderPlan } from '../report/plan-text.ts';
import type { Reporter } from '../report/reporter.ts';
import { wantsColour } from '../report/style.ts';
import { confirm, isInteractive } from './confirm.ts';
import { LinePrompt } from './line-prompt.ts';
import { loadEffectiveConfig } from './load-config.ts';
import {
  cancelOnSignals,
  columnsOf,
  printJson,
  styleFor,
  type Terminal,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';
import { unknownName } from './usage-errors.ts';

export interface RunCommandOptions {
  readonly command: 'up' | 'build' | 'rebuild' | 'smoke' | 'deploy' | 'add' | 'test';
  /** Words after the command, for the command that does the same again. */
  readonly words?: readonly string[];
  /** Chaincodes to deploy; absent: those of the configuration. */
  readonly chaincodes?: readonly ChaincodeChoice[];
  /** What `add` adds. */
  readonly addition?: Addition;
  /** What `test` tests. */
  readonly tests?: TestRequest;
  /** Image names as typed; none means all. */
  readonly images?: readonly string[];
  readonly binariesDir?: string;
  readonly force?: boolean;
  readonly keepChaincode: boolean;
  /** After a rebuild: prove the network. */
  readonly smoke?: boolean;
  /** Restart changed nodes one after another. */
  readonly oneByOne?: boolean;
  /** Replace the network in place without asking. */
  readonly replaceNetwork?: boolean;
  /** What to ask with plain prompts: the wizard's questions and the plan, or only the plan. */
  readonly asks?: 'all' | 'plan' | 'nothing';
  /** What to say before the run. */
  readonly notices?: readonly Phrase[];
  /** Receives the source as it was read for this run. */
  readonly onSource?: (tree: SourceTree) => void;
  /** Receives the context of this run. */
  readonly onContext?: (context: RunContext) => void;
}

function imagesOf(names: readonly string[]): readonly ImageName[] | undefined {
  if (names.length === 0) return undefined;
  return names.map((name) => {
    const known = imageNames.find((image) => image === name);
    if (!known) {
      throw new WizardFailure(
        unknownName({ key: 'usage.unknown-image', name, images: imageNames.join(', ') }, name, imageNames, {
          command: (image) => `fabric-wizard build ${image}`,
          others: ['fabric-wizard build peer', 'fabric-wizard build'],
        }),
      );
    }
    return known;
  });
}

/** A dry run prints one object on stdout, so what is said about it goes to stderr. */
function reporterFor(terminal: Terminal, connection: () => Connection | undefined): Reporter {
  if (terminal.json && !terminal.dryRun) return createJsonReporter({ write: writeToStdout });
  return createPlainReporter({
    write: (text) => writeToStderr(text.replace(/\n$/, '')),
    colour: wantsColour({ flag: terminal.colour, isTty: process.stderr.isTTY === true, env: process.env }),
    verbose: terminal.verbose,
    columns: columnsOf(process.stderr),
    language: terminal.language,
    // A run that has started remembers its choices in the folder.
    given: folderFlag(terminal.dir),
    connection,
  });
}

function planText(terminal: Terminal, plan: Plan, stream: NodeJS.WriteStream): string {
  return renderPlan(plan, styleFor(terminal, stream), columnsOf(stream));
}

/**
 * Prints the plan, and for stages that will run the equivalent commands that their last run reported. No earlier run was
 * about a member that is added.
 */
async function printDryRun(
  terminal: Terminal,
  plan: Plan,
  { addition }: Pick<RunCommandOptions, 'addition'>,
): Promise<void> {
  const recorded = addition ? {} : await recordedCommands(join(terminal.dir, STATE_FOLDER));
  const stages = stagesToRun(plan);
  const commands = Object.fromEntries(Object.entries(recorded).filter(([stage]) => stages.has(stage)));
  if (terminal.json) printJson({ ...plan, commands });
  else {
    const lines = renderCommands(commands, styleFor(terminal, process.stdout));
    writeToStdout(`${[planText(terminal, plan, process.stdout), ...lines].join('\n')}\n`);
  }
}

/** The session's options, without its events and signal. */
function sessionRequest(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  config: EffectiveConfig,
  request: RunCommandOptions,
): Omit<SessionOptions, 'onEvent' | 'signal'> {
  const { command, images = [], binariesDir, force = false, smoke = false } = request;
  return {
    dir: terminal.dir,
    config,
    command: command === 'deploy' ? 'chaincode deploy' : command,
    words: request.words,
    chaincodes: request.chaincodes,
    addition: request.addition,
    tests: request.tests,
    packageDir: terminal.packageDir,
    goal: {
      until: command,
      images: imagesOf(images),
      force,
      binaries: binariesDir !== undefined,
      smoke,
      hooks: flags.hooks === false ? {} : config.hooks,
    },
    fresh: flags.fresh === true,
    oneByOne: request.oneByOne ?? false,
    binariesDir: binariesDir === undefined ? undefined : resolve(binariesDir),
    keepChaincode: request.keepChaincode,
    dryRun: terminal.dryRun,
    allowInstall: terminal.yes && !terminal.dryRun,
    replaceNetwork: request.replaceNetwork ?? false,
    preflight: flags.preflight !== false,
  };
}

/** Prompts of a command on a terminal without screens; undefined if it asks nothing. */
function promptFor({ asks = 'nothing' }: RunCommandOptions, signal: AbortSignal): LinePrompt | undefined {
  return asks === 'nothing'
    ? undefined
    : new LinePrompt(process.stdin, process.stderr, signal, columnsOf(process.stderr));
}

/** Shows the plan and asks. @returns undefined if the user declines */
async function confirmed(
  terminal: Terminal,
  { command, replaceNetwork = false }: RunCommandOptions,
  plan: Plan,
  prompt: LinePrompt | undefined,
  signal: AbortSignal,
): Promise<Confirmed | undefined> {
  const quiet = terminal.yes || terminal.plain || terminal.json;
  if (!prompt && (command !== 'up' || !isInteractive() || quiet)) return { replaceNetwork };
  writeToStderr(`${planText(terminal, plan, process.stderr)}\n`);
  const { t } = styleFor(terminal, process.stderr);
  const ask = (question: string, byDefault: boolean) =>
    prompt ? prompt.confirm(question, byDefault) : confirm(question, byDefault, signal);
  const { replaces } = plan;
  const agreed =
    replaces && !replaceNetwork
      ? await ask(t('ask.replace', { instance: replaces.instance }), false)
      : await ask(t('ask.plan'), true);
  return agreed ? { replaceNetwork: true } : undefined;
}

export async function runCommand(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  request: RunCommandOptions,
): Promise<number> {
  const loaded = await loadEffectiveConfig(terminal.dir, flags);
  const cancel = cancelOnSignals();
  let session: Session | undefined;
  const reporter = reporterFor(terminal, () => session?.connection);
  const prompt = promptFor(request, cancel.signal);
  try {
    const style = styleFor(terminal, process.stderr);
    const answers =
      prompt && request.asks === 'all'
        ? await (await import('./plain-questions.ts')).plainQuestions(loaded, {
            prompt,
            style,
            dir: terminal.dir,
          })
        : undefined;
    for (const message of request.notices ?? [])
      reporter.onEvent({ type: 'notice', message, at: Date.now() });
    session = await openSession({
      ...sessionRequest(terminal, flags, answers?.config ?? loaded, request),
      signal: cancel.signal,
      onEvent: (event) => reporter.onEvent(event),
    });
    request.onSource?.(session.source.tree);
    request.onContext?.(session.context);
    try {
      if (terminal.dryRun) {
        await printDryRun(terminal, session.plan, request);
        return EXIT.done;
      }
      const agreed = await confirmed(terminal, request, session.plan, prompt, cancel.signal);
      if (!agreed) return EXIT.cancelled;
      await answers?.save();
      prompt?.close();
      return await session.run(agreed);
    } finally {
      await session.close();
    }
  } finally {
    prompt?.close();
    await reporter.close();
    cancel.dispose();
  }
}
