/** The screens in a real terminal on a real engine: from the defaults to a network, an edit, a dead peer, and out again. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine, logOf } from '../support/engine.ts';
import { eventually } from '../support/live-run.ts';
import { TestTerminal } from '../support/test-terminal.ts';
import { SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-screens';
const PEER = 'peer1.org1.example.com';
const ENTER = '\r';
const ESCAPE = '\u001b';
const UP = '\u001b[A';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** An editor that says how it was called, keeps what is typed, and leaves the terminal without echo. */
const EDITOR = `#!/bin/sh
trap 'echo interrupted' INT
echo "editing $*"
until read -r typed && [ -n "$typed" ]; do :; done
echo "$typed" > "$(dirname "$0")/typed"
stty -echo -icanon
`;

let wizard: Wizard;
let source: string;
let terminal: TestTerminal;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
  source = join(folder, 'source');
  await cp(SAMPLE, source, { recursive: true });
  await writeFile(join(folder, 'vim'), EDITOR, { mode: 0o755 });
  wizard = await wizardWith({ project: PROJECT, 'port-base': 30050, source, orgs: 1, peers: 2 });
});

afterAll(async () => {
  terminal?.dispose();
  await wizard?.dispose();
  await rm(join(source, '..'), { recursive: true, force: true });
});

function begin(env: Readonly<Record<string, string>> = {}): TestTerminal {
  return new TestTerminal({ args: [], cwd: wizard.dir, env });
}

/** Takes whatever is offered, until a run is under way. */
async function enterUntilRunning(): Promise<void> {
  await eventually('a run', async () => {
    const text = (await terminal.screen()).join('\n');
    if (/up \d+ %|dashboard/.test(text)) return true;
    if (/Enter /.test(text)) terminal.send(ENTER);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return false;
  });
}

function expectRestored({ settings }: { readonly settings: string }): void {
  expect(settings).toMatch(/ icanon /);
  expect(settings).toMatch(/ echo /);
  expect(terminal.cursorShown).toBe(true);
}

