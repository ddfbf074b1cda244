/** PURE: finds out before anything is installed why peers could not build a user's chaincode. */
import { basename, dirname, join } from 'node:path';
import type { ChaincodeFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import {
  type ChaincodeFolder,
  hasHost,
  type ImportAt,
  importPathOf,
  importsFrom,
  isVendored,
  ownFolder,
  packageFolders,
} from './chaincode-folder.ts';
import { exclusionOf, type GoFile, type GoTarget, goNamedIn, isTestName, type Stated } from './go-file.ts';
import { checkoutFolder } from './package-files.ts';
import type { ReleaseFacts } from './release-facts.ts';
import type { SourceTree } from './source-tree.ts';

/** What peers build chaincode with. */
export interface ChaincodeWorld extends GoTarget {
  readonly release: Pick<ReleaseFacts, 'modulePath' | 'lifecycle' | 'shim'>;
  readonly tree: Pick<SourceTree, 'files'>;
}

/** Whether the checkout has Go files of a package. */
function isInCheckout(
  { release: { modulePath }, tree }: Pick<ChaincodeWorld, 'release' | 'tree'>,
  importPath: string,
): boolean {
  const folder = checkoutFolder(modulePath, importPath);
  for (const path of tree.files.keys()) if (path.endsWith('.go') && dirname(path) === folder) return true;
  return false;
}

/**
 * Whether a package comes from the checkout: with a package from Fabric itself up to 1.4, where the peer's command takes
 * it from GOPATH, and from 2.0 on with one of `vendor`, whose modules chaincode without go.mod gets.
 */
function isBrought(
  world: Pick<ChaincodeWorld, 'release' | 'tree'>,
  folder: ChaincodeFolder,
  importPath: string,
): boolean {
  const { lifecycle, modulePath } = world.release;
  const isFabric = importPath.startsWith(`${modulePath}/`);
  const isPossible =
    lifecycle === 'package' ? folder.module === undefined && !folder.hasVendor && !isFabric : isFabric;
  return isPossible && isInCheckout(world, importPath);
}

/** The import path of the root, and the imports that the checkout provides. */
export interface ChaincodeImports {
  readonly root: string | undefined;
  readonly brought: readonly string[];
}

function isCompiledFor(target: GoTarget): (path: string, file: GoFile) => boolean {
  return (path, file) => exclusionOf(basename(path), file, target) === undefined;
}

/** Whether ccenv or the wizard provides a package without being asked. */
function isShim({ release: { shim } }: Pick<ChaincodeWorld, 'release'>, importPath: string): boolean {
  return importPath === shim.shim || importPath === shim.protos;
}

export function chaincodeImports(folder: ChaincodeFolder, world: ChaincodeWorld): ChaincodeImports {
  const root = importPathOf(folder, (path) => isShim(world, path) || isBrought(world, folder, path));
  const brought = importsFrom(folder, root, isCompiledFor(world))
    .map(({ text }) => text)
    .filter(
      (path) => !isShim(world, path) && !isVendored(folder, path) && ownFolder(path, root) === undefined,
    )
    .filter((path) => isBrought(world, folder, path));
  return { root, brought: [...new Set(brought)].sort() };
}

const UP = 'fabric-wizard up --yes';
const DEPLOY = 'fabric-wizard chaincode deploy';

function again(dir: string): string {
  return `${UP} --chaincode ${shellWord(dir)}`;
}

/**
 * Returns the failure with another command than `up` to try the chaincode again.
 * @param again the command, which may name the folder
 */
export function retriedWith(failure: ChaincodeFailure, again: string, dir: string): ChaincodeFailure {
  const command = again.replace(` --chaincode ${shellWord(dir)}`, '');
  const next = failure.next.map((line) =>
    line.startsWith(UP) ? deployed(line.replace(UP, () => command)) : line,
  );
  /** `chaincode deploy` names a folder without an option. */
  function deployed(line: string): string {
    if (!again.startsWith(DEPLOY)) return line;
    const [flag, folder = ''] = / --chaincode ('[^']*'|\S+)/.exec(line) ?? ['', ''];
    return folder === shellWord(dir) || folder === '' ? line.replace(flag, '') : `${DEPLOY} ${folder}`;
  }
  return { ...failure, next };
}

function problemIn(
  { dir }: Pick<ChaincodeFolder, 'dir'>,
  problem: Phrase,
  place: Text,
  next: readonly string[] = [],
): ChaincodeFailure {
  return { kind: 'chaincode', problem, place, next: [...next, again(dir)] };
}

/** Returns why the folder cannot be packed: it has a link that cannot be followed. */
export function linkProblem(folder: Pick<ChaincodeFolder, 'dir' | 'badLinks'>): ChaincodeFailure | undefined {
  const [link] = folder.badLinks;
  if (!link) return undefined;
  const { dir } = folder;
  const facts = { path: link.path, target: link.target, dir };
  const problem: Phrase = { key: `chaincode.link-${link.problem}`, ...facts };
  if (link.problem !== 'outside')
    return problemIn(folder, problem, '', [`ls -l ${shellWord(join(dir, link.path))}`]);
  const copy = `${dir}-copy`;
  return {
    kind: 'chaincode',
    problem,
    place: '',
    next: [`cp -RL ${shellWord(dir)} ${shellWord(copy)}`, again(copy)],
  };
}

/** Returns the first folder below with a `package main`. */
function mainBelow({ goFiles }: ChaincodeFolder): string | undefined {
  const found = [...goFiles].find(([path, file]) => path.includes('/') && file.package?.text === 'main');
  return found && dirname(found[0]);
}

function place(path: string, { text, line }: Stated): string {
  return line === 0 ? path : `${path}:${line}: ${text}`;
}

type Source = readonly [path: string, file: GoFile];

function noSource(folder: ChaincodeFolder): ChaincodeFailure {
  const { dir, files } = folder;
  const test = files.find(({ path }) => !path.includes('/') && isTestName(path));
  const below = mainBelow(folder) ?? [...packageFolders(folder)][0];
  if (test) return problemIn(folder, { key: 'chaincode.only-tests', dir }, test.path);
  if (below === undefined) return problemIn(folder, { key: 'chaincode.no-go', dir }, '');
  const problem: Phrase = { key: 'chaincode.go-below', dir, folder: below };
  return { kind: 'chaincode', problem, place: '', next: [again(join(dir, below))] };
}

/** Every file is excluded: names the constraint of the first. */
function excluded(
  folder: ChaincodeFolder,
  sources: readonly Source[],
  target: GoTarget,
): ChaincodeFailure | undefined {
  const [path = '', file] = sources[0] ?? [];
  const why = file && exclusionOf(basename(path), file, target);
  if (!why) return undefined;
  const { dir } = folder;
  const wanted = goNamedIn(why.text);
  const isNewer = target.minor !== undefined && wanted !== undefined && wanted > target.minor;
  return isNewer
    ? problemIn(
        folder,
        { key: 'chaincode.newer-go', dir, wanted: `1.${wanted}`, found: `1.${target.minor}` },
        place(path, why),
        [`${again(dir)} --chaincode-builder IMAGE`],
      )
    : problemIn(folder, { key: 'chaincode.excluded', dir, arch: target.arch }, place(path, why));
}

/** Judges the package clauses and `main` of the compiled files in the root. */
function packageProblem(folder: ChaincodeFolder, sources: readonly Source[]): ChaincodeFailure | undefined {
  const { dir } = folder;
  const named = sources.flatMap(([path, file]) => (file.package ? [{ path, stated: file.package }] : []));
  const [first] = named;
  if (!first) return undefined;
  const name = first.stated.text;
  const other = named.find(({ stated }) => stated.text !== name);
  const at = ({ path, stated }: typeof first) => `${path}:${stated.line}: package ${stated.text}`;
  if (other) {
    const problem: Phrase = { key: 'chaincode.two-packages', dir, name, other: other.stated.text };
    return problemIn(folder, problem, at(other));
  }
  if (name !== 'main') {
    const below = mainBelow(folder);
    const next = below === undefined ? [] : [again(join(dir, below))];
    return {
      ...problemIn(folder, { key: 'chaincode.not-main', dir, name }, at(first)),
      ...(below === undefined ? {} : { next }),
    };
  }
  const hasMain = sources.some(([, file]) => file.hasMain);
  return hasMain ? undefined : problemIn(folder, { key: 'chaincode.no-main', dir }, first.path);
}

/** Returns the commands that put the imported packages into the `vendor` folder. */
function vendorCommands({ dir, module }: ChaincodeFolder): readonly string[] {
  const init = module === undefined ? `go mod init ${shellWord(basename(dir))} && ` : '';
  return [`(cd ${shellWord(dir)} && ${init}go mod tidy && go mod vendor)`];
}

const HYPERLEDGER = 'github.com/hyperledger/';

/** Returns what the release calls a package of the shim that is imported under its path in another release. */
function ownShim(
  { release: { shim } }: Pick<ChaincodeWorld, 'release'>,
  importPath: string,
): string | undefined {
  return [shim.shim, shim.protos].find(
    (own) =>
      own !== importPath && importPath.startsWith(HYPERLEDGER) && basename(own) === basename(importPath),
  );
}

function importProblem(folder: ChaincodeFolder, world: ChaincodeWorld): ChaincodeFailure | undefined {
  const { root } = chaincodeImports(folder, world);
  const folders = packageFolders(folder);
  // Without `vendor`, go downloads the modules that go.mod requires.
  const downloads = world.release.lifecycle === 'package' && folder.module !== undefined && !folder.hasVendor;
  const isRequired = (path: string) =>
    downloads && folder.required.some((module) => path === module || path.startsWith(`${module}/`));
  const isAbsent = ({ text }: ImportAt) => {
    const own = ownFolder(text, root);
    if (own !== undefined && folders.has(own)) return false;
    if (own === undefined && (isRequired(text) || !hasHost(text))) return false;
    // From 2.0 on ccenv contains no packages: with go.mod or vendor the chaincode has to bring the shim as well.
    const hasShim =
      world.release.lifecycle !== 'package' || (folder.module === undefined && !folder.hasVendor);
    if (isShim(world, text) && hasShim) return false;
    return !isVendored(folder, text) && !isBrought(world, folder, text);
  };
  const absent = importsFrom(folder, root, isCompiledFor(world)).find(isAbsent);
  if (!absent) return undefined;
  const { text, file, line } = absent;
  const at = `${file}:${line}: import "${text}"`;
  const own = ownShim(world, text);
  if (own !== undefined)
    return problemIn(
      folder,
      { key: 'chaincode.import-shim', package: text, wanted: own },
      at,
      vendorCommands(folder),
    );
  return ownFolder(text, root) === undefined
    ? problemIn(folder, { key: 'chaincode.import-absent', package: text }, at, vendorCommands(folder))
    : problemIn(folder, { key: 'chaincode.import-own-absent', package: text, dir: folder.dir }, at);
}

/** Returns why peers cannot build the chaincode; undefined if nothing is known against it. */
export function chaincodeProblem(
  folder: ChaincodeFolder,
  world: ChaincodeWorld,
): ChaincodeFailure | undefined {
  const sources = [...folder.goFiles].filter(([path]) => !path.includes('/'));
  const compiled = sources.filter(([path, file]) => isCompiledFor(world)(path, file));
  const link = linkProblem(folder);
  if (link) return link;
  if (sources.length === 0) return noSource(folder);
  if (compiled.length === 0) return excluded(folder, sources, world);
  return packageProblem(folder, compiled) ?? importProblem(folder, world);
}
