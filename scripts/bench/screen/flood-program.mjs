/**
 * The real screens over a desk that only talks: two stages run and share so many lines a second between them.
 * Both talk, for a frame is written where it differs from the last: over a log that stands still only the clock moves.
 * Bundled and run in a pty by ./flood.mjs, and never part of the product.
 * Arguments: lines a second, seconds, file that gets the measurements as JSON.
 */
import { writeFileSync } from 'node:fs';
import { showScreens } from '../../../src/app.tsx';
import { reduceRun } from '../../../src/pipeline/core/run-state.ts';
import { initialAppState } from '../../../src/screens/app-state.ts';
import { createStore } from '../../../src/ui/store.ts';
import { createFace } from '../../../src/ui/theme.tsx';

const [rate, seconds, result] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const FEED_MS = 5;
/** Until everything is compiled that draws a frame. */
const WARM_MS = 2000;
const SAMPLE_MS = 1000;
/** Shorter writes are the cursor's, not a frame. */
const FRAME_BYTES = 200;
const stages = ['compile', 'image.peer'];

const store = createStore({
  ...initialAppState({ id: 'run' }),
  work: { kind: 'running', request: { command: 'up' }, cancelling: false },
});
const nothing = () => undefined;
const desk = {
  store,
  version: 'bench',
  ...Object.fromEntries(
    [
      'prepare',
      'start',
      'run',
      'cancel',
      'interrupt',
      'leave',
      'openLog',
      'observe',
      'startNode',
      'down',
    ].map((name) => [name, nothing]),
  ),
};
const tell = (event) =>
  store.update((state) => ({ ...state, run: reduceRun(state.run, { ...event, at: Date.now() }) }));

const plan = {
  stages: stages.map((id) => ({ id, needs: [], cause: 'bench', action: 'run', weight: 60, cost: {} })),
  criticalPath: stages,
  seconds: 60,
  guessed: false,
};
tell({ type: 'run-started', runId: 'bench', command: 'up', project: 'bench', practice: false, plan });
for (const stage of stages) tell({ type: 'stage-started', stage });

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
  desk,
  createFace({ colour: true, unicode: true, language: 'en' }),
  new AbortController().signal,
);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const memory = [];
let lines = 0;
const feeding = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * rate;
  for (; lines < due; lines++)
    tell({
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
  store.updateNow((state) => ({ ...state, leaving: true }));
}, seconds * 1000);
await shown;
process.exit();
