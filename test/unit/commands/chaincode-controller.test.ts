/** The actions of the chaincode screens: real folders and records, a fake network. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppStore } from '../../../src/commands/app-store.ts';
import { wordsFor } from '../../../src/commands/chaincode-choice.ts';
import { ChaincodeController, type ChaincodeService } from '../../../src/commands/chaincode-controller.ts';
import { ChaincodeFiles } from '../../../src/commands/chaincode-files.ts';
import type { ChaincodeNetwork } from '../../../src/commands/chaincode-network.ts';
import { removeChaincode } from '../../../src/commands/chaincode-service.ts';
import { chaincodeDigest, filesDigest } from '../../../src/pipeline/chaincode/chaincode-digest.ts';
import { packageLabel } from '../../../src/pipeline/chaincode/chaincode-version.ts';
import { recordDeployment } from '../../../src/pipeline/chaincode/deployment-record.ts';
import type { ServiceEngine } from '../../../src/pipeline/chaincode/service-state.ts';
import type { ChaincodeChoice, FolderChaincode } from '../../../src/pipeline/config/chaincode-list.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { CancelledError, WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { LABEL } from '../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { STATE_FOLDER } from '../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { allPeers, networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../src/pipeline/network/saved-network.ts';
import type { RunCommand } from '../../../src/screens/app-state.ts';
import type { ChaincodesState } from '../../../src/screens/chaincode-state.ts';
import { createTheme } from '../../../src/ui/theme.tsx';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { whenState } from '../../support/store-state.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const theme = createTheme({ colour: false, unicode: true, language: 'en' });
const CALL = { kind: 'query', name: 'basic', channel: 'mychannel', line: "get 'a key'" } as const;

async function open(service: Partial<ChaincodeService> = {}) {
  const dir = await tempDir();
  await (await openJournal(dir, { command: 'test' })).close();
  await writeFiles(dir, { 'basic/main.go': 'package main\n' });
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release 1.4.12');
  const { values } = await loadConfig({ dir, flags: {} });
  const spec = networkSpec(values, release, 'fw-x');
  const network = { spec, release, peers: allPeers(spec) } as unknown as ChaincodeNetwork;
  const app = new AppStore({ id: 'chaincodes' }, theme);
  const runs: RunCommand[] = [];
  const controller = new ChaincodeController({
    terminal: plainTerminal(dir, dir),
    flags: {},
    ...{ theme, app, run: (request) => void runs.push(request) },
    service: {
      open: async () => network,
      rows: async () => ({ rows: [], unreachable: [] }),
      query: async (_, __, { args }) => JSON.stringify(args),
      invoke: async () => ({ payload: '', transaction: 'abc', status: 'VALID' }),
      ...service,
    },
  });
  onTestFinished(() => controller.end());
  const until = (matches: (state: ChaincodesState) => boolean) =>
    whenState(app.store, (state) => matches(state.chaincodes)).then(({ chaincodes }) => chaincodes);
  return { dir, app, controller, runs, until, spec, network };
}

const BASIC = (dir: string): ChaincodeChoice => ({
  name: 'basic',
  path: join(dir, 'basic'),
  language: 'go',
});

/** Records that the chaincode was deployed as it is now. */
async function recordAsDeployed(dir: string): Promise<void> {
  const journal = await openJournal(dir, { command: 'test' });
  await journal.setFact(STATE_KEYS.crypto, { fingerprint: 'f', instance: 'abc123' });
  const version = `1-${await chaincodeDigest(BASIC(dir))}`;
  await recordDeployment(
    journal,
    { orgs: [] },
    { choice: BASIC(dir), version, channels: ['mychannel'], containers: new Map() },
  );
  await journal.close();
}

