/** A terminal for tests of commands and controllers: no flag is set. */
import type { Terminal } from '../../src/commands/terminal.ts';

export function plainTerminal(dir: string, packageDir: string): Terminal {
  return {
    json: false,
    plain: false,
    yes: false,
    dryRun: false,
    verbose: false,
    colour: false,
    language: 'en',
    dir,
    packageDir,
  };
}
