/**
 * Shows the run screen for two running stages that log a given number of lines per second in total. Both log, because
 * a frame is written only if it differs from the last one. `./flood.mjs` bundles this program and runs it in a pty.
 * Arguments: lines per second, seconds, path of a file for the measurements as JSON.
 */
import { writeFileSync } from 'node:fs';
import { showScreens } from '../../../src/app.tsx';
import { reduceRun } from '../../../src/pipeline/core/run-state.ts';
import { initialAppState } from '../../../src/screens/app-state.ts';
import { createStore } from '../../../src/ui/store.ts';
import { createTheme } from '../../../src/ui/theme.tsx';

const [rate, seconds, result] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const FEED_MS = 5;
/** Time until the code that draws frames is compiled. */
const WARM_MS = 2000;
const SAMPLE_MS = 1000;
/** Shorter writes only move the cursor. */
const FRAME_BYTES = 200;
const stages = ['compile', 'image.peer'];

const store = createStore({
  ...initialAppState({ id: 'run' }),
  work: { kind: 'running', request: { command: 'up' }, cancelling: false },
});
/** Every action does nothing. */
const app = new Proxy({ store, version: 'bench' }, { get: (own, name) => own[name] ?? (() => undefined) });
const emit = (event) =>
  store.update((state) => ({ ...state, run: reduceRun(state.run, { ...event, at: Date.now() }) }));

const cost = { cores: 1, memoryMb: 0 };
const plan = {
  stages: stages.map((id) => ({
    ...{ id, needs: [], cause: 'bench', action: 'run', weight: 60, guessed: false, cost },
  })),
  criticalPath: stages,
  seconds: 60,
  guessed: false,
  budget: { cores: 2, memoryMb: 0 },
};
emit({ type: 'run-started', runId: 'bench', command: 'up', project: 'bench', practice: false, plan });
for (const stage of stages) emit({ type: 'stage-started', stage });

let lastFrame;
let worstGap = 0;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk, ...rest) => {
  if (chunk.length >= FRAME_BYTES) {
    const now = performance.now();
    if (lastFrame !== undefined && now > WARM_MS) worstGap = Math.max(worstGap, now - lastFrame);
    lastFrame = now;
  }
  return write(chunk, ...rest);
};

const shown = showScreens(
  app,
  createTheme({ colour: true, unicode: true, language: 'en' }),
  new AbortController().signal,
);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const memory = [];
let lines = 0;
const feeding = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * rate;
  for (; lines < due; lines++)
    emit({
      type: 'stage-log',
      stage: stages[lines % stages.length],
      line: `github.com/hyperledger/fabric/core/ledger/kvledger ${lines}`,
    });
}, FEED_MS);
const sampling = setInterval(() => memory.push(process.memoryUsage().rss), SAMPLE_MS);
setTimeout(() => {
  clearInterval(feeding);
  clearInterval(sampling);
  const { user, system } = process.cpuUsage(cpuBefore);
  writeFileSync(
    result,
    JSON.stringify({ lines, worstGap: worstGap / 1000, cpu: (user + system) / 1e6 / seconds, memory }),
  );
  store.updateNow((state) => ({ ...state, unmounting: true }));
}, seconds * 1000);
await shown;
process.exit();
