/** PURE: what was observed -> what will be done, each stage with its cause. */
import type { ImageName } from '../fabric/line-facts.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { expectedSeconds, NOTHING, type Resources } from './budget.ts';
import { criticalPath } from './critical-path.ts';
import type { Freshness, ObservedState } from './observed-state.ts';
import { costOf, guessedSeconds } from './stage-cost.ts';

export interface Stage {
  readonly id: string;
  /** Ids of the stages that must have ended well before this one starts. */
  readonly needs: readonly string[];
  /** Why the stage will run, or why it has nothing to do: "ccenv image is missing". */
  readonly cause: string;
  readonly action: 'run' | 'cached';
  /** Expected seconds; the share of the overall progress. */
  readonly weight: number;
  /** What it takes of the machine while it runs. */
  readonly cost: Resources;
}

export interface Plan {
  /** In an order where needs come first. */
  readonly stages: readonly Stage[];
  /** Nodes that `start` is about; absent: all. */
  readonly startOnly?: readonly string[];
  /** Ids of the stages that decide how long the run takes, from first to last; empty where nothing takes time. */
  readonly criticalPath: readonly string[];
  /** Expected seconds from start to end. */
  readonly seconds: number;
  /** True where no earlier run has told how long one of the stages takes. */
  readonly guessed: boolean;
}

export interface PlanGoal {
  /**
   * `build` ends with verified images, `up` with a proof, `smoke` is the proof alone; `rebuild` brings
   * images and running nodes up to the source.
   */
  readonly until: 'build' | 'up' | 'smoke' | 'rebuild';
  readonly images: readonly ImageName[];
  /** Rebuild whatever the caches say. */
  readonly force: boolean;
  /** Host binaries are wanted too. */
  readonly binaries: boolean;
  /** After a rebuild: prove the network too. */
  readonly smoke: boolean;
}

interface Decision {
  readonly run: boolean;
  readonly cause: string;
}

const run = (cause: string): Decision => ({ run: true, cause });
const cached = (cause: string): Decision => ({ run: false, cause });

/** Causes are looked at in order; the first that holds says why the stage runs. */
function decide(causes: readonly (readonly [boolean, string])[], otherwise: string): Decision {
  const found = causes.find(([holds]) => holds);
  return found ? run(found[1]) : cached(otherwise);
}

function decideImage(observed: ObservedState, name: ImageName, goal: PlanGoal, upstream: boolean): Decision {
  const { present, wanted, missingRefs = [] } = observed.images[name] ?? {};
  return decide(
    [
      [goal.force, 'asked for without caches'],
      [present === undefined, `${name} image is missing`],
      [present !== undefined && !present.ours, `${name} image was not built here`],
      [upstream, 'compile or its base image changes first'],
      [present?.fingerprint !== wanted, `what goes into ${name} changed`],
      [missingRefs.length > 0, `missing tag ${missingRefs[0]}`],
    ],
    'unchanged',
  );
}

function decideSwap(network: ObservedState['network'], compiles: boolean): Decision {
  if (!network.running) return cached('no network runs');
  if (network.compose !== 'same') return cached('every node is made anew');
  return decide(
    [
      [compiles, 'what the compile changes goes into the running nodes'],
      [network.otherPrograms.length > 0, `other programs: ${nodesText(network.otherPrograms)}`],
    ],
    'every node runs these programs',
  );
}

function decideCompose(compose: Freshness, networkIsNew: boolean): Decision {
  return decide(
    [
      [networkIsNew, 'the network is new'],
      [compose === 'absent', 'no compose file yet'],
      [compose === 'changed', 'the compose file differs from the choices'],
    ],
    'unchanged',
  );
}

function nodesText(nodes: readonly string[]): string {
  return nodes.slice(0, 3).join(', ');
}

/** @param budget what there is for all stages that run at once */
export function makePlan(observed: ObservedState, goal: PlanGoal, budget: Resources): Plan {
  const stages = stagesOf(observed, goal, budget);
  return {
    stages,
    startOnly:
      goal.until === 'rebuild' && observed.network.compose === 'same'
        ? [...observed.network.outdated, ...observed.network.down]
        : undefined,
    criticalPath: criticalPath(stages).ids,
    seconds: Math.round(10 * expectedSeconds(stages, budget)) / 10,
    guessed: stages.some(({ id, weight }) => weight > 0 && observed.stageSeconds[id] === undefined),
  };
}

