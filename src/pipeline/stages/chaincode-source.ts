/** Prepares the source of the smoke test's chaincode for each release: with the shim's packages if ccenv has none. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { vendoredFiles } from '../fabric/vendored-packages.ts';
import { buildDir } from '../host/state-folder.ts';
import { type BuildOutputs, cachedShim } from '../images/build-outputs.ts';

/** Import path and module name of a chaincode. The same in every smoke test, so that the build cache is used again. */
export const SMOKE_PACKAGE = 'fabric-wizard/smoke';

export interface ChaincodeSource {
  /** Files of a chaincode package, all under `src/`. */
  readonly files: readonly TarEntry[];
  /** Import path that the peer builds. */
  readonly path: string;
  /** Folder of that import path in the package. */
  readonly folder: string;
}

/** Folder of the bundled chaincode. */
export function shippedChaincode({ dataDir }: Pick<StageContext, 'dataDir'>): string {
  return join(dataDir, 'chaincode', 'smoke');
}

/**
 * Lists the files of a chaincode's folder, without version control, relative to it.
 * @throws WizardFailure `check` if the folder holds no Go source
 */
export async function chaincodeFiles(dir: string): Promise<readonly string[]> {
  const failure = (expected: Text, got: Text) =>
    new WizardFailure({ kind: 'check', what: `chaincode ${dir}`, expected, got });
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw failure({ key: 'state.source-folder' }, error.message);
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).includes('.git'));
  if (!files.some((file) => file.endsWith('.go')))
    throw failure({ key: 'state.go-source' }, { key: 'state.no-go-file' });
  return files.map((file) => file.split(sep).join('/'));
}

/** Adapts the bundled chaincode, written for the shim of 1.x, to a release's shim: only these words differ. */
function withShim(text: string, { shim }: Pick<ReleaseFacts, 'shim'>): string {
  return text
    .replace(/"[^"\n]+\/shim"/, `"${shim.shim}"`)
    .replace(/pb "[^"\n]+"/, `pb "${shim.protos}"`)
    .replaceAll('pb.Response', shim.response);
}

/** Returns the shim and everything that it imports, from the checkout's own `vendor`. */
async function vendored(
  { source, stateDir, settings }: ChaincodeContext,
  outputs: BuildOutputs | undefined,
): Promise<TarEntry[]> {
  const module = settings.release.modulePath;
  const listed =
    outputs?.goshim ??
    (await cachedShim(buildDir(stateDir), source.tree, module)) ??
    (await vendoredFiles(source.tree, settings.release.shim.shim));
  if (listed.length === 0) {
    throw new WizardFailure({
      kind: 'check',
      what: { key: 'thing.shim-files' },
      expected: { key: 'state.listed' },
      got: { key: 'state.no-compile' },
    });
  }
  return listed.map((path) => {
    const file = path.replace(`${module}/`, '');
    return { name: file, content: { file: join(source.dir, file) } };
  });
}

export type ChaincodeContext = Pick<StageContext, 'source' | 'stateDir' | 'settings'>;

/**
 * Prepares a chaincode so that its build fetches nothing. A user's module is used as it is. Other source becomes a
 * module with Fabric's own requirements or, if the release has no modules, a package with a `vendor` folder.
 * @param outputs result of the compile stage, if there is one
 * @param chaincode.shipped whether it is the bundled chaincode
 * @throws WizardFailure `check`
 */
export async function chaincodeSource(
  context: ChaincodeContext,
  outputs: BuildOutputs | undefined,
  { dir, shipped }: { readonly dir: string; readonly shipped: boolean },
): Promise<ChaincodeSource> {
  const { source, settings } = context;
  const { release } = settings;
  const names = await chaincodeFiles(dir);
  const own = await Promise.all(
    names.map(async (name): Promise<TarEntry> => {
      const file = join(dir, name);
      const content = shipped ? withShim(await readFile(file, 'utf8'), release) : { file };
      return { name, content };
    }),
  );
  const under = (folder: string, files: readonly TarEntry[]) =>
    files.map((file) => ({ ...file, name: `src/${folder}${file.name}` }));
  if (names.includes('go.mod')) {
    const path = /^module\s+(\S+)/m.exec(await readFile(join(dir, 'go.mod'), 'utf8'))?.[1] ?? SMOKE_PACKAGE;
    return { files: under('', own), path, folder: 'src' };
  }
  const brought = names.some((name) => name.startsWith('vendor/')) ? [] : await vendored(context, outputs);
  if (release.goMode === 'gopath') {
    const files = under(`${SMOKE_PACKAGE}/`, [...own, ...brought]);
    return { files, path: SMOKE_PACKAGE, folder: `src/${SMOKE_PACKAGE}` };
  }
  const goMod = await readFile(join(source.dir, 'go.mod'), 'utf8');
  const module: TarEntry[] = [
    { name: 'go.mod', content: goMod.replace(/^module\s+\S+/m, `module ${SMOKE_PACKAGE}`) },
    { name: 'vendor/modules.txt', content: { file: join(source.dir, 'vendor', 'modules.txt') } },
  ];
  return { files: under('', [...own, ...module, ...brought]), path: SMOKE_PACKAGE, folder: 'src' };
}
