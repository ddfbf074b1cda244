/** The one place where a failure becomes sentences. */
import type { Diagnosis, StageFailure } from '../pipeline/run/failure.ts';
import { helpFor, isLocal } from '../pipeline/run/failure-help.ts';
import { unreachable } from '../pipeline/run/unreachable.ts';
import type { Speech } from './language/speech.ts';
import { SYMPTOMS } from './language/symptom-texts.ts';

/** What a failure was, without what helps. */
interface Told {
  /** One sentence: what was wrong. */
  readonly title: string;
  /** The line that proves a diagnosis, and the container that said it; empty: the failed command itself. */
  readonly proof?: { readonly from: string; readonly line: string };
  /** Of a diagnosis: why it came to this. */
  readonly why?: string;
  /** Where, what was looked for, what was found: one fact a line. Log lines are not repeated here. */
  readonly detail: readonly string[];
  /** One sentence: what usually helps. */
  readonly hint?: string;
}

export interface FailureDescription extends Told {
  /** Commands to type, the likeliest first. */
  readonly next: readonly string[];
  /** The process's exit code. */
  readonly exitCode: number;
}

type Of<K extends StageFailure['kind']> = Extract<StageFailure, { kind: K }>;

function present(...lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '');
}

function config({ issues }: Of<'config'>, { say }: Speech): Told {
  const [first] = issues;
  const facts = issues.map(({ path, message, where, fix }) => ({ key: path, message, where, fix }));
  return {
    title:
      issues.length === 1 && first
        ? say('config.one', { key: first.path, message: first.message })
        : say('config.many', { count: issues.length }),
    detail: facts.map(({ fix, ...issue }) =>
      fix === undefined ? say('config.issue', issue) : say('config.issue-fix', { ...issue, fix }),
    ),
    hint: say('hint.unchanged'),
  };
}

function source({ path, problem, detail, looked }: Of<'source'>, { say, tell }: Speech): Told {
  const lines = present(
    tell(detail),
    ...looked.map((item) => say(item.found ? 'source.found' : 'source.missing', { path: item.path })),
  );
  const title = say(`source.${problem}`, { path });
  return problem === 'absent'
    ? { title, detail: lines }
    : { title, detail: lines, hint: say(`hint.source-${problem}`) };
}

function engine({ problem, endpoint, detail }: Of<'engine'>, { say }: Speech): Told {
  const hint =
    problem === 'unreachable' && !isLocal(endpoint)
      ? 'hint.engine-elsewhere'
      : (`hint.engine-${problem}` as const);
  return { title: say(`engine.${problem}`, { endpoint }), detail: present(detail), hint: say(hint) };
}

function portTaken({ taken }: Of<'port-taken'>, { say }: Speech): Told {
  const [first] = taken;
  return {
    title:
      taken.length === 1 && first
        ? say('ports.one', { port: first.port })
        : say('ports.many', { count: taken.length }),
    detail: taken.map(({ port, wantedBy, owner }) =>
      say('ports.taken', { port, wantedBy, owner: owner || say('ports.unknown-owner') }),
    ),
    hint: say('hint.ports'),
  };
}

function preflight({ checks }: Of<'preflight'>, { say }: Speech): Told {
  const [first] = checks;
  const rows = checks.map(({ id, detail }) => say('plain.because', { what: id, why: detail }));
  return {
    title: checks.length === 1 && first ? rows.join('') : say('preflight.many', { count: checks.length }),
    detail: checks.length === 1 ? [] : rows,
    hint: say('hint.preflight'),
  };
}

function pull({ ref, problem, detail, upstream }: Of<'pull'>, { say }: Speech): Told {
  const told = { title: say(`pull.${problem}`, { ref }), detail: present(detail) };
  if (upstream) return { ...told, hint: say('hint.pull-upstream') };
  return problem === 'other' ? told : { ...told, hint: say(`hint.pull-${problem}`) };
}

function command(failure: Of<'command'>, { say }: Speech): Told {
  const { command: typed, where, exitCode, tail } = failure;
  const said = tail.find((line) => /\b(?:error|fatal|panic|failed|cannot)\b/i.test(line)) ?? '';
  const [broken] = failure.compileErrors ?? [];
  if (broken) {
    const { file, line, message } = broken;
    return {
      title: say('command.compile-error', { file, line, message }),
      detail: [
        ...(failure.compileErrors ?? [])
          .slice(0, 10)
          .map((error) => `${error.file}:${error.line}: ${error.message}`),
        say('command.where', { where }),
      ],
      hint: say('hint.compile-error'),
    };
  }
  return {
    title: say('command.failed', { command: shortened(typed), code: exitCode }),
    detail: present(
      said && say('command.said', { line: said.trim() }),
      isShort(typed) ? '' : say('command.typed', { command: typed }),
      say('command.where', { where }),
    ),
  };
}

