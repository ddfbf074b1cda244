/** The completion scripts, loaded by the shells themselves. A shell that is not installed is reported as skipped. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionModel, SHELLS, type Shell } from '../../../src/commands/completion/completion-model.ts';
import { completionScript } from '../../../src/commands/completion/completion-script.ts';
import { TREE } from '../../support/commands.ts';
import { eventually } from '../../support/live-run.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const model = completionModel(TREE);

function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

let dir: string;
let removeDir: () => Promise<void>;

afterAll(() => removeDir());

beforeAll(async () => {
  dir = await tempDir((remove) => {
    removeDir = remove;
  });
  for (const shell of SHELLS)
    await writeFile(join(dir, shell === 'zsh' ? '_fabric-wizard' : shell), completionScript(shell, model));
  await writeFiles(dir, { 'here/my source/Makefile': '', 'here/other.txt': '' });
});

/** What a command line is completed to, as the last word says; the cases are the same for all shells. */
const CASES: readonly (readonly [line: string, some: readonly string[], none: readonly string[]])[] = [
  ['fabric-wizard re', ['rebuild', 'resolve'], ['build']],
  ['fabric-wizard build p', ['peer'], ['ccenv']],
  ['fabric-wizard build --link ', ['static', 'dynamic'], ['peer']],
  ['fabric-wizard up --preset ', ['raft', 'bft', 'couchdb', 'minimal'], ['auto']],
  ['fabric-wizard --preset b', ['bft'], ['build']],
  ['fabric-wizard --dir x sta', ['status'], []],
  ['fabric-wizard doctor --fix ', ['engine', 'compose', 'git', 'work', 'base'], ['tag']],
  ['fabric-wizard resolve --by ', ['tag', 'override', 'build'], ['engine']],
  ['fabric-wizard completion ', ['bash', 'zsh', 'fish'], []],
  ['fabric-wizard logs --', ['--follow', '--tail', '--lang'], ['--orgs', '--yes']],
  ['fabric-wizard build --', ['--binaries', '--docker-ns'], ['--orgs', '--plain']],
  ['fabric-wizard chaincode lo', ['logs'], ['list']],
  ['fabric-wizard chaincode logs --', ['--follow', '--tail'], ['--policy', '--grep', '--orgs']],
  ['fabric-wizard chaincode --dir x deploy --', ['--policy', '--init'], ['--follow', '--peer']],
  ['fabric-wizard chaincode deploy ', ['my source', 'other.txt'], ['deploy', 'logs']],
  ['fabric-wizard logs --', ['--grep'], ['--peer']],
  ['fabric-wizard up --source my', ['my source'], ['other.txt']],
];

describe.skipIf(!isInstalled('bash'))('bash', () => {
  const words = (line: string) => line.split(' ').map((word) => `'${word}'`);
  async function complete(line: string): Promise<string[]> {
    const all = words(line);
    const script = `source ${join(dir, 'bash')}
COMP_WORDS=(${all.join(' ')})
COMP_CWORD=${all.length - 1}
_fabric_wizard
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await execa('bash', ['--norc', '-c', script], { cwd: join(dir, 'here') });
    expect(stderr).toBe('');
    return stdout.split('\n');
  }

  it.each(CASES)('%s', async (line, some, none) => {
    const found = await complete(line);
    expect(found).toEqual(expect.arrayContaining([...some]));
    for (const word of none) expect(found).not.toContain(word);
  });

  it('completes a value behind an equals sign', async () => {
    expect(await complete('fabric-wizard up --link = st')).toEqual(['static']);
  });

  it('is registered for the program', async () => {
    const { stdout } = await execa('bash', [
      '--norc',
      '-c',
      `source ${join(dir, 'bash')}; complete -p fabric-wizard`,
    ]);
    expect(stdout).toContain('_fabric_wizard');
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  it.each(CASES)('%s', async (line, some, none) => {
    const script = `source ${join(dir, 'fish')}; complete --do-complete '${line}'`;
    const { stdout, stderr } = await execa('fish', ['--no-config', '-c', script], {
      cwd: join(dir, 'here'),
      env: { HOME: dir },
    });
    expect(stderr).toBe('');
    const found = stdout.split('\n').map((each) => (each.split('\t')[0] ?? '').replace(/\/$/, ''));
    expect(found).toEqual(expect.arrayContaining([...some]));
    for (const word of none) expect(found).not.toContain(word);
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  /** Types lines at a prompt in a pty; resolves when the output has what is wanted. */
  async function typed(line: string, wanted: RegExp): Promise<string> {
    const zsh = execa(
      'script',
      ['--quiet', '--flush', '--command', 'stty cols 200; zsh -f -i', '/dev/null'],
      {
        cwd: join(dir, 'here'),
        env: { TERM: 'dumb', HOME: dir, SHELL: '/bin/sh' },
        reject: false,
        buffer: false,
        stdin: 'pipe',
      },
    );
    let text = '';
    zsh.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    try {
      zsh.stdin.write(
        `PS1='ready> '; fpath=(${dir} $fpath); autoload -U compinit && compinit -u -D; echo load''ed\n`,
      );
      await eventually('the completion system', async () => /loaded[\s\S]*ready> /.test(text));
      zsh.stdin.write(line);
      return await eventually(`${wanted} in ${JSON.stringify(text)}`, async () => wanted.test(text) && text);
    } finally {
      zsh.kill('SIGKILL');
    }
  }

  it.each<[string, RegExp]>([
    ['fabric-wizard statu\t', /fabric-wizard status /],
    ['fabric-wizard build pee\t', /fabric-wizard build peer /],
    ['fabric-wizard up --link dyn\t', /--link dynamic /],
    ['fabric-wizard --preset min\t', /--preset minimal /],
    ['fabric-wizard logs --fol\t', /logs --follow /],
    ['fabric-wizard snapshot rest\t', /snapshot restore /],
    ['fabric-wizard chaincode query --trans\t', /query --transient/],
    ['fabric-wizard node stop --proj\t', /stop --project/],
    ['fabric-wizard up --source my\t', /--source my\\ source/],
  ])('%j', async (line, wanted) => {
    expect(await typed(line, wanted)).toMatch(wanted);
  });

  it('finds no mistake in the script', () => {
    expect(spawnSync('zsh', ['-n', join(dir, '_fabric-wizard')], { encoding: 'utf8' }).stderr).toBe('');
  });
});
