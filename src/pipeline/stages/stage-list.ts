/** The list of all stages, in an order where needs come first. A new stage is one module and one line here. */
import type { AnyStage } from '../context/stage-definition.ts';
import { afterProofStage } from './after-proof.ts';
import { afterStartStage } from './after-start.ts';
import { anchorsStage } from './anchors.ts';
import { artifactsStage } from './artifacts.ts';
import { baseBuilderStage, baseRuntimeStage } from './base-images.ts';
import { baseUpstreamStage } from './base-upstream.ts';
import { caStage } from './ca.ts';
import { chaintoolStage } from './chaintool.ts';
import { channelStage } from './channel.ts';
import { compileStage } from './compile.ts';
import { composeStage } from './compose.ts';
import { couchdbStage } from './couchdb.ts';
import { cryptoStage } from './crypto.ts';
import { deployStage } from './deploy.ts';
import { gatewayStage } from './gateway.ts';
import { gocacheStage } from './gocache.ts';
import { goshimStage } from './goshim.ts';
import { IMAGE_STAGES } from './images.ts';
import { javaenvStage } from './javaenv.ts';
import { joinStage } from './join.ts';
import { membersStage } from './members.ts';
import { metricsStage } from './metrics.ts';
import { nodeenvStage } from './nodeenv.ts';
import { packagesStage } from './packages.ts';
import { prometheusStage } from './prometheus.ts';
import { readyStage } from './ready.ts';
import { sampleconfigStage } from './sampleconfig.ts';
import { smokeStage } from './smoke.ts';
import { sourceStage } from './source.ts';
import { startStage } from './start.ts';
import { suitesStage } from './suites.ts';
import { swapStage } from './swap.ts';
import { unitTestsStage } from './unit-tests.ts';
import { verifyStage } from './verify.ts';

const LIST = [
  sourceStage,
  couchdbStage,
  javaenvStage,
  baseBuilderStage,
  baseRuntimeStage,
  compileStage,
  unitTestsStage,
  suitesStage,
  gatewayStage,
  swapStage,
  chaintoolStage,
  baseUpstreamStage,
  sampleconfigStage,
  goshimStage,
  gocacheStage,
  ...IMAGE_STAGES,
  verifyStage,
  caStage,
  cryptoStage,
  artifactsStage,
  metricsStage,
  composeStage,
  startStage,
  prometheusStage,
  readyStage,
  channelStage,
  membersStage,
  joinStage,
  anchorsStage,
  afterStartStage,
  smokeStage,
  packagesStage,
  nodeenvStage,
  deployStage,
  afterProofStage,
] as const satisfies readonly AnyStage[];

/** Id of a stage. */
export type StageId = (typeof LIST)[number]['id'];

export const STAGES: readonly (AnyStage & { readonly id: StageId })[] = LIST;
