/** PURE: is the Docker Engine one that this plan can work with. */
import { installCommand } from '../host/install-command.ts';
import { apiMismatch } from '../resolve/peer-problems.ts';
import { describeFailure } from '../run/failure-text.ts';
import { unreachable } from '../run/unreachable.ts';
import { count } from '../run/wording.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { type Check, check, compareVersions, type Finding, fail, ok, warn } from './finding.ts';

type Facts<K extends keyof DoctorFacts> = Pick<DoctorFacts, K>;

/** Where compose and an engine can be installed by us. */
const FIX_ENGINE = 'fabric-wizard doctor --fix engine';
const FIX_COMPOSE = 'fabric-wizard doctor --fix compose';

function engine({ engine, base }: Facts<'engine' | 'base'>): Finding {
  if (engine.answers) return ok(`Docker Engine ${engine.version}, API ${engine.minApi} to ${engine.api}`);
  const { title, detail, hint, next } = describeFailure(engine.failure);
  const absent = engine.failure.kind === 'engine' && engine.failure.problem === 'unreachable';
  const installable = absent && base.root && base.debian && engine.endpoint === DEFAULT_ENDPOINT;
  const words = [title, ...detail, hint].filter(Boolean).join(' ');
  return fail(words, installable ? FIX_ENGINE : next[0], engine.failure);
}

const DEFAULT_ENDPOINT = 'unix:///var/run/docker.sock';

/** The peer's own client builds chaincode: it and the engine need a version of the API in common. */
function api({ engine, source }: Facts<'engine' | 'source'>): Finding | undefined {
  if (!engine.answers || !source.found) return undefined;
  const { engineApi, id } = source.line;
  const line = `peers of Fabric ${id}`;
  if (engineApi.speaks === 'unversioned') return ok(`${line} speak whatever API the engine has`);
  const [oldest, newest] =
    engineApi.speaks === 'fixed' ? [engineApi.version, engineApi.version] : [engineApi.min, engineApi.max];
  const side = apiMismatch(engineApi, engine);
  switch (side) {
    case undefined:
      return ok(`${line} speak API ${oldest === newest ? oldest : `${oldest} to ${newest}`}`);
    case 'engine-too-old':
      return fail(
        `${line} need API ${oldest}, and this engine ends at ${engine.api}`,
        'take a newer engine, or an older patch release of Fabric',
      );
    case 'engine-too-new':
      return fail(
        `${line} end at API ${newest}, and this engine takes ${engine.minApi} and newer`,
        'take a newer patch release of Fabric, or set DOCKER_MIN_API_VERSION=1.24 for dockerd',
      );
    default:
      return unreachable(side);
  }
}

/** From here on compose v1 reads a file without `version`, as ours is; it then speaks this API. */
const OLDEST_V1 = '1.27';
const V1_SPEAKS = '1.38';

function compose({ engine, compose, base }: Facts<'engine' | 'compose' | 'base'>): Finding {
  if (!compose) {
    return fail(
      'neither "docker compose" nor "docker-compose" is here',
      base.root && base.debian ? FIX_COMPOSE : installCommand(['docker-compose']),
      { kind: 'compose-missing', detail: '' },
    );
  }
  const name = compose.kind === 'plugin' ? 'docker compose' : 'docker-compose';
  const isV1 = compareVersions(compose.version, '2') < 0;
  const newer = 'install the compose plugin (version 2 or newer)';
  if (isV1 && compareVersions(compose.version, OLDEST_V1) < 0)
    return fail(`${name} ${compose.version} can't read a compose file without a version`, newer);
  if (isV1 && engine.answers && compareVersions(engine.minApi, V1_SPEAKS) > 0)
    return fail(
      `${name} ${compose.version} speaks API ${V1_SPEAKS}, and Docker Engine ${engine.version} takes ${engine.minApi} and newer`,
      newer,
    );
  return ok(`${name} ${compose.version}`);
}

const KNOWN_ARCHITECTURES = ['amd64', 'arm64', 'ppc64le', 's390x'];

function architecture({ engine, images }: Facts<'engine' | 'images'>): Finding | undefined {
  if (!engine.answers) return undefined;
  const { arch } = engine;
  if (!KNOWN_ARCHITECTURES.includes(arch)) return warn(`Fabric is not known to be built for ${arch}`);
  const foreign = [images.builder, images.runtime].filter(
    ({ architecture: of }) => of !== undefined && of !== arch,
  );
  const [first] = foreign;
  if (!first) return ok(arch);
  const names = foreign.map(({ ref }) => ref).join(' and ');
  return warn(
    `${names} ${foreign.length === 1 ? 'is' : 'are'} for ${first.architecture}, and the engine runs ${arch}`,
    `docker image rm ${foreign.map(({ ref }) => ref).join(' ')}`,
  );
}

