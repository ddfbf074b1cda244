/** The `identity` command with its actions. `identity.ts` is only loaded when one runs. */
import type { Command } from 'commander';
import { uses, withExamples } from './command-help.ts';
import { type Action, type AddActions, text, valued } from './command-options.ts';

function withOrg(command: Command): Command {
  return uses(command, 'json').option('--org <NAME>', 'organisation (default: the first one)');
}

/** An option that can be given several times. */
function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

const REGISTER: Action = {
  usage: 'register <name>',
  about: 'let the CA know an identity, with its type, affiliation and attributes',
  define: (command) =>
    withExamples(
      withOrg(command)
        .addOption(valued('--type <client|peer|orderer|admin>', 'type, which NodeOUs use (default: client)'))
        .option('--affiliation <NAME>', 'affiliation, such as org1.sales; it is made if there is none')
        .option(
          '--attr <NAME=VALUE>',
          'attribute; NAME=VALUE:ecert is in every certificate. Can be given several times',
          collected,
        )
        .option('--secret <TEXT>', 'secret with which it is enrolled (default: a random one)'),
      ['fabric-wizard identity register alice --attr role=auditor:ecert', 'a client with an attribute'],
    ),
  act: async (terminal, flags, [name]) =>
    (await import('./identity.ts')).register(terminal, name, {
      org: text(flags, 'org'),
      type: text(flags, 'type'),
      affiliation: text(flags, 'affiliation'),
      attributes: texts(flags.attr),
      secret: text(flags, 'secret'),
    }),
};

export function addIdentityCommands(add: AddActions): void {
  add(
    'identity',
    'identities of the CAs of a network with --ca: register, enroll, list or revoke them; crl: make peers refuse revoked ones',
    [
      REGISTER,
      {
        usage: 'enroll <name>',
        about: 'get a certificate for an identity; `env --identity` and `connect` use it',
        define: (command) =>
          withExamples(
            withOrg(command).option(
              '--secret <TEXT>',
              'secret of the identity (default: the one that register has kept)',
            ),
            ['fabric-wizard identity enroll alice', 'its MSP is in .fabric-wizard/network/identities/'],
          ),
        act: async (terminal, flags, [name]) =>
          (await import('./identity.ts')).enroll(terminal, name, {
            org: text(flags, 'org'),
            secret: text(flags, 'secret'),
          }),
      },
      {
        usage: 'list',
        about: 'list what the CA knows, and what is enrolled here',
        define: (command) =>
          withExamples(withOrg(command), [
            'fabric-wizard identity list --org org2',
            'those of one organisation',
          ]),
        act: async (terminal, flags) => (await import('./identity.ts')).list(terminal, text(flags, 'org')),
      },
      {
        usage: 'revoke <name>',
        about: 'revoke an identity and all of its certificates; peers refuse it after `identity crl`',
        define: (command) =>
          withExamples(
            withOrg(command).option('--reason <TEXT>', 'reason, such as keycompromise or superseded'),
            [
              'fabric-wizard identity revoke alice && fabric-wizard identity crl',
              'and make the peers refuse it',
            ],
          ),
        act: async (terminal, flags, [name]) =>
          (await import('./identity.ts')).revoke(terminal, name, {
            org: text(flags, 'org'),
            reason: text(flags, 'reason'),
          }),
      },
      {
        usage: 'crl',
        about:
          "bring the CA's revocation list into every channel of the organisation, and prove that peers refuse revoked identities",
        define: (command) =>
          withExamples(withOrg(command), ['fabric-wizard identity crl', 'after identity revoke']),
        act: async (terminal, flags) => (await import('./identity.ts')).crl(terminal, text(flags, 'org')),
      },
    ],
  );
}
