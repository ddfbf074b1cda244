/** PURE: is there what this plan needs: images, room, memory, ports. */
import { holdersOf } from '../host/held-ports.ts';
import { installCommand } from '../host/install-command.ts';
import { freePortBase } from '../run/failure-text.ts';
import { count, some } from '../run/wording.ts';
import type { AskedImage, DoctorFacts, Room } from './doctor-facts.ts';
import { type Check, check, compareVersions, type Finding, fail, gigabytes, ok, warn } from './finding.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

function source({ source }: Facts<'source'>): Finding {
  if (source.found)
    return ok(`${source.practice ? 'the practice source' : 'Fabric'} ${source.version} in ${source.dir}`);
  if ('failure' in source) {
    const { failure } = source;
    const where = failure.kind === 'source' ? `${failure.path}: ${failure.detail}` : failure.kind;
    return fail(where, 'fabric-wizard up --source PATH', failure);
  }
  const otherwise = source.auto ? ', or the practice source stands in' : '';
  return ok(`no checkout here; ${source.tag} will be cloned${otherwise}`);
}

/** Bytes that each stage leaves on the engine, as measured with 1.4.12; what is shared is counted once. */
const ENGINE_BYTES: Readonly<Record<string, number>> = {
  'base.builder': 900e6,
  'base.runtime': 100e6,
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
  const text = places
    .map(({ room, need }) => `${gigabytes(room.free)} free in ${room.path}, ${gigabytes(need)} needed`)
    .join('; ');
  const unseen = facts.disk.engine ? '' : `; ${facts.disk.engineRoot} of the engine can't be seen from here`;
  const detail = text + unseen;
  const fix = 'fabric-wizard clean --images; docker system df shows what else takes room';
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
  const detail = `${gigabytes(memory.available)} available, ${gigabytes(wanted)} wanted`;
  return memory.available >= wanted ? ok(detail) : warn(detail, 'fabric-wizard up --orgs 1 --peers 1');
}

function ports({ ports }: Facts<'ports'>): Finding {
  const { taken, wanted } = ports;
  if (taken.length === 0) return ok(`free or ours: ${count(wanted, 'port')} of 127.0.0.1`);
  return fail(
    holdersOf(taken)
      .map(({ owner, ports: held }) => `${held.join(', ')} in use by ${owner || 'an unknown program'}`)
      .join('; '),
    `fabric-wizard up --port-base ${freePortBase(taken.map(({ port }) => port))}`,
    { kind: 'port-taken', taken },
  );
}

function notHere(refs: readonly string[]): string {
  return `${some(refs)} ${refs.length === 1 ? 'is' : 'are'} not on this engine`;
}

/** How the base images come to the engine, and what stands in the way. */
function base({ base, images }: Facts<'base' | 'images'>): Finding {
  const { mode, own, ownAbsent, root, debian, debootstrap } = base;
  if (mode === 'local' && ownAbsent.length > 0)
    return fail(notHere(ownAbsent), `docker pull ${ownAbsent[0]}`);
  const absent = (['builder', 'runtime'] as const)
    .filter((kind) => !own[kind] && images[kind].architecture === undefined)
    .map((kind) => images[kind].ref);
  const pulled = mode === 'pull' || ownAbsent.length > 0 ? [...absent, ...ownAbsent] : [];
  const cannotBuild = !debian
    ? 'base images can only be built on Debian and Ubuntu'
    : root
      ? undefined
      : `building base images from Debian packages needs root${debootstrap ? '' : ' and debootstrap'}`;
  if (absent.length === 0 && ownAbsent.length === 0) return ok('builder and runtime are local');
  switch (mode) {
    case 'local':
      return fail(notHere(absent), 'fabric-wizard up --base auto');
    case 'pull':
      return ok(`${count(pulled.length, 'image')} will be pulled: ${some(pulled)}`);
    case 'debian':
      return cannotBuild === undefined
        ? ok(`${count(absent.length, 'base image')} will be built from Debian packages`)
        : fail(cannotBuild, debian ? 'run with sudo' : 'fabric-wizard up --base pull');
    default: {
      if (absent.length === 0)
        return ok(`${count(ownAbsent.length, 'image')} will be pulled: ${some(ownAbsent)}`);
      const first = `${some(absent)} will be pulled`;
      if (cannotBuild === undefined) return ok(`${first}, or built from Debian packages`);
      const fix = debian
        ? debootstrap
          ? 'run with sudo'
          : `${installCommand(['debootstrap'])}, and run with sudo`
        : undefined;
      return warn(`${first}; where no registry answers, ${cannotBuild}`, fix);
    }
  }
}

