/** Every judgement of `doctor`: from a machine that is well but for one thing to the row that says so. */

import { describe, expect, it, test } from 'vitest';
import { CHECKS, judge } from '../../../../src/pipeline/doctor/doctor.ts';
import type { DoctorFacts, FactName } from '../../../../src/pipeline/doctor/doctor-facts.ts';
import { encryptionOf } from '../../../../src/pipeline/engine/engine-address.ts';
import type { EngineApi } from '../../../../src/pipeline/fabric/engine-api.ts';
import type { Problem } from '../../../../src/pipeline/resolve/resolve-report.ts';
import type { StageId } from '../../../../src/pipeline/stages/stage-list.ts';
import { absent, planOfStages, runtime, well } from '../../../support/doctor-facts.ts';
import { worded } from '../../../support/english.ts';

/** The row `id` of a machine that differs from a good one in this. */
function row(id: string, differs: Partial<DoctorFacts> = {}) {
  const check = CHECKS.find((each) => each.id === id);
  if (!check) throw new Error(`no check ${id}`);
  const facts = { ...well, ...differs };
  const answers = Object.fromEntries(check.of.map((name) => [name, { kind: 'known', value: facts[name] }]));
  return worded(judge(check, answers as Parameters<typeof judge>[1]));
}

const engine = (differs: object) => ({ engine: { ...well.engine, ...differs } as DoctorFacts['engine'] });

it('reports no problem on a machine that is ready', () => {
  const said = CHECKS.map(({ id }) => ({ id, row: row(id) }));
  expect(said.filter(({ row }) => row !== undefined && row.status !== 'ok')).toEqual([]);
  // What applies to few machines has no row on the others.
  expect(said.filter(({ row }) => row === undefined).map(({ id }) => id)).toEqual([
    'context',
    'encryption',
    'network',
    'machines',
    'confinement',
    'selinux',
    'clock',
    'couchdb',
    'ca',
    'chaincode',
    'builder',
    'certificates',
    'work',
  ]);
});

describe('certificates of the network of this folder', () => {
  const intact = { folder: '/net', restorable: [], lost: [], unneeded: [], changed: [] };
  const certificates = (differs: Partial<NonNullable<DoctorFacts['certificates']>>) =>
    row('certificates', { certificates: { ...intact, ...differs } });
  const restorable = [{ path: 'a.pem', from: 'b.pem' }];

  it('have no row without a network', () => {
    expect(row('certificates')).toBeUndefined();
  });

  it('are as they were made', () => {
    expect(certificates({})).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('as they were made'),
    });
  });

  it('are lost, which is worse than what can be restored', () => {
    expect(certificates({ lost: ['k_sk', 'c.pem'], restorable })).toEqual({
      status: 'fail',
      detail:
        'k_sk and 1 other file are missing or damaged in /net, and no other file has this content; restore it from a backup',
      fix: 'fabric-wizard up',
    });
  });

  it('can be restored by a run', () => {
    expect(certificates({ restorable })).toMatchObject({ status: 'warn', fix: 'fabric-wizard up --yes' });
  });

  it('are not needed, or were replaced by valid ones: that is no fault', () => {
    expect(certificates({ unneeded: ['ca_sk'] })).toMatchObject({ status: 'ok' });
    expect(certificates({ changed: ['a.pem', 'b.pem'] })).toEqual({
      status: 'ok',
      detail: 'a.pem, b.pem in /net are not those that were made',
    });
  });
});

describe('nodes of this folder', () => {
  it('are fine if all run, and have no row without containers', () => {
    expect(row('nodes')).toEqual({ status: 'ok', detail: '5 nodes of this project are running' });
    expect(row('nodes', { nodes: { containers: 0, down: [] } })).toBeUndefined();
    const drained = [{ machine: 'b', state: 'drain' }] as const;
    expect(row('nodes', { nodes: { containers: 5, down: [], machines: drained } })).toEqual({
      status: 'warn',
      detail: 'b is drained; its containers keep running, and new networks get no nodes there',
      fix: 'docker node update --availability active b',
    });
  });

  it('are named if they are down, with what starts them', () => {
    const down = [
      { node: 'peer0.org1.example.com', state: 'exited' },
      { node: 'cli', state: undefined },
    ];
    expect(row('nodes', { nodes: { containers: 4, down } })).toEqual({
      status: 'warn',
      detail: 'not running: peer0.org1.example.com, cli',
      fix: 'fabric-wizard up --yes',
    });
  });
});

