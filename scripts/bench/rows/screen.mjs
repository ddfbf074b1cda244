/** How responsive the screens are during a build, and their processor time in an idle dashboard. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figures.mjs';
import { cpuOf } from '../processor-time.mjs';
import { flood } from '../screen/flood.mjs';

const FAST = 20_000;
const FLOOD_SECONDS = 15;
const SETTLE_SECONDS = 5;

export const logFlood = {
  name: 'log-flood',
  what: 'longest time without a frame while stages log 20,000 lines per second',
  against: 'the 80 ms between two frames and 100 ms',
  atMost: 1,
  measure: async (setup, runs) => {
    const all = [];
    for (let i = 0; i < runs; i++)
      all.push(await flood(setup, { rate: FAST, seconds: setup.check ? 6 : FLOOD_SECONDS, keys: 0 }));
    const memory = all.map(({ memory: samples }) => samples.at(-1) / samples[SETTLE_SECONDS - 1]);
    return {
      measured: all.map(({ worstGap }) => worstGap),
      reference: all.map(() => 0.18),
      extras: [
        { what: 'share of a core', ratio: median(all.map(({ cpu }) => cpu)) },
        { what: `memory at the end against that after ${SETTLE_SECONDS} s`, ratio: median(memory) },
      ],
    };
  },
};

export const keyEcho = {
  name: 'key-echo',
  what: 'a key press until the frame that shows its effect, while stages log 1,000 lines per second',
  against: '50 ms',
  atMost: 1,
  measure: async (setup, runs) => {
    const { echoes } = await flood(setup, {
      rate: 1000,
      seconds: setup.check ? 3 : 5 + 3 * runs,
      keys: setup.check ? 2 : 10 * runs,
    });
    return {
      measured: echoes,
      reference: [0.05],
      extras: [{ what: 'the slowest', seconds: Math.max(...echoes) }],
    };
  },
};

const IDLE_SECONDS = 60;
const ENTER = '\r';
const CTRL_C = '\u0003';

/** Returns the PID of the program in the pty: the last of the chain of child processes. */
function lastChild(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : lastChild(Number(children.split(' ')[0]));
}

export const idleDashboard = {
  name: 'idle-dashboard',
  what: 'processor time of the dashboard of 2 x 2 peers while nothing happens',
  against: 'the elapsed time',
  atMost: 0.01,
  measure: async (setup) => {
    const { path } = await setup.network(2, 2);
    const command = `stty rows 24 cols 80; "${process.execPath}" "${setup.bin}"`;
    const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
      cwd: path,
      env: {
        ...process.env,
        CI: 'false',
        CONTINUOUS_INTEGRATION: 'false',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(-20_000);
      });
      // Accept the default of every screen before the dashboard.
      while (!text.includes('dashboard')) {
        if (child.exitCode !== null) throw new Error('the program ended before its dashboard');
        child.stdin.write(ENTER);
        await delay(500);
      }
      await delay(1000 * (setup.check ? 1 : SETTLE_SECONDS));
      const pid = lastChild(child.pid);
      const before = cpuOf(pid);
      const startedAt = performance.now();
      await delay(1000 * (setup.check ? 2 : IDLE_SECONDS));
      const passed = (performance.now() - startedAt) / 1000;
      return { measured: [cpuOf(pid) - before], reference: [passed] };
    } finally {
      child.stdin.write(CTRL_C);
      await delay(200);
      child.stdin.write(CTRL_C);
      await delay(1000);
      child.kill();
    }
  },
};
