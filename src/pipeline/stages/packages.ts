/** Installs on peers that were added what the other peers have, and starts it there. */
import { gatewayIds } from '../chaincode/admission.ts';
import { reachedByPeers } from '../chaincode/chaincode-content.ts';
import { packageLabel } from '../chaincode/chaincode-version.ts';
import { type DeployRun, reportedSteps, stepCount } from '../chaincode/deploy.ts';
import { type DeployPlan, missingOn } from '../chaincode/deploy-plan.ts';
import { type ObservedNetwork, observeChaincodes } from '../chaincode/deployed-chaincodes.ts';
import {
  isRecordedDeployment,
  type RecordedDeployment,
  recordDeployment,
  recordedDeployments,
} from '../chaincode/deployment-record.ts';
import { deployOrStartLast } from '../chaincode/last-program.ts';
import { isServed } from '../chaincode/service-state.ts';
import { type ChaincodeChoice, isOurService } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { defineStage, run as runStage } from '../context/stage-definition.ts';
import { policyOrganisations } from '../fabric/policy-text.ts';
import { exists } from '../host/files.ts';
import { cliContainer, nodeContainers } from '../network/peer-cli.ts';
import { deployInTurn } from './deploy-in-turn.ts';
import { joinStage } from './join.ts';
import { makesNetwork } from './plan-scope.ts';
import { readyStage } from './ready.ts';
import { smokeStage } from './smoke.ts';
import { stageCli } from './stage-cli.ts';

/** Warns of definitions that do not let a new organisation endorse. */
function warnOfPolicy(
  { spec, settings, report }: Pick<StageContext, 'spec' | 'settings' | 'report'>,
  { name, policy }: ChaincodeChoice,
  { install }: DeployPlan,
): void {
  for (const { name: org, mspId, peers, added } of spec.orgs) {
    if (!added || !peers.some((peer) => install.includes(peer.name))) continue;
    const counts =
      policy === undefined
        ? settings.release.lifecycle === 'package'
        : policy.startsWith('/') || policyOrganisations(policy).includes(mspId);
    if (!counts) report.warn('policy', { key: 'warning.policy-without-org', chaincode: name, org });
  }
}

interface Missing {
  readonly choice: ChaincodeChoice;
  readonly plan: DeployPlan;
}

/**
 * Adds what has to be done with the process of a service. An addition does not start a service that the user has removed,
 * or whose folder is gone; one process serves only the version that was deployed last.
 */
async function withStart(
  context: StageContext,
  choice: ChaincodeChoice,
  plan: DeployPlan,
  recorded: RecordedDeployment,
): Promise<DeployPlan> {
  if (!isOurService(choice)) return plan;
  if (recorded.removed || plan.version !== recorded.version) return { ...plan, installOnly: true };
  const { name, path } = choice;
  if (await isServed(context, name, packageLabel(name, plan.digest))) return plan;
  if (await exists(path)) return { ...plan, process: 'start' };
  context.report.warn('chaincode', { key: 'warning.service-folder', chaincode: name, path });
  return { ...plan, installOnly: true };
}

/** Returns the deployed chaincodes that a peer lacks. Those of other programs are named in a warning. */
export async function missingChaincodes(
  context: StageContext,
  observed: ObservedNetwork,
): Promise<Missing[]> {
  const { spec, journal, report } = context;
  const all = recordedDeployments(journal);
  const names = new Set([...observed.committed.values()].flat().map(({ name }) => name));
  const missing: Missing[] = [];
  for (const name of names) {
    const recorded = all.get(name);
    // Only the deployment of the recorded version can have been interrupted.
    const isFinished = (version: string) =>
      recorded?.removed ||
      recorded?.version !== version ||
      isRecordedDeployment(journal, spec, name, version);
    const plans = missingOn(name, observed, spec, isFinished);
    const choice = recorded?.choice;
    for (const plan of plans)
      if (plan !== 'unknown' && recorded && choice)
        missing.push({ choice, plan: await withStart(context, choice, plan, recorded) });
    if (plans.length > 0 && (choice === undefined || plans.includes('unknown')))
      report.warn('chaincode', { key: 'warning.chaincode-unknown', chaincode: name });
  }
  return missing;
}

export const packagesStage = defineStage({
  id: 'packages',
  topic: {
    group: 'network-stages',
    aliases: ['add peer', 'getinstalledpackage'],
    see: ['deploy', 'members', 'install'],
  },
  needs: [joinStage, readyStage, smokeStage],
  isIncluded: (input) => makesNetwork(input) && input.observed.network.adding,
  decide: () => runStage({ key: 'cause.adding' }),
  cost: () => ({ seconds: 10, cores: 1, memoryMb: 500, engineBytes: 100e6 }),
  checks: ['engine', 'context', 'api', 'confinement', 'builder', 'runtime'],
  involvesNodes: true,
  execute: async (context) => {
    const { spec, settings, journal, report } = context;
    const [cli, { id: cliId }, containers] = await Promise.all([
      stageCli(context),
      cliContainer(context),
      nodeContainers(context),
    ]);
    const observed = await observeChaincodes({ cli, spec, release: settings.release });
    const missing = await missingChaincodes(context, observed);
    const total = missing.reduce((sum, { plan, choice }) => sum + stepCount(plan, choice, context), 0);
    const deployRun: DeployRun = {
      ...{ context, cli, cliId, outputs: undefined },
      gatewayIds: gatewayIds(containers),
      ...reportedSteps(context, total),
    };
    const deploy = async ({ plan, choice }: Missing) => {
      const reached = await reachedByPeers(context, cliId, choice, context.settings.release);
      const finished = await deployOrStartLast(deployRun, reached, plan, observed);
      const { name, version, channels } = plan;
      report.chaincodeDeployed({ chaincode: name, version, channels, changed: true, ...finished });
      warnOfPolicy(context, choice, plan);
      // The record says which version was deployed last.
      if (recordedDeployments(journal).get(name)?.version === version && !plan.installOnly)
        await recordDeployment(journal, spec, { choice, version, channels, containers });
    };
    await deployInTurn(missing, {
      ...{ deploy, goesOn: true },
      warn: (message) => report.warn('chaincode', message),
    });
    const names = missing.map(({ plan }) => `${plan.name} ${plan.version}`).join(', ');
    return missing.length === 0
      ? { outcome: 'cached', detail: { key: 'detail.no-packages' } }
      : { outcome: 'built', detail: { key: 'detail.deployed', chaincodes: names } };
  },
});
