/** Writes the compose file of the network, and the files that programs on the host need. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { type DecisionInput, decideBy, defineStage } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { writeAtomically } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { writeCaFiles } from '../network/ca-files.ts';
import { writeClientFiles } from '../network/client-files.ts';
import { hasOtherPorts } from '../network/connection.ts';
import { writePeerFiles } from '../network/external-builder.ts';
import { writeMetricsFiles } from '../network/metrics-files.ts';
import { composeText } from '../network/network-plan.ts';
import { firstOrderer, withoutMetrics } from '../network/network-spec.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import { artifactsStage } from './artifacts.ts';
import { couchdbStage } from './couchdb.ts';
import { cryptoStage } from './crypto.ts';
import { metricsStage } from './metrics.ts';
import { makesNetwork } from './plan-scope.ts';
import { verifyStage } from './verify.ts';

/** Whether the compose file may change for more than Prometheus. */
export function changesNodes({ observed: { network }, runs }: DecisionInput): boolean {
  return network.joining.length > 0 || network.compose !== 'same' || runs(cryptoStage, artifactsStage);
}

/** Warns if the ports on this host change, so that discovery returns ports that are only in the network. */
function warnOfPorts({ journal, spec, settings, report }: StageContext): void {
  const before = journal.getFact(SAVED_NETWORK)?.spec;
  const isMoved = before === undefined || firstOrderer(before).port !== firstOrderer(spec).port;
  if (!isMoved || !spec.ports || !settings.release.discoveryService || !hasOtherPorts(spec)) return;
  report.warn('discovery', { key: 'warning.discovery', base: spec.ports.base });
}

export const composeStage = defineStage({
  id: 'compose',
  topic: {
    group: 'network-stages',
    aliases: ['docker-compose', 'docker-compose.yaml'],
    see: ['start', 'CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE'],
  },
  needs: [cryptoStage, verifyStage, couchdbStage, metricsStage],
  waitsFor: (input) => (makesNetwork(input) ? [cryptoStage, metricsStage] : [verifyStage]),
  isIncluded: (input) =>
    makesNetwork(input) || (input.goal.until === 'rebuild' && input.observed.network.running),
  decide: ({ observed: { network }, runs }) =>
    decideBy(
      [
        [network.joining.length > 0, { key: 'cause.joining', members: network.joining }],
        [runs(cryptoStage, artifactsStage), { key: 'cause.network-new' }],
        [runs(metricsStage), { key: 'cause.metrics-new' }],
        [network.compose === 'absent', { key: 'cause.no-compose' }],
        [
          network.composeDiffers.length > 0,
          { key: 'cause.compose-settings', settings: network.composeDiffers },
        ],
        [network.compose === 'changed', { key: 'cause.compose-differs' }],
      ],
      { key: 'cause.unchanged' },
    ),
  execute: async (context, inputs) => {
    const { stateDir, source, project, journal } = context;
    const metrics = inputs.of(metricsStage);
    const spec = metrics ? context.spec : withoutMetrics(context.spec);
    const dir = networkDir(stateDir);
    const path = join(dir, 'docker-compose.yaml');
    const { instance } = inputs.of(cryptoStage);
    // First: the compose file has their id. A `peer` on the host reads the core.yaml that `env` names.
    await writePeerFiles(context, dir);
    const content = await composeText(
      { ...context, spec, metrics, couchdb: inputs.of(couchdbStage) },
      instance,
    );
    warnOfPorts(context);
    await journal.setFact(SAVED_NETWORK, { spec, version: source.version });
    await writeClientFiles({ spec, version: source.version }, dir).catch((error: unknown) => {
      // No node needs a user whose key is lost; `connect` says the same.
      if (!(error instanceof WizardFailure) || error.failure.kind !== 'usage') throw error;
      context.report.warn('client-files', error.failure.message);
    });
    await writeMetricsFiles(dir, spec);
    await writeCaFiles(dir, spec);
    await writeAtomically(join(dir, '.env'), `COMPOSE_PROJECT_NAME=${project}\n`);
    const isSame = (await readFile(path, 'utf8').catch(() => '')) === content;
    if (!isSame) await writeAtomically(path, content);
    return { outcome: isSame ? 'cached' : 'built', detail: path };
  },
});
