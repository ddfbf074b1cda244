/** The controller behind the screens: real wizard and folders, a fake run service and a fake network. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  AppController,
  type NetworkService,
  type NodeService,
} from '../../../src/commands/app-controller.ts';
import { WizardController } from '../../../src/commands/wizard-controller.ts';
import { EXIT, WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { readSourceTree } from '../../../src/pipeline/fabric/source-tree.ts';
import { STATE_FOLDER } from '../../../src/pipeline/host/state-folder.ts';
import { noShell } from '../../../src/pipeline/network/node-shell.ts';
import type { AppState, Work } from '../../../src/screens/app-state.ts';
import { createTheme } from '../../../src/ui/theme.tsx';
import { type FakeRun, FakeRunService, PLAN } from '../../support/fake-run-service.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { healthyNetwork } from '../../support/networks.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { whenState } from '../../support/store-state.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const UP = { command: 'up' } as const;

interface Opened {
  readonly dir: string;
  readonly app: AppController;
  readonly runs: FakeRunService;
  readonly networkCalls: readonly string[];
  readonly until: (matches: (state: AppState) => boolean) => Promise<AppState>;
  /** Resolves with the first work of that kind. */
  readonly work: <Kind extends Work['kind']>(kind: Kind) => Promise<Extract<Work, { kind: Kind }>>;
}

async function open(
  options: { readonly countRunning?: () => Promise<number>; readonly leavesHooks?: boolean } = {},
): Promise<Opened> {
  const dir = await tempDir();
  const terminal = plainTerminal(dir, dir);
  const runs = new FakeRunService();
  const networkCalls: string[] = [];
  const network: NetworkService = {
    observe: async () => void networkCalls.push('observe'),
    saveLogs: async (path) => ({ path, count: 3 }),
    stop: async () => {
      networkCalls.push('stop');
      return options.leavesHooks ?? false;
    },
    close: async () => void networkCalls.push('close'),
    countRunning: options.countRunning ?? (async () => 3),
  };
  const nodes: NodeService = {
    act: async (node, action) => void networkCalls.push(`${action} ${node}`),
    routeTo: async (node) => ({ id: 'node', node, facts: [] }),
    requireShell: async (node) => {
      if (node === 'gateway') throw noShell(node);
    },
  };
  const wizard = new WizardController({ terminal, flags: { channel: 'trade' } });
  onTestFinished(() => wizard.close());
  const app = new AppController({
    terminal,
    flags: {},
    version: '0.0.0',
    theme: createTheme({ colour: false, unicode: true, language: 'en' }),
    first: { id: 'welcome' },
    wizard,
    loadRunService: async () => runs,
    loadNetwork: async () => network,
    loadNodes: async () => nodes,
  });
  const until: Opened['until'] = (matches) => whenState(app.store, matches);
  const work: Opened['work'] = async (kind) => {
    const state = await until((state) => state.work.kind === kind);
    return state.work as Extract<Work, { kind: typeof kind }>;
  };
  return { dir, app, runs, networkCalls, until, work };
}

/** An app with a run that has started. */
async function openRunning(options: Parameters<typeof open>[0] = {}): Promise<Opened & { run: FakeRun }> {
  const opened = await open(options);
  opened.app.run(UP);
  const run = await opened.runs.run(0);
  run.plan();
  await opened.until((state) => state.run.runId === 'run-1');
  return { ...opened, run };
}

function left(app: AppController): Promise<void> {
  return new Promise((resolve) => {
    if (app.ended.aborted) resolve();
    else app.ended.addEventListener('abort', () => resolve());
  });
}