it('has each row once', () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('Fabric CA', () => {
  const found = {
    found: true,
    dir: '/ca',
    version: '1.5.15',
    goVersion: '1.23.5',
    builderGo: '1.23.5',
    sqlite: 'package',
  } as const;

  it('is found, or will be fetched', () => {
    expect(row('ca', { ca: found })).toMatchObject({ status: 'ok', detail: 'Fabric CA 1.5.15 in /ca' });
    expect(row('ca', { ca: { found: false, tag: 'v1.5.5' } })).toMatchObject({ status: 'ok' });
  });

  it('needs a Go that the builder has', () => {
    expect(row('ca', { ca: { ...found, builderGo: '1.19.8' } })).toMatchObject({
      status: 'fail',
      detail: 'Fabric CA 1.5.15 needs Go 1.23.5; the builder image has 1.19.8',
      fix: 'fabric-wizard up --ca-source v1.5.5',
    });
    expect(row('ca', { ca: { ...found, builderGo: undefined } })).toMatchObject({ status: 'ok' });
  });

  it('needs SQLite', () => {
    expect(row('ca', { ca: { ...found, sqlite: 'none' } })).toMatchObject({ status: 'fail' });
  });

  it('has a folder that says what it lacks', () => {
    const message = { key: 'usage.ca-absent', path: '/none' } as const;
    expect(row('ca', { ca: { found: false, failure: { kind: 'usage', message, next: [] } } })).toMatchObject({
      status: 'fail',
      detail: 'There is no folder /none with a checkout of Fabric CA.',
    });
  });
});

describe('couchdb', () => {
  const couchdb = {
    ref: 'couchdb:3.4.2',
    present: false,
    looked: ['couchdb:3.4.2', 'couchdb:3.4'],
    unpublished: false,
    pulled: true,
  };

  const ARM = 'use --couchdb-image with an image for this architecture, or go without --couchdb';

  it.each([
    ['here', { ...couchdb, present: true }, { status: 'ok', detail: 'couchdb:3.4.2 is present' }],
    ['to be pulled', couchdb, { status: 'ok', detail: 'couchdb:3.4.2 will be pulled' }],
    ['for arm64 in no registry', { ...couchdb, unpublished: true }, { status: 'fail', fix: ARM }],
    ['for arm64, but here', { ...couchdb, unpublished: true, present: true }, { status: 'ok' }],
    ['not to be had', { ...couchdb, pulled: false }, { status: 'fail', fix: 'docker pull couchdb:3.4.2' }],
  ])('%s', (_, fact, said) => {
    expect(row('couchdb', { couchdb: fact })).toMatchObject(said);
  });
});

describe('how asking ended', () => {
  const check = CHECKS.find(({ id }) => id === 'go');
  if (!check) throw new Error('no check go');
  const source = { kind: 'known', value: well.source } as const;
  const plan = { kind: 'known', value: well.plan } as const;

  it.each([
    ['late', { kind: 'timed-out' }, { status: 'unknown', detail: 'no answer in time' }],
    ['failed', { kind: 'failed', reason: 'socket hang up' }, { status: 'unknown', detail: 'socket hang up' }],
    ['moot', { kind: 'not-applicable' }, undefined],
  ] as const)('%s', (_, go, finding) => {
    expect(worded(judge(check, { go, source, plan }))).toEqual(finding);
  });
});

describe('engine', () => {
  const unreachable = {
    answers: false,
    failure: {
      kind: 'engine',
      problem: 'unreachable',
      endpoint: 'unix:///var/run/docker.sock',
      detail: 'connect ENOENT /var/run/docker.sock',
    },
  };

  it('names its versions', () => {
    const detail = 'Docker Engine 20.10.24, API 1.12 to 1.41, at unix:///var/run/docker.sock (default)';
    expect(row('engine')).toEqual({ status: 'ok', detail });
    const origin = { kind: 'context', name: 'lab', from: 'DOCKER_CONTEXT' } as const;
    expect(row('engine', engine({ origin }))?.detail).toMatch(/\(docker context lab, from DOCKER_CONTEXT\)$/);
  });

  it('that is absent can be installed by root on Debian, and nowhere else', () => {
    const root = { base: { ...well.base, root: true } };
    expect(row('engine', { ...engine(unreachable), ...root })).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('connect ENOENT /var/run/docker.sock'),
      fix: 'fabric-wizard doctor --fix engine',
    });
    expect(row('engine', engine(unreachable))?.fix).toBe('sudo systemctl start docker');
    const elsewhere = engine({ ...unreachable, origin: { kind: 'variable' } });
    expect(row('engine', { ...elsewhere, ...root })?.fix).toBe('sudo systemctl start docker');
  });

  it('that does not respond is not taken for an absent one', () => {
    const root = { base: { ...well.base, root: true } };
    const silent = { ...unreachable, failure: { ...unreachable.failure, problem: 'silent' } };
    expect(row('engine', { ...engine(silent), ...root })).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('accepts connections but does not respond'),
      fix: 'sudo journalctl -n 50 -u docker',
    });
  });
});

describe('api', () => {
  const speaks = (engineApi: EngineApi) => {
    if (!well.source.found) throw new Error('no source');
    return { source: { ...well.source, release: { ...well.source.release, id: 'x', engineApi } } };
  };

  it('is whatever the engine has, for all lines that are built here', () => {
    expect(row('api', engine({ minApi: '1.44', api: '1.52' }))?.status).toBe('ok');
  });

  it('that peers fix must not be older than what the engine still takes', () => {
    const fixed = speaks({ kind: 'fixed', version: '1.25' });
    expect(row('api', fixed)?.status).toBe('ok');
    expect(row('api', { ...fixed, ...engine({ minApi: '1.44', api: '1.52' }) })).toMatchObject({
      status: 'fail',
      detail: 'peers of Fabric 1.4.12 support API versions up to 1.25; this engine needs 1.44 or newer',
    });
  });

  it('that peers negotiate must overlap', () => {
    const negotiated = speaks({ kind: 'negotiated', min: '1.44', max: '1.52' });
    expect(row('api', negotiated)).toMatchObject({
      status: 'fail',
      detail: 'peers of Fabric 1.4.12 need API 1.44; this engine supports up to 1.41',
    });
    expect(row('api', { ...negotiated, ...engine({ minApi: '1.24', api: '1.47' }) })?.status).toBe('ok');
    expect(row('api', { ...negotiated, ...engine({ minApi: '1.53', api: '1.60' }) })?.status).toBe('fail');
  });

  const TOO_OLD: EngineApi = { kind: 'negotiated', min: '1.44', max: '1.52' };
  const FIXED: EngineApi = { kind: 'fixed', version: '1.25' };
  const NEW_ENGINE = engine({ minApi: '1.44', api: '1.52', version: '29.1.0' });
  const of = (version: string, engineApi: EngineApi) => ({
    source: { ...speaks(engineApi).source, version },
  });

  it.each([
    ['2.5.12', 'use --gateway, or Fabric 2.5.16, or set DOCKER_MIN_API_VERSION=1.24 for dockerd'],
    ['3.1.1', 'use --gateway, or Fabric 3.1.5, or set DOCKER_MIN_API_VERSION=1.24 for dockerd'],
    // 2.2.5 would work, but it is older.
    ['2.2.15', 'use --gateway, or set DOCKER_MIN_API_VERSION=1.24 for dockerd'],
    ['2.4.9', 'use --gateway, or set DOCKER_MIN_API_VERSION=1.24 for dockerd'],
  ])('on an engine that is too new for %s, names a newer release and never an older one', (version, fix) => {
    expect(row('api', { ...of(version, FIXED), ...NEW_ENGINE })).toMatchObject({ status: 'fail', fix });
  });

  it('on an engine that is too old, does not name an older release', () => {
    expect(row('api', of('2.5.16', TOO_OLD))).toMatchObject({
      detail: 'peers of Fabric 2.5.16 need API 1.44; this engine supports up to 1.41',
      fix: 'use --gateway, or a newer engine',
    });
  });

  it.each([
    ['too old', of('2.5.16', TOO_OLD), '20.10.24 (API 1.12 to 1.41)'],
    ['too new', { ...of('2.5.12', FIXED), ...NEW_ENGINE }, '29.1.0 (API 1.44 to 1.52)'],
  ])('goes through the gateway on an engine that is %s', (_, facts, range) => {
    const said = row('api', { ...facts, gateway: true });
    expect(said?.status).toBe('ok');
    expect(said?.detail).toContain(`Docker Engine ${range} through the gateway`);
  });
});

