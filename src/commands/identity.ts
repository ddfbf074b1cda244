/** `identity`: registers, enrols, lists and revokes identities of an organisation's CA. */
import { EXIT } from '../pipeline/core/failure.ts';
import { isSameName } from '../pipeline/core/same-name.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { projectNetworkDir } from '../pipeline/host/state-folder.ts';
import { withJournal } from '../pipeline/journal/journal.ts';
import * as client from '../pipeline/network/ca-client.ts';
import { CA_ADMIN, readCaAdmin } from '../pipeline/network/ca-files.ts';
import { type CaOrg, caOrgs } from '../pipeline/network/ca-orgs.ts';
import { channelsOfPeer } from '../pipeline/network/channel-members.ts';
import type { Updating } from '../pipeline/network/channel-update.ts';
import { WALLET_LABELS } from '../pipeline/network/connection.ts';
import { revocationsIn } from '../pipeline/network/crl-serials.ts';
import {
  damagedIdentity,
  enrolledIdentities,
  identityLogin,
  identityMsp,
  isIdentityName,
  isRevokedIn,
  knownIdentity,
  mspHere,
  recordIdentity,
  revocationListPath,
  revokedIdentities,
  revokedWith,
  withSecret,
  writeIdentity,
  writeRevocationList,
} from '../pipeline/network/identity-files.ts';
import type { NetworkSpec, PeerSpec } from '../pipeline/network/network-spec.ts';
import {
  bringRevocations,
  channelsOfOrg,
  provedRefusal,
  type RefusedIdentity,
} from '../pipeline/network/revocation.ts';
import { type IdentityRow, renderCrl, renderIdentities, renderUnknown } from '../report/identity-text.ts';
import { type ChaincodeNetwork, chaincodeNetwork, orgNamed } from './chaincode-network.ts';
import { notRunning } from './node-service.ts';
import { showFailure } from './show-failure.ts';
import { cancelOnSignals, columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';
import { usage } from './usage-failure.ts';

/** What an action works with. */
interface Identities {
  readonly network: ChaincodeNetwork;
  readonly server: client.CaServer;
  readonly org: CaOrg;
  /** Folder with the network's files. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** @throws WizardFailure `usage` if the network has no CAs, or no such organisation */
function caOrgNamed(
  { spec }: { readonly spec: NetworkSpec },
  name: string | undefined,
  action: string,
): CaOrg {
  const cas = caOrgs(spec);
  const wanted = name ?? spec.orgs[0]?.name ?? '';
  // An organisation with orderers only can have a CA too.
  const own = cas.find((org) => isSameName(org.name, wanted) || isSameName(org.mspId, wanted));
  if (own) return own;
  orgNamed({ spec }, wanted, (known) => `fabric-wizard identity ${action} --org ${known}`);
  throw usage({ key: 'usage.no-ca' }, 'fabric-wizard up --yes --ca', 'fabric-wizard config');
}

/** Runs an action with the CA of an organisation. @throws WizardFailure, CancelledError */
async function withCa(
  terminal: Terminal,
  orgName: string | undefined,
  action: string,
  act: (identities: Identities) => Promise<number>,
): Promise<number> {
  const cancel = cancelOnSignals();
  try {
    const { signal } = cancel;
    const network = await chaincodeNetwork(terminal, `identity ${action}`, signal);
    const org = caOrgNamed(network, orgName, action);
    const container = network.containers.get(org.ca.name);
    if (container?.state !== 'running') throw notRunning(org.ca.name, container);
    const dir = projectNetworkDir(terminal.dir);
    const admin = await readCaAdmin(dir, org);
    const server = { docker: network.docker, container: container.id, org, admin, signal };
    return await act({ network, server, org, dir, signal });
  } finally {
    cancel.dispose();
  }
}

/** Like `withCa`, with the lock of the folder. */
function changing(
  terminal: Terminal,
  orgName: string | undefined,
  action: string,
  act: (identities: Identities) => Promise<number>,
): Promise<number> {
  return withJournal(terminal.dir, `fabric-wizard identity ${action}`, () =>
    withCa(terminal, orgName, action, act),
  );
}

/** Names that stand for something else: the registrar, and the identities that cryptogen has made. */
const RESERVED: readonly string[] = [...new Set([CA_ADMIN, ...WALLET_LABELS])];

/** @throws WizardFailure `usage` */
function requireName(name: string | undefined, action: string): string {
  const next = `fabric-wizard identity ${action} alice`;
  if (name === undefined) throw usage({ key: 'usage.no-identity-name' }, next);
  if (!isIdentityName(name)) throw usage({ key: 'usage.identity-name', name }, next);
  if (RESERVED.includes(name.toLowerCase()))
    throw usage({ key: 'usage.identity-reserved', name, names: RESERVED.join(', ') }, next);
  return name;
}

const ATTRIBUTE = /^[A-Za-z][\w.-]*=[^\n\r]*$/;

/** @throws WizardFailure `usage` */
function requireAttributes(attributes: readonly string[], name: string): void {
  const wrong = attributes.find((attribute) => !ATTRIBUTE.test(attribute) || attribute.startsWith('hf.'));
  if (wrong !== undefined)
    throw usage(
      { key: 'usage.identity-attribute', attribute: wrong },
      `fabric-wizard identity register ${name} --attr role=auditor:ecert`,
    );
}

const AFFILIATION = /^[A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*$/;

/** @throws WizardFailure `usage` */
function requireAffiliation(affiliation: string | undefined, name: string): void {
  if (affiliation !== undefined && !AFFILIATION.test(affiliation))
    throw usage(
      { key: 'usage.identity-affiliation', affiliation },
      `fabric-wizard identity register ${name} --affiliation org1.sales`,
    );
}

const TYPES = ['client', 'peer', 'orderer', 'admin'];

export interface RegisterOptions {
  readonly org: string | undefined;
  readonly type: string | undefined;
  readonly affiliation: string | undefined;
  readonly attributes: readonly string[];
  readonly secret: string | undefined;
}

function report(terminal: Terminal, json: unknown, lines: () => readonly string[]): number {
  if (terminal.json) printJson(json);
  else writeToStdout(`${lines().join('\n')}\n`);
  return EXIT.done;
}

function orgFlag({ org }: { readonly org: string | undefined }): string {
  return org === undefined ? '' : ` --org ${shellWord(org)}`;
}

export async function register(
  terminal: Terminal,
  given: string | undefined,
  options: RegisterOptions,
): Promise<number> {
  const name = requireName(given, 'register');
  const { type = 'client', affiliation, attributes, secret } = options;
  if (!TYPES.includes(type))
    throw usage(
      { key: 'usage.identity-type', type, types: TYPES.join(', ') },
      `fabric-wizard identity register ${name} --type client`,
    );
  requireAttributes(attributes, name);
  requireAffiliation(affiliation, name);
  return changing(terminal, options.org, 'register', async ({ server, org, dir }) => {
    const known = await withSecret(dir, org, { name, given: secret }, (given) =>
      client.register(server, { name, type, affiliation, attributes, secret: given }),
    );
    await recordIdentity(dir, org, name, { secret: known, type, revoked: undefined });
    const { t, good, symbol, command } = styleFor(terminal, process.stdout);
    return report(
      terminal,
      { name, org: org.name, type, affiliation: affiliation ?? '', secret: known },
      () => [
        `${good(symbol.good)} ${t('identity.registered', { name, ca: org.ca.name })}`,
        t('identity.secret', { secret: known }),
        command(`fabric-wizard identity enroll ${name}${orgFlag(options)}`),
      ],
    );
  });
}

export async function enroll(
  terminal: Terminal,
  given: string | undefined,
  options: { readonly org: string | undefined; readonly secret: string | undefined },
): Promise<number> {
  const name = requireName(given, 'enroll');
  return changing(terminal, options.org, 'enroll', async ({ network, server, org, dir }) => {
    const login = await identityLogin(dir, org, name, options.secret);
    if (!login)
      throw usage(
        { key: 'usage.no-identity-secret', name, org: org.name },
        `fabric-wizard identity enroll ${name}${orgFlag(options)} --secret SECRET`,
        `fabric-wizard identity register ${name}${orgFlag(options)}`,
      );
    await writeIdentity(dir, org, name, await client.enrol(server, login));
    await recordIdentity(dir, org, name, { secret: login.secret });
    const msp = identityMsp(dir, org, name);
    const { t, good, symbol, command } = styleFor(terminal, process.stdout);
    return report(terminal, { name, org: org.name, mspId: org.mspId, msp }, () => [
      `${good(symbol.good)} ${t('identity.enrolled', { name, ca: org.ca.name })}`,
      msp,
      // `env` is about peers.
      ...(peersOf(network.spec, org).length > 0
        ? [command(`eval "$(fabric-wizard env ${org.name.toLowerCase()} --identity ${name})"`)]
        : []),
    ]);
  });
}

export async function list(terminal: Terminal, orgName: string | undefined): Promise<number> {
  return withCa(terminal, orgName, 'list', async ({ server, org, dir }) => {
    const known = await client.registeredIdentities(server);
    const facts = await Promise.all(
      known.map(async (identity) => ({
        identity,
        ...(await knownIdentity(dir, org, identity.name)),
        msp: await mspHere(dir, org, identity.name),
      })),
    );
    // A database that was made anew has revoked none of the identities that came with the network.
    const isAsked = facts.some(({ revoked, msp }) => revoked !== undefined && msp !== undefined);
    const revocations = isAsked ? revocationsIn(await client.revocationList(server)) : undefined;
    const rows = await Promise.all(
      facts.map(async ({ identity, revoked, damaged, msp }): Promise<IdentityRow> => {
        const isRevoked = msp === undefined || (await isRevokedIn(revocations, msp));
        return {
          ...identity,
          ...(msp === undefined ? {} : { msp }),
          ...(revoked !== undefined && isRevoked ? { revoked } : {}),
          ...(damaged === undefined ? {} : { damaged }),
        };
      }),
    );
    const style = styleFor(terminal, process.stdout);
    // The database was made anew, e.g. because its volume was removed. Peers do not ask it.
    const unknown = (await enrolledIdentities(dir, org)).filter(
      (name) => !known.some((identity) => identity.name === name),
    );
    const again = (name: string) => `fabric-wizard identity register ${name}${orgFlag({ org: orgName })}`;
    report(terminal, { org: org.name, ca: org.ca.name, identities: rows, unknown }, () => [
      renderIdentities(org, rows, style, columnsOf(process.stdout)),
      ...renderUnknown(org, unknown, again, style),
    ]);
    const failures = rows.flatMap(({ name, damaged }) =>
      damaged === undefined ? [] : [damagedIdentity(org, name, damaged)],
    );
    if (!terminal.json) for (const failure of failures) showFailure(terminal, failure);
    return failures.length > 0 ? EXIT.usage : EXIT.done;
  });
}

/** Those of RFC 5280, as Fabric CA writes them; it does not distinguish upper and lower case. */
const REASONS = [
  'unspecified',
  'keycompromise',
  'cacompromise',
  'affiliationchange',
  'superseded',
  'cessationofoperation',
  'certificatehold',
  'removefromcrl',
  'privilegewithdrawn',
  'aacompromise',
];

/** @throws WizardFailure `usage` */
function requireReason(reason: string | undefined, name: string): void {
  if (reason !== undefined && !REASONS.includes(reason.toLowerCase()))
    throw usage(
      { key: 'usage.identity-reason', reason, reasons: REASONS.join(', ') },
      `fabric-wizard identity revoke ${name} --reason keycompromise`,
    );
}

export async function revoke(
  terminal: Terminal,
  given: string | undefined,
  options: { readonly org: string | undefined; readonly reason: string | undefined },
): Promise<number> {
  const name = requireName(given, 'revoke');
  requireReason(options.reason, name);
  return changing(terminal, options.org, 'revoke', async ({ server, org, dir }) => {
    if (isSameName(name, `Admin@${org.domain}`))
      throw usage({ key: 'usage.identity-acting', name }, `fabric-wizard identity list${orgFlag(options)}`);
    const revoked = await revokedWith(dir, org, name, () => client.revoke(server, name, options.reason));
    const { t, good, symbol, command } = styleFor(terminal, process.stdout);
    return report(terminal, { name, org: org.name, revoked }, () => [
      `${good(symbol.good)} ${t('identity.revoked', { name, ca: org.ca.name })}`,
      t('identity.revoked-next'),
      command(`fabric-wizard identity crl${orgFlag(options)}`),
    ]);
  });
}

function peersOf({ orgs }: NetworkSpec, { name }: CaOrg): readonly PeerSpec[] {
  return orgs.find((org) => org.name === name)?.peers ?? [];
}

/** Returns a peer of the organisation on a channel, or any peer if it has orderers only; undefined if none runs. */
function peerOn(
  { network, org }: Pick<Identities, 'network' | 'org'>,
  channel: string,
): PeerSpec | undefined {
  const hasPeers = peersOf(network.spec, org).length > 0;
  return network.peers.find(
    (each) => (!hasPeers || each.org === org.name) && channelsOfPeer(network.spec, each).includes(channel),
  );
}

/** Asks one peer of the organisation on each channel as each revoked identity whose key is here. */
async function refusals(
  identities: Identities,
  updating: Updating,
  channels: readonly string[],
  list: string,
): Promise<RefusedIdentity[]> {
  const { network, org, dir } = identities;
  // Peers refuse all identities of an organisation that has orderers only.
  if (peersOf(network.spec, org).length === 0) return [];
  const refused: RefusedIdentity[] = [];
  for (const { name, msp } of await revokedIdentities(dir, org, revocationsIn(list))) {
    for (const channel of channels) {
      const peer = peerOn(identities, channel);
      if (peer) refused.push(await provedRefusal(updating, { name, msp, peer, channel }));
    }
  }
  return refused;
}

export async function crl(terminal: Terminal, orgName: string | undefined): Promise<number> {
  return changing(terminal, orgName, 'crl', async (identities) => {
    const { network, server, org, dir, signal } = identities;
    const { docker, spec, cli, cliId, release } = network;
    if (!release.extendsNetworks)
      throw usage({ key: 'usage.crl-release', release: release.id }, 'fabric-wizard identity list');
    const text = await client.revocationList(server);
    await writeRevocationList(dir, org, text);
    const updating: Updating = { docker, spec, cli, cliId, signal, onCommand: () => undefined };
    const channels = channelsOfOrg(updating, org);
    const updated: string[] = [];
    for (const channel of channels) {
      const peer = peerOn(identities, channel);
      if (!peer) throw notRunning(peersOf(spec, org)[0]?.name ?? org.name, undefined);
      if (await bringRevocations(updating, channel, { org, peer, crl: text })) updated.push(channel);
    }
    const refused = await refusals(identities, updating, channels, text);
    const path = revocationListPath(dir, org);
    const style = styleFor(terminal, process.stdout);
    return report(terminal, { org: org.name, crl: path, channels, updated, refused }, () =>
      renderCrl({ path, channels, updated, refused }, style),
    );
  });
}
