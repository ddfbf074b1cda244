/** Opening a session, from the folder's lock to the plan, against an engine that records what it is asked. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { RunEvent } from '../../../../src/pipeline/core/events.ts';
import { CancelledError, toFailure } from '../../../../src/pipeline/core/failure.ts';
import { helpFor } from '../../../../src/pipeline/diagnosis/failure-help.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { cryptoFingerprint } from '../../../../src/pipeline/network/network-plan.ts';
import { nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { openSession, type SessionOptions } from '../../../../src/pipeline/run/session.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { projectContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';
import { type EngineContainer, socketEngine } from '../../../support/socket-engine.ts';
import { filesIn, tempDir, writeFiles } from '../../../support/temp-dir.ts';
import { PACKAGE } from '../../../support/wizard.ts';

type Goal = Partial<SessionOptions['goal']>;

/** Options of a session whose engine is at the endpoint, and the events that it reports. */
async function optionsFor(
  dir: string,
  endpoint: string,
  goal: Goal = {},
  more: Partial<SessionOptions> = {},
): Promise<SessionOptions & { readonly events: RunEvent[] }> {
  vi.stubEnv('DOCKER_HOST', endpoint);
  const events: RunEvent[] = [];
  return {
    dir,
    config: await loadConfig({ dir, flags: { source: 'sample', project: TEST_PROJECT } }),
    command: 'build',
    packageDir: PACKAGE,
    goal: { until: 'build', force: false, binaries: false, smoke: false, ...goal },
    keepChaincode: false,
    fresh: false,
    oneByOne: false,
    preflight: false,
    allowInstall: false,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    events,
    ...more,
  };
}

async function failureOf(options: SessionOptions) {
  return openSession(options).then(
    () => {
      throw new Error('the session should not open');
    },
    (error: unknown) => toFailure(error),
  );
}

