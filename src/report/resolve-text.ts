/** `resolve` in words: what a peer asks for, where each part comes from, and what is wrong. */
import type {
  Candidate,
  Problem,
  Repair,
  ResolvedImage,
  ResolveReport,
  Subject,
} from '../pipeline/resolve/resolve-report.ts';
import { unreachable } from '../pipeline/run/unreachable.ts';
import { count } from '../pipeline/run/wording.ts';
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

const BECAUSE: Readonly<Record<Candidate['because'][number], string>> = {
  'own-template': "what the release's own core.yaml names",
  repository: 'a like name',
  tag: 'the same tag',
  namespace: 'the same namespace',
  layers: 'the peer stands on it',
};

function described({ ref, because }: Candidate): string {
  // That says it all.
  const reasons = because.includes('own-template') ? (['own-template'] as const) : because;
  return `${ref} (${reasons.map((reason) => BECAUSE[reason]).join(', ')})`;
}

type AbsentProblem = Extract<Problem, { candidates: unknown }>;

function cameFrom({ key, variable, origin }: Pick<AbsentProblem, 'key' | 'variable' | 'origin'>): string {
  return origin === variable ? `the environment's ${variable}` : `${key} in core.yaml`;
}

const WHAT: Readonly<Record<'builder' | 'runtime', string>> = {
  builder: 'compiles chaincode in',
  runtime: 'puts Go chaincode on',
};

function tagReason(problem: Extract<Problem, { cause: string; candidates: unknown }>): string {
  switch (problem.cause) {
    case 'latest-only':
      return 'the `make docker` of 2.5 tags `latest` and nothing else, while its peers ask for two digits';
    case 'architecture':
      return 'the two differ in the name of the architecture, which 1.0 and 1.1 take from uname and later releases from Go';
    case 'snapshot':
      return 'the image has the tag of a build between releases, which no peer asks for';
    case 'other':
      return 'the version compiled into the peer is not the one in the tag';
    default:
      return unreachable(problem.cause);
  }
}

function absentText(problem: AbsentProblem): { message: string; fix: string } {
  const { role, ref, ownTemplate, variable } = problem;
  const [nearest, ...others] = problem.candidates;
  const likely = problem.candidates.find((candidate) => candidate.likely);
  const facts = [
    `The peer ${WHAT[role]} ${ref}, which comes from ${cameFrom(problem)}; there is no such image here.`,
  ];
  if (ownTemplate !== undefined) facts.push(`The release's own core.yaml says ${ownTemplate}.`);
  if (nearest) facts.push(`The nearest local image is ${described(nearest)}.`);
  if (nearest && 'cause' in problem) facts.push(`It differs in the tag: ${tagReason(problem)}.`);
  if (nearest && 'compiled' in problem)
    facts.push(`It differs in the namespace: ${problem.compiled || 'none'} is what the peer was given.`);
  if (others.length > 0) facts.push(`Others: ${others.map(described).join('; ')}.`);
  const fix = problem.madeHere
    ? 'fabric-wizard build'
    : likely
      ? `docker tag ${likely.ref} ${ref}`
      : `build or pull ${ref}, or name an image that is there in ${variable}`;
  return { message: facts.join(' '), fix };
}

function apiText({ peer, engine, release, side }: Extract<Problem, { code: 'engine-api' }>) {
  const speaks =
    peer.speaks === 'negotiated'
      ? `${peer.min} to ${peer.max}`
      : peer.speaks === 'fixed'
        ? peer.version
        : 'any';
  const message = `A peer of ${release} speaks the engine's API ${speaks}; this engine (${engine.version}) takes ${engine.minApi} to ${engine.api}, so no chaincode can be built.`;
  const fix =
    side === 'engine-too-old'
      ? 'a newer engine, or another patch release: up to 2.5.14 or 3.1.3, or 3.1.5'
      : 'a newer patch release (2.5.16, 3.1.5), or DOCKER_MIN_API_VERSION=1.24 in the environment of dockerd';
  return { message, fix };
}

const ENGINE_AT = {
  tcp: () => 'which is reached over the network and was not asked',
  'other-socket': (path: string | undefined) => `which is ${path ?? 'another socket'} on the host`,
  'not-mounted': () => 'and nothing is mounted there: the peer reaches no engine',
  disabled: () => 'which is empty: the peer builds no chaincode in Docker',
} as const;

function engineText(problem: Extract<Problem, { code: 'other-engine' }>) {
  const { endpoint, origin, asked, how, hostPath } = problem;
  const message = `The peer's vm.endpoint is ${endpoint || '(empty)'} (${origin}), ${ENGINE_AT[how](hostPath)}. Asked was ${asked}, so nobody knows what is there.`;
  const fix =
    how === 'other-socket'
      ? `DOCKER_HOST=unix://${hostPath} fabric-wizard resolve …`
      : "mount the engine's socket at that path, or set CORE_VM_ENDPOINT to where it is";
  return { message, fix };
}

