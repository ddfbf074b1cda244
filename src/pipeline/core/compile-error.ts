/** An error of the Go or C compiler, with its position in the source. */
export interface CompileError {
  /** Path relative to the checkout. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}
