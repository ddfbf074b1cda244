/** Marks the `default` of a switch over a union as unreachable, so that a missing case is a compile error. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