function stagesOf(observed: ObservedState, goal: PlanGoal, budget: Resources): readonly Stage[] {
  const decisions = new Map<string, Decision>();
  const stages: Stage[] = [];
  const add = (id: string, needs: readonly string[], decision: Decision) => {
    decisions.set(id, decision);
    stages.push({
      id,
      needs: needs.filter((need) => decisions.has(need)),
      cause: decision.cause,
      action: decision.run ? 'run' : 'cached',
      weight: decision.run ? (observed.stageSeconds[id] ?? guessedSeconds(id, observed.practice)) : 0,
      cost: decision.run ? costOf(id, budget) : NOTHING,
    });
  };
  const runs = (...ids: readonly string[]) => ids.some((id) => decisions.get(id)?.run === true);

  if (goal.until === 'smoke') {
    add('smoke', [], run('asked for'));
    return stages;
  }

  add('source', [], run('always: to know what is built'));
  add('base.builder', ['source'], observed.base.builder);
  add('base.runtime', ['source'], observed.base.runtime);
  add(
    'compile',
    ['source', 'base.builder'],
    decide(
      [
        [goal.force, 'asked for without caches'],
        [runs('base.builder'), 'the builder image comes first'],
        [!observed.outputsKept, 'source, ldflags or builder changed'],
        [goal.binaries, 'host binaries are wanted'],
      ],
      'source, ldflags and builder unchanged',
    ),
  );
  const { network } = observed;
  if (goal.until === 'rebuild') {
    add('swap', ['compile'], decideSwap(network, runs('compile')));
  }
  if (observed.chaintool !== undefined) {
    add(
      'chaintool',
      ['source'],
      observed.chaintool.present ? cached(`${observed.chaintool.from} is there`) : run('asked for'),
    );
  }
  const imageDecisions = new Map(
    goal.images.map((name) => {
      const base = `base.${IMAGE_BASE[name]}`;
      return [name, decideImage(observed, name, goal, runs('compile', base, 'chaintool'))] as const;
    }),
  );
  const anyRuns = (names: readonly ImageName[]) =>
    names.some((name) => imageDecisions.get(name)?.run === true);
  add(
    'sampleconfig',
    ['source'],
    decide(
      [[anyRuns(['peer', 'orderer', 'tools']), 'goes into peer, orderer and tools']],
      'no image needs it',
    ),
  );
  add(
    observed.ccenvPayload,
    ['compile', 'swap'],
    decide([[anyRuns(['ccenv']), 'goes into ccenv']], 'no image needs it'),
  );
  for (const name of goal.images) {
    const payload = name === 'ccenv' ? [observed.ccenvPayload, 'chaintool'] : ['sampleconfig'];
    const base = `base.${IMAGE_BASE[name]}`;
    // The running nodes first: somebody waits for them, and for the images nobody does.
    add(
      `image.${name}`,
      ['compile', 'swap', base, ...payload],
      imageDecisions.get(name) ?? cached('not asked for'),
    );
  }
  const images = goal.images.map((name) => `image.${name}`);
  const verified = goal.images.every((name) => observed.images[name]?.verified === true);
  add(
    'verify',
    images,
    decide(
      [
        [runs(...images), 'images were built'],
        [!verified, 'never verified'],
      ],
      'the same images were verified before',
    ),
  );
  if (goal.until === 'build') return stages;
  if (goal.until === 'rebuild') {
    if (network.running) add('compose', ['verify'], decideCompose(network.compose, false));
    add(
      'start',
      ['verify', 'compose'],
      network.running
        ? decide(
            [
              [runs('compose'), 'the compose file is new'],
              [
                network.outdated.length > 0,
                `sampleconfig or base image changed: ${nodesText(network.outdated)}`,
              ],
              [network.down.length > 0, `not running: ${nodesText(network.down)}`],
            ],
            'every node runs',
          )
        : cached('no network runs'),
    );
    add('ready', ['start'], decide([[runs('start'), 'nodes were started']], 'no node was started'));
    if (goal.smoke) add('smoke', ['ready', 'swap'], run('asked for'));
    return stages;
  }

  add(
    'crypto',
    // What a network that is there stands on is not replaced before the new images are known to be good.
    [network.crypto === 'absent' ? 'image.tools' : 'verify'],
    decide(
      [
        [network.crypto === 'absent', 'no crypto material yet'],
        [network.crypto === 'changed', 'organisations, peers or the Fabric line changed'],
      ],
      'unchanged',
    ),
  );
  add(
    'artifacts',
    ['crypto'],
    decide(
      [
        [runs('crypto'), 'new crypto material'],
        [network.artifacts === 'absent', 'no genesis block yet'],
        [network.artifacts === 'changed', 'channel or capabilities changed'],
      ],
      'unchanged',
    ),
  );
  add('compose', ['crypto'], decideCompose(network.compose, runs('crypto', 'artifacts')));
  add(
    'start',
    ['verify', 'artifacts', 'compose'],
    decide(
      [
        [runs('compose', 'artifacts', 'crypto'), 'the network is new or changed'],
        [runs(...images), 'images were built'],
        [network.down.length > 0, `not running: ${nodesText(network.down)}`],
        [network.stale.length > 0, `on an older image: ${nodesText(network.stale)}`],
      ],
      'every node runs on its image',
    ),
  );
  add(
    'ready',
    ['start'],
    decide(
      [
        [runs('start'), 'nodes were started'],
        [network.unjoined.length > 0, 'not every peer has joined'],
      ],
      'every peer answers',
    ),
  );
  add(
    'channel',
    ['ready'],
    decide(
      [
        [runs('start'), 'nodes were started'],
        [network.unjoined.length > 0, 'not every peer has joined'],
      ],
      `every peer is on ${observed.channel}`,
    ),
  );
  add(
    'join',
    ['channel'],
    decide(
      [
        [runs('channel'), 'the channel was asked about'],
        [network.unjoined.length > 0, `not joined: ${nodesText(network.unjoined)}`],
      ],
      `every peer is on ${observed.channel}`,
    ),
  );
  add(
    'anchors',
    ['join'],
    decide(
      [
        [runs('channel'), 'the channel was asked about'],
        [!network.anchorsSet, 'anchor peers are not set'],
      ],
      'set before',
    ),
  );
  // Gossip between organisations is not what it proves.
  add('smoke', ['join'], run('the proof is always made anew'));
  return stages;
}
