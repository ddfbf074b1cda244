/** Texts of the identity commands. */
import type { Style } from './style.ts';
import { titled } from './tables.ts';

/** A row of `identity list`. */
export interface IdentityRow {
  readonly name: string;
  readonly type: string;
  readonly affiliation: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Path of its MSP; absent if it is not enrolled here. */
  readonly msp?: string;
  /** Time of its revocation by this program, in ISO format. */
  readonly revoked?: string;
  /** Path of the file with what is known of it, if that is damaged. */
  readonly damaged?: string;
}

function stateOf({ msp, revoked, damaged }: IdentityRow, { t, warn, good, bad }: Style): string {
  if (damaged !== undefined) return bad(t('identity.state-damaged'));
  if (revoked !== undefined) return warn(t('identity.state-revoked'));
  return msp === undefined ? t('identity.state-registered') : good(t('identity.state-enrolled'));
}

/** @param columns width of the terminal */
export function renderIdentities(
  { name, ca }: { readonly name: string; readonly ca: { readonly name: string } },
  rows: readonly IdentityRow[],
  style: Style,
  columns?: number,
): string {
  const { t } = style;
  const header = (['name', 'type', 'affiliation', 'attributes', 'state'] as const).map((column) =>
    t(`identity.column-${column}`),
  );
  const cells = rows.map((row) => [
    row.name,
    row.type,
    row.affiliation,
    Object.entries(row.attributes)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    stateOf(row, style),
  ]);
  const title = t('identity.title', { org: name, ca: ca.name });
  return `${title}\n${titled(style, header, cells, columns)}`;
}

/** @param names identities whose files are here and which the CA does not have; returns nothing if there are none */
export function renderUnknown(
  { ca }: { readonly ca: { readonly name: string } },
  names: readonly string[],
  again: (name: string) => string,
  { t, warn, symbol, command }: Style,
): readonly string[] {
  const [first] = names;
  if (first === undefined) return [];
  return [
    '',
    `${warn(symbol.warn)} ${t('identity.unknown', { ca: ca.name, names: names.join(', ') })}`,
    command(again(first)),
  ];
}

export function renderCrl(
  result: {
    readonly path: string;
    readonly channels: readonly string[];
    /** Channels that had another list. */
    readonly updated: readonly string[];
    /** Revoked identities that peers have refused, with what the peer said. */
    readonly refused: readonly Readonly<Record<'name' | 'peer' | 'channel' | 'answer', string>>[];
  },
  { t, good, dim, symbol }: Style,
): readonly string[] {
  const { path, channels, updated, refused } = result;
  const done = `${good(symbol.good)} `;
  return [
    updated.length > 0
      ? done + t('identity.crl-updated', { channels: updated.join(', ') })
      : done + t('identity.crl-same', { channels: channels.join(', ') }),
    path,
    ...refused.flatMap(({ name, peer, channel, answer }) => [
      done + t('identity.refused', { name, peer, channel }),
      `  ${dim(answer)}`,
    ]),
  ];
}
