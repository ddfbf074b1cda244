/** PURE: is there what this plan needs: images, room, memory, ports. */

import type { Phrase, Text } from '../core/phrase.ts';
import { freePortBase } from '../diagnosis/failure-help.ts';
import { compareVersions, minorVersion } from '../fabric/versions.ts';
import { portOwners } from '../host/held-ports.ts';
import { installCommand } from '../host/install-command.ts';
import type { DoctorFacts, PeerImageFact, Room } from './doctor-facts.ts';
import { type Check, check, type Finding, fail, gigabytes, ok, warn } from './finding.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

function source({ source }: Facts<'source'>): Finding {
  if (source.found)
    return ok({
      key: source.practice ? 'row.source-practice' : 'row.source',
      version: source.version,
      dir: source.dir,
    });
  if ('failure' in source) {
    const { failure } = source;
    const where: Text =
      failure.kind === 'source'
        ? { key: 'row.source-wrong', path: failure.path, detail: failure.detail }
        : failure.kind;
    return fail(where, 'fabric-wizard up --source PATH', failure);
  }
  return ok({
    key: source.auto ? 'row.source-to-clone-or-practice' : 'row.source-to-clone',
    tag: source.tag,
  });
}

/** Bytes that each stage leaves on the engine, as measured with 1.4.12; what is shared is counted once. */
const ENGINE_BYTES: Readonly<Record<string, number>> = {
  'base.builder': 900e6,
  'base.runtime': 100e6,
  // With what it leaves of the compiles inside of image builds.
  'base.upstream': 3e9,
  // The Go build cache; a changed line of an old one is small.
  compile: 200e6,
  'image.ccenv': 90e6,
  'image.tools': 110e6,
  'image.peer': 50e6,
  'image.orderer': 40e6,
  // The chaincode's image on each peer, and ledgers.
  smoke: 100e6,
};
/** The programs, and those of the two compiles before. */
const STATE_BYTES: Readonly<Record<string, number>> = { compile: 230e6 };
const LOWEST = 200e6;

function bytesOf(table: Readonly<Record<string, number>>, stages: ReadonlySet<string>): number {
  return LOWEST + [...stages].reduce((sum, stage) => sum + (table[stage] ?? 0), 0);
}

/** The room that the plan needs at each place; one file system is counted once. */
export function roomNeeded({
  disk,
  stages,
}: Facts<'disk' | 'stages'>): { readonly room: Room; readonly need: number }[] {
  const engine = bytesOf(ENGINE_BYTES, stages);
  const state = bytesOf(STATE_BYTES, stages);
  if (disk.engine === undefined) return [{ room: disk.state, need: state }];
  if (disk.engine.device === disk.state.device) return [{ room: disk.engine, need: engine + state - LOWEST }];
  return [
    { room: disk.engine, need: engine },
    { room: disk.state, need: state },
  ];
}

function disk(facts: Facts<'disk' | 'stages'>): Finding {
  const places = roomNeeded(facts);
  const rooms = places.map(
    ({ room, need }): Phrase => ({
      key: 'row.room',
      free: gigabytes(room.free),
      path: room.path,
      need: gigabytes(need),
    }),
  );
  const { engine, engineRoot } = facts.disk;
  const unseen: readonly Phrase[] = engine ? [] : [{ key: 'row.room-unseen', path: engineRoot }];
  const detail: Phrase = { key: 'row.rooms', rooms: [...rooms, ...unseen] };
  const fix: Phrase = { key: 'fix.room' };
  if (places.some(({ room, need }) => room.free < need)) return fail(detail, fix);
  // Layers are written twice while an image is pulled or built.
  return places.some(({ room, need }) => room.free < 2 * need) ? warn(detail, fix) : ok(detail);
}

/** Bytes at the compile's peak, and of a node that runs; a first chaincode build takes less than the compile. */
const COMPILE_MEMORY = 1.1e9;
const CHAINCODE_MEMORY = 0.6e9;
const NODE_MEMORY = 85e6;

