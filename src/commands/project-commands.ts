/** The command that begins a project. */
import { CHOICES } from '../pipeline/config/config-choices.ts';
import { DEFAULT_TAG } from '../pipeline/fabric/default-release.ts';
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text, valued } from './command-options.ts';

export function addProjectCommands(add: AddCommand): void {
  add(
    'init [dir]',
    'write a small project: chaincode with a test, a client, fabric-wizard.yaml; overwrites nothing',
    (command) =>
      withExamples(
        uses(command, 'json', 'dryRun')
          .addOption(valued('--language <go|node>', 'language of the chaincode (default: go)'))
          .option('--service', 'run the chaincode as a service')
          .addOption(valued('--client <node|none>', 'client program (default: node)'))
          .option(
            `--source <${CHOICES.source.argument?.replace('|auto', '')}>`,
            `Fabric that the project is for: a checkout, a tag, or the practice source (default: ${DEFAULT_TAG})`,
          ),
        ['fabric-wizard init notes', 'a project in the folder notes, with chaincode in Go'],
        ['fabric-wizard init notes --language node --service', 'chaincode in Node.js, as a service'],
        ['fabric-wizard init notes --source ~/fabric', 'for a Fabric checkout of your own'],
      ),
    async (terminal, flags, [dir]) => (await import('./init.ts')).init(terminal, flags, dir),
  );
  add(
    'import <files...>',
    'make fabric-wizard.yaml from the configuration of Fablo, or from crypto-config.yaml and configtx.yaml',
    (command) =>
      withExamples(
        uses(command, 'json', 'dryRun').option(
          '-o, --output <FILE>',
          'write to this new file, or with - to stdout (default: fabric-wizard.yaml)',
        ),
        ['fabric-wizard import fablo-config.json', 'a network of Fablo'],
        ['fabric-wizard import crypto-config.yaml configtx.yaml --output -', 'show what would be written'],
      ),
    async (terminal, flags, files) =>
      (await import('./import.ts')).importCommand(terminal, files, text(flags, 'output')),
  );
}
