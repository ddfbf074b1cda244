/** PURE: the preview of a configuration: images that peers ask for, linker flags, base images, nodes and ports. */

import type { LdflagVariable } from '../../pipeline/fabric/release-facts.ts';
import type { ReferencePart } from '../../pipeline/fabric/resolution.ts';
import { caNodes } from '../../pipeline/network/ca-orgs.ts';
import { allPeers, couchdbNodes, type NetworkSpec } from '../../pipeline/network/network-spec.ts';
import type {
  BaseImage,
  BuildPreview,
  ImageFate,
  PreviewImage,
} from '../../pipeline/resolve/build-preview.ts';
import { padToWidth, textWidth } from '../../report/terminal-text.ts';
import type { Theme } from '../../ui/theme.tsx';
import { broken, type Canvas, fitted, fittedEnd, sentence } from './canvas.ts';

const INDENT = '  ';

/** Symbol and words carry the meaning; colour only repeats it. */
function fateText(fate: ImageFate, own: string | undefined, { style, t }: Theme): string {
  const { symbol } = style;
  const text = t(`fate.${fate}`, { own: own ?? '' });
  switch (fate) {
    case 'present':
      return style.good(`${symbol.good} ${text}`);
    case 'missing':
      return style.bad(`${symbol.bad} ${text}`);
    case 'unknown':
      return style.warn(`? ${text}`);
    default:
      return style.warn(`+ ${text}`);
  }
}

interface ImageRow {
  readonly role: string;
  readonly ref: string;
  /** The reference with highlighted parts; as wide as `ref`. */
  readonly shown: string;
  readonly fate: string;
}

/** One row for each image if all fit, else two. */
function imageRows(rows: readonly ImageRow[], { columns, theme }: Canvas): string[] {
  const roleWidth = Math.max(0, ...rows.map(({ role }) => textWidth(role)));
  const refWidth = Math.max(0, ...rows.map(({ ref }) => textWidth(ref)));
  const fateWidth = Math.max(0, ...rows.map(({ fate }) => textWidth(fate)));
  const isWide = INDENT.length + roleWidth + 2 + refWidth + 2 + fateWidth <= columns;
  return rows.flatMap(({ role, ref, shown, fate }) => {
    if (isWide) return [`${INDENT}${padToWidth(role, roleWidth)}  ${padToWidth(shown, refWidth)}  ${fate}`];
    const room = columns - INDENT.length;
    const second = textWidth(ref) <= room ? shown : fittedEnd(ref, room, theme);
    return [fitted(`${INDENT}${padToWidth(role, roleWidth)}  ${fate}`, columns, theme), INDENT + second];
  });
}

/** Highlights the parts of a reference that come from the value being edited. */
function highlightedRef(
  parts: readonly ReferencePart[],
  edited: LdflagVariable | undefined,
  { style }: Theme,
): string {
  return parts
    .map((piece) =>
      piece.from === 'ldflag' && piece.ldflag === edited ? style.strong(piece.text) : piece.text,
    )
    .join('');
}

function missingImageLines({ fate, key, origin, template }: PreviewImage, canvas: Canvas): string[] {
  if (fate !== 'missing') return [];
  const text = canvas.theme.t('build.nobody', { key, origin, template });
  return sentence(text, canvas, 3, INDENT).map(canvas.theme.style.bad);
}

/** @param edited the linker variable of the focused field */
export function askedLines(
  { peerImages: asked, base }: BuildPreview,
  heading: string,
  edited: LdflagVariable | undefined,
  canvas: Canvas,
): string[] {
  const { theme } = canvas;
  const images = [asked.builder, asked.runtime];
  const rows = images.map(({ role, ref, parts, fate }): ImageRow => {
    const own = Object.values(base).find((image) => image.ref === ref)?.own;
    return {
      role: theme.t(`role.${role}`),
      ref,
      shown: highlightedRef(parts, edited, theme),
      fate: fateText(fate, own, theme),
    };
  });
  return [
    ...sentence(heading, canvas, 1),
    ...imageRows(rows, canvas),
    ...images.flatMap((image) => missingImageLines(image, canvas)),
  ];
}

