/** The bytecode that a bundle keeps, in processes of their own. Node.js 22 keeps it itself. */
import { chown, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import { tempDir, writeFiles } from '../support/temp-dir.ts';

const root = new URL('../..', import.meta.url).pathname;
const NAME = `${process.version}-${process.arch}`;

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
  await build({
    absWorkingDir: root,
    entryPoints: ['src/compiled-code.ts'],
    outfile: join(dir, 'keep.js'),
    ...{ bundle: true, platform: 'node', format: 'cjs' },
  });
  await writeFiles(dir, {
    'package.json': '{"type":"commonjs"}',
    'bin.js': `require('./keep.js').keepCompiledCode(__dirname); require('./chunks/main.js');`,
    'chunks/main.js': `console.log(require('./sum.js').sum(1, 2), __filename === module.filename, this === exports);`,
    'chunks/sum.js': 'exports.sum = (a, b) => a + b;',
  });
});

async function run(): Promise<string> {
  const { stdout } = await execa(process.execPath, [join(dir, 'bin.js')]);
  return stdout;
}

/** Runs it in a shell with other limits. */
async function runAfter(setting: string): Promise<string> {
  const { stdout } = await execa('sh', [
    '-c',
    `${setting}; exec "$0" "$@"`,
    process.execPath,
    join(dir, 'bin.js'),
  ]);
  return stdout;
}

/** V8 would take it, and crash or compute something else. */
async function damageMiddle(file: string): Promise<void> {
  const bytes = await readFile(file);
  for (const at of [0.3, 0.6, 0.9]) {
    const place = Math.floor(bytes.length * at);
    bytes[place] = ~(bytes[place] ?? 0);
  }
  await writeFile(file, bytes);
}

async function keptAt(): Promise<number> {
  return (await stat(join(dir, 'compiled', NAME))).mtimeMs;
}

describe.skipIf('enableCompileCache' in Module)('compiled code', () => {
  const OUTPUT = '3 true true';

  it('is written by the first start and used by the next one', async () => {
    expect(await run()).toBe(OUTPUT);
    const first = await keptAt();
    expect(await run()).toBe(OUTPUT);
    // It is written again if V8 rejects a part of it.
    expect(await keptAt()).toBe(first);
    expect(await readdir(join(dir, 'compiled'))).toEqual([NAME]);
  });

  it('gets the files that a later start loads first', async () => {
    await run();
    await writeFiles(dir, { 'chunks/main.js': `console.log(require('./other.js'));` });
    await writeFiles(dir, { 'chunks/other.js': `module.exports = 'other';` });
    expect(await run()).toBe('other');
    const kept = await readFile(join(dir, 'compiled', NAME), 'latin1');
    for (const name of ['main.js', 'sum.js', 'other.js']) expect(kept).toContain(`["${name}",`);
  });

  it.each([
    ['is cut off', async (file: string) => truncate(file, 400)],
    ['is empty', async (file: string) => truncate(file, 0)],
    ['has another byte in the middle', damageMiddle],
    ['is something else', async (file: string) => writeFile(file, 'a'.repeat(5000))],
  ])('does not disturb a start if it %s, and is written again', async (_, damage) => {
    await run();
    const file = join(dir, 'compiled', NAME);
    await damage(file);
    const damaged = await readFile(file);
    expect(await run()).toBe(OUTPUT);
    expect(damaged.equals(await readFile(file))).toBe(false);
    const repaired = await keptAt();
    expect(await run()).toBe(OUTPUT);
    expect(await keptAt()).toBe(repaired);
  });

  it('is not kept where the folder cannot be written, which nobody notices', async () => {
    await writeFiles(dir, { compiled: 'a file' });
    const { stdout, stderr } = await execa(process.execPath, [join(dir, 'bin.js')]);
    expect([stdout, stderr]).toEqual([OUTPUT, '']);
    expect(await readFile(join(dir, 'compiled'), 'utf8')).toBe('a file');
  });

  it('is not kept in the folder of another user, who could not remove it', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to give files away');
    await chown(dir, 61_234, 61_234);
    expect(await run()).toBe(OUTPUT);
    expect(await readdir(dir)).not.toContain('compiled');
  });

  it('cannot be changed by others, whatever the umask is', async () => {
    expect(await runAfter('umask 000')).toBe(OUTPUT);
    for (const path of ['compiled', `compiled/${NAME}`])
      expect((await stat(join(dir, path))).mode & 0o022, path).toBe(0);
  });

  it('is not kept in part when the disk is full', async () => {
    await writeFiles(dir, { 'chunks/sum.js': `exports.sum = (a, b) => a + b; "${'x'.repeat(10_000)}";` });
    expect(await runAfter('ulimit -f 1')).toBe(OUTPUT);
    expect(await readdir(join(dir, 'compiled'))).toEqual([]);
  });

  it('does not bring back a program that was removed while it ran', async () => {
    await writeFiles(dir, { 'chunks/main.js': `require('node:fs').rmSync('${dir}', { recursive: true });` });
    await run();
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  it('removes what a process that was killed has left, but nothing that is being written', async () => {
    await writeFiles(dir, { [`compiled/${NAME}.1`]: 'part', [`compiled/${NAME}.2`]: 'part' });
    const before = Date.now() / 1000 - 3600;
    await utimes(join(dir, 'compiled', `${NAME}.1`), before, before);
    await run();
    expect((await readdir(join(dir, 'compiled'))).sort()).toEqual([NAME, `${NAME}.2`]);
  });
});
