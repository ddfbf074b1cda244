/** Describes failures. Only this file turns a failure into text. */
import { originText, sharesHost } from '../pipeline/core/engine-origin.ts';
import type { Diagnosis, StageFailure } from '../pipeline/core/failure.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import { helpFor } from '../pipeline/diagnosis/failure-help.ts';
import { portOwners } from '../pipeline/host/held-ports.ts';
import { hookFailed } from './hook-text.ts';
import { SYMPTOMS } from './language/symptom-texts.ts';
import type { Translator } from './language/translator.ts';
import { testsFailed } from './test-text.ts';

/** Description of a failure without the next commands. */
interface Explanation {
  /** One sentence: what went wrong. */
  readonly title: string;
  /** The line that proves a diagnosis, and its container; `from` is empty for the failed command itself. */
  readonly proof?: { readonly from: string; readonly line: string };
  /** Cause, if there is a diagnosis. */
  readonly why?: string;
  /** Facts, one per line: place, expected and found values. Log lines are not repeated here. */
  readonly detail: readonly string[];
  /** One sentence: what usually helps. */
  readonly hint?: string;
}

export interface FailureDescription extends Explanation {
  /** Commands to run next, the most likely first. */
  readonly next: readonly string[];
  /** The process's exit code. */
  readonly exitCode: number;
}

type Of<K extends StageFailure['kind']> = Extract<StageFailure, { kind: K }>;

function withoutBlank(...lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '');
}

