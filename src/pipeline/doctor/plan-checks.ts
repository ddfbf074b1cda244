/** PURE: checks of what the plan needs: source, images, disk space, memory, ports. */

import { join } from 'node:path';
import type { Phrase, Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import { freePortBase } from '../diagnosis/failure-help.ts';
import { COMMON_CA_TAG } from '../fabric/ca-tags.ts';
import { tagCommand } from '../fabric/image-ref.ts';
import { compareVersions, minorVersion } from '../fabric/versions.ts';
import { docker } from '../host/docker-command.ts';
import { portOwners } from '../host/held-ports.ts';
import { BUILD_BASES_AS_ROOT } from '../host/install-command.ts';
import { METRICS } from '../network/network-spec.ts';
import { wayToBase, whyNotBuilt } from './base-ways.ts';
import type { DiskSpace, DoctorFacts, PeerImageFact } from './doctor-facts.ts';
import { type Check, check, type Finding, fail, gigabytes, ok, warn } from './finding.ts';
import { memory, neighbours } from './size-checks.ts';

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
  if (source.from !== undefined)
    return ok({ key: 'row.source-to-fetch', tag: source.tag, from: source.from });
  return ok({
    key: source.auto ? 'row.source-to-clone-or-practice' : 'row.source-to-clone',
    tag: source.tag,
  });
}

/** Go, Docker and peers read files with CRLF line endings; a shell and make in a container do not. */
function lineEndings({ scripts }: Facts<'scripts'>): Finding {
  const { dir, isGit, withCrlf } = scripts;
  if (withCrlf.length === 0) return ok({ key: 'row.line-endings' });
  const git = `git -C ${shellWord(dir)}`;
  // The conversion keeps uncommitted changes. Git believes that a file of another size has changed, until `git add`.
  const steps = [
    `${git} config core.autocrlf input`,
    `sed -i 's/\\r$//' ${withCrlf.map((path) => shellWord(join(dir, path))).join(' ')}`,
    `${git} add ${withCrlf.map(shellWord).join(' ')}`,
  ];
  const fix = steps.filter((step) => isGit || !step.startsWith(git)).join(' && ');
  return fail({ key: 'row.crlf', files: withCrlf, dir }, fix);
}

/** Bytes that must stay free in any case. */
const LOWEST = 200e6;

/** Returns the bytes that the plan needs on each file system. */
export function spaceNeeded({
  disk,
  plan,
}: Facts<'disk' | 'plan'>): { readonly space: DiskSpace; readonly need: number }[] {
  const engine = LOWEST + plan.engineBytes;
  const state = LOWEST + plan.stateBytes;
  if (disk.engine === undefined) return [{ space: disk.state, need: state }];
  if (disk.engine.device === disk.state.device)
    return [{ space: disk.engine, need: engine + state - LOWEST }];
  return [
    { space: disk.engine, need: engine },
    { space: disk.state, need: state },
  ];
}

function disk(facts: Facts<'disk' | 'plan'>): Finding {
  const places = spaceNeeded(facts);
  const rooms = places.map(
    ({ space, need }): Phrase => ({
      key: 'row.disk',
      free: gigabytes(space.free),
      path: space.path,
      need: gigabytes(need),
    }),
  );
  const { engine, engineRoot } = facts.disk;
  const unseen: readonly Phrase[] = engine ? [] : [{ key: 'row.disk-unknown', path: engineRoot }];
  const detail: Phrase = { key: 'row.disks', rooms: [...rooms, ...unseen] };
  const fix: Phrase = { key: 'fix.disk' };
  if (places.some(({ space, need }) => space.free < need)) return fail(detail, fix);
  // Layers are written twice while an image is pulled or built.
  return places.some(({ space, need }) => space.free < 2 * need) ? warn(detail, fix) : ok(detail);
}