describe('compose', () => {
  const v1 = (version: string) => ({ compose: { kind: 'standalone', version } as const });

  it.each([
    ['1.29.2', '20.10.24', '1.12', 'ok'],
    ['1.29.2', '25.0.5', '1.24', 'ok'],
    ['1.29.2', '29.0.1', '1.44', 'fail'],
    // Reads no file without a version.
    ['1.25.0', '20.10.24', '1.12', 'fail'],
    ['2.26.1', '29.0.1', '1.44', 'ok'],
  ])('%s with Docker Engine %s', (compose, version, minApi, status) => {
    expect(row('compose', { ...v1(compose), ...engine({ version, minApi }) })?.status).toBe(status);
  });

  it('that is another program is named as such', () => {
    const unknown = {
      kind: 'unknown',
      program: 'docker-compose',
      says: 'podman-compose version 1.0.6',
    } as const;
    expect(row('compose', { compose: unknown, base: { ...well.base, root: true } })).toMatchObject({
      status: 'fail',
      detail: '"docker-compose" is not Docker Compose; it prints: podman-compose version 1.0.6',
      failure: { kind: 'compose-missing', unknown: { program: 'docker-compose' } },
    });
  });

  it('that is absent is a failure of its own', () => {
    expect(row('compose', { compose: undefined })).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('apt-get install -y --no-install-recommends docker-compose'),
      failure: { kind: 'compose-missing' },
    });
    expect(row('compose', { compose: undefined, base: { ...well.base, root: true } })?.fix).toBe(
      'fabric-wizard doctor --fix compose',
    );
  });
});

describe('socket', () => {
  const socket = (differs: Partial<DoctorFacts['socket']>) => ({ socket: { ...well.socket, ...differs } });

  it.each([
    [
      'a user outside of the group',
      { access: 'denied', listed: false, member: false },
      'sudo usermod -aG docker $USER && newgrp docker',
    ],
    ['a user who has joined since the login', { access: 'denied', member: false }, 'newgrp docker'],
    [
      "root's own socket",
      { access: 'denied', group: 'root', listed: false, member: false },
      'sudo chgrp docker /var/run/docker.sock && sudo usermod -aG docker $USER && newgrp docker',
    ],
    ['no socket', { access: 'absent' }, undefined],
  ] as const)('of %s', (_, differs, fix) => {
    const said = row('socket', socket(differs));
    expect(said?.status).toBe('fail');
    expect(said?.fix).toBe(fix);
  });

  it('of an engine elsewhere is no file of this machine', () => {
    expect(row('socket', socket({ path: undefined }))).toBeUndefined();
  });
});

