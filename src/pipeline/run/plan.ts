/** PURE: what was observed -> what will be done, each stage with its cause. */

import type { Freshness, ObservedState } from '../context/observed-state.ts';
import { expectedSeconds, NOTHING, type Resources } from '../core/budget.ts';
import { criticalPath } from '../core/critical-path.ts';
import type { Text } from '../core/phrase.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { costOf, guessedSeconds } from './stage-cost.ts';

export interface Stage {
  readonly id: string;
  /** Ids of the stages that must have ended well before this one starts. */
  readonly needs: readonly string[];
  /** Why the stage will run, or why it has nothing to do: "ccenv image is missing". */
  readonly cause: Text;
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
  readonly cause: Text;
}

const run = (cause: Text): Decision => ({ run: true, cause });
const cached = (cause: Text): Decision => ({ run: false, cause });

/** Causes are looked at in order; the first that holds says why the stage runs. */
function decide(causes: readonly (readonly [boolean, Text])[], otherwise: Text): Decision {
  const found = causes.find(([holds]) => holds);
  return found ? run(found[1]) : cached(otherwise);
}

function decideImage(observed: ObservedState, name: ImageName, goal: PlanGoal, after: boolean): Decision {
  const { present, wanted, missingRefs = [] } = observed.images[name] ?? {};
  return decide(
    [
      [goal.force, { key: 'cause.forced' }],
      [present === undefined, { key: 'cause.image-missing', image: name }],
      [present !== undefined && !present.ours, { key: 'cause.image-foreign', image: name }],
      [after, { key: 'cause.image-after' }],
      [present?.fingerprint !== wanted, { key: 'cause.image-changed', image: name }],
      [missingRefs.length > 0, { key: 'cause.tag-missing', ref: missingRefs[0] ?? '' }],
    ],
    { key: 'cause.unchanged' },
  );
}

/** @param images those by the checkout's own Dockerfiles that will be built */
function decideUpstreamBases(observed: ObservedState, images: readonly ImageName[]): Decision {
  const missing = new Set(images.flatMap((name) => observed.images[name]?.upstream?.missing ?? []));
  if (images.length === 0) return cached({ key: 'cause.not-needed' });
  return decide([[missing.size > 0, { key: 'cause.images-missing', what: [...missing] }]], {
    key: 'cause.images-here',
  });
}

function decideSwap(network: ObservedState['network'], compiles: boolean): Decision {
  if (!network.running) return cached({ key: 'cause.no-network' });
  if (network.compose !== 'same') return cached({ key: 'cause.all-recreated' });
  return decide(
    [
      [compiles, { key: 'cause.compile-swaps' }],
      [network.otherPrograms.length > 0, { key: 'cause.other-programs', nodes: network.otherPrograms }],
    ],
    { key: 'cause.same-programs' },
  );
}

function decideCompose(compose: Freshness, networkIsNew: boolean): Decision {
  return decide(
    [
      [networkIsNew, { key: 'cause.network-new' }],
      [compose === 'absent', { key: 'cause.no-compose' }],
      [compose === 'changed', { key: 'cause.compose-differs' }],
    ],
    { key: 'cause.unchanged' },
  );
}

/** @param budget what there is for all stages that run at once */
export function makePlan(observed: ObservedState, goal: PlanGoal, budget: Resources): Plan {
  const stages = stagesOf(observed, goal, budget);
  return {
    stages,
    startOnly:
      goal.until === 'rebuild' && observed.network.compose === 'same'
        ? [...anewIn(observed, goal), ...observed.network.down]
        : undefined,
    criticalPath: criticalPath(stages).ids,
    seconds: Math.round(10 * expectedSeconds(stages, budget)) / 10,
    guessed: stages.some(({ id, weight }) => weight > 0 && observed.stageSeconds[id] === undefined),
  };
}

/** Whether the image comes of the checkout's own Dockerfile. */
function isUpstream({ images }: ObservedState, name: ImageName): boolean {
  return images[name]?.upstream !== undefined;
}

/** The running nodes that a rebuild makes anew: all that differ, where no program can be copied into them. */
function anewIn(observed: ObservedState, goal: PlanGoal): readonly string[] {
  const { outdated, otherPrograms } = observed.network;
  const noSwap = goal.images.some((name) => isUpstream(observed, name));
  return noSwap ? [...new Set([...outdated, ...otherPrograms])] : outdated;
}

