/** Deploys the user's chaincodes: those that the network does not have yet as they are in the configuration. */
import { gatewayIds } from '../chaincode/admission.ts';
import { type ChaincodeContent, contentOf, withProcess } from '../chaincode/chaincode-content.ts';
import {
  type DeployRun,
  deployChaincode,
  type FinishedChaincode,
  reportedSteps,
  stepCount,
} from '../chaincode/deploy.ts';
import { type DeployPlan, deployPlan, isDeployed } from '../chaincode/deploy-plan.ts';
import { isRecordedDeployment, recordDeployment } from '../chaincode/deployment-record.ts';
import { withAnswering } from '../chaincode/failed-deployment.ts';
import { deployOrStartLast } from '../chaincode/last-program.ts';
import { observeRunning } from '../chaincode/planned-deployments.ts';
import { requireSameDefinition } from '../chaincode/shared-process.ts';
import { removeUndefinedServices } from '../chaincode/undefined-services.ts';
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { cached, defineStage, run as runStage } from '../context/stage-definition.ts';
import { cliContainer, nodeContainers } from '../network/peer-cli.ts';
import { compileStage } from './compile.ts';
import { deployInTurn } from './deploy-in-turn.ts';
import { javaenvStage } from './javaenv.ts';
import { joinStage } from './join.ts';
import { provideImages } from './machine-setup.ts';
import { nodeenvStage } from './nodeenv.ts';
import { packagesStage } from './packages.ts';
import { deploysChaincodes, isDeployedAlready } from './plan-scope.ts';
import { readyStage } from './ready.ts';
import { smokeStage } from './smoke.ts';
import { stageCli } from './stage-cli.ts';
import { swapStage } from './swap.ts';

export const deployStage = defineStage({
  id: 'deploy',
  topic: {
    group: 'network-stages',
    aliases: ['chaincode deploy', 'chaincodes'],
    see: ['install', 'instantiate', 'smoke', 'chaincode-image'],
  },
  needs: [
    ...[joinStage, readyStage, swapStage, compileStage, smokeStage, packagesStage],
    ...[javaenvStage, nodeenvStage],
  ],
  waitsFor: () => [
    ...[joinStage, readyStage, swapStage, smokeStage, packagesStage],
    ...[javaenvStage, nodeenvStage],
  ],
  isIncluded: ({ goal }) => deploysChaincodes({ goal }) && (goal.chaincodes ?? []).length > 0,
  decide: (input) => {
    const { goal, runs } = input;
    if (isDeployedAlready(input) && !runs(joinStage, readyStage, swapStage, packagesStage))
      return cached({ key: 'cause.deployed' }, goal.chaincodes);
    return runStage({ key: goal.until === 'up' ? 'cause.configured' : 'cause.requested' }, goal.chaincodes);
  },
  cost: () => ({ seconds: 20, practiceSeconds: 15, cores: 1, memoryMb: 900, engineBytes: 100e6 }),
  checks: ['engine', 'context', 'api', 'confinement', 'builder', 'runtime'],
  involvesNodes: true,
  execute: async (context, inputs) => {
    const { spec, settings, report, chaincodes, options } = context;
    const { outputs, source } = inputs.of(compileStage);
    const compiled = { ...context, source };
    await provideImages(context);
    const [cli, cliId, containers] = await Promise.all([
      stageCli(context),
      cliContainer(context).then(({ id }) => id),
      nodeContainers(context),
    ]);
    const content = await Promise.all(
      chaincodes.map(({ choice }) => contentOf(context, cliId, choice, settings.release)),
    );
    const known = { cli, spec, release: settings.release, state: context.journal, containers };
    const observed = await observeRunning(known);
    await removeUndefinedServices(
      context,
      observed,
      chaincodes.map(({ choice }) => choice.name),
    );
    const plans = await Promise.all(
      chaincodes.map(async ({ choice, channels }, index) => {
        const { name } = choice;
        const { choice: reached, digest } = content[index] as ChaincodeContent;
        const isFinished = (version: string) => isRecordedDeployment(context.journal, spec, name, version);
        const plan = deployPlan({ name, channels }, digest, observed, spec, isFinished);
        return { choice, reached, plan: await withProcess(context, reached, plan, settings.release) };
      }),
    );
    const wanted = plans.filter(({ plan }) => !isDeployed(plan));
    const committedOn = async (channel: string) => observed.committed.get(channel) ?? [];
    for (const { plan } of wanted)
      await requireSameDefinition(
        { ...context, committedOn },
        plan,
        (channels) => `fabric-wizard chaincode deploy ${plan.name} --channel ${channels.join(',')}`,
      );
    const total = wanted.reduce((sum, { choice, plan }) => sum + stepCount(plan, choice, context), 0);
    const deployRun: DeployRun = {
      context: compiled,
      outputs,
      cli,
      cliId,
      gatewayIds: gatewayIds(containers),
      ...reportedSteps(context, total),
    };
    const tell = ({ name, version, channels }: DeployPlan, finished: FinishedChaincode = { peers: [] }) =>
      report.chaincodeDeployed({
        ...{ chaincode: name, version, channels, changed: finished.peers.length > 0 },
        ...finished,
      });
    const record = (choice: ChaincodeChoice, { version, channels }: DeployPlan) =>
      recordDeployment(context.journal, spec, { choice, version, channels, containers });
    for (const { choice, plan } of plans.filter((each) => isDeployed(each.plan))) {
      tell(plan);
      await record(choice, plan);
    }
    const deployed = options.startsLastPrograms ? deployOrStartLast : deployChaincode;
    await deployInTurn(wanted, {
      deploy: async ({ choice, reached, plan }) => {
        const finished = await deployed(deployRun, reached, plan, observed).catch((error: unknown) => {
          throw withAnswering(error, plan);
        });
        tell(plan, finished);
        await record(choice, plan);
      },
      goesOn: options.startsLastPrograms,
      warn: (message) => report.warn('chaincode', message),
    });
    const names = wanted.map(({ plan }) => `${plan.name} ${plan.version}`).join(', ');
    return wanted.length === 0
      ? { outcome: 'cached', detail: { key: 'detail.deployed-before', count: plans.length } }
      : { outcome: 'built', detail: { key: 'detail.deployed', chaincodes: names } };
  },
});