function isShort(typed: string): boolean {
  return typed.length <= 60 && !typed.includes('\n');
}

/** A command up to its flags: beside a cause, the rest only hides it. */
function shortened(typed: string): string {
  if (isShort(typed)) return typed;
  const words = typed.split(/\s+/);
  const flags = words.findIndex((word) => word.startsWith('-'));
  return `${words.slice(0, flags < 1 ? 4 : flags).join(' ')} …`;
}

/** What was being done, for kinds whose own title says no more than that it went wrong. */
function circumstance(failure: StageFailure, { say }: Speech): string | undefined {
  if (failure.kind === 'command')
    return say('command.during', { command: shortened(failure.command), where: failure.where });
  if (failure.kind !== 'check') return undefined;
  const { what, expected, got } = failure;
  return say('check.differs', { what, expected, got });
}

/** What a known symptom adds to the bare failure: it takes the place of title and hint. */
function diagnosed(failure: StageFailure, { symptom, proof, facts }: Diagnosis, speech: Speech): Told {
  const { title, why } = SYMPTOMS[speech.language][symptom](facts);
  return {
    title,
    proof: { from: proof.name, line: proof.line },
    why,
    detail: [circumstance(failure, speech) ?? bare(failure, speech).title],
  };
}

/** Exhaustive: a new kind does not compile until it has its words. */
function bare(failure: StageFailure, speech: Speech): Told {
  const { say } = speech;
  switch (failure.kind) {
    case 'config':
      return config(failure, speech);
    case 'usage':
      return { title: speech.tell(failure.message), detail: [] };
    case 'source':
      return source(failure, speech);
    case 'engine':
      return engine(failure, speech);
    case 'compose-missing':
      return {
        title: say('failed.compose-missing'),
        detail: present(failure.detail),
        hint: say('hint.compose-missing'),
      };
    case 'port-taken':
      return portTaken(failure, speech);
    case 'preflight':
      return preflight(failure, speech);
    case 'locked': {
      const { dir, pid, command } = failure;
      return {
        title: say('failed.locked'),
        detail: [say('locked.folder', { dir }), say('locked.process', { pid, command })],
        hint: say('hint.locked'),
      };
    }
    case 'state-newer': {
      const { path, found, known } = failure;
      return {
        title: say('failed.state-newer'),
        detail: [say('state-newer.schema', { path, found, known })],
        hint: say('hint.state-newer'),
      };
    }
    case 'pull':
      return pull(failure, speech);
    case 'base-image':
      return {
        title: say('failed.base-image', { ref: failure.ref }),
        detail: present(
          ...failure.lacks.map((thing) => say('base-image.lacks', { thing })),
          speech.tell(failure.detail),
        ),
        hint: say('hint.base-image'),
      };
    case 'couchdb-image':
      return {
        title: say('failed.couchdb-image'),
        detail: present(...failure.looked.map((ref) => say('couchdb-image.looked', { ref })), failure.detail),
        hint: say('hint.couchdb-image'),
      };
    case 'image-build':
      return { title: say('failed.image-build', { image: failure.image }), detail: present(failure.detail) };
    case 'command':
      return command(failure, speech);
    case 'check': {
      const { what, expected, got } = failure;
      return {
        title: say('failed.check', { what }),
        detail: [say('check.expected', { expected }), say('check.got', { got })],
      };
    }
    case 'timeout': {
      const { what, seconds, last } = failure;
      return {
        title: say('failed.timeout', { what, seconds }),
        detail: present(last && say('timeout.last', { last })),
      };
    }
    case 'tool-missing': {
      const { tool, neededFor } = failure;
      return { title: say('failed.tool-missing', { tool, purpose: neededFor }), detail: [] };
    }
    case 'unexpected':
      return {
        title: say('failed.unexpected', { message: failure.message }),
        detail: present(...failure.stack.split('\n').slice(1)).map((line) => line.trim()),
        hint: say('hint.unexpected'),
      };
    default:
      return unreachable(failure);
  }
}

/** Words a failure and, where there is one, its diagnosis. */
export function describeFailure(
  failure: StageFailure,
  speech: Speech,
  diagnosis?: Diagnosis,
): FailureDescription {
  const told = diagnosis ? diagnosed(failure, diagnosis, speech) : bare(failure, speech);
  const { next, exitCode } = helpFor(failure, diagnosis);
  return { ...told, next: next.map(speech.tell), exitCode };
}
