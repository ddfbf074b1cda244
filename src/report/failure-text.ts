/** The one place where a failure becomes sentences. */
import type { Diagnosis, StageFailure } from '../pipeline/core/failure.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import { helpFor, isLocal } from '../pipeline/diagnosis/failure-help.ts';
import { SYMPTOMS } from './language/symptom-texts.ts';
import type { Translator } from './language/translator.ts';

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

function config({ issues }: Of<'config'>, { t }: Translator): Told {
  const [first] = issues;
  const facts = issues.map(({ path, message, where, fix }) => ({ key: path, message, where, fix }));
  return {
    title:
      issues.length === 1 && first
        ? t('config.one', { key: first.path, message: first.message })
        : t('config.many', { count: issues.length }),
    detail: facts.map(({ fix, ...issue }) =>
      fix === undefined ? t('config.issue', issue) : t('config.issue-fix', { ...issue, fix }),
    ),
    hint: t('hint.unchanged'),
  };
}

function source({ path, problem, detail, looked }: Of<'source'>, { t, translate }: Translator): Told {
  const lines = present(
    translate(detail),
    ...looked.map((item) => t(item.found ? 'source.found' : 'source.missing', { path: item.path })),
  );
  const title = t(`source.${problem}`, { path });
  return problem === 'absent'
    ? { title, detail: lines }
    : { title, detail: lines, hint: t(`hint.source-${problem}`) };
}

function engine({ problem, endpoint, detail }: Of<'engine'>, { t }: Translator): Told {
  const hint =
    problem === 'unreachable' && !isLocal(endpoint)
      ? 'hint.engine-elsewhere'
      : (`hint.engine-${problem}` as const);
  return { title: t(`engine.${problem}`, { endpoint }), detail: present(detail), hint: t(hint) };
}

function portTaken({ taken }: Of<'port-taken'>, { t }: Translator): Told {
  const [first] = taken;
  return {
    title:
      taken.length === 1 && first
        ? t('ports.one', { port: first.port })
        : t('ports.many', { count: taken.length }),
    detail: taken.map(({ port, wantedBy, owner }) =>
      t('ports.taken', { port, wantedBy, owner: owner || t('ports.unknown-owner') }),
    ),
    hint: t('hint.ports'),
  };
}

function preflight({ checks }: Of<'preflight'>, { t }: Translator): Told {
  const [first] = checks;
  const rows = checks.map(({ id, detail }) => t('plain.because', { what: id, why: detail }));
  return {
    title: checks.length === 1 && first ? rows.join('') : t('preflight.many', { count: checks.length }),
    detail: checks.length === 1 ? [] : rows,
    hint: t('hint.preflight'),
  };
}

function pull({ ref, problem, detail, upstream }: Of<'pull'>, { t }: Translator): Told {
  const told = { title: t(`pull.${problem}`, { ref }), detail: present(detail) };
  if (upstream) return { ...told, hint: t('hint.pull-upstream') };
  return problem === 'other' ? told : { ...told, hint: t(`hint.pull-${problem}`) };
}