function ports({ ports }: Facts<'ports'>): Finding {
  const { taken, wanted, stop, made, elsewhere } = ports;
  if (taken === undefined) return { status: 'unknown', detail: { key: 'row.ports-unknown' } };
  if (taken.length === 0) return ok({ key: elsewhere ? 'row.ports-elsewhere' : 'row.ports', count: wanted });
  const held = portOwners(taken).map(
    ({ owner, ports: each }): Phrase =>
      owner === ''
        ? { key: 'row.ports-of-unknown', ports: each.join(', ') }
        : { key: 'row.ports-of', ports: each.join(', '), owner },
  );
  const detail: Phrase = { key: 'row.ports-taken', held };
  const fix = stop ?? `fabric-wizard up --port-base ${freePortBase(taken.map(({ port }) => port))}`;
  // The network works without it. With other ports, discovery would no longer work in a network that exists.
  if (taken.every(({ wantedBy }) => wantedBy === METRICS))
    return warn(
      { key: 'row.metrics-port-taken', held },
      made ? `sudo ss -ltnp 'sport = :${taken[0]?.port}'` : fix,
    );
  return fail(detail, fix, stop === undefined ? { kind: 'port-taken', taken } : undefined);
}

function notHere(refs: readonly string[]): Phrase {
  return { key: 'row.not-here', refs };
}

function toBePulled(refs: readonly string[]): Phrase {
  return { key: 'row.base-pulled', refs, count: refs.length };
}

/** Checks how the base images are obtained, and what prevents it. */
function base({ base, images }: Facts<'base' | 'images'>): Finding | undefined {
  if (base.unused) return undefined;
  const { mode, own, ownAbsent } = base;
  if (mode === 'local' && ownAbsent.length > 0)
    return fail(notHere(ownAbsent), docker('pull', ownAbsent[0] ?? ''));
  const absent = (['builder', 'runtime'] as const)
    .filter((kind) => !own[kind] && images[kind].architecture === undefined)
    .map((kind) => images[kind].ref);
  const pulled = mode === 'pull' || ownAbsent.length > 0 ? [...absent, ...ownAbsent] : [];
  const cannotBuild = whyNotBuilt(base);
  const refused = base.unpublished && absent.length > 0;
  if (absent.length === 0 && ownAbsent.length === 0) return ok({ key: 'row.base-local' });
  switch (mode) {
    case 'local':
      return fail(notHere(absent), 'fabric-wizard up --base auto');
    case 'pull':
      return refused
        ? fail({ key: 'row.base-unpublished', refs: absent, count: absent.length }, wayToBase(base))
        : ok(toBePulled(pulled));
    case 'debian':
      return cannotBuild === undefined
        ? ok({ key: 'row.base-built', count: absent.length })
        : fail(cannotBuild, wayToBase(base));
    default: {
      if (absent.length === 0) return ok(toBePulled(ownAbsent));
      if (refused) {
        return cannotBuild === undefined
          ? ok({ key: 'row.base-built', count: absent.length })
          : fail(
              { key: 'row.base-neither', refs: absent, count: absent.length, why: cannotBuild },
              wayToBase(base),
            );
      }
      if (cannotBuild === undefined) return ok({ key: 'row.base-pulled-or-built', refs: absent });
      const buildable = base.debian && base.foreign === undefined;
      return warn(
        { key: 'row.base-pulled-else', refs: absent, why: cannotBuild },
        buildable ? BUILD_BASES_AS_ROOT : undefined,
      );
    }
  }
}

/** Checks the CouchDB image, if the network uses CouchDB. */
function couchdb({ couchdb }: Facts<'couchdb'>): Finding | undefined {
  if (!couchdb) return undefined;
  const { ref, present, looked, pulled, unpublished } = couchdb;
  if (present) return ok({ key: 'row.here', ref });
  if (pulled && unpublished)
    return fail({ key: 'row.couchdb-unpublished', refs: looked }, { key: 'fix.own-couchdb' });
  if (pulled) return ok({ key: 'row.couchdb-pulled', ref });
  const failure = { kind: 'couchdb-image', looked, detail: '' } as const;
  return fail(notHere(looked), docker('pull', ref), failure);
}

/** Checks the Fabric CA that the network's CAs are built from, if it has any. */
function ca({ ca }: Facts<'ca'>): Finding | undefined {
  if (!ca) return undefined;
  if ('failure' in ca) {
    const { failure } = ca;
    const what = failure.kind === 'usage' ? failure.message : failure.kind;
    return fail(what, 'fabric-wizard up --ca-source PATH', failure);
  }
  if (!ca.found) return ok({ key: 'row.ca-to-fetch', tag: ca.tag });
  const { dir, version, goVersion, builderGo, sqlite } = ca;
  if (builderGo !== undefined && compareVersions(builderGo, goVersion) < 0)
    return fail(
      { key: 'row.ca-go', version, wanted: goVersion, found: builderGo },
      `fabric-wizard up --ca-source ${COMMON_CA_TAG}`,
    );
  if (sqlite === 'none') return fail({ key: 'row.ca-sqlite', dir }, { key: 'fix.ca-sqlite' });
  return ok({ key: 'row.ca', version, dir });
}

