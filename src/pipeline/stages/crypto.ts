/**
 * Creates the certificates. Starting a container takes longer than the work in it, so the same container also creates
 * the channel artifacts. If that fails, the artifacts stage tries again and reports why.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineResultStage, type PlanInput } from '../context/stage-definition.ts';
import { LABEL } from '../engine/labels.ts';
import { dockerRun } from '../host/docker-command.ts';
import { partialOf, withPartial } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { cryptoConfigYaml } from '../network/network-files.ts';
import { cryptoFingerprint } from '../network/network-plan.ts';
import { couchdbNodes } from '../network/network-spec.ts';
import { artifactsDir, artifactsWork } from './channel-artifacts.ts';
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
const ARTIFACTS_MADE = '##artifacts';

/** Warns that ledgers of earlier certificates stay unused in their volumes. */
async function warnOfOldLedgers({ docker, journal, project, report }: StageContext): Promise<void> {
  const before = journal.getFact(STATE_KEYS.crypto);
  if (!before) return;
  const volumes = await docker.listVolumes([`${LABEL.project}=${project}`]);
  const count = volumes.filter(({ name }) => name.startsWith(`${project}-${before.instance}-`)).length;
  if (count > 0)
    report.warn('ledgers-kept', {
      key: 'warning.ledgers-kept',
      count,
      instance: before.instance,
      project,
    });
}

/**
 * Moves the folder to its place. The journal forgets the old certificates first, so that after a kill between the two
 * steps, the next run does not mistake new files for the old ones.
 */
async function replaceCertificates(context: StageContext, partial: string, target: string): Promise<void> {
  await context.journal.setFact(STATE_KEYS.crypto, undefined);
  const old = `${target}.old-${process.pid}`;
  await rename(target, old).catch(() => undefined);
  await rename(partial, target);
  await rm(old, { recursive: true, force: true });
}

/** An existing network keeps its certificates until the new images are verified. */
function needs({ observed: { network } }: PlanInput) {
  return network.crypto === 'absent' ? [toolsImageStage] : [verifyStage];
}

export const cryptoStage = defineResultStage({
  id: 'crypto',
  topic: {
    group: 'network-stages',
    aliases: ['cryptogen', 'crypto-config', 'crypto-config.yaml', 'certificates'],
    see: ['msp', 'CORE_PEER_TLS'],
  },
  needs: [toolsImageStage, verifyStage],
  waitsFor: needs,
  isIncluded: makesNetwork,
  decide: ({ observed: { network, couchdb } }) =>
    decideBy(
      [
        [network.crypto === 'absent', { key: 'cause.no-crypto' }],
        [
          network.crypto === 'changed' && network.otherState,
          { key: couchdb ? 'cause.to-couchdb' : 'cause.to-leveldb' },
        ],
        [network.crypto === 'changed', { key: 'cause.crypto-changed' }],
      ],
      { key: 'cause.unchanged' },
    ),
  cost: () => ({ seconds: 1, cores: 1, memoryMb: 100 }),
  checks: ['clock'],
  knownResult: (_, { journal }): CryptoResult => {
    const crypto = journal.getFact(STATE_KEYS.crypto);
    if (!crypto) throw new Error('no crypto material');
    return { instance: crypto.instance, newLedgers: false, artifacts: undefined };
  },
  execute: async (context) => {
    const { spec, settings, journal, stateDir, report } = context;
    const dir = networkDir(stateDir);
    const target = join(dir, 'crypto-config');
    const config = cryptoConfigYaml(spec, settings.release);
    await warnOfOldLedgers(context);
    const { configtx, script, args } = artifactsWork(context);
    const artifacts = partialOf(artifactsDir(context));
    let made = false;
    report.command(
      dockerRun({ image: primaryRef(settings, 'tools'), binds: [`${dir}:/w`], workdir: '/w' }, CRYPTOGEN),
    );
    await withPartial(target, async (partial) => {
      await runTools(context, {
        inputs: [{ name: 'work/crypto-config.yaml', content: config }, configtx],
        script: `${CRYPTOGEN.join(' ')}; artifacts=$1; shift; if sh -euc "$artifacts" artifacts "$@" >/dev/null 2>&1; then echo '${ARTIFACTS_MADE}'; fi`,
        args: [script, ...args],
        command: CRYPTOGEN.join(' '),
        onLine: (line) => {
          if (line === ARTIFACTS_MADE) made = true;
          else report.log(line);
        },
        folders: () => ({ 'crypto-config': partial, ...(made ? { artifacts } : {}) }),
      });
      await replaceCertificates(context, partial, target);
    });
    await writeFile(join(dir, 'crypto-config.yaml'), config);
    const instance = randomBytes(3).toString('hex');
    await journal.setFact(STATE_KEYS.crypto, {
      fingerprint: cryptoFingerprint(context),
      instance,
      couchdb: couchdbNodes(spec).length > 0,
    });
    return {
      outcome: 'built',
      detail: { key: 'detail.instance', instance },
      result: { instance, newLedgers: true, artifacts: made ? artifacts : undefined },
    };
  },
});