describe('a first run', () => {
  it('needs only Enter, and ends at the dashboard', async () => {
    terminal = begin({ PAGER: 'less -R', LESS: '', VISUAL: join(source, '..', 'vim') });
    await terminal.shows(/fabric-wizard/);
    await enterUntilRunning();
    const text = await terminal.shows(
      /dashboard[\s\S]*✓ +orderer +ready[\s\S]*peer1\.org1 +ready +\d[\s\S]*100 -> 90/,
    );
    expect(text).toMatch(/✓ +orderer +ready/);
    expect(text).toMatch(/builder +fw-e2e-screens-test\/fabric-ccenv:1\.4 [0-9a-f]{12}/);
    expect(text.split('\n')).toHaveLength(24);
  });

  it('is followed by a rebuild of an edited line, and its proof', async () => {
    const left = /(smoke-\w+)-1\.0 +✓ peer0\.org1/.exec((await terminal.screen()).join('\n'))?.[1];
    const file = join(source, 'peer/main.go');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"peer:.*?\\n Version/, '"peer: edited\\n Version'));
    terminal.send('r');
    await terminal.shows(/rebuild \d+ %/);
    const after = await terminal.shows(/dashboard[\s\S]*✓ rebuild done[\s\S]*answered on every peer/);
    expect(/chaincode (smoke-\w+) 1\.0 on/.exec(after)?.[1]).not.toBe(left);
    // The chaincode of `up` stays; the peers, which were restarted, start it at the next call.
    await terminal.shows(new RegExp(`${left}-1\\.0 +· peer0\\.org1 +· peer1\\.org1`));
    expect(await logOf(`${PROJECT}-${PEER}`)).toContain('peer: edited');
    // The peers got the new programs, not a new container: the id is that of the image with these programs.
    const { Id } = await engine.getImage(`${PROJECT}-test/fabric-peer:1.4.12`).inspect();
    await terminal.shows(new RegExp(`peer0\\.org1 +ready .* ${Id.slice(7, 19)}(?!\\+)`));
  });

  it('is followed by another proof, which leaves the chaincode as it is, and gives the keyboard to the pager', async () => {
    const left = /(smoke-\w+)-1\.0 +· peer0\.org1/.exec((await terminal.screen()).join('\n'))?.[1];
    terminal.send('s');
    await terminal.shows(/smoke \d+ %/);
    await terminal.shows(/about \d+:\d\d left[\s\S]*smoke: 1 line [\s\S]*o full log/);
    terminal.send('o');
    await terminal.shows(/smoke\.log|\(END\)/);
    terminal.send(CTRL_C);
    // less draws the rest of its screen when it is interrupted.
    await terminal.shows(/^~$/m);
    terminal.send('=');
    await terminal.shows(/smoke\.log lines? \d/);
    terminal.send('q');
    const after = await terminal.shows(/dashboard[\s\S]*✓ smoke done[\s\S]*answered on every peer/);
    expect(/chaincode (smoke-\w+) 1\.0 on/.exec(after)?.[1]).not.toBe(left);
    await terminal.shows(new RegExp(`${left}-1\\.0 +· peer0\\.org1 +· peer1\\.org1`));
  });

  it('shows why a rebuild failed, opens the editor at that line, and continues from there', async () => {
    const file = join(source, 'peer/main.go');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}\nvar broken = missing\n`);
    const line = text.split('\n').length + 1;
    terminal.send('r');
    await terminal.shows(/undefined: missing[\s\S]*e edit main\.go:\d+/);
    terminal.send(ESCAPE);
    await terminal.shows(
      new RegExp(
        `dashboard[\\s\\S]*── rebuild failed ─+[\\s\\S]*peer/main\\.go:${line}[\\s\\S]*undefined: missing`,
      ),
    );
    terminal.send(ENTER);
    await terminal.shows(/e edit main\.go:\d+/);
    terminal.send('e');
    await terminal.shows(new RegExp(`editing \\+${line} ${file}`));
    // The editor gets every key, Ctrl-C included, and leaves the terminal in disorder.
    terminal.send(CTRL_C);
    await terminal.shows(/interrupted/);
    terminal.send('abcdefghijklmnopqrstuvwxyz\r');
    await terminal.shows(/e edit main\.go:\d+/);
    expect(await readFile(join(source, '..', 'typed'), 'utf8')).toBe('abcdefghijklmnopqrstuvwxyz\n');
    await writeFile(file, text);
    terminal.send('r');
    await terminal.shows(/dashboard[\s\S]*✓ rebuild done/);
    expect((await terminal.screen()).join('\n')).not.toContain('rebuild failed');
  });

  it('shows a peer that was killed, with its last lines, and starts it again', async () => {
    await engine.getContainer(`${PROJECT}-${PEER}`).kill();
    const text = await terminal.shows(/✗ +peer1\.org1 +killed \(exit 137\)/);
    expect(text).toMatch(/peer1\.org1\.example\.com: last lines ─+\n[\s\S]*\d\d:\d\d:\d\d I /);
    expect(text).toContain('Enter start peer1.org1');
    terminal.send(ENTER);
    await terminal.shows(/✓ +peer1\.org1 +ready/);
    const { State } = await engine.getContainer(`${PROJECT}-${PEER}`).inspect();
    expect(State.Running).toBe(true);
  });

  it('opens a shell in the node under the cursor, whose keys and signals belong to the shell', async () => {
    terminal.send('e');
    await terminal.shows(/shell in peer1\.org1\.example\.com[\s\S]*:\/#/);
    terminal.send('echo ready; cat\r');
    // Before, the shell reads the keys itself.
    await terminal.shows(/^ready$/m);
    // The terminal's echo, and what the program prints.
    terminal.send('hello\r');
    await terminal.shows(/^hello\nhello$/m);
    terminal.send(CTRL_C);
    // Ctrl-C drops the keys that follow at once.
    await terminal.shows(/\^C[\s\S]*:\/#/);
    terminal.send('echo $? in $CORE_PEER_ID\r');
    await terminal.shows(/^130 in peer1\.org1\.example\.com$/m);
    terminal.send('exit\r');
    await terminal.shows(/dashboard[\s\S]*›✓ +peer1\.org1 +ready/);
  });

  it('pauses, continues and stops the node under the cursor, which is no failure', async () => {
    terminal.send('z');
    await terminal.shows(/›· +peer1\.org1 +paused/);
    terminal.send('z');
    await terminal.shows(/›✓ +peer1\.org1 +ready/);
    terminal.send('t');
    const text = await terminal.shows(/›· +peer1\.org1 +stopped/);
    expect(text).not.toMatch(/last lines|node down/);
    terminal.send(ENTER);
    await terminal.shows(/›✓ +peer1\.org1 +ready/);
    terminal.send(ENTER);
    await terminal.shows(/node peer1\.org1[\s\S]*MSP id +Org1MSP/);
    terminal.send(ESCAPE);
    await terminal.shows(/dashboard/);
  });

  it('shows a peer whose container was removed, and recreates it', async () => {
    const container = engine.getContainer(`${PROJECT}-${PEER}`);
    const { Id } = await container.inspect();
    await container.remove({ force: true });
    const text = await terminal.shows(/✗ +peer1\.org1 +removed/);
    expect(text).toContain('Enter start peer1.org1');
    terminal.send(ENTER);
    await terminal.shows(/✓ +peer1\.org1 +ready +\d/);
    expect((await container.inspect()).Id).not.toBe(Id);
  });

  it('shows logs, of one node and with a search', async () => {
    terminal.send('l');
    // What one node says when it begins can fill the screen.
    await terminal.shows(/logs[\s\S]*peer\d\.org1 \| /);
    terminal.send('/committed block');
    await terminal.shows(/\/committed block/);
    terminal.send(ENTER);
    const rows = (await terminal.shows(/peer1\.org1\.example\.com.*\/committed block/)).split('\n');
    const shown = rows.filter((row) => row.includes(' | '));
    expect(shown.length).toBeGreaterThan(2);
    for (const row of shown) expect(row).toMatch(/Committed bl/);
    terminal.send(ESCAPE);
    await terminal.shows(/dashboard/);
  });

  it('deploys a chaincode, calls it, and marks it once its files have changed', async () => {
    const chaincode = join(source, '..', 'basic');
    await cp(join(SAMPLE, '..', 'compose', 'chaincode', 'smoke'), chaincode, { recursive: true });
    const file = join(chaincode, 'smoke.go');
    const text = await readFile(file, 'utf8');
    // Accounts without arguments of Init.
    const accounts =
      'if len(args) == 0 {\n\t\targs = []string{"a", "100", "b", "200"}\n\t}\n\tif len(args) != 4';
    await writeFile(file, text.replace('if len(args) != 4', accounts));
    const call = async (key: string, line: string) => {
      terminal.send(key);
      await terminal.shows(/Enter call/);
      terminal.send(line + ENTER);
    };
    terminal.send('C');
    await terminal.shows(/chaincode[\s\S]*smoke-\w+ +mychannel/);
    terminal.send('f');
    await terminal.shows(/^folder /m);
    terminal.send(chaincode + ENTER);
    await terminal.shows(/deploy \d+ %/);
    await terminal.shows(/✓ deploy done[\s\S]*› +basic +as deployed +mychannel +2\/2/);
    await call(ENTER, 'query a');
    await terminal.shows(/query basic query a mychannel\n +100$/m);
    await call('i', "invoke 'a' b 10");
    await terminal.shows(/✓ transaction [0-9a-f]{8}/);
    terminal.send(ENTER);
    await terminal.shows(/Enter call/);
    terminal.send(UP);
    terminal.send(UP);
    await terminal.shows(/^query basic query a *$/m);
    terminal.send(ENTER);
    await terminal.shows(/query basic query a mychannel\n +90$/m);
    await call(ENTER, 'query nobody');
    await terminal.shows(/✗ The chaincode basic refused the call: no account nobody/);
    terminal.send(ESCAPE);
    await writeFile(file, `${text}\n// edited\n`);
    await terminal.shows(/dashboard[\s\S]*basic-1-[0-9a-f]+ +! files changed/);
    terminal.send('C');
    await terminal.shows(/› +basic +changed/);
    terminal.send('x');
    await terminal.shows(/Remove 2 containers and 2 images of basic\?/);
    terminal.send(ENTER);
    await terminal.shows(/✓ basic: 2 containers, 2 images removed[\s\S]*› +basic +changed +mychannel +0\/2/);
    terminal.send(ESCAPE);
    await terminal.shows(/dashboard/);
  });

  it('fits every size, and leaves no old lines after many resizes', async () => {
    for (const [columns, rows] of [
      [60, 20],
      [100, 30],
      [40, 15],
      [33, 12],
      [200, 60],
      [81, 25],
    ] as const)
      await terminal.resize(columns, rows);
    await terminal.resize(40, 15);
    const small = await terminal.shows(/^dashboard[\s\S]*peer1\.org1 +ready[\s\S]*q quit\n$/);
    expect(small.split('\n')).toHaveLength(15);
    await terminal.resize(80, 24);
    await terminal.shows(/^fabric-wizard · dashboard[\s\S]*q quit\n$/);
    const frames = (await terminal.history()).filter((row) => row.includes('NODE'));
    expect(frames).toHaveLength(1);
  });

  it('asks whether the network keeps running, and says how to stop it', async () => {
    terminal.send('q');
    await terminal.shows(/quit, network keeps running/);
    terminal.send(ENTER);
    const end = await terminal.ended();
    expect(end.exitCode).toBe(0);
    expectRestored(end);
    const history = (await terminal.history()).join('\n');
    expect(history).toMatch(/✓ done in/);
    expect(history).toMatch(/5 containers keep running; fabric-wizard down stops them/);
    expect(history).toMatch(/Connect to channel mychannel\n +localhost:30050 +OrdererMSP/);
    expect(history).toContain('eval "$(fabric-wizard env org1)"');
    expect(history).not.toContain('q quit');
  });
});

