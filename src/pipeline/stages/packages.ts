/** Installs on peers that were added what the other peers have, and starts it there. */
import { reachedByPeers } from '../chaincode/chaincode-content.ts';
import { type DeployRun, deployChaincode, stepCount } from '../chaincode/deploy.ts';
import { type DeployPlan, missingOn } from '../chaincode/deploy-plan.ts';
import { type ObservedNetwork, observeChaincodes } from '../chaincode/deployed-chaincodes.ts';
import {
  isRecordedDeployment,
  recordDeployment,
  recordedDeployments,
} from '../chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { defineStage, run as runStage } from '../context/stage-definition.ts';
import { cliContainer, nodeContainers } from '../network/peer-cli.ts';
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
        : policy.startsWith('/') || policy.includes(`'${mspId}.`);
    if (!counts) report.warn('policy', { key: 'warning.policy-without-org', chaincode: name, org });
  }
}

interface Missing {
  readonly choice: ChaincodeChoice;
  readonly plan: DeployPlan;
}

/** Returns the deployed chaincodes that a peer lacks. Those of other programs are named in a warning. */
function missingChaincodes({ spec, journal, report }: StageContext, observed: ObservedNetwork): Missing[] {
  const recorded = recordedDeployments(journal);
  const names = new Set([...observed.committed.values()].flat().map(({ name }) => name));
  return [...names].flatMap((name) => {
    const plan = missingOn(name, observed, spec, (version) =>
      isRecordedDeployment(journal, spec, name, version),
    );
    const choice = recorded.get(name)?.choice;
    if (plan === undefined) return [];
    if (plan !== 'unknown' && choice) return [{ plan, choice }];
    report.warn('chaincode', { key: 'warning.chaincode-unknown', chaincode: name });
    return [];
  });
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
    const missing = missingChaincodes(context, observed);
    const total = missing.reduce((sum, { plan, choice }) => sum + stepCount(plan, choice, context), 0);
    let done = 0;
    const deployRun: DeployRun = {
      ...{ context, cli, cliId, outputs: undefined },
      gatewayId: containers.get('gateway')?.id,
      step: (item) => {
        done += 1;
        report.progress(done, total, 'steps', item);
      },
    };
    // One after another: each compile uses whole cores.
    for (const { plan, choice } of missing) {
      const reached = await reachedByPeers(context, cliId, choice);
      const finished = await deployChaincode(deployRun, reached, plan, observed);
      const { name, version, channels } = plan;
      report.chaincodeDeployed({ chaincode: name, version, channels, changed: true, ...finished });
      warnOfPolicy(context, choice, plan);
      await recordDeployment(journal, spec, { choice, version, containers });
    }
    const names = missing.map(({ plan }) => `${plan.name} ${plan.version}`).join(', ');
    return missing.length === 0
      ? { outcome: 'cached', detail: { key: 'detail.no-packages' } }
      : { outcome: 'built', detail: { key: 'detail.deployed', chaincodes: names } };
  },
});
