/** Steps of a deployment that channels with the definition still need: a run was interrupted, or organisations were added. */
import { anchorPeer, firstPeer } from '../network/network-spec.ts';
import { outputLines } from '../network/peer-cli.ts';
import { approve, type Deployment, initialise, membersOf } from './lifecycle-calls.ts';
import { questionTo } from './questions.ts';

/** Answer of a peer, from 2.0 on, before `Init` was called. */
const NOT_INITIALISED = /has not been initialized for this version/i;

/** Calls `Init` if a run that has defined the chaincode was interrupted before. */
export async function initialiseLate(deployment: Deployment): Promise<void> {
  const { cli, channel, definition } = deployment;
  const spec = membersOf(deployment);
  const answer = await cli.ask(firstPeer(spec), questionTo(definition.name, channel));
  if (outputLines(answer).some((line) => NOT_INITIALISED.test(line)))
    await initialise(deployment, firstPeer(spec), spec.orgs.map(anchorPeer));
}

interface ApprovalsJson {
  readonly approvals?: Readonly<Record<string, boolean>>;
}

/** Approves the definition of a channel for organisations that were added to the network since. */
export async function approveLate(deployment: Deployment): Promise<void> {
  const { cli, channel, definition } = deployment;
  const spec = membersOf(deployment);
  if (!spec.orgs.some(({ added }) => added)) return;
  const what = ['--channelID', channel, '--name', definition.name, '--output', 'json'];
  const { stdout } = await cli.run(firstPeer(spec), ['lifecycle', 'chaincode', 'querycommitted', ...what]);
  const { approvals = {} } = JSON.parse(stdout) as ApprovalsJson;
  const others = spec.orgs.filter(({ mspId }) => approvals[mspId] !== true);
  if (others.length > 0) await approve(deployment, others);
}