describe('a call', () => {
  it('passes the words of the line, and its answer is shown and remembered for later sessions', async () => {
    const { dir, controller, app } = await open();
    await controller.call(CALL);
    await controller.call({ ...CALL, kind: 'invoke', line: 'put a 1' });
    const results = app.state.chaincodes.answers.map(({ result }) => result);
    expect(results).toEqual([
      { kind: 'answered', answer: '["get","a key"]' },
      { kind: 'sent', answer: '', transaction: 'abc', status: 'VALID' },
    ]);
    const later = await open();
    const next = new ChaincodeController({
      ...{ terminal: plainTerminal(dir, dir), flags: {}, theme, app: later.app, run: () => undefined },
      service: {
        ...later,
        open: async () => later.network,
        rows: async () => ({ rows: [], unreachable: [] }),
      } as never,
    });
    onTestFinished(() => next.end());
    await next.observe();
    expect(later.app.state.chaincodes.history.map(({ line }) => line)).toEqual(["get 'a key'", 'put a 1']);
  });

  it('shows the failure of a network that does not answer', async () => {
    const failure = new WizardFailure({ kind: 'usage', message: { key: 'usage.nothing-runs' }, next: [] });
    const { controller, app } = await open({ open: () => Promise.reject(failure) });
    await controller.call(CALL);
    expect(app.state.chaincodes.answers[0]?.result).toMatchObject({
      kind: 'failed',
      failure: failure.failure,
    });
    expect(app.state.chaincodes.calling).toBeUndefined();
  });

  it('is cancelled at once, also if the engine goes on, and the next one can begin', async () => {
    const { controller, app, until } = await open({ query: () => new Promise(() => undefined) });
    const ended = controller.call(CALL);
    await until(({ calling }) => calling !== undefined);
    // One at a time.
    await controller.call({ ...CALL, kind: 'invoke' });
    controller.cancelCall();
    await ended;
    await controller.call({ ...CALL, kind: 'invoke' });
    expect(app.state.chaincodes.answers.map(({ result }) => result.kind)).toEqual(['cancelled', 'sent']);
  });

  it('asks a peer that runs', async () => {
    const asked: string[] = [];
    const { controller, network } = await open({
      query: async (_, peer) => {
        asked.push(peer.name);
        return '';
      },
    });
    Object.assign(network, { peers: network.peers.slice(1) });
    await controller.call(CALL);
    expect(asked).toEqual([network.peers[0]?.name]);
  });
});

describe('the list', () => {
  it('has what can be deployed even if the network does not run, and says why it has no more', async () => {
    const failure = new WizardFailure({ kind: 'usage', message: { key: 'usage.nothing-runs' }, next: [] });
    const { dir, controller, app } = await open({ open: () => Promise.reject(failure) });
    await writeFile(join(dir, 'fabric-wizard.yaml'), 'chaincodes: [{name: basic, path: ./basic}]\n');
    await controller.observe();
    const { choices, problem, rows, known } = app.state.chaincodes;
    expect({ choices, rows, known }).toMatchObject({ choices: [BASIC(dir)], rows: [], known: true });
    expect(problem).toBeTruthy();
  });

  it('of a screen that was left changes nothing any more', async () => {
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { controller, app } = await open({
      rows: async () => {
        await asked;
        return { rows: [], unreachable: [] };
      },
    });
    const reading = controller.observe();
    controller.close();
    answer();
    await reading;
    expect(app.state.chaincodes.known).toBe(false);
  });

  it('shows no error when reading was cancelled', async () => {
    const { controller, app } = await open({ rows: () => Promise.reject(new CancelledError()) });
    const reading = controller.observe();
    controller.close();
    await reading;
    expect(app.state.chaincodes.problem).toBeUndefined();
  });
});

describe('a deployment', () => {
  it('of a folder is a run, and the folder is remembered even if it does not exist', async () => {
    const { dir, controller, runs, app } = await open();
    await controller.deployFolder(join(dir, 'basic'));
    expect(runs).toEqual([{ command: 'deploy', chaincodes: [BASIC(dir)] }]);
    await expect(controller.deployFolder(join(dir, 'missing'))).rejects.toThrow(WizardFailure);
    expect(app.state.chaincodes.history.map(({ line }) => line)).toContain(join(dir, 'missing'));
  });

  it('of what the release cannot do, or while a peer is down, is refused before it begins', async () => {
    const { dir, controller, runs, network } = await open();
    const choice = { ...BASIC(dir), channels: ['unknown'] };
    await expect(controller.deploy([choice])).rejects.toThrow(WizardFailure);
    Object.assign(network, { peers: network.peers.slice(1) });
    await expect(controller.deploy([BASIC(dir)])).rejects.toThrow(WizardFailure);
    expect(runs).toEqual([]);
  });

  it.each<[string, Partial<FolderChaincode>, boolean, string]>([
    ['by its name if it is configured', {}, true, 'basic'],
    ['by its folder', {}, false, '/work/basic'],
    [
      'by its folder and what it was deployed with',
      { name: 'cc', channels: ['a', 'b'], init: ['init', 'x'] },
      false,
      `/work/basic --name cc --channel a,b --init '["init","x"]'`,
    ],
    ['as a service in a container', { service: true }, false, '/work/basic --service'],
  ])('can be repeated on the command line %s', (_, more, isListed, words) => {
    const choice: ChaincodeChoice = { name: 'basic', path: '/work/basic', language: 'go', ...more };
    expect(wordsFor([choice], isListed ? [choice] : []).join(' ')).toBe(words);
  });

  it('can be repeated on the command line by its name and address if the user runs it', () => {
    const choice: ChaincodeChoice = { name: 'basic', service: 'localhost:9999' };
    expect(wordsFor([choice], []).join(' ')).toBe('basic --service localhost:9999');
  });
});

