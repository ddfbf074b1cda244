/** PURE: checks of the Docker Engine and of compose. */

import { originText } from '../core/engine-origin.ts';
import type { StageFailure } from '../core/failure.ts';
import { machineCommand } from '../core/machine-trouble.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import { unreachable } from '../core/unreachable.ts';
import { helpFor } from '../diagnosis/failure-help.ts';
import { AGAIN } from '../diagnosis/remedies.ts';
import { newerReleaseFor } from '../fabric/default-release.ts';
import { apiMismatch } from '../fabric/engine-api.ts';
import { compareVersions } from '../fabric/versions.ts';
import { docker } from '../host/docker-command.ts';
import { installCommand } from '../host/install-command.ts';
import { otherEngineText, START_HERE, selecting } from '../network/other-engine.ts';
import type { StageId } from '../stages/stage-list.ts';
import { wayToBase } from './base-ways.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { type Check, check, type Finding, fail, ok, warn } from './finding.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

const FIX_ENGINE = 'fabric-wizard doctor --fix engine';
const FIX_COMPOSE = 'fabric-wizard doctor --fix compose';

function engine({ engine, base }: Facts<'engine' | 'base'>): Finding {
  const { endpoint, origin } = engine;
  if (engine.answers) {
    const { name, version, minApi, api } = engine;
    return ok({
      key: 'row.engine',
      name,
      version,
      min: minApi,
      max: api,
      endpoint,
      origin: originText(origin),
    });
  }
  const { failure } = engine;
  const absent = failure.kind === 'engine' && failure.problem === 'unreachable';
  const installable = absent && base.root && base.debian && origin.kind === 'default';
  return fail(engineText(failure), installable ? FIX_ENGINE : helpFor(failure).next[0], failure);
}

function engineText(failure: StageFailure): Text {
  if (failure.kind !== 'engine') return failure.kind === 'unexpected' ? failure.message : failure.kind;
  const { problem, endpoint, detail } = failure;
  const what: Phrase = { key: `engine.${problem}`, endpoint };
  return detail === '' ? what : { key: 'row.engine-detail', what, detail };
}

/** The peer builds chaincode with its own client, which needs an API version in common with the engine or a gateway. */
function api({ engine, source, gateway }: Facts<'engine' | 'source' | 'gateway'>): Finding | undefined {
  if (!engine.answers || !source.found) return undefined;
  const { version: release } = source;
  const { engineApi } = source.release;
  if (engineApi.kind === 'unversioned') return ok({ key: 'row.api-any', release });
  const [oldest, newest] =
    engineApi.kind === 'fixed' ? [engineApi.version, engineApi.version] : [engineApi.min, engineApi.max];
  const side = apiMismatch(engineApi, engine);
  if (side !== undefined && gateway)
    return ok({
      key: 'row.api-gateway',
      release,
      version: engine.version,
      min: engine.minApi,
      max: engine.api,
    });
  switch (side) {
    case undefined:
      return oldest === newest
        ? ok({ key: 'row.api-fixed', release, version: oldest })
        : ok({ key: 'row.api', release, min: oldest, max: newest });
    case 'engine-too-old':
      return fail(
        { key: 'row.api-engine-too-old', release, min: oldest, api: engine.api },
        { key: 'fix.newer-engine' },
      );
    case 'engine-too-new': {
      const newer = newerReleaseFor(release, engine);
      return fail(
        { key: 'row.api-engine-too-new', release, max: newest, api: engine.minApi },
        newer === undefined ? { key: 'fix.older-api' } : { key: 'fix.newer-release', release: newer },
      );
    }
    default:
      return unreachable(side);
  }
}

/** First version of compose v1 that reads a file without `version`, and the API version that it then uses. */
const OLDEST_V1 = '1.27';
const V1_SPEAKS = '1.38';

