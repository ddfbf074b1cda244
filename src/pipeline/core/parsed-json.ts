/** Parses JSON that may be damaged. */

/** @returns undefined if the text is no JSON */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
