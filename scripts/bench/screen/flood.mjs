/** Runs the screens in a pty while a stage talks, and presses a key now and then. */
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { leanInk } from '../../lean-ink.mjs';

const TAB = '\t';

/** @returns path of the program */
async function bundled(root, dir) {
  const outdir = join(dir, 'flood');
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['scripts/bench/screen/flood-program.mjs'],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);",
    },
    plugins: [leanInk],
    logLevel: 'error',
  });
  return join(outdir, 'flood-program.mjs');
}

/**
 * @param options `rate` lines a second, `seconds`, `keys`: how many keys are pressed meanwhile
 * @returns `worstGap` seconds between two frames, `cpu` share of a core, `memory` bytes each second,
 *   `echoes` seconds from a key to the frame that shows what it did
 */
export async function flood({ root, dir }, { rate, seconds, keys }) {
  const program = await bundled(root, dir);
  const result = join(dir, `flood-${rate}.json`);
  const command = `stty rows 24 cols 80; "${process.execPath}" "${program}" ${rate} ${seconds} "${result}"`;
  const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    env: { ...process.env, CI: 'false', CONTINUOUS_INTEGRATION: 'false', TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const echoes = [];
  let pressed;
  let wanted = 'image.peer: ';
  let drawn = '';
  let pressing;
  const press = () => {
    if (pressed !== undefined || echoes.length >= keys) return;
    pressed = performance.now();
    child.stdin.write(TAB);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    // Before its first frame nobody reads keys.
    pressing ??= chunk.includes('Tab') ? setInterval(press, (1000 * seconds) / (keys + 2)) : undefined;
    if (pressed === undefined) return;
    // A frame can come in pieces.
    drawn += chunk;
    if (!drawn.includes(wanted)) return;
    echoes.push((performance.now() - pressed) / 1000);
    pressed = undefined;
    drawn = '';
    wanted = wanted === 'image.peer: ' ? 'compile: ' : 'image.peer: ';
  });
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(pressing);
  return { ...JSON.parse(await readFile(result, 'utf8')), echoes };
}
