/** Where go says that the source does not compile. */

export interface CompileError {
  /** Relative to the checkout. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** "core/peer/peer.go:12:3: undefined: x", with or without the column. */
const PLACE = /^(?:\.\/)?([^\s:/][^\s:]*\.(?:go|c|h|s)):(\d+)(?::\d+)?: (.+)$/;

/** What is said along with an error, or in spite of which all is well (the static linker). */
const NO_ERROR = /^(warning|note): |^too many errors$/;

/** The places in the order in which go names them, each once; those outside of the checkout are none. */
export function compileErrors(lines: readonly string[]): CompileError[] {
  return lines
    .map((line) => PLACE.exec(line))
    .filter((match) => match !== null)
    .filter(([place, , , message = ''], index, all) => {
      return !NO_ERROR.test(message) && all.findIndex(([other]) => other === place) === index;
    })
    .map(([, file = '', line, message = '']) => ({ file, line: Number(line), message }));
}