describe('a plan', () => {
  it('is made with the answers, and shows notices while it is made', async () => {
    const { app, runs, until, work } = await open();
    app.preparePlan(UP);
    expect(app.store.now().work).toMatchObject({ kind: 'preparing', startsWhenReady: false });
    const run = await runs.run(0);
    expect(run.options).toMatchObject({
      request: UP,
      preflight: true,
      config: { values: { channel: 'trade' } },
    });
    run.options.onNotice('cloning');
    await until((state) => state.work.kind === 'preparing' && state.work.notices.includes('cloning'));
    const warnings = [{ id: 'disk' as const, detail: 'little space' }];
    run.plan({ warnings });
    expect(await work('planned')).toMatchObject({ plan: PLAN, warnings });
    expect([run.isRunning, run.isClosed]).toEqual([false, false]);
  });

  it('runs when it is started, and saves the answers first', async () => {
    const { dir, app, runs, work } = await open();
    app.preparePlan(UP);
    const run = await runs.run(0);
    run.plan();
    await work('planned');
    app.wizard.perform('answer', 'channel', 'steel');
    app.startPlan();
    await run.started;
    expect(await readFile(join(dir, 'fabric-wizard.yaml'), 'utf8')).toContain('channel: steel');
    run.finish('done');
    await work('ended');
    expect(run.isClosed).toBe(true);
  });

  it('runs as soon as it is ready if the start was requested before', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    app.startPlan();
    const run = await runs.run(0);
    run.plan();
    expect((await work('running')).request).toEqual(UP);
    await run.started;
  });

  it('waits for the user if it replaces the network, even if the start was requested before', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    app.startPlan();
    const run = await runs.run(0);
    const confirmed: unknown[] = [];
    const replaces = {
      instance: 'c0ffee',
      changes: [],
      ledgers: 2,
      keptIn: '.fabric-wizard/networks/c0ffee',
    };
    run.plan({
      plan: { ...PLAN, replaces },
      run: async (given) => {
        confirmed.push(given);
        return EXIT.done;
      },
    });
    await work('planned');
    expect(confirmed).toEqual([]);
    app.startPlan();
    await work('ended');
    expect(confirmed).toEqual([{ replaceNetwork: true }]);
  });

  it('waits if that request was reverted', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    app.startPlan();
    app.cancelStart();
    const run = await runs.run(0);
    run.plan();
    await work('planned');
    expect(run.isRunning).toBe(false);
  });

  it('releases the folder when it is dismissed', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    const run = await runs.run(0);
    run.plan();
    await work('planned');
    app.dismissPlan();
    await work('idle');
    expect(run.isClosed).toBe(true);
    app.startPlan();
    expect(run.isRunning).toBe(false);
  });

  it('is aborted when it is dismissed while it is being made', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    const run = await runs.run(0);
    app.dismissPlan();
    expect(run.options.signal.aborted).toBe(true);
    await work('idle');
  });

  it('replaces a plan that is being made, whose outcome is never shown', async () => {
    const { app, runs, work } = await open();
    const seen = new Set<string>();
    app.store.subscribe(() => seen.add(app.store.now().work.kind));
    app.preparePlan(UP);
    const first = await runs.run(0);
    app.preparePlan(UP);
    expect(first.options.signal.aborted).toBe(true);
    (await runs.run(1)).plan();
    await work('planned');
    expect([...seen]).toEqual(['preparing', 'planned']);
  });

  it('shows why it cannot be made', async () => {
    const { app, runs, work } = await open();
    app.preparePlan(UP);
    (await runs.run(0)).fail(new WizardFailure({ kind: 'compose-missing', detail: 'not found' }));
    expect((await work('refused')).failure).toMatchObject({ kind: 'compose-missing' });
  });

  it('is refused if the answers cannot be saved', async () => {
    const { dir, app, runs, work } = await open();
    app.preparePlan(UP);
    const run = await runs.run(0);
    run.plan();
    await work('planned');
    await writeFile(join(dir, 'fabric-wizard.yaml'), 'orgs: [');
    app.startPlan();
    await work('refused');
    expect([run.isRunning, run.isClosed]).toEqual([false, true]);
  });
});