function compose({ engine, compose, base }: Facts<'engine' | 'compose' | 'base'>): Finding {
  if (!compose) {
    return fail(
      { key: 'row.no-compose' },
      base.root && base.debian ? FIX_COMPOSE : installCommand(['docker-compose']),
      { kind: 'compose-missing', detail: '' },
    );
  }
  if (compose.kind === 'unknown') {
    const { program, says } = compose;
    return fail(
      { key: 'row.compose-unknown', program, says },
      { key: 'fix.compose-plugin' },
      { kind: 'compose-missing', detail: '', unknown: { program, says } },
    );
  }
  const program = compose.kind === 'plugin' ? 'docker compose' : 'docker-compose';
  const { version } = compose;
  const isV1 = compareVersions(compose.version, '2') < 0;
  const newer: Phrase = { key: 'fix.compose-plugin' };
  if (isV1 && compareVersions(compose.version, OLDEST_V1) < 0)
    return fail({ key: 'row.compose-unversioned', program, version }, newer);
  if (isV1 && engine.answers && compareVersions(engine.minApi, V1_SPEAKS) > 0)
    return fail(
      {
        key: 'row.compose-api',
        program,
        name: engine.name,
        version,
        api: V1_SPEAKS,
        engine: engine.version,
        min: engine.minApi,
      },
      newer,
    );
  return ok(`${program} ${version}`);
}

const KNOWN_ARCHITECTURES = ['amd64', 'arm64', 'ppc64le', 's390x'];

function architecture({ engine, images, base }: Facts<'engine' | 'images' | 'base'>): Finding | undefined {
  if (!engine.answers) return undefined;
  const { arch } = engine;
  const foreignText = (
    found: readonly { readonly ref: string; readonly architecture: string | undefined }[],
  ) => ({
    key: 'row.architecture-foreign' as const,
    refs: found.map(({ ref }) => ref),
    count: found.length,
    is: found[0]?.architecture ?? '',
    arch,
  });
  const [own] = base.ownForeign;
  // The stage refuses it.
  if (own) return fail(foreignText(base.ownForeign), docker('pull', '--platform', `linux/${arch}`, own.ref));
  if (!KNOWN_ARCHITECTURES.includes(arch)) return warn({ key: 'row.architecture-unknown', arch });
  const foreign = [images.builder, images.runtime].filter(
    ({ architecture: of }) => of !== undefined && of !== arch,
  );
  // An engine that emulates the architecture can use them.
  return foreign.length === 0 ? ok(arch) : warn(foreignText(foreign), wayToBase(base));
}

function socket({ socket }: Facts<'socket'>): Finding | undefined {
  const { path, access, group, listed, member } = socket;
  if (path === undefined) return undefined;
  if (access === 'open') return ok({ key: 'row.socket', path });
  if (access === 'absent') return fail({ key: 'row.socket-absent', path });
  if (listed && !member) return fail({ key: 'row.socket-later', path, group }, `newgrp ${group}`);
  return fail(
    { key: 'row.socket-closed', path },
    group === 'docker'
      ? 'sudo usermod -aG docker $USER && newgrp docker'
      : `sudo chgrp docker ${shellWord(path)} && sudo usermod -aG docker $USER && newgrp docker`,
  );
}

/** Commands that are shown to the user run in docker's own client. */
function context({ context }: Facts<'context'>): Finding | undefined {
  const { endpoint, ours, unreadable, tls } = context;
  if (endpoint !== ours)
    return warn({ key: 'row.context', endpoint, ours }, `export DOCKER_HOST=${shellWord(ours)}`);
  if (tls) return warn({ key: 'row.context-tls', endpoint }, 'unset DOCKER_TLS_VERIFY');
  if (unreadable !== undefined) return warn({ key: 'row.context-unreadable', file: unreadable, endpoint });
  return undefined;
}

/** Sources, certificates and private keys are sent to an engine on another host. */
function encryption({ encryption: { endpoint, kind } }: Facts<'encryption'>): Finding | undefined {
  if (kind === 'plain') return warn({ key: 'row.unencrypted', endpoint }, { key: 'fix.encrypt' });
  if (kind === 'unverified') return warn({ key: 'row.unverified', endpoint }, { key: 'fix.verify' });
  return undefined;
}

/** A network is on one engine; its ledgers are nowhere else. */
function network({ otherEngine: other }: Facts<'otherEngine'>): Finding | undefined {
  if (!other) return undefined;
  const select = selecting(other);
  return fail(otherEngineText(other), select === undefined ? START_HERE : `export ${select}`);
}

