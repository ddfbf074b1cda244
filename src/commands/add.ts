/** `add`: adds a peer, an organisation or a channel to the running network of the folder. */

import { choiceIssue } from '../pipeline/config/choice-checks.ts';
import type { EffectiveConfig } from '../pipeline/config/config.ts';
import { MOST_PEERS } from '../pipeline/config/port-numbers.ts';
import { isSameName } from '../pipeline/core/same-name.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { wholeNumber } from '../pipeline/core/whole-number.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { SYSTEM_CHANNEL } from '../pipeline/fabric/channel-names.ts';
import { type Release, releaseOf } from '../pipeline/fabric/release.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { folderUser, readState } from '../pipeline/journal/journal.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import { withFreePorts } from '../pipeline/network/addition-ports.ts';
import { isOnChannel } from '../pipeline/network/channel-members.ts';
import { unfinishedAddition } from '../pipeline/network/kept-networks.ts';
import { type Addition, additionWords, nextOrganisation } from '../pipeline/network/members.ts';
import type { NetworkSpec } from '../pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { orgNamed } from './chaincode-network.ts';
import type { Flags } from './command-options.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { runCommand } from './run.ts';
import type { Terminal } from './terminal.ts';
import { noNetwork, usage } from './usage-failure.ts';

/** The command line after `add`. */
export interface AddWords {
  readonly what: Addition['kind'];
  readonly name: string | undefined;
  readonly peers: string | undefined;
}

function newPeer(spec: NetworkSpec, name: string | undefined): Addition {
  const [first] = spec.orgs;
  const wanted = name ?? first?.name ?? '';
  const ofDomain = spec.orgs.find(({ domain }) => isSameName(domain, wanted));
  const org = ofDomain ?? orgNamed({ spec }, wanted, (each) => `fabric-wizard add peer ${each}`);
  requireChannel(spec, org.name);
  return { kind: 'peer', org: org.name };
}

function newOrg(spec: NetworkSpec, { name, peers = '1' }: AddWords): Addition {
  const next = nextOrganisation(spec.orgs, spec.ordererOrgs);
  if (name !== undefined && name.toLowerCase() !== next.toLowerCase())
    throw usage({ key: 'usage.next-organisation', name, next }, 'fabric-wizard add org');
  requireChannel(spec, next);
  const count = wholeNumber(peers) ?? 0;
  if (count >= 1 && count <= MOST_PEERS) return { kind: 'org', peers: count };
  throw usage(
    { key: 'usage.peer-count', value: peers, most: MOST_PEERS },
    'fabric-wizard add org --peers 2',
    'fabric-wizard add org',
  );
}

function newChannel({ channels }: NetworkSpec, name: string | undefined): Addition {
  const example = 'fabric-wizard add channel orders';
  if (name === undefined) throw usage({ key: 'usage.no-channel-name' }, example);
  if (channels.includes(name))
    throw usage(
      { key: 'usage.channel-exists', name },
      `fabric-wizard blocks --channel ${shellWord(name)}`,
      'fabric-wizard status',
    );
  if (name.includes(',') || choiceIssue('channel', name, 'add channel'))
    throw usage({ key: 'usage.channel-name', name, systemChannel: SYSTEM_CHANNEL }, example);
  return { kind: 'channel', name };
}

/** A member that is on no channel could not be proved. @throws WizardFailure `usage` */
function requireChannel({ channels, channelSettings }: NetworkSpec, org: string): void {
  // No list has the name of a peer that does not exist yet.
  const newcomer = { name: '', org };
  if (channels.some((channel) => isOnChannel({ channelSettings }, newcomer, channel))) return;
  throw usage({ key: 'usage.no-open-channel', org }, 'fabric-wizard add channel NAME');
}

/** @throws WizardFailure `usage` */
function additionOf(spec: NetworkSpec, words: AddWords): Addition {
  const { what, name } = words;
  switch (what) {
    case 'peer':
      return newPeer(spec, name);
    case 'org':
      return newOrg(spec, words);
    case 'channel':
      return newChannel(spec, name);
  }
}

/** What the tools of a release cannot do is refused before anything is changed. @throws WizardFailure `usage` */
function requireTools(addition: Addition, release: Release, config: EffectiveConfig): void {
  if (addition.kind === 'channel') return;
  if (!release.extendsNetworks)
    throw usage({ key: 'usage.add-release', release: release.id }, 'fabric-wizard add channel NAME');
  if (addition.kind === 'org' && config.values.source === 'sample')
    throw usage({ key: 'usage.add-practice' }, 'fabric-wizard add peer', 'fabric-wizard add channel NAME');
}

export async function add(terminal: Terminal, flags: Flags, words: AddWords): Promise<number> {
  const { dir } = terminal;
  // `--peers` is here the number of the new organisation.
  const { peers: _, ...others } = flags;
  const config = await loadEffectiveConfig(dir, others);
  const state = recordedState(await readState(dir));
  const saved = state.getFact(SAVED_NETWORK);
  const release = saved && releaseOf(saved.version);
  if (!saved || !release) throw noNetwork(dir);
  if (saved.spec.placement)
    throw usage({ key: 'usage.not-in-swarm', command: 'add' }, 'fabric-wizard status');
  const unfinished = unfinishedAddition(state);
  // While another run works, it may be this addition: the lock then tells more.
  if (unfinished !== undefined && (await folderUser(dir)) === undefined)
    throw usage({ key: 'usage.addition-unfinished', words: unfinished }, 'fabric-wizard up --yes');
  const wanted = additionOf(saved.spec, words);
  requireTools(wanted, release, config);
  const made = state.getFact(STATE_KEYS.crypto);
  const network = { config: config.values, release, project: saved.spec.project, made };
  const addition = await withFreePorts(wanted, network, () => currentDocker());
  return runCommand(terminal, others, {
    command: 'add',
    words: [additionWords(addition), ...folderFlag(dir)],
    addition,
    chaincodes: [],
    keepChaincode: true,
  });
}
