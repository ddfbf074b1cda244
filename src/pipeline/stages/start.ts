/** Starts the containers of the network with compose. */
import type { StageContext } from '../context/run-context.ts';
import {
  cached,
  type Decision,
  type DecisionInput,
  decideBy,
  defineStage,
  run,
} from '../context/stage-definition.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { requireImage } from '../images/require-image.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { openUsersDatabase } from '../network/couchdb.ts';
import {
  containerName,
  couchdbNodes,
  GATEWAY,
  gatewayNames,
  neededServices,
  networkNodes,
} from '../network/network-spec.ts';
import { fillVolumes } from '../network/network-volumes.ts';
import { nodeContainers, nodeLogs } from '../network/peer-cli.ts';
import { artifactsStage } from './artifacts.ts';
import { awaitNode, composeServices } from './await-node.ts';
import { caStage } from './ca.ts';
import { changesNodes, composeStage } from './compose.ts';
import { gatewayStage } from './gateway.ts';
import { hooksOf } from './hook-stage.ts';
import { IMAGE_STAGES } from './images.ts';
import { prepareMachines } from './machine-setup.ts';
import { makesNetwork, nodesToReplace, upstreamImages } from './plan-scope.ts';
import { findReplaced, type Replacement, removeNodes } from './replaced-nodes.ts';
import { verifyStage } from './verify.ts';

function decideForUp(input: DecisionInput): Decision {
  const { observed, runs } = input;
  const { network } = observed;
  return decideBy(
    [
      [changesNodes(input), { key: 'cause.network-changed' }],
      [runs(...IMAGE_STAGES, gatewayStage, caStage), { key: 'cause.images-built' }],
      [network.down.length > 0, { key: 'cause.down', nodes: network.down }],
      [network.stale.length > 0, { key: 'cause.stale', nodes: network.stale }],
    ],
    { key: 'cause.all-current' },
  );
}

/** Adding starts what is missing. The gateway has a socket for each peer, so a new peer needs a new gateway. */
function decideForAdd({ observed: { network, gateway } }: DecisionInput): Decision {
  const { down, joining } = network;
  if (down.length === 0) return cached({ key: 'cause.all-run' });
  return run({ key: 'cause.joining', members: joining }, [...(gateway ? [GATEWAY] : []), ...down]);
}

/** A rebuild starts only the nodes that need a new container or are down, unless the compose file changed. */
function decideForRebuild(input: DecisionInput): Decision {
  const { observed, runs } = input;
  const { network } = observed;
  if (!network.running) return cached({ key: 'cause.no-network' });
  if (runs(composeStage)) return run({ key: 'cause.compose-new' });
  if (runs(caStage)) return run({ key: 'cause.images-built' });
  const replaced = nodesToReplace(input);
  const targets = [...replaced, ...network.down];
  if (replaced.length > 0) {
    const key = upstreamImages(input).length > 0 ? 'cause.other-configured-image' : 'cause.outdated';
    return run({ key, nodes: replaced }, targets);
  }
  if (network.down.length > 0) return run({ key: 'cause.down', nodes: network.down }, targets);
  return cached({ key: 'cause.all-run' });
}

async function runningContainers(context: StageContext): Promise<readonly string[]> {
  const containers = [...(await nodeContainers(context)).values()];
  return containers.filter(({ state }) => state === 'running').map(({ id }) => id);
}

/** Resumes paused nodes. Compose either takes them for running ones or refuses to start them. */
async function unpauseNodes(context: StageContext): Promise<void> {
  const { docker, spec, targets, report } = context;
  for (const [node, { id, state }] of await nodeContainers(context)) {
    if (state !== 'paused' || (targets && !targets.includes(node))) continue;
    report.command(dockerCommand('unpause', containerName(spec, node)));
    await docker.unpauseContainer(id);
  }
}

/** Runs `docker compose up` for these services; undefined: for all that the network needs. */
async function composeUp(context: StageContext, services: readonly string[] | undefined): Promise<void> {
  const { docker, settings, gateway, spec, signal } = context;
  try {
    if (services) await composeServices(context, services, 'some');
    else await composeServices(context, neededServices(spec), 'needed');
  } catch (error) {
    // If an image was removed meanwhile, compose reports that it cannot pull it.
    const images = [
      ...(['peer', 'orderer', 'tools'] as const).map((name) => primaryRef(settings, name)),
      ...(gateway ? [gateway.image.ref] : []),
    ];
    if (!signal.aborted) await Promise.all(images.map((ref) => requireImage(docker, ref)));
    throw error;
  }
}

