/** Repairs of `doctor --fix CODE`. They only touch what this program owns or what apt-get installs, and announce it first. */

import { WizardFailure } from '../core/failure.ts';
import { DockerPort } from '../engine/docker-port.ts';
import { currentEngine } from '../engine/engine-address.ts';
import { LABEL } from '../engine/labels.ts';
import { installPackages, isRoot } from '../host/apt-install.ts';
import { hostDistribution } from '../host/host-apt.ts';
import { ensureCompose, ensureEngine, type HostSetup } from '../host/host-setup.ts';
import { installCommand } from '../host/install-command.ts';
import { abandoned } from './work-containers.ts';

export const repairCodes = ['engine', 'compose', 'git', 'work'] as const;
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

async function removeWork({ onNotice }: HostSetup): Promise<void> {
  const docker = await DockerPort.current();
  const left = abandoned(await docker.listContainers({ label: [`${LABEL.role}=work`] }));
  if (left.length === 0) {
    onNotice({ key: 'step.no-work' });
    return;
  }
  onNotice({ key: 'step.remove-work', names: left.map(({ name }) => name).join(', ') });
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

const REPAIRS: Record<RepairCode, (setup: HostSetup) => Promise<unknown>> = {
  engine: async (setup) => {
    const { address } = await ensureEngine(setup);
    await ensureCompose(setup, address);
  },
  compose: async (setup) => ensureCompose(setup, await currentEngine()),
  git: installGit,
  work: removeWork,
};

/** @throws WizardFailure, CancelledError */
export async function repair(code: RepairCode, setup: HostSetup): Promise<void> {
  await REPAIRS[code](setup);
}
