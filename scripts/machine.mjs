/** The machine with its engine. */
import { hostMachine } from './bench/machine.mjs';

/** Returns facts about the machine. @param run a runner */
export async function describeMachine(run) {
  const version = async (command, ...args) => {
    const { exitCode, stdout } = await run(command, args, { mayFail: true }).catch((error) => {
      if (error.code === 'ENOENT') return { exitCode: -1, stdout: '' };
      throw error;
    });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  const compose =
    (await version('docker', 'compose', 'version', '--short')) ??
    (await version('docker-compose', 'version', '--short')) ??
    'none';
  const engine = (await version('docker', 'version', '--format', '{{.Server.Version}}')) ?? 'none';
  return { ...hostMachine(), engine, compose };
}
