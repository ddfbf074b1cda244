/** PURE: completion scripts. Each is written for its shell as it is installed, without helpers of other packages. */
import { shellQuoted } from '../../pipeline/core/shell-text.ts';
import type { CompletedCommand, CompletedOption, CompletionModel, Shell, Value } from './completion-model.ts';

export function completionScript(shell: Shell, model: CompletionModel): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return scripts[shell](model);
}

function withValue({ options }: CompletedCommand): (CompletedOption & { readonly value: Value })[] {
  return options.flatMap((option) => (option.value ? [{ ...option, value: option.value }] : []));
}

/** The commands and their actions. */
function withActions(commands: readonly CompletedCommand[]): readonly CompletedCommand[] {
  return commands.flatMap((command) => [command, ...command.actions]);
}

/** Names of all actions as patterns of a `case` in bash and zsh: `chaincode\ logs|…`. */
function actionPatterns(commands: readonly CompletedCommand[]): string {
  return commands.flatMap(({ actions }) => actions.map(({ name }) => shellPattern(name))).join('|');
}

function shellPattern(name: string): string {
  return name.replaceAll(' ', '\\ ');
}

/** All flags that a value follows. */
function valuedFlags(commands: readonly CompletedCommand[]): string[] {
  return [
    ...new Set(
      withActions(commands)
        .flatMap(withValue)
        .flatMap(({ flags }) => flags),
    ),
  ];
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
  return `    ${shellPattern(command.name)})
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
    if [[ $named == 0 ]]; then
      case "$word" in
        ${names.join('|')}) command=$word named=1 ;;
      esac
    else
      case "$command $word" in
        ${actionPatterns(commands)}) command="$command $word"; break ;;
      esac
    fi
  done
  local IFS=$'\\n'
  case "$command" in
${withActions(commands).map(bashCommand).join('\n')}
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
  const words = name.split(' ').length;
  // zsh inserts no option while it shows a message about an argument without values.
  const isOffered = argument && (argument.words.length > 0 || argument.paths !== 'none');
  const after = isOffered
    ? [shellQuoted(`${argument.variadic ? '*' : words + 1}:${zshAction(argument)}`)]
    : [];
  const action = words > 1 ? ["'2:action: '"] : [];
  const specs = [...options.flatMap(zshOption), "'1:command:_fabric-wizard_commands'", ...action, ...after];
  return `    ${shellPattern(name)})
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
  local command=${byDefault.name} named=0 index
  for ((index = 2; index < CURRENT; index++)); do
    case \${words[index-1]} in
      ${valuedFlags(commands).join('|')}) continue ;;
    esac
    if [[ $named == 0 ]]; then
      case \${words[index]} in
        ${commands.map(({ name }) => name).join('|')}) command=\${words[index]} named=1 ;;
      esac
    else
      case "$command \${words[index]}" in
        ${actionPatterns(commands)}) command="$command \${words[index]}"; break ;;
      esac
    fi
  done
  case $command in
${withActions(commands).map(zshCommand).join('\n')}
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

function fishCommand(command: CompletedCommand, isDefault: boolean): string[] {
  const isHere = `contains -- (__fabric_wizard_command) ${shellQuoted(command.name)}${isDefault ? " ''" : ''}`;
  const { argument } = command;
  return [
    ...command.options.map((option) => fishOption(isHere, option)),
    ...(argument && argument.words.length > 0
      ? [`complete -c fabric-wizard -n ${shellQuoted(isHere)} -a ${shellQuoted(argument.words.join(' '))}`]
      : []),
    ...(argument && argument.paths !== 'none'
      ? [`complete -c fabric-wizard -n ${shellQuoted(isHere)} -F`]
      : []),
  ];
}

function fishScript({ commands, byDefault }: CompletionModel): string {
  const actions = commands.flatMap((command) => command.actions.map(({ name }) => shellQuoted(name)));
  const names = commands.map(
    ({ name, about }) =>
      `complete -c fabric-wizard -n 'test -z (__fabric_wizard_command)' -a ${name} -d ${shellQuoted(about)}`,
  );
  const lines = withActions(commands).flatMap((command) => fishCommand(command, command === byDefault));
  return `# fish completion of fabric-wizard. Save it as ~/.config/fish/completions/fabric-wizard.fish
# Prints the command of the command line, with its action; an empty line if none is named.
function __fabric_wizard_command
    set -l command ''
    set -l previous ''
    for word in (commandline -opc)[2..-1]
        if not contains -- $previous ${valuedFlags(commands).join(' ')}
            if test -z $command
                contains -- $word ${commands.map(({ name }) => name).join(' ')}
                and set command $word
            else if contains -- "$command $word" ${actions.join(' ')}
                set command "$command $word"
                break
            end
        end
        set previous $word
    end
    echo $command
end
complete -c fabric-wizard -f
${[...names, ...lines].join('\n')}
`;
}
