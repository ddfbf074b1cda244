/** One-line edits of Go source that surely change a program. Pure. */

/** A log call with a constant text: `peerLogger.Infof("`. */
const LOG_CALL = /^\s*\w*[lL]ogger\.[A-Z]\w*\(\s*"/m;

/**
 * @param text a Go file
 * @returns the file with `mark` at the beginning of its first log message, or undefined where it logs nothing
 */
export function editedLog(text, mark) {
  const call = LOG_CALL.exec(text);
  if (!call) return undefined;
  const at = call.index + call[0].length;
  return `${text.slice(0, at)}${mark} ${text.slice(at)}`;
}
