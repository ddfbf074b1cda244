/**
 * Creates the certificates, with cryptogen or with Fabric CA. Starting a container takes longer than the work of cryptogen, so
 * the same container also creates the channel artifacts. If that fails, the artifacts stage tries again and reports why.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import {
  decideBy,
  defineResultStage,
  type PlanInput,
  type StageResult,
} from '../context/stage-definition.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import { dockerRun } from '../host/docker-command.ts';
import { partialOf, withPartial } from '../host/files.ts';
import { protectKeys } from '../host/private-keys.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { type CryptoFact, STATE_KEYS } from '../journal/state-keys.ts';
import { CERTIFICATES, findDamage, recordCertificates, restoreFiles } from '../network/certificate-files.ts';
import { newMembers } from '../network/channel-members.ts';
import { hasPeersToo } from '../network/crypto-layout.ts';
import {
  ledgersOf,
  networkInPlace,
  networkToUse,
  replaceNetwork,
  setNetworkFacts,
  writeRecord,
} from '../network/kept-networks.ts';
import { newInstance } from '../network/network-copy.ts';
import { cryptoConfigYaml } from '../network/network-files.ts';
import { channelRecord, cryptoFingerprint, networkShape, placedBy, specOf } from '../network/network-plan.ts';
import { couchdbNodes } from '../network/network-spec.ts';
import { isChaincodeOf } from '../network/ownership.ts';
import { caStage } from './ca.ts';
import { issueWithCa } from './ca-crypto.ts';
import { artifactsDir, artifactsWork } from './channel-artifacts.ts';
import { extendCrypto } from './extend-crypto.ts';
import { toolsImageStage } from './images.ts';
import { makesNetwork } from './plan-scope.ts';
import { runTools } from './tools-container.ts';
import { verifyStage } from './verify.ts';

export interface CryptoResult {
  /** Id of the crypto material, which is part of volume names. */
  readonly instance: string;
  /** Whether the certificates are new in this run, so that no ledger exists yet. */
  readonly newLedgers: boolean;
  /** Folder with channel artifacts for these certificates; undefined: the artifacts stage creates them. */
  readonly artifacts: string | undefined;
}

const CRYPTOGEN = ['cryptogen', 'generate', '--config=crypto-config.yaml', '--output=crypto-config'];
/**
 * cryptogen makes an organisation's CA once for its peers and once for its orderers. Those of one organisation get the same
 * CA: what its peers have is copied, and then extended by its orderers. $@ domains
 */
const SHARED_CA = `
for domain in "$@"; do
  to=crypto-config/ordererOrganizations/$domain
  mkdir -p "$to"
  for part in ca tlsca msp users; do cp -r "crypto-config/peerOrganizations/$domain/$part" "$to/"; done
done
[ $# -eq 0 ] || cryptogen extend --config=all.yaml --input=crypto-config
`;
const ARTIFACTS_MADE = '##artifacts';

/** Says where the replaced network is kept, and removes its chaincode containers, which compose does not know. */
export async function leaveReplaced(context: StageContext, kept: string | undefined): Promise<void> {
  if (kept === undefined) return;
  const { docker, report, dir, project } = context;
  const containers = await docker.listContainers();
  const chaincode = containers.filter((each) => isChaincodeOf(each, project) || isServiceOf(each, project));
  await Promise.all(chaincode.map(({ id }) => docker.removeContainer(id)));
  const instance = basename(kept);
  const count = ledgersOf({ instance }, await docker.listVolumes([LABEL.project]));
  const folder = relative(dir, kept);
  report.warn('network-kept', { key: 'warning.network-kept', instance, count, folder });
}

/** Uses a replaced network again that has the wanted configuration. @returns undefined if there is none */
async function restore(context: StageContext): Promise<StageResult<CryptoResult> | undefined> {
  const { journal } = context;
  const found = await networkToUse(context, context);
  if (!found) return undefined;
  const { restorable } = await findDamage(found.folder, specOf(found.crypto, context));
  await restoreFiles(found.folder, restorable);
  await leaveReplaced(context, await replaceNetwork(context, found.folder));
  await setNetworkFacts(journal, found);
  const { instance } = found.crypto;
  return {
    outcome: 'built',
    detail: { key: 'detail.instance-again', instance },
    result: { instance, newLedgers: false, artifacts: undefined },
  };
}

/** Adds a member to the network in place. @returns undefined if the run adds nothing */
async function extend(context: StageContext): Promise<StageResult<CryptoResult> | undefined> {
  const { addition } = context.options;
  const present = addition && (await networkInPlace(context.stateDir, context.journal));
  if (!present) return undefined;
  const members = newMembers(specOf(present.crypto, context), context.spec);
  await extendCrypto(context, present, addition);
  const { instance } = present.crypto;
  return {
    outcome: 'built',
    detail: { key: 'detail.joining', members: members.join(', ') },
    result: { instance, newLedgers: false, artifacts: undefined },
  };
}

/**
 * Has cryptogen make the certificates, and with them the channel artifacts if that succeeds at once.
 * @param partial folder that gets both
 * @returns whether it has the channel artifacts
 */
