/** PURE: writes a compose file, with comments on what users may not expect. */
import { Document, isMap, isScalar, visit } from 'yaml';

const HEAD = [
  ' Written by fabric-wizard. You can also use it by hand, in this folder:',
  '   docker-compose up -d        (or: docker compose up -d)',
  '   docker-compose exec cli bash',
  '   docker-compose down         (add -v to remove the ledgers)',
  ' The project name is in .env next to this file.',
].join('\n');

interface Note {
  /** Keys from the top of the file to the mapping with the key. */
  readonly path: readonly string[];
  /** Which key: the comment is above the first that matches. */
  readonly key: RegExp;
  readonly text: string;
}

const NOTES: readonly Note[] = [
  {
    path: ['services'],
    key: /^gateway$/,
    text: "Peers reach the engine through this container. It has the engine's socket, and allows only what chaincode needs.",
  },
  {
    path: [],
    key: /^networks$/,
    text: 'The explicit name is required: CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE refers to it for chaincode containers.',
  },
  {
    path: [],
    key: /^volumes$/,
    text: 'Ledgers. The volume names change with the crypto material, so that ledgers and certificates always match.',
  },
  {
    path: ['volumes'],
    key: /^gateway-/,
    text: 'The sockets of the peers to the gateway. These volumes contain no data.',
  },
  {
    path: ['volumes'],
    key: /-files$/,
    text: "Copies of the files in this folder: the engine does not have this host's files. fabric-wizard makes and fills them.",
  },
];

/** @param content of the file, without variables: compose sees every `$` as it is here */
export function composeFileText(content: object): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  // Compose replaces variables in every value, and `$$` by `$`.
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key' && typeof node.value === 'string') node.value = node.value.replaceAll('$', '$$$$');
    },
  });
  document.commentBefore = HEAD;
  for (const { path, key, text } of NOTES) {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    const keys = isMap(parent) ? parent.items.map((pair) => pair.key).filter(isScalar) : [];
    const first = keys.find(({ value }) => key.test(String(value)));
    if (first) first.commentBefore = ` ${text}`;
  }
  return document.toString({ lineWidth: 0 });
}
