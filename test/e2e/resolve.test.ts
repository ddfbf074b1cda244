/**
 * `resolve` on a real engine: a folder before anything is built, its image, a peer container that nobody of
 * us made. A network of our own is in seed-case.test.ts.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine, goArch, imageId } from '../support/engine.ts';
import { SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-resolve';
/** What the wrong core.yaml names, in the namespace of this test. */
const WRONG = '$(DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)';

interface Image {
  readonly ref: string;
  readonly template: string;
  readonly origin: string;
  readonly present: boolean | null;
  readonly id: string | null;
  readonly parts: readonly { readonly from: string; readonly text: string }[];
}

interface Resolved {
  readonly ok: boolean;
  readonly from: { readonly kind: string; readonly running?: boolean; readonly ours?: boolean };
  readonly peer: { readonly image: string; readonly id: string | null; readonly version: string };
  readonly builder: Image;
  readonly runtime: Image;
  readonly problems: readonly {
    readonly code: string;
    readonly fix: string;
    readonly repairs: readonly string[];
  }[];
}

let wizard: Wizard;
let folder: string;
/** A copy of the source with that core.yaml. */
let other: string;
let arch: string;
let wrongRef: string;
let goodRef: string;
/** A core.yaml that is mounted over the image's. */
let wrongCore: string;
const byHand = `${PROJECT}-by-hand`;

/** The one object of `resolve`, and the exit code that came with it. */
async function resolve(
  ...args: readonly string[]
): Promise<{ exitCode: number | undefined; found: Resolved }> {
  const { exitCode, stdout, stderr } = await wizard.run('resolve', ...args, '--json');
  if (stdout.trim() === '') throw new Error(`${args.join(' ')}: ${stderr}`);
  return { exitCode, found: JSON.parse(stdout) as Resolved };
}

function codes({ problems }: Resolved): string[] {
  return problems.map(({ code }) => code);
}

async function workContainers(): Promise<string[]> {
  const all = await engine.listContainers({ all: true, filters: { label: ['io.fabric-wizard.role=work'] } });
  return all.filter(({ Image }) => Image.startsWith(`${PROJECT}-test/`)).map(({ Id }) => Id);
}

async function withWrongRuntime(file: string, into: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = text.replace('$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)', WRONG);
  if (changed === text) throw new Error(`${file} has no runtime to change`);
  await writeFile(into, changed);
}

beforeAll(async () => {
  arch = await goArch();
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  const source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  wizard = await wizardWith({ project: PROJECT, 'port-base': 15050, source, orgs: 1, peers: 1 });
  wrongRef = `${wizard.dockerNs}/fabric-yxbaseos:${arch}-0.4.22`;
  goodRef = `hyperledger/fabric-baseos:${arch}-0.4.22`;
  wrongCore = join(folder, 'core.yaml');
  await withWrongRuntime(join(SAMPLE, 'sampleconfig/core.yaml'), wrongCore);
  other = join(folder, 'other');
  await cp(SAMPLE, other, { recursive: true });
  await cp(wrongCore, join(other, 'sampleconfig/core.yaml'));
});

