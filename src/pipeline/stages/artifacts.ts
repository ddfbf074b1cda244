/** Creates the channel artifacts: first blocks, channel transactions, anchor peer updates. */
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { isMissing } from '../core/error-code.ts';
import { dockerRun } from '../host/docker-command.ts';
import { sha256Of, withPartial } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { onChannel } from '../network/channel-members.ts';
import { configtxYaml } from '../network/configtx.ts';
import { artifactFiles, artifactsFingerprint } from '../network/network-plan.ts';
import { fillVolumes } from '../network/network-volumes.ts';
import { artifactsDir, artifactsWork } from './channel-artifacts.ts';
import { cryptoStage } from './crypto.ts';
import { makesNetwork } from './plan-scope.ts';
import { folderForTools, runTools } from './tools-container.ts';

/** Removes an empty folder in the place of a file: the engine creates it if the file to mount is missing. */
async function removeFolderForFile(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/**
 * Replaces the files of a flat folder that running containers have mounted; they see the new files at once. The
 * journal forgets the old artifacts first.
 */
async function replaceArtifacts(context: StageContext, partial: string): Promise<void> {
  const target = artifactsDir(context);
  await context.journal.setFact(STATE_KEYS.artifacts, undefined);
  await mkdir(target, { recursive: true });
  const [wanted, present] = await Promise.all([readdir(partial), readdir(target)]);
  await Promise.all(
    wanted.map(async (name) => {
      await removeFolderForFile(join(target, name));
      await rename(join(partial, name), join(target, name));
    }),
  );
  const old = present.filter((name) => !wanted.includes(name));
  await Promise.all(old.map((name) => rm(join(target, name), { recursive: true, force: true })));
  await rm(partial, { recursive: true, force: true });
}

/** Returns the sha256 of each artifact. */
async function hashesOf(context: StageContext): Promise<Record<string, string>> {
  const hashes = artifactFiles(context.spec).map(
    async (name) => [name, (await sha256Of(join(artifactsDir(context), name))) ?? ''] as const,
  );
  return Object.fromEntries(await Promise.all(hashes));
}

async function makeArtifacts(context: StageContext): Promise<void> {
  const { configtx, script, args } = artifactsWork(context);
  const crypto = join(networkDir(context.stateDir), 'crypto-config');
  await withPartial(artifactsDir(context), async (partial) => {
    await runTools(context, {
      inputs: [configtx, ...(await folderForTools(crypto, 'work/crypto-config'))],
      script,
      args,
      command: script,
      onLine: context.report.log,
      folders: () => ({ artifacts: partial }),
    });
    await replaceArtifacts(context, partial);
  });
}

export const artifactsStage = defineStage({
  id: 'artifacts',
  topic: {
    group: 'network-stages',
    aliases: [
      'genesis',
      'genesis block',
      'genesis.block',
      'configtxgen',
      'configtx.yaml',
      'channel-artifacts',
    ],
    see: ['channel', 'anchors', 'orderer'],
  },
  needs: [cryptoStage],
  isIncluded: makesNetwork,
  decide: ({ observed: { network }, runs }) =>
    decideBy(
      [
        [
          runs(cryptoStage) && network.kept === undefined && network.joining.length === 0,
          { key: 'cause.new-crypto' },
        ],
        [network.artifacts === 'absent', { key: 'cause.no-genesis' }],
        [network.artifacts === 'changed', { key: 'cause.channel-changed' }],
      ],
      { key: 'cause.unchanged' },
    ),
  cost: () => ({ seconds: 1, cores: 1, memoryMb: 100 }),
  execute: async (context, inputs) => {
    const { spec, settings, journal, stateDir, report } = context;
    const dir = networkDir(stateDir);
    const { instance, artifacts: made } = inputs.of(cryptoStage);
    const image = primaryRef(settings, 'tools');
    const env = { FABRIC_CFG_PATH: '/w' };
    for (const command of artifactsWork(context).commands)
      report.command(dockerRun({ image, binds: [`${dir}:/w`], workdir: '/w', env }, command));
    if (made) await replaceArtifacts(context, made);
    else await makeArtifacts(context);
    await writeFile(join(dir, 'configtx.yaml'), configtxYaml(spec, settings.release, 'crypto-config'));
    // A channel that is added starts no node. Before the fact, so that artifacts that were not copied are made again.
    await fillVolumes({ ...context, dir, instance });
    await journal.setFact(STATE_KEYS.artifacts, {
      fingerprint: artifactsFingerprint(context, instance),
      instance,
      files: await hashesOf(context),
    });
    const channels = spec.channels.join(', ');
    const anchors = spec.channels.map((channel) => onChannel(spec, channel).orgs.length);
    return {
      outcome: 'built',
      detail:
        spec.channelCreation === 'participation'
          ? { key: 'detail.first-block', channels }
          : { key: 'detail.artifacts', channels, count: anchors.reduce((sum, count) => sum + count, 0) },
    };
  },
});