describe('a run', () => {
  it('folds its events into the store', async () => {
    const { run, until, work, app, networkCalls } = await openRunning();
    run.emit({ type: 'stage-started', stage: 'compile' });
    run.emit({ type: 'stage-log', stage: 'compile', line: 'core/peer' });
    run.emit({ type: 'smoke-result', chaincode: 'c', version: '1', channel: 'trade', ok: true, peers: [] });
    const { run: running } = await until((state) => state.proof !== undefined);
    expect(running.stages[0]).toMatchObject({ status: 'running', tail: { lines: ['core/peer'] } });
    run.emit({ type: 'stage-finished', stage: 'image.peer', outcome: 'built', seconds: 1 });
    await until((state) => state.proof?.changed.join() === 'image.peer');
    run.finish('failed');
    await work('ended');
    expect(app.store.now().run.outcome).toBe('failed');
    expect(app.exitCode).toBe(EXIT.stageFailed);
    expect(run.isClosed).toBe(true);
    // The run may have changed the network.
    await vi.waitFor(() => expect(networkCalls).toContain('observe'));
  });

  it('never shows the state of the run before it', async () => {
    const { app, run, runs, work } = await openRunning();
    run.finish('failed');
    await work('ended');
    const shown: string[] = [];
    app.store.subscribe(() => {
      const { work, run } = app.store.now();
      if (work.kind === 'running') shown.push(String(run.outcome));
    });
    app.run(UP);
    const second = await runs.run(1);
    second.plan();
    await second.started;
    expect(shown.length).toBeGreaterThan(0);
    expect(new Set(shown)).toEqual(new Set(['undefined']));
  });

  it('is the only one, and is not replaced by a plan', async () => {
    const { app, runs, run } = await openRunning();
    app.run({ command: 'build' });
    app.preparePlan(UP);
    app.dismissPlan();
    expect(app.store.now().work.kind).toBe('running');
    expect([runs.count, run.options.signal.aborted]).toEqual([1, false]);
  });

  it('is cancelled while the app keeps running', async () => {
    const { app, work } = await openRunning();
    const seen: boolean[] = [];
    app.store.subscribe(() => {
      const { work } = app.store.now();
      if (work.kind === 'running') seen.push(work.cancelling);
    });
    app.cancel();
    await work('ended');
    expect(seen).toContain(true);
    expect(app.store.now().run.outcome).toBe('cancelled');
    expect([app.exitCode, app.ended.aborted]).toEqual([EXIT.cancelled, false]);
  });
});

describe('Ctrl-C', () => {
  it('cancels at the first press and quits at the second', async () => {
    const { app, run, work } = await openRunning();
    app.interrupt();
    expect(run.options.signal.aborted).toBe(true);
    expect(app.store.now().interrupted).toBe(true);
    await work('ended');
    expect(app.ended.aborted).toBe(false);
    app.interrupt();
    await left(app);
    expect(app.store.now().unmounting).toBe(true);
    expect([app.exitCode, app.foregroundRequest]).toEqual([EXIT.cancelled, undefined]);
  });

  it('does not quit if the second press comes after two seconds', async () => {
    const { app, work } = await openRunning();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    app.interrupt();
    vi.advanceTimersByTime(1900);
    expect(app.store.now().interrupted).toBe(true);
    vi.advanceTimersByTime(200);
    expect(app.store.now().interrupted).toBe(false);
    vi.useRealTimers();
    await work('ended');
    app.interrupt();
    expect([app.store.now().interrupted, app.store.now().unmounting]).toEqual([true, false]);
    app.interrupt();
    await left(app);
    expect(app.exitCode).toBe(EXIT.cancelled);
  });

  it('has its own exit code, even after a finished run', async () => {
    const { app, run, work } = await openRunning();
    run.finish('done');
    await work('ended');
    app.terminate();
    await left(app);
    expect(app.exitCode).toBe(EXIT.cancelled);
  });
});

