/** Output of `resolve`: what a peer asks for, where each part comes from, and problems. */
import type { Text } from '../pipeline/core/phrase.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import { shortId } from '../pipeline/engine/short-id.ts';
import type { ResolvedImage, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import { translatorFor } from './language/translator.ts';
import { describeProblem } from './problem-text.ts';
import type { Style } from './style.ts';
import { padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

function imageJson({ ref, template, origin, present, id, parts, key, willBeMade }: ResolvedImage) {
  return { ref, template, origin, present: present ?? null, id: id ?? null, key, parts, willBeMade };
}

/** Returns the object that `resolve --json` prints, in English. */
export function resolveJson(report: ResolveReport): object {
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
  { t }: Pick<Style, 't'>,
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

function subjectTitle({ subject, image }: ResolveReport, { t }: Pick<Style, 't'>): string {
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

function subjectLines(report: ResolveReport, style: Style): string[] {
  const { subject, image, version, coreYaml } = report;
  const { t } = style;
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
    subjectTitle(report, style),
    ...rows.map(([name = '', value = '']) => `  ${padToWidth(name, width)}  ${value}`),
  ];
}

interface ResolveOptions {
  readonly style: Style;
  readonly columns: number;
  /** The `resolve` command without `--fix`. */
  readonly command: string;
  /** Place of the result: `first` on a screen, `last` in printed output. */
  readonly verdict?: 'first' | 'last';
}

function problemLines(
  { severity, problem, repairs }: ResolveReport['findings'][number],
  { style, columns, command }: ResolveOptions,
): string[] {
  const { t } = style;
  const { code, message, fix } = describeProblem(problem, style);
  const mark = severity === 'fail' ? style.bad(style.symbol.bad) : style.warn(style.symbol.warn);
  const headline = `${mark} ${t('plain.because', { what: style.strong(code), why: message })}`;
  return [
    '',
    ...wrapToWidth(headline, columns, '  '),
    `  ${t('doctor.fix', { fix })}`,
    ...repairs.map(({ kind }, index) => {
      const by = index === 0 ? '' : ` --by ${kind}`;
      const alternative = t('resolve.or', { command: `${command} --fix ${code}${by}` });
      return `  ${alternative}  ${style.dim(t(`repair.${kind}`))}`;
    }),
  ];
}

function otherLine({ role, ref, present }: ResolveReport['others'][number], { t, dim }: Style): string {
  const state = t(present ? 'resolve.present' : 'resolve.absent');
  return dim(`  ${padToWidth(role, 5)} ${ref || t('resolve.no-reference')}  ${state}`);
}

function resultLine({ ok, findings, builder, runtime }: ResolveReport, { t, good, bad }: Style): string {
  if (ok) return good(t(builder.willBeMade || runtime.willBeMade ? 'resolve.ok-later' : 'resolve.ok'));
  return bad(t('resolve.failed', { count: findings.filter(({ severity }) => severity === 'fail').length }));
}

/** Returns lines of at most `columns`. References and commands are never cut. */
export function renderResolve(report: ResolveReport, options: ResolveOptions): string {
  const { style, verdict = 'last' } = options;
  const { t } = style;
  const { version } = report.version.compiled;
  const problems = report.findings.flatMap((finding) => problemLines(finding, options));
  const others = report.others.map((other) => otherLine(other, style));
  const images = [
    ...subjectLines(report, style),
    '',
    ...imageLines(t('role.builder'), report.builder, version, style),
    '',
    ...imageLines(t('role.runtime'), report.runtime, version, style),
    ...(others.length > 0 ? ['', t('resolve.others'), ...others] : []),
  ];
  const result = resultLine(report, style);
  const lines =
    verdict === 'first' ? [result, ...problems, '', ...images] : [...images, ...problems, '', result];
  return lines.join('\n');
}

/** The image of the CAs of a network: what there is of it, the tag that will be fetched, or what is wrong with its source. */
export type ResolvedCa =
  | {
      readonly ref: string;
      /** Folder of the checkout. */
      readonly source: string;
      /** Undefined if it is not built yet. */
      readonly id: string | undefined;
    }
  | { readonly toFetch: string }
  | { readonly problem: Text };

/** Returns the part of `resolve --json` about it, in English. */
export function caJson(ca: ResolvedCa): object {
  if ('problem' in ca) return { problem: translatorFor('en').translate(ca.problem) };
  return 'ref' in ca ? { ref: ca.ref, source: ca.source, id: ca.id ?? null } : ca;
}

export function renderCa(ca: ResolvedCa, style: Style): string[] {
  const { t, good, bad, warn, dim, strong, symbol } = style;
  const title = strong('Fabric CA');
  if ('problem' in ca) return [`${title}  ${bad(symbol.bad)} ${style.translate(ca.problem)}`];
  if ('toFetch' in ca)
    return [`${title}  ${warn(symbol.dot)} ${t('resolve.ca-fetched', { tag: ca.toFetch })}`];
  const state =
    ca.id === undefined
      ? `${warn(symbol.dot)} ${t('resolve.to-be-made')}`
      : `${good(`${symbol.good} ${t('resolve.present')}`)} ${dim(shortId(ca.id))}`;
  return [`${title}  ${ca.ref}`, `  ${state}`, `  ${dim(t('resolve.ca-source', { dir: ca.source }))}`];
}
