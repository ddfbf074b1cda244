import { lineOf } from '../pipeline/fabric/fabric-line.ts';
import { runDoctor } from '../pipeline/host/doctor.ts';
import { ensureCompose, ensureEngine } from '../pipeline/host/host-setup.ts';
import { networkSpec, publishedPorts } from '../pipeline/network/network-spec.ts';
import { EXIT, WizardFailure } from '../pipeline/run/failure.ts';
import { renderDoctor } from '../report/tables.ts';
import { loadChoices, projectOf } from './choices.ts';
import { cancelOnSignals, printJson, sayToStderr, styleFor, type Terminal } from './terminal.ts';

/** Bytes that a node takes, and what compiling and one chaincode build take besides. */
const NODE_MEMORY = 100e6;
const BUILD_MEMORY = 1.2e9;

/** Installs and starts what is missing: the engine and compose. */
async function fixEngine(): Promise<void> {
  const cancel = cancelOnSignals();
  try {
    const setup = { allowInstall: true, say: sayToStderr, signal: cancel.signal };
    await ensureEngine(setup);
    await ensureCompose(setup);
  } finally {
    cancel.dispose();
  }
}

export async function doctor(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  fix: string | undefined,
): Promise<number> {
  if (fix !== undefined && fix !== 'engine') {
    throw new WizardFailure({
      kind: 'usage',
      message: `There is no repair "${fix}"; there is engine.`,
      next: ['fabric-wizard doctor --fix engine'],
    });
  }
  if (fix === 'engine') await fixEngine();
  const { values } = await loadChoices(terminal.dir, flags);
  // Which ports are published depends on the line; the newest known one publishes the most.
  const line = lineOf('1.4.12');
  if (!line) throw new Error('the table has no line 1.4.12');
  const project = await projectOf(terminal.dir, values.project);
  const report = await runDoctor({
    project,
    ports: publishedPorts(networkSpec(values, line, project)),
    needMemory: BUILD_MEMORY + NODE_MEMORY * (values.orgs * values.peers + 1),
    dir: terminal.dir,
  });
  if (terminal.json) printJson(report);
  else process.stdout.write(`${renderDoctor(report, styleFor(terminal, process.stdout))}\n`);
  return report.ok ? EXIT.done : EXIT.preflight;
}
