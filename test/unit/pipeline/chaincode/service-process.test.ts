import { describe, expect, it } from 'vitest';
import {
  ourServiceAddress,
  prepareService,
  type ServiceProgram,
  serviceContainerName,
} from '../../../../src/pipeline/chaincode/service-process.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import type { ContainerDetail, ContainerInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import type { TarEntry } from '../../../../src/pipeline/engine/tar-context.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Context = Parameters<typeof prepareService>[0];

/** Runs a program and lets it answer the peers. */
async function runService(...args: Parameters<typeof prepareService>): Promise<void> {
  await (await prepareService(...args)).serve();
}
type Spec = Parameters<Context['docker']['createContainer']>[0];

const PROJECT = 'fw-x';
const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const OWN = serviceContainerName({ project: PROJECT }, 'basic');

interface Made {
  readonly spec: Spec;
  name: string;
  state: string;
  aliases: readonly string[];
  readonly files: Map<string, TarEntry>;
}

/** An engine whose containers take what was brought when they start or get a signal. */
class Engine implements Record<keyof Context['docker'], unknown> {
  readonly made = new Map<string, Made>();
  /** What has happened to the containers, in order. */
  readonly log: string[] = [];
  /** Whether uploads fail. */
  broken = false;
  /** Called before each upload. */
  onUpload: () => void = () => undefined;
  /** Whether the process ends just before it would get a signal. */
  endsBeforeSignal = false;

  readonly createContainer = async (spec: Spec) => {
    const name = spec.name ?? '';
    if ([...this.made.values()].some((each) => each.name === name)) throw new Error(`${name} exists`);
    const id = `id-${this.made.size + 1}-${this.log.length}`;
    this.made.set(id, { spec, name, state: 'created', aliases: spec.aliases ?? [], files: new Map() });
    this.log.push(`create ${name}`);
    return id;
  };
  readonly upload = async (id: string, entries: readonly TarEntry[]) => {
    this.onUpload();
    if (this.broken) throw new Error('disk full');
    for (const entry of entries) this.#of(id).files.set(entry.name, entry);
  };
  readonly startContainer = async (id: string) => {
    const container = this.#of(id);
    if (!container.files.has('service/run')) throw new Error('sh: cannot open run');
    container.state = 'running';
    this.#take(container);
    this.log.push(`start ${container.name}`);
  };
  readonly signalContainer = async (id: string) => {
    const container = this.#of(id);
    if (this.endsBeforeSignal) container.state = 'exited';
    else this.#take(container);
    this.log.push(`signal ${container.name}`);
  };
  readonly removeContainer = async (id: string) => {
    this.log.push(`remove ${this.#of(id).name}`);
    this.made.delete(id);
  };
  readonly renameContainer = async (id: string, name: string) => {
    this.#of(id).name = name;
  };
  readonly connectAs = async (id: string, _network: string, aliases: readonly string[]) => {
    this.#of(id).aliases = aliases;
    this.log.push(`connect ${this.#of(id).name}`);
  };
  readonly readFiles = async (id: string, path: string) => {
    const entry = this.#of(id).files.get(path.slice(1));
    return entry && [entry];
  };
  readonly inspectContainer = async (id: string) => {
    const { name, state, spec, aliases } = this.#of(id);
    const networks = [{ name: spec.network, aliases, addresses: [] }];
    return { name, running: state === 'running', networks } as Partial<ContainerDetail> as ContainerDetail;
  };
  readonly listContainers = async (): Promise<ContainerInfo[]> =>
    [...this.made].map(([id, { spec, name, state }]) => ({
      ...{ id, name, state, image: spec.image, imageId: spec.image, labels: spec.labels },
      ...{ status: '', command: '', networks: [spec.network], attached: [], volumes: [], ports: [] },
    }));

  #take({ files }: Made): void {
    const digest = files.get('service/next')?.content;
    const made = files.get(`service/${digest}/.digest`);
    if (made) files.set('service/app/.digest', made);
    files.delete('service/next');
  }

  #of(id: string): Made {
    const found = this.made.get(id);
    if (!found) throw new Error(`no container ${id}`);
    return found;
  }

  names(): string[] {
    return [...this.made.values()].map(({ name, state }) => `${name} ${state}`);
  }
}

async function network(signal = new AbortController().signal) {
  const docker = new Engine();
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const spec = networkSpec(values, release, PROJECT);
  const facts = { [STATE_KEYS.crypto.key]: { fingerprint: 'f', instance: 'c0ffee' } };
  const journal = recordedState({ ...emptyWizardState, facts });
  const context: Context = { docker, spec, project: PROJECT, runId: 'run', journal, signal };
  return { docker, context };
}

