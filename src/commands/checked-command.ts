/** A command that does not take the next option as the value of an option. */
import { Command, type ParseOptionsResult } from 'commander';

export class CheckedCommand extends Command {
  /** Every subcommand is one, too. */
  override createCommand(name?: string): Command {
    return new CheckedCommand(name);
  }

  /** A value that looks like an option can be given as `--option=VALUE`. */
  override parseOptions(words: string[]): ParseOptionsResult {
    // A command with actions reads the options that it shares with them, before they read their own.
    const actions = this.parent ? this.commands : [];
    const action = words.map((word) => actions.find((each) => each.name() === word)).find(Boolean);
    const options = [...this.options, ...(action?.options ?? [])];
    const named = (word: string) => options.find(({ long, short }) => word === long || word === short);
    for (let at = 0; at < words.length && words[at] !== '--'; at += 1) {
      const option = named(words[at] ?? '');
      if (!option?.required) continue;
      at += 1;
      const value = words[at] ?? '';
      if (value.startsWith('--') || value === '-h' || named(value) !== undefined)
        this.error(`error: option '${option.flags}' argument missing`, {
          code: 'commander.optionMissingArgument',
        });
    }
    return super.parseOptions(words);
  }
}
