/** Prepares the machines of a network in a Swarm: the network that reaches them, and the images of the nodes. */
import type { StageContext } from '../context/run-context.ts';
import { together } from '../core/cancellation.ts';
import { shellLine } from '../core/shell-text.ts';
import { LABEL } from '../engine/labels.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { missingImages, sendImages } from '../images/copied-images.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { copyThroughRegistry } from '../images/registry-copy.ts';
import { imagesInUse } from '../network/network-plan.ts';
import { machinesOf } from '../network/network-spec.ts';

/** Returns the references of the images that a machine needs to run nodes and to build chaincode. */
function neededImages(context: StageContext): string[] {
  const { settings, config, couchdb, gateway } = context;
  // Only the selected engine compiles Fabric and runs the CLI container.
  const unneeded = [settings.builderImage, primaryRef(settings, 'tools')];
  return imagesInUse({ settings, config, couchdb, gateway }).filter((ref) => !unneeded.includes(ref));
}

/** Makes the machines ready for their nodes. Does nothing for a network on one engine. @throws WizardFailure, CancelledError */
export async function prepareMachines(context: StageContext): Promise<void> {
  const { docker, spec, project, report } = context;
  if (!spec.placement) return;
  report.command(
    dockerCommand(
      ...['network', 'create', '--driver', 'overlay', '--attachable'],
      ...['--label', `${LABEL.project}=${project}`, spec.network],
    ),
  );
  await docker.createOverlay(spec.network, { [LABEL.project]: project });
  const others = otherMachines(context);
  // The last step is the start of the nodes.
  const steps = others.length + 1;
  let done = 0;
  const tell = () =>
    report.progress(done, steps, 'steps', { key: 'detail.images-for', machines: others.join(', ') });
  if (others.length > 0) tell();
  await provideImages(context, () => {
    done += 1;
    tell();
  });
}

/** Returns the machines of the network without that of the selected engine. */
function otherMachines({ docker, spec }: StageContext): string[] {
  const selected = docker.address.machines?.selected;
  return machinesOf(spec)
    .filter((machine) => machine !== undefined)
    .filter((machine) => machine !== selected);
}

/**
 * Brings the images that the machines of a network lack: one can have been built, or removed there, since the nodes were started.
 * @param onProvided called for each machine that has all of them
 * @throws WizardFailure, CancelledError
 */
export async function provideImages(
  context: StageContext,
  onProvided: () => void = () => undefined,
): Promise<void> {
  const { config, signal } = context;
  const others = otherMachines(context);
  const bring = async (machine: string, end: AbortSignal) => {
    await bringImages({ ...context, signal: end }, machine);
    onProvided();
  };
  // A push uses names on the selected engine that the next one uses too.
  if (config.registry !== undefined) for (const machine of others) await bring(machine, signal);
  else await together(others, signal, bring);
}

/** Brings the images that a machine lacks, in a stream or through the registry that the user has named. */
async function bringImages(context: StageContext, machine: string): Promise<void> {
  const { docker, config, signal, report } = context;
  const from = docker.on(docker.address.machines?.selected);
  const to = docker.on(machine);
  const { registry } = config;
  const missing = await missingImages({ from, to }, neededImages(context), true);
  const names = [...missing.keys()];
  if (names.length === 0) return;
  if (registry === undefined) {
    const target = shellLine(['docker', '-H', to.endpoint, 'load']);
    report.command(`${shellLine(['docker', 'save', ...names])} | ${target}`);
    await sendImages({ from, to, signal }, missing);
    return;
  }
  for (const ref of names)
    report.command(shellLine(['docker', '-H', to.endpoint, 'pull', `${registry}/${ref}`]));
  await copyThroughRegistry({ from, to, registry, signal, onLine: report.log }, missing);
}
