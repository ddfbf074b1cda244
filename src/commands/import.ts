/** `import`: makes fabric-wizard.yaml from the configuration of another tool. Nothing that exists is overwritten. */
import { closeSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { importFiles } from '../pipeline/config/imported.ts';
import type { ImportNote } from '../pipeline/config/imported-file.ts';
import { errorCode } from '../pipeline/core/error-code.ts';
import { EXIT } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import type { Style } from '../report/style.ts';
import { createNewFile } from './new-file.ts';
import { printJson, styleFor, type Terminal, writeToStderr, writeToStdout } from './terminal.ts';
import { usage } from './usage-failure.ts';

/** @throws WizardFailure `usage` if it cannot be read */
async function textOf(name: string): Promise<string> {
  try {
    return await readFile(resolve(name), 'utf8');
  } catch (error) {
    throw usage(
      { key: 'usage.import-unreadable', file: name, code: errorCode(error) },
      'fabric-wizard import --help',
    );
  }
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
  const { text, notes } = await importFiles(files, { from: dirname(resolve(first)), to });
  if (target !== undefined && !terminal.dryRun) {
    const again = ['fabric-wizard import', ...names.map(shellWord), '--output FILE'].join(' ');
    const file = createNewFile(target, again, 0o666);
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
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