function stagesOf(observed: ObservedState, goal: PlanGoal, budget: Resources): readonly Stage[] {
  const decisions = new Map<string, Decision>();
  const stages: Stage[] = [];
  const add = (id: string, needs: readonly string[], decision: Decision, as = id) => {
    decisions.set(id, decision);
    stages.push({
      id,
      needs: needs.filter((need) => decisions.has(need)),
      cause: decision.cause,
      action: decision.run ? 'run' : 'cached',
      weight: decision.run ? (observed.stageSeconds[id] ?? guessedSeconds(as, observed.practice)) : 0,
      cost: decision.run ? costOf(as, budget) : NOTHING,
    });
  };
  const runs = (...ids: readonly string[]) => ids.some((id) => decisions.get(id)?.run === true);

  if (goal.until === 'smoke') {
    add('smoke', [], run({ key: 'cause.requested' }));
    return stages;
  }

  add('source', [], run({ key: 'cause.always' }));
  const { network, couchdb } = observed;
  if (couchdb && (goal.until === 'up' || (goal.until === 'rebuild' && network.running))) {
    add(
      'couchdb',
      ['source'],
      couchdb.present
        ? cached({ key: 'cause.present', what: couchdb.ref })
        : run({ key: 'cause.missing', what: couchdb.ref }),
    );
  }
  // Where there is no CouchDB to be had, nothing is built in vain.
  const begun = ['source', 'couchdb'];
  const ours = goal.images.filter((name) => !isUpstream(observed, name));
  const upstream = goal.images.filter((name) => isUpstream(observed, name));
  const compiles = ours.length > 0 || goal.binaries;
  if (compiles) add('base.builder', begun, observed.base.builder);
  if (ours.length > 0) add('base.runtime', begun, observed.base.runtime);
  if (compiles) {
    add(
      'compile',
      [...begun, 'base.builder'],
      decide(
        [
          [goal.force, { key: 'cause.forced' }],
          [runs('base.builder'), { key: 'cause.builder-first' }],
          [!observed.outputsKept, { key: 'cause.inputs-changed' }],
          [goal.binaries, { key: 'cause.binaries' }],
        ],
        { key: 'cause.inputs-same' },
      ),
    );
  }
  if (goal.until === 'rebuild' && upstream.length === 0) {
    add('swap', ['compile'], decideSwap(network, runs('compile')));
  }
  if (observed.chaintool !== undefined && compiles) {
    add(
      'chaintool',
      begun,
      observed.chaintool.present
        ? cached({ key: 'cause.present', what: observed.chaintool.from })
        : run({ key: 'cause.requested' }),
    );
  }
  const imageDecisions = new Map(
    goal.images.map((name) => {
      const before = ['compile', `base.${IMAGE_BASE[name]}`, 'chaintool'];
      const after = ours.includes(name) && runs(...before);
      return [name, decideImage(observed, name, goal, after)] as const;
    }),
  );
  const building = (names: readonly ImageName[]) =>
    names.filter((name) => imageDecisions.get(name)?.run === true);
  if (upstream.length > 0) {
    add('base.upstream', begun, decideUpstreamBases(observed, building(upstream)));
  }
  if (ours.length > 0) {
    const intoAny = (names: readonly ImageName[]) => building(ours).some((name) => names.includes(name));
    add(
      'sampleconfig',
      begun,
      decide([[intoAny(['peer', 'orderer', 'tools']), { key: 'cause.into-programs' }]], {
        key: 'cause.not-needed',
      }),
    );
    add(
      observed.ccenvPayload,
      ['compile', 'swap'],
      decide([[intoAny(['ccenv']), { key: 'cause.into-ccenv' }]], { key: 'cause.not-needed' }),
    );
  }
  for (const name of goal.images) {
    const payload = name === 'ccenv' ? [observed.ccenvPayload, 'chaintool'] : ['sampleconfig'];
    const decision = imageDecisions.get(name) ?? cached({ key: 'cause.not-requested' });
    // The running nodes first: somebody waits for them, and for the images nobody does.
    if (ours.includes(name))
      add(`image.${name}`, ['compile', 'swap', `base.${IMAGE_BASE[name]}`, ...payload], decision);
    else add(`image.${name}`, ['base.upstream'], decision, `upstream.${name}`);
  }
  const images = goal.images.map((name) => `image.${name}`);
  const verified = goal.images.every((name) => observed.images[name]?.verified === true);
  add(
    'verify',
    images,
    decide(
      [
        [runs(...images), { key: 'cause.images-built' }],
        [!verified, { key: 'cause.never-verified' }],
      ],
      { key: 'cause.verified' },
    ),
  );
  if (goal.until === 'build') return stages;
  if (goal.until === 'rebuild') {
    const anew = anewIn(observed, goal);
    if (network.running) add('compose', ['verify'], decideCompose(network.compose, false));
    add(
      'start',
      ['verify', 'compose'],
      network.running
        ? decide(
            [
              [runs('compose'), { key: 'cause.compose-new' }],
              [anew.length > 0, { key: upstream.length > 0 ? 'cause.anew' : 'cause.outdated', nodes: anew }],
              [network.down.length > 0, { key: 'cause.down', nodes: network.down }],
            ],
            { key: 'cause.all-run' },
          )
        : cached({ key: 'cause.no-network' }),
    );
    add(
      'ready',
      ['start'],
      decide([[runs('start'), { key: 'cause.started' }]], { key: 'cause.none-started' }),
    );
    if (goal.smoke) add('smoke', ['ready', 'swap'], run({ key: 'cause.requested' }));
    return stages;
  }

  add(
    'crypto',
    // What a network that is there stands on is not replaced before the new images are known to be good.
    [network.crypto === 'absent' ? 'image.tools' : 'verify'],
    decide(
      [
        [network.crypto === 'absent', { key: 'cause.no-crypto' }],
        [
          network.crypto === 'changed' && network.otherState,
          { key: couchdb ? 'cause.to-couchdb' : 'cause.to-leveldb' },
        ],
        [network.crypto === 'changed', { key: 'cause.crypto-changed' }],
      ],
      { key: 'cause.unchanged' },
    ),
  );
  add(
    'artifacts',
    ['crypto'],
    decide(
      [
        [runs('crypto'), { key: 'cause.new-crypto' }],
        [network.artifacts === 'absent', { key: 'cause.no-genesis' }],
        [network.artifacts === 'changed', { key: 'cause.channel-changed' }],
      ],
      { key: 'cause.unchanged' },
    ),
  );
  add('compose', ['crypto'], decideCompose(network.compose, runs('crypto', 'artifacts')));
  add(
    'start',
    ['verify', 'artifacts', 'compose'],
    decide(
      [
        [runs('compose', 'artifacts', 'crypto'), { key: 'cause.network-changed' }],
        [runs(...images), { key: 'cause.images-built' }],
        [network.down.length > 0, { key: 'cause.down', nodes: network.down }],
        [network.stale.length > 0, { key: 'cause.stale', nodes: network.stale }],
      ],
      { key: 'cause.all-current' },
    ),
  );
  add(
    'ready',
    ['start'],
    decide(
      [
        [runs('start'), { key: 'cause.started' }],
        [network.unjoined.length > 0, { key: 'cause.some-unjoined' }],
      ],
      { key: 'cause.all-answer' },
    ),
  );
  add(
    'channel',
    ['ready'],
    decide(
      [
        [runs('start'), { key: 'cause.started' }],
        [network.unjoined.length > 0, { key: 'cause.some-unjoined' }],
      ],
      { key: 'cause.on-channel', channels: observed.channels.join(', ') },
    ),
  );
  add(
    'join',
    ['channel'],
    decide(
      [
        [runs('channel'), { key: 'cause.channel-state' }],
        [network.unjoined.length > 0, { key: 'cause.unjoined', nodes: network.unjoined }],
      ],
      { key: 'cause.on-channel', channels: observed.channels.join(', ') },
    ),
  );
  add(
    'anchors',
    ['join'],
    decide(
      [
        [runs('channel'), { key: 'cause.channel-state' }],
        [!network.anchorsSet, { key: 'cause.no-anchors' }],
      ],
      { key: 'cause.anchors-set' },
    ),
  );
  // Gossip between organisations is not what it proves.
  add('smoke', ['join'], run({ key: 'cause.proof' }));
  return stages;
}
