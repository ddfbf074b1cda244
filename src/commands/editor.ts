/** The command that opens the user's editor at a line. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Program, programOf } from './foreground.ts';

/** A line of a file. */
export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Editors that take `+LINE FILE`. */
const PLUS =
  /^(vi|vim|nvim|gvim|vimx|view|ex|elvis|nano|pico|rnano|emacs|emacsclient|xemacs|mg|zile|joe|jed|jmacs|micro|kak|ne|mcedit|gedit)(\b|$)/;
/** Visual Studio Code and its relatives: `-g FILE:LINE`. */
const GOTO = /^(code|code-insiders|codium|vscodium|cursor|windsurf)$/;
/** Editors that take `FILE:LINE`. */
const COLON = /^(hx|helix|subl|sublime_text|zed)$/;

/** Returns the file of a folder that a compiler means, which may print the folder's import path before it. */
export function fileBelow(dir: string, file: string): string {
  const parts = file.split('/');
  const paths = parts.map((_, index) => join(dir, ...parts.slice(index)));
  return paths.find((path) => existsSync(path)) ?? join(dir, file);
}

function placeArguments(editor: string, { path, line }: Place): string[] {
  if (PLUS.test(editor)) return [`+${line}`, path];
  if (GOTO.test(editor)) return ['-g', `${path}:${line}`];
  if (COLON.test(editor)) return [`${path}:${line}`];
  // An editor that is not known would open `+12` as a file.
  return [path];
}

/** @returns undefined if neither VISUAL nor EDITOR is set */
export function editorAt(
  place: Place,
  env: Readonly<Record<string, string | undefined>>,
): Program | undefined {
  const program = programOf(env.VISUAL?.trim() || env.EDITOR?.trim() || '');
  if (!program) return undefined;
  const { command, args } = program;
  return { command, args: [...args, ...placeArguments(basename(command), place)] };
}
