/** The rows of the benchmark, in the order of the measurement. */
import { coldBuild } from './rows/cold-build.mjs';
import { deployNothing, deployUpgrade } from './rows/deploy.mjs';
import { editLoop } from './rows/edit-loop.mjs';
import { firstFrame } from './rows/first-frame.mjs';
import { firstRun } from './rows/first-run.mjs';
import { gatewayBuild, gatewayMemory, gatewayPeers, gatewayPing } from './rows/gateway.mjs';
import { idlePeers } from './rows/idle-peers.mjs';
import { instantiate } from './rows/instantiate.mjs';
import { eightPeers, thirtyTwoPeers } from './rows/many-peers.mjs';
import { noopBuild } from './rows/noop-build.mjs';
import { idleDashboard, keyEcho, logFlood } from './rows/screen.mjs';
import { devGo, serviceGo, serviceNode } from './rows/service.mjs';
import { upAgain, upByfn, upProof } from './rows/up-proof.mjs';

/**
 * A row is `{name, what, against, atMost, unit, quick, measure}`. `measure(setup, runs)` returns the numbers of both sides as
 * `{measured, reference}` and may add `extras`, `measuredParts` and `referenceParts`. `quick` rows are run more often.
 * `needs` says whether the release has what a row measures; without it, every release has.
 */
export const ROWS = [
  firstRun,
  coldBuild,
  noopBuild,
  upProof,
  upAgain,
  upByfn,
  editLoop,
  instantiate,
  deployNothing,
  deployUpgrade,
  serviceGo,
  serviceNode,
  devGo,
  eightPeers,
  thirtyTwoPeers,
  idlePeers,
  gatewayPeers,
  gatewayMemory,
  gatewayPing,
  gatewayBuild,
  firstFrame,
  logFlood,
  keyEcho,
  idleDashboard,
];
