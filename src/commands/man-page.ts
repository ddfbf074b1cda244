/** PURE: the man page, from the tree of commands. `npm run build` writes it to `dist/fabric-wizard.1`. */
import type { Command, Option } from 'commander';
import { EXIT } from '../pipeline/core/failure.ts';
import { actingCommands, examplesOf, GROUP, wordsOf } from './command-help.ts';

/** Text in which roff sees no requests and no escapes. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll('`', "'")
    .replaceAll(/^([.'])/gm, '\\&$1');
}

function bold(text: string): string {
  return `\\fB${plain(text)}\\fR`;
}

function optionLines({ flags, description, defaultValue }: Option): string[] {
  const about = typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description;
  return ['.TP', bold(flags), plain(about)];
}

function groupOf({ helpGroupHeading }: Option): string {
  return helpGroupHeading ?? GROUP.own;
}

function visible({ options }: Command): Option[] {
  return options.filter(({ hidden }) => !hidden);
}

const CHOICE_GROUPS: readonly string[] = [GROUP.source, GROUP.base, GROUP.network, GROUP.proof];

/** What a command has besides the options that have sections of their own. */
function commandLines(command: Command): string[] {
  const options = visible(command);
  const own = options.filter((option) => ![...CHOICE_GROUPS, GROUP.common].includes(groupOf(option)));
  const groups = new Set(options.map(groupOf));
  const choices = CHOICE_GROUPS.filter((group) => groups.has(group)).map((group) => group.replace(/:$/, ''));
  const also =
    choices.length === 0
      ? []
      : ['.PP', `It also takes these options: ${plain(choices.join('; ').toLowerCase())}.`];
  return [
    `.SS ${bold(`fabric-wizard ${wordsOf(command)} ${command.usage()}`)}`,
    plain(`${command.description()}.`),
    ...own.flatMap(optionLines),
    ...also,
    ...exampleLines(command),
  ];
}

function exampleLines(command: Command): string[] {
  return examplesOf(command).flatMap((example) => [
    '.PP',
    plain(`${example.about}:`),
    '.PP',
    '.RS 4',
    '.EX',
    plain(example.command),
    '.EE',
    '.RE',
  ]);
}

const EXIT_TEXT: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'The command has done what it was asked.',
  stageFailed: 'A stage of the run failed, or status found a node that does not run.',
  usage: 'The command line or the configuration is invalid. Nothing was changed.',
  preflight: 'The machine is not ready. Nothing was changed.',
  cancelled: 'The command was cancelled.',
};

/** Files and variables that a user meets. */
const FILES = [
  ['fabric-wizard.yaml', 'The choices of a folder. The keys are the options without dashes.'],
  ['.fabric-wizard/', 'State, certificates and records of runs of a folder.'],
] as const;
const VARIABLES = [
  ['DOCKER_HOST, DOCKER_CONTEXT', 'The engine, as for docker.'],
  ['NO_COLOR', 'No colours.'],
  ['INK_SCREEN_READER', 'Plain prompts and lines instead of screens.'],
  ['LC_ALL, LC_MESSAGES, LANG', 'The language of all texts except help and JSON.'],
] as const;

function listed(rows: readonly (readonly [string, string])[]): string[] {
  return rows.flatMap(([name, about]) => ['.TP', bold(name), plain(about)]);
}

export function manPage(root: Command, version: string): string {
  const [byDefault] = root.commands;
  const all = byDefault ? visible(byDefault) : [];
  const sections = [...CHOICE_GROUPS, GROUP.common].flatMap((group) => [
    `.SH ${plain(group.replace(/:$/, '').toUpperCase())}`,
    ...all.filter((option) => groupOf(option) === group).flatMap(optionLines),
  ]);
  const lines = [
    `.TH FABRIC\\-WIZARD 1 "" "fabric\\-wizard ${plain(version)}" "User Commands"`,
    '.SH NAME',
    'fabric\\-wizard \\- build Hyperledger Fabric images, start a network and prove its chaincode',
    '.SH SYNOPSIS',
    `${bold('fabric-wizard')} [\\fIcommand\\fR] [\\fIoptions\\fR]`,
    '.SH DESCRIPTION',
    plain(root.description()),
    '.PP',
    plain('Without a command, fabric-wizard runs up.'),
    '.SH COMMANDS',
    ...actingCommands(root).flatMap(commandLines),
    ...sections,
    '.SH EXIT STATUS',
    ...listed(
      (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), EXIT_TEXT[name]]),
    ),
    '.SH FILES',
    ...listed(FILES),
    '.SH ENVIRONMENT',
    ...listed(VARIABLES),
    '.SH EXAMPLES',
    ...exampleLines(root).slice(1),
    '.SH SEE ALSO',
    `${bold('docker')}(1)`,
  ];
  return `${lines.join('\n')}\n`;
}