describe('quitting', () => {
  it('closes a waiting plan, and keeps the network', async () => {
    const { app, runs, work, networkCalls } = await open();
    app.preparePlan(UP);
    const run = await runs.run(0);
    run.plan();
    await work('planned');
    app.quit('keep');
    await left(app);
    expect(run.isClosed).toBe(true);
    expect(networkCalls).toEqual(['close']);
    expect([app.exitCode, app.runningContainers]).toEqual([EXIT.done, 3]);
  });

  it('cancels a run, and stops the network if asked to', async () => {
    const { app, run, networkCalls } = await openRunning();
    app.quit('stop');
    app.quit('keep');
    await left(app);
    expect(run.isClosed).toBe(true);
    expect(networkCalls.filter((call) => call !== 'observe')).toEqual(['stop', 'close']);
    expect(app.store.now().run.outcome).toBe('cancelled');
  });

  it('counts the observed containers if the engine does not answer', async () => {
    const { app } = await open({ countRunning: () => Promise.reject(new Error('no answer')) });
    const network = healthyNetwork();
    app.store.updateNow((state) => ({ ...state, network }));
    app.quit('keep');
    await left(app);
    expect(app.runningContainers).toBe(network.nodes.length);
  });
});

describe('the pager', () => {
  it('shows the log of a stage, and returns the terminal', async () => {
    const { dir, app, until } = await openRunning();
    app.openLog('compile');
    await until((state) => state.unmounting);
    expect(app.foregroundRequest?.candidates.at(-1)).toEqual({
      command: 'more',
      args: [`${dir}/run-1/compile.log`],
    });
    expect(app.remount()).toBe(true);
    expect([app.store.now().unmounting, app.foregroundRequest]).toEqual([false, undefined]);
  });

  it('does not return the terminal to an app that has ended', async () => {
    const { app, until } = await openRunning();
    app.openLog('compile');
    await until((state) => state.unmounting);
    app.terminate();
    await left(app);
    expect(app.remount()).toBe(false);
  });
});

it('Ctrl-Z gives the terminal back until the process continues', async () => {
  const { app, until } = await open();
  app.suspend();
  await until((state) => state.unmounting);
  expect(app.foregroundRequest?.candidates).toHaveLength(1);
  expect(app.remount()).toBe(true);
  expect(app.store.now().unmounting).toBe(false);
});

