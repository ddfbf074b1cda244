/** Linux namespaces: processes, mounts, a network and a host name of their own, which end together. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 30;
const START_LIMIT_MS = 60_000;
/** The kernel ends all processes of a namespace, and a busy machine takes its time. */
const END_LIMIT_MS = 120_000;
/** Names the process whose end is the end of the namespaces. */
const INIT_FILE = 'box.pid';

/** Polls until `ask` returns something other than undefined and false. */
export async function eventually(what, ask, limitMs = START_LIMIT_MS) {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - startedAt > limitMs) throw new Error(`timed out waiting for ${what}`);
    await delay(POLL_MS);
  }
}

/** Returns the first child of a process, or undefined. */
export async function childOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const [child] = text.trim().split(' ');
  return child ? Number(child) : undefined;
}

/** Ends the namespaces that a killed program left in this folder: two engines would use the same data. */
async function endLeft(folder) {
  const pid = await readFile(join(folder, INIT_FILE), 'utf8').catch(() => undefined);
  const command = pid && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  if (!command?.startsWith('unshare\0') || !command.includes(folder)) return;
  signal(Number(pid), 'SIGKILL');
  await eventually('the end of the earlier namespaces', async () => !(await isAlive(`/proc/${pid}`)));
}

/**
 * Creates namespaces. The earlier ones of the folder are ended.
 * @param folder an existing folder, for the pid of the namespaces; `$0` in the script
 * @param script shell text that prepares them, prints a line and does not end. The shell collects the processes that lose
 *   their parent
 * @returns `init`: pid of the first process in them; `end()` ends everything in them
 */
export async function enterNamespaces(folder, script) {
  await endLeft(folder);
  const flags = ['--mount', '--net', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const unshare = spawn('unshare', [...flags, '--propagation', 'private', 'sh', '-c', script, folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  unshare.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const failed = once(unshare, 'exit').then(() => {
    throw new Error(`cannot create namespaces: ${stderr.trim()}`);
  });
  failed.catch(() => undefined);
  await writeFile(join(folder, INIT_FILE), String(unshare.pid));
  await Promise.race([once(unshare.stdout, 'data'), failed]);
  const init = await eventually('the namespaces', () => childOf(unshare.pid));
  const end = async () => {
    const ended = failed.catch(() => undefined);
    unshare.kill('SIGKILL');
    await ended;
    await eventually(
      'the end of the namespaces',
      async () => !(await isAlive(`/proc/${init}`)),
      END_LIMIT_MS,
    );
  };
  return { init, end };
}

/** @param folder of the process in a /proc */
export async function isAlive(folder) {
  const stat = await readFile(join(folder, 'stat'), 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** Sends a signal to a process, which may have ended. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
