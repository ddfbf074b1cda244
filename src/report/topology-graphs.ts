/** The topology of a network as text for programs that draw graphs: Mermaid and Graphviz. */
import type { Topology, TopologyNode, TopologyOrganisation } from '../pipeline/core/topology.ts';

/** Names of things can be anything: in Mermaid, characters with a meaning are written as entities. */
function mermaidText(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._,:()/+-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** In a quoted string of Graphviz only quotes, backslashes and entities have a meaning. */
function dotText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/[\\"]/g, '\\$&')
    .replace(/[\r\n]+/g, ' ');
}

interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly runs: boolean;
  /** Present if it keeps data for another node. */
  readonly database?: true;
}

interface Graph {
  readonly groups: readonly { readonly title: string; readonly nodes: readonly GraphNode[] }[];
  /** Channels: the name, and below it the chaincodes. */
  readonly channels: readonly { readonly id: string; readonly lines: readonly string[] }[];
  /** Ids of a node and a channel, or of a peer and its CouchDB. */
  readonly edges: readonly (readonly [string, string])[];
}

/** A node of the network with what is written into it. */
interface Labelled extends TopologyNode, Pick<GraphNode, 'label' | 'database'> {}

function nodesOf({ orderers, peers, ca }: TopologyOrganisation, consensus: string): readonly Labelled[] {
  return [
    ...orderers.map((node) => ({ ...node, label: `${node.name} (${consensus})` })),
    ...peers.flatMap((peer): readonly Labelled[] => [
      { ...peer, label: peer.name },
      ...(peer.couchdb ? [{ ...peer.couchdb, label: peer.couchdb.name, database: true as const }] : []),
    ]),
    ...(ca ? [{ ...ca, label: ca.name }] : []),
  ];
}

/** Gives everything an id that both languages accept. */
function graphOf({ project, organisations, shared, channels, consensus }: Topology): Graph {
  const groups = [
    ...organisations.map((org) => ({
      title: `${org.name} (${org.mspId})`,
      nodes: nodesOf(org, consensus),
    })),
    ...(shared.length > 0
      ? [{ title: project, nodes: shared.map((node) => ({ ...node, label: node.name })) }]
      : []),
  ];
  const ids = new Map(groups.flatMap(({ nodes }) => nodes).map(({ name }, index) => [name, `n${index}`]));
  const idOf = ({ name }: Pick<TopologyNode, 'name'>) => ids.get(name) ?? '';
  const orderers = organisations.flatMap((org) => org.orderers);
  const peers = organisations.flatMap((org) => org.peers);
  return {
    groups: groups.map(({ title, nodes }) => ({
      title,
      nodes: nodes.map((node) => ({ ...node, id: idOf(node) })),
    })),
    channels: channels.map(({ name, chaincodes }, index) => ({
      id: `c${index}`,
      lines: [name, ...chaincodes],
    })),
    edges: [
      ...peers.flatMap((peer) => (peer.couchdb ? [[idOf(peer), idOf(peer.couchdb)] as const] : [])),
      ...channels.flatMap((channel, index) =>
        [...channel.peers.map((name) => ({ name })), ...orderers].map(
          (node) => [idOf(node), `c${index}`] as const,
        ),
      ),
    ],
  };
}

/** Returns the text of a Mermaid flowchart. Nodes that do not run have a dashed border. */
export function renderMermaid(topology: Topology): string {
  const { groups, channels, edges } = graphOf(topology);
  const down = groups.flatMap(({ nodes }) => nodes.filter(({ runs }) => !runs).map(({ id }) => id));
  const nodeLine = ({ id, label, database }: GraphNode) => {
    const text = `"${mermaidText(label)}"`;
    return `    ${id}${database ? `[(${text})]` : `[${text}]`}`;
  };
  const lines = [
    'flowchart TB',
    ...groups.flatMap(({ title, nodes }, index) => [
      `  subgraph o${index}["${mermaidText(title)}"]`,
      ...nodes.map(nodeLine),
      '  end',
    ]),
    ...channels.map(({ id, lines: texts }) => `  ${id}(["${texts.map(mermaidText).join('<br/>')}"])`),
    ...edges.map(([node, channel]) => `  ${node} --- ${channel}`),
    ...(down.length > 0 ? ['  classDef down stroke-dasharray:4', `  class ${down.join(',')} down`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Returns the text of a graph for Graphviz. Nodes that do not run have a dashed border. */
export function renderDot(topology: Topology): string {
  const { groups, channels, edges } = graphOf(topology);
  const quoted = (text: string) => `"${dotText(text)}"`;
  const nodeLine = ({ id, label, runs, database }: GraphNode) => {
    const more = [...(database ? ['shape=cylinder'] : []), ...(runs ? [] : ['style=dashed'])];
    return `    ${id} [${[`label=${quoted(label)}`, ...more].join(', ')}];`;
  };
  const lines = [
    `graph ${quoted(topology.project)} {`,
    '  node [shape=box];',
    ...groups.flatMap(({ title, nodes }, index) => [
      `  subgraph cluster_${index} {`,
      `    label=${quoted(title)};`,
      ...nodes.map(nodeLine),
      '  }',
    ]),
    ...channels.map(
      ({ id, lines: texts }) => `  ${id} [shape=ellipse, label="${texts.map(dotText).join('\\n')}"];`,
    ),
    ...edges.map(([node, channel]) => `  ${node} -- ${channel};`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
