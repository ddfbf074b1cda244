/**
 * The seed case, a runtime template that names `hyperledger/fabric-yxbaseos`, and its four cousins: each is found
 * before chaincode is started, fails with the engine's own words where the checks are skipped, is explained, and
 * is repaired until the smoke test passes. On the practice source, and on copies of the checkouts that FABRIC_SRC
 * names, separated by `:`, as far as they are of 1.x: the cousins hang on base images that later lines do not have.
 */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../src/pipeline/core/doctor-report.ts';
import type { Plan } from '../../src/pipeline/core/plan.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import { containerNames, engine, imageId, labelsOf, logOf } from '../support/engine.ts';
import { eventually } from '../support/live-run.ts';
import { TestTerminal } from '../support/test-terminal.ts';
import { type EndedRun, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-seed';
const PEER = 'peer0.org1.example.com';
/** No images are built in it but by the wrong choice. */
const NOWHERE = 'fw-e2e-seed-nowhere';
const CORE = 'sampleconfig/core.yaml';
const checkouts = (process.env.FABRIC_SRC ?? '')
  .split(':')
  .filter((checkout) => checkout !== '' && existsSync(join(checkout, 'images/peer/Dockerfile.in')));

if (checkouts.length === 0) {
  process.stderr.write('FABRIC_SRC names no 1.x: the seed case on real Fabric was skipped\n');
  it.skip('the seed case on real Fabric, as FABRIC_SRC names no 1.x');
}

interface Resolved {
  readonly ok: boolean;
  readonly from: { readonly kind: string; readonly ours?: boolean };
  readonly peer: { readonly baseDockerNamespace: string; readonly baseVersion: string };
  readonly builder: { readonly ref: string; readonly id: string | null };
  readonly runtime: { readonly ref: string; readonly id: string | null; readonly origin: string };
  readonly problems: readonly {
    readonly code: string;
    readonly severity: 'fail' | 'warn';
    readonly message: string;
    readonly repairs: readonly string[];
  }[];
}

describe.each([SAMPLE, ...checkouts])('the source in %s', (original) => {
  let wizard: Wizard;
  let folder: string;
  let source: string;
  /** As the untouched core.yaml would have them. */
  let good: { readonly builder: string; readonly runtime: string };
  const removed = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    source = join(folder, 'source');
    if (original === SAMPLE) await cp(SAMPLE, source, { recursive: true });
    else await execa('git', ['clone', '-q', original, source]);
    wizard = await wizardWith({ project: PROJECT, 'port-base': 23050, source, orgs: 1, peers: 1 });
    const { found } = await resolve();
    good = { builder: found.builder.ref, runtime: found.runtime.ref };
  });

  afterAll(async () => {
    await wizard?.dispose();
    for (const ref of removed) await untag(ref);
    await rm(folder, { recursive: true, force: true });
  });

  /** The one object of `resolve`, and the exit code that came with it. */
  async function resolve(...args: readonly string[]) {
    const { exitCode, stdout, stderr } = await wizard.run('resolve', ...args, '--json');
    if (stdout.trim() === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return { exitCode, found: JSON.parse(stdout) as Resolved };
  }

  /** Exactly this is wrong. */
  async function problem(code: string) {
    const { exitCode, found } = await resolve();
    expect(exitCode).toBe(1);
    const failing = found.problems.filter(({ severity }) => severity === 'fail');
    expect(failing.map((each) => each.code)).toEqual([code]);
    const [one] = failing;
    if (!one) throw new Error(code);
    return { ...one, found };
  }

  /** The smoke test passes with the images that `resolve` finds. */
  async function proved(): Promise<void> {
    const { builder, runtime } = (await resolve()).found;
    expect((await wizard.events('smoke')).wentWell().one('smoke-result').peers).toMatchObject([
      {
        ok: true,
        builder: { ref: builder.ref, id: builder.id },
        runtime: { ref: runtime.ref, id: runtime.id },
      },
    ]);
  }

  /** Repairs it, which `resolve` then finds well, and proves it. */
  async function repaired(code: string, way: string): Promise<void> {
    const { exitCode, found } = await resolve('--fix', code, '--by', way);
    expect([exitCode, found.ok]).toEqual([0, true]);
    await proved();
  }

  async function untag(ref: string): Promise<void> {
    await engine
      .getImage(ref)
      .remove()
      .catch(() => undefined);
  }

  async function core(change: (text: string) => string): Promise<void> {
    const file = join(source, CORE);
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
  }

  /** `doctor`, and the checks before a run, stop at this one and at nothing else. */
  async function caughtBefore(
    check: string,
    [command = '', ...flags]: readonly string[],
    says: RegExp,
  ): Promise<void> {
    const doctor = await wizard.run('doctor', '--json', ...flags.filter((flag) => flag !== '--yes'));
    const { checks } = JSON.parse(doctor.stdout) as DoctorReport;
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual([check]);
    expect(doctor.exitCode).toBe(3);
    const run = await wizard.events(command, ...flags);
    expect(run.ended.exitCode).toBe(3);
    const { failure, described } = run.one('run-finished');
    expect(failure).toMatchObject({ kind: 'preflight', checks: [{ id: check }] });
    expect(described?.title).toMatch(says);
    expect(run.of('stage-started')).toEqual([]);
  }

  /** The smoke test's failure: the words of engine and peer, and what is said of them. */
  function failed(run: EndedRun) {
    expect(run.ended.exitCode, run.ended.stderr).toBe(1);
    const { stage, failure, diagnosis, described } = run.one('stage-failed');
    expect(stage).toBe('smoke');
    if (!diagnosis || !described) throw new Error(`no diagnosis:\n${run.ended.stdout.slice(-3000)}`);
    const text = 'tail' in failure ? failure.tail.join('\n') : '';
    return { text, ...diagnosis, described };
  }

  /** What the gateway says of an image that the engine does not have. Without it, the engine would try to pull. */
  const NO_IMAGE = /No such image: \S+/;

  describe('a runtime template that names hyperledger/fabric-yxbaseos', () => {
    let wrong: string;

    beforeAll(async () => {
      wrong = good.runtime.replace('/fabric-baseos:', '/fabric-yxbaseos:');
      removed.add(wrong);
      await core((text) => text.replaceAll('/fabric-baseos:', '/fabric-yxbaseos:'));
    });

    it('is found before anything is built', async () => {
      const { found } = await problem('runtime-absent');
      expect(found).toMatchObject({ from: { kind: 'configuration' }, runtime: { ref: wrong } });
      await caughtBefore(
        'runtime',
        ['up', '--yes'],
        /^runtime: hyperledger\/fabric-yxbaseos:\S+ is missing and is not built/,
      );
      expect((await containerNames()).filter((name) => name.startsWith(PROJECT))).toEqual([]);
    });

    it("fails without the checks in the gateway's own words, and core.yaml's key is named", async () => {
      const run = await wizard.events('up', '--yes', '--no-preflight');
      const { text, symptom, facts, described } = failed(run);
      expect(text).toMatch(/error starting container: /i);
      expect(text).toMatch(NO_IMAGE);
      expect(symptom).toBe('runtime-absent');
      expect(facts).toMatchObject({ key: 'chaincode.golang.runtime', image: wrong, own: good.runtime });
      expect(described.title).toContain(`${wrong} is not on this engine`);
      expect(described.why).toContain('chaincode.golang.runtime in sampleconfig/core.yaml');
      expect(described.next.slice(0, 3)).toEqual([
        `docker tag ${good.runtime} ${wrong} && fabric-wizard smoke`,
        'fabric-wizard resolve --fix runtime-absent --by override',
        'fabric-wizard resolve --fix runtime-absent --by build',
      ]);
      const warning = run.of('stage-warning').find(({ code }) => code === 'runtime-missing');
      expect(warning?.message).toContain(wrong);
    });

    it('is found in the running peer, with three repairs', async () => {
      const { found, repairs } = await problem('runtime-absent');
      expect(found.from).toMatchObject({ kind: 'container', ours: true });
      expect(repairs).toEqual(['tag', 'override', 'build']);
    });

    it('--by tag makes the smoke test pass, and docker rmi takes it back', async () => {
      const before = await imageId(good.runtime);
      await repaired('runtime-absent', 'tag');
      expect(await imageId(wrong)).toBe(before);
      await engine.getImage(wrong).remove();
      expect(await imageId(good.runtime)).toBe(before);
      await problem('runtime-absent');
    });

    it('is built by a key of the resolve screen, which then finds it', async () => {
      const before = await imageId(good.runtime);
      const terminal = new TestTerminal({ args: [], cwd: wizard.dir, rows: 40 });
      try {
        await terminal.shows(/Go to the running network/);
        terminal.send('\u001b[B\r');
        await terminal.shows(/dashboard[\s\S]*peer0\.org1 +ready/);
        terminal.send('x');
        await terminal.shows(/fabric-yxbaseos:\S+\n +✗ absent[\s\S]*b build the image/);
        terminal.send('b');
        await terminal.shows(/fabric-yxbaseos:\S+\n +✓ present/);
      } finally {
        terminal.dispose();
      }
      expect((await labelsOf(wrong))[LABEL.origin]).toBe('debian');
      const { exitCode, found } = await resolve();
      expect([exitCode, found.ok]).toEqual([0, true]);
      await engine.getImage(wrong).remove();
      expect(await imageId(good.runtime)).toBe(before);
    });

    it('an override runs `up`, which passes its smoke test, and is remembered', async () => {
      const { exitCode, found } = await resolve('--fix', 'runtime-absent', '--by', 'override');
      expect(exitCode).toBe(0);
      expect(found.runtime).toMatchObject({ ref: good.runtime, origin: 'CORE_CHAINCODE_GOLANG_RUNTIME' });
      const { stages } = (await wizard.json('up', '--dry-run')) as Plan;
      expect(stages.find(({ id }) => id === 'compose')).toMatchObject({ cause: 'unchanged' });
    });
  });

  describe('a builder that is missing', () => {
    it('is found before the run if the template names another one', async () => {
      await core((text) =>
        text
          .replaceAll('/fabric-yxbaseos:', '/fabric-baseos:')
          .replaceAll('/fabric-ccenv:', '/fabric-yxccenv:'),
      );
      await caughtBefore(
        'builder',
        ['smoke'],
        /^builder: \S+\/fabric-yxccenv:\S+ is missing and is not built/,
      );
    });

    it("fails with the peer's message, is explained, and a tag makes the smoke test pass", async () => {
      const wrong = good.builder.replace('/fabric-ccenv:', '/fabric-yxccenv:');
      removed.add(wrong);
      // The override of before is taken back by the same command.
      const run = await wizard.events('up', '--yes', '--no-preflight', '--chaincode-runtime', 'core.yaml');
      const { text, symptom, facts, described } = failed(run);
      expect(text).toMatch(/Failed to pull \S*fabric-yxccenv:/);
      expect(symptom).toBe('builder-absent');
      expect(facts).toMatchObject({ key: 'chaincode.builder', image: wrong });
      expect(await imageId(facts.own ?? '')).toBe(await imageId(good.builder));
      expect(described.why).toContain('chaincode.builder in sampleconfig/core.yaml');
      const { found } = await problem('builder-absent');
      expect(found.runtime).toMatchObject({ ref: good.runtime, origin: 'core.yaml' });
      await repaired('builder-absent', 'tag');
    });
  });

  describe('a network mode that names no network', () => {
    it('is found by resolve, refused with its name by the gateway, and `up` repairs it', async () => {
      const network = join(wizard.dir, '.fabric-wizard', 'network');
      const compose = join(network, 'docker-compose.yaml');
      const text = await readFile(compose, 'utf8');
      const mode = `${PROJECT}_byfn`;
      await writeFile(compose, text.replace(/NETWORKMODE: .*/, `NETWORKMODE: ${mode}`));
      await execa('docker-compose', ['--project-name', PROJECT, 'up', '-d'], { cwd: network });
      await eventually('the peer to start', async () =>
        (await logOf(`${PROJECT}-${PEER}`)).includes('Started peer'),
      );
      expect((await problem('network-mode')).message).toContain(`the network ${mode} `);

      const { text: said, symptom, facts, described } = failed(await wizard.events('smoke'));
      const reason = `a container of a peer may not have HostConfig.NetworkMode "${mode}"`;
      expect(said).toContain(reason);
      expect(symptom).toBe('gateway-refuses');
      expect(facts).toMatchObject({ peer: PEER, reason });
      expect(described.why).toContain(mode);
      expect(described.next).toContain('fabric-wizard resolve');
      // The builder's template is mended with it.
      await core((text) => text.replaceAll('/fabric-yxccenv:', '/fabric-ccenv:'));
      const mended = (await wizard.events('up', '--yes')).wentWell();
      expect(mended.one('smoke-result').ok).toBe(true);
      expect((await resolve()).found.ok).toBe(true);
    });
  });

  it('a builder that was removed is built again if this folder builds it', async () => {
    const before = await imageId(good.builder);
    await engine.getImage(good.builder).remove();
    const { found } = await resolve();
    expect(found.problems).toMatchObject([{ repairs: expect.arrayContaining(['build', 'tag']) }]);
    const { exitCode } = await resolve('--fix', found.problems[0]?.code ?? '');
    expect(exitCode).toBe(0);
    expect(await imageId(good.builder)).toBe(before);
  });

  describe.each([
    {
      flag: '--base-docker-ns',
      choice: ['--base-docker-ns', NOWHERE],
      code: 'runtime-namespace',
      way: 'tag',
      wronged: (ref: string) => ref.replace(/^[^/]+/, NOWHERE),
      compiled: { baseDockerNamespace: NOWHERE },
    },
    {
      flag: '--base-version',
      // The namespace of before is kept by the folder.
      choice: ['--base-docker-ns', 'hyperledger', '--base-version', '0.0.9'],
      code: 'runtime-tag',
      way: 'build',
      wronged: (ref: string) => ref.replace(/-[^-]+$/, '-0.0.9'),
      compiled: { baseVersion: '0.0.9' },
    },
  ])('a peer that is compiled with a wrong $flag', ({ choice, code, way, wronged, compiled }) => {
    const wrong = () => wronged(good.runtime);

    it('is found before the run if this folder does not build images of that name', async () => {
      await caughtBefore(
        'base',
        ['up', '--yes', '--base', 'local', ...choice],
        /^base: the engine does not have \S+\/fabric-baseimage:\S+, \S+\/fabric-baseos:\S+/,
      );
    });

    it(`is found when the tags are removed, fails, is explained, and --by ${way} makes the smoke test pass`, async () => {
      const bases = [wrong(), wrong().replace('/fabric-baseos:', '/fabric-baseimage:')];
      for (const ref of bases) removed.add(ref);
      (await wizard.events('rebuild', '--base', 'debian', ...choice)).wentWell();
      for (const ref of bases) await engine.getImage(ref).remove();

      const { found, repairs } = await problem(code);
      expect(found.peer).toMatchObject(compiled);
      expect(repairs).toEqual(['build', 'tag', 'override']);
      const stopped = await wizard.events('smoke');
      expect(stopped.ended.exitCode).toBe(3);
      expect(stopped.one('run-finished').failure).toMatchObject({ checks: [{ id: 'runtime' }] });

      const { text, symptom, facts, described } = failed(await wizard.events('smoke', '--no-preflight'));
      expect(text).toMatch(NO_IMAGE);
      expect(symptom).toBe('runtime-absent');
      expect(facts).toMatchObject({ key: 'chaincode.golang.runtime', image: wrong() });
      expect(described.next.slice(0, 2)).toEqual(['fabric-wizard up --yes', 'fabric-wizard resolve']);
      await repaired(code, way);
      await untag(wrong());
    });
  });
});