function socket({ socket }: Facts<'socket'>): Finding {
  const { path, endpoint, access, group, listed, member } = socket;
  if (path === undefined)
    return fail(
      `${endpoint} is no socket of this machine: containers mount files, and peers the socket, from where the engine is`,
      'unset DOCKER_HOST',
    );
  if (access === 'open') return ok(`${path} can be read and written`);
  if (access === 'absent') return fail(`${path} is not there`);
  if (listed && !member)
    return fail(
      `${path} is open to the group ${group}, which counts from the next login on`,
      `newgrp ${group}`,
    );
  return fail(
    `${path} is closed to this user`,
    group === 'docker' ? 'sudo usermod -aG docker $USER && newgrp docker' : 'run with sudo',
  );
}

function context({ context }: Facts<'context'>): Finding | undefined {
  if (context.endpoint === context.ours) return undefined;
  return warn(
    `docker's own commands speak to ${context.endpoint} (context ${context.name}), fabric-wizard to ${context.ours}`,
    `export DOCKER_HOST=${context.endpoint}`,
  );
}

/** Engines whose containers are not let to what root on the host is let to. */
function confinement({ engineInfo }: Facts<'engineInfo'>): Finding | undefined {
  const has = (name: string) =>
    engineInfo.security.some((option) => option.split(',').includes(`name=${name}`));
  if (has('userns'))
    return warn(
      "the engine maps users (userns-remap): the peers' root can't open its socket, and chaincode is not built",
      'remove "userns-remap" from /etc/docker/daemon.json and restart the engine',
    );
  if (has('rootless')) return warn('the engine runs without root, which nobody has tried with fabric-wizard');
  return undefined;
}

function selinux({
  selinux,
  engineInfo,
  folder,
}: Facts<'selinux' | 'engineInfo' | 'folder'>): Finding | undefined {
  if (!selinux.enforcing || !engineInfo.security.includes('name=selinux')) return undefined;
  return warn(
    `SELinux is enforcing: containers may neither read what they mount from ${folder.dir} nor open the engine's socket`,
    'sudo setenforce 0 (until the next start of this machine)',
  );
}

const CLOCK_TOLERANCE_MS = 60_000;

/** Certificates are not valid before the moment at which they were made. */
function clock({ clock, engineInfo }: Facts<'clock' | 'engineInfo'>): Finding | undefined {
  const apart = engineInfo.time - engineInfo.askedAt;
  if (Math.abs(apart) > CLOCK_TOLERANCE_MS)
    return warn(
      `the engine's clock is ${count(Math.round(Math.abs(apart) / 1000), 'second')} ${apart > 0 ? 'ahead of' : 'behind'} this machine's`,
      'restart the engine, or the machine that it runs on',
    );
  const behind = clock.youngest - clock.now;
  if (behind > CLOCK_TOLERANCE_MS)
    return warn(
      `the clock was set back: an earlier run left files from ${new Date(clock.youngest).toISOString()}; certificates of then are not valid yet`,
      'set the clock, or make new certificates: fabric-wizard clean --all',
    );
  return undefined;
}

function proxies({ proxies, stages }: Facts<'proxies' | 'stages'>): Finding {
  const { shell, engine, containers, domain } = proxies;
  if (containers && !coversDomain(containers.noProxy, domain))
    return warn(
      `${containers.file} gives every container a proxy, and peers would look for each other through it`,
      `add ".${domain}" to noProxy in ${containers.file}`,
    );
  const pulls = stages.has('base.builder') || stages.has('base.runtime');
  if (shell && !engine && pulls)
    return warn(
      'a proxy is set for this shell, but the engine pulls without one',
      'set "proxies" in /etc/docker/daemon.json and restart the engine',
    );
  if (engine) return ok('the engine uses a proxy');
  return ok(shell ? 'one for this shell, none for the engine, and nothing is to be pulled' : 'none');
}

/** As Go reads `NO_PROXY`: `*`, `example.com`, `.example.com`, of a list. */
function coversDomain(noProxy: string, domain: string): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().replace(/^\*?\./, ''))
    .some((entry) => entry === '*' || entry === domain || (entry !== '' && domain.endsWith(`.${entry}`)));
}

const START = ['start'];
const BUILDS = ['base.builder', 'base.runtime', 'compile', 'image.*'];

export const ENGINE_CHECKS: readonly Check[] = [
  check('engine', ['engine', 'base'], [...BUILDS, ...START, 'smoke'], engine),
  check('api', ['engine', 'source'], ['smoke'], api),
  check('compose', ['engine', 'compose', 'base'], START, compose),
  check('socket', ['socket'], ['compile', ...START], socket),
  check('context', ['context'], [], context),
  check('confinement', ['engineInfo'], [...START, 'smoke'], confinement),
  check('selinux', ['selinux', 'engineInfo', 'folder'], ['compile', ...START], selinux),
  check('architecture', ['engine', 'images'], BUILDS, architecture),
  check('proxies', ['proxies', 'stages'], ['base.builder', 'base.runtime', ...START], proxies),
  check('clock', ['clock', 'engineInfo'], [...START, 'crypto'], clock),
];
