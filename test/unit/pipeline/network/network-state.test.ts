import { describe, expect, it } from 'vitest';
import { reduceNetwork } from '../../../../src/pipeline/network/network-state.ts';
import {
  answers,
  folded,
  healthyNetwork,
  PEERS,
  STARTED,
  seen,
  seenNode,
  usage,
} from '../../../support/networks.ts';

const [PEER = ''] = PEERS;

function peer(state: ReturnType<typeof folded>) {
  const found = state.nodes.find(({ node }) => node === PEER);
  if (!found) throw new Error('the peer is gone');
  return found;
}

describe('a network', () => {
  it('is unknown before the first snapshot', () => {
    expect(folded([])).toMatchObject({ known: false, nodes: [] });
    expect(folded([seen()]).known).toBe(true);
  });

  it('sorts nodes: orderers, peers, the rest', () => {
    expect(folded([seen()]).nodes.map(({ node }) => node)).toEqual([
      'orderer.example.com',
      ...[...PEERS].sort(),
      'cli',
    ]);
  });

  it('sorts CouchDB nodes behind the peers', () => {
    const couchdb = { ...seenNode('couchdb0'), role: 'couchdb' } as const;
    const event = seen();
    if (event.type !== 'snapshot') throw new Error('not a snapshot');
    const { nodes } = folded([{ ...event, nodes: [couchdb, ...event.nodes] }]);
    expect(nodes.map(({ node }) => node).slice(-2)).toEqual(['couchdb0', 'cli']);
  });

  it('keeps what is known of a node until it restarts', () => {
    const before = healthyNetwork();
    expect(peer(reduceNetwork(before, seen()))).toMatchObject({ answers: true, height: 5, memory: 20.8e6 });
  });

  it('keeps a paused node as it was, for the time when it continues', () => {
    const paused = reduceNetwork(healthyNetwork(), seen({ [PEER]: { state: 'paused' } }));
    expect(peer(paused)).toMatchObject({ state: 'paused', answers: true, height: 5 });
    expect(peer(reduceNetwork(paused, seen()))).toMatchObject({ state: 'running', answers: true });
  });

  it('resets a node that exits, except its height', () => {
    const died = { [PEER]: { state: 'exited', exitCode: 137 } };
    const state = reduceNetwork(healthyNetwork(), seen(died));
    expect(peer(state)).toMatchObject({ state: 'exited', exitCode: 137, answers: false, height: 5 });
    expect(peer(state).memory).toBeUndefined();
    const again = reduceNetwork(state, seen({ [PEER]: { startedAt: STARTED + 1000 } }));
    expect(peer(again)).toMatchObject({ state: 'running', answers: false });
  });

  it('ignores answers of stopped nodes and of other containers', () => {
    const died = folded([seen({ [PEER]: { state: 'exited' } }), answers(PEER)]);
    expect(peer(died).answers).toBe(false);
    const recreated = folded([seen({ [PEER]: { container: 'another' } }), answers(PEER)]);
    expect(peer(recreated).answers).toBe(false);
  });

  it('never decreases a height', () => {
    const heights = [7, 6].map((height) => ({ type: 'height', at: 0, node: PEER, height }) as const);
    expect(peer(folded([seen(), ...heights])).height).toBe(7);
  });

  it('computes busy cores from two measurements', () => {
    const once = folded([seen(), usage(5e9, 100e9)]);
    expect(peer(once).cpu).toBeUndefined();
    // 1 s of 20 s of CPU time on two cores.
    expect(peer(reduceNetwork(once, usage(6e9, 120e9))).cpu).toBeCloseTo(0.1);
    expect(peer(reduceNetwork(once, usage(5e9, 100e9))).cpu).toBeUndefined();
  });

  it('keeps the last state while the engine does not answer', () => {
    const lost = reduceNetwork(healthyNetwork(), { type: 'engine-lost', at: STARTED });
    expect(lost).toMatchObject({ lost: true, known: true });
    expect(lost.nodes).toHaveLength(6);
    expect(reduceNetwork(lost, seen()).lost).toBe(false);
  });
});
