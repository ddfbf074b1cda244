/** Finds compile errors in the output of `go install`. */
import type { CompileError } from '../core/compile-error.ts';

/** "core/peer/peer.go:12:3: undefined: x", with or without the column. */
const POSITION = /^(?:\.\/)?([^\s:/][^\s:]*\.(?:go|c|h|s)):(\d+)(?::\d+)?: (.+)$/;

/** Messages that accompany an error, or that the static linker prints although the build succeeds. */
const NO_ERROR = /^(warning|note): |^too many errors$/;

/** Returns the errors in the order of the output, without duplicates. Positions outside the checkout are ignored. */
export function compileErrors(lines: readonly string[]): CompileError[] {
  return lines
    .map((line) => POSITION.exec(line))
    .filter((match) => match !== null)
    .filter(([text, , , message = ''], index, all) => {
      return !NO_ERROR.test(message) && all.findIndex(([other]) => other === text) === index;
    })
    .map(([, file = '', line, message = '']) => ({ file, line: Number(line), message }));
}
