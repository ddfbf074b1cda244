/** `up`, `build`, `rebuild` and `smoke`: one session, one theme. */
import { resolve } from 'node:path';
import { configRows } from '../pipeline/config/config.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { type ImageName, imageNames } from '../pipeline/fabric/release-facts.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import type { Plan } from '../pipeline/run/plan.ts';
import { openSession } from '../pipeline/run/session.ts';
import { createJsonReporter } from '../report/json.ts';
import { createPlainReporter } from '../report/plain.ts';
import { renderPlan } from '../report/plan-text.ts';
import type { Reporter } from '../report/reporter.ts';
import { wantsColour } from '../report/style.ts';
import { renderWarnings } from '../report/tables.ts';
import { confirm, someoneIsThere } from './confirm.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { cancelOnSignals, printJson, styleFor, type Terminal, writeToStderr } from './terminal.ts';

export interface RunRequest {
  readonly command: 'up' | 'build' | 'rebuild' | 'smoke';
  /** Image names as typed; none means all. */
  readonly images?: readonly string[];
  readonly binariesDir?: string;
  readonly force?: boolean;
  readonly keepChaincode: boolean;
  /** After a rebuild: prove the network. */
  readonly smoke?: boolean;
  /** Restart changed nodes one after another. */
  readonly oneByOne?: boolean;
  /** Told the source as it was read for this run. */
  readonly onSource?: (tree: SourceTree) => void;
}

function imagesOf(names: readonly string[]): readonly ImageName[] | undefined {
  if (names.length === 0) return undefined;
  return names.map((name) => {
    const known = imageNames.find((image) => image === name);
    if (!known) {
      throw new WizardFailure({
        kind: 'usage',
        message: { key: 'usage.unknown-image', name, images: imageNames.join(', ') },
        next: ['fabric-wizard build peer', 'fabric-wizard build'],
      });
    }
    return known;
  });
}

function reporterFor(terminal: Terminal): Reporter {
  if (terminal.json) return createJsonReporter({ write: (text) => process.stdout.write(text) });
  return createPlainReporter({
    write: (text) => process.stderr.write(text),
    colour: wantsColour({ flag: terminal.colour, isTty: process.stderr.isTTY === true, env: process.env }),
    verbose: terminal.verbose,
    columns: process.stderr.isTTY ? process.stderr.columns : undefined,
    language: terminal.language,
  });
}

function planFor(terminal: Terminal, plan: Plan, stream: NodeJS.WriteStream): string {
  return renderPlan(plan, styleFor(terminal, stream), stream.isTTY ? stream.columns : undefined);
}

function sayWarnings(terminal: Terminal, warnings: Parameters<typeof renderWarnings>[0]): void {
  const columns = process.stderr.isTTY ? process.stderr.columns : undefined;
  for (const line of renderWarnings(warnings, styleFor(terminal, process.stderr), columns))
    writeToStderr(line);
}

export async function runCommand(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  request: RunRequest,
): Promise<number> {
  const images = imagesOf(request.images ?? []);
  const config = await loadEffectiveConfig(terminal.dir, flags);
  const asLastTime = configRows(config).filter(({ origin }) => origin === 'last-run');
  const { t, translate } = styleFor(terminal, process.stderr);
  if (asLastTime.length > 0) {
    const typed = asLastTime.map(({ key, value }) => `--${key} ${value}`).join(' ');
    writeToStderr(t('notice.as-last-time', { flags: typed }));
  }
  // Whoever typed a bare `up` at a terminal sees the plan before it runs.
  const askFirst =
    request.command === 'up' && someoneIsThere() && !(terminal.yes || terminal.plain || terminal.json);
  const cancel = cancelOnSignals();
  try {
    const session = await openSession({
      dir: terminal.dir,
      config,
      command: request.command,
      packageDir: terminal.packageDir,
      goal: {
        until: request.command,
        images,
        force: request.force ?? false,
        binaries: request.binariesDir !== undefined,
        smoke: request.smoke ?? false,
      },
      oneByOne: request.oneByOne ?? false,
      binariesDir: request.binariesDir === undefined ? undefined : resolve(request.binariesDir),
      keepChaincode: request.keepChaincode,
      allowInstall: terminal.yes && !terminal.dryRun,
      preflight: flags.preflight !== false,
      signal: cancel.signal,
      onNotice: (text) => writeToStderr(translate(text)),
    });
    request.onSource?.(session.bench.source.tree);
    if (!terminal.json) sayWarnings(terminal, session.warnings);
    try {
      if (terminal.dryRun) {
        if (terminal.json) printJson(session.plan);
        else process.stdout.write(`${planFor(terminal, session.plan, process.stdout)}\n`);
        return EXIT.done;
      }
      if (askFirst) {
        process.stderr.write(`${planFor(terminal, session.plan, process.stderr)}\n\n`);
        if (!(await confirm(t('ask.plan'), true, cancel.signal))) return EXIT.cancelled;
      }
      const reporter = reporterFor(terminal);
      const exitCode = await session.run((event) => reporter.onEvent(event));
      await reporter.close();
      return exitCode;
    } finally {
      await session.close();
    }
  } finally {
    cancel.dispose();
  }
}
