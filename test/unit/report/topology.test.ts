/** The picture of a network: for terminals of every size, and for Mermaid and Graphviz. */
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/pipeline/core/topology.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { renderDot, renderMermaid } from '../../../src/report/topology-graphs.ts';
import { renderTopology } from '../../../src/report/topology-text.ts';

function org(index: number, peers: number, runs = true) {
  const domain = `org${index}.example.com`;
  return {
    ...{ name: `Org${index}`, mspId: `Org${index}MSP`, orderers: [] },
    peers: Array.from({ length: peers }, (_, each) => ({ name: `peer${each}.${domain}`, runs })),
  };
}

function network(orgs: number, peers: number): Topology {
  const organisations = Array.from({ length: orgs }, (_, index) => org(index + 1, peers));
  return {
    ...{ project: 'fw-demo', consensus: 'etcdraft' },
    organisations: [
      ...organisations,
      {
        ...{ name: 'OrdererOrg', mspId: 'OrdererMSP', peers: [] },
        orderers: [{ name: 'orderer.example.com', runs: false }],
      },
    ],
    shared: [],
    channels: [
      {
        name: 'mychannel',
        peers: organisations.flatMap((each) => each.peers.map(({ name }) => name)),
        chaincodes: ['basic 1-4f9a81c0d3e7'],
      },
    ],
  };
}

/** A network with a node of every kind. */
function everyKind(): Topology {
  const { organisations, ...network1 } = network(1, 1);
  return {
    ...network1,
    organisations: organisations.map((each) => ({
      ...each,
      peers: each.peers.map((peer) => ({ ...peer, couchdb: { name: 'couchdb0', runs: false } })),
      ...(each.peers.length > 0 ? { ca: { name: 'ca.org1.example.com', runs: true } } : {}),
    })),
    shared: [
      { name: 'gateway', runs: true },
      { name: 'prometheus', runs: false },
    ],
  };
}

/** What a drawing says, without frames and line breaks. */
function words(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replace(/[┌┐└┘─│]/g, ' ')
    .replace(/\s+/g, ' ');
}

const PLAIN = createStyle({ colour: false, unicode: true, language: 'en' });
const ASCII = createStyle({ colour: false, unicode: false, language: 'en' });
const CHINESE = createStyle({ colour: true, unicode: true, language: 'zh' });

describe('the drawing', () => {
  it('has a box for each organisation and channel', () => {
    expect(renderTopology(network(2, 2), PLAIN, { columns: 80, rows: 20 })).toEqual([
      '┌─ Org1 (Org1MSP) ─┐  ┌─ Org2 (Org2MSP) ─┐  ┌─ OrdererOrg (OrdererMSP) ─┐',
      '│ ✓ peer0          │  │ ✓ peer0          │  │ ✗ orderer                 │',
      '│ ✓ peer1          │  │ ✓ peer1          │  │                           │',
      '└──────────────────┘  └──────────────────┘  └───────────────────────────┘',
      '┌─ channel mychannel ────────────┐',
      '│ Org1: peer0 peer1              │',
      '│ Org2: peer0 peer1              │',
      '│ chaincode basic 1-4f9a81c0d3e7 │',
      '└────────────────────────────────┘',
    ]);
  });

  it('needs nothing but ASCII where the terminal has no more', () => {
    const lines = renderTopology(network(2, 2), ASCII, { columns: 80, rows: 20 });
    expect(lines[0]).toBe('+- Org1 (Org1MSP) -+  +- Org2 (Org2MSP) -+  +- OrdererOrg (OrdererMSP) -+');
    expect(lines.join('')).toMatch(/^[ -~]*$/);
  });

  it.each([
    [40, 15],
    [80, 24],
    [120, 40],
    [200, 60],
  ])('is no wider than %d columns of %d rows, however large the network is', (columns, rows) => {
    for (const topology of [network(1, 1), network(2, 2), network(3, 4), network(8, 8), everyKind()])
      for (const style of [PLAIN, ASCII, CHINESE]) {
        const lines = renderTopology(topology, style, { columns, rows: rows - 4 });
        expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(columns);
      }
    const lines = renderTopology(network(2, 2), PLAIN, { columns, rows: rows - 4 });
    expect(lines.length).toBeLessThanOrEqual(rows - 4);
  });

  it('leaves nothing out where there is no room for boxes', () => {
    const lines = renderTopology(network(2, 2), PLAIN, { columns: 40, rows: 11 });
    expect(lines).toEqual([
      'Org1  ✓ peer0  ✓ peer1',
      'Org2  ✓ peer0  ✓ peer1',
      'OrdererOrg  ✗ orderer',
      'mychannel  Org1: peer0 peer1',
      '  Org2: peer0 peer1',
      '  chaincode basic 1-4f9a81c0d3e7',
    ]);
    const all = words(renderTopology(network(32, 2), PLAIN, { columns: 40, rows: 6 }));
    for (const name of ['Org1 ', 'Org32 ', 'OrdererOrg ', 'Org32: peer0 peer1', 'basic 1-4f9a81c0d3e7'])
      expect(all).toContain(name);
  });

  it('breaks what is wider than a box', () => {
    const [channel] = network(1, 1).channels;
    if (!channel) throw new Error('no channel');
    const topology = {
      ...network(1, 1),
      organisations: [{ ...org(1, 1), name: 'An organisation with a name', mspId: 'OfFourtyColumnsMSP' }],
      channels: [{ ...channel, chaincodes: [`${'long-'.repeat(9)}name 1-4f9a81c0d3e7`] }],
    };
    const lines = renderTopology(topology, PLAIN, { columns: 40, rows: 60 });
    expect(Math.max(...lines.map(textWidth))).toBe(40);
    expect(words(lines)).toContain('An organisation with a name (OfFourtyColumnsMSP)');
    expect(words(lines).replaceAll(' ', '')).toContain(`${'long-'.repeat(9)}name1-4f9a81c0d3e7`);
  });

  it.each([
    [80, 24],
    [40, 12],
    [40, 6],
  ])('has nodes of every kind at %d x %d', (columns, rows) => {
    const text = words(renderTopology(everyKind(), PLAIN, { columns, rows }));
    for (const node of ['✓ peer0 ✗ couchdb0', '✓ ca', '✓ gateway', '✗ prometheus', '✗ orderer'])
      expect(text).toContain(node);
  });
});

