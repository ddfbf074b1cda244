/** The question that tells whether a chaincode runs, and what a peer says if it cannot start one. */
import { callText } from './lifecycle-calls.ts';

/** A function that the contract API answers. Other chaincode refuses it, which shows as well that it runs. */
const QUESTION = callText(['org.hyperledger.fabric:GetMetadata']);

/** Returns the arguments of `peer` that ask a chaincode. */
export function questionTo(name: string, channel: string): readonly string[] {
  return ['chaincode', 'query', '-C', channel, '-n', name, '-c', QUESTION];
}

/** Errors of a peer that cannot start a chaincode. Any other error may pass, or comes from the chaincode itself. */
export const START_FAILED =
  /error starting container|could not (launch|start)|failed to (launch|start)|container exited|timeout expired while|error building|build failed|registration failed/i;
