/** `resolve` in words: what a peer asks for, where each part comes from, and what is wrong. */

import { unreachable } from '../pipeline/core/unreachable.ts';
import { shortId } from '../pipeline/engine/short-id.ts';
import type { Candidate, Problem, ResolvedImage, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import { type Translator, translatorFor } from './language/translator.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

export interface DescribedProblem {
  readonly code: Problem['code'];
  /** What is wrong, and why. */
  readonly message: string;
  /** What helps: a command, or a sentence. */
  readonly fix: string;
}

type Say = Pick<Translator, 't'>;

function described({ ref, because }: Candidate, { t }: Say): string {
  // That says it all.
  const reasons = because.includes('own-template') ? (['own-template'] as const) : because;
  const why = reasons.map((reason) => t(`because.${reason}`)).join(t('list.between'));
  return t('resolve.candidate', { ref, why });
}

type AbsentProblem = Extract<Problem, { candidates: unknown }>;

function cameFrom(
  { key, variable, origin }: Pick<AbsentProblem, 'key' | 'variable' | 'origin'>,
  { t }: Say,
): string {
  return origin === variable ? t('resolve.of-variable', { variable }) : t('resolve.of-key', { key });
}

interface Wording {
  readonly message: string;
  readonly fix: string;
}

function absentText(problem: AbsentProblem, speech: Say): Wording {
  const { t } = speech;
  const { role, ref, ownTemplate, variable } = problem;
  const [nearest, ...others] = problem.candidates;
  const likely = problem.candidates.find((candidate) => candidate.likely);
  const facts = [t(`absent.${role}`, { ref, origin: cameFrom(problem, speech) })];
  if (ownTemplate !== undefined) facts.push(t('absent.own-template', { template: ownTemplate }));
  if (nearest) facts.push(t('absent.nearest', { image: described(nearest, speech) }));
  if (nearest && 'cause' in problem) facts.push(t(`absent.tag-${problem.cause}`));
  if (nearest && 'compiled' in problem)
    facts.push(
      problem.compiled ? t('absent.namespace', { namespace: problem.compiled }) : t('absent.no-namespace'),
    );
  if (others.length > 0) {
    const images = others.map((other) => described(other, speech)).join(t('list.sentences'));
    facts.push(t('absent.others', { images }));
  }
  const fix = problem.madeHere
    ? 'fabric-wizard build'
    : likely
      ? `docker tag ${likely.ref} ${ref}`
      : t('fix.absent', { ref, variable });
  const message = facts.reduce((before, next) => t('list.sentence', { before, next }));
  return { message, fix };
}

function apiText(
  { peer, engine, release, side }: Extract<Problem, { code: 'engine-api' }>,
  { t }: Say,
): Wording {
  const speaks =
    peer.kind === 'negotiated'
      ? t('resolve.api-range', { min: peer.min, max: peer.max })
      : peer.kind === 'fixed'
        ? peer.version
        : t('resolve.any-api');
  const { version, minApi, api } = engine;
  const message = t('problem.engine-api', { release, speaks, version, minApi, api });
  return { message, fix: t(`fix.${side}`) };
}

function engineText(problem: Extract<Problem, { code: 'other-engine' }>, { t }: Say): Wording {
  const { origin, asked, how, hostPath } = problem;
  const endpoint = problem.endpoint || t('resolve.empty');
  const path = hostPath ?? t('resolve.another-socket');
  const message = t(`problem.endpoint-${how}`, { endpoint, origin, asked, path });
  const fix =
    how === 'other-socket' ? `DOCKER_HOST=unix://${hostPath} fabric-wizard resolve …` : t('fix.endpoint');
  return { message, fix };
}

function networkText(
  { mode, origin, exists, attached }: Extract<Problem, { code: 'network-mode' }>,
  { t }: Say,
): Wording {
  // On the engine's own bridge no container is found by its name.
  const own = attached.find((name) => !['bridge', 'host', 'none'].includes(name));
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

/** @returns message and fix as sentences; the data is in the problem */
function wording(problem: Problem, speech: Say): Wording {
  const { t } = speech;
  switch (problem.code) {
    case 'builder-absent':
    case 'runtime-absent':
    case 'builder-tag':
    case 'runtime-tag':
    case 'builder-namespace':
    case 'runtime-namespace':
      return absentText(problem, speech);
    case 'builder-variable':
    case 'runtime-variable':
      return {
        message: t('problem.variable', {
          unknown: problem.unknown,
          ref: problem.ref,
          origin: cameFrom(problem, speech),
          release: problem.release,
          known: problem.known.map((name) => `$(${name})`).join(t('list.between')),
        }),
        fix: t('fix.variable', { variable: problem.variable }),
      };
    case 'builder-invalid':
    case 'runtime-invalid': {
      const { ref, empty, variable } = problem;
      const origin = cameFrom(problem, speech);
      return empty.length > 0
        ? {
            message: t('problem.empty-flag', { ref, origin, flags: empty }),
            fix: t('fix.empty-flag', { flags: empty, variable }),
          }
        : { message: t('problem.invalid', { ref, origin }), fix: t('fix.invalid', { variable }) };
    }
    case 'namespace':
      return {
        message: t('problem.namespace', {
          namespace: problem.imageNamespace,
          compiled: problem.compiled || t('resolve.nothing'),
        }),
        fix: t('fix.namespace'),
      };
    case 'engine-api':
      return apiText(problem, speech);
    case 'network-mode':
      return networkText(problem, speech);
    case 'always-pull':
      return problem.cause === 'release'
        ? {
            message: t('problem.release-pulls', { release: problem.release, ref: problem.ref }),
            fix: t('fix.release-pulls'),
          }
        : { message: t('problem.key-pulls', { ref: problem.ref }), fix: t('fix.key-pulls') };
    case 'architecture':
      return {
        message: t(`problem.architecture-${problem.of}`, {
          ref: problem.ref,
          is: problem.is,
          should: problem.should,
        }),
        fix: t('fix.architecture', { should: problem.should }),
      };
    case 'stale-chaincode':
      return {
        message: t('problem.stale-chaincode', {
          count: problem.images.length,
          builder: problem.builder,
          images: problem.images.map((name) => name.replace(/-[0-9a-f]{64}$/, '')).join(t('list.between')),
        }),
        fix: `docker rmi ${problem.images.join(' ')}`,
      };
    case 'other-engine':
      return engineText(problem, speech);
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

export function describeProblem(problem: Problem, speech: Say): DescribedProblem {
  return { code: problem.code, ...wording(problem, speech) };
}

function imageJson({ ref, template, origin, present, id, parts, key, willBeMade }: ResolvedImage) {
  return { ref, template, origin, present: present ?? null, id: id ?? null, key, parts, willBeMade };
}

/** The one object of `resolve --json`, in English. */
export function resolveJson(report: ResolveReport): unknown {
  const { subject, image, version, builder, runtime, others, findings } = report;
  const english = translatorFor('en');
  return {
    ok: report.ok,
    from: subject,
    peer: {
      image: image.ref,
      id: image.id ?? null,
      version: version.compiled.version,
      dockerNamespace: version.compiled.dockerNs,
      baseDockerNamespace: version.compiled.baseDockerNs,
      baseVersion: version.compiled.baseVersion,
      release: version.release,
      coreYaml: report.coreYaml,
    },
    builder: imageJson(builder),
    runtime: imageJson(runtime),
    others: others.map((other) => ({ role: other.role, ...imageJson(other) })),
    problems: findings.map(({ severity, problem, repairs }) => ({
      ...describeProblem(problem, english),
      severity,
      repairs: repairs.map(({ kind }) => kind),
      data: problem,
    })),
  };
}

function partOrigin(
  part: ResolvedImage['parts'][number],
  origin: string,
  version: string,
  { t }: Say,
): string {
  switch (part.from) {
    case 'template':
      return t('part.template', { origin });
    case 'ldflag': {
      const { variable, ldflag } = part;
      return variable === 'TWO_DIGIT_VERSION'
        ? t('part.cut-ldflag', { variable, ldflag, version })
        : t('part.ldflag', { variable, ldflag });
    }
    case 'architecture':
      return t('part.architecture', { variable: part.variable });
    case 'unknown':
      return t('part.unknown');
    default:
      return unreachable(part);
  }
}

function stateOf(image: ResolvedImage, style: Style): string {
  const { t } = style;
  if (image.present === undefined) return style.warn(`${style.symbol.warn} ${t('resolve.unknown')}`);
  if (image.present)
    return `${style.good(`${style.symbol.good} ${t('resolve.present')}`)} ${style.dim(shortId(image.id ?? ''))}`;
  return image.willBeMade
    ? `${style.warn(style.symbol.dot)} ${t('resolve.to-be-made')}`
    : style.bad(`${style.symbol.bad} ${t('resolve.absent')}`);
}

function imageLines(title: string, image: ResolvedImage, version: string, style: Style): string[] {
  const width = Math.max(0, ...image.parts.map(({ text }) => textWidth(text || '""')));
  const { t } = style;
  const source =
    image.origin === 'core.yaml'
      ? t('resolve.from-key', { key: image.key })
      : t('resolve.from-environment', { variable: image.origin });
  const heads = [t('resolve.template'), t('resolve.from')];
  const headWidth = Math.max(...heads.map(textWidth));
  const [template = '', from = ''] = heads.map((head) => padToWidth(head, headWidth));
  return [
    `${style.strong(title)}  ${image.ref || t('resolve.no-reference')}`,
    `  ${stateOf(image, style)}`,
    `  ${style.dim(template)} ${image.template || t('resolve.empty')}`,
    `  ${style.dim(`${from} ${source}`)}`,
    ...image.parts.map(
      (part) =>
        `    ${padToWidth(part.text || '""', width)}  ${style.dim(partOrigin(part, image.origin, version, style))}`,
    ),
  ];
}

function subjectTitle({ subject, image }: ResolveReport, { t }: Say): string {
  switch (subject.kind) {
    case 'container':
      return t(subject.running ? 'resolve.running' : 'resolve.stopped', { name: subject.name });
    case 'image':
      return t('resolve.image-of', { ref: image.ref });
    case 'configuration':
      return t('resolve.configuration');
    default:
      return unreachable(subject);
  }
}

const ORIGINS = {
  'peer version': 'resolve.by-peer-version',
  labels: 'resolve.by-labels',
  choices: 'resolve.by-choices',
} as const;

function subjectLines(report: ResolveReport, speech: Say): string[] {
  const { subject, image, version, coreYaml } = report;
  const { t } = speech;
  const compiled = t(ORIGINS[version.origin], {
    version: version.compiled.version || t('resolve.no-version'),
  });
  const rows = [
    ...(subject.kind === 'container' ? [[t('resolve.image'), image.ref]] : []),
    [t('resolve.compiled'), compiled],
    ['core.yaml', coreYaml],
  ];
  const width = Math.max(...rows.map(([name = '']) => textWidth(name)));
  return [
    subjectTitle(report, speech),
    ...rows.map(([name = '', value = '']) => `  ${padToWidth(name, width)}  ${value}`),
  ];
}

/** Lines of at most `columns`, but for references and commands, which are never cut. */
export function renderResolve(
  report: ResolveReport,
  options: {
    readonly style: Style;
    readonly columns: number;
    /** The command without `--fix`. */
    readonly command: string;
    /** A screen is read from its top; what was printed, from its end. */
    readonly verdict?: 'first' | 'last';
  },
): string {
  const { style, columns, command, verdict: place = 'last' } = options;
  const { t } = style;
  const { version } = report.version.compiled;
  const problems = report.findings.flatMap(({ severity, problem, repairs }) => {
    const { code, message, fix } = describeProblem(problem, style);
    const mark = severity === 'fail' ? style.bad(style.symbol.bad) : style.warn(style.symbol.warn);
    return [
      '',
      ...wrapToWidth(
        `${mark} ${t('plain.because', { what: style.strong(code), why: message })}`,
        columns,
        '  ',
      ),
      `  ${t('doctor.fix', { fix })}`,
      ...repairs.map(({ kind }, index) => {
        const by = index === 0 ? '' : ` --by ${kind}`;
        return `  ${t('resolve.or', { command: `${command} --fix ${code}${by}` })}  ${style.dim(t(`way.${kind}`))}`;
      }),
    ];
  });
  const others = report.others.map(({ role, ref, present }) =>
    style.dim(
      `  ${padToWidth(role, 5)} ${ref || t('resolve.no-reference')}  ${t(present ? 'resolve.present' : 'resolve.absent')}`,
    ),
  );
  const failed = report.findings.filter(({ severity }) => severity === 'fail').length;
  const isToCome = report.builder.willBeMade || report.runtime.willBeMade;
  const verdict = report.ok
    ? style.good(t(isToCome ? 'resolve.ok-later' : 'resolve.ok'))
    : style.bad(t('resolve.failed', { count: failed }));
  const found = [
    ...subjectLines(report, style),
    '',
    ...imageLines(t('role.builder'), report.builder, version, style),
    '',
    ...imageLines(t('role.runtime'), report.runtime, version, style),
    ...(others.length > 0 ? ['', t('resolve.others'), ...others] : []),
  ];
  const lines =
    place === 'first' ? [verdict, ...problems, '', ...found] : [...found, ...problems, '', verdict];
  return lines.join('\n');
}
