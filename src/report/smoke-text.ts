/** Text of a proof: a table with one row for each peer. */
import type { PeerProof, SmokeResult } from '../pipeline/core/events.ts';
import { shortId } from '../pipeline/engine/short-id.ts';
import { localMinute } from './local-time.ts';
import type { Style } from './style.ts';
import { renderTable } from './tables.ts';
import { cleanLine, textWidth } from './terminal-text.ts';

const COLUMNS = ['container', 'value', 'builder', 'runtime'] as const;

/** @param onMachines whether the peers are on several machines */
function headerOf({ t }: Style, onMachines: boolean): string[] {
  const columns = ['peer', ...(onMachines ? (['machine'] as const) : []), ...COLUMNS] as const;
  return ['', ...columns.map((column) => t(`proof.${column}`))];
}

function cellsOf(proof: PeerProof, style: Style, onMachines: boolean): string[] {
  const image = ({ ref, id }: PeerProof['builder']) => cleanLine(`${ref} ${shortId(id)}`.trim());
  return [
    proof.ok ? style.good(style.symbol.good) : style.bad(style.symbol.bad),
    cleanLine(proof.peer),
    ...(onMachines ? [cleanLine(proof.machine ?? '')] : []),
    cleanLine(proof.container),
    cleanLine(`${proof.before} -> ${proof.after}`),
    image(proof.builder),
    image(proof.runtime),
  ];
}

/** Says who has compiled the chaincode, if it was not this peer's builder, or when. */
function noteOf({ from, earlier }: PeerProof, { t }: Style): string {
  if (earlier !== undefined) return t('proof.earlier', { record: cleanLine(earlier.record) });
  return from === undefined ? '' : t('proof.shared');
}

/** Says what the notes about earlier builds mean. They are of one builder image, and mostly of one build. */
function earlierText({ peers }: SmokeResult, { t }: Style): string[] {
  const found = new Map(peers.flatMap(({ earlier }) => (earlier ? [[earlier.record, earlier.at]] : [])));
  return [...found].map(
    ([record, at]) => `  ${t('proof.earlier-build', { record: cleanLine(record), time: localMinute(at) })}`,
  );
}

/**
 * Returns the proof as a table, or as one block per peer if the table is wider than `columns`, because image
 * references must not be cut. Lines without line breaks.
 */
export function renderSmoke(result: SmokeResult, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  const onMachines = result.peers.some(({ machine }) => machine !== undefined);
  const rows = result.peers.map((proof) => cellsOf(proof, style, onMachines));
  const mark = result.ok ? style.good(style.symbol.good) : style.bad(style.symbol.bad);
  const { chaincode, version, channel } = result;
  const verdict = result.ok ? 'proof.answered' : 'proof.failed';
  const title = `${mark} ${style.t(verdict, { chaincode, version, channel: channel.replaceAll(',', ', ') })}`;
  const header = headerOf(style, onMachines);
  const builder = header.length - 2;
  const notes = result.peers.map((proof) => noteOf(proof, style));
  const withNotes = rows.map((row, i) =>
    row.map((cell, column) => (column === builder ? `${cell} ${notes[i]}`.trimEnd() : cell)),
  );
  const table = renderTable([header.map(style.dim), ...withNotes])
    .split('\n')
    .map((line) => `  ${line}`);
  const outside = (result.outside ?? []).map(
    ({ channel, peers }) => `  ${style.t('proof.outside', { channel, peers: peers.join(', ') })}`,
  );
  const notesBelow = [...earlierText(result, style), ...outside];
  if (table.every((line) => textWidth(line) <= columns)) return [title, ...table, ...notesBelow];
  const blocks = rows.flatMap(([symbol = '', peer = '', ...cells], row) => [
    `  ${symbol} ${peer}`,
    ...renderTable(
      cells.flatMap((cell, i) => {
        const labelled = [style.dim((header[i + 2] ?? '').toLowerCase()), cell];
        const note = i + 2 === builder ? notes[row] : undefined;
        return note ? [labelled, ['', note]] : [labelled];
      }),
    )
      .split('\n')
      .map((line) => `    ${line}`),
  ]);
  return [title, ...blocks, ...notesBelow];
}
