/** PURE: what the dashboards show of a network: queries of metrics that Fabric has had since 1.4. */

export interface MetricsPanel {
  readonly title: string;
  readonly query: string;
  /** As Grafana names it. */
  readonly unit: 'short' | 's' | 'ops';
  /** Labels that tell the series apart. */
  readonly labels: readonly string[];
}

function rate(metric: string, labels: readonly string[]): string {
  return `sum by (${labels.join(', ')}) (rate(${metric}[1m]))`;
}

/** Returns the average duration in the last minute; if nothing happened then, since the node started. */
function average(histogram: string, labels: readonly string[]): string {
  const by = labels.join(', ');
  const sinceStart = `sum by (${by}) (${histogram}_sum) / sum by (${by}) (${histogram}_count)`;
  const lately = `${rate(`${histogram}_sum`, labels)} / (${rate(`${histogram}_count`, labels)} > 0)`;
  return `(${lately}) or (${sinceStart})`;
}

const NODE = ['instance'];
const CHANNEL = ['instance', 'channel'];

export const METRICS_PANELS: readonly MetricsPanel[] = [
  {
    title: 'Ledger height',
    query: 'sum by (instance, channel) (ledger_blockchain_height)',
    unit: 'short',
    labels: CHANNEL,
  },
  {
    title: 'Transactions per second',
    query: rate('ledger_transaction_count', CHANNEL),
    unit: 'ops',
    labels: CHANNEL,
  },
  {
    title: 'Endorsement duration',
    query: average('endorser_proposal_duration', NODE),
    unit: 's',
    labels: NODE,
  },
  {
    title: 'Block processing',
    query: average('ledger_block_processing_time', CHANNEL),
    unit: 's',
    labels: CHANNEL,
  },
  {
    title: 'State database commit',
    query: average('ledger_statedb_commit_time', CHANNEL),
    unit: 's',
    labels: CHANNEL,
  },
  {
    title: 'Chaincode requests per second',
    query: rate('chaincode_shim_requests_completed', [...NODE, 'chaincode']),
    unit: 'ops',
    labels: [...NODE, 'chaincode'],
  },
  {
    title: 'Gossip: known peers',
    query: 'sum by (instance, channel) (gossip_membership_total_peers_known)',
    unit: 'short',
    labels: CHANNEL,
  },
  {
    title: 'Gossip: messages sent per second',
    query: rate('gossip_comm_messages_sent', NODE),
    unit: 'ops',
    labels: NODE,
  },
  {
    title: 'Orderer: broadcasts per second',
    query: rate('broadcast_processed_count', [...CHANNEL, 'status']),
    unit: 'ops',
    labels: [...CHANNEL, 'status'],
  },
  {
    title: 'Orderer: broadcast validation',
    query: average('broadcast_validate_duration', CHANNEL),
    unit: 's',
    labels: CHANNEL,
  },
  {
    title: 'Orderer: blocks delivered per second',
    query: rate('deliver_blocks_sent', CHANNEL),
    unit: 'ops',
    labels: CHANNEL,
  },
  { title: 'Nodes that answer', query: 'sum by (instance) (up)', unit: 'short', labels: NODE },
];
