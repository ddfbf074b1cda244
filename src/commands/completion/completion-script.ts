/** PURE: completion scripts. Each is written for its shell as it is installed, without helpers of other packages. */
import { shellQuoted } from '../../pipeline/host/shell-text.ts';
import type { CompletedCommand, CompletedOption, CompletionModel, Shell, Value } from './completion-model.ts';

export function completionScript(shell: Shell, model: CompletionModel): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return scripts[shell](model);
}

function withValue({ options }: CompletedCommand): (CompletedOption & { readonly value: Value })[] {
  return options.flatMap((option) => (option.value ? [{ ...option, value: option.value }] : []));
}

/** All flags that a value follows. */
function valuedFlags(commands: readonly CompletedCommand[]): string[] {
  return [...new Set(commands.flatMap(withValue).flatMap(({ flags }) => flags))];
}

/** A list for `compgen -W`, which splits it at line breaks, as file names are. */
function bashWords(words: readonly string[]): string {
  return `$'${words.join('\\n').replaceAll("'", "\\'")}'`;
}

/** A line of bash that completes a value. */
function bashValue({ words, paths }: Value): string {
  const names = words.length > 0 ? [`$(compgen -W ${bashWords(words)} -- "$current")`] : [];
  const action = {
    none: [],
    files: ['$(compgen -f -- "$current")'],
    folders: ['$(compgen -d -- "$current")'],
  };
  const lines = paths === 'none' ? '' : 'compopt -o filenames 2>/dev/null; ';
  return `${lines}COMPREPLY=(${[...names, ...action[paths]].join(' ')})`;
}

function bashCommand(command: CompletedCommand): string {
  const flags = command.options.flatMap((option) => option.flags);
  const values = withValue(command).map(
    ({ flags, value }) => `        ${flags.join('|')}) ${bashValue(value)}; return ;;`,
  );
  const argument = command.argument ? bashValue(command.argument) : ':';
  return `    ${command.name})
      case "$previous" in
${[...values, '        *) ;;'].join('\n')}
      esac
      if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W ${bashWords(flags)} -- "$current"))
      elif [[ $named == 1 ]]; then
        ${argument}
      fi
      ;;`;
}

function bashScript({ commands, byDefault }: CompletionModel): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion of fabric-wizard. Load it with: source <(fabric-wizard completion bash)
_fabric_wizard() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command=${byDefault.name} named=0 word index
  COMPREPLY=()
  # bash splits --option=value at the equals sign.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case "\${COMP_WORDS[index-1]}" in
      ${valuedFlags(commands).join('|')}|=) continue ;;
    esac
    case "$word" in
      ${names.join('|')}) command=$word named=1; break ;;
    esac
  done
  local IFS=$'\\n'
  case "$command" in
${commands.map(bashCommand).join('\n')}
  esac
  if [[ $named == 0 && $current != -* && \${#COMPREPLY[@]} == 0 ]]; then
    COMPREPLY=($(compgen -W ${bashWords(names)} -- "$current"))
  fi
}
complete -F _fabric_wizard fabric-wizard
`;
}

/** Text in the brackets of a specification of `_arguments`. */
function zshText(text: string): string {
  return text.replace(/[\\[\]:]/g, (sign) => `\\${sign}`);
}

function zshAction({ name, words, paths }: Value): string {
  const files = { none: ' ', files: '_files', folders: '_files -/' }[paths];
  const label = zshText(name.replace(/\|.*/, '').toLowerCase());
  if (words.length === 0) return `${label}:${files}`;
  if (paths === 'none') return `${label}:(${words.join(' ')})`;
  // The blank before a name calls the function with these arguments only.
  return `${label}: _fabric-wizard_words_or_paths ${words.join(' ')}`;
}

function zshOption({ flags, about, value }: CompletedOption): string[] {
  const action = value ? `:${zshAction(value)}` : '';
  const others = flags.length > 1 ? `(${flags.join(' ')})` : '';
  // `=` accepts both --option value and --option=value.
  return flags.map((flag) => {
    const separator = value && flag.startsWith('--') ? '=' : '';
    return shellQuoted(`${others}${flag}${separator}[${zshText(about)}]${action}`);
  });
}

/** The command itself is the first argument; it is offered while no other command is named. */
function zshCommand({ name, options, argument }: CompletedCommand): string {
  // zsh inserts no option while it shows a message about an argument without values.
  const isOffered = argument && (argument.words.length > 0 || argument.paths !== 'none');
  const after = isOffered ? [shellQuoted(`${argument.variadic ? '*' : '2'}:${zshAction(argument)}`)] : [];
  const specs = [...options.flatMap(zshOption), "'1:command:_fabric-wizard_commands'", ...after];
  return `    ${name})
      _arguments \\
        ${specs.join(' \\\n        ')}
      ;;`;
}

function zshScript({ commands, byDefault }: CompletionModel): string {
  const described = commands.map(
    ({ name, about }) => `    ${shellQuoted(`${name}:${about.replaceAll(':', '\\:')}`)}`,
  );
  return `#compdef fabric-wizard
# zsh completion of fabric-wizard. Save it as _fabric-wizard in a folder of $fpath.
_fabric-wizard_words_or_paths() {
  _alternative "values:value:($*)" 'files:file:_files'
}
_fabric-wizard_commands() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  _describe -t commands command commands
}
_fabric-wizard() {
  local command=${byDefault.name} index
  for ((index = 2; index < CURRENT; index++)); do
    case \${words[index-1]} in
      ${valuedFlags(commands).join('|')}) continue ;;
    esac
    case \${words[index]} in
      ${commands.map(({ name }) => name).join('|')}) command=\${words[index]}; break ;;
    esac
  done
  case $command in
${commands.map(zshCommand).join('\n')}
  esac
}
if [[ $funcstack[1] == _fabric-wizard ]]; then
  _fabric-wizard "$@"
else
  compdef _fabric-wizard fabric-wizard
fi
`;
}

function fishValue({ words, paths }: Value): string {
  const list = words.length > 0 ? ` -a ${shellQuoted(words.join(' '))}` : '';
  const files = { none: '-x', files: '-r -F', folders: "-x -a '(__fish_complete_directories)'" }[paths];
  return `${files}${list}`;
}

function fishOption(condition: string, { flags, about, value }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const parts = [...names, ...(value ? [fishValue(value)] : []), `-d ${shellQuoted(about)}`];
  return `complete -c fabric-wizard -n ${shellQuoted(condition)} ${parts.join(' ')}`;
}

function fishScript({ commands, byDefault }: CompletionModel): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap((command) => {
    const seen = `__fish_seen_subcommand_from ${command.name}`;
    const others = `not __fish_seen_subcommand_from ${names}`;
    const condition = command === byDefault ? `${seen}; or ${others}` : seen;
    const argument = command.argument;
    return [
      `complete -c fabric-wizard -n ${shellQuoted(others)} -a ${command.name} -d ${shellQuoted(command.about)}`,
      ...command.options.map((option) => fishOption(condition, option)),
      ...(argument && argument.words.length > 0
        ? [`complete -c fabric-wizard -n ${shellQuoted(seen)} -a ${shellQuoted(argument.words.join(' '))}`]
        : []),
    ];
  });
  return `# fish completion of fabric-wizard. Save it as ~/.config/fish/completions/fabric-wizard.fish
complete -c fabric-wizard -f
${lines.join('\n')}
`;
}
