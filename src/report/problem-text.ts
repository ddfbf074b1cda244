/** Text of the problems that `resolve` finds: message and fix. */

import { unreachable } from '../pipeline/core/unreachable.ts';
import type { Candidate, Problem } from '../pipeline/resolve/resolve-report.ts';
import type { Translator } from './language/translator.ts';
import { cleanLine, cutToWidth } from './terminal-text.ts';

export interface DescribedProblem {
  readonly code: Problem['kind'];
  /** Problem and cause. */
  readonly message: string;
  /** A command or a sentence. */
  readonly fix: string;
}

type Labeller = Pick<Translator, 't'>;

function candidateText({ ref, because }: Candidate, { t }: Labeller): string {
  // The other reasons add nothing to this one.
  const reasons = because.includes('own-template') ? (['own-template'] as const) : because;
  const why = reasons.map((reason) => t(`reason.${reason}`)).join(t('list.between'));
  return t('resolve.candidate', { ref, why });
}

type AbsentProblem = Extract<Problem, { candidates: unknown }>;
type Of<C extends Problem['kind']> = Extract<Problem, { kind: C }>;

function originText(
  { key, variable, origin }: Pick<AbsentProblem, 'key' | 'variable' | 'origin'>,
  { t }: Labeller,
): string {
  return origin === variable ? t('resolve.of-variable', { variable }) : t('resolve.of-key', { key });
}

type ProblemText = Omit<DescribedProblem, 'code'>;

function absentText(problem: AbsentProblem, translator: Labeller): ProblemText {
  const { t } = translator;
  const { role, ref, ownTemplate, variable } = problem;
  const [nearest, ...others] = problem.candidates;
  const facts = [t(`absent.${role}`, { ref, origin: originText(problem, translator) })];
  if (ownTemplate !== undefined) facts.push(t('absent.own-template', { template: ownTemplate }));
  if (nearest) facts.push(t('absent.nearest', { image: candidateText(nearest, translator) }));
  if (nearest && 'cause' in problem) facts.push(t(`absent.tag-${problem.cause}`));
  if (nearest && 'compiled' in problem)
    facts.push(
      problem.compiled ? t('absent.namespace', { namespace: problem.compiled }) : t('absent.no-namespace'),
    );
  if (others.length > 0) {
    const images = others.map((other) => candidateText(other, translator)).join(t('list.sentences'));
    facts.push(t('absent.others', { images }));
  }
  const fix = problem.madeHere
    ? 'fabric-wizard build'
    : (problem.tagCommand ?? t('fix.absent', { ref, variable }));
  const message = facts.reduce((before, next) => t('list.sentence', { before, next }));
  return { message, fix };
}

function apiText({ peer, engine, release, side, newer }: Of<'engine-api'>, { t }: Labeller): ProblemText {
  const supported =
    peer.kind === 'negotiated'
      ? t('resolve.api-range', { min: peer.min, max: peer.max })
      : peer.kind === 'fixed'
        ? peer.version
        : t('resolve.any-api');
  const { version, minApi, api } = engine;
  const message = t('problem.engine-api', { release, supported, version, minApi, api });
  const fix = newer === undefined ? t(`fix.${side}`) : t('fix.engine-too-new-patch', { release: newer });
  return { message, fix };
}

function engineText(problem: Of<'other-engine'>, { t }: Labeller): ProblemText {
  const { origin, asked, how, hostPath } = problem;
  const endpoint = problem.endpoint || t('resolve.empty');
  const path = hostPath ?? t('resolve.another-socket');
  const message = t(`problem.endpoint-${how}`, { endpoint, origin, asked, path });
  const fix =
    how === 'other-socket' ? `DOCKER_HOST=unix://${hostPath} fabric-wizard resolve …` : t('fix.endpoint');
  return { message, fix };
}

/** Networks of the engine without names for containers. */
const WITHOUT_NAMES = ['bridge', 'host', 'none'];

function networkText({ mode, origin, exists, attached }: Of<'network-mode'>, { t }: Labeller): ProblemText {
  const own = attached.find((name) => !WITHOUT_NAMES.includes(name));
  return {
    message: exists
      ? t('problem.network-apart', {
          mode,
          origin,
          attached: attached.length > 0 ? attached : t('resolve.no-network'),
        })
      : t('problem.network-absent', { mode, origin }),
    fix: t('fix.network-mode', { network: own ?? t('resolve.peers-network') }),
  };
}

