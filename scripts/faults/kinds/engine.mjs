/** Faults of the engine and of the machine. */
import { setTimeout as delay } from 'node:timers/promises';

const HANG_MS = 20_000;
const STAGES = ['compile', 'image.peer', 'image.ccenv', 'start', 'channel', 'join', 'smoke'];
const SLOW_STAGES = ['compile', 'image.peer', 'start', 'smoke'];

async function restart({ box }, signal) {
  await box.signalEngine(signal);
  await box.startEngine();
}

async function hang({ box }) {
  await box.signalEngine('SIGSTOP');
  await delay(HANG_MS);
  await box.signalEngine('SIGCONT');
}

const startAgain = ({ box }) => box.startEngine();

const KINDS = [
  { kind: 'dockerd killed and restarted', stages: STAGES, inject: (site) => restart(site, 'SIGKILL') },
  {
    kind: 'dockerd killed',
    stages: STAGES,
    inject: ({ box }) => box.signalEngine('SIGKILL'),
    repair: startAgain,
  },
  { kind: 'dockerd restarted', stages: SLOW_STAGES, inject: (site) => restart(site, 'SIGTERM') },
  { kind: 'engine hangs for 20 s', stages: SLOW_STAGES, inject: hang },
  { kind: 'reboot', stages: STAGES, expects: 'killed', inject: ({ box }) => box.reboot() },
];

const AT_REST = [
  { kind: 'dockerd killed and restarted', inject: (site) => restart(site, 'SIGKILL') },
  { kind: 'dockerd restarted', inject: (site) => restart(site, 'SIGTERM') },
  { kind: 'reboot', inject: ({ box }) => box.reboot() },
  { kind: 'dockerd killed', inject: ({ box }) => box.signalEngine('SIGKILL'), repair: startAgain },
  {
    kind: 'engine hangs for 20 s',
    inject: async (site) => {
      // The run begins while the engine hangs.
      hang(site).catch(() => undefined);
    },
  },
];

export function engineFaults() {
  const inStages = KINDS.flatMap(({ stages, ...fault }) =>
    stages.map((stage) => ({ ...fault, at: { stage, moment: 'work' } })),
  );
  return [...inStages, ...AT_REST];
}
