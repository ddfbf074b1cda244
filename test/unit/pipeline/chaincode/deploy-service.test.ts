/** The deployment of a service whose process this program runs, on peers that accept everything. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageLabel } from '../../../../src/pipeline/chaincode/chaincode-version.ts';
import { type DeployRun, deployChaincode } from '../../../../src/pipeline/chaincode/deploy.ts';
import type { DeployPlan } from '../../../../src/pipeline/chaincode/deploy-plan.ts';
import type { ObservedNetwork } from '../../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { deployOrStartLast } from '../../../../src/pipeline/chaincode/last-program.ts';
import { serviceContainerName } from '../../../../src/pipeline/chaincode/service-process.ts';
import { startProcess } from '../../../../src/pipeline/chaincode/service-start.ts';
import { CancelledError, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { Phrase } from '../../../../src/pipeline/core/phrase.ts';
import { allPeers, firstOrderer } from '../../../../src/pipeline/network/network-spec.ts';
import { userChaincode } from '../../../support/chaincode.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork, testProgram } from '../../../support/service-engine.ts';
import { writeFiles } from '../../../support/temp-dir.ts';

const OWN = serviceContainerName({ project: TEST_PROJECT }, 'basic');
const [OLD, NEW] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
const PACKAGE = `${packageLabel('basic', OLD)}:1`;

/** A network whose channel has the first version, which is served. */
async function network() {
  const cancel = new AbortController();
  const { docker, context, reported } = await serviceNetwork(cancel.signal);
  const { spec } = context;
  for (const node of ['cli', ...allPeers(spec).map(({ name }) => name)])
    await docker.addNode(TEST_PROJECT, node);
  const path = join(context.dir, 'basic');
  const { shim } = context.settings.release;
  await userChaincode(path, 'example.org/basic', shim);
  const vendored = [shim.shim, shim.protos].map((each) => [`vendor/${each}/x.go`, 'package x\n']);
  await writeFiles(path, Object.fromEntries(vendored));
  const choice = { name: 'basic', path, language: 'go', service: true } as const;
  await (await startProcess(context, choice, PACKAGE, testProgram('first'))).serve();
  const calls: string[] = [];
  const peers = {
    /** Called before each command of a peer. */
    onCall: (_what: string) => {},
    /** The version that the channel has. */
    committed: `1-${OLD}`,
  };
  const call = async (_peer: unknown, args: readonly string[]) => {
    const what = args[0] === 'lifecycle' ? (args[2] ?? '') : (args[1] ?? '');
    calls.push(what);
    peers.onCall(what);
    const chaincode_definitions = [{ name: 'basic', version: peers.committed, sequence: 1 }];
    const approvals = Object.fromEntries(spec.orgs.map(({ mspId }) => [mspId, true]));
    const stdout = what === 'checkcommitreadiness' ? { approvals } : { chaincode_definitions };
    return { exitCode: 0, stdout: JSON.stringify(stdout), stderr: '' };
  };
  const steps: Phrase[] = [];
  const run: DeployRun = {
    ...{ context, outputs: undefined, cliId: docker.cliId, gatewayIds: [] },
    step: (item) => void steps.push(item),
    doing: (item) => void steps.push(item),
    cli: { orderer: firstOrderer(spec), ask: call, run: call },
  };
  const before: ObservedNetwork = {
    committed: new Map([[spec.channel, [{ name: 'basic', version: `1-${OLD}`, sequence: 1 }]]]),
    installed: new Map(allPeers(spec).map(({ name }) => [name, []])),
  };
  const plan = (digest: string, more: Partial<DeployPlan>): DeployPlan => ({
    ...{ name: 'basic', version: `1-${digest}`, digest, channels: [spec.channel], define: [] },
    ...{ install: allPeers(spec).map(({ name }) => name), start: true, replacesAll: false },
    ...more,
  });
  return { docker, run, choice, plan, before, cancel, calls, peers, reported, steps };
}

it.each([
  ['is cancelled', new CancelledError()],
  ['fails', new WizardFailure({ kind: 'command', command: 'peer', where: '', exitCode: 1, tail: [] })],
])('an upgrade that %s before its process serves leaves the process that serves', async (_, error) => {
  const { docker, run, choice, plan, before, cancel, peers, steps } = await network();
  let running: readonly string[] = [];
  peers.onCall = (what) => {
    if (what !== 'install') return;
    running = docker.names();
    if (error instanceof CancelledError) cancel.abort();
    throw error;
  };
  const channel = run.context.spec.channel;
  const upgrade = plan(NEW, {
    process: 'start',
    define: [{ channel, kind: 'upgrade', from: `1-${OLD}`, sequence: 2 }],
  });
  await expect(deployChaincode(run, choice, upgrade, before)).rejects.toThrow();
  expect(running).toEqual([`${OWN} running`, `${OWN}.next running`]);
  expect(docker.programs()).toEqual([`${OWN} running first`]);
  expect(docker.reached()).toEqual([PACKAGE]);
  expect(steps.map(({ key }) => key)).toEqual(['step.making', 'step.made', 'step.listens']);
});

