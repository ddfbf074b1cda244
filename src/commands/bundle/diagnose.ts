/** `diagnose`: writes one archive for a bug report, and says what is in it. */
import { closeSync, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { EXIT, fileFailure, WizardFailure } from '../../pipeline/core/failure.ts';
import { shellWord } from '../../pipeline/core/shell-text.ts';
import { wholeNumber } from '../../pipeline/core/whole-number.ts';
import { packTar } from '../../pipeline/engine/tar-context.ts';
import { formatBytes } from '../../report/quantities.ts';
import { renderTable } from '../../report/tables.ts';
import { commandWith } from '../command-with.ts';
import { projectOf } from '../load-config.ts';
import { createNewFile } from '../new-file.ts';
import { columnsOf, printJson, styleFor, type Terminal, writeToStderr, writeToStdout } from '../terminal.ts';
import { type Bundle, type BundleFile, gatherBundle, type MissingPart } from './bundle-parts.ts';
import { type Identity, redactor } from './redact.ts';

export interface DiagnoseRequest {
  /** File to write; undefined: one with the time in its name, in the current folder. */
  readonly output: string | undefined;
  /** Number of lines of each log, as it was entered. */
  readonly tail: string;
  readonly project: string | undefined;
  readonly version: string;
}

function identity(): Identity {
  let user = '';
  try {
    user = userInfo().username;
  } catch {
    // A user without an entry in /etc/passwd has no name.
  }
  return { home: homedir(), user, host: hostname(), env: process.env };
}

/** `fabric-wizard-2026-11-29-153012.tar.gz` */
function defaultName(now: Date): string {
  const time = now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `fabric-wizard-${time}.tar.gz`;
}

/** Creates the file, so that no other one is overwritten. @throws WizardFailure `usage` */
function reserve(path: string, given: string | undefined): void {
  const other = path.replace(/(\.tar\.gz|\.tgz)?$/, '-2.tar.gz');
  const byDefault = `fabric-wizard diagnose --output ${shellWord(other)}`;
  const again = given === undefined ? byDefault : (commandWith(given, other) ?? byDefault);
  closeSync(createNewFile(path, again));
}

/** A folder's file is still written if its configuration cannot be read: that is what the report may be about. */
async function projectName({ dir }: Terminal, flag: string | undefined): Promise<string> {
  const { defaultProject } = await import('../../pipeline/config/config.ts');
  return projectOf(dir, flag).catch(() => flag ?? defaultProject(dir));
}

function problemsText(missing: readonly MissingPart[]): string {
  return missing.map(({ part, reason }) => `${part}: ${reason}\n`).join('');
}

/** The files as they go into the archive. */
function cleaned({ files, missing }: Bundle): BundleFile[] {
  const redact = redactor(identity());
  const all: readonly BundleFile[] =
    missing.length === 0
      ? files
      : [...files, { path: 'missing.txt', text: problemsText(missing), about: 'bundle.missing' }];
  return all.map((file) => ({ ...file, path: redact(file.path), text: redact(file.text) }));
}

function print(
  terminal: Terminal,
  path: string,
  files: readonly BundleFile[],
  missing: readonly MissingPart[],
) {
  if (terminal.json) {
    const entries = files.map(({ path: name, text }) => ({ path: name, bytes: Buffer.byteLength(text) }));
    printJson({ ok: true, file: path, files: entries, missing });
    return;
  }
  const style = styleFor(terminal, process.stdout);
  const { t } = style;
  const rows = files.map(({ path: name, text, about }) => [
    name,
    formatBytes(Buffer.byteLength(text)),
    style.dim(t(about)),
  ]);
  const absent = missing.map(({ part, reason }) =>
    style.warn(
      `${style.symbol.warn} ${t('bundle.not-gathered', { part, reason: reason.split('\n')[0] ?? '' })}`,
    ),
  );
  writeToStdout(
    `${[renderTable(rows, columnsOf(process.stdout)), '', ...absent, t('bundle.left-out'), '', t('bundle.written', { path })].join('\n')}\n`,
  );
}

export async function diagnose(terminal: Terminal, request: DiagnoseRequest): Promise<number> {
  const lines = wholeNumber(request.tail) ?? 0;
  if (lines < 1) {
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.tail-count', value: request.tail },
      next: [commandWith(request.tail, '1000') ?? 'fabric-wizard diagnose --tail 1000'],
    });
  }
  const path = resolve(request.output ?? defaultName(new Date()));
  reserve(path, request.output);
  try {
    if (!terminal.json) writeToStderr(styleFor(terminal, process.stderr).t('bundle.gathering'));
    const bundle = await gatherBundle({
      dir: terminal.dir,
      project: await projectName(terminal, request.project),
      program: process.argv[1] ?? '',
      version: request.version,
      lines,
    });
    const files = cleaned(bundle);
    const folder = basename(path).replace(/(\.tar\.gz|\.tgz)$/, '');
    const entries = files.map(({ path: name, text }) => ({ name: `${folder}/${name}`, content: text }));
    await pipeline(packTar(entries), createGzip(), createWriteStream(path)).catch((error: unknown) => {
      throw fileFailure(path, error);
    });
    print(terminal, path, files, bundle.missing);
    return EXIT.done;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
