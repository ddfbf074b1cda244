/** PURE: the rows of the chaincode screen: what the channels have, and what could be deployed on them. */
import { SMOKE_PREFIX } from '../pipeline/chaincode/chaincode-version.ts';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import type { ChaincodeRow } from '../report/chaincode-text.ts';
import type { ChaincodesState } from './chaincode-state.ts';

export interface ChaincodeEntry {
  readonly name: string;
  readonly channel: string;
  /** What the channel has; absent if it does not have the chaincode. */
  readonly row?: ChaincodeRow;
  /** What it is deployed from; absent if that is unknown. */
  readonly choice?: ChaincodeChoice;
  /** `unknown`: its folder is not known. */
  readonly files: 'current' | 'changed' | 'not-deployed' | 'unknown';
  /** A smoke test has deployed it. */
  readonly isSmoke: boolean;
}

type Listed = Pick<ChaincodesState, 'rows' | 'choices' | 'channels' | 'changed'>;

/** Identifies an entry. */
export function entryKey({ channel, name }: Pick<ChaincodeEntry, 'channel' | 'name'>): string {
  return `${channel} ${name}`;
}

function filesOf({ name, current }: ChaincodeRow, changed: readonly string[]): ChaincodeEntry['files'] {
  if (current === undefined) return 'unknown';
  // The files may have changed since the list was read.
  return current && !changed.includes(name) ? 'current' : 'changed';
}

/** Returns the user's chaincodes by channel and name, and after them those of smoke tests. */
export function chaincodeEntries({ rows, choices, channels, changed }: Listed): readonly ChaincodeEntry[] {
  const deployed = rows.map((row): ChaincodeEntry => {
    const choice = choices.find(({ name }) => name === row.name);
    const { name, channel } = row;
    return {
      ...{ name, channel, row },
      ...(choice ? { choice } : {}),
      files: filesOf(row, changed),
      isSmoke: choice === undefined && name.startsWith(SMOKE_PREFIX),
    };
  });
  const missing = choices.flatMap((choice) =>
    (choice.channels ?? channels)
      .filter((channel) => !rows.some((row) => row.name === choice.name && row.channel === channel))
      .map((channel): ChaincodeEntry => {
        const { name } = choice;
        return { name, channel, choice, files: 'not-deployed', isSmoke: false };
      }),
  );
  const order = (entry: ChaincodeEntry) => `${Number(entry.isSmoke)} ${entryKey(entry)}`;
  return [...deployed, ...missing].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Returns what a deployment of all that is not as deployed would deploy. */
export function changedChoices(entries: readonly ChaincodeEntry[]): readonly ChaincodeChoice[] {
  const wanted = entries.filter(({ files }) => files === 'changed' || files === 'not-deployed');
  return [...new Set(wanted.flatMap(({ choice }) => choice ?? []))];
}