it('what a first deployment that was killed has left is no process to return to', async () => {
  const { docker, run, choice, plan, before, calls } = await network();
  const [channel = ''] = before.committed.keys();
  docker.allEnd = true;
  const first = plan(OLD, { process: 'restart', define: [{ channel, kind: 'first', sequence: 1 }] });
  const none = { ...before, committed: new Map([[channel, []]]) };
  const error: unknown = await deployChaincode(run, choice, first, none).catch((thrown: unknown) => thrown);
  if (!(error instanceof WizardFailure)) throw error;
  expect(error.failure).toMatchObject({ problem: { key: 'chaincode.process-ended' } });
  expect(error.failure).not.toHaveProperty('installed');
  expect(error.failure).not.toHaveProperty('previous');
  expect(docker.programs()).toEqual([]);
  expect(calls).not.toContain('install');
});

it.each(['commit', 'query'])(
  'a process that ends after it has listened is no success, although the engine starts it again: at the %s',
  async (moment) => {
    const { docker, run, choice, plan, before, peers } = await network();
    let ended = false;
    peers.onCall = (what) => {
      if (what !== moment || ended) return;
      ended = true;
      docker.endAndStart(docker.names().some((each) => each.startsWith(`${OWN}.next`)) ? `${OWN}.next` : OWN);
    };
    const channel = run.context.spec.channel;
    const upgrade = plan(NEW, {
      process: 'start',
      define: [{ channel, kind: 'upgrade', from: `1-${OLD}`, sequence: 2 }],
    });
    peers.committed = `1-${NEW}`;
    const error: unknown = await deployChaincode(run, choice, upgrade, before).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof WizardFailure)) throw error;
    expect(ended).toBe(true);
    expect(error.failure).toMatchObject({
      problem: { key: 'chaincode.process-ended' },
      place: expect.stringContaining('panic: boom'),
      installed: true,
    });
  },
);

it('peers get what they lack although the files of a service that does not run cannot be compiled', async () => {
  const { docker, run, choice, plan, before, calls, reported } = await network();
  const messages: unknown[] = [];
  const { report } = run.context;
  Object.assign(report, {
    warn: (code: string, message: unknown) => {
      reported.warnings.push(code);
      messages.push(message);
    },
  });
  for (const [id, { name }] of docker.made) if (name === OWN) await docker.removeContainer(id);
  docker.compiles = false;
  const missing = plan(OLD, { process: 'start' });
  await expect(deployChaincode(run, choice, missing, before)).rejects.toThrow('chaincode');
  expect(calls).not.toContain('install');
  const finished = await deployOrStartLast(run, choice, missing, before);
  expect(finished.service?.answers).toBe(true);
  expect(calls.filter((what) => what === 'install')).toHaveLength(missing.install.length);
  expect(reported.warnings).toEqual(['last-program']);
  expect(messages).toEqual([
    expect.objectContaining({ next: `fabric-wizard chaincode deploy basic --dir ${run.context.dir}` }),
  ]);
  expect(docker.programs()).toEqual([`${OWN} running first`]);
});

it('peers of a channel get the package that only peers of another channel have', async () => {
  const { run: whole, choice, plan, before, calls } = await network();
  const { spec } = whole.context;
  const channelSettings = { two: { organisations: ['Org2'] } };
  const channels = [spec.channel, 'two'];
  const run = { ...whole, context: { ...whole.context, spec: { ...spec, channels, channelSettings } } };
  const [haves = [], lacks = []] = spec.orgs.map(({ peers }) => peers.map(({ name }) => name));
  const label = packageLabel('basic', OLD);
  const have = haves.map((name) => [name, [{ label, id: PACKAGE }]] as const);
  const missing = plan(OLD, { channels: ['two'], install: lacks });
  await deployChaincode(run, choice, missing, { ...before, installed: new Map(have) });
  expect(calls.filter((what) => what === 'getinstalledpackage')).toHaveLength(1);
  expect(calls.filter((what) => what === 'install')).toHaveLength(lacks.length);
});

it('what is wrong with the files is told if the last program cannot be started because of another error', async () => {
  const { docker, run, choice, plan, before, peers, reported } = await network();
  docker.compiles = false;
  peers.onCall = () => {
    throw new Error('the engine is gone');
  };
  const missing = plan(OLD, { process: 'restart' });
  await expect(deployOrStartLast(run, choice, missing, before)).rejects.toThrow('the engine is gone');
  expect(reported.warnings).toEqual(['last-program', 'chaincode']);
});
