/** Turns what a stage reports into events. */
import type { StageReport } from '../context/run-context.ts';
import type { Emit } from '../core/events.ts';
import { clip } from '../core/line-tail.ts';

/** @param tail the last lines that the stage has logged */
export function createReport(stage: string, emit: Emit, tail: StageReport['tail']): StageReport {
  const commands = new Set<string>();
  return {
    tail,
    log: (line) => emit({ type: 'stage-log', stage, line: clip(line) }),
    progress: (done, total, unit, item) => emit({ type: 'stage-progress', stage, done, total, unit, item }),
    warn: (code, message) => emit({ type: 'stage-warning', stage, code, message }),
    command: (command) => {
      // A command that is repeated while polling is listed once.
      if (commands.has(command)) return;
      commands.add(command);
      emit({ type: 'stage-command', stage, command });
    },
    nodeHealth: ({ node, role }, state, restarted) =>
      emit({ type: 'node-health', node: node.name, role, state, ...(restarted ? { restarted } : {}) }),
    chaincodeDeployed: (deployed) => emit({ type: 'chaincode-deployed', ...deployed }),
    packageTested: (result) => emit({ type: 'package-tested', ...result }),
    smokeResult: (result) => emit({ type: 'smoke-result', ...result }),
  };
}