/** Names that mean something in the languages of graphs. */
const HOSTILE: Topology = {
  ...{ project: 'a"b', consensus: 'solo' },
  organisations: [
    {
      ...{ name: 'A"]\n; end', mspId: 'M\\"<b>&#', orderers: [] },
      peers: [{ name: 'peer0."x"', runs: false, couchdb: { name: 'couchdb0', runs: true } }],
    },
  ],
  shared: [],
  channels: [{ name: 'c"h', peers: ['peer0."x"'], chaincodes: ['basic "1"'] }],
};

describe('graphs', () => {
  it('for Mermaid', () => {
    expect(renderMermaid(network(1, 1))).toBe(`flowchart TB
  subgraph o0["Org1 (Org1MSP)"]
    n0["peer0.org1.example.com"]
  end
  subgraph o1["OrdererOrg (OrdererMSP)"]
    n1["orderer.example.com (etcdraft)"]
  end
  c0(["mychannel<br/>basic 1-4f9a81c0d3e7"])
  n0 --- c0
  n1 --- c0
  classDef down stroke-dasharray:4
  class n1 down
`);
  });

  it('for Graphviz', () => {
    expect(renderDot(network(1, 1))).toBe(`graph "fw-demo" {
  node [shape=box];
  subgraph cluster_0 {
    label="Org1 (Org1MSP)";
    n0 [label="peer0.org1.example.com"];
  }
  subgraph cluster_1 {
    label="OrdererOrg (OrdererMSP)";
    n1 [label="orderer.example.com (etcdraft)", style=dashed];
  }
  c0 [shape=ellipse, label="mychannel\\nbasic 1-4f9a81c0d3e7"];
  n0 -- c0;
  n1 -- c0;
}
`);
  });

  it('have nodes of every kind', () => {
    const mermaid = renderMermaid(everyKind());
    for (const line of [
      '    n1[("couchdb0")]',
      '    n2["ca.org1.example.com"]',
      '  subgraph o2["fw-demo"]',
      '    n4["gateway"]',
      '    n5["prometheus"]',
      '  n0 --- n1',
      '  class n1,n3,n5 down',
    ])
      expect(mermaid.split('\n')).toContain(line);
    const dot = renderDot(everyKind());
    for (const line of [
      '    n1 [label="couchdb0", shape=cylinder, style=dashed];',
      '    n2 [label="ca.org1.example.com"];',
      '    n4 [label="gateway"];',
      '  n0 -- n1;',
    ])
      expect(dot.split('\n')).toContain(line);
  });

  it('escape every name', () => {
    const mermaid = renderMermaid(HOSTILE);
    expect(mermaid).toContain('subgraph o0["A#34;#93;#10;#59; end (M#92;#34;#60;b#62;#38;#35;)"]');
    expect(mermaid.split('\n').every((line) => (line.match(/"/g) ?? []).length % 2 === 0)).toBe(true);
    const dot = renderDot(HOSTILE);
    expect(dot).toContain('graph "a\\"b" {');
    expect(dot).toContain('label="A\\"] ; end (M\\\\\\"<b>&amp;#)"');
    expect(dot).toContain('label="c\\"h\\nbasic \\"1\\""');
  });
});
