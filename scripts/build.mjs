/** Bundles src/bin.ts into dist/, so that the program reads a few files at its start instead of a thousand. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { labelsAsJson } from './labels-as-json.mjs';
import { leanDockerode } from './lean-dockerode.mjs';
import { leanInk } from './lean-ink.mjs';
import { manPageText } from './man-page.mjs';
import { thirdPartyText } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules', '.cache');
const dist = join(root, 'dist');
const fresh = join(cache, `dist-${process.pid}`);
const old = join(cache, `dist-${process.pid}-old`);

/** The function of esbuild by which CommonJS packages (dockerode) load modules of Node.js. It needs Node's `require`. */
const CALLS_REQUIRE = /\bvar __require\s*=/;
const WITH_REQUIRE = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
`;

/**
 * Gives `require` to the one file that needs it: in all of the 80 files of a start it would take 20 ms. The file of the command
 * cannot have it, because its first line says which program runs it.
 */
function addRequire(files) {
  const found = files.filter((file) => CALLS_REQUIRE.test(readFileSync(file, 'utf8')));
  if (found.length !== 1) throw new Error(`${found.length} files define __require, not one`);
  const text = readFileSync(found[0], 'utf8');
  if (text.startsWith('#!')) throw new Error(`${found[0]} defines __require and begins with #!`);
  writeFileSync(found[0], WITH_REQUIRE + text);
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
    plugins: [labelsAsJson, leanDockerode, leanInk],
    metafile: true,
    // The comments are in THIRD-PARTY.txt instead.
    legalComments: 'none',
    logLevel: 'warning',
  });
  addRequire(Object.keys(metafile.outputs).map((file) => join(root, file)));
  writeFileSync(join(fresh, 'fabric-wizard.1'), await manPageText(root, cache));
  writeFileSync(join(fresh, 'THIRD-PARTY.txt'), thirdPartyText(root, Object.keys(metafile.inputs)));
  // A failed build does not change the existing dist/.
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
