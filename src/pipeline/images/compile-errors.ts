/** Where go says that the source does not compile. */

export interface CompileError {
  /** Relative to the checkout. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** "core/peer/peer.go:12:3: undefined: x", with or without the column. */
const PLACE = /^(?:\.\/)?([^\s:]+\.(?:go|c|h|s)):(\d+)(?::\d+)?: (.+)$/;

/** The places in the order in which go names them; its warnings from the linker are none. */
export function compileErrors(lines: readonly string[]): CompileError[] {
  return lines
    .map((line) => PLACE.exec(line))
    .filter((match) => match !== null)
    .filter(([, , , message = '']) => !/^warning: /.test(message))
    .map(([, file = '', line, message = '']) => ({ file, line: Number(line), message }));
}