function networkText({ mode, origin, exists, attached }: Extract<Problem, { code: 'network-mode' }>) {
  // On the engine's own bridge no container is found by its name.
  const own = attached.find((name) => !['bridge', 'host', 'none'].includes(name));
  return {
    message: exists
      ? `Chaincode is attached to the network ${mode} (${origin}), and the peer is not in it (${attached.join(', ') || 'in none'}): chaincode will not find the peer.`
      : `Chaincode is to be attached to the network ${mode} (${origin}), which does not exist here.`,
    fix: `set CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE to ${own ?? "the name of the peer's network"} and recreate the peer`,
  };
}

/** @returns message and fix as sentences; the data is in the problem */
function wording(problem: Problem): { readonly message: string; readonly fix: string } {
  switch (problem.code) {
    case 'builder-absent':
    case 'runtime-absent':
    case 'builder-tag':
    case 'runtime-tag':
    case 'builder-namespace':
    case 'runtime-namespace':
      return absentText(problem);
    case 'builder-variable':
    case 'runtime-variable':
      return {
        message: `${problem.unknown.join(', ')} is left in ${problem.ref}, which comes from ${cameFrom(problem)}: a peer of ${problem.release} knows ${problem.known.map((name) => `$(${name})`).join(', ')} and no other.`,
        fix: `set ${problem.variable} to a reference without it, and recreate the peer`,
      };
    case 'builder-invalid':
    case 'runtime-invalid':
      return {
        message: `"${problem.ref}" is no image reference; it comes from ${cameFrom(problem)}.${problem.empty.length > 0 ? ` The linker flag ${problem.empty.join(', ')} is empty.` : ''}`,
        fix:
          problem.empty.length > 0
            ? `compile the peer with -X for ${problem.empty.join(', ')}, or set ${problem.variable}`
            : `set ${problem.variable} to a reference, and recreate the peer`,
      };
    case 'namespace':
      return {
        message: `The peer's image is of ${problem.imageNamespace}, but ${problem.compiled || 'nothing'} is compiled in as DockerNamespace: it asks for the images of that namespace. With 2.x, \`make docker DOCKER_NS=…\` does that.`,
        fix: 'set CORE_CHAINCODE_BUILDER and CORE_CHAINCODE_GOLANG_RUNTIME if these are not the images that you mean',
      };
    case 'engine-api':
      return apiText(problem);
    case 'network-mode':
      return networkText(problem);
    case 'always-pull':
      return problem.cause === 'release'
        ? {
            message: `A peer of ${problem.release} always pulls ${problem.ref}, which was only ever built here: no registry has it.`,
            fix: 'another patch release (2.5.16, 3.1.5), or a registry that has the image',
          }
        : {
            message: `With chaincode.pull true the engine pulls ${problem.ref}, which was only ever built here.`,
            fix: 'set CORE_CHAINCODE_PULL=false, and recreate the peer',
          };
    case 'architecture':
      return {
        message: `The ${problem.of} image ${problem.ref} is for ${problem.is}, the engine for ${problem.should}.`,
        fix: `build it for ${problem.should}, or pull it with --platform linux/${problem.should}`,
      };
    case 'stale-chaincode':
      return {
        message: `Older than ${problem.builder}: ${count(problem.images.length, 'chaincode image')}; a peer uses such an image again for the same name and version: ${problem.images.map((name) => name.replace(/-[0-9a-f]{64}$/, '')).join(', ')}.`,
        fix: `docker rmi ${problem.images.join(' ')}`,
      };
    case 'other-engine':
      return engineText(problem);
    case 'version-unknown':
      return {
        message: `The peer did not tell its version (${cutToWidth(cleanLine(problem.detail), 160)}); the labels of its image and its namespace stand in for what is compiled in.`,
        fix: 'start the peer and resolve its container',
      };
    case 'release-guessed':
      return {
        message: `The version compiled in, "${problem.version}", is that of no release; the peer is taken for one of ${problem.release}.`,
        fix: 'compile the peer with -X for Version',
      };
    case 'core-yaml-missing':
      return {
        message: `There is no ${problem.path}, so what the peer asks for is not known, overrides aside.`,
        fix: 'FABRIC_CFG_PATH must name the folder of core.yaml',
      };
    default:
      return unreachable(problem);
  }
}

export function describeProblem(problem: Problem): DescribedProblem {
  return { code: problem.code, ...wording(problem) };
}

function imageJson({ ref, template, origin, present, id, parts, key, willBeMade }: ResolvedImage) {
  return { ref, template, origin, present: present ?? null, id: id ?? null, key, parts, willBeMade };
}