describe('the engine and this machine', () => {
  test.each([
    ['tcp://far:2375', {}, 'sources are sent unencrypted'],
    ['http://far:2375', {}, 'sources are sent unencrypted'],
    ['tcp://far:2376', { certificates: '/c', unverified: true }, 'is not verified'],
    ['tcp://far:2376', { certificates: '/c' }, undefined],
    ['https://far:2376', {}, undefined],
    ['tcp://127.0.0.1:2375', {}, undefined],
    ['ssh://far', {}, undefined],
  ])('what protects the connection to %s %o', (endpoint, tls, says) => {
    const kind = encryptionOf({ endpoint, origin: { kind: 'variable' }, ...tls });
    const said = row('encryption', { encryption: { endpoint, kind } });
    if (says === undefined) expect(said).toBeUndefined();
    else expect(said).toMatchObject({ status: 'warn', detail: expect.stringContaining(says) });
  });

  test("docker's own client uses another engine, or none", () => {
    const ours = 'unix:///run/user/1000/docker.sock';
    const context = (differs: Partial<DoctorFacts['context']>) => ({
      context: { ...well.context, ...differs },
    });
    expect(row('context')).toBeUndefined();
    expect(row('context', context({ ours }))).toMatchObject({
      status: 'warn',
      fix: `export DOCKER_HOST=${ours}`,
    });
    expect(row('context', context({ tls: true }))).toMatchObject({
      status: 'warn',
      fix: 'unset DOCKER_TLS_VERIFY',
    });
    expect(row('context', context({ unreadable: '/home/me/.docker/config.json' }))).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('/home/me/.docker/config.json is not valid'),
    });
  });

  test.each([
    ['name=userns', /cannot open its socket/],
    ['name=rootless', /rootless/],
  ])('an engine with %s', (option, words) => {
    const engineInfo = { ...well.engineInfo, security: [...well.engineInfo.security, option] };
    expect(row('confinement', { engineInfo })).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(words),
    });
  });

  test('SELinux matters where the engine heeds it', () => {
    const enforcing = { selinux: { enforcing: true } };
    expect(row('selinux', enforcing)).toBeUndefined();
    const engineInfo = { ...well.engineInfo, security: ['name=selinux'] };
    expect(row('selinux', { ...enforcing, engineInfo })?.status).toBe('warn');
  });

  test('clocks that differ', () => {
    const behind = { engineInfo: { ...well.engineInfo, time: well.engineInfo.requestedAt - 90_000 } };
    expect(row('clock', behind)?.detail).toMatch(/the engine's clock is 90 seconds behind/);
    const back = { clock: { now: 0, youngest: 3_600_000 } };
    expect(row('clock', back)?.detail).toContain('1970-01-01T01:00:00.000Z');
  });

  describe('an engine for arm64', () => {
    const arm = engine({ arch: 'arm64' });
    const base = (differs: Partial<DoctorFacts['base']>) => ({ ...arm, base: { ...well.base, ...differs } });
    const foreign = { host: 'amd64', arch: 'arm64' };

    test('is known; one that Fabric does not support is not', () => {
      const images = {
        builder: { ...well.images.builder, architecture: 'arm64' },
        runtime: { ...well.images.runtime, architecture: 'arm64' },
      };
      expect(row('architecture', { ...arm, images })).toEqual({ status: 'ok', detail: 'arm64' });
      expect(row('architecture', engine({ arch: 'riscv64' }))?.status).toBe('warn');
    });

    test.each([
      ['as root on Debian', { root: true }, 'fabric-wizard up --base debian'],
      ['without root', {}, 'sudo fabric-wizard doctor --fix base'],
      ['elsewhere', { debian: false }, 'fabric-wizard up --base pull'],
      ['with a client of another architecture', { root: true, foreign }, 'fabric-wizard up --base pull'],
    ])('has base images for amd64: nothing is removed, %s', (_, differs, fix) => {
      expect(row('architecture', base(differs))).toEqual({
        status: 'warn',
        detail:
          'hyperledger/fabric-baseimage:amd64-0.4.22, hyperledger/fabric-baseos:amd64-0.4.22 are for amd64, but the engine is arm64',
        fix,
      });
    });

    test("has a builder of the user's own for amd64, which the stage refuses", () => {
      const ownForeign = [{ ref: 'acme/builder:1', architecture: 'amd64' }];
      expect(row('architecture', base({ ownForeign }))).toEqual({
        status: 'fail',
        detail: 'acme/builder:1 is for amd64, but the engine is arm64',
        fix: 'docker pull --platform linux/arm64 acme/builder:1',
      });
    });
  });

  test('nodes that connect to each other through a proxy are recreated', () => {
    const nodes = ['cli', 'peer0.org1.example.com'];
    expect(row('proxies', { proxies: { ...well.proxies, nodes } })).toEqual({
      status: 'warn',
      detail: 'cli, peer0.org1.example.com connect to other nodes through a proxy',
      fix: 'fabric-wizard down && fabric-wizard up --yes',
    });
  });

  test('a proxy that the engine does not have', () => {
    const shell = { proxies: { ...well.proxies, shell: true } };
    const plan = planOfStages('base.runtime');
    for (const stage of ['base.builder', 'base.runtime', 'base.upstream', 'couchdb'] as const)
      expect(row('proxies', { ...shell, plan: planOfStages(stage) })?.status).toBe('warn');
    expect(row('proxies', { proxies: { ...shell.proxies, engine: true }, plan })?.status).toBe('ok');
    // Nothing is pulled.
    expect(row('proxies', shell)?.status).toBe('ok');
  });
});

describe('source', () => {
  it('that is not here yet is no failure', () => {
    expect(row('source', { source: { found: false, tag: 'v1.4.12', auto: true } })).toEqual({
      status: 'ok',
      detail: 'no local checkout; v1.4.12 will be cloned from GitHub; practice source if offline',
    });
  });

  it('shows why it cannot be used', () => {
    const failure = {
      kind: 'source',
      path: '/src/notes',
      problem: 'not-fabric',
      detail: 'it lacks Makefile',
      looked: [],
    } as const;
    expect(row('source', { source: { found: false, failure } })).toMatchObject({
      status: 'fail',
      detail: '/src/notes: it lacks Makefile',
    });
  });
});

