/** `resolve --fix`: does one of the repairs that were offered, and says how it is undone. */
import { tmpdir } from 'node:os';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase, Text } from '../pipeline/core/phrase.ts';
import type { Progress } from '../pipeline/core/run-state.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { debianImage } from '../pipeline/images/debian-images.ts';
import type { Repair, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import type { Translator } from '../report/language/translator.ts';
import { runCommand } from './run.ts';
import { styleFor, type Terminal, writeToStderr } from './terminal.ts';

export interface FixRequest {
  /** Code of the problem. */
  readonly code: string;
  /** One of `tag`, `override`, `build`; default: the first that is offered. */
  readonly way: string | undefined;
  /** The command without `--fix`. */
  readonly command: string;
}

/** @throws WizardFailure `usage` where nothing of the kind can be done, with what can */
export function chosenRepair(report: ResolveReport, { code, way, command }: FixRequest): Repair {
  const finding = report.findings.find(({ problem }) => problem.code === code);
  const repairs = finding?.repairs ?? [];
  const found = repairs.find((repair) => way === undefined || repair.kind === way);
  if (found) return found;
  const foreign = way === 'override' && report.subject.kind === 'container' && !report.subject.ours;
  const message = (): Phrase => {
    if (!finding) return { key: 'usage.no-problem', code };
    if (foreign) return { key: 'usage.foreign-network' };
    return way === undefined
      ? { key: 'usage.no-repair', code }
      : { key: 'usage.no-repair-by', code, method: way };
  };
  const offered = report.findings.flatMap(({ problem, repairs }) =>
    repairs.map((repair) => `${command} --fix ${problem.code} --by ${repair.kind}`),
  );
  throw new WizardFailure({
    kind: 'usage',
    message: message(),
    next: offered.length > 0 ? offered : [command],
  });
}

const FLAG = { builder: 'chaincodeBuilder', runtime: 'chaincodeRuntime' } as const;
const OPTION = { builder: '--chaincode-builder', runtime: '--chaincode-runtime' } as const;

/** What is done, as a command where it is one, and what a person types to take it back. */
export function repairCommands(
  repair: Repair,
  { t }: Pick<Translator, 't'>,
): { readonly does: string; readonly undoes: string } {
  switch (repair.kind) {
    case 'tag':
      return { does: `docker tag ${repair.from} ${repair.to}`, undoes: `docker rmi ${repair.to}` };
    case 'override':
      return {
        does: `fabric-wizard up --yes ${OPTION[repair.role]} ${repair.ref}`,
        // Back to what is known not to resolve.
        undoes: `fabric-wizard up --yes --no-preflight ${OPTION[repair.role]} core.yaml`,
      };
    case 'build':
      return 'runtime' in repair
        ? {
            does: t('notice.build-runtime', { image: repair.runtime }),
            undoes: `docker rmi ${repair.runtime}`,
          }
        : { does: 'fabric-wizard build', undoes: 'fabric-wizard clean --images' };
    default:
      return repair satisfies never;
  }
}

export interface FixPorts {
  readonly docker: DockerPort;
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** The image that `up` makes too where a base image is nowhere: made once, under as many names as are asked for. */
export async function buildRuntime(
  { docker, signal }: Pick<FixPorts, 'docker' | 'signal'>,
  ref: string,
  say: {
    readonly log: (line: string) => void;
    readonly progress?: (at: Progress) => void;
    readonly warn: (message: Text) => void;
  },
): Promise<void> {
  const { arch } = await docker.version();
  const way = { docker, goArch: arch, workDir: tmpdir() };
  const { tag } = await debianImage('runtime', ref, way, {
    signal,
    log: say.log,
    progress: (done, total, unit, item) => say.progress?.({ done, total, unit, item }),
    warn: (_, message) => say.warn(message),
  });
  await docker.tag(tag, ref);
}

/**
 * @returns the exit code of what was run; the run's lines go to stderr
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
  // stdout is for the one object of `resolve`.
  const quiet: Terminal = { ...terminal, json: false, plain: true, yes: true };
  let exitCode: number = EXIT.done;
  if (repair.kind === 'tag') await docker.tag(repair.from, repair.to);
  else if (repair.kind === 'build' && 'runtime' in repair) {
    const log = terminal.verbose ? writeToStderr : () => undefined;
    await buildRuntime(ports, repair.runtime, {
      log,
      warn: (message) => writeToStderr(style.translate(message)),
    });
  } else if (repair.kind === 'build')
    exitCode = await runCommand(quiet, flags, { command: 'build', keepChaincode: false });
  else {
    const told = { ...flags, [FLAG[repair.role]]: repair.ref };
    exitCode = await runCommand(quiet, told, { command: 'up', keepChaincode: true });
  }
  writeToStderr(t(repair.kind === 'tag' ? 'notice.undone-tag' : 'notice.undone-by', { command: undoes }));
  return exitCode;
}