/** The one object of `resolve --json`. */
export function resolveJson(report: ResolveReport): unknown {
  const { subject, image, version, builder, runtime, others, findings } = report;
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
      ...describeProblem(problem),
      severity,
      repairs: repairs.map(({ way }) => way),
      data: problem,
    })),
  };
}

function partOrigin(part: ResolvedImage['parts'][number], origin: string, version: string): string {
  switch (part.from) {
    case 'template':
      return `written in ${origin}`;
    case 'ldflag': {
      const cut = part.variable === 'TWO_DIGIT_VERSION' ? ` (${version}, cut)` : '';
      return `$(${part.variable}): linker flag ${part.ldflag}${cut}`;
    }
    case 'architecture':
      return `$(${part.variable}): what the peer was compiled for`;
    case 'unknown':
      return 'a variable that this peer does not know';
    default:
      return unreachable(part);
  }
}

function stateOf(image: ResolvedImage, style: Style): string {
  if (image.present === undefined) return style.warn(`${style.symbol.warn} not known`);
  if (image.present)
    return `${style.good(`${style.symbol.good} present`)} ${style.dim(shortId(image.id ?? ''))}`;
  return image.willBeMade
    ? `${style.warn(style.symbol.dot)} not yet; \`up\` makes it`
    : style.bad(`${style.symbol.bad} absent`);
}

function imageLines(title: string, image: ResolvedImage, version: string, style: Style): string[] {
  const width = Math.max(0, ...image.parts.map(({ text }) => textWidth(text || '""')));
  const source = image.origin === 'core.yaml' ? `core.yaml, ${image.key}` : `environment, ${image.origin}`;
  return [
    `${style.strong(title)}  ${image.ref || '(nothing)'}`,
    `  ${stateOf(image, style)}`,
    `  ${style.dim('template:')} ${image.template || '(empty)'}`,
    `  ${style.dim(`from:     ${source}`)}`,
    ...image.parts.map(
      (part) =>
        `    ${padToWidth(part.text || '""', width)}  ${style.dim(partOrigin(part, image.origin, version))}`,
    ),
  ];
}

function subjectLines(report: ResolveReport): string[] {
  const { subject, image, version, coreYaml } = report;
  const said = {
    'peer version': '`peer version`',
    labels: "the image's labels",
    choices: 'the choices of this folder',
  }[version.origin];
  const name = {
    container: (of: Extract<Subject, { kind: 'container' }>) =>
      `container ${of.name} (${of.running ? 'running' : 'stopped'})`,
    image: () => `image ${image.ref}`,
    configuration: () => 'what this folder would build',
  };
  const title = subject.kind === 'container' ? name.container(subject) : name[subject.kind]();
  return [
    title,
    ...(subject.kind === 'container' ? [`  image      ${image.ref}`] : []),
    `  compiled   ${version.compiled.version || '(no version)'}, by ${said}`,
    `  core.yaml  ${coreYaml}`,
  ];
}

const WAYS: Readonly<Record<Repair['way'], string>> = {
  build: 'builds it',
  tag: 'tags it',
  override: 'tells the peers the nearest one, and makes them anew',
};

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
  const { version } = report.version.compiled;
  const problems = report.findings.flatMap(({ severity, problem, repairs }) => {
    const { code, message, fix } = describeProblem(problem);
    const mark = severity === 'fail' ? style.bad(style.symbol.bad) : style.warn(style.symbol.warn);
    return [
      '',
      ...wrapToWidth(`${mark} ${style.strong(code)}: ${message}`, columns, '  '),
      `  fix: ${fix}`,
      ...repairs.map(({ way }, index) => {
        const by = index === 0 ? '' : ` --by ${way}`;
        return `  or:  ${command} --fix ${code}${by}  ${style.dim(`(${WAYS[way]})`)}`;
      }),
    ];
  });
  const others = report.others.map(({ role, ref, present }) =>
    style.dim(`  ${padToWidth(role, 5)} ${ref || '(nothing)'}  ${present ? 'present' : 'absent'}`),
  );
  const failed = report.findings.filter(({ severity }) => severity === 'fail').length;
  const isToCome = report.builder.willBeMade || report.runtime.willBeMade;
  const verdict = report.ok
    ? style.good(`builder and runtime resolve${isToCome ? ', once `up` has made them' : ''}`)
    : style.bad(`${count(failed, 'problem')}: chaincode will fail`);
  const found = [
    ...subjectLines(report),
    '',
    ...imageLines('builder', report.builder, version, style),
    '',
    ...imageLines('runtime', report.runtime, version, style),
    ...(others.length > 0 ? ['', 'for other chaincode', ...others] : []),
  ];
  const lines =
    place === 'first' ? [verdict, ...problems, '', ...found] : [...found, ...problems, '', verdict];
  return lines.join('\n');
}
