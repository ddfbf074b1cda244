/** Joins every peer to the channels that it has not joined yet. */
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { channelsOfPeer, peersOn } from '../network/channel-members.ts';
import { allPeers, type NetworkSpec } from '../network/network-spec.ts';
import { joinedChannels } from '../network/peer-cli.ts';
import { blockOf, channelStage } from './channel.ts';
import { cryptoStage } from './crypto.ts';
import { membersStage } from './members.ts';
import { makesNetwork } from './plan-scope.ts';
import { stageCli } from './stage-cli.ts';

/** Returns the channels, with the number of their peers if it is not that of all. */
function channelTexts(spec: NetworkSpec): string {
  const all = allPeers(spec).length;
  const texts = spec.channels.map((channel) => {
    const count = peersOn(spec, [channel]).length;
    return count === all ? channel : `${channel} (${count})`;
  });
  return texts.join(', ');
}

export const joinStage = defineStage({
  id: 'join',
  topic: { group: 'network-stages', aliases: ['channel join'], see: ['anchors', 'peer', 'ledger'] },
  needs: [channelStage, membersStage, cryptoStage],
  waitsFor: () => [channelStage, membersStage],
  isIncluded: makesNetwork,
  decide: ({ observed: { channels }, runs }) =>
    decideBy([[runs(channelStage), { key: 'cause.channel-state' }]], {
      key: 'cause.on-channel',
      channels: channels.join(', '),
    }),
  cost: () => ({ seconds: 1, cores: 0, memoryMb: 0 }),
  involvesNodes: true,
  execute: async (context, inputs) => {
    const { spec, report } = context;
    const { newLedgers } = inputs.of(cryptoStage);
    const cli = await stageCli(context);
    const peers = allPeers(spec);
    let done = 0;
    let joined = 0;
    await Promise.all(
      peers.map(async (peer) => {
        const known = newLedgers ? [] : await joinedChannels(cli, peer);
        for (const channel of channelsOfPeer(spec, peer)) {
          if (known.includes(channel)) continue;
          await cli.run(peer, ['channel', 'join', '-b', blockOf(channel)]);
          joined += 1;
        }
        done += 1;
        report.progress(done, peers.length, 'nodes', peer.name);
      }),
    );
    return {
      outcome: joined > 0 ? 'built' : 'cached',
      detail: { key: 'detail.joined', count: peers.length, channels: channelTexts(spec) },
    };
  },
});
