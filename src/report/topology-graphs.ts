/** The topology of a network as text for programs that draw graphs: Mermaid and Graphviz. */
import type { Topology, TopologyOrganisation } from '../pipeline/core/topology.ts';

/** Names of things can be anything: in Mermaid, characters with a meaning are written as entities. */
function mermaidText(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._,:()/+-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** In a quoted string of Graphviz only quotes and backslashes have a meaning. */
function dotText(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly runs: boolean;
}

interface Graph {
  readonly groups: readonly { readonly title: string; readonly nodes: readonly GraphNode[] }[];
  /** Channels: the name, and below it the chaincodes. */
  readonly channels: readonly { readonly id: string; readonly lines: readonly string[] }[];
  /** Ids of a node and a channel. */
  readonly edges: readonly (readonly [string, string])[];
}

function namesIn({ orderers, peers }: TopologyOrganisation): readonly string[] {
  return [...orderers, ...peers].map(({ name }) => name);
}

/** Gives everything an id that both languages accept. */
function graphOf({ organisations, channels, consensus }: Topology): Graph {
  const ids = new Map(organisations.flatMap(namesIn).map((name, index) => [name, `n${index}`]));
  const idOf = (name: string) => ids.get(name) ?? '';
  const orderers = organisations.flatMap((org) => org.orderers.map(({ name }) => name));
  return {
    groups: organisations.map(({ name, mspId, orderers: own, peers }) => ({
      title: `${name} (${mspId})`,
      nodes: [
        ...own.map((node) => ({
          id: idOf(node.name),
          label: `${node.name} (${consensus})`,
          runs: node.runs,
        })),
        ...peers.map((node) => ({
          id: idOf(node.name),
          label: node.couchdb === undefined ? node.name : `${node.name} + ${node.couchdb}`,
          runs: node.runs,
        })),
      ],
    })),
    channels: channels.map(({ name, chaincodes }, index) => ({
      id: `c${index}`,
      lines: [name, ...chaincodes],
    })),
    edges: channels.flatMap(({ peers }, index) =>
      [...peers, ...orderers].map((name) => [idOf(name), `c${index}`] as const),
    ),
  };
}

/** Returns the text of a Mermaid flowchart. Nodes that do not run have a dashed border. */
export function renderMermaid(topology: Topology): string {
  const { groups, channels, edges } = graphOf(topology);
  const down = groups.flatMap(({ nodes }) => nodes.filter(({ runs }) => !runs).map(({ id }) => id));
  const lines = [
    'flowchart TB',
    ...groups.flatMap(({ title, nodes }, index) => [
      `  subgraph o${index}["${mermaidText(title)}"]`,
      ...nodes.map(({ id, label }) => `    ${id}["${mermaidText(label)}"]`),
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
  const lines = [
    `graph ${quoted(topology.project)} {`,
    '  node [shape=box];',
    ...groups.flatMap(({ title, nodes }, index) => [
      `  subgraph cluster_${index} {`,
      `    label=${quoted(title)};`,
      ...nodes.map(
        ({ id, label, runs }) => `    ${id} [label=${quoted(label)}${runs ? '' : ', style=dashed'}];`,
      ),
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
