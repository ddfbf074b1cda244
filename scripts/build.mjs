/** Bundles src/bin.ts into dist/, so that the program reads a few files at its start instead of a thousand. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { leanDockerode } from './lean-dockerode.mjs';
import { leanInk } from './lean-ink.mjs';
import { manPageText } from './man-page.mjs';
import { thirdPartyText } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules', '.cache');
const dist = join(root, 'dist');
const fresh = join(cache, `dist-${process.pid}`);
const old = join(cache, `dist-${process.pid}-old`);

// dockerode and its dependencies are CommonJS and use these names.
const banner = `#!/usr/bin/env node
import { createRequire as fwCreateRequire } from 'node:module';
import { dirname as fwDirname } from 'node:path';
import { fileURLToPath as fwFileURLToPath } from 'node:url';
const require = fwCreateRequire(import.meta.url);
const __filename = fwFileURLToPath(import.meta.url);
const __dirname = fwDirname(__filename);`;

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
    banner: { js: banner },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [leanDockerode, leanInk],
    metafile: true,
    // The comments are in THIRD-PARTY.txt instead.
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeFileSync(join(fresh, 'fabric-wizard.1'), await manPageText(root, cache));
  writeFileSync(join(fresh, 'THIRD-PARTY.txt'), thirdPartyText(root, Object.keys(metafile.inputs)));
  // A failed build does not change the existing dist/.
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