function memory({ memory, stages }: Facts<'memory' | 'stages'>): Finding {
  const work = stages.has('compile') ? COMPILE_MEMORY : stages.has('smoke') ? CHAINCODE_MEMORY : 0;
  const wanted = work + memory.nodes * NODE_MEMORY;
  const detail: Phrase = {
    key: 'row.memory',
    available: gigabytes(memory.available),
    wanted: gigabytes(wanted),
  };
  return memory.available >= wanted ? ok(detail) : warn(detail, 'fabric-wizard up --orgs 1 --peers 1');
}

function ports({ ports }: Facts<'ports'>): Finding {
  const { taken, wanted } = ports;
  if (taken.length === 0) return ok({ key: 'row.ports', count: wanted });
  return fail(
    {
      key: 'row.ports-taken',
      held: portOwners(taken).map(
        ({ owner, ports: held }): Phrase =>
          owner === ''
            ? { key: 'row.ports-of-unknown', ports: held.join(', ') }
            : { key: 'row.ports-of', ports: held.join(', '), owner },
      ),
    },
    `fabric-wizard up --port-base ${freePortBase(taken.map(({ port }) => port))}`,
    { kind: 'port-taken', taken },
  );
}

function notHere(refs: readonly string[]): Phrase {
  return { key: 'row.not-here', refs, count: refs.length };
}

function toBePulled(refs: readonly string[]): Phrase {
  return { key: 'row.base-pulled', refs, count: refs.length };
}

/** How the base images come to the engine, and what stands in the way. */
function base({ base, images }: Facts<'base' | 'images'>): Finding | undefined {
  if (base.unused) return undefined;
  const { mode, own, ownAbsent, root, debian, debootstrap } = base;
  if (mode === 'local' && ownAbsent.length > 0)
    return fail(notHere(ownAbsent), `docker pull ${ownAbsent[0]}`);
  const absent = (['builder', 'runtime'] as const)
    .filter((kind) => !own[kind] && images[kind].architecture === undefined)
    .map((kind) => images[kind].ref);
  const pulled = mode === 'pull' || ownAbsent.length > 0 ? [...absent, ...ownAbsent] : [];
  const cannotBuild: Phrase | undefined = !debian
    ? { key: 'row.base-not-debian' }
    : root
      ? undefined
      : { key: debootstrap ? 'row.base-not-root' : 'row.base-no-debootstrap' };
  if (absent.length === 0 && ownAbsent.length === 0) return ok({ key: 'row.base-local' });
  switch (mode) {
    case 'local':
      return fail(notHere(absent), 'fabric-wizard up --base auto');
    case 'pull':
      return ok(toBePulled(pulled));
    case 'debian':
      return cannotBuild === undefined
        ? ok({ key: 'row.base-built', count: absent.length })
        : fail(cannotBuild, debian ? { key: 'fix.sudo' } : 'fabric-wizard up --base pull');
    default: {
      if (absent.length === 0) return ok(toBePulled(ownAbsent));
      if (cannotBuild === undefined) return ok({ key: 'row.base-pulled-or-built', refs: absent });
      const fix: Phrase | undefined = debian
        ? debootstrap
          ? { key: 'fix.sudo' }
          : { key: 'fix.install-and-sudo', command: installCommand(['debootstrap']) }
        : undefined;
      return warn({ key: 'row.base-pulled-else', refs: absent, why: cannotBuild }, fix);
    }
  }
}

/** The image that keeps the peers' state, where one does. */
function couchdb({ couchdb }: Facts<'couchdb'>): Finding | undefined {
  if (!couchdb) return undefined;
  const { ref, present, looked, pulled } = couchdb;
  if (present) return ok({ key: 'row.here', ref });
  if (pulled) return ok({ key: 'row.couchdb-pulled', ref });
  const failure = { kind: 'couchdb-image', looked, detail: '' } as const;
  return fail(notHere(looked), `docker pull ${ref}`, failure);
}

