import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { getsPrompts, requireCommand } from '../../../src/commands/interaction.ts';
import { LinePrompt } from '../../../src/commands/line-prompt.ts';
import { plainQuestions } from '../../../src/commands/plain-questions.ts';
import type { Terminal } from '../../../src/commands/terminal.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { CancelledError } from '../../../src/pipeline/core/failure.ts';
import type { Language } from '../../../src/report/language/language.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

async function asked(
  lines: readonly string[],
  options: { yaml?: string; language?: Language; columns?: number } = {},
) {
  const dir = await tempDir();
  if (options.yaml !== undefined) await writeFiles(dir, { 'fabric-wizard.yaml': options.yaml });
  const input = new PassThrough();
  const output = new PassThrough();
  const prompt = new LinePrompt(input, output, new AbortController().signal, options.columns);
  const style = createStyle({ colour: false, unicode: true, language: options.language ?? 'en' });
  input.end(lines.map((line) => `${line}\n`).join(''));
  const loaded = await loadConfig({ dir, flags: {} });
  const result = await plainQuestions(loaded, { prompt, style, dir }).catch((error: unknown) => error);
  const text = String(output.read() ?? '');
  const file = () => readFile(join(dir, 'fabric-wizard.yaml'), 'utf8').catch(() => undefined);
  return { result, text, file };
}

type Result = Awaited<ReturnType<typeof plainQuestions>>;

/** Source, preset, build, base images, network: Enter five times. */
const ENTERS = ['', '', '', '', ''];

describe('questions as plain lines', () => {
  it('keep every default at Enter, and show it in brackets', async () => {
    const { result, text } = await asked(ENTERS);
    expect((result as Result).config.origin).toMatchObject({ source: 'default', orgs: 'default' });
    expect(text).toContain('[auto]:');
    expect(text).toContain('preset (raft, bft, couchdb, minimal) [none]:');
    // No cursor movement, which a dumb terminal would print.
    expect(text).not.toContain(String.fromCharCode(27));
  });

  it.each(['en', 'zh'] as const)('are broken between words, not by the terminal, in %s', async (language) => {
    const { text } = await asked(['?', ...ENTERS, 'y'], { columns: 40, language });
    // The answers and their line breaks are on the terminal, not in the output.
    const lines = text.split(/\n|(?<=\]:?) /);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40);
    expect(lines.length).toBeGreaterThan(20);
  });

  it('check each answer as the screens do, and ask again', async () => {
    const network = ['y', 'many', '3', '1', '', 'Bad Channel', 'mychannel', '', 'maybe', 'no'];
    const { result, text } = await asked(['sample', '', '', '', ...network, ...Array<string>(13).fill('')]);
    expect((result as Result).config.values).toMatchObject({
      source: 'sample',
      orgs: 3,
      peers: 1,
      channel: 'mychannel',
      tls: false,
    });
    expect(text).toContain('use a whole number from 1 to 64');
    expect(text).toMatch(/must be true or false, not "maybe"$/m);
    expect(text).toContain('is not a valid channel name');
  });

  it('explain themselves at ?, and take presets', async () => {
    const { result, text } = await asked(['?', '', '?', 'rafft', 'raft', '', '', '']);
    expect(text).toContain('Fabric checkout, tag or branch to fetch');
    expect(text).toContain('raft: Three orderers');
    expect(text).toContain('There is no preset rafft.');
    expect((result as Result).config.values).toMatchObject({ orderers: 3, consensus: 'etcdraft' });
  });

  it('show what the file says, and save what was answered there', async () => {
    const { result, text, file } = await asked(['', '', '', '', 'y', '4', ...Array<string>(18).fill('')], {
      yaml: 'source: sample\norgs: 3\n',
    });
    expect(text).toContain('[sample]:');
    expect(text).toContain('organisations [3]:');
    await (result as Result).save();
    expect(await file()).toMatch(/source: sample\norgs: 4\n/);
  });

  it('end at Ctrl-D and leave everything as it is', async () => {
    const { result, file } = await asked(['sample']);
    expect(result).toBeInstanceOf(CancelledError);
    expect(await file()).toBeUndefined();
  });

  it('are asked in Chinese, too', async () => {
    expect((await asked(ENTERS, { language: 'zh' })).text).toContain(
      '预设（raft, bft, couchdb, minimal） [无]:',
    );
  });
});

describe('plain prompts', () => {
  const BARE: Terminal = { ...plainTerminal('/', '/'), colour: true };

  it.each<[Partial<Terminal>, Record<string, string>]>([
    [{ plain: true }, { TERM: 'xterm' }],
    [{}, { TERM: 'dumb' }],
    [{}, { TERM: 'xterm', INK_SCREEN_READER: 'true' }],
  ])('are shown with %j and %j', (flags, env) => {
    const terminal = { ...BARE, ...flags };
    expect(getsPrompts(terminal, env, true, 80)).toBe(true);
    expect(() => requireCommand(terminal, true)).not.toThrow();
    // Nobody is there, or nothing may be asked.
    expect(getsPrompts(terminal, env, false, 80)).toBe(false);
    expect(getsPrompts(terminal, { ...env, CI: 'true' }, true, 80)).toBe(false);
    for (const quiet of ['yes', 'json', 'dryRun'] as const)
      expect(getsPrompts({ ...terminal, [quiet]: true }, env, true, 80)).toBe(false);
  });

  it('are not shown where there are screens', () => {
    expect(getsPrompts(BARE, { TERM: 'xterm' }, true, 80)).toBe(false);
  });
});
