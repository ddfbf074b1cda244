/** The source of a smoke test's chaincode, as each line's peers want it: with the shim's packages where ccenv has none. */

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { vendoredFiles } from '../fabric/vendored-packages.ts';
import { buildDir } from '../host/state-folder.ts';
import { heldShim } from '../images/build-outputs.ts';

/** Where a chaincode stands in GOPATH, and its module's name; the same in every smoke test, so that what is compiled of it is found again. */
export const SMOKE_PACKAGE = 'fabric-wizard/smoke';

export interface ChaincodeSource {
  /** Under `src/` of a chaincode package. */
  readonly files: readonly TarEntry[];
  /** What the peer is told to build. */
  readonly path: string;
  /** Where that is, in the package. */
  readonly folder: string;
}

/** Folder of the chaincode that ships with us. */
export function shippedChaincode({ dataDir }: Pick<RunContext, 'dataDir'>): string {
  return join(dataDir, 'chaincode', 'smoke');
}

/**
 * Everything in a chaincode's folder but version control, as paths from there.
 * @throws WizardFailure `check` where the folder holds no Go source
 */
export async function chaincodeFiles(dir: string): Promise<readonly string[]> {
  const refuse = (expected: Text, got: Text) =>
    new WizardFailure({ kind: 'check', what: `chaincode ${dir}`, expected, got });
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw refuse({ key: 'state.source-folder' }, error.message);
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).includes('.git'));
  if (!files.some((file) => file.endsWith('.go')))
    throw refuse({ key: 'state.go-source' }, { key: 'state.no-go-file' });
  return files.map((file) => file.split(sep).join('/'));
}

/** Our own chaincode is written for the shim of 1.x; later ones differ by these words only. */
function withShim(text: string, { shim }: Pick<ReleaseFacts, 'shim'>): string {
  return text
    .replace(/"[^"\n]+\/shim"/, `"${shim.shim}"`)
    .replace(/pb "[^"\n]+"/, `pb "${shim.protos}"`)
    .replaceAll('pb.Response', shim.response);
}

/** The shim and all that it imports, out of the checkout's own `vendor`. */
async function vendored(bench: RunContext): Promise<TarEntry[]> {
  const { source, outputs, stateDir, settings } = bench;
  const module = settings.release.modulePath;
  const listed =
    outputs?.goshim ??
    (await heldShim(buildDir(stateDir), source.tree, module)) ??
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

/**
 * A module of the user's own is taken as it is. Other source is made a module that asks for what Fabric's own asks
 * for, or, where the line knows no modules, a package with a `vendor` folder: then nothing is fetched.
 * @param dir the user's folder, or ours
 * @param shipped whether it is ours
 * @throws WizardFailure `check`
 */
export async function chaincodeSource(
  bench: RunContext,
  dir: string,
  shipped: boolean,
): Promise<ChaincodeSource> {
  const { source, settings } = bench;
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
  const brought = names.some((name) => name.startsWith('vendor/')) ? [] : await vendored(bench);
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
