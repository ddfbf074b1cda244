/** Runs the screens in a pty while stages log, and presses keys. */
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { leanInk } from '../../lean-ink.mjs';

const TAB = '\t';

/** Bundles `flood-program.mjs`. @returns its path */
export async function bundleFlood(root, dir) {
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
 * Measures the screens.
 * @param options `rate`: log lines per second; `seconds`; `keys`: number of key presses
 * @returns `worstGap`: longest time between two frames, in seconds; `cpu`: share of a core; `memory`: bytes after each
 *   second; `echoes`: seconds from each key press to the frame that shows its effect
 */
export async function flood({ root, dir }, { rate, seconds, keys }) {
  const program = await bundleFlood(root, dir);
  const result = join(dir, `flood-${rate}.json`);
  const command = `stty rows 24 cols 80; "${process.execPath}" "${program}" ${rate} ${seconds} "${result}"`;
  const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    env: { ...process.env, CI: 'false', CONTINUOUS_INTEGRATION: 'false', TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const echoes = [];
  let pressed;
  let expected = 'image.peer: ';
  let drawn = '';
  let pressing;
  const press = () => {
    if (pressed !== undefined || echoes.length >= keys) return;
    pressed = performance.now();
    child.stdin.write(TAB);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    // The program reads no keys before its first frame.
    pressing ??= chunk.includes('Tab') ? setInterval(press, (1000 * seconds) / (keys + 2)) : undefined;
    if (pressed === undefined) return;
    // A frame may arrive in several chunks.
    drawn += chunk;
    if (!drawn.includes(expected)) return;
    echoes.push((performance.now() - pressed) / 1000);
    pressed = undefined;
    drawn = '';
    expected = expected === 'image.peer: ' ? 'compile: ' : 'image.peer: ';
  });
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(pressing);
  return { ...JSON.parse(await readFile(result, 'utf8')), echoes };
}
