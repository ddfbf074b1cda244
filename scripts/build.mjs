/** Bundles src/bin.ts into dist/, so that the program reads a few files at its start instead of a thousand. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { labelsAsJson } from './labels-as-json.mjs';
import { leanDockerode } from './lean-dockerode.mjs';
import { leanInk } from './lean-ink.mjs';
import { leanYoga } from './lean-yoga.mjs';
import { manPageText } from './man-page.mjs';
import { thirdPartyText } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules', '.cache');
const dist = join(root, 'dist');
const fresh = join(cache, `dist-${process.pid}`);
const old = join(cache, `dist-${process.pid}-old`);

/**
 * Makes a file of the bundle a module of CommonJS, which Node.js loads in half the time and whose bytecode can be kept. esbuild
 * splits a bundle into modules of ECMAScript only.
 */
async function asCommonJs(file) {
  const { code } = await transform(readFileSync(file, 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true,
    define: { 'import.meta.url': 'import_meta_url' },
  });
  const url = 'const import_meta_url=require("node:url").pathToFileURL(__filename).href;';
  const [hashbang = ''] = /^#!.*\n/.exec(code) ?? [];
  const own = code.includes('import_meta_url') ? url : '';
  // Modules of ECMAScript are strict. esbuild does not keep this.
  writeFileSync(file, `${hashbang}"use strict";${own}${code.slice(hashbang.length)}`);
}

mkdirSync(cache, { recursive: true });
try {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/bin.ts'],
    outdir: fresh,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Modules that only one command imports are in files that only this command reads.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Less to read and compile at each start. Names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [labelsAsJson, leanDockerode, leanInk, leanYoga],
    metafile: true,
    // The comments are in THIRD-PARTY.txt instead.
    legalComments: 'none',
    logLevel: 'warning',
  });
  await Promise.all(Object.keys(metafile.outputs).map((file) => asCommonJs(join(root, file))));
  writeFileSync(join(fresh, 'package.json'), '{"type":"commonjs"}\n');
  writeFileSync(join(fresh, 'fabric-wizard.1'), await manPageText(root, cache));
  writeFileSync(join(fresh, 'THIRD-PARTY.txt'), thirdPartyText(root, Object.keys(metafile.inputs)));
  // A failed build does not change the existing dist/.
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
