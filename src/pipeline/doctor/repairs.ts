/** Repairs of `doctor --fix CODE`. They only touch what this program owns or what apt-get installs, and announce it first. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSettings } from '../config/config.ts';
import { WizardFailure } from '../core/failure.ts';
import type { ProgressListener } from '../core/progress-listener.ts';
import { currentDocker } from '../engine/current-docker.ts';
import { currentEngine } from '../engine/engine-address.ts';
import { LABEL } from '../engine/labels.ts';
import { apiForPeers } from '../fabric/engine-api.ts';
import { notCloned, sourceHere } from '../fabric/source.ts';
import { installPackages, isRoot } from '../host/apt-install.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { hostDistribution } from '../host/host-apt.ts';
import { ensureCompose, ensureEngine, type HostSetup } from '../host/host-setup.ts';
import { installCommand } from '../host/install-command.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { debianImage } from '../images/debian-images.ts';
import { SharedBuilds } from '../images/shared-builds.ts';
import type { GatheringInput } from './fact-source.ts';
import { endSuites } from './killed-suites.ts';
import { abandoned } from './work-containers.ts';

export const repairCodes = ['engine', 'compose', 'git', 'work', 'base'] as const;
export type RepairCode = (typeof repairCodes)[number];

export function repairCodeOf(text: string): RepairCode | undefined {
  return repairCodes.find((code) => code === text);
}

async function installGit({ onNotice, signal }: HostSetup): Promise<void> {
  if (!isRoot() || !(await hostDistribution())) {
    const install = installCommand(['git']);
    throw new WizardFailure({
      kind: 'tool-missing',
      tool: 'git',
      neededFor: { key: 'purpose.clone' },
      install,
    });
  }
  onNotice({ key: 'step.install-git' });
  await installPackages(['git'], { onNotice, signal });
}

async function removeWork({ onNotice }: HostSetup, { dir }: Pick<GatheringInput, 'dir'>): Promise<void> {
  const docker = await currentDocker();
  const { notice } = await endSuites(docker, join(dir, STATE_FOLDER));
  if (notice) onNotice(notice);
  const left = await abandoned(await docker.listContainers({ label: [`${LABEL.role}=work`] }));
  if (left.length === 0) {
    if (!notice) onNotice({ key: 'step.no-work' });
    return;
  }
  onNotice({ key: 'step.remove-work', names: left.map(({ name }) => name).join(', ') });
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

/** What the base images depend on. */
type BaseInput = Pick<GatheringInput, 'docker' | 'dir' | 'config' | 'packageDir'>;

/** Builds the base images that the folder's source needs, and writes nothing in the folder. */
async function buildBases(
  { onNotice, signal }: HostSetup,
  { docker, dir, config, packageDir }: BaseInput,
): Promise<void> {
  const engine = await docker.version();
  const source = await sourceHere(config.source, {
    dir,
    stateDir: join(dir, STATE_FOLDER),
    sampleDir: join(packageDir, 'sample'),
    engine: apiForPeers(config, engine),
  });
  if ('toClone' in source) throw notCloned(source.toClone, 'doctor --fix base');
  onNotice({ key: 'step.build-bases' });
  const { builderImage, runtimeImage, goVersion } = buildSettings(config, source, engine.arch);
  const options = {
    docker,
    goArch: engine.arch,
    goVersion,
    workDir: tmpdir(),
    sharedBuilds: new SharedBuilds(),
  };
  const listener: ProgressListener = {
    signal,
    log: onNotice,
    progress: () => undefined,
    warn: (_code, message) => onNotice(message),
  };
  for (const [kind, ref] of [
    ['runtime', runtimeImage],
    ['builder', builderImage],
  ] as const) {
    // A local image is used whatever it was made of.
    if (await docker.inspectImage(ref)) continue;
    const { tag } = await debianImage(kind, ref, options, listener);
    await docker.tag(tag, ref);
    onNotice(dockerCommand('tag', tag, ref));
  }
}

const REPAIRS: Record<RepairCode, (setup: HostSetup, input: BaseInput) => Promise<unknown>> = {
  engine: async (setup) => {
    const { docker } = await ensureEngine(setup);
    await ensureCompose(setup, docker.address);
  },
  compose: async (setup) => ensureCompose(setup, await currentEngine()),
  git: installGit,
  work: removeWork,
  base: buildBases,
};

/** @throws WizardFailure, CancelledError */
export async function repair(code: RepairCode, setup: HostSetup, input: BaseInput): Promise<void> {
  await REPAIRS[code](setup, input);
}