/**
 * `-X package.Variable=value`, linker options and build tags, never cut; and the first row of the edited variable.
 * @param isShown whether to show a variable that is not being edited, or `link`; other variables are counted
 */
export function flagLines(
  { assignments, link, tags }: BuildPreview,
  edited: LdflagVariable | undefined,
  isShown: (variable: string) => boolean,
  { columns, theme }: Canvas,
): { readonly lines: readonly string[]; readonly changedRow: number } {
  const variableOf = (assignment: string) => /\.(\w+)=/.exec(assignment)?.[1] ?? '';
  const isEdited = (assignment: string) => edited !== undefined && variableOf(assignment) === edited;
  const shown = assignments.filter((assignment) => isEdited(assignment) || isShown(variableOf(assignment)));
  const hidden = assignments.length - shown.length;
  const lines: string[] = [];
  let changedRow = 0;
  for (const assignment of shown) {
    const rows = broken(`-X ${assignment}`, columns, INDENT);
    if (isEdited(assignment) && changedRow === 0) changedRow = lines.length;
    lines.push(...(isEdited(assignment) ? rows.map(theme.style.strong) : rows));
  }
  const others = [isShown('link') ? link : '', tags === '' ? '' : `-tags "${tags}"`];
  const count = theme.style.dim(theme.t('build.flags-default', { count: String(hidden) }));
  return {
    lines: [
      ...lines,
      ...others.flatMap((text) => broken(text, columns, INDENT)),
      ...(hidden > 0 ? [fitted(INDENT + count, columns, theme)] : []),
    ],
    changedRow,
  };
}

export function baseLines({ base, upstream }: BuildPreview, canvas: Canvas): string[] {
  const { theme } = canvas;
  if (upstream) return sentence(theme.t('base.upstream'), canvas, 3);
  const row = ({ role, ref, own, fate }: BaseImage): ImageRow => ({
    role: theme.t(`role.${role}`),
    ref,
    shown: ref,
    fate: fateText(fate, own, theme),
  });
  return [
    ...sentence(theme.t('base.stands'), canvas, 1),
    ...imageRows([row(base.builder), row(base.runtime)], canvas),
  ];
}

/**
 * The nodes with their ports, in several columns if they fit.
 * @param taken ports that are in use
 */
export function networkLines(spec: NetworkSpec, taken: ReadonlySet<number>, canvas: Canvas): string[] {
  const { columns, theme } = canvas;
  const couchdbs = couchdbNodes(spec);
  const metrics = spec.metrics ? [spec.metrics] : [];
  const nodes = [...spec.orderers, ...allPeers(spec), ...couchdbs, ...caNodes(spec), ...metrics].map(
    ({ name, port }) => (taken.has(port) ? theme.style.bad(`${name} :${port}`) : `${name} :${port}`),
  );
  const all = [...nodes, theme.t('network.cli')];
  const width = Math.max(...all.map(textWidth)) + 2;
  const across = Math.max(1, Math.floor((columns - INDENT.length) / width));
  const rows = Array.from({ length: Math.ceil(all.length / across) }, (_, row) =>
    all.slice(row * across, (row + 1) * across),
  );
  const heading = theme.t('network.nodes', { count: String(all.length), project: spec.project });
  return [
    ...sentence(heading, canvas, 2),
    ...rows.map((row) =>
      fitted(
        INDENT +
          row
            .map((cell) => padToWidth(cell, width))
            .join('')
            .trimEnd(),
        columns,
        theme,
      ),
    ),
    ...sentence(theme.t(couchdbs.length > 0 ? 'network.couchdb' : 'network.leveldb'), canvas, 2).map(
      theme.style.dim,
    ),
  ];
}