const program = (digest: string, image = 'sha256:1'): ServiceProgram => ({
  ...{ language: 'go', image, digest },
  files: [{ name: 'chaincode', content: digest }],
});

describe('the process of a service', () => {
  it('says which network it is of', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    expect([...docker.made.values()][0]?.spec.labels).toMatchObject({ [LABEL.instance]: 'c0ffee' });
  });

  it('is restarted with other files in the same container', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.log).toEqual([`create ${OWN}`, `start ${OWN}`, `signal ${OWN}`]);
    expect([...docker.made.values()][0]?.files.get('service/b/chaincode')?.content).toBe('b');
  });

  it('is replaced when the container of the next package is complete', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.log.length = 0;
    await runService(context, 'basic', 'basic_bbbbbbbbbbbb:2', program('a'));
    expect(docker.log).toEqual([
      ...[`create ${OWN}.next`, `start ${OWN}.next`],
      ...[`remove ${OWN}`, `connect ${OWN}.next`],
    ]);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('keeps the address until the process of the next package is to answer', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const next = await prepareService(context, 'basic', 'basic_bbbbbbbbbbbb:2', program('a'));
    const reached = () =>
      [...docker.made.values()].filter(({ aliases }) => aliases.length > 0).map(({ spec }) => spec.labels);
    expect(reached()).toEqual([expect.objectContaining({ [LABEL.package]: PACKAGE })]);
    await next.serve();
    expect(reached()).toEqual([expect.objectContaining({ [LABEL.package]: 'basic_bbbbbbbbbbbb:2' })]);
  });

  it('keeps its program if the next one does not pass its check', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.log.length = 0;
    const refuse = () => Promise.reject(new Error('SyntaxError'));
    await expect(prepareService(context, 'basic', PACKAGE, program('b'), refuse)).rejects.toThrow('Syntax');
    expect(docker.log).toEqual([]);
    expect([...docker.made.values()][0]?.files.has('service/next')).toBe(false);
  });

  it('gets another container if the engine waits before it starts its process again', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    if (made) made.state = 'restarting';
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.log.filter((line) => line.startsWith('create'))).toHaveLength(2);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('stays when the container that is to replace it cannot be filled', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.broken = true;
    await expect(runService(context, 'basic', 'basic_b:2', program('a'))).rejects.toThrow('disk full');
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('stays when the run is cancelled before the swap', async () => {
    const abort = new AbortController();
    const { docker, context } = await network(abort.signal);
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.onUpload = () => abort.abort();
    await expect(runService(context, 'basic', 'basic_b:2', program('a'))).rejects.toThrow(CancelledError);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('runs in a container that an interrupted run has created and not filled', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    if (!made) throw new Error('no container');
    made.files.clear();
    made.state = 'created';
    await runService(context, 'basic', PACKAGE, program('a'));
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('gets another container if the scripts of its container are those of another version', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    const [made] = [...docker.made.values()];
    Object.assign(made?.spec.labels ?? {}, { [LABEL.fingerprint]: 'older' });
    await runService(context, 'basic', PACKAGE, program('a'));
    expect(docker.log.filter((line) => line.startsWith('create'))).toHaveLength(2);
    expect(docker.names()).toEqual([`${OWN} running`]);
  });

  it('is started if it ends before the signal', async () => {
    const { docker, context } = await network();
    await runService(context, 'basic', PACKAGE, program('a'));
    docker.endsBeforeSignal = true;
    await runService(context, 'basic', PACKAGE, program('b'));
    expect(docker.names()).toEqual([`${OWN} running`]);
  });
});

it('the addresses of chaincodes differ if their names differ in capitals only', () => {
  const spec = { domain: 'example.com' };
  expect(ourServiceAddress(spec, 'basic')).toBe('basic.chaincode.example.com:9999');
  const addresses = ['basic', 'Basic', 'BASIC'].map((name) => ourServiceAddress(spec, name));
  expect(new Set(addresses).size).toBe(3);
  for (const address of addresses) expect(address).toBe(address.toLowerCase());
});

it('no container of a service has the name of a node of another project', () => {
  expect(serviceContainerName({ project: 'a' }, 'cli')).not.toMatch(/^[a-z0-9]+(?:[_-][a-z0-9]+)*-cli$/);
  const names = [
    serviceContainerName({ project: 'a' }, 'chaincode-b'),
    serviceContainerName({ project: 'a-chaincode' }, 'b'),
  ];
  expect(new Set(names).size).toBe(2);
});