describe('base images', () => {
  it('both absent', () => {
    const images = { ...well.images, builder: absent('a/baseimage:1'), runtime: absent('a/baseos:1') };
    expect(row('base', { images, base: { ...well.base, mode: 'local' } })?.detail).toBe(
      'the engine does not have a/baseimage:1, a/baseos:1',
    );
  });

  const images = {
    ...well.images,
    builder: absent('hyperledger/fabric-baseimage:amd64-0.4.22'),
  };
  const base = (differs: Partial<DoctorFacts['base']>) => ({ images, base: { ...well.base, ...differs } });

  it.each([
    ['auto, as root on Debian', { root: true }, 'ok', /will be pulled, or built from Debian packages/],
    ['auto, without root', {}, 'warn', /there is no fallback: building .* needs root$/],
    ['auto, elsewhere', { debian: false }, 'warn', /only be built on Debian or Ubuntu/],
    ['local', { mode: 'local' }, 'fail', /does not have hyperledger.fabric-baseimage:amd64-0.4.22/],
    ['pull', { mode: 'pull' }, 'ok', /1 image will be pulled/],
    ['debian, as root', { mode: 'debian', root: true }, 'ok', /1 base image will be built/],
    ['debian, without root', { mode: 'debian' }, 'fail', /needs root$/],
  ] as const)('%s', (_, differs, status, words) => {
    expect(row('base', base(differs))).toMatchObject({ status, detail: expect.stringMatching(words) });
  });

  const unpublished = { unpublished: true };
  const foreign = { host: 'amd64', arch: 'arm64' };
  const OWN =
    "use --builder-image and --runtime-image with images for the engine's architecture, or Fabric 2.0 or later";

  it.each([
    [
      'pull, as root',
      { mode: 'pull', root: true },
      'fail',
      /not published/,
      'fabric-wizard up --base debian',
    ],
    ['pull', { mode: 'pull' }, 'fail', /not published/, 'sudo fabric-wizard doctor --fix base'],
    ['pull, elsewhere', { mode: 'pull', debian: false }, 'fail', /not published/, OWN],
    ['auto, as root', { root: true }, 'ok', /^1 base image will be built from Debian packages$/, undefined],
    ['auto', {}, 'fail', /built here: .* needs root$/, 'sudo fabric-wizard doctor --fix base'],
    ['auto, elsewhere', { debian: false }, 'fail', /only be built on Debian or Ubuntu$/, OWN],
    ['auto, other client', { root: true, foreign }, 'fail', /is amd64, .* that is arm64$/, OWN],
    ['debian, other client', { mode: 'debian', root: true, foreign }, 'fail', /this machine is amd64/, OWN],
  ] as const)('that are not published for arm64: %s', (_, differs, status, words, fix) => {
    expect(row('base', base({ ...unpublished, ...differs }))).toMatchObject({
      status,
      detail: expect.stringMatching(words),
      ...(fix === undefined ? {} : { fix }),
    });
  });

  it('that are not published for arm64, but here', () => {
    const here = { images: well.images, base: { ...well.base, ...unpublished, mode: 'pull' as const } };
    expect(row('base', here)?.status).toBe('ok');
  });

  it('needs root for one step only, which leaves nothing in the folder', () => {
    for (const mode of ['auto', 'debian'] as const)
      expect(row('base', base({ mode }))?.fix).toBe('sudo fabric-wizard doctor --fix base');
  });

  it("the user's own are pulled or there, and never built", () => {
    const own = { own: { builder: true, runtime: false }, ownAbsent: ['acme/builder:1'] };
    expect(row('base', base(own))).toEqual({
      status: 'ok',
      detail: '1 image will be pulled: acme/builder:1',
    });
    expect(row('base', base({ ...own, mode: 'local' }))).toMatchObject({
      status: 'fail',
      fix: 'docker pull acme/builder:1',
    });
  });
});

describe('Go in the builder', () => {
  const go = (version: string | undefined) => row('go', { go: { ...well.go, version } });

  it.each([
    ['go1.19.8', 'ok', 'Go 1.19.8; Fabric 1.4.8-1.4.12 uses Go 1.13.12'],
    ['go1.24.3', 'ok', 'Go 1.24.3; Fabric 1.4.8-1.4.12 uses Go 1.13.12; tested up to 1.19'],
    [
      'go1.9.7',
      'warn',
      'hyperledger/fabric-baseimage:amd64-0.4.22 has Go 1.9.7; Fabric 1.4.8-1.4.12 needs Go 1.13.12',
    ],
    ['devel', 'warn', 'hyperledger/fabric-baseimage:amd64-0.4.22 contains devel, which is not a Go release'],
    [undefined, 'fail', 'hyperledger/fabric-baseimage:amd64-0.4.22 does not contain Go'],
  ])('%s', (version, status, words) => {
    const said = go(version);
    expect(said?.status).toBe(status);
    expect(said?.detail).toContain(words);
  });
});

it('counts the Go that a release requires as tested', () => {
  if (!well.source.found) throw new Error('no source');
  const source = { ...well.source, goVersion: '1.24.2' };
  const said = (version: string) => row('go', { source, go: { ...well.go, version } });
  expect(said('go1.24.4')?.detail).not.toContain('tried');
  expect(said('go1.26.0')?.detail).toContain('tested up to 1.24');
  expect(said('go1.19.8')).toMatchObject({ status: 'warn', detail: expect.stringContaining('1.24.2') });
});

it('leaves a builder that is not taken yet to the stage that takes it', () => {
  const go = { ...well.go, version: undefined };
  expect(row('go', { go, plan: planOfStages('base.builder', 'compile') })?.status).toBe('warn');
});

