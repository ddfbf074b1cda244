/** PURE: the escape sequence that puts a text on the terminal's clipboard (OSC 52), also from inside tmux and screen. */

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Device control string: tmux and screen pass its content to the terminal. */
const DCS = `${ESCAPE}P`;
const DCS_END = `${ESCAPE}\\`;

/** @param env `TMUX` and `STY` tell what the terminal is inside of */
export function clipboardSequence(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const sequence = `${ESCAPE}]52;c;${Buffer.from(text).toString('base64')}${BELL}`;
  // With `set-clipboard on`, tmux takes the plain sequence; with `allow-passthrough on`, the wrapped one.
  if (env.TMUX) return `${sequence}${DCS}tmux;${sequence.replaceAll(ESCAPE, ESCAPE + ESCAPE)}${DCS_END}`;
  return env.STY ? `${DCS}${sequence}${DCS_END}` : sequence;
}
