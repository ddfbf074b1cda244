/** `import`: makes fabric-wizard.yaml from the configuration of another tool. Nothing that exists is overwritten. */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { importFiles } from '../pipeline/config/imported.ts';
import type { ImportNote } from '../pipeline/config/imported-file.ts';
import { errorCode } from '../pipeline/core/error-code.ts';
import { EXIT } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import type { Style } from '../report/style.ts';
import { writeNewFile } from './new-file.ts';
import { printJson, styleFor, type Terminal, writeToStderr, writeToStdout } from './terminal.ts';
import { usage } from './usage-failure.ts';

const HELP = 'fabric-wizard import --help';

/** @throws WizardFailure `usage` if it cannot be read, or if it is no text */
async function textOf(name: string): Promise<string> {
  const content = await readFile(resolve(name)).catch((error: unknown) => {
    throw usage({ key: 'usage.import-unreadable', file: name, code: errorCode(error) }, HELP);
  });
  if (!isUtf8(content) || content.includes(0)) throw usage({ key: 'usage.import-no-text', file: name }, HELP);
  return content.toString('utf8');
}

function noteLines(notes: readonly ImportNote[], { t, translate }: Style): readonly string[] {
  if (notes.length === 0) return [t('import.complete')];
  return [
    t('import.notes', { count: notes.length }),
    ...notes.map(
      ({ key, where, message }) => `  ${t('import.note', { key, where, what: translate(message) })}`,
    ),
  ];
}

/** @param output `-` for stdout; undefined: fabric-wizard.yaml in the folder */
export async function importCommand(
  terminal: Terminal,
  names: readonly string[],
  output: string | undefined,
): Promise<number> {
  const [first = ''] = names;
  const target = output === '-' ? undefined : resolve(output ?? join(terminal.dir, CONFIG_FILE));
  const files = await Promise.all(names.map(async (name) => ({ name, text: await textOf(name) })));
  const to = target === undefined ? resolve(terminal.dir) : dirname(target);
  const again = (given: readonly string[], to = output) =>
    [
      'fabric-wizard import',
      ...given.map(shellWord),
      ...(to === undefined ? [] : [`--output ${shellWord(to)}`]),
      ...(terminal.dryRun ? ['--dry-run'] : []),
    ].join(' ');
  const folders = { from: dirname(resolve(first)), to };
  const { text, notes } = await importFiles(files, folders, (given) => again(given));
  if (target !== undefined && !terminal.dryRun) {
    writeNewFile(target, text, again(names, 'FILE'), 0o666);
  }
  const isShown = target === undefined || terminal.dryRun;
  if (terminal.json) {
    printJson({ ok: true, written: isShown ? null : target, text, notes });
    return EXIT.done;
  }
  if (isShown) writeToStdout(text);
  else {
    const style = styleFor(terminal, process.stdout);
    writeToStdout(`${style.t('import.written', { path: target })}\n`);
  }
  const style = styleFor(terminal, process.stderr);
  for (const line of noteLines(notes, style)) writeToStderr(line);
  return EXIT.done;
}