function config({ issues }: Of<'config'>, { t }: Translator): Explanation {
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

function source({ path, problem, detail }: Of<'source'>, { t, translate }: Translator): Explanation {
  const lines = withoutBlank(translate(detail));
  const title = t(`source.${problem}`, { path });
  return problem === 'absent'
    ? { title, detail: lines }
    : { title, detail: lines, hint: t(`hint.source-${problem}`) };
}

function engine(
  { problem, endpoint, detail, origin, again }: Of<'engine'>,
  { t, translate }: Translator,
): Explanation {
  const elsewhere = problem === 'unreachable' && !sharesHost({ endpoint });
  const known = elsewhere ? 'hint.engine-elsewhere' : (`hint.engine-${problem}` as const);
  const hint = again === undefined ? known : 'hint.engine-gone-again';
  return {
    title: t(`engine.${problem}`, { endpoint }),
    detail: withoutBlank(translate(detail), origin ? t('engine.origin', { origin: originText(origin) }) : ''),
    hint: t(hint),
  };
}

function engineRefused(
  { request, status, detail, again }: Of<'engine-refused'>,
  { t }: Translator,
): Explanation {
  return {
    title: t('failed.engine-refused', { message: detail }),
    detail: [t('engine-refused.request', { request, status })],
    ...(again === undefined ? { hint: t('hint.engine-refused') } : {}),
  };
}

function composeMissing({ unknown, detail }: Of<'compose-missing'>, { t }: Translator): Explanation {
  return unknown === undefined
    ? { title: t('failed.compose-missing'), detail: withoutBlank(detail), hint: t('hint.compose-missing') }
    : { title: t('row.compose-unknown', unknown), detail: [], hint: t('hint.compose-unknown') };
}

function portTaken({ taken }: Of<'port-taken'>, { t }: Translator): Explanation {
  const [first] = taken;
  return {
    title:
      taken.length === 1 && first
        ? t('ports.one', { port: first.port })
        : t('ports.many', { count: taken.length }),
    detail: portOwners(taken).map(({ ports, nodes, owner: known }) => {
      const owner = known || t('ports.unknown-owner');
      const [wantedBy = '', ...others] = nodes;
      return others.length === 0
        ? t('ports.taken', { ports: ports.join(', '), wantedBy, owner })
        : t('ports.taken-several', { ports: ports.join(', '), count: nodes.length, owner });
    }),
    hint: t('hint.ports'),
  };
}

function preflight({ checks }: Of<'preflight'>, { t }: Translator): Explanation {
  const [first] = checks;
  const rows = checks.map(({ id, detail }) => t('plain.because', { what: id, why: detail }));
  return {
    title: checks.length === 1 && first ? rows.join('') : t('preflight.many', { count: checks.length }),
    detail: checks.length === 1 ? [] : rows,
    hint: t('hint.preflight'),
  };
}

function pull({ ref, problem, detail, upstream }: Of<'pull'>, { t, translate }: Translator): Explanation {
  const explanation = { title: t(`pull.${problem}`, { ref }), detail: withoutBlank(translate(detail)) };
  if (upstream) return { ...explanation, hint: t('hint.pull-upstream') };
  return problem === 'other' ? explanation : { ...explanation, hint: t(`hint.pull-${problem}`) };
}

/** Compile errors beside the one in the title. */
const MAX_OTHER_ERRORS = 9;

function commandFailed(failure: Of<'command'>, { t }: Translator): Explanation {
  const { command, where, exitCode, tail } = failure;
  const errorLine = tail.find((line) => /\b(?:error|fatal|panic|failed|cannot)\b/i.test(line)) ?? '';
  const [compileError, ...others] = failure.compileErrors ?? [];
  if (compileError) {
    const { file, line, message } = compileError;
    return {
      title: t('command.compile-error', { file, line, message }),
      detail: [
        ...others.slice(0, MAX_OTHER_ERRORS).map((error) => `${error.file}:${error.line}: ${error.message}`),
        t('command.where', { where }),
      ],
      hint: t('hint.compile-error'),
    };
  }
  const { chaincode } = failure;
  if (chaincode?.invalid !== undefined)
    return {
      title: t('command.invalid', { name: chaincode.name, code: chaincode.invalid }),
      detail: [t('command.where', { where })],
    };
  if (chaincode?.refusal !== undefined)
    return {
      title: t('command.refusal', { name: chaincode.name, message: chaincode.refusal }),
      detail: [t('command.full', { command }), t('command.where', { where })],
    };
  if (chaincode?.crash !== undefined)
    return {
      title: t('command.crash', { name: chaincode.name, crash: chaincode.crash }),
      detail: [t('command.full', { command }), t('command.where', { where })],
    };
  return {
    title: t('command.failed', { command: shortened(command), code: exitCode }),
    detail: withoutBlank(
      errorLine && t('command.output', { line: errorLine.trim() }),
      isShort(command) ? '' : t('command.full', { command }),
      t('command.where', { where }),
    ),
    ...definedHint(failure, t),
  };
}

/** Says that a failed deployment is on its channels, and how to return to the version that it has replaced. */
function definedHint(failure: StageFailure, t: Translator['t']): { readonly hint?: string } {
  const chaincode = failure.kind === 'command' ? failure.chaincode : undefined;
  if (chaincode?.defined === undefined) return {};
  if (chaincode.replaced === undefined)
    return { hint: t('hint.defined', { name: chaincode.name, channels: chaincode.defined.join(', ') }) };
  return { hint: t('hint.replaced', { name: chaincode.name, version: chaincode.replaced }) };
}

function isShort(command: string): boolean {
  return command.length <= 60 && !command.includes('\n');
}

/** Returns a long command up to its first flag. */
function shortened(command: string): string {
  if (isShort(command)) return command;
  const words = command.split(/\s+/);
  const flags = words.findIndex((word) => word.startsWith('-'));
  return `${words.slice(0, flags < 1 ? 4 : flags).join(' ')} …`;
}

function locked({ dir, pid, command }: Of<'locked'>, { t }: Translator): Explanation {
  return {
    title: t('failed.locked'),
    detail: [t('locked.folder', { dir }), t('locked.process', { pid, command })],
    hint: t('hint.locked'),
  };
}

function stateNewer({ path, found, known }: Of<'state-newer'>, { t }: Translator): Explanation {
  return {
    title: t('failed.state-newer'),
    detail: [t('state-newer.schema', { path, found, known })],
    hint: t('hint.state-newer'),
  };
}

function baseImage({ ref, lacks, detail }: Of<'base-image'>, { t, translate }: Translator): Explanation {
  return {
    title: t('failed.base-image', { ref }),
    detail: withoutBlank(...lacks.map((thing) => t('base-image.lacks', { thing })), translate(detail)),
    hint: t('hint.base-image'),
  };
}

function couchdbImage({ looked, detail }: Of<'couchdb-image'>, { t, translate }: Translator): Explanation {
  return {
    title: t('failed.couchdb-image'),
    detail: withoutBlank(...looked.map((ref) => t('couchdb-image.looked', { ref })), translate(detail)),
    hint: t('hint.couchdb-image'),
  };
}

function copyFailed({ volumes, image, exitCode, tail }: Of<'copy'>, { t }: Translator): Explanation {
  return {
    title: t('failed.copy', { count: volumes.length }),
    detail: [...tail, t('copy.shell', { image, code: exitCode }), t('copy.volumes', { volumes })],
    hint: t('hint.copy'),
  };
}

function check({ what, expected, got }: Of<'check'>, { t }: Translator): Explanation {
  return {
    title: t('failed.check', { what }),
    detail: [t('check.expected', { expected }), t('check.got', { got })],
  };
}

function ordererBehind(
  { channel, blocks, peer, peerBlocks }: Of<'orderer-behind'>,
  { t }: Translator,
): Explanation {
  return {
    title: t('failed.orderer-behind', { channel }),
    detail: [
      blocks === 0
        ? t('orderer-behind.absent', { peer, peerBlocks })
        : t('orderer-behind.blocks', { blocks, peer, peerBlocks }),
    ],
    hint: t('hint.orderer-behind'),
  };
}

function timeout({ what, seconds, last }: Of<'timeout'>, { t }: Translator): Explanation {
  return {
    title: t('failed.timeout', { what, seconds }),
    detail: withoutBlank(last && t('timeout.last', { last })),
  };
}

function unexpected({ message, stack }: Of<'unexpected'>, { t }: Translator): Explanation {
  return {
    title: t('failed.unexpected', { message }),
    detail: withoutBlank(...stack.split('\n').slice(1)).map((line) => line.trim()),
    hint: t('hint.unexpected'),
  };
}

/** Returns what was running, for failures whose title does not say it. */
function circumstance(failure: StageFailure, { t }: Translator): string | undefined {
  if (failure.kind === 'command')
    return t('command.during', { command: shortened(failure.command), where: failure.where });
  if (failure.kind !== 'check') return undefined;
  const { what, expected, got } = failure;
  return t('check.differs', { what, expected, got });
}

/** Explains a failure with a known symptom, which replaces its title and hint. */
function diagnosed(
  failure: StageFailure,
  { symptom, proof, facts, warning }: Diagnosis,
  translator: Translator,
): Explanation {
  const { title, why } = SYMPTOMS[translator.language][symptom](facts);
  return {
    title,
    proof: { from: proof.name, line: proof.line },
    why,
    detail: [
      circumstance(failure, translator) ?? undiagnosed(failure, translator).title,
      ...(warning ? [translator.t('diagnosis.warned', { check: warning.id, detail: warning.detail })] : []),
    ],
    ...definedHint(failure, translator.t),
  };
}

/** Says what the network has now. */
function chaincodeHint(
  { installed, previous, answering }: Of<'chaincode'>,
  { t }: Translator,
): Pick<Explanation, 'hint'> {
  if (installed) return {};
  if (previous) return { hint: t('hint.previous') };
  return { hint: t(answering ? 'hint.answering' : 'hint.not-installed') };
}

/** Explains a failure without a known symptom. A new kind of failure does not compile until it has a text. */
function undiagnosed(failure: StageFailure, translator: Translator): Explanation {
  const { t, translate } = translator;
  switch (failure.kind) {
    case 'config':
      return config(failure, translator);
    case 'usage':
      return { title: translate(failure.message), detail: [] };
    case 'chaincode':
      return {
        title: translate(failure.problem),
        detail: withoutBlank(translate(failure.place)),
        ...chaincodeHint(failure, translator),
      };
    case 'source':
      return source(failure, translator);
    case 'engine':
      return engine(failure, translator);
    case 'engine-refused':
      return engineRefused(failure, translator);
    case 'compose-missing':
      return composeMissing(failure, translator);
    case 'port-taken':
      return portTaken(failure, translator);
    case 'preflight':
      return preflight(failure, translator);
    case 'locked':
      return locked(failure, translator);
    case 'state-newer':
      return stateNewer(failure, translator);
    case 'pull':
      return pull(failure, translator);
    case 'base-image':
      return baseImage(failure, translator);
    case 'couchdb-image':
      return couchdbImage(failure, translator);
    case 'image-build':
      return {
        title: t('failed.image-build', { image: failure.image }),
        detail: withoutBlank(failure.detail),
      };
    case 'copy':
      return copyFailed(failure, translator);
    case 'command':
      return commandFailed(failure, translator);
    case 'check':
      return check(failure, translator);
    case 'tests':
      return testsFailed(failure, translator);
    case 'hook':
      return hookFailed(failure, translator);
    case 'orderer-behind':
      return ordererBehind(failure, translator);
    case 'timeout':
      return timeout(failure, translator);
    case 'tool-missing':
      return {
        title: t('failed.tool-missing', { tool: failure.tool, purpose: failure.neededFor }),
        detail: [],
      };
    case 'file':
      return {
        title: failure.path ? t('failed.file', { path: failure.path }) : t('failed.file-system'),
        detail: [failure.detail],
        hint: t(failure.repeat === undefined ? 'hint.file' : 'hint.file-again'),
      };
    case 'unexpected':
      return unexpected(failure, translator);
    default:
      return unreachable(failure);
  }
}

/** Describes a failure and, if there is one, its diagnosis. */
export function describeFailure(
  failure: StageFailure,
  translator: Translator,
  diagnosis?: Diagnosis,
): FailureDescription {
  const explanation = diagnosis
    ? diagnosed(failure, diagnosis, translator)
    : undiagnosed(failure, translator);
  const { next, exitCode } = helpFor(failure, diagnosis);
  return { ...explanation, next: next.map(translator.translate), exitCode };
}