describe('Ctrl-C', () => {
  it('cancels the run when pressed once, and quits when pressed twice', async () => {
    terminal = begin();
    await enterUntilRunning();
    terminal.send(CTRL_C);
    await terminal.shows(/press Ctrl-C again to quit/);
    terminal.send('x');
    await terminal.shows(/up cancelled/);
    terminal.send(CTRL_C);
    await terminal.shows(/press Ctrl-C again to quit/);
    terminal.send(CTRL_C);
    const end = await terminal.ended();
    expect(end.exitCode).toBe(130);
    expectRestored(end);
  });
});

describe('a command with flags', () => {
  it('begins with its plan, and Esc leads to the first screen', async () => {
    terminal = new TestTerminal({ args: ['up', '--channel', 'steel'], cwd: wizard.dir });
    await terminal.shows(/review[\s\S]*last run: channel[\s\S]*Enter run/);
    terminal.send(ESCAPE);
    await terminal.shows(/Go to the running network/);
    terminal.send('q');
    expect((await terminal.ended()).exitCode).toBe(0);
  });

  it('shows what is wrong with a flag instead of a screen', async () => {
    terminal = new TestTerminal({ args: ['up', '--peers', '99', '--channel', 'steel'], cwd: wizard.dir });
    expect((await terminal.ended()).exitCode).toBe(2);
    const history = (await terminal.history()).join('\n');
    expect(history).toMatch(/^✗ peers is invalid/);
    expect(history).toContain('fabric-wizard config --channel steel');
  });
});