function command(failure: Of<'command'>, { t }: Translator): Told {
  const { command: typed, where, exitCode, tail } = failure;
  const said = tail.find((line) => /\b(?:error|fatal|panic|failed|cannot)\b/i.test(line)) ?? '';
  const [broken] = failure.compileErrors ?? [];
  if (broken) {
    const { file, line, message } = broken;
    return {
      title: t('command.compile-error', { file, line, message }),
      detail: [
        ...(failure.compileErrors ?? [])
          .slice(0, 10)
          .map((error) => `${error.file}:${error.line}: ${error.message}`),
        t('command.where', { where }),
      ],
      hint: t('hint.compile-error'),
    };
  }
  return {
    title: t('command.failed', { command: shortened(typed), code: exitCode }),
    detail: present(
      said && t('command.said', { line: said.trim() }),
      isShort(typed) ? '' : t('command.typed', { command: typed }),
      t('command.where', { where }),
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
function circumstance(failure: StageFailure, { t }: Translator): string | undefined {
  if (failure.kind === 'command')
    return t('command.during', { command: shortened(failure.command), where: failure.where });
  if (failure.kind !== 'check') return undefined;
  const { what, expected, got } = failure;
  return t('check.differs', { what, expected, got });
}

/** What a known symptom adds to the bare failure: it takes the place of title and hint. */
function diagnosed(failure: StageFailure, { symptom, proof, facts }: Diagnosis, speech: Translator): Told {
  const { title, why } = SYMPTOMS[speech.language][symptom](facts);
  return {
    title,
    proof: { from: proof.name, line: proof.line },
    why,
    detail: [circumstance(failure, speech) ?? bare(failure, speech).title],
  };
}

/** Exhaustive: a new kind does not compile until it has its words. */
function bare(failure: StageFailure, speech: Translator): Told {
  const { t } = speech;
  switch (failure.kind) {
    case 'config':
      return config(failure, speech);
    case 'usage':
      return { title: speech.translate(failure.message), detail: [] };
    case 'source':
      return source(failure, speech);
    case 'engine':
      return engine(failure, speech);
    case 'compose-missing':
      return {
        title: t('failed.compose-missing'),
        detail: present(failure.detail),
        hint: t('hint.compose-missing'),
      };
    case 'port-taken':
      return portTaken(failure, speech);
    case 'preflight':
      return preflight(failure, speech);
    case 'locked': {
      const { dir, pid, command } = failure;
      return {
        title: t('failed.locked'),
        detail: [t('locked.folder', { dir }), t('locked.process', { pid, command })],
        hint: t('hint.locked'),
      };
    }
    case 'state-newer': {
      const { path, found, known } = failure;
      return {
        title: t('failed.state-newer'),
        detail: [t('state-newer.schema', { path, found, known })],
        hint: t('hint.state-newer'),
      };
    }
    case 'pull':
      return pull(failure, speech);
    case 'base-image':
      return {
        title: t('failed.base-image', { ref: failure.ref }),
        detail: present(
          ...failure.lacks.map((thing) => t('base-image.lacks', { thing })),
          speech.translate(failure.detail),
        ),
        hint: t('hint.base-image'),
      };
    case 'couchdb-image':
      return {
        title: t('failed.couchdb-image'),
        detail: present(...failure.looked.map((ref) => t('couchdb-image.looked', { ref })), failure.detail),
        hint: t('hint.couchdb-image'),
      };
    case 'image-build':
      return { title: t('failed.image-build', { image: failure.image }), detail: present(failure.detail) };
    case 'command':
      return command(failure, speech);
    case 'check': {
      const { what, expected, got } = failure;
      return {
        title: t('failed.check', { what }),
        detail: [t('check.expected', { expected }), t('check.got', { got })],
      };
    }
    case 'timeout': {
      const { what, seconds, last } = failure;
      return {
        title: t('failed.timeout', { what, seconds }),
        detail: present(last && t('timeout.last', { last })),
      };
    }
    case 'tool-missing': {
      const { tool, neededFor } = failure;
      return { title: t('failed.tool-missing', { tool, purpose: neededFor }), detail: [] };
    }
    case 'unexpected':
      return {
        title: t('failed.unexpected', { message: failure.message }),
        detail: present(...failure.stack.split('\n').slice(1)).map((line) => line.trim()),
        hint: t('hint.unexpected'),
      };
    default:
      return unreachable(failure);
  }
}

/** Words a failure and, where there is one, its diagnosis. */
export function describeFailure(
  failure: StageFailure,
  speech: Translator,
  diagnosis?: Diagnosis,
): FailureDescription {
  const told = diagnosis ? diagnosed(failure, diagnosis, speech) : bare(failure, speech);
  const { next, exitCode } = helpFor(failure, diagnosis);
  return { ...told, next: next.map(speech.translate), exitCode };
}
