/** The licences of the packages in the bundle, which must be distributed with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** `node_modules/a/node_modules/@b/c/lib/d.js` -> `node_modules/a/node_modules/@b/c` */
function packageOf(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function readPackage(root, folder) {
  const { name, version, license, author, repository } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(join(root, folder))
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  if (!license && texts.length === 0)
    throw new Error(`${name} ${version} has no licence: it can't be bundled`);
  const holder = typeof author === 'string' ? author : author?.name;
  const home = typeof repository === 'string' ? repository : repository?.url;
  return {
    title: `${name} ${version}: ${license ?? 'see below'}`,
    // Some packages name their licence but contain no text of it.
    body: texts.join('\n\n') || [`No text is shipped with it.`, holder, home].filter(Boolean).join('\n'),
  };
}

/**
 * Returns the text of the file with all licences.
 * @param root the root folder of the package
 * @param inputs the paths in the metafile of esbuild
 */
export function thirdPartyText(root, inputs) {
  const folders = [...new Set(inputs.map(packageOf).filter((folder) => folder !== undefined))];
  const packages = folders
    .map((folder) => readPackage(root, folder))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const rule = '-'.repeat(80);
  return [
    `fabric-wizard's bundle contains code of these ${packages.length} packages, each under its own licence:`,
    packages.map(({ title }) => `  ${title}`).join('\n'),
    ...packages.map(({ title, body }) => `${rule}\n${title}\n\n${body}`),
    '',
  ].join('\n\n');
}
