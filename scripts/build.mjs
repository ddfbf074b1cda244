/** Bundles src/bin.ts into dist/, so that the program reads two files at its start instead of a thousand. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { fromSource } from './from-source.mjs';
import { labelsAsJson } from './labels-as-json.mjs';
import { leanDockerode } from './lean-dockerode.mjs';
import { leanInk } from './lean-ink.mjs';
import { leanYoga } from './lean-yoga.mjs';
import { manPageText } from './man-page.mjs';
import { packed } from './pack.mjs';
import { thirdPartyText } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules', '.cache');
const dist = join(root, 'dist');
const fresh = join(cache, `dist-${process.pid}`);
const old = join(cache, `dist-${process.pid}-old`);

/** Less to read and compile at each start. Names stay, for stack traces. */
const MINIFY = { minifyWhitespace: true, minifySyntax: true };
const TARGET = { platform: 'node', target: 'node20', ...MINIFY };

/**
 * Returns a module of the bundle as one of CommonJS, whose bytecode can be kept. esbuild splits a bundle into modules of ECMAScript
 * only.
 */
async function asCommonJs({ path, text }) {
  const { code } = await transform(text, {
    ...TARGET,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'import_meta_url' },
  });
  const url = 'const import_meta_url=require("node:url").pathToFileURL(__filename).href;';
  const own = code.includes('import_meta_url') ? url : '';
  // Modules of ECMAScript are strict. esbuild does not keep this.
  return [basename(path), `"use strict";${own}${code}`];
}

/** Writes the pack. @returns the metafile */
async function bundleProgram() {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/bin.ts'],
    outdir: fresh,
    write: false,
    bundle: true,
    ...TARGET,
    format: 'esm',
    // A module that only one command imports is run by this command only.
    splitting: true,
    chunkNames: '[name]-[hash]',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [labelsAsJson, leanDockerode, leanInk, leanYoga],
    metafile: true,
    // The comments are in THIRD-PARTY.txt instead.
    legalComments: 'none',
    logLevel: 'warning',
  });
  const { program, contents } = packed(await Promise.all(outputFiles.map(asCommonJs)));
  const { partFile } = await fromSource(root, `export { partFile } from './src/part-file.ts';`);
  writeFileSync(join(fresh, 'modules.pack'), partFile(program, contents));
  return metafile;
}

async function bundleLoader() {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/loader.ts'],
    outfile: join(fresh, 'bin.js'),
    bundle: true,
    ...TARGET,
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    logLevel: 'warning',
  });
}

mkdirSync(cache, { recursive: true });
try {
  mkdirSync(fresh);
  const metafile = await bundleProgram();
  await bundleLoader();
  writeFileSync(join(fresh, 'package.json'), '{"type":"commonjs"}\n');
  writeFileSync(join(fresh, 'fabric-wizard.1'), await manPageText(root));
  writeFileSync(join(fresh, 'THIRD-PARTY.txt'), thirdPartyText(root, Object.keys(metafile.inputs)));
  // A failed build does not change the existing dist/.
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