describe('what peers will ask for', () => {
  const asked = (differs: Partial<typeof runtime>, stages: readonly StageId[] = ['smoke']) =>
    row('runtime', { peerImages: [{ ...runtime, ...differs }], plan: planOfStages(...stages) });
  const typo = { ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22', present: false, madeBy: undefined };

  const unusable = (ref: string) => ({
    role: runtime.role,
    ref,
    key: runtime.key,
    variable: 'CORE_CHAINCODE_GOLANG_RUNTIME',
    origin: runtime.origin,
  });

  it('is here, or will be', () => {
    expect(asked({})?.detail).toBe('hyperledger/fabric-baseos:amd64-0.4.22 is present');
    expect(asked({ present: false }, ['base.runtime', 'smoke'])?.detail).toMatch(/will be built$/);
  });

  it('is made by nothing: the name that there is helps', () => {
    expect(asked({ ...typo, substitute: 'hyperledger/fabric-baseos:amd64-0.4.22' })).toEqual({
      status: 'fail',
      detail:
        'hyperledger/fabric-yxbaseos:amd64-0.4.22 is missing and is not built by this run; peers ask for it because of chaincode.golang.runtime in core.yaml',
      fix: 'docker tag hyperledger/fabric-baseos:amd64-0.4.22 hyperledger/fabric-yxbaseos:amd64-0.4.22',
    });
  });

  it('is made by nothing, and nothing like it is here: core.yaml must be mended', () => {
    expect(asked(typo)?.fix).toBe(
      'set chaincode.golang.runtime to $(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION) in /src/fabric/sampleconfig/core.yaml',
    );
  });

  it('suggests resetting the choice that overrides the image', () => {
    expect(asked({ ...typo, origin: 'CORE_CHAINCODE_GOLANG_RUNTIME' })).toMatchObject({
      detail: expect.stringMatching(/peers ask for it because of CORE_CHAINCODE_GOLANG_RUNTIME$/),
      fix: 'fabric-wizard up --chaincode-runtime core.yaml',
    });
  });

  it('would be made by a stage that this plan has not', () => {
    expect(asked({ present: false })).toMatchObject({ status: 'fail', fix: 'fabric-wizard up' });
  });

  it('holds a variable that the line does not know', () => {
    const ref = 'hyperledger/fabric-baseos:$(TWO_DIGIT)';
    const problem: Problem = {
      ...unusable(ref),
      kind: 'runtime-variable',
      unknown: ['$(TWO_DIGIT)'],
      known: [],
      release: '1.4.12',
    };
    expect(asked({ ref, problem, madeBy: undefined, present: false })).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('do not support $(TWO_DIGIT)'),
      fix: expect.stringMatching(/^set chaincode\.golang\.runtime/),
    });
  });

  it('rejects an invalid reference', () => {
    const ref = '/fabric-baseos:amd64-0.4.22';
    const problem: Problem = { ...unusable(ref), kind: 'runtime-invalid', empty: ['BaseDockerNamespace'] };
    expect(asked({ ref, problem, madeBy: undefined, present: false })?.detail).toBe(
      '/fabric-baseos:amd64-0.4.22 (from chaincode.golang.runtime in core.yaml) is not an image reference',
    );
  });
});

describe('ports', () => {
  it('are grouped by their owner, with a free port base', () => {
    const taken = [
      { port: 7050, wantedBy: 'orderer.example.com', owner: 'container orderer (compose project net)' },
      { port: 7051, wantedBy: 'peer0.org1.example.com', owner: 'process 77 (nginx)' },
      { port: 7054, wantedBy: 'peer0.org1.example.com operations', owner: 'process 77 (nginx)' },
      { port: 8051, wantedBy: 'peer1.org1.example.com', owner: '' },
    ];
    expect(row('ports', { ports: { wanted: 10, taken } })).toEqual({
      status: 'fail',
      detail:
        '7050 in use by container orderer (compose project net); 7051, 7054 in use by process 77 (nginx); 8051 in use by an unknown program',
      fix: 'fabric-wizard up --port-base 9050',
      failure: { kind: 'port-taken', taken },
    });
  });

  it('of Prometheus alone stop nothing: the network works without it', () => {
    const taken = [{ port: 7059, wantedBy: 'prometheus', owner: 'process 77 (nginx)' }];
    expect(row('ports', { ports: { wanted: 10, taken } })).toEqual({
      status: 'warn',
      detail:
        '7059 in use by process 77 (nginx). The network starts without Prometheus, which needs this port',
      fix: 'fabric-wizard up --port-base 8050',
    });
    // Nodes of a network that exists keep their ports inside.
    expect(row('ports', { ports: { wanted: 10, taken, made: true } })).toMatchObject({
      fix: "sudo ss -ltnp 'sport = :7059'",
    });
    const more = [...taken, { port: 7050, wantedBy: 'orderer.example.com', owner: '' }];
    expect(row('ports', { ports: { wanted: 10, taken: more } })).toMatchObject({ status: 'fail' });
  });

  it('are not judged without an engine', () => {
    expect(row('ports', { ports: { wanted: 10, taken: undefined } })).toMatchObject({ status: 'unknown' });
  });

  it('of the own network on another engine are freed there', () => {
    const endpoint = 'unix:///run/user/1000/docker.sock';
    const owner = { key: 'owner.other-engine', endpoint } as const;
    const stop = `DOCKER_HOST=${endpoint} fabric-wizard down`;
    const ports = { wanted: 10, taken: [{ port: 7050, wantedBy: 'orderer.example.com', owner }], stop };
    expect(row('ports', { ports })).toEqual({
      status: 'fail',
      detail: `7050 in use by the network of this folder, on the engine at ${endpoint}`,
      fix: stop,
    });
  });
});

describe('network', () => {
  const selected = 'unix:///var/run/docker.sock';

  it.each([
    ['tcp://there:2375', undefined, 'export DOCKER_HOST=tcp://there:2375'],
    [
      'tcp://there:2376',
      '/c a',
      "export DOCKER_HOST=tcp://there:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH='/c a'",
    ],
    [selected, undefined, 'fabric-wizard up --yes --replace-network'],
  ])('on the engine at %s', (endpoint, certificates, fix) => {
    const otherEngine = { endpoint, selected, ...(certificates ? { certificates } : {}) };
    expect(row('network', { otherEngine })).toMatchObject({ status: 'fail', fix });
  });
});