function nodeOf(node: string): EngineContainer {
  const name = `${TEST_PROJECT}-${node}`;
  return { id: node, name, labels: nodeLabels(TEST_PROJECT, node), networks: [TEST_PROJECT] };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('openSession', () => {
  it('plans without a change on the engine, and leaves nothing in the folder when nothing runs', async () => {
    const dir = await tempDir();
    const engine = await socketEngine({});
    const session = await openSession(await optionsFor(dir, engine.docker.endpoint));
    expect(session.plan.stages.filter(({ action }) => action === 'cached')).toEqual([]);
    expect(session.plan.stages.map(({ id }) => id)).toContain('image.peer');
    expect(session.source.practice).toBe(true);
    await session.close();
    await session.close();
    expect(engine.requests.length).toBeGreaterThan(5);
    expect(engine.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('says where the network is that was made, without a Prometheus for which there was no image', async () => {
    const { docker } = await socketEngine({});
    const metricsIn = async (dir: string) => {
      const flags = { source: 'sample', project: TEST_PROJECT, metrics: true };
      const config = await loadConfig({ dir, flags });
      const session = await openSession(await optionsFor(dir, docker.endpoint, {}, { config }));
      await session.close();
      return session.connection.metrics?.node;
    };
    expect(await metricsIn(await tempDir())).toBe('prometheus');
    const dir = await tempDir();
    const { spec } = await projectContext({ dir, docker }, recordedState(emptyWizardState));
    const facts = { [SAVED_NETWORK.key]: { spec, version: '1.4.12' } };
    const state = JSON.stringify({ version: 1, stageSeconds: {}, facts });
    await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: state });
    expect(await metricsIn(dir)).toBeUndefined();
  });

  it('takes every image of the release where none is named, else the named ones', async () => {
    const dir = await tempDir();
    const { docker } = await socketEngine({});
    const imagesOf = async (goal: Goal) => {
      const session = await openSession(await optionsFor(dir, docker.endpoint, goal));
      await session.close();
      return session.plan.stages.map(({ id }) => id).filter((id) => id.startsWith('image.'));
    };
    expect(await imagesOf({})).toEqual(['image.ccenv', 'image.peer', 'image.orderer', 'image.tools']);
    expect(await imagesOf({ images: ['tools', 'peer'] })).toEqual(['image.peer', 'image.tools']);
  });

  it('refuses an image that the release does not have, and frees the folder', async () => {
    const dir = await tempDir();
    const { docker } = await socketEngine({});
    const options = await optionsFor(dir, docker.endpoint, { images: ['peer', 'baseos'] });
    expect(await failureOf(options)).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.absent-image', name: 'baseos', images: 'ccenv, peer, orderer, tools' },
    });
    expect(await readdir(dir)).toEqual([]);
  });

  describe('in the folder of a network on another engine', () => {
    const there = 'unix:///run/user/1000/docker.sock';

    async function folderOf(engine: object): Promise<string> {
      const dir = await tempDir();
      const state = JSON.stringify({ version: 1, stageSeconds: {}, facts: { engine } });
      await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: state });
      return dir;
    }

    it.each(['up', 'rebuild', 'smoke'] as const)('%s is refused', async (until) => {
      const dir = await folderOf({ id: 'THERE', rootDir: '/var/lib/docker', endpoint: there });
      const engine = await socketEngine({ id: 'HERE' });
      const flags = { source: '/nowhere', project: TEST_PROJECT };
      const config = await loadConfig({ dir, flags });
      const more = { command: until, config };
      const options = await optionsFor(dir, engine.docker.endpoint, { until }, more);
      const failure = await failureOf(options);
      expect(failure).toMatchObject({
        kind: 'usage',
        message: { key: 'usage.start-here', where: { key: 'usage.other-engine', endpoint: there } },
      });
      const { next, exitCode } = helpFor(failure);
      expect(exitCode).toBe(2);
      const given = `--dir ${dir} --source /nowhere --project ${TEST_PROJECT}`;
      expect(next[0]).toBe(`DOCKER_HOST=${there} fabric-wizard ${until} ${given}`);
      expect(next.at(-1)).toBe(`fabric-wizard up --yes --replace-network ${given}`);
    });

    it('an engine that was installed again is not offered', async () => {
      const engine = await socketEngine({ id: 'HERE' });
      const { endpoint } = engine.docker;
      const dir = await folderOf({ id: 'THERE', rootDir: '/var/lib/docker', endpoint });
      const failure = await failureOf(await optionsFor(dir, endpoint, { until: 'up' }, { command: 'up' }));
      expect(failure).toMatchObject({ message: { where: { key: 'usage.replaced-engine', endpoint } } });
      expect(helpFor(failure).next.join()).not.toContain('DOCKER_HOST');
    });

    it('up starts the network here if that is agreed to, and build needs no network', async () => {
      const dir = await folderOf({ id: 'THERE', rootDir: '/var/lib/docker', endpoint: there });
      const { docker } = await socketEngine({ id: 'HERE' });
      const build = await openSession(await optionsFor(dir, docker.endpoint));
      await build.close();
      const more = { command: 'up', replaceNetwork: true };
      const up = await openSession(await optionsFor(dir, docker.endpoint, { until: 'up' }, more));
      expect(up.plan.stages.map(({ id }) => id)).toContain('start');
      await up.close();
    });
  });

  it.each(['smoke', 'add'] as const)(
    '%s without a running node is refused before the source is looked for',
    async (until) => {
      const dir = await tempDir();
      const stopped = { ...nodeOf('cli'), state: 'exited' };
      const { docker } = await socketEngine({ containers: [stopped] });
      const config = await loadConfig({ dir, flags: { source: '/nowhere', project: TEST_PROJECT } });
      const more = { command: until, config };
      const failure = await failureOf(await optionsFor(dir, docker.endpoint, { until }, more));
      expect(failure).toMatchObject({ kind: 'usage', message: { key: 'usage.nothing-runs' } });
      expect(helpFor(failure).next[0]).toMatch(/^fabric-wizard up --yes --dir /);
    },
  );

  it('smoke that the engine refuses names itself again, because no run continues it', async () => {
    const dir = await tempDir();
    const { docker } = await socketEngine({ containers: [nodeOf('cli')] });
    const more = { command: 'smoke', preflight: false };
    const options = await optionsFor(dir, docker.endpoint, { until: 'smoke' }, more);
    const session = await openSession(options);
    await session.run({ replaceNetwork: false });
    await session.close();
    const failure = options.events.flatMap((event) => ('failure' in event ? (event.failure ?? []) : []))[0];
    expect(failure).toMatchObject({ kind: 'engine-refused' });
    expect(failure && helpFor(failure).next.join()).toMatch(/fabric-wizard smoke --yes /);
    expect(failure && helpFor(failure).next.join()).not.toContain('fabric-wizard up');
  });

  it.each([
    ['stopped', [{ ...nodeOf('peer0.org1.example.com'), state: 'exited' }]],
    ['paused', [{ ...nodeOf('peer0.org1.example.com'), state: 'paused' }]],
  ])('smoke with a node that is %s is refused before the source is looked for', async (_, nodes) => {
    const dir = await tempDir();
    const { docker } = await socketEngine({ containers: [nodeOf('cli'), ...nodes] });
    const config = await loadConfig({ dir, flags: { source: '/nowhere', project: TEST_PROJECT } });
    const more = { command: 'smoke', config };
    const failure = await failureOf(await optionsFor(dir, docker.endpoint, { until: 'smoke' }, more));
    expect(failure).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.nodes-down', nodes: ['peer0.org1.example.com'] },
    });
    expect(helpFor(failure).next[0]).toMatch(/^fabric-wizard up --yes --dir /);
  });

  it('smoke does without one of three stopped Raft orderers', async () => {
    const dir = await tempDir();
    const flags = { source: '/nowhere', project: TEST_PROJECT, orderers: 3, consensus: 'etcdraft' };
    const { docker: empty } = await socketEngine({});
    const { spec } = await projectContext({ dir, docker: empty, flags }, recordedState(emptyWizardState));
    const facts = { [SAVED_NETWORK.key]: { spec, version: '1.4.12' } };
    const state = JSON.stringify({ ...emptyWizardState, facts });
    await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: state });
    const nodes = nodeNames(spec).map(nodeOf);
    const containers = nodes.map((node) =>
      node.id === 'orderer.example.com' ? { ...node, state: 'exited' } : node,
    );
    const { docker } = await socketEngine({ containers });
    const config = await loadConfig({ dir, flags });
    const more = { command: 'smoke', config };
    // The source is looked for next.
    expect(await failureOf(await optionsFor(dir, docker.endpoint, { until: 'smoke' }, more))).toMatchObject({
      kind: 'source',
      problem: 'absent',
    });
  });

  it('removes what a killed run left, and leaves what it had completed', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { [`${STATE_FOLDER}/network/crypto-config/ca.crt`]: 'certificate' });
    const complete = await filesIn(join(dir, STATE_FOLDER, 'network'));
    await writeFiles(dir, {
      [`${STATE_FOLDER}/network/crypto-config.partial-4711/ca.crt`]: 'cert',
      [`${STATE_FOLDER}/build/0123456789abcdef.partial-4711/peer`]: 'pee',
    });
    const work = { [LABEL.project]: TEST_PROJECT, [LABEL.role]: 'work' };
    const engine = await socketEngine({
      containers: [{ id: 'compile', name: 'compile', labels: work }, nodeOf('cli')],
    });
    const session = await openSession(await optionsFor(dir, engine.docker.endpoint));
    // Closing removes half-written files too, so the proof is before it.
    expect(engine.containerIds()).toEqual(['cli']);
    expect(await readdir(join(dir, STATE_FOLDER, 'network'))).toEqual(['crypto-config']);
    expect(await readdir(join(dir, STATE_FOLDER, 'build'))).toEqual([]);
    await session.close();
    expect(await filesIn(join(dir, STATE_FOLDER, 'network'))).toEqual(complete);
  });

  it('is refused while another session has the folder, and changes nothing there', async () => {
    const dir = await tempDir();
    const { docker } = await socketEngine({});
    const first = await openSession(await optionsFor(dir, docker.endpoint));
    const before = await filesIn(join(dir, STATE_FOLDER));
    expect(await failureOf(await optionsFor(dir, docker.endpoint))).toMatchObject({ kind: 'locked' });
    expect([...(await filesIn(join(dir, STATE_FOLDER))).keys()]).toEqual([...before.keys()]);
    await first.close();
    await (await openSession(await optionsFor(dir, docker.endpoint))).close();
  });

  it('reports a broken state file that was moved, before the plan', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: '{"version":' });
    const { docker } = await socketEngine({});
    const options = await optionsFor(dir, docker.endpoint);
    await (await openSession(options)).close();
    expect(options.events).toMatchObject([
      { type: 'notice', message: { key: 'warning.state-broken' } },
      { type: 'notice', message: { key: 'step.engine' } },
    ]);
  });

  it('records notices from before the run, after its start', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: '{"version":' });
    const { docker } = await socketEngine({});
    const options = await optionsFor(dir, docker.endpoint);
    const config = await loadConfig({
      dir,
      flags: { source: 'sample', project: TEST_PROJECT, base: 'local' },
    });
    const session = await openSession({ ...options, config });
    await session.run({ replaceNetwork: false });
    await session.close();
    const runs = join(dir, STATE_FOLDER, 'runs');
    const [run = ''] = await readdir(runs);
    const recorded = (await readFile(join(runs, run, 'events.ndjson'), 'utf8')).trim().split('\n');
    const types = recorded.map((line) => (JSON.parse(line) as RunEvent).type);
    expect(types.slice(0, 3)).toEqual(['run-started', 'notice', 'notice']);
    expect(types.filter((type) => type === 'notice')).toHaveLength(2);
    expect(options.events.filter(({ type }) => type === 'notice')).toHaveLength(2);
  });

  describe('with a network that up has made', () => {
    const TLS = `${STATE_FOLDER}/network/crypto-config/ordererOrganizations/example.com/orderers/orderer.example.com/tls`;

    /** A folder with the certificates of a network, and an engine with its ledger and its running orderer. */
    async function made() {
      const dir = await tempDir();
      const flags = { source: 'sample', project: TEST_PROJECT };
      const engine = await socketEngine({
        volumes: [`${TEST_PROJECT}-c0ffee-orderer.example.com`],
        containers: [nodeOf('orderer.example.com')],
      });
      const context = await projectContext(
        { dir, docker: engine.docker, flags },
        recordedState(emptyWizardState),
      );
      const crypto = { fingerprint: cryptoFingerprint(context), instance: 'c0ffee' };
      const network = join(dir, STATE_FOLDER, 'network');
      await writeFiles(dir, {
        [`${STATE_FOLDER}/.gitignore`]: '*\n',
        [`${STATE_FOLDER}/state.json`]: JSON.stringify({ version: 1, stageSeconds: {}, facts: { crypto } }),
      });
      await writeCertificates(network, context.spec);
      await recordCertificates(network);
      const open = async (goal: Goal, more: Partial<SessionOptions> = {}) =>
        openSession(await optionsFor(dir, engine.docker.endpoint, goal, more));
      return { dir, open, engine };
    }

    it('fails before it starts anything if a key is lost, and says where a backup belongs', async () => {
      const { dir, open, engine } = await made();
      await rm(join(dir, TLS, 'server.key'));
      const before = await filesIn(dir);
      const session = await open({ until: 'up' });
      const refused = await session.run({ replaceNetwork: false }).then(() => undefined, toFailure);
      await session.close();
      expect(refused).toMatchObject({
        kind: 'usage',
        message: {
          key: 'usage.certificates-lost',
          what: { key: 'change.file-lost', path: join(dir, TLS, 'server.key') },
          count: 1,
        },
      });
      const [next] = refused ? helpFor(refused).next : [];
      expect(next).toContain('up --yes --replace-network');
      expect(engine.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
      expect([...(await filesIn(dir)).keys()]).toEqual([...before.keys()]);
    });

    it.each([{ until: 'smoke' }, { until: 'rebuild' }] as const)(
      'fails too if the goal is $until, which keeps the network',
      async (goal) => {
        const { dir, open } = await made();
        await rm(join(dir, TLS, 'server.key'));
        const failure = await open(goal).then(() => undefined, toFailure);
        expect(failure).toMatchObject({ message: { key: 'usage.certificates-lost' } });
      },
    );

    it('restores a certificate of which there is a copy, with a notice; a dry run changes nothing', async () => {
      const { dir, open } = await made();
      const path = join(dir, TLS, 'ca.crt');
      const whole = await readFile(path, 'utf8');
      await writeFile(path, whole.slice(0, 100));
      await (await open({ until: 'up' }, { dryRun: true })).close();
      expect(await readFile(path, 'utf8')).toHaveLength(100);
      const events: RunEvent[] = [];
      const session = await open({ until: 'up' }, { onEvent: (event) => events.push(event) });
      await session.close();
      expect(session.plan.replaces).toBeUndefined();
      expect(await readFile(path, 'utf8')).toBe(whole);
      expect(events).toContainEqual(
        expect.objectContaining({ message: { key: 'step.restore-certificates', paths: [path] } }),
      );
    });
  });

  it('does not replace a network that has ledgers unless that is confirmed, and remembers no flags then', async () => {
    const dir = await tempDir();
    const crypto = { fingerprint: 'of another network', instance: 'c0ffee' };
    const state = { version: 1, stageSeconds: {}, facts: { crypto } };
    await writeFiles(dir, {
      [`${STATE_FOLDER}/.gitignore`]: '*\n',
      [`${STATE_FOLDER}/state.json`]: JSON.stringify(state),
      [`${STATE_FOLDER}/network/crypto-config/ca.crt`]: 'certificate',
    });
    const volumes = [`${TEST_PROJECT}-c0ffee-orderer.example.com`];
    const { docker } = await socketEngine({ volumes });
    const flags = { source: 'sample', project: TEST_PROJECT, orgs: '2' };
    const config = await loadConfig({ dir, flags });
    const before = await filesIn(dir);
    const session = await openSession(await optionsFor(dir, docker.endpoint, { until: 'up' }, { config }));
    expect(session.plan.replaces).toMatchObject({ instance: 'c0ffee', ledgers: 1 });
    const refused = await session.run({ replaceNetwork: false }).then(() => undefined, toFailure);
    await session.close();
    expect(refused).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.replaces-network', instance: 'c0ffee', count: 1 },
      next: [
        'fabric-wizard up --yes --dir DIR --project NAME --port-base PORT --source sample --orgs 2',
        `fabric-wizard up --yes --replace-network --dir ${dir} --source sample --orgs 2 --project ${TEST_PROJECT}`,
        `fabric-wizard up --dry-run --dir ${dir} --source sample --orgs 2 --project ${TEST_PROJECT}`,
      ],
    });
    expect([...(await filesIn(dir)).keys()]).toEqual([...before.keys()]);
    expect(await readFile(join(dir, STATE_FOLDER, 'state.json'), 'utf8')).not.toContain('orgs');
  });

  it.each([
    ['more organisations', { orgs: '2' }, ['fabric-wizard add org']],
    ['more peers', { orgs: '1', peers: '3' }, ['fabric-wizard add peer']],
    ['fewer peers', { orgs: '1', peers: '1' }, []],
    ['more peers, and other orderers', { orgs: '1', peers: '3', consensus: 'etcdraft', orderers: '3' }, []],
  ])('names the command that keeps a network which would be replaced for %s', async (_, flags, commands) => {
    const dir = await tempDir();
    const shape = { version: '1.4.12', orgs: 1, peers: 2, orderers: 1, consensus: 'solo' };
    const crypto = { fingerprint: 'of the network', instance: 'c0ffee', shape };
    const state = { version: 1, stageSeconds: {}, facts: { crypto } };
    await writeFiles(dir, {
      [`${STATE_FOLDER}/state.json`]: JSON.stringify(state),
      [`${STATE_FOLDER}/network/crypto-config/ca.crt`]: 'certificate',
    });
    const { docker } = await socketEngine({ volumes: [`${TEST_PROJECT}-c0ffee-orderer.example.com`] });
    const config = await loadConfig({ dir, flags: { source: 'sample', project: TEST_PROJECT, ...flags } });
    const session = await openSession(await optionsFor(dir, docker.endpoint, { until: 'up' }, { config }));
    const refused = await session.run({ replaceNetwork: false }).then(() => undefined, toFailure);
    await session.close();
    const { next = [] } = refused as { next?: readonly string[] };
    expect(next.filter((command) => command.startsWith('fabric-wizard add'))).toEqual(commands);
  });

  it('refuses a rebuild whose network would need new certificates', async () => {
    const dir = await tempDir();
    const engine = await socketEngine({ containers: [nodeOf('cli'), nodeOf('orderer.example.com')] });
    const options = await optionsFor(dir, engine.docker.endpoint, { until: 'rebuild' });
    expect(await failureOf(options)).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.other-network' },
    });
    expect(engine.containerIds()).toHaveLength(2);
    expect(await readdir(dir)).toEqual([]);
  });

  it('fails where no engine answers and none may be installed, and frees the folder', async () => {
    const dir = await tempDir();
    const options = await optionsFor(dir, `unix://${join(dir, 'absent.sock')}`);
    expect(await failureOf(options)).toMatchObject({ kind: 'engine', problem: 'unreachable' });
    expect(await readdir(dir)).toEqual([]);
  });

  it('ends where it is cancelled, and frees the folder', async () => {
    const dir = await tempDir();
    const { docker } = await socketEngine({});
    const options = await optionsFor(dir, docker.endpoint, {}, { signal: AbortSignal.abort() });
    await expect(openSession(options)).rejects.toBeInstanceOf(CancelledError);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('a run', () => {
  it('that loses the engine before its first stage ends with the reason', async () => {
    const engine = await socketEngine({});
    const options = await optionsFor(await tempDir(), engine.docker.endpoint);
    const session = await openSession(options);
    engine.close();
    expect(await session.run({ replaceNetwork: false })).toBe(1);
    await session.close();
    expect(options.events.at(-1)).toMatchObject({
      type: 'run-finished',
      outcome: 'failed',
      exitCode: 1,
      failure: { kind: 'engine', problem: 'gone' },
    });
  });

  it('is cancelled although the engine does not answer', async () => {
    const engine = await socketEngine({});
    const abort = new AbortController();
    const options = await optionsFor(await tempDir(), engine.docker.endpoint, {}, { signal: abort.signal });
    const session = await openSession(options);
    engine.hang();
    const ended = session.run({ replaceNetwork: false });
    abort.abort();
    expect(await ended).toBe(130);
    await session.close();
    expect(options.events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'cancelled' });
  });
});
