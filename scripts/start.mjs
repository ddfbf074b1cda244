/** `npm start -- ARGS`: builds the program if necessary and runs `fabric-wizard ARGS`. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const child = spawn(process.execPath, [join(root, 'dist', 'bin.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});

// In a terminal, Ctrl-C and hang-up reach the child directly. A second copy would end it without clean-up.
const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
const forwarded = new Map();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    const now = performance.now();
    // npm forwards signals that the process group has received already.
    const copy = now - (forwarded.get(name) ?? Number.NEGATIVE_INFINITY) < 500;
    if (copy || (inTerminal && name !== 'SIGTERM')) return;
    forwarded.set(name, now);
    child.kill(name);
  });
}

child.on('error', (error) => {
  process.stderr.write(`fabric-wizard: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
});
