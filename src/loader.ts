#!/usr/bin/env node
/**
 * `dist/bin.js`: runs the modules of the bundle, which are in `dist/modules.pack`. It takes less time to read them from one file than
 * to find 150 files.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { openCompiledCode } from './compiled-code.ts';
import { PartFile } from './part-file.ts';

/** What a module is: a function around the code of CommonJS. */
type Wrapper = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  file: string,
  dir: string,
) => void;

const DIR = import.meta.dirname;
const PACK = join(DIR, 'modules.pack');
const pack = new PartFile(PACK);
const compiled = openCompiledCode(DIR, pack.program);
const loaded = new Map<string, { exports: unknown }>();
const requireBuiltin = createRequire(import.meta.filename);

/** Modules of the bundle require each other as `./NAME`. */
function requireModule(id: string): unknown {
  if (!id.startsWith('./')) return requireBuiltin(id);
  const name = id.slice(2);
  const known = loaded.get(name);
  if (known) return known.exports;
  const code = pack.read(name);
  if (!code) throw new Error(`${PACK} has no module ${name}`);
  const module = { exports: {} };
  loaded.set(name, module);
  // As stack traces show it.
  const filename = join(PACK, name);
  const script = new Script(code.toString('latin1'), { filename, cachedData: compiled.of(name) });
  // undefined without data, true if the data is of another V8.
  if (script.cachedDataRejected !== false) compiled.add(name, script);
  const run = script.runInThisContext() as Wrapper;
  run.call(module.exports, module.exports, requireModule, module, join(DIR, name), DIR);
  return module.exports;
}

requireModule('./bin.js');
