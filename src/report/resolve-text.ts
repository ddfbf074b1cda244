/** `resolve` in words: what a peer asks for, where each part comes from, and what is wrong. */
import type { Candidate, Problem, ResolvedImage, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import { unreachable } from '../pipeline/run/unreachable.ts';
import { type Speech, speechOf } from './language/speech.ts';
import { shortId } from './quantities.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

export interface DescribedProblem {
  readonly code: Problem['code'];
  /** What is wrong, and why. */
  readonly message: string;
  /** What helps: a command, or a sentence. */
  readonly fix: string;
}

type Say = Pick<Speech, 'say'>;

function described({ ref, because }: Candidate, { say }: Say): string {
  // That says it all.
  const reasons = because.includes('own-template') ? (['own-template'] as const) : because;
  const why = reasons.map((reason) => say(`because.${reason}`)).join(say('list.between'));
  return say('resolve.candidate', { ref, why });
}

type AbsentProblem = Extract<Problem, { candidates: unknown }>;

function cameFrom(
  { key, variable, origin }: Pick<AbsentProblem, 'key' | 'variable' | 'origin'>,
  { say }: Say,
): string {
  return origin === variable ? say('resolve.of-variable', { variable }) : say('resolve.of-key', { key });
}

interface Wording {
  readonly message: string;
  readonly fix: string;
}

function absentText(problem: AbsentProblem, speech: Say): Wording {
  const { say } = speech;
  const { role, ref, ownTemplate, variable } = problem;
  const [nearest, ...others] = problem.candidates;
  const likely = problem.candidates.find((candidate) => candidate.likely);
  const facts = [say(`absent.${role}`, { ref, origin: cameFrom(problem, speech) })];
  if (ownTemplate !== undefined) facts.push(say('absent.own-template', { template: ownTemplate }));
  if (nearest) facts.push(say('absent.nearest', { image: described(nearest, speech) }));
  if (nearest && 'cause' in problem) facts.push(say(`absent.tag-${problem.cause}`));
  if (nearest && 'compiled' in problem)
    facts.push(
      problem.compiled
        ? say('absent.namespace', { namespace: problem.compiled })
        : say('absent.no-namespace'),
    );
  if (others.length > 0) {
    const images = others.map((other) => described(other, speech)).join(say('list.sentences'));
    facts.push(say('absent.others', { images }));
  }
  const fix = problem.madeHere
    ? 'fabric-wizard build'
    : likely
      ? `docker tag ${likely.ref} ${ref}`
      : say('fix.absent', { ref, variable });
  const message = facts.reduce((before, next) => say('list.sentence', { before, next }));
  return { message, fix };
}

function apiText(
  { peer, engine, release, side }: Extract<Problem, { code: 'engine-api' }>,
  { say }: Say,
): Wording {
  const speaks =
    peer.speaks === 'negotiated'
      ? say('resolve.api-range', { min: peer.min, max: peer.max })
      : peer.speaks === 'fixed'
        ? peer.version
        : say('resolve.any-api');
  const { version, minApi, api } = engine;
  const message = say('problem.engine-api', { release, speaks, version, minApi, api });
  return { message, fix: say(`fix.${side}`) };
}

function engineText(problem: Extract<Problem, { code: 'other-engine' }>, { say }: Say): Wording {
  const { origin, asked, how, hostPath } = problem;
  const endpoint = problem.endpoint || say('resolve.empty');
  const path = hostPath ?? say('resolve.another-socket');
  const message = say(`problem.endpoint-${how}`, { endpoint, origin, asked, path });
  const fix =
    how === 'other-socket' ? `DOCKER_HOST=unix://${hostPath} fabric-wizard resolve …` : say('fix.endpoint');
  return { message, fix };
}

function networkText(
  { mode, origin, exists, attached }: Extract<Problem, { code: 'network-mode' }>,
  { say }: Say,
): Wording {
  // On the engine's own bridge no container is found by its name.
  const own = attached.find((name) => !['bridge', 'host', 'none'].includes(name));
  return {
    message: exists
      ? say('problem.network-apart', {
          mode,
          origin,
          attached: attached.length > 0 ? attached : say('resolve.no-network'),
        })
      : say('problem.network-absent', { mode, origin }),
    fix: say('fix.network-mode', { network: own ?? say('resolve.peers-network') }),
  };
}

/** @returns message and fix as sentences; the data is in the problem */
function wording(problem: Problem, speech: Say): Wording {
  const { say } = speech;
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
        message: say('problem.variable', {
          unknown: problem.unknown,
          ref: problem.ref,
          origin: cameFrom(problem, speech),
          release: problem.release,
          known: problem.known.map((name) => `$(${name})`).join(say('list.between')),
        }),
        fix: say('fix.variable', { variable: problem.variable }),
      };
    case 'builder-invalid':
    case 'runtime-invalid': {
      const { ref, empty, variable } = problem;
      const origin = cameFrom(problem, speech);
      return empty.length > 0
        ? {
            message: say('problem.empty-flag', { ref, origin, flags: empty }),
            fix: say('fix.empty-flag', { flags: empty, variable }),
          }
        : { message: say('problem.invalid', { ref, origin }), fix: say('fix.invalid', { variable }) };
    }
    case 'namespace':
      return {
        message: say('problem.namespace', {
          namespace: problem.imageNamespace,
          compiled: problem.compiled || say('resolve.nothing'),
        }),
        fix: say('fix.namespace'),
      };
    case 'engine-api':
      return apiText(problem, speech);
    case 'network-mode':
      return networkText(problem, speech);
    case 'always-pull':
      return problem.cause === 'release'
        ? {
            message: say('problem.release-pulls', { release: problem.release, ref: problem.ref }),
            fix: say('fix.release-pulls'),
          }
        : { message: say('problem.key-pulls', { ref: problem.ref }), fix: say('fix.key-pulls') };
    case 'architecture':
      return {
        message: say(`problem.architecture-${problem.of}`, {
          ref: problem.ref,
          is: problem.is,
          should: problem.should,
        }),
        fix: say('fix.architecture', { should: problem.should }),
      };
    case 'stale-chaincode':
      return {
        message: say('problem.stale-chaincode', {
          count: problem.images.length,
          builder: problem.builder,
          images: problem.images.map((name) => name.replace(/-[0-9a-f]{64}$/, '')).join(say('list.between')),
        }),
        fix: `docker rmi ${problem.images.join(' ')}`,
      };
    case 'other-engine':
      return engineText(problem, speech);
    case 'version-unknown':
      return {
        message: say('problem.version-unknown', { detail: cutToWidth(cleanLine(problem.detail), 160) }),
        fix: say('fix.version-unknown'),
      };
    case 'release-guessed':
      return {
        message: say('problem.release-guessed', { version: problem.version, release: problem.release }),
        fix: say('fix.release-guessed'),
      };
    case 'core-yaml-missing':
      return {
        message: say('problem.core-yaml-missing', { path: problem.path }),
        fix: say('fix.core-yaml-missing'),
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
  const english = speechOf('en');
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
      repairs: repairs.map(({ way }) => way),
      data: problem,
    })),
  };
}