async function generate(context: StageContext, partial: string): Promise<boolean> {
  const { spec, settings, stateDir, report } = context;
  const config = cryptoConfigYaml(spec, settings.release);
  const shared = spec.ordererOrgs.filter((org) => hasPeersToo(spec, org)).map(({ domain }) => domain);
  const first = cryptoConfigYaml(spec, settings.release, (org) => !hasPeersToo(spec, org));
  const { configtx, script, args } = artifactsWork(context);
  let made = false;
  report.command(
    dockerRun(
      { image: primaryRef(settings, 'tools'), binds: [`${networkDir(stateDir)}:/w`], workdir: '/w' },
      CRYPTOGEN,
    ),
  );
  await runTools(context, {
    inputs: [
      { name: 'work/crypto-config.yaml', content: first },
      { name: 'work/all.yaml', content: config },
      configtx,
    ],
    script: `${CRYPTOGEN.join(' ')}; share=$1 domains=$2 artifacts=$3; shift 3; sh -euc "$share" share $domains; if sh -euc "$artifacts" artifacts "$@" >/dev/null 2>&1; then echo '${ARTIFACTS_MADE}'; fi`,
    args: [SHARED_CA, shared.join(' '), script, ...args],
    command: CRYPTOGEN.join(' '),
    onLine: (line) => {
      if (line === ARTIFACTS_MADE) made = true;
      else report.log(line);
    },
    folders: () => ({
      'crypto-config': join(partial, CERTIFICATES),
      ...(made ? { artifacts: join(partial, basename(partialOf(artifactsDir(context)))) } : {}),
    }),
  });
  await writeFile(join(partial, 'crypto-config.yaml'), config);
  return made;
}

/** Makes certificates. Channel artifacts are made with them if that succeeds at once. */
async function make(context: StageContext): Promise<StageResult<CryptoResult>> {
  const { spec, source, journal, stateDir } = context;
  const crypto: CryptoFact = {
    fingerprint: cryptoFingerprint(context),
    instance: newInstance(),
    couchdb: couchdbNodes(spec).length > 0,
    ports: spec.ports,
    placement: spec.placement,
    placedBy: placedBy(context.config),
    unused: true,
    channels: channelRecord(spec),
    shape: networkShape(spec, source.version),
  };
  let made = false;
  await withPartial(networkDir(stateDir), async (partial) => {
    const certificates = join(partial, CERTIFICATES);
    if (spec.identities === 'ca') await issueWithCa(context, { target: partial, crypto: certificates });
    else made = await generate(context, partial);
    await protectKeys(certificates);
    await recordCertificates(partial);
    await writeRecord(partial, { crypto });
    await leaveReplaced(context, await replaceNetwork(context, partial));
  });
  await setNetworkFacts(journal, { crypto });
  const { instance } = crypto;
  return {
    outcome: 'built',
    detail: { key: 'detail.instance', instance },
    result: {
      instance,
      newLedgers: true,
      artifacts: made ? partialOf(artifactsDir(context)) : undefined,
    },
  };
}

/** An existing network keeps its certificates until the new images are verified. */
function needs({ observed: { network, ca } }: PlanInput) {
  const images = network.crypto === 'absent' ? [toolsImageStage] : [verifyStage];
  return ca?.issuesAll ? [...images, caStage] : images;
}

export const cryptoStage = defineResultStage({
  id: 'crypto',
  topic: {
    group: 'network-stages',
    aliases: ['cryptogen', '--identities', 'crypto-config', 'crypto-config.yaml', 'certificates'],
    see: ['msp', 'CORE_PEER_TLS'],
  },
  needs: [toolsImageStage, verifyStage, caStage],
  waitsFor: needs,
  isIncluded: makesNetwork,
  decide: ({ observed: { network, ca } }) => {
    const { crypto, changes, joining, kept } = network;
    return decideBy(
      [
        [joining.length > 0, { key: 'cause.joining', members: joining }],
        [
          crypto !== 'same' && kept !== undefined,
          { key: 'cause.network-again', instance: kept?.instance ?? '' },
        ],
        [crypto === 'absent', { key: ca?.issuesAll ? 'cause.no-identities' : 'cause.no-crypto' }],
        [crypto === 'changed' && changes.length > 0, { key: 'cause.network-differs', changes }],
        [crypto === 'changed', { key: 'cause.crypto-changed' }],
      ],
      { key: 'cause.unchanged' },
    );
  },
  cost: ({ ca }) => ({ seconds: ca?.issuesAll ? 10 : 1, cores: 1, memoryMb: ca?.issuesAll ? 200 : 100 }),
  checks: ['clock'],
  knownResult: (_, { journal }): CryptoResult => {
    const crypto = journal.getFact(STATE_KEYS.crypto);
    if (!crypto) throw new Error('no crypto material');
    return { instance: crypto.instance, newLedgers: false, artifacts: undefined };
  },
  execute: async (context) => (await extend(context)) ?? (await restore(context)) ?? make(context),
});