afterAll(async () => {
  await engine
    .getContainer(byHand)
    .remove({ force: true })
    .catch(() => undefined);
  await wizard?.dispose();
  await engine
    .getImage(wrongRef)
    .remove({ force: true })
    .catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

describe('before anything is built', () => {
  it('shows which images the peer will request, from the choices and the source', async () => {
    const { exitCode, found } = await resolve();
    expect(found).toMatchObject({
      ok: true,
      from: { kind: 'configuration' },
      peer: { id: null, version: '1.4.12' },
      builder: { ref: `${wizard.dockerNs}/fabric-ccenv:1.4`, present: false, origin: 'core.yaml' },
      runtime: { ref: goodRef },
      problems: [],
    });
    expect(exitCode).toBe(0);
    const { stdout } = await wizard.ok('resolve');
    expect(stdout).toContain('will be there after `up`');
    expect(stdout).toContain('$(DOCKER_NS): linker flag DockerNamespace');
  });

  it('finds a runtime that does not exist, and that --chaincode-runtime replaces it', async () => {
    const { exitCode, found } = await resolve('--source', other);
    expect(exitCode).toBe(1);
    expect(codes(found)).toEqual(['runtime-absent']);
    const told = await resolve('--source', other, '--chaincode-runtime', goodRef);
    expect(told.found).toMatchObject({
      ok: true,
      runtime: { ref: goodRef, origin: 'CORE_CHAINCODE_GOLANG_RUNTIME' },
    });
  });

  it('refuses a container that is not a peer', async () => {
    const nowhere = await wizard.run('resolve', '--image', `${PROJECT}/nothing:1`);
    expect(nowhere).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nowhere.stderr).toContain(`The engine has no image "${PROJECT}/nothing:1"`);
    expect((await wizard.run('resolve', '--container', 'a', '--image', 'b')).exitCode).toBe(2);
  });
});

describe('a peer of another program', () => {
  beforeAll(async () => {
    (await wizard.events('build', '--yes')).wentWell();
    await engine.createContainer({
      name: byHand,
      Image: `${wizard.dockerNs}/fabric-peer:1.4`,
      Cmd: ['sh', '-c', 'exec sleep 600'],
      Env: ['CORE_VM_ENDPOINT=unix:///host/var/run/docker.sock', 'CORE_PEER_ID=byhand'],
      HostConfig: {
        Binds: [
          `${wrongCore}:/etc/hyperledger/fabric/core.yaml:ro`,
          '/var/run/docker.sock:/host/var/run/docker.sock',
        ],
      },
    });
  });

  it.each([false, true])(
    'running: %s. Names the absent runtime and where each part comes from',
    async (running) => {
      if (running) await engine.getContainer(byHand).start();
      const { exitCode, found } = await resolve('--container', byHand);
      expect(exitCode).toBe(1);
      expect(found).toMatchObject({
        ok: false,
        from: { kind: 'container', running, ours: false },
        peer: { image: `${wizard.dockerNs}/fabric-peer:1.4`, version: '1.4.12' },
        builder: { ref: `${wizard.dockerNs}/fabric-ccenv:1.4`, present: true },
        runtime: { ref: wrongRef, template: WRONG, origin: 'core.yaml', present: false, id: null },
      });
      expect(found.runtime.parts).toMatchObject([
        { from: 'ldflag', text: wizard.dockerNs, ldflag: 'DockerNamespace' },
        { from: 'template', text: '/fabric-yxbaseos:' },
        { from: 'architecture', text: arch },
        { from: 'template', text: '-' },
        { from: 'ldflag', text: '0.4.22', ldflag: 'BaseVersion' },
      ]);
      expect(found.problems).toMatchObject([
        { code: 'runtime-absent', fix: `docker tag ${goodRef} ${wrongRef}`, repairs: ['tag', 'build'] },
      ]);
      expect(await workContainers()).toEqual([]);
    },
  );

  it('refuses to change the network of another program, and shows what it can do', async () => {
    const ended = await wizard.run(
      'resolve',
      '--container',
      byHand,
      '--fix',
      'runtime-absent',
      '--by',
      'override',
    );
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain('This network was created elsewhere');
    expect(ended.stderr).toContain('--fix runtime-absent --by tag');
    expect(await imageId(wrongRef)).toBeUndefined();
  });

  it('--dry-run does nothing', async () => {
    const { exitCode } = await resolve('--container', byHand, '--fix', 'runtime-absent', '--dry-run');
    expect(exitCode).toBe(1);
    expect(await imageId(wrongRef)).toBeUndefined();
  });

  it('--fix tags the nearest image, which solves the problem; docker rmi reverts it', async () => {
    const { exitCode, found } = await resolve('--container', byHand, '--fix', 'runtime-absent');
    expect(exitCode).toBe(0);
    expect(found).toMatchObject({ ok: true, runtime: { ref: wrongRef, present: true } });
    expect(await imageId(wrongRef)).toBe(await imageId(goodRef));
    expect((await resolve('--container', byHand)).exitCode).toBe(0);

    await engine.getImage(wrongRef).remove();
    expect(await imageId(goodRef)).toBeDefined();
    expect((await resolve('--container', byHand)).exitCode).toBe(1);
  });

  it('makes no statement about an engine that it does not use', async () => {
    const elsewhere = `${byHand}-elsewhere`;
    const container = await engine.createContainer({
      name: elsewhere,
      Image: `${wizard.dockerNs}/fabric-peer:1.4`,
      Env: ['CORE_VM_ENDPOINT=tcp://build.example.com:2376'],
    });
    try {
      const { exitCode, found } = await resolve('--container', elsewhere);
      expect(exitCode).toBe(1);
      expect(codes(found)).toEqual(['other-engine']);
      expect(found.builder.present).toBeNull();
    } finally {
      await container.remove({ force: true });
    }
  });

  it('chaincode in the host network does not reach a peer in a user network', async () => {
    const network = await engine.createNetwork({ Name: `${byHand}-net` });
    const create = (mode: string) =>
      engine.createContainer({
        name: `${byHand}-apart`,
        Image: `${wizard.dockerNs}/fabric-peer:1.4`,
        Env: [
          'CORE_VM_ENDPOINT=unix:///var/run/docker.sock',
          `CORE_PEER_ADDRESS=${byHand}.invalid:7051`,
          `CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE=${mode}`,
        ],
        HostConfig: {
          NetworkMode: `${byHand}-net`,
          Binds: ['/var/run/docker.sock:/var/run/docker.sock'],
        },
        NetworkingConfig: { EndpointsConfig: { [`${byHand}-net`]: { Aliases: [`${byHand}.invalid`] } } },
      });
    const answers: unknown[] = [];
    try {
      for (const mode of ['host', '', `${byHand}-net`]) {
        const container = await create(mode);
        const { exitCode, found } = await resolve('--container', `${byHand}-apart`);
        answers.push([exitCode, codes(found)]);
        await container.remove({ force: true });
      }
    } finally {
      await engine
        .getContainer(`${byHand}-apart`)
        .remove({ force: true })
        .catch(() => undefined);
      await network.remove();
    }
    expect(answers).toEqual([
      [1, ['network-mode']],
      [1, ['network-mode']],
      [0, []],
    ]);
  });

  it('finds no problem in the image alone', async () => {
    const { exitCode, found } = await resolve('--image', `${wizard.dockerNs}/fabric-peer:1.4`);
    expect(exitCode).toBe(0);
    expect(found).toMatchObject({ from: { kind: 'image' }, runtime: { ref: goodRef, present: true } });
    expect(found.peer.id).toBe(await imageId(`${wizard.dockerNs}/fabric-peer:1.4`));
    expect((await resolve()).found.from).toMatchObject({ kind: 'image', ours: true });
  });
});