describe('the editor', () => {
  const place = { file: 'core/peer.go', line: 12 };

  it('is opened at a line of the source', async () => {
    vi.stubEnv('VISUAL', 'code --wait');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { app, until } = await openRunning();
    app.openEditor(place);
    await until((state) => state.unmounting);
    expect(app.foregroundRequest?.candidates).toEqual([
      { command: 'code', args: ['--wait', '-g', '/fabric/core/peer.go:12'] },
    ]);
    expect(app.remount(app.foregroundRequest?.missing)).toBe(true);
    expect(app.store.now().notice).toContain('code is not installed');
  });

  it('must be set', async () => {
    vi.stubEnv('VISUAL', '');
    vi.stubEnv('EDITOR', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { app } = await openRunning();
    app.openEditor(place);
    expect(app.store.now()).toMatchObject({
      unmounting: false,
      notice: 'Set VISUAL or EDITOR to your editor. The error is in /fabric/core/peer.go:12.',
    });
  });
});

describe('watching the source', () => {
  it('rebuilds at once and after each change, until it is stopped', async () => {
    const { app, runs, work } = await open();
    const dir = await tempDir();
    await writeFiles(dir, { 'core/peer.go': 'package core\n' });
    app.toggleWatch();
    const first = await runs.run(0);
    expect(first.options.request).toEqual({ command: 'rebuild' });
    first.plan({ source: await readSourceTree(dir) });
    await first.started;
    first.finish('done');
    await work('ended');
    await writeFile(join(dir, 'core/peer.go'), 'package core // changed\n');
    const second = await runs.run(1);
    expect(app.store.now().watching).toEqual({ changed: ['core/peer.go'] });
    app.toggleWatch();
    expect(app.store.now().watching).toBeUndefined();
    second.plan({ source: await readSourceTree(dir) });
    await second.started;
    second.finish('done');
    await work('ended');
    expect(runs.count).toBe(2);
  });

  it('ends if there is no source to watch', async () => {
    const { app, runs, until } = await open();
    app.toggleWatch();
    (await runs.run(0)).fail(new WizardFailure({ kind: 'compose-missing', detail: 'not found' }));
    await until((state) => state.watching === undefined && state.work.kind === 'refused');
  });
});

it('the app stops the network, and starts a node', async () => {
  const { app, work, networkCalls } = await open();
  app.stopNetwork();
  await work('stopping');
  await work('idle');
  expect(networkCalls).toEqual(['stop']);
  app.actOnNode('peer0.org1.example.com', 'stop');
  await vi.waitFor(() => expect(networkCalls).toContain('stop peer0.org1.example.com'));
});

it('the app says that the network was stopped without hooks, also when it ends', async () => {
  const { app, work } = await open({ leavesHooks: true });
  app.stopNetwork();
  await work('stopping');
  await work('idle');
  expect(app.store.now().notice).toContain('without the before-down hooks');
  app.quit('keep');
  await vi.waitFor(() => expect(app.ended.aborted).toBe(true));
  expect(app.store.now().notice).toBeUndefined();
  const other = await open({ leavesHooks: true });
  other.app.quit('stop');
  await vi.waitFor(() => expect(other.app.ended.aborted).toBe(true));
  expect(other.app.store.now().notice).toContain('without the before-down hooks');
});

it('the app explains a topic with the answers as they are, before they are saved', async () => {
  const { app, until } = await open();
  app.wizard.perform('answer', 'source', 'v1.4.12');
  app.showTopic('image.peer');
  const { navigation } = await until((state) => state.navigation.at(-1)?.id === 'explain');
  const shown = navigation.at(-1);
  const text = shown?.id === 'explain' ? shown.lines(80).join(' ') : '';
  expect(text).toMatch(/fabric-peer:\S*1\.4\.12/);
});

it('the app writes the files for programs and names them, or says what is missing', async () => {
  const { dir, app, until } = await open();
  app.showConnection();
  await until((state) => state.notice?.includes('has no network yet') === true);
  const spec = await writeNetwork(dir);
  app.showConnection();
  const { navigation } = await until((state) => state.navigation.at(-1)?.id === 'text');
  const shown = navigation.at(-1);
  const text = shown?.id === 'text' ? shown.lines(80).join('\n') : '';
  for (const { name } of spec.orgs) {
    const org = name.toLowerCase();
    const profile = join(dir, STATE_FOLDER, `network/clients/${org}/connection-${org}.json`);
    expect(text).toContain(profile);
    expect(JSON.parse(await readFile(profile, 'utf8'))).toMatchObject({ client: { organization: name } });
  }
});

it('the app says that a node has no shell', async () => {
  const { app } = await open();
  app.openShell('gateway', 'node');
  expect(await app.foregroundRequest?.refusal?.()).toBe('The image of gateway has no shell.');
});

it('the app unmounts the screens for a shell, and mounts them again', async () => {
  const { app, dir } = await open();
  app.openShell('peer0.org1.example.com', 'admin');
  // At once, so that the next key goes to the shell.
  expect(app.store.now().unmounting).toBe(true);
  const request = app.foregroundRequest;
  expect(request?.candidates[0]?.args.slice(1, 6)).toEqual([
    ...['shell', 'peer0.org1.example.com', '--admin', '--dir', dir],
  ]);
  expect(await request?.refusal?.()).toBeUndefined();
  expect(app.remount()).toBe(true);
  expect([app.store.now().unmounting, app.foregroundRequest]).toEqual([false, undefined]);
});
