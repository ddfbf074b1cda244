/** PURE: finds in the output of a chaincode why its process ended, and in which file. */
import { CRASH, quoted } from './last-words.ts';

/** First line of an error of Node.js. If it has ended the program, its stack follows. */
const NODE_ERROR = /^(?:Uncaught )?(?:[A-Z]\w*)?Error(?: \[\w+\])?: /;
/** A position in Go's stack: its line begins with a tab. */
const GO_FRAME = /^\s+(?<file>\/\S+\.go):(?<line>\d+)/;
/** A row of the stack of Node.js. */
const STACK = /^\s+at \S/;
const NODE_FRAME = /^\s+at .*?\(?(?<file>\/[^():]+):(?<line>\d+)(?::\d+)?\)?$/;
/** What Node.js prints above the line of source that it could not use. */
const NODE_SOURCE = /^(?<file>\/[^():]+):(?<line>\d+)$/;
/** Where the user's own files are: in the builders of Go, in the images of Node.js, in the container of a service. On 1.x, Fabric's packages are beside them. */
const OWN =
  /^\/(?:chaincode\/(?:input\/)?src|usr\/local\/src|service\/app)\/(?<own>(?!(?:.*\/)?(?:node_modules|vendor)\/|github\.com\/hyperledger\/fabric\/core\/).+)$/;
/** The line of source, a mark below it and an empty line are between the position and the error. */
const LINES_ABOVE = 6;
/** A message of Node.js can have several lines. */
const MESSAGE_LINES = 20;

export interface Crash {
  /** The line that says what happened. */
  readonly message: string;
  /** Path in the source of the chaincode; absent if none of its files is named. */
  readonly file?: string;
  readonly line?: number;
  /** Output from the error on. */
  readonly lines: readonly string[];
}

/** Whether the line is the first one of a crash. Programs also print errors that they have handled. */
function startsCrash(line: string, index: number, lines: readonly string[]): boolean {
  if (CRASH.test(line)) return true;
  if (!NODE_ERROR.test(line)) return false;
  const after = lines.slice(index + 1, index + 1 + MESSAGE_LINES);
  const stack = after.findIndex((each) => STACK.test(each));
  return stack >= 0 && !after.slice(0, stack).some((each) => NODE_ERROR.test(each));
}

/** Returns the last crash in some output. */
export function crashIn(lines: readonly string[]): Crash | undefined {
  const start = lines.findLastIndex(startsCrash);
  if (start < 0) return undefined;
  const after = lines.slice(start).map(quoted);
  const above = lines.slice(Math.max(0, start - LINES_ABOVE), start);
  const [place] = [
    ...above.map((line) => NODE_SOURCE.exec(line)),
    ...after.map((line) => GO_FRAME.exec(line) ?? NODE_FRAME.exec(line)),
  ].flatMap((match) => {
    const file = OWN.exec(match?.groups?.file ?? '')?.groups?.own;
    return file === undefined ? [] : [{ file, line: Number(match?.groups?.line) }];
  });
  return { message: after[0]?.trim() ?? '', lines: after, ...place };
}
