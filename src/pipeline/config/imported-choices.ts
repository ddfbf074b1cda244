/** What is taken from files of other tools, and the text of fabric-wizard.yaml for it. */
import { stringify } from 'yaml';
import type { HookEvent } from '../core/hook.ts';
import { domainOf, mspIdOf } from './organisations.ts';

export interface ImportedOrganisation {
  readonly name: string;
  readonly domain: string;
  readonly msp: string;
  readonly peers: number;
  readonly orderers: number;
}

export interface ImportedChannel {
  readonly name: string;
  /** Absent: all. */
  readonly organisations?: readonly string[];
  /** Absent: all of these organisations. */
  readonly peers?: readonly string[];
}

export interface ImportedChaincode {
  readonly name: string;
  readonly path: string;
  readonly language?: string;
  readonly channels?: readonly string[];
  readonly init?: readonly string[];
  readonly policy?: string;
}

export interface ImportedChoices {
  readonly source?: string | undefined;
  readonly consensus?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly couchdb?: boolean | undefined;
  /** Orderers that belong to no organisation. */
  readonly orderers?: number | undefined;
  readonly organisations: readonly ImportedOrganisation[];
  readonly channels: readonly ImportedChannel[];
  readonly chaincodes: readonly ImportedChaincode[];
  readonly hooks: Readonly<Partial<Record<HookEvent, string>>>;
}

/** Returns an organisation without what follows from its name. */
function organisationEntry({ name, domain, msp, peers, orderers }: ImportedOrganisation) {
  return {
    name,
    ...(domain === domainOf(name) ? {} : { domain }),
    ...(msp === mspIdOf(name) ? {} : { msp }),
    peers,
    ...(orderers === 0 ? {} : { orderers }),
  };
}

/** @param from names of the files */
export function importedText(choices: ImportedChoices, from: readonly string[]): string {
  const { organisations, channels, chaincodes, hooks, ...values } = choices;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const content = {
    ...given,
    ...(organisations.length > 0 ? { organisations: organisations.map(organisationEntry) } : {}),
    ...(channels.length > 0 ? { channels } : {}),
    ...(chaincodes.length > 0 ? { chaincodes } : {}),
    ...(Object.keys(hooks).length > 0 ? { hooks } : {}),
  };
  const head = `# Imported from ${from.join(', ').replace(/[\r\n]/g, ' ')}. \`fabric-wizard config\` shows all values and their origins.\n`;
  return `${head}${Object.keys(content).length > 0 ? stringify(content, { lineWidth: 0 }) : ''}`;
}