/** The newest Go that a whole run was done with, of the lines that are built here. */
const TRIED_GO = '1.19';

function go({ go, source, stages }: Facts<'go' | 'source' | 'stages'>): Finding {
  const said = /^go(\d+(?:\.\d+)*)/.exec(go.version ?? '')?.[1];
  if (go.version === undefined) {
    const fix = 'fabric-wizard up --base debian, or another --builder-image';
    // The stage that takes it as the builder says all that it lacks.
    return stages.has('base.builder')
      ? warn(`${go.image} has no go`, fix)
      : fail(`${go.image} has no go`, fix);
  }
  if (said === undefined) return warn(`${go.image} has ${go.version}, which is no release of Go`);
  if (!source.found) return ok(`${go.version} in ${go.image}`);
  const { releaseGo, id } = source.line;
  if (compareVersions(said, releaseGo) < 0)
    return warn(
      `${go.image} has Go ${said}, older than the ${releaseGo} that Fabric ${id} was made with`,
      'give a newer builder with --builder-image',
    );
  const newest = compareVersions(said.split('.').slice(0, 2).join('.'), TRIED_GO) > 0;
  return ok(
    `Go ${said}; Fabric ${id} was made with ${releaseGo}${newest ? `, ${TRIED_GO} is the newest that was tried` : ''}`,
  );
}

function remedy({ role, ref, key, origin, substitute, ownTemplate, coreYaml, madeBy }: AskedImage): string {
  // A name that a stage gives, only not in this plan.
  if (madeBy !== undefined) return 'fabric-wizard up';
  if (substitute !== undefined) return `docker tag ${substitute} ${ref}`;
  return origin === 'core.yaml'
    ? `set ${key} to ${ownTemplate} in ${coreYaml}`
    : `fabric-wizard up --chaincode-${role} core.yaml`;
}

/** Will the peers find what they build chaincode in, and what they put it on. */
function asked(role: AskedImage['role']) {
  return ({ asked, stages }: Facts<'asked' | 'stages'>): Finding | undefined => {
    const image = asked.find((each) => each.role === role);
    if (!image) return undefined;
    const { ref, key, origin, present, madeBy, problem } = image;
    const place = origin === 'core.yaml' ? `${key} of core.yaml` : origin;
    if (problem && 'unknown' in problem)
      return fail(
        `${ref}: the peers of this line don't know ${some(problem.unknown)}, which ${place} has`,
        remedy(image),
      );
    if (problem && 'empty' in problem)
      return fail(`no engine takes ${ref} of ${place} for an image's name`, remedy(image));
    if (madeBy !== undefined && stages.has(madeBy)) return ok(`${ref} will be made`);
    if (present) return ok(`${ref} is here`);
    return fail(
      `${ref} is not on this engine and nothing makes it; peers ask for it by ${place}`,
      remedy(image),
    );
  };
}

const NETWORK = ['start'];
const COMPILE = ['compile'];
const BASES = ['base.builder', 'base.runtime'];

export const PLAN_CHECKS: readonly Check[] = [
  check('source', ['source'], [], source),
  check('base', ['base', 'images'], BASES, base),
  check('go', ['go', 'source', 'stages'], COMPILE, go),
  check('builder', ['asked', 'stages'], ['smoke'], asked('builder')),
  check('runtime', ['asked', 'stages'], ['smoke'], asked('runtime')),
  check('ports', ['ports'], NETWORK, ports),
  check('disk', ['disk', 'stages'], [...BASES, ...COMPILE, 'image.*', ...NETWORK], disk),
  check('memory', ['memory', 'stages'], [...COMPILE, ...NETWORK], memory),
];