/** Starts the watch of an unchanged chaincode, and edits its file. */
async function markedAfterEdit(
  files: ChaincodeFiles,
  { dir, app, until }: Pick<Awaited<ReturnType<typeof open>>, 'dir' | 'app' | 'until'>,
): Promise<void> {
  files.start();
  await until(({ choices }) => choices.length === 1);
  expect(app.state.chaincodes.changed).toEqual([]);
  await writeFile(join(dir, 'basic/main.go'), 'package main\n\nvar x = 1\n');
  await until(({ changed }) => changed.includes('basic'));
}

it('a chaincode whose files change is marked until they are as deployed again', async () => {
  const { dir, app, until } = await open();
  await recordAsDeployed(dir);
  const files = new ChaincodeFiles({ dir, flags: {}, app, intervalMs: 10 });
  onTestFinished(() => files.stop());
  await markedAfterEdit(files, { dir, app, until });
  await writeFile(join(dir, 'basic/main.go'), 'package main\n');
  await until(({ changed }) => changed.length === 0);
});

it('a service is marked if its process was made of other files', async () => {
  const { dir, app, until, spec } = await open();
  const choice = { ...BASIC(dir), service: true } as FolderChaincode & { readonly service: true };
  const digest = await chaincodeDigest(choice);
  const journal = await openJournal(dir, { command: 'test' });
  const deployment = { choice, version: `1-${digest}`, channels: ['mychannel'], containers: new Map() };
  await recordDeployment(journal, { orgs: [] }, deployment);
  await journal.setFact(SAVED_NETWORK, { spec, version: '2.5.12' });
  await journal.close();
  let made = await filesDigest(choice);
  const { docker } = await socketEngine({
    containers: [
      {
        ...{ id: 'service', name: 'fw-x.chaincode.basic', networks: ['fw-x'] },
        labels: {
          [LABEL.project]: 'fw-x',
          [LABEL.role]: 'service',
          [LABEL.chaincode]: 'basic',
          [LABEL.package]: `${packageLabel('basic', digest)}:aa`,
        },
      },
    ],
  });
  const engine = async (): Promise<ServiceEngine> => ({
    listContainers: (...filters) => docker.listContainers(...filters),
    readFiles: async () => [{ name: '.digest', content: made }],
  });
  const files = new ChaincodeFiles({ dir, flags: {}, app, intervalMs: 10, engine });
  onTestFinished(() => files.stop());
  await markedAfterEdit(files, { dir, app, until });
  made = await filesDigest(choice);
  await until(({ changed }) => changed.length === 0);
});

describe('a removal', () => {
  it('removes the program that was kept of a service', async () => {
    const dir = await tempDir();
    const journal = await openJournal(dir, { command: 'test' });
    onTestFinished(() => journal.close());
    const kept = join(dir, STATE_FOLDER, 'network/services/basic.tar');
    await writeFiles(dir, { [`${STATE_FOLDER}/network/services/basic.tar`]: 'tar' });
    const network = { docker: (await socketEngine({})).docker };
    const remains = { containers: [], images: [] };
    await removeChaincode(dir, network, journal, { name: 'basic', remains });
    await expect(readFile(kept)).rejects.toThrow('ENOENT');
  });

  it('is refused while another run works in the folder, and asks no peer', async () => {
    const asked: string[] = [];
    const { dir, controller } = await open({
      open: async (command) => {
        asked.push(command);
        throw new Error('no peer is asked');
      },
    });
    const running = await openJournal(dir, { command: 'fabric-wizard up' });
    await expect(controller.remove('basic')).rejects.toMatchObject({
      failure: { kind: 'locked', command: 'fabric-wizard up' },
    });
    await running.close();
    expect(asked).toEqual([]);
    await expect(controller.remove('basic')).rejects.toThrow('no peer is asked');
  });
});
