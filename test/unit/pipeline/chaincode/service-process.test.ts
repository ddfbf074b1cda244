import { describe, expect, it } from 'vitest';
import {
  ourServiceAddress,
  prepareService,
  type ServiceProgram,
  serviceContainerName,
} from '../../../../src/pipeline/chaincode/service-process.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { ServiceEngine } from '../../../support/service-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Context = Parameters<typeof prepareService>[0];

/** Runs a program and lets it answer the peers. */
async function runService(...args: Parameters<typeof prepareService>): Promise<void> {
  await (await prepareService(...args)).serve();
}

const PROJECT = 'fw-x';
const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const OWN = serviceContainerName({ project: PROJECT }, 'basic');

async function network(signal = new AbortController().signal) {
  const docker = new ServiceEngine();
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