function addressText({ address, origin, network, name }: Of<'peer-address'>, { t }: Labeller): ProblemText {
  const port = address.replace(/^.*:/, '');
  return {
    message: t('problem.peer-address', { address, origin, network }),
    fix: WITHOUT_NAMES.includes(network)
      ? t('fix.peer-network')
      : t('fix.peer-address', { address: `${name}:${port}` }),
  };
}

function variableText(
  problem: Of<'builder-variable' | 'runtime-variable'>,
  translator: Labeller,
): ProblemText {
  const { t } = translator;
  const { unknown, ref, release, variable } = problem;
  const known = problem.known.map((name) => `$(${name})`).join(t('list.between'));
  const origin = originText(problem, translator);
  return {
    message: t('problem.variable', { unknown, ref, origin, release, known }),
    fix: t('fix.variable', { variable }),
  };
}

function invalidText(problem: Of<'builder-invalid' | 'runtime-invalid'>, translator: Labeller): ProblemText {
  const { t } = translator;
  const { ref, empty, variable } = problem;
  const origin = originText(problem, translator);
  if (empty.length === 0)
    return { message: t('problem.invalid', { ref, origin }), fix: t('fix.invalid', { variable }) };
  return {
    message: t('problem.empty-flag', { ref, origin, flags: empty }),
    fix: t('fix.empty-flag', { flags: empty, variable }),
  };
}

function staleChaincodeText({ images, builder }: Of<'stale-chaincode'>, { t }: Labeller): ProblemText {
  const names = images.map((name) => name.replace(/-[0-9a-f]{64}$/, '')).join(t('list.between'));
  return {
    message: t('problem.stale-chaincode', { count: images.length, builder, images: names }),
    fix: `docker rmi ${images.join(' ')}`,
  };
}

function pullText(problem: Of<'always-pull'>, { t }: Labeller): ProblemText {
  const { ref } = problem;
  return problem.cause === 'release'
    ? { message: t('problem.release-pulls', { release: problem.release, ref }), fix: t('fix.release-pulls') }
    : { message: t('problem.key-pulls', { ref }), fix: t('fix.key-pulls') };
}

function problemText(problem: Problem, translator: Labeller): ProblemText {
  const { t } = translator;
  switch (problem.kind) {
    case 'builder-absent':
    case 'runtime-absent':
    case 'builder-tag':
    case 'runtime-tag':
    case 'builder-namespace':
    case 'runtime-namespace':
      return absentText(problem, translator);
    case 'builder-variable':
    case 'runtime-variable':
      return variableText(problem, translator);
    case 'builder-invalid':
    case 'runtime-invalid':
      return invalidText(problem, translator);
    case 'namespace': {
      const namespace = problem.imageNamespace;
      const compiled = problem.compiled || t('resolve.nothing');
      return { message: t('problem.namespace', { namespace, compiled }), fix: t('fix.namespace') };
    }
    case 'engine-api':
      return apiText(problem, translator);
    case 'network-mode':
      return networkText(problem, translator);
    case 'peer-address':
      return addressText(problem, translator);
    case 'dev-mode':
      return { message: t('problem.dev-mode', { origin: problem.origin }), fix: t('fix.dev-mode') };
    case 'always-pull':
      return pullText(problem, translator);
    case 'architecture': {
      const { ref, is, should } = problem;
      return {
        message: t(`problem.architecture-${problem.of}`, { ref, is, should }),
        fix: t('fix.architecture', { should }),
      };
    }
    case 'stale-chaincode':
      return staleChaincodeText(problem, translator);
    case 'other-engine':
      return engineText(problem, translator);
    case 'version-unknown':
      return {
        message: t('problem.version-unknown', { detail: cutToWidth(cleanLine(problem.detail), 160) }),
        fix: t('fix.version-unknown'),
      };
    case 'release-guessed':
      return {
        message: t('problem.release-guessed', { version: problem.version, release: problem.release }),
        fix: t('fix.release-guessed'),
      };
    case 'core-yaml-missing':
      return {
        message: t('problem.core-yaml-missing', { path: problem.path }),
        fix: t('fix.core-yaml-missing'),
      };
    default:
      return unreachable(problem);
  }
}

/** Describes a problem of `resolve`; its data stays in the problem. */
export function describeProblem(problem: Problem, translator: Labeller): DescribedProblem {
  return { code: problem.kind, ...problemText(problem, translator) };
}
