/** Prepares the machines of a network in a Swarm: the network that reaches them, and the images of the nodes. */
import type { StageContext } from '../context/run-context.ts';
import { shellLine } from '../core/shell-text.ts';
import { LABEL } from '../engine/labels.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { copyImages } from '../images/copied-images.ts';
import { primaryRef } from '../images/image-recipe.ts';
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
  const { docker, spec, project, signal, report } = context;
  if (!spec.placement) return;
  report.command(
    dockerCommand(
      ...['network', 'create', '--driver', 'overlay', '--attachable'],
      ...['--label', `${LABEL.project}=${project}`, spec.network],
    ),
  );
  await docker.createOverlay(spec.network, { [LABEL.project]: project });
  const refs = neededImages(context);
  const selected = docker.address.machines?.selected;
  const from = docker.on(selected);
  await Promise.all(
    machinesOf(spec)
      .filter((machine) => machine !== selected)
      .map(async (machine = '') => {
        const to = docker.on(machine);
        const copied = await copyImages({ from, to, signal }, refs, true);
        if (copied.length === 0) return;
        const target = shellLine(['docker', '-H', to.endpoint, 'load']);
        report.command(`${shellLine(['docker', 'save', ...copied])} | ${target}`);
        report.log(`${machine}: ${copied.join(', ')}`);
      }),
  );
}
