/** `blocks`: prints the last blocks of a channel, and those that come. */
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { wholeNumber } from '../pipeline/core/whole-number.ts';
import type { DecodedBlock } from '../pipeline/network/block-summary.ts';
import { blockHeader, blockLines } from '../report/block-text.ts';
import { followBlocks, lastBlocks, openChannel } from './block-feed.ts';
import { commandWith } from './command-with.ts';
import { cancelOnSignals, columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';

export interface BlocksRequest {
  /** As the user typed it. */
  readonly count: string | undefined;
  readonly channel: string | undefined;
  readonly follow: boolean;
}

const DEFAULT_COUNT = 10;
const MAX_COUNT = 10_000;
/** Width for a pipe or a file. */
const FILE_COLUMNS = 120;

/** @throws WizardFailure `usage` */
function countOf(text: string | undefined): number {
  const count = text === undefined ? DEFAULT_COUNT : (wholeNumber(text) ?? 0);
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.block-count', value: text ?? '', most: String(MAX_COUNT) },
    next: [(text && commandWith(text, '20')) || 'fabric-wizard blocks 20'],
  });
}

export async function blocks(terminal: Terminal, request: BlocksRequest): Promise<number> {
  const count = countOf(request.count);
  const style = styleFor(terminal, process.stdout);
  const columns = columnsOf(process.stdout) ?? FILE_COLUMNS;
  const open = () => openChannel(terminal.dir, request.channel);
  const opened = await open();
  const { channel } = opened.place;
  let isShown = false;
  const print = (found: readonly DecodedBlock[]) => {
    if (!isShown && !terminal.json) writeToStdout(`${blockHeader(columns, style)}\n`);
    isShown = true;
    for (const { json, ...block } of found) {
      if (terminal.json) printJson({ channel, ...block, block: json });
      else writeToStdout(`${blockLines(block, columns, style).join('\n')}\n`);
    }
  };
  const cancel = cancelOnSignals();
  const { signal } = cancel;
  try {
    if (!request.follow) {
      print(await lastBlocks(opened, count, signal));
      return EXIT.done;
    }
    const onFailure = (error: unknown) => {
      // Later, a peer may stop and start again.
      if (!isShown) throw error;
    };
    for await (const found of followBlocks({ open, last: count, onFailure, signal })) print(found);
    // Ctrl-C is how following ends well.
    return EXIT.done;
  } finally {
    cancel.dispose();
  }
}
