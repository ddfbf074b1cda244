/** Waits until every node that the network needs is ready. */
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { containerName, neededNodes } from '../network/network-spec.ts';
import { awaitNode } from './await-node.ts';
import { makesNetwork } from './plan-scope.ts';
import { startStage } from './start.ts';

export const readyStage = defineStage({
  id: 'ready',
  topic: {
    group: 'network-stages',
    aliases: ['healthz', 'health'],
    see: ['channel', 'FABRIC_LOGGING_SPEC'],
  },
  needs: [startStage],
  isIncluded: (input) => makesNetwork(input) || input.goal.until === 'rebuild',
  decide: (input) => {
    const { observed, runs } = input;
    if (runs(startStage)) return run({ key: 'cause.started' });
    if (!makesNetwork(input)) return cached({ key: 'cause.none-started' });
    return observed.network.unjoined.length > 0
      ? run({ key: 'cause.some-unjoined' })
      : cached({ key: 'cause.all-answer' });
  },
  involvesNodes: true,
  execute: async (context) => {
    const { report, spec } = context;
    const nodes = neededNodes(spec);
    let done = 0;
    await Promise.all(
      nodes.map(async (member) => {
        report.nodeHealth(member, 'starting');
        report.command(dockerCommand('logs', '--tail', '20', containerName(spec, member.node.name)));
        await awaitNode(context, member);
        done += 1;
        report.progress(done, nodes.length, 'nodes', member.node.name);
      }),
    );
    return { outcome: 'built', detail: { key: 'detail.answering', count: nodes.length } };
  },
});