function partOrigin(
  part: ResolvedImage['parts'][number],
  origin: string,
  version: string,
  { say }: Say,
): string {
  switch (part.from) {
    case 'template':
      return say('part.template', { origin });
    case 'ldflag': {
      const { variable, ldflag } = part;
      return variable === 'TWO_DIGIT_VERSION'
        ? say('part.cut-ldflag', { variable, ldflag, version })
        : say('part.ldflag', { variable, ldflag });
    }
    case 'architecture':
      return say('part.architecture', { variable: part.variable });
    case 'unknown':
      return say('part.unknown');
    default:
      return unreachable(part);
  }
}

function stateOf(image: ResolvedImage, style: Style): string {
  const { say } = style;
  if (image.present === undefined) return style.warn(`${style.symbol.warn} ${say('resolve.unknown')}`);
  if (image.present)
    return `${style.good(`${style.symbol.good} ${say('resolve.present')}`)} ${style.dim(shortId(image.id ?? ''))}`;
  return image.willBeMade
    ? `${style.warn(style.symbol.dot)} ${say('resolve.to-be-made')}`
    : style.bad(`${style.symbol.bad} ${say('resolve.absent')}`);
}

function imageLines(title: string, image: ResolvedImage, version: string, style: Style): string[] {
  const width = Math.max(0, ...image.parts.map(({ text }) => textWidth(text || '""')));
  const { say } = style;
  const source =
    image.origin === 'core.yaml'
      ? say('resolve.from-key', { key: image.key })
      : say('resolve.from-environment', { variable: image.origin });
  const heads = [say('resolve.template'), say('resolve.from')];
  const headWidth = Math.max(...heads.map(textWidth));
  const [template = '', from = ''] = heads.map((head) => padToWidth(head, headWidth));
  return [
    `${style.strong(title)}  ${image.ref || say('resolve.no-reference')}`,
    `  ${stateOf(image, style)}`,
    `  ${style.dim(template)} ${image.template || say('resolve.empty')}`,
    `  ${style.dim(`${from} ${source}`)}`,
    ...image.parts.map(
      (part) =>
        `    ${padToWidth(part.text || '""', width)}  ${style.dim(partOrigin(part, image.origin, version, style))}`,
    ),
  ];
}

