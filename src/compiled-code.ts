/**
 * Keeps the bytecode of the bundle, so that later starts do not compile it again. Node.js 22.1 and later do this themselves.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import Module from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import { Script } from 'node:vm';

/** What the types of Node.js 20 do not have. `_compile` is not documented, but the releases for which it is used do not change any more. */
type Loader = typeof Module & {
  readonly enableCompileCache?: () => unknown;
  readonly prototype: { _compile(this: Module, content: string, filename: string): unknown };
};

/** The function around a module of CommonJS. */
type Wrapper = (
  exports: unknown,
  require: (id: string) => unknown,
  module: Module,
  file: string,
  dir: string,
) => void;

/** The bytecode of each file of the bundle, by its name, each behind its digest. */
type Bytecode = ReadonlyMap<string, Buffer>;

const DIGEST_BYTES = 20;

function digestOf(bytecode: Buffer): Buffer {
  return createHash('sha1').update(bytecode).digest();
}

/** Returns the bytecode behind a digest; undefined if it is damaged. V8 checks its beginning only, and would crash. */
function intact(part: Buffer | undefined): Buffer | undefined {
  const bytecode = part?.subarray(DIGEST_BYTES);
  return bytecode && part && digestOf(bytecode).equals(part.subarray(0, DIGEST_BYTES)) ? bytecode : undefined;
}

/** Reads the length of the index (4 bytes), the index (name and length of each part, JSON), and the parts. */
function readBytecode(file: string): Bytecode {
  try {
    const bytes = readFileSync(file);
    let at = 4 + bytes.readUInt32LE(0);
    const index = JSON.parse(bytes.toString('utf8', 4, at)) as [string, number][];
    return new Map(
      index.map(([name, length]) => {
        const part = bytes.subarray(at, at + length);
        at += length;
        return [name, part];
      }),
    );
  } catch {
    // There is none, or it is damaged.
    return new Map();
  }
}

/** A process that was killed leaves the file that it was writing. No process writes for so long. */
const LEFT_MS = 60_000;

function removeLeft(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder).filter((each) => each.startsWith(`${basename(file)}.`))) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > LEFT_MS) rmSync(path);
  }
}

/** Replaces the file by a complete one. */
function writeBytecode(file: string, bytecode: Bytecode): void {
  const index = Buffer.from(JSON.stringify([...bytecode].map(([name, part]) => [name, part.length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  const fresh = `${file}.${process.pid}`;
  // Not its parents: a bundle that has been removed since the start stays removed.
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), 0o755);
  removeLeft(file);
  try {
    // Nobody else may change it, whatever the umask is.
    const options = { flag: 'wx', mode: 0o644 };
    writeFileSync(fresh, Buffer.concat([length, index, ...bytecode.values()]), options);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Throws unless this user has the folder and can write in it: what root writes, its owner could not remove. */
function requireOwn(dir: string): void {
  if (statSync(dir).uid !== process.geteuid?.()) throw new Error(`${dir} belongs to another user`);
  accessSync(dir, constants.W_OK);
}

/** @param dir the folder of the bundle. It gets the folder `compiled`. */
export function keepCompiledCode(dir: string): void {
  const loader = Module as Loader;
  if (loader.enableCompileCache) {
    loader.enableCompileCache();
    return;
  }
  const chunks = join(dir, 'chunks') + sep;
  const file = join(dir, 'compiled', `${process.version}-${process.arch}`);
  const kept = readBytecode(file);
  const added = new Map<string, Script>();
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (content, filename) {
    if (!filename.startsWith(chunks)) return compile.call(this, content, filename);
    const name = basename(filename);
    const script = new Script(Module.wrap(content), { filename, cachedData: intact(kept.get(name)) });
    // undefined without data, true if the data is of another V8.
    if (script.cachedDataRejected !== false) added.set(name, script);
    const run = script.runInThisContext() as Wrapper;
    return run.call(this.exports, this.exports, (id) => this.require(id), this, filename, dirname(filename));
  };
  // At the end, functions that were called have been compiled too.
  process.on('exit', () => {
    if (added.size === 0) return;
    try {
      // Before the bytecode is made, which takes time.
      requireOwn(dir);
      const parts = [...added].map(([name, script]) => {
        const bytecode = script.createCachedData();
        return [name, Buffer.concat([digestOf(bytecode), bytecode])] as const;
      });
      // Another process may have added to it meanwhile.
      writeBytecode(file, new Map([...readBytecode(file), ...parts]));
    } catch {
      // The folder belongs to another user, or the disk is full. The next start compiles again.
    }
  });
}
