/** `resolve --fix`: applies a repair and prints how to undo it. */

import { tmpdir } from 'node:os';
import { keyOf } from '../pipeline/config/config-choices.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase, Text } from '../pipeline/core/phrase.ts';
import type { Progress } from '../pipeline/core/run-state.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { docker } from '../pipeline/host/docker-command.ts';
import { debianImage } from '../pipeline/images/debian-images.ts';
import { withJournal } from '../pipeline/journal/journal.ts';
import type { Repair, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import type { Translator } from '../report/language/translator.ts';
import { dispatchRepair } from './repair-dispatch.ts';
import { runCommand } from './run.ts';
import { styleFor, type Terminal, writeToStderr } from './terminal.ts';

export interface FixRequest {
  /** Code of the problem. */
  readonly code: string;
  /** `tag`, `override` or `build`; default: the first repair that is offered. */
  readonly method: string | undefined;
  /** The command line without `--fix`. */
  readonly command: string;
}

/** @throws WizardFailure `usage` if the problem has no such repair; lists the repairs that are offered */
export function chosenRepair(report: ResolveReport, { code, method, command }: FixRequest): Repair {
  const finding = report.findings.find(({ problem }) => problem.kind === code);
  const repairs = finding?.repairs ?? [];
  const chosen = repairs.find((repair) => method === undefined || repair.kind === method);
  if (chosen) return chosen;
  const isForeign = method === 'override' && report.subject.kind === 'container' && !report.subject.ours;
  const message = (): Phrase => {
    if (!finding) return { key: 'usage.no-problem', code };
    if (isForeign) return { key: 'usage.foreign-network' };
    return method === undefined
      ? { key: 'usage.no-repair', code }
      : { key: 'usage.no-repair-by', code, method };
  };
  const offered = report.findings.flatMap(({ problem, repairs }) =>
    repairs.map((repair) => `${command} --fix ${problem.kind} --by ${repair.kind}`),
  );
  throw new WizardFailure({
    kind: 'usage',
    message: message(),
    next: offered.length > 0 ? offered : [command],
  });
}

/** The repair as a command, or in words if there is none, and the command that undoes it. */
export function repairCommands(
  repair: Repair,
  { t }: Pick<Translator, 't'>,
): { readonly does: string; readonly undoes: string } {
  return dispatchRepair(repair, {
    tag: (from, to) => ({ does: docker('tag', from, to), undoes: docker('rmi', to) }),
    override: (field, ref) => ({
      does: `fabric-wizard up --yes --${keyOf(field)} ${shellWord(ref)}`,
      // The former reference did not resolve, so the preflight checks would fail.
      undoes: `fabric-wizard up --yes --no-preflight --${keyOf(field)} core.yaml`,
    }),
    buildRuntime: (ref) => ({ does: t('notice.build-runtime', { image: ref }), undoes: docker('rmi', ref) }),
    buildImages: () => ({ does: 'fabric-wizard build', undoes: 'fabric-wizard clean --images' }),
  });
}

export interface FixPorts {
  readonly docker: DockerPort;
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

export interface BuildListener {
  readonly onLine: (line: string) => void;
  readonly onWarning: (message: Text) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** Runs a repair with the folder's lock: a run must not find other images in its middle. */
function locked(dir: string, act: () => Promise<void>): Promise<void> {
  return withJournal(dir, 'fabric-wizard resolve --fix', act);
}

/** Gives an image the name that a peer requests. @throws WizardFailure `locked`, `engine` */
export function tagImage(
  { docker, dir }: { readonly docker: Pick<DockerPort, 'tag'>; readonly dir: string },
  from: string,
  to: string,
): Promise<void> {
  return locked(dir, () => docker.tag(from, to));
}

/**
 * Builds a runtime image from Debian packages, as `up` does if a base image is missing, and tags it.
 * @throws WizardFailure `locked`, `tool-missing`, `base-image`, `command`; CancelledError
 */
export function buildRuntime(
  { docker, dir, signal }: Pick<FixPorts, 'docker' | 'signal'> & { readonly dir: string },
  ref: string,
  { onLine, onWarning, onProgress }: BuildListener,
): Promise<void> {
  return locked(dir, async () => {
    const { arch } = await docker.version();
    const options = { docker, goArch: arch, workDir: tmpdir() };
    const { tag } = await debianImage('runtime', ref, options, {
      signal,
      log: onLine,
      progress: (done, total, unit, item) => onProgress?.({ done, total, unit, item }),
      warn: (_, message) => onWarning(message),
    });
    await docker.tag(tag, ref);
  });
}

/**
 * Applies a repair; progress goes to stderr.
 * @returns the exit code
 * @throws WizardFailure `tool-missing`, `base-image`, `command`; CancelledError
 */
export async function applyRepair(ports: FixPorts, repair: Repair): Promise<number> {
  const { docker, terminal, flags } = ports;
  const style = styleFor(terminal, process.stderr);
  const { t } = style;
  const { does, undoes } = repairCommands(repair, style);
  if (terminal.dryRun) {
    writeToStderr(t('notice.would-do', { command: does }));
    return EXIT.done;
  }
  writeToStderr(t('notice.doing', { command: does }));
  // stdout is reserved for the report of `resolve`.
  const plain: Terminal = { ...terminal, json: false, plain: true, yes: true };
  const exitCode = await dispatchRepair<Promise<number>>(repair, {
    tag: async (from, to) => {
      await tagImage({ docker, dir: terminal.dir }, from, to);
      return EXIT.done;
    },
    override: (field, ref) =>
      runCommand(plain, { ...flags, [field]: ref }, { command: 'up', keepChaincode: true }),
    buildRuntime: async (ref) => {
      await buildRuntime({ ...ports, dir: terminal.dir }, ref, {
        onLine: terminal.verbose ? writeToStderr : () => undefined,
        onWarning: (message) => writeToStderr(style.translate(message)),
      });
      return EXIT.done;
    },
    buildImages: () => runCommand(plain, flags, { command: 'build', keepChaincode: false }),
  });
  writeToStderr(t(repair.kind === 'tag' ? 'notice.undone-tag' : 'notice.undone-by', { command: undoes }));
  return exitCode;
}