/** Checks the user's chaincode, if there is one. */
function chaincode({ chaincode }: Facts<'chaincode'>): Finding | undefined {
  if (!chaincode) return undefined;
  const { dir, problem } = chaincode;
  if (!problem) return ok({ key: 'row.chaincode', dir });
  return fail(problem.problem, problem.next[0] ?? '', problem);
}

/** Newest Go that was tested with every release that it can compile. Other releases were tested with the Go that they require. */
const TRIED_GO = '1.19';

function go({ go, source, plan }: Facts<'go' | 'source' | 'plan'>): Finding {
  const said = /^go(\d+(?:\.\d+)*)/.exec(go.version ?? '')?.[1];
  if (go.version === undefined) {
    const fix: Phrase = { key: 'fix.go' };
    const none: Phrase = { key: 'row.no-go', image: go.image };
    // The stage that uses it as the builder lists everything that is missing.
    return plan.stages.has('base.builder') ? warn(none, fix) : fail(none, fix);
  }
  if (said === undefined) return warn({ key: 'row.go-unreleased', image: go.image, version: go.version });
  if (!source.found) return ok({ key: 'row.go-in', image: go.image, version: go.version });
  const { goVersion, release } = source;
  if (compareVersions(said, goVersion) < 0)
    return warn(
      { key: 'row.go-old', image: go.image, version: said, wanted: goVersion, release: release.id },
      { key: 'fix.newer-builder' },
    );
  const tried = compareVersions(goVersion, TRIED_GO) > 0 ? minorVersion(goVersion) : TRIED_GO;
  const newest = compareVersions(minorVersion(said), tried) > 0;
  const known = { version: said, wanted: goVersion, release: release.id };
  return newest ? ok({ key: 'row.go-new', ...known, tested: tried }) : ok({ key: 'row.go', ...known });
}

function remedy({ role, ref, key, origin, substitute, ownTemplate, coreYaml, madeBy }: PeerImageFact): Text {
  // A stage creates this reference, but not in this plan.
  if (madeBy !== undefined) return 'fabric-wizard up';
  const tag = substitute === undefined ? undefined : tagCommand(substitute, ref);
  if (tag !== undefined) return tag;
  return origin === 'core.yaml'
    ? { key: 'fix.template', name: key, template: ownTemplate, path: coreYaml }
    : `fabric-wizard up --chaincode-${role} core.yaml`;
}

/** Checks whether the peers will find the image that builds chaincode, and the one that runs it. */
function peerImage(role: PeerImageFact['role']) {
  return ({ peerImages, plan }: Facts<'peerImages' | 'plan'>): Finding | undefined => {
    const image = peerImages.find((each) => each.role === role);
    if (!image) return undefined;
    const { ref, key, origin, present, madeBy, problem } = image;
    const place: Text = origin === 'core.yaml' ? { key: 'row.of-key', name: key } : origin;
    if (problem && 'unknown' in problem)
      return fail({ key: 'row.unknown-variable', ref, unknown: problem.unknown, place }, remedy(image));
    if (problem && 'empty' in problem) return fail({ key: 'row.no-reference', ref, place }, remedy(image));
    if (madeBy !== undefined && plan.stages.has(madeBy)) return ok({ key: 'row.to-be-made', ref });
    if (present) return ok({ key: 'row.here', ref });
    return fail({ key: 'row.not-made', ref, place }, remedy(image));
  };
}

export const PLAN_CHECKS: readonly Check[] = [
  check('source', ['source'], source),
  check('line-endings', ['scripts'], lineEndings),
  check('base', ['base', 'images'], base),
  check('couchdb', ['couchdb'], couchdb),
  check('ca', ['ca'], ca),
  check('chaincode', ['chaincode'], chaincode),
  check('go', ['go', 'source', 'plan'], go),
  check('builder', ['peerImages', 'plan'], peerImage('builder')),
  check('runtime', ['peerImages', 'plan'], peerImage('runtime')),
  check('ports', ['ports'], ports),
  check('disk', ['disk', 'plan'], disk),
  check('memory', ['memory', 'plan'], memory),
  check('neighbours', ['neighbours', 'source'], neighbours),
];
