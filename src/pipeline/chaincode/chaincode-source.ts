/** Prepares the source of a Go chaincode for each release: with the shim's packages if ccenv has none. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import {
  type ChaincodeWorld,
  chaincodeImports,
  chaincodeProblem,
  retriedWith,
} from '../fabric/chaincode-check.ts';
import { type ChaincodeFolder, readChaincodeFolder } from '../fabric/chaincode-folder.ts';
import { checkoutFolder, packageFiles } from '../fabric/package-files.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { buildDir } from '../host/state-folder.ts';
import { type BuildOutputs, cachedShim } from '../images/build-outputs.ts';
import { proxyAnswers, vendorFor } from './module-vendor.ts';

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

/** What a release's peers build chaincode with. */
export function chaincodeWorld(
  { settings, source }: Pick<StageContext, 'settings' | 'source'>,
  goVersion?: string,
): ChaincodeWorld {
  const minor = /^(?:go)?1\.(\d+)/.exec(goVersion ?? '')?.[1];
  return {
    release: settings.release,
    tree: source.tree,
    arch: settings.goArch,
    minor: minor === undefined ? undefined : Number(minor),
  };
}

/**
 * Reads a chaincode's folder.
 * @throws WizardFailure `chaincode` if peers could not build it
 */
export async function buildableChaincode(
  context: Pick<StageContext, 'settings' | 'source' | 'options'>,
  dir: string,
): Promise<ChaincodeFolder> {
  const folder = await readChaincodeFolder(dir).catch((error: Error) => {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: { key: 'state.source-folder' },
      got: error.message,
    });
  });
  const problem = chaincodeProblem(folder, chaincodeWorld(context));
  if (problem) throw new WizardFailure(retriedWith(problem, context.options.again, dir));
  return folder;
}

/** Adapts the bundled chaincode, written for the shim of 1.x, to a release's shim: only these words differ. */
function withShim(text: string, { shim }: Pick<ReleaseFacts, 'shim'>): string {
  return text
    .replace(/"[^"\n]+\/shim"/, `"${shim.shim}"`)
    .replace(/pb "[^"\n]+"/, `pb "${shim.protos}"`)
    .replaceAll('pb.Response', shim.response);
}

/** Returns files of the checkout as files of the chaincode. */
function fromCheckout({ source }: Pick<ChaincodeContext, 'source'>, paths: readonly string[]): TarEntry[] {
  return paths.map((path) => ({ name: path, content: { file: join(source.dir, path) } }));
}

/**
 * Returns the shim, the other packages of the checkout's `vendor` that a chaincode imports, and everything that these
 * import.
 */
async function vendored(
  context: ChaincodeContext,
  outputs: BuildOutputs | undefined,
  imports: readonly string[],
): Promise<TarEntry[]> {
  const { source, stateDir, settings } = context;
  const module = settings.release.modulePath;
  const listed =
    outputs?.goshim ??
    (await cachedShim(buildDir(stateDir), source.tree, module)) ??
    (await packageFiles(source.tree, [settings.release.shim.shim]));
  if (listed.length === 0) {
    throw new WizardFailure({
      kind: 'check',
      what: { key: 'thing.shim-files' },
      expected: { key: 'state.listed' },
      got: { key: 'state.no-compile' },
    });
  }
  const others = imports.length > 0 ? await packageFiles(source.tree, imports) : [];
  const paths = listed.map((path) => path.replace(`${module}/`, ''));
  return fromCheckout(context, [...new Set([...paths, ...others])]);
}

/**
 * Returns the packages of Fabric that a chaincode imports although ccenv may lack them (`lib/cid`), with all that they
 * import. They lie in GOPATH as Fabric does on a developer's machine, where `peer chaincode install` finds them.
 */
export async function fabricPackages(
  context: ChaincodeContext,
  imports: readonly string[],
): Promise<TarEntry[]> {
  if (imports.length === 0) return [];
  const { source, settings } = context;
  const { modulePath, shim } = settings.release;
  const folderOf = (path: string) => checkoutFolder(modulePath, path);
  const inCcenv = await packageFiles(source.tree, [shim.shim, shim.protos], folderOf);
  // Fabric's own packages in ccenv are used. Its `vendor` there is open to these packages only.
  const present = new Set(inCcenv.map((path) => dirname(path)).filter((path) => !path.startsWith('vendor/')));
  const files = await packageFiles(source.tree, imports, (path) => {
    const folder = folderOf(path);
    return present.has(folder) && !imports.includes(path) ? undefined : folder;
  });
  return fromCheckout(context, files).map((entry) => ({ ...entry, name: `${modulePath}/${entry.name}` }));
}

/** A chaincode as Go source of a GOPATH, with paths below its `src`. */
export interface GopathFolder {
  /** Import path. */
  readonly path: string;
  readonly own: readonly TarEntry[];
  /** Import paths of Fabric's packages that ccenv may lack. */
  readonly brought: readonly string[];
}