/** Starts the CouchDBs, because a peer that cannot reach its CouchDB exits. @returns names of their services */
async function startCouchdbs(context: StageContext): Promise<readonly string[]> {
  const { spec, targets, report } = context;
  const couchdbs = couchdbNodes(spec).filter(({ name }) => targets?.includes(name) ?? true);
  const names = couchdbs.map(({ name }) => name);
  if (names.length === 0) return names;
  await composeUp(context, names);
  await Promise.all(
    couchdbs.map(async (node) => {
      await awaitNode(context, { node, role: 'couchdb' });
      const answer = await openUsersDatabase(context, node, () => nodeLogs(context, [node.name]));
      if (answer !== undefined) report.log(`${node.name} ${answer}`);
    }),
  );
  return names;
}

/**
 * Starts the gateway if it is among the nodes that the stage is limited to: compose then starts each without what it
 * depends on, and a peer needs its socket.
 * @returns names of their services
 */
async function startGateway(context: StageContext): Promise<readonly string[]> {
  const { spec, targets } = context;
  const names = gatewayNames(spec).filter((name) => targets?.includes(name));
  if (names.length === 0) return [];
  await composeUp(context, names);
  await Promise.all(names.map((name) => awaitNode(context, { node: { name }, role: 'gateway' })));
  return names;
}

/**
 * Removes the containers that compose must not use again. Of the nodes that get another image, some are replaced and
 * awaited first; the others keep the old program until then.
 * @throws WizardFailure `check` or `timeout` if one of the first nodes does not come up
 */
async function replaceOutdated(context: StageContext, { outdated, first }: Replacement): Promise<void> {
  const isFirst = ([node]: readonly [string, ContainerInfo]) => first.includes(node);
  if (first.length > 0) {
    await removeNodes(
      context,
      [...outdated].filter(isFirst).map(([, container]) => container),
    );
    await composeUp(context, first);
    const members = networkNodes(context.spec).filter(({ node }) => first.includes(node.name));
    await Promise.all(members.map((member) => awaitNode(context, member)));
  }
  const rest = [...outdated].filter((each) => !isFirst(each));
  await removeNodes(
    context,
    rest.map(([, container]) => container),
  );
}

/** So that no other engine is later taken for that of the network. */
async function rememberEngine({ docker, journal, settings: { goArch } }: StageContext): Promise<void> {
  const { id, rootDir } = await docker.info();
  const { endpoint, certificates, machines } = docker.address;
  const before = journal.getFact(STATE_KEYS.engine);
  const used = [machines?.selected, ...(machines?.others ?? []).map(({ name }) => name)];
  const left = [...(before?.machines?.others ?? []), ...(before?.left ?? [])].filter(
    ({ name }, index, all) => !used.includes(name) && all.findIndex((each) => each.name === name) === index,
  );
  await journal.setFact(STATE_KEYS.engine, {
    ...{ id, rootDir, endpoint, arch: goArch, certificates },
    ...(machines ? { machines: { ...machines, others: [...machines.others] } } : {}),
    ...(left.length > 0 ? { left } : {}),
  });
}

export const startStage = defineStage({
  id: 'start',
  topic: {
    group: 'network-stages',
    aliases: ['up', 'containers'],
    see: ['ready', '/var/hyperledger/production'],
  },
  needs: [verifyStage, gatewayStage, caStage, artifactsStage, composeStage],
  isIncluded: (input) => makesNetwork(input) || input.goal.until === 'rebuild',
  decide: (input) => {
    if (input.goal.until === 'add') return decideForAdd(input);
    return makesNetwork(input) ? decideForUp(input) : decideForRebuild(input);
  },
  cost: () => ({ seconds: 4, cores: 1, memoryMb: 200 }),
  checks: [
    'engine',
    'context',
    'compose',
    'socket',
    'confinement',
    'selinux',
    'proxies',
    'clock',
    'ports',
    'disk',
    'memory',
    'neighbours',
    'folder',
  ],
  involvesNodes: true,
  execute: async (context) => {
    await rememberEngine(context);
    if (hooksOf(context.options, 'after-start').length > 0)
      await context.journal.setFact(STATE_KEYS.hooksDue, true);
    await prepareMachines(context);
    // `clean` may have removed them since the compose file was written.
    const instance = context.journal.getFact(STATE_KEYS.crypto)?.instance ?? '';
    await fillVolumes({ ...context, dir: networkDir(context.stateDir), instance });
    const before = new Set(await runningContainers(context));
    const replaced = await findReplaced(context);
    await removeNodes(context, replaced.unusable);
    await unpauseNodes(context);
    const couchdbs = await startCouchdbs(context);
    await replaceOutdated(context, replaced);
    const first = [...couchdbs, ...(await startGateway(context))];
    const others = context.targets?.filter((name) => !first.includes(name));
    if (others?.length !== 0) await composeUp(context, others);
    const now = await runningContainers(context);
    const started = now.filter((id) => !before.has(id)).length;
    return {
      outcome: started > 0 ? 'built' : 'cached',
      detail: { key: 'detail.containers', count: now.length, started },
    };
  },
});
