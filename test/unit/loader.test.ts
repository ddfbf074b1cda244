/** What runs the bundle, and the bytecode that it keeps, in processes of their own. */
import { chmod, chown, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import { packed } from '../../scripts/pack.mjs';
import { partFile } from '../../src/part-file.ts';
import { tempDir, writeFiles } from '../support/temp-dir.ts';

const root = new URL('../..', import.meta.url).pathname;
const NAME = `${process.version}-${process.arch}`;

const MODULES = {
  'bin.js': `console.log(require('./sum.js').sum(1, 2), this === exports); if (process.argv[2]) require('./other.js');`,
  'sum.js': 'exports.sum = (a, b) => a + b;',
  'other.js': `console.log('other', require('node:path').basename(__filename), require('./sum.js').sum(2, 2));`,
};
const OUTPUT = '3 true';

let dir: string;
let cache: string;

async function writePack(modules: Readonly<Record<string, string>>): Promise<void> {
  const { program, contents } = packed(Object.entries(modules));
  await writeFile(join(dir, 'modules.pack'), partFile(program, contents));
}

beforeEach(async () => {
  dir = await tempDir();
  cache = await tempDir();
  await build({
    absWorkingDir: root,
    entryPoints: ['src/loader.ts'],
    outfile: join(dir, 'bin.js'),
    ...{ bundle: true, platform: 'node', format: 'cjs' },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  });
  await writeFiles(dir, { 'package.json': '{"type":"commonjs"}' });
  await writePack(MODULES);
});

async function run(...args: string[]): Promise<string> {
  const env = { XDG_CACHE_HOME: cache };
  const { stdout } = await execa(process.execPath, [join(dir, 'bin.js'), ...args], { env });
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

describe('the modules of the bundle', () => {
  it('require each other, modules of Node.js, and are run once', async () => {
    await writePack({ ...MODULES, 'other.js': `console.log(require('./bin.js'), require('node:os').EOL);` });
    expect(await run('other')).toBe(`${OUTPUT}\n{} ${'\n'}`);
  });

  it('keep characters that are not ASCII, in texts and in regular expressions', async () => {
    await writePack({ 'bin.js': `console.log('é是😀', /^是[，😀]$/u.test('是😀'), '😀'.length)` });
    expect(await run()).toBe('é是😀 true 2');
  });

  it('are named in the trace of an error', async () => {
    await writePack({ 'bin.js': `require('./fails.js')`, 'fails.js': `\nthrow new Error('no')` });
    await expect(run()).rejects.toThrow(join(dir, 'modules.pack', 'fails.js:2'));
  });

  it('are complete although the package is replaced meanwhile', async () => {
    const replaced = `require('node:fs').rmSync('${join('DIR', 'modules.pack')}'); require('./other.js');`;
    await writePack({ ...MODULES, 'bin.js': replaced.replace('DIR', dir) });
    expect(await run()).toBe('other other.js 4');
  });
});

describe('compiled code', () => {
  it('is written by the first start and used by the next one', async () => {
    expect(await run()).toBe(OUTPUT);
    const first = await keptAt();
    expect(await run()).toBe(OUTPUT);
    // It is written again if V8 rejects a part of it.
    expect(await keptAt()).toBe(first);
    expect(await readdir(join(dir, 'compiled'))).toEqual([NAME]);
  });

  it('gets the modules that a later start loads first', async () => {
    await run();
    await run('other');
    const kept = await readFile(join(dir, 'compiled', NAME), 'latin1');
    for (const name of Object.keys(MODULES)) expect(kept).toContain(`["${name}",`);
  });

  it('of another bundle is not used, although names and lengths are the same', async () => {
    await run();
    await writePack({ ...MODULES, 'sum.js': MODULES['sum.js'].replace('+', '*') });
    expect(await run()).toBe(OUTPUT.replace('3', '2'));
    expect(await run()).toBe(OUTPUT.replace('3', '2'));
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

  it('is kept in the cache of a user to whom the package does not belong', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to give files away');
    await chown(dir, 61_234, 61_234);
    expect(await run()).toBe(OUTPUT);
    expect(await readdir(dir)).not.toContain('compiled');
    const { mtimeMs } = await stat(join(cache, 'fabric-wizard', NAME));
    expect(await run()).toBe(OUTPUT);
    expect((await stat(join(cache, 'fabric-wizard', NAME))).mtimeMs).toBe(mtimeMs);
  });

  it('is not kept where the cache belongs to another user too', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to give files away');
    await chown(dir, 61_234, 61_234);
    await chown(cache, 61_234, 61_234);
    expect(await run()).toBe(OUTPUT);
    expect(await readdir(cache)).toEqual([]);
  });

  it.each([
    ['another user has written it', async (file: string) => chown(file, 61_234, 61_234)],
    ['others can write in it', async (file: string) => chmod(file, 0o666)],
    ['it is a pipe', async (file: string) => rm(file).then(() => execa('mkfifo', [file]))],
  ])('is not used if %s', async (_, change) => {
    await run();
    const file = join(dir, 'compiled', NAME);
    const before = await stat(file);
    await change(file);
    expect(await run()).toBe(OUTPUT);
    const after = await stat(file);
    expect([after.isFile(), after.uid, after.mode & 0o777]).toEqual([true, before.uid, 0o644]);
  });

  it.each([
    ['HOME is empty', { HOME: '', XDG_CACHE_HOME: '' }],
    ['the cache has a relative path', { HOME: '/nonexistent', XDG_CACHE_HOME: 'relative' }],
  ])('is not written into the current folder if %s', async (_, env) => {
    if (process.getuid?.() === 0) await chown(dir, 61_234, 61_234);
    const cwd = await tempDir();
    const { stdout } = await execa(process.execPath, [join(dir, 'bin.js')], { cwd, env });
    expect(stdout).toBe(OUTPUT);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('is not needed by a user without a home', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to be another user');
    await chmod(dir, 0o755);
    const user = ['--reuid', '61234', '--regid', '61234', '--clear-groups'];
    const env = ['env', '-u', 'HOME', '-u', 'XDG_CACHE_HOME', process.execPath, join(dir, 'bin.js')];
    const { stdout } = await execa('setpriv', [...user, ...env]);
    expect(stdout).toBe(OUTPUT);
  });

  it('cannot be changed by others, whatever the umask is', async () => {
    expect(await runAfter('umask 000')).toBe(OUTPUT);
    for (const path of ['compiled', `compiled/${NAME}`])
      expect((await stat(join(dir, path))).mode & 0o022, path).toBe(0);
  });

  it('is not kept in part when the disk is full', async () => {
    await writePack({ ...MODULES, 'sum.js': `${MODULES['sum.js']} "${'x'.repeat(10_000)}";` });
    expect(await runAfter('ulimit -f 1')).toBe(OUTPUT);
    expect(await readdir(join(dir, 'compiled'))).toEqual([]);
  });

  it('does not bring back a program that was removed while it ran', async () => {
    await writePack({ 'bin.js': `require('node:fs').rmSync('${dir}', { recursive: true });` });
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