/** @throws WizardFailure `chaincode` if peers could not build it */
export async function gopathFolder(
  context: Pick<StageContext, 'settings' | 'source' | 'options'>,
  {
    name,
    dir,
    importPath = `fabric-wizard/${name}`,
  }: { readonly name: string; readonly dir: string; readonly importPath?: string },
): Promise<GopathFolder> {
  const folder = await buildableChaincode(context, dir);
  const { root, brought } = chaincodeImports(folder, chaincodeWorld(context));
  const path = root ?? importPath;
  const own = folder.files.map(({ path: file, ...each }) => ({
    name: `${path}/${file}`,
    content: { file: each.file },
  }));
  return { path, own, brought };
}

/**
 * Returns packages of the checkout, and of its `vendor`, with all that they import, as they lie in a GOPATH.
 * @param imports import paths
 */
export async function checkoutPackages(
  context: Pick<ChaincodeContext, 'source' | 'settings'>,
  imports: readonly string[],
): Promise<TarEntry[]> {
  const { modulePath } = context.settings.release;
  const files = await packageFiles(context.source.tree, imports, (path) => checkoutFolder(modulePath, path));
  return fromCheckout(context, files).map((entry) => ({ ...entry, name: `${modulePath}/${entry.name}` }));
}

export type ChaincodeContext = Pick<
  StageContext,
  'source' | 'stateDir' | 'settings' | 'options' | 'signal' | 'report'
>;

/** Returns a `vendor` folder for a module without one, if the peers cannot download what it requires. */
async function modulePackages(
  { source, report }: ChaincodeContext,
  folder: ChaincodeFolder,
  hasProxy: () => Promise<boolean>,
): Promise<readonly TarEntry[]> {
  if (await hasProxy()) return [];
  const vendor = await vendorFor(folder, source.tree);
  report.warn(
    'no-module-proxy',
    vendor
      ? { key: 'warning.fabric-vendor', dir: folder.dir }
      : { key: 'warning.no-module-proxy', dir: folder.dir },
  );
  return vendor ?? [];
}

export interface ChaincodeToPrepare {
  readonly dir: string;
  /** Whether it is the bundled chaincode. */
  readonly shipped: boolean;
  /** Whether Go's module proxy answers; by default it is asked. */
  readonly hasProxy?: () => Promise<boolean>;
}

/**
 * Prepares a chaincode so that its build fetches nothing. A user's module, and source with a `vendor` folder, are used
 * as they are. Other source becomes a module with Fabric's own requirements or, if the release has no modules, a
 * package with a `vendor` folder.
 * @param outputs result of the compile stage, if there is one
 * @throws WizardFailure `chaincode`, `check`
 */
export async function chaincodeSource(
  context: ChaincodeContext,
  outputs: BuildOutputs | undefined,
  { dir, shipped, hasProxy = () => proxyAnswers(context.signal) }: ChaincodeToPrepare,
): Promise<ChaincodeSource> {
  const { source, settings } = context;
  const { release } = settings;
  // The bundled chaincode names the shim of 1.x, so it can be checked only once its words are replaced.
  const chaincode = await (shipped ? readChaincodeFolder(dir) : buildableChaincode(context, dir));
  const own = await Promise.all(
    chaincode.files.map(async ({ path, file }): Promise<TarEntry> => {
      const content = shipped ? withShim(await readFile(file, 'utf8'), release) : { file };
      return { name: path, content };
    }),
  );
  // A peer reads the indexes of the state database beside the source.
  const under = (folder: string, files: readonly TarEntry[]) =>
    files.map((file) =>
      file.name.startsWith('META-INF/') ? file : { ...file, name: `src/${folder}${file.name}` },
    );
  if (chaincode.module !== undefined) {
    const added = chaincode.hasVendor ? [] : await modulePackages(context, chaincode, hasProxy);
    const names = new Set(added.map(({ name }) => name));
    const files = [...own.filter(({ name }) => !names.has(name)), ...added];
    return { files: under('', files), path: chaincode.module, folder: 'src' };
  }
  const { root: path = SMOKE_PACKAGE, brought } = chaincodeImports(chaincode, chaincodeWorld(context));
  const added = chaincode.hasVendor ? [] : await vendored(context, outputs, brought);
  // Without go.mod a peer builds in GOPATH mode, where `vendor` needs no list of modules.
  if (release.goMode === 'gopath' || chaincode.hasVendor)
    return { files: under(`${path}/`, [...own, ...added]), path, folder: `src/${path}` };
  const goMod = await readFile(join(source.dir, 'go.mod'), 'utf8');
  const module: TarEntry[] = [
    { name: 'go.mod', content: goMod.replace(/^module\s+\S+/m, `module ${path}`) },
    { name: 'vendor/modules.txt', content: { file: join(source.dir, 'vendor', 'modules.txt') } },
  ];
  return { files: under('', [...own, ...module, ...added]), path, folder: 'src' };
}
