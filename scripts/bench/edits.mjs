/** One-line edits of Go source that change the compiled program. Pure. */

/** A log call with a constant text: `peerLogger.Infof("`. */
const LOG_CALL = /^\s*\w*[lL]ogger\.[A-Z]\w*\(\s*"/m;

/**
 * Inserts `mark` at the start of the first log message.
 * @param text of a Go file
 * @returns the changed text, or undefined if the file has no log message
 */
export function editedLog(text, mark) {
  const call = LOG_CALL.exec(text);
  if (!call) return undefined;
  const at = call.index + call[0].length;
  return `${text.slice(0, at)}${mark} ${text.slice(at)}`;
}
