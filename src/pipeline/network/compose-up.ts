/** Starts services of a network with compose: on one engine, or on each machine those that belong there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { together } from '../core/cancellation.ts';
import { shellWord } from '../core/shell-text.ts';
import type { ComposePort, ComposeRun } from '../engine/compose-port.ts';
import { writeAtomically } from '../host/files.ts';
import { machineOf, machinesOf, type NetworkSpec } from './network-spec.ts';

/** Compose takes the Swarm for a mistake. */
const SWARM_NOTICE = /^$|running in swarm mode\.$|^Compose does not use swarm mode|`docker stack deploy`\.$/;

export interface NetworkRun extends Omit<ComposeRun, 'file'> {
  readonly spec: Pick<NetworkSpec, 'placement'>;
  /** Receives a command line for a POSIX shell that does the same as each run of compose. */
  readonly onCommand?: (line: string) => void;
}

/** Runs `docker compose up`. @throws WizardFailure `command`; CancelledError */
export async function composeUp(compose: ComposePort, run: NetworkRun): Promise<void> {
  const { spec, services } = run;
  if (!spec.placement) return upOn(compose, run);
  const ofMachine = (machine: string) => services?.filter((service) => machineOf(spec, service) === machine);
  const machines = machinesOf(spec).filter((machine) => machine !== undefined);
  const onLine = (line: string) => {
    if (!SWARM_NOTICE.test(line)) run.onLine(line);
  };
  // Compose is not ended because it has failed on another machine: it would leave half of what it makes.
  await together(
    machines.filter((machine) => ofMachine(machine)?.length !== 0),
    run.signal,
    async (machine) => {
      const file = await writeMachineFile(run, machine);
      await upOn(compose.on(machine), { ...run, services: ofMachine(machine), file, onLine });
    },
  );
}

/** Writes the compose file of a machine. @returns its name */
async function writeMachineFile({ dir, spec }: NetworkRun, machine: string): Promise<string> {
  // With the YAML parser.
  const { composeFileOf, composeOfMachine } = await import('./machine-compose.ts');
  const text = await readFile(join(dir, 'docker-compose.yaml'), 'utf8');
  const file = composeFileOf(machine);
  await writeAtomically(join(dir, file), composeOfMachine(text, spec, machine));
  return file;
}

async function upOn(compose: ComposePort, run: NetworkRun & Pick<ComposeRun, 'file'>): Promise<void> {
  const { spec, onCommand, ...composeRun } = run;
  const { dir, file, services, scope } = composeRun;
  const words = [
    ...(file === undefined ? [] : ['--file', file]),
    ...['up', '-d', ...(scope === 'needed' ? [] : ['--no-deps']), ...(services ?? [])],
  ];
  const engine = spec.placement ? `DOCKER_HOST=${shellWord(compose.endpoint)} ` : '';
  onCommand?.(`(cd ${shellWord(dir)} && ${engine}${compose.command} ${words.map(shellWord).join(' ')})`);
  await compose.up(composeRun);
}