function subjectTitle({ subject, image }: ResolveReport, { say }: Say): string {
  switch (subject.kind) {
    case 'container':
      return say(subject.running ? 'resolve.running' : 'resolve.stopped', { name: subject.name });
    case 'image':
      return say('resolve.image-of', { ref: image.ref });
    case 'configuration':
      return say('resolve.configuration');
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
  const { say } = speech;
  const compiled = say(ORIGINS[version.origin], {
    version: version.compiled.version || say('resolve.no-version'),
  });
  const rows = [
    ...(subject.kind === 'container' ? [[say('resolve.image'), image.ref]] : []),
    [say('resolve.compiled'), compiled],
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
  const { say } = style;
  const { version } = report.version.compiled;
  const problems = report.findings.flatMap(({ severity, problem, repairs }) => {
    const { code, message, fix } = describeProblem(problem, style);
    const mark = severity === 'fail' ? style.bad(style.symbol.bad) : style.warn(style.symbol.warn);
    return [
      '',
      ...wrapToWidth(
        `${mark} ${say('plain.because', { what: style.strong(code), why: message })}`,
        columns,
        '  ',
      ),
      `  ${say('doctor.fix', { fix })}`,
      ...repairs.map(({ way }, index) => {
        const by = index === 0 ? '' : ` --by ${way}`;
        return `  ${say('resolve.or', { command: `${command} --fix ${code}${by}` })}  ${style.dim(say(`way.${way}`))}`;
      }),
    ];
  });
  const others = report.others.map(({ role, ref, present }) =>
    style.dim(
      `  ${padToWidth(role, 5)} ${ref || say('resolve.no-reference')}  ${say(present ? 'resolve.present' : 'resolve.absent')}`,
    ),
  );
  const failed = report.findings.filter(({ severity }) => severity === 'fail').length;
  const isToCome = report.builder.willBeMade || report.runtime.willBeMade;
  const verdict = report.ok
    ? style.good(say(isToCome ? 'resolve.ok-later' : 'resolve.ok'))
    : style.bad(say('resolve.failed', { count: failed }));
  const found = [
    ...subjectLines(report, style),
    '',
    ...imageLines(say('role.builder'), report.builder, version, style),
    '',
    ...imageLines(say('role.runtime'), report.runtime, version, style),
    ...(others.length > 0 ? ['', say('resolve.others'), ...others] : []),
  ];
  const lines =
    place === 'first' ? [verdict, ...problems, '', ...found] : [...found, ...problems, '', verdict];
  return lines.join('\n');
}
