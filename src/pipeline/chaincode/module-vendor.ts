/** Gives a Go module without `vendor` the packages that it imports, from Fabric's `vendor`, where no module proxy answers. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TarEntry } from '../engine/tar-context.ts';
import { type ChaincodeFolder, hasHost, importsFrom, ownFolder } from '../fabric/chaincode-folder.ts';
import { modulesTxt, readGoMod, readModulesTxt, withRequirements } from '../fabric/go-mod.ts';
import { packageFiles } from '../fabric/package-files.ts';
import type { SourceTree } from '../fabric/source-tree.ts';

/** The proxy that peers use: they do not know this host's `GOPROXY`. */
export const MODULE_PROXY = 'https://proxy.golang.org';
/** Longest wait for it. */
export const PROXY_MS = 1500;

/** Whether the module proxy answers, with whatever status. */
export async function proxyAnswers(signal: AbortSignal, url = MODULE_PROXY): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROXY_MS)]);
  return fetch(url, { method: 'HEAD', signal: limit }).then(
    () => true,
    () => false,
  );
}

/**
 * Returns a go.mod and the files of a `vendor` folder for a module.
 * @returns undefined if Fabric's `vendor` lacks an import, or the module replaces modules
 */
export async function vendorFor(
  folder: ChaincodeFolder,
  { dir, files }: Pick<SourceTree, 'dir' | 'files'>,
): Promise<TarEntry[] | undefined> {
  const text = await readFile(join(folder.dir, 'go.mod'), 'utf8');
  const { requirements, hasReplacements } = readGoMod(text);
  if (hasReplacements) return undefined;
  const imports = importsFrom(folder, folder.module, () => true)
    .map(({ text }) => text)
    .filter((path) => hasHost(path) && ownFolder(path, folder.module) === undefined);
  const wanted = [...new Set(imports)];
  const brought = await packageFiles({ dir, files }, wanted);
  const folders = new Set(brought.map((path) => dirname(path).replace(/^vendor\//, '')));
  if (wanted.some((path) => !folders.has(path))) return undefined;
  const listed = readModulesTxt(await readFile(join(dir, 'vendor', 'modules.txt'), 'utf8').catch(() => ''));
  const modules = listed
    .map((each) => ({ ...each, packages: each.packages.filter((path) => folders.has(path)) }))
    .filter(({ packages }) => packages.length > 0);
  const known = new Set(requirements.map(({ path }) => path));
  // From Go 1.17 on, go.mod has to require every module of which a package is used.
  const more = modules.filter(({ path }) => !known.has(path));
  return [
    { name: 'go.mod', content: withRequirements(text, more) },
    { name: 'vendor/modules.txt', content: modulesTxt([...requirements, ...more], modules) },
    ...brought.map((path) => ({ name: path, content: { file: join(dir, path) } })),
  ];
}