/** No obstacle to `up`, which starts them. */
/** What the machines do is told before nodes that are down: it explains them. */
function nodes({ nodes: { containers, down, machines = [] } }: Facts<'nodes'>): Finding | undefined {
  if (containers === 0) return undefined;
  const [trouble] = machines;
  if (trouble) {
    const { machine, state } = trouble;
    return warn({ key: `row.machine-${state}`, machine }, machineCommand(trouble));
  }
  if (down.length === 0) return ok({ key: 'row.nodes-run', count: containers });
  return warn({ key: 'row.nodes-down', nodes: down.map(({ node }) => node) }, 'fabric-wizard up --yes');
}

/** Engines whose containers have fewer rights than root on the host. */
function confinement({ engineInfo }: Facts<'engineInfo'>): Finding | undefined {
  const has = (name: string) =>
    engineInfo.security.some((option) => option.split(',').includes(`name=${name}`));
  if (has('userns')) return warn({ key: 'row.userns' }, { key: 'fix.userns' });
  if (has('rootless')) return warn({ key: 'row.rootless' });
  return undefined;
}

function selinux({
  selinux,
  engineInfo,
  folder,
}: Facts<'selinux' | 'engineInfo' | 'folder'>): Finding | undefined {
  if (!selinux.enforcing || !engineInfo.security.includes('name=selinux')) return undefined;
  return warn({ key: 'row.selinux', dir: folder.dir }, { key: 'fix.setenforce' });
}

const CLOCK_TOLERANCE_MS = 60_000;

/** Certificates are not valid before the time at which they were created. */
function clock({ clock, engineInfo }: Facts<'clock' | 'engineInfo'>): Finding | undefined {
  const apart = engineInfo.time - engineInfo.requestedAt;
  if (Math.abs(apart) > CLOCK_TOLERANCE_MS)
    return warn(
      {
        key: apart > 0 ? 'row.clock-ahead' : 'row.clock-behind',
        seconds: Math.round(Math.abs(apart) / 1000),
      },
      { key: 'fix.restart-engine' },
    );
  const behind = clock.youngest - clock.now;
  if (behind > CLOCK_TOLERANCE_MS)
    return warn(
      { key: 'row.clock-set-back', time: new Date(clock.youngest).toISOString() },
      { key: 'fix.set-clock' },
    );
  return undefined;
}

/** `up` refuses a machine that gets no containers. */
function machines({ machines }: Facts<'machines'>): Finding | undefined {
  if (!machines) return undefined;
  if ('places' in machines) return ok({ key: 'row.machines', places: machines.places });
  const { failure } = machines;
  return fail(
    failure.kind === 'usage' ? failure.message : engineText(failure),
    helpFor(failure).next[0],
    failure,
  );
}

/** Stages that pull images. */
const PULLING: readonly StageId[] = ['base.builder', 'base.runtime', 'base.upstream', 'couchdb', 'metrics'];

function proxies({ proxies, plan }: Facts<'proxies' | 'plan'>): Finding {
  const { shell, engine, nodes } = proxies;
  if (nodes.length > 0) return warn({ key: 'row.proxy-in-nodes', nodes, count: nodes.length }, AGAIN);
  const pulls = PULLING.some((stage) => plan.stages.has(stage));
  if (shell && !engine && pulls) return warn({ key: 'row.proxy-shell-only' }, { key: 'fix.engine-proxy' });
  if (engine) return ok({ key: 'row.proxy-engine' });
  return ok({ key: shell ? 'row.proxy-unused' : 'row.no-proxy' });
}

export const ENGINE_CHECKS: readonly Check[] = [
  check('engine', ['engine', 'base'], engine),
  check('api', ['engine', 'source', 'gateway'], api),
  check('compose', ['engine', 'compose', 'base'], compose),
  check('socket', ['socket'], socket),
  check('context', ['context'], context),
  check('encryption', ['encryption'], encryption),
  check('network', ['otherEngine'], network),
  check('machines', ['machines'], machines),
  check('nodes', ['nodes'], nodes),
  check('confinement', ['engineInfo'], confinement),
  check('selinux', ['selinux', 'engineInfo', 'folder'], selinux),
  check('architecture', ['engine', 'images', 'base'], architecture),
  check('proxies', ['proxies', 'plan'], proxies),
  check('clock', ['clock', 'engineInfo'], clock),
];