/** The Go that all lines were tried with that it compiles; the others were tried with the one that they need. */
const TRIED_GO = '1.19';

function go({ go, source, stages }: Facts<'go' | 'source' | 'stages'>): Finding {
  const said = /^go(\d+(?:\.\d+)*)/.exec(go.version ?? '')?.[1];
  if (go.version === undefined) {
    const fix: Phrase = { key: 'fix.go' };
    const none: Phrase = { key: 'row.no-go', image: go.image };
    // The stage that takes it as the builder says all that it lacks.
    return stages.has('base.builder') ? warn(none, fix) : fail(none, fix);
  }
  if (said === undefined) return warn({ key: 'row.go-unreleased', image: go.image, version: go.version });
  if (!source.found) return ok({ key: 'row.go-in', image: go.image, version: go.version });
  const { goVersion, release } = source;
  if (compareVersions(said, goVersion) < 0)
    return warn(
      { key: 'row.go-old', image: go.image, version: said, wanted: goVersion, line: release.id },
      { key: 'fix.newer-builder' },
    );
  const tried = compareVersions(goVersion, TRIED_GO) > 0 ? minorVersion(goVersion) : TRIED_GO;
  const newest = compareVersions(minorVersion(said), tried) > 0;
  const known = { version: said, release: goVersion, line: release.id };
  return newest ? ok({ key: 'row.go-new', ...known, tried }) : ok({ key: 'row.go', ...known });
}

function remedy({ role, ref, key, origin, substitute, ownTemplate, coreYaml, madeBy }: PeerImageFact): Text {
  // A name that a stage gives, only not in this plan.
  if (madeBy !== undefined) return 'fabric-wizard up';
  if (substitute !== undefined) return `docker tag ${substitute} ${ref}`;
  return origin === 'core.yaml'
    ? { key: 'fix.template', name: key, template: ownTemplate, path: coreYaml }
    : `fabric-wizard up --chaincode-${role} core.yaml`;
}

/** Will the peers find what they build chaincode in, and what they put it on. */
function asked(role: PeerImageFact['role']) {
  return ({ asked, stages }: Facts<'asked' | 'stages'>): Finding | undefined => {
    const image = asked.find((each) => each.role === role);
    if (!image) return undefined;
    const { ref, key, origin, present, madeBy, problem } = image;
    const place: Text = origin === 'core.yaml' ? { key: 'row.of-key', name: key } : origin;
    if (problem && 'unknown' in problem)
      return fail({ key: 'row.unknown-variable', ref, unknown: problem.unknown, place }, remedy(image));
    if (problem && 'empty' in problem) return fail({ key: 'row.no-reference', ref, place }, remedy(image));
    if (madeBy !== undefined && stages.has(madeBy)) return ok({ key: 'row.to-be-made', ref });
    if (present) return ok({ key: 'row.here', ref });
    return fail({ key: 'row.not-made', ref, place }, remedy(image));
  };
}

const NETWORK = ['start'];
const COMPILE = ['compile'];
const BASES = ['base.builder', 'base.runtime'];

export const PLAN_CHECKS: readonly Check[] = [
  check('source', ['source'], [], source),
  check('base', ['base', 'images'], BASES, base),
  check('couchdb', ['couchdb'], ['couchdb'], couchdb),
  check('go', ['go', 'source', 'stages'], COMPILE, go),
  check('builder', ['asked', 'stages'], ['smoke'], asked('builder')),
  check('runtime', ['asked', 'stages'], ['smoke'], asked('runtime')),
  check('ports', ['ports'], NETWORK, ports),
  check('disk', ['disk', 'stages'], [...BASES, ...COMPILE, 'image.*', ...NETWORK], disk),
  check('memory', ['memory', 'stages'], [...COMPILE, ...NETWORK], memory),
];
