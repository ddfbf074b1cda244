/** Repeats a `peer` command that was refused for the moment only. Such a command has changed nothing. */
import type { LogTail } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import type { ExecResult } from '../engine/engine-types.ts';

/** Answers of orderers that have no leader yet, as after a start. */
const NO_LEADER = /^.*(?:SERVICE_UNAVAILABLE|no Raft leader).*$/im;
/**
 * Messages of the client, in different releases, when a node does not accept its connection within 3 s, as on a busy
 * machine, or when the kernel's table of neighbours is full, as with many peers. Nothing was sent.
 */
const NOT_CONNECTED =
  /^.*(?:failed to create new connection.*(?:deadline exceeded|no route to host|no buffer space)|grpc: timed out when dialing).*$/im;

export interface RepeatedCommand {
  /** Runs the command. Does not throw for an exit code. */
  readonly ask: () => Promise<ExecResult>;
  /** Name of the peer that it asks. */
  readonly peer: string;
  /** Whether it needs orderers that have a leader. */
  readonly awaitsLeader: boolean;
  /** For a command that connects a second time after it was sent: whether it has done its work. */
  readonly isDone?: () => Promise<boolean>;
  /** Whether the nodes that it asks run. One that does not will not answer later either. */
  readonly isUp: () => Promise<boolean>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly evidence: () => Promise<readonly LogTail[]>;
}

/** Why a command is repeated, and the line that says so. */
interface Refusal {
  readonly what: Phrase;
  readonly line: string;
  /** Whether the command may have sent something over a connection before. */
  readonly mayBeSent: boolean;
}

/** @returns undefined if the command need not be repeated */
async function refusalOf(
  { exitCode, stdout, stderr }: ExecResult,
  { peer, awaitsLeader, isUp }: RepeatedCommand,
): Promise<Refusal | undefined> {
  if (exitCode === 0) return undefined;
  const output = `${stdout}\n${stderr}`;
  const leaderless = awaitsLeader ? NO_LEADER.exec(output) : null;
  if (leaderless) return { what: { key: 'wait.leader' }, line: leaderless[0], mayBeSent: false };
  const busy = NOT_CONNECTED.exec(output);
  if (!busy || !(await isUp())) return undefined;
  return { what: { key: 'wait.connection', peer }, line: busy[0], mayBeSent: true };
}

const DONE: ExecResult = { exitCode: 0, stdout: '', stderr: '' };

/**
 * Returns the first result that is not a refusal for the moment.
 * @throws WizardFailure `timeout`; CancelledError
 */
export async function repeated(command: RepeatedCommand): Promise<ExecResult> {
  const { ask, deadlineMs, signal, evidence } = command;
  const isDone = async ({ mayBeSent }: Refusal) => mayBeSent && ((await command.isDone?.()) ?? false);
  const first = await ask();
  const refusal = await refusalOf(first, command);
  if (!refusal) return first;
  if (await isDone(refusal)) return DONE;
  // The deadline starts here: an instantiation that has just been refused may have compiled for minutes.
  return until<ExecResult>({
    what: refusal.what,
    deadlineMs,
    signal,
    poll: async () => {
      const result = await ask();
      const again = await refusalOf(result, command);
      if (!again) return { yes: result };
      return (await isDone(again)) ? { yes: DONE } : { no: again.line };
    },
    evidence,
  });
}