describe('room and memory', () => {
  const cold = planOfStages(
    'base.builder',
    'base.runtime',
    'compile',
    'image.ccenv',
    'image.peer',
    'image.orderer',
    'image.tools',
    'start',
    'smoke',
  );
  const disk = (engine: number, state: number, device = 2) => ({
    ...well.disk,
    engine: { path: '/var/lib/docker', free: engine, device: 1 },
    state: { path: '/home/me/net', free: state, device },
  });

  it('a cold run needs more than a warm one', () => {
    expect(row('disk', { disk: disk(1.5e9, 1e9), plan: cold })).toMatchObject({
      status: 'fail',
      detail: '1.5 GB free in /var/lib/docker, 1.8 GB needed; 1.0 GB free in /home/me/net, 0.4 GB needed',
    });
    expect(row('disk', { disk: disk(1.5e9, 1e9) })?.status).toBe('ok');
    expect(row('disk', { disk: disk(2.5e9, 1e9), plan: cold })?.status).toBe('warn');
  });

  it('one file system is counted once, an engine that is elsewhere not at all', () => {
    expect(row('disk', { disk: disk(9e9, 9e9, 1), plan: cold })?.detail).toBe(
      '9.0 GB free in /var/lib/docker, 2.0 GB needed',
    );
    expect(row('disk', { disk: { ...disk(9e9, 9e9), engine: undefined } })?.detail).toBe(
      "9.0 GB free in /home/me/net, 0.2 GB needed; free space in the engine's /var/lib/docker is unknown",
    );
  });

  it('memory is wanted for the compile and for nodes that do not run yet', () => {
    const { size } = well.memory;
    const memory = { available: 1.2e9, nodes: 5, size, made: false };
    expect(row('memory', { memory, plan: cold })).toMatchObject({
      status: 'warn',
      detail: '1.2 GB available, 1.4 GB recommended',
    });
    expect(row('memory', { memory: { ...memory, nodes: 0 }, plan: cold })?.status).toBe('ok');
    expect(row('memory', { memory: { available: 1e9, nodes: 0, size, made: false } })?.status).toBe('ok');
    expect(
      row('memory', { memory: { total: 1.2e9, nodes: 5, size, made: false }, plan: cold }),
    ).toMatchObject({
      status: 'warn',
      detail: "the engine's host has 1.2 GB of memory, 1.4 GB recommended",
    });
  });

  const many = { orgs: 8, peers: 64, perPeer: 1, orderers: 1, metrics: false };

  it('memory that cannot hold the nodes stops the run, with the number of peers that it can hold', () => {
    const short = row('memory', { memory: { available: 3e9, nodes: 65, size: many, made: false } });
    expect(short).toMatchObject({ status: 'fail' });
    const most = Number(
      /64 peers need about .* and 3.0 GB are available, .* (\d+) peers/.exec(short?.detail ?? '')?.[1],
    );
    expect(most).toBeGreaterThan(8);
    const perOrg = Math.floor(most / 8);
    expect(short?.fix).toBe(`fabric-wizard up --orgs 8 --peers ${perOrg}`);
    // What it says is true of the check itself.
    const peers = (count: number) => ({
      memory: { available: 3e9, nodes: count + 1, size: { ...many, peers: count }, made: false },
      plan: { ...cold, memoryMb: 0 },
    });
    expect(row('memory', peers(most))?.status).toBe('ok');
    expect(row('memory', peers(most + 1))?.status).toBe('fail');
  });

  it('memory holds fewer peers with a CouchDB each', () => {
    const most = (perPeer: number) => {
      const size = { ...many, perPeer };
      const detail = row('memory', {
        memory: { total: 3e9, nodes: 64 * perPeer + 1, size, made: false },
      })?.detail;
      return Number(/the engine's host has 3.0 GB of memory, .* (\d+) peers/.exec(detail ?? '')?.[1]);
    };
    expect(most(2)).toBeLessThan(most(1));
  });

  it('memory that a network in place lacks is not got by another network', () => {
    const memory = (of: { readonly available: number } | { readonly total: number }) =>
      row('memory', { memory: { ...of, nodes: 65, size: many, made: true } });
    expect(memory({ available: 3e9 })).toMatchObject({
      status: 'fail',
      fix: 'stop networks and programs that you do not need',
    });
    expect(memory({ total: 3e9 })).toMatchObject({
      status: 'fail',
      fix: 'use a host with more memory',
    });
  });

  it('memory holds fewer peers with more orderers', () => {
    const most = (orderers: number) => {
      const size = { ...many, orderers };
      const detail = row('memory', {
        memory: { total: 3e9, nodes: 64 + orderers, size, made: false },
      })?.detail;
      return Number(/enough for (\d+) peers/.exec(detail ?? '')?.[1]);
    };
    expect(most(9)).toBeLessThan(most(1));
  });

  it('the machines of a Swarm get the nodes, or up would refuse one of them', () => {
    expect(row('machines', {})).toBeUndefined();
    expect(row('machines', { machines: { places: 'Org1: m1; orderers: m2' } })).toMatchObject({
      status: 'ok',
      detail: 'Org1: m1; orderers: m2',
    });
    const fix = 'docker node update --availability active m2';
    const message = { key: 'usage.machine-unusable', machine: 'm2', state: 'drain' } as const;
    const failure = { kind: 'usage', message, next: [fix] } as const;
    expect(row('machines', { machines: { failure } })).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('m2'),
      fix,
    });
  });

  it('the neighbour table of the kernel is too small for many peers', () => {
    const size = { ...many, orgs: 4, peers: 32 };
    const neighbours = { limit: 1024, others: 0, size };
    expect(row('neighbours', { neighbours })).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('enough for 28 peers'),
      fix: 'sudo sysctl -w net.ipv4.neigh.default.gc_thresh2=2048 net.ipv4.neigh.default.gc_thresh3=4096',
    });
    const practice = { ...well.source, practice: true } as DoctorFacts['source'];
    expect(row('neighbours', { neighbours, source: practice })).toBeUndefined();
    expect(row('neighbours', { neighbours: { ...neighbours, limit: 4096 } })?.status).toBe('ok');
    expect(row('neighbours', { neighbours: { ...neighbours, limit: undefined } })).toBeUndefined();
    // Two CouchDBs or orderers more, and a Prometheus, talk to peers too.
    const fits = (differs: Partial<typeof size>, peers = 28) =>
      row('neighbours', { neighbours: { ...neighbours, size: { ...size, peers, ...differs } } })?.status;
    expect(fits({})).toBe('ok');
    for (const differs of [{ perPeer: 2 }, { orderers: 9 }, { metrics: true }])
      expect(fits(differs), JSON.stringify(differs)).toBe('fail');
  });

  it('the neighbour table is shared with other networks', () => {
    const size = { ...many, orgs: 1, peers: 8 };
    const beside = (others: number) => row('neighbours', { neighbours: { limit: 1024, others, size } });
    expect(beside(100)?.status).toBe('ok');
    expect(beside(1000)).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('others use 1000 now'),
      fix: expect.stringMatching(/^sudo sysctl -w .*gc_thresh3=4096$/),
    });
  });
});

