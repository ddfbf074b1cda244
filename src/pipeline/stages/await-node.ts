/** Starts services with compose, and waits until nodes are ready. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { together } from '../core/cancellation.ts';
import { shellWord } from '../core/shell-text.ts';
import type { ComposePort, ComposeRun } from '../engine/compose-port.ts';
import { writeAtomically } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { composeFileOf, composeOfMachine } from '../network/machine-compose.ts';
import { machineOf, machinesOf, type NetworkNode, nodeNames } from '../network/network-spec.ts';
import { nodeReady } from '../network/node-ready.ts';

/** Seconds that a stopping node has to close its ledger before the engine kills it. */
export const GRACE_SECONDS = 10;

/** Compose takes the Swarm for a mistake. */
const SWARM_NOTICE = /^$|running in swarm mode\.$|^Compose does not use swarm mode|`docker stack deploy`\.$/;

/** Runs `docker compose up` for these services, and reports it. @throws WizardFailure `command`; CancelledError */
export async function composeServices(
  context: StageContext,
  services: readonly string[] | undefined,
  scope: 'some' | 'needed',
): Promise<void> {
  const { compose, spec } = context;
  if (!compose) throw new Error('no compose');
  if (!spec.placement) return composeOn(context, compose, { services, scope });
  const wanted = services ?? nodeNames(spec);
  const ofMachine = (machine: string) => wanted.filter((service) => machineOf(spec, service) === machine);
  const machines = machinesOf(spec).filter((machine) => machine !== undefined);
  // Compose is not ended because it has failed on another machine: it would leave half of what it makes.
  await together(
    machines.filter((machine) => ofMachine(machine).length > 0),
    context.signal,
    async (machine) => {
      const file = await writeMachineFile(context, machine);
      await composeOn(context, compose.on(machine), { services: ofMachine(machine), scope, file });
    },
  );
}

/** Writes the compose file of a machine. @returns its name */
async function writeMachineFile({ stateDir, spec }: StageContext, machine: string): Promise<string> {
  const dir = networkDir(stateDir);
  const text = await readFile(join(dir, 'docker-compose.yaml'), 'utf8');
  const file = composeFileOf(machine);
  await writeAtomically(join(dir, file), composeOfMachine(text, spec, machine));
  return file;
}

async function composeOn(
  { stateDir, project, spec, signal, report }: StageContext,
  compose: ComposePort,
  { services, scope, file }: Pick<ComposeRun, 'services' | 'scope' | 'file'>,
): Promise<void> {
  const dir = networkDir(stateDir);
  const words = [
    ...(file === undefined ? [] : ['--file', file]),
    ...['up', '-d', ...(scope === 'some' ? ['--no-deps'] : []), ...(services ?? [])],
  ];
  const engine = spec.placement ? `DOCKER_HOST=${shellWord(compose.endpoint)} ` : '';
  report.command(`(cd ${shellWord(dir)} && ${engine}${compose.command} ${words.map(shellWord).join(' ')})`);
  const onLine = (line: string) => {
    if (!spec.placement || !SWARM_NOTICE.test(line)) report.log(line);
  };
  await compose.up({ dir, file, project, services, scope, signal, onLine });
}

/** Waits for a node, and reports it. @throws WizardFailure, CancelledError: see `nodeReady` */
export async function awaitNode(context: StageContext, member: NetworkNode): Promise<void> {
  await nodeReady(context, member);
  context.report.nodeHealth(member, 'ready');
}
