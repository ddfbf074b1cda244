/** The text of the man page, made from the tree of commands that the program itself uses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromSource } from './from-source.mjs';

const SOURCE = `export { commandTree } from './src/commands/command-tree.ts';
export { manPage } from './src/commands/man-page.ts';`;

export async function manPageText(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { commandTree, manPage } = await fromSource(root, SOURCE);
  return manPage(commandTree({ version, packageDir: root, setExit: () => undefined }), version);
}