describe('the folder and its tools', () => {
  const folder = (differs: Partial<DoctorFacts['folder']>) =>
    row('folder', { folder: { ...well.folder, ...differs } });

  it.each([
    ['not writable', { writable: false }, '--dir DIR'],
    [
      "root's",
      { writable: false, foreign: ['state.json'] },
      'sudo chown -R "$(id -u):$(id -g)" /home/me/net/.fabric-wizard',
    ],
    [
      'with a colon',
      { withColon: ['/src/a:b'] },
      'move it, or use another folder with --dir DIR or --source PATH',
    ],
  ])('%s', (_, differs, fix) => {
    expect(folder(differs)).toMatchObject({ status: 'fail', fix });
  });

  test('a folder for a file, which the next up replaces', () => {
    expect(folder({ folderForFile: ['/net/genesis.block'] })).toMatchObject({
      status: 'warn',
      fix: 'fabric-wizard down && fabric-wizard up --yes',
    });
  });

  test('git that is missing matters where the source must be cloned', () => {
    const git = { version: undefined, needed: true, dubious: undefined };
    expect(row('git', { git })?.status).toBe('fail');
    expect(row('git', { git: { ...git, needed: false } })?.status).toBe('warn');
    expect(row('git', { git, base: { ...well.base, root: true } })?.fix).toBe(
      'fabric-wizard doctor --fix git',
    );
  });

  test("somebody else's checkout is read all the same", () => {
    expect(row('git', { git: { ...well.git, dubious: '/src/fabric' } })).toMatchObject({
      status: 'ok',
      fix: 'git config --global --add safe.directory /src/fabric',
    });
  });

  test('watches', () => {
    expect(row('watches')?.detail).toBe('rebuild --watch needs 751 of 192536 inotify watches');
    expect(row('watches', { watches: { limit: 1000 } })?.status).toBe('warn');
    expect(row('watches', { watches: { limit: undefined } })).toBeUndefined();
  });

  test('line endings of scripts', () => {
    expect(row('line-endings')?.status).toBe('ok');
    const scripts = { dir: '/my fabric', isGit: true, withCrlf: ['scripts/goListFiles.sh'] };
    expect(row('line-endings', { scripts })).toEqual({
      status: 'fail',
      detail:
        'scripts in /my fabric have CRLF line endings, which a shell in a container cannot execute: scripts/goListFiles.sh',
      fix: "git -C '/my fabric' config core.autocrlf input && sed -i 's/\\r$//' '/my fabric/scripts/goListFiles.sh' && git -C '/my fabric' add scripts/goListFiles.sh",
    });
    expect(row('line-endings', { scripts: { ...scripts, isGit: false } })?.fix).toBe(
      "sed -i 's/\\r$//' '/my fabric/scripts/goListFiles.sh'",
    );
  });

  test('what an ended run left behind', () => {
    expect(row('work', { work: [{ id: '1', name: 'musing_agnesi' }] })).toMatchObject({
      status: 'warn',
      fix: 'fabric-wizard doctor --fix work',
    });
  });

  test('other networks are information', () => {
    const net = {
      tool: 'byfn',
      name: 'net',
      dir: '/s/first-network',
      running: 0,
      stopped: 7,
      networks: ['net_byfn'],
      volumes: ['net_a', 'net_b'],
      images: 0,
      remove: 'cd /s/first-network && ./byfn.sh down',
    } as const;
    expect(row('leftovers', { others: [net] })).toEqual({
      status: 'ok',
      detail: 'from other networks: byfn net in /s/first-network: 7 stopped containers, 1 network, 2 volumes',
      fix: 'to remove what is stopped, if its owner no longer needs it:\ncd /s/first-network && ./byfn.sh down',
    });
    const other = { ...net, tool: 'unknown', name: 'x', remove: 'docker rm a b' } as const;
    expect(row('leftovers', { others: [net, other] })?.fix?.split('\n')).toEqual([
      'to remove what is stopped, if its owner no longer needs it:',
      net.remove,
      other.remove,
    ]);
    const running = { ...net, running: 7, stopped: 0, remove: undefined };
    expect(row('leftovers', { others: [running] })).toEqual({
      status: 'ok',
      detail: 'from other networks: byfn net in /s/first-network: 7 running containers, 1 network, 2 volumes',
    });
  });
});

it('tests a machine of every fact', () => {
  const used = new Set(CHECKS.flatMap(({ of }) => of));
  const facts = Object.keys(well) as FactName[];
  expect(facts.filter((name) => !used.has(name))).toEqual([]);
});
