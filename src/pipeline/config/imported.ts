/** Makes fabric-wizard.yaml from files of other tools, and checks it as every command does. */
import { type ConfigIssue, WizardFailure } from '../core/failure.ts';
import { releaseOf } from '../fabric/release.ts';
import { releaseIssues } from './choice-checks.ts';
import { loadConfig } from './config.ts';
import { type ImportedChoices, importedText } from './imported-choices.ts';
import { cryptogenChoices, isConfigtx, isCryptoConfig } from './imported-cryptogen.ts';
import { fabloChoices, type ImportFolders, isFablo } from './imported-fablo.ts';
import { ImportedFile, type ImportedMap, type ImportNote } from './imported-file.ts';

export interface GivenFile {
  /** As the user has named it. */
  readonly name: string;
  readonly text: string;
}

export interface ImportResult {
  /** The text of fabric-wizard.yaml. */
  readonly text: string;
  /** What was not taken, in the order of the files. */
  readonly notes: readonly ImportNote[];
}

const HELP = 'fabric-wizard import --help';

/** Returns the user's command with these files. */
type Again = (files: readonly string[]) => string;

type Root = { readonly name: string; readonly root: ImportedMap };

/** @throws WizardFailure `usage` if these files do not belong together */
async function choicesOf(
  roots: readonly Root[],
  folders: ImportFolders,
  again: Again,
): Promise<ImportedChoices> {
  const find = (is: (root: ImportedMap) => boolean) => roots.filter(({ root }) => is(root));
  const [fablo, crypto, configtx] = [find(isFablo), find(isCryptoConfig), find(isConfigtx)];
  const unknown = roots.find(({ root }) => ![isFablo, isCryptoConfig, isConfigtx].some((is) => is(root)));
  if (unknown)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.import-unknown', file: unknown.name },
      next: [HELP],
    });
  const [network] = fablo;
  if (network && roots.length === 1) return fabloChoices(network.root, folders);
  const [first, ...more] = crypto;
  if (first && more.length === 0 && fablo.length === 0 && configtx.length <= 1)
    return cryptogenChoices(first.root, configtx[0]?.root);
  const [genesis] = configtx;
  if (genesis && roots.length === 1)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.import-configtx', file: genesis.name },
      next: [again(['crypto-config.yaml', genesis.name])],
    });
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.import-together', files: roots.map(({ name }) => name) },
    next: [HELP],
  });
}

/** Returns what is wrong with the result, as `up` would say it. */
async function issuesIn(
  text: string,
  { source }: ImportedChoices,
  dir: string,
): Promise<readonly ConfigIssue[]> {
  try {
    const { values } = await loadConfig({ dir, flags: {}, text });
    const release = source === undefined ? undefined : releaseOf(source);
    return release ? releaseIssues(values, release, (field) => field) : [];
  } catch (error) {
    if (error instanceof WizardFailure && error.failure.kind === 'config') return error.failure.issues;
    throw error;
  }
}

/** Notes about the same place say the same: profiles share what they merge. */
function withoutRepetition(notes: readonly ImportNote[]): readonly ImportNote[] {
  return [...new Map(notes.toReversed().map((note) => [note.where, note])).values()].toReversed();
}

/**
 * Reads the configuration of Fablo, or crypto-config.yaml with or without configtx.yaml.
 * @throws WizardFailure `config` if a file is damaged, or if its network cannot be made; `usage` if it is of another kind
 */
export async function importFiles(
  files: readonly GivenFile[],
  folders: ImportFolders,
  again: Again,
): Promise<ImportResult> {
  const read = files.map(({ name, text }) => ({ name, file: new ImportedFile(text, name) }));
  const refused = () => {
    const issues = read.flatMap(({ file }) => file.issues);
    if (issues.length > 0) throw new WizardFailure({ kind: 'config', issues, next: [HELP] });
  };
  refused();
  const roots = read.flatMap(({ name, file }) => (file.root ? [{ name, root: file.root }] : []));
  const choices = await choicesOf(roots, folders, again);
  refused();
  for (const { file } of read) file.noteUnread();
  const text = importedText(
    choices,
    files.map(({ name }) => name),
  );
  const issues = await issuesIn(text, choices, folders.to);
  const from = files.map(({ name }) => name).join(', ');
  if (issues.length > 0)
    throw new WizardFailure({
      kind: 'config',
      // The positions would be those of a file that nobody has seen.
      issues: issues.map((issue) => ({ ...issue, where: from })),
      next: [HELP],
    });
  return { text, notes: withoutRepetition(read.flatMap(({ file }) => file.notes)) };
}