describe('Ctrl-Z', () => {
  it('stops the program like any other, and fg shows the screens again', async () => {
    terminal = new TestTerminal({ args: [], cwd: wizard.dir, continues: true });
    await terminal.shows(/Go to the running network/);
    terminal.send(CTRL_Z);
    // The screen that is drawn again moves the line out of sight.
    await eventually('a stop', async () => /STOPPED 1\d\d/.test((await terminal.history()).join('\n')));
    await terminal.shows(/Go to the running network/);
    terminal.send('q');
    const end = await terminal.ended();
    expect(end.exitCode).toBe(0);
    expectRestored(end);
  });
});

describe('an end that was not requested with a key', () => {
  /** Throws what nobody catches when it gets this signal. */
  const BROKEN = `data:text/javascript,process.on('SIGUSR2',()=>setImmediate(()=>{throw%20new%20Error('broken')}))`;
  const SAYS_HOW = /5 containers keep running; fabric-wizard down stops them/;

  async function ended(how: 'SIGTERM' | 'SIGHUP' | 'SIGUSR2'): Promise<string> {
    process.kill(await terminal.pid(), how);
    const end = await terminal.ended();
    expect(end.exitCode).toBe(how === 'SIGUSR2' ? 1 : 130);
    expectRestored(end);
    const history = (await terminal.history()).join('\n');
    expect(history.includes('Unexpected error: broken')).toBe(how === 'SIGUSR2');
    return history;
  }

  it.each(['SIGTERM', 'SIGUSR2'] as const)(
    '%s in the middle of a run ends it and restores the terminal',
    async (how) => {
      terminal = begin({ NODE_OPTIONS: `--import "${BROKEN}"` });
      await enterUntilRunning();
      // Before the plan is made, there is nothing to cancel.
      await terminal.shows(/\n *[✓·] +[a-z]|dashboard/);
      expect(await ended(how)).toMatch(/! cancelled after [\s\S]*\n\d containers? keeps? running; /);
    },
  );

  it.each(['SIGHUP', 'SIGUSR2'] as const)(
    '%s at the dashboard restores the terminal and says how the network is stopped',
    async (how) => {
      terminal = begin({ NODE_OPTIONS: `--import "${BROKEN}"` });
      await terminal.shows(/Go to the running network/);
      terminal.send(`${DOWN}${ENTER}`);
      await terminal.shows(/dashboard[\s\S]*cli +ready/);
      expect(await ended(how)).toMatch(SAYS_HOW);
    },
  );

  it.each([
    ['while it loads', /checking|Press|Enter/],
    ['at the first screen', /Enter/],
  ])('is as by SIGHUP if the terminal is closed %s, and leaves no core dump', async (_, seen) => {
    terminal = begin();
    await terminal.shows(seen);
    expect(await terminal.hangUp()).toBe(129);
    terminal.dispose();
  });
});

describe('a terminal that cannot draw screens', () => {
  it.each<Record<string, string>>([{ TERM: 'dumb' }, { INK_SCREEN_READER: 'true' }])(
    '%j gets plain prompts, and Ctrl-C leaves it as it was',
    async (env) => {
      terminal = begin(env);
      await terminal.shows(/Enter keeps the value in brackets/);
      terminal.send('?\n');
      await terminal.shows(/Fabric checkout, tag or branch/);
      terminal.send(CTRL_C);
      const ended = await terminal.ended();
      expect(ended.exitCode).toBe(130);
      expectRestored(ended);
    },
  );
});
