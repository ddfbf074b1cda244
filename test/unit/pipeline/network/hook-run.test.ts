/** Hooks are run by the shell of this host, for a network whose certificates are on disk. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import type { Hook } from '../../../../src/pipeline/core/hook.ts';
import { processStat } from '../../../../src/pipeline/host/process-alive.ts';
import { type HookRun, runHooks } from '../../../../src/pipeline/network/hook-run.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function hook(command: string): Hook {
  return { command, key: 'hooks.after-start', where: 'fabric-wizard.yaml:2:16' };
}

async function prepared(
  signal = new AbortController().signal,
  onLine: (line: string) => void = () => undefined,
) {
  const dir = await tempDir();
  const spec = await writeNetwork(dir);
  const lines: string[] = [];
  const run: HookRun = {
    event: 'after-start',
    dir,
    network: { spec, version: '2.5.12' },
    signal,
    onStart: ({ command }) => lines.push(`$ ${command}`),
    onLine: (line) => {
      lines.push(line);
      onLine(line);
    },
    next: ['fabric-wizard up --yes'],
  };
  return { dir, run, lines };
}

it('run in the folder of the file, in order, with the variables of `env` and of the run', async () => {
  const { dir, run, lines } = await prepared();
  await writeFile(join(dir, 'seed.sh'), 'echo "$CORE_PEER_LOCALMSPID $MSP_ID $ORDERER_ADDRESS"\n');
  const variables = 'echo "$FABRIC_WIZARD_HOOK $FABRIC_WIZARD_PROJECT $FABRIC_WIZARD_DIR"; echo bad >&2';
  await runHooks([hook('sh seed.sh'), hook(variables), hook('test -f "$CONNECTION_PROFILE" && pwd')], run);
  expect(lines).toEqual([
    '$ sh seed.sh',
    'Org1MSP Org1MSP localhost:17050',
    `$ ${variables}`,
    `after-start fw-unit ${dir}`,
    'bad',
    '$ test -f "$CONNECTION_PROFILE" && pwd',
    dir,
  ]);
});

it('end with the first that fails: its key, its position, its exit code and its last lines', async () => {
  const { run, lines } = await prepared();
  await expect(runHooks([hook('echo why; exit 7'), hook('echo later')], run)).rejects.toMatchObject({
    failure: {
      kind: 'hook',
      command: 'echo why; exit 7',
      key: 'hooks.after-start',
      where: 'fabric-wizard.yaml:2:16',
      exitCode: 7,
      tail: ['why'],
      next: ['fabric-wizard up --yes'],
    },
  });
  expect(lines).not.toContain('later');
});

it('a cancelled one ends at once with the processes that it has started', async () => {
  const cancel = new AbortController();
  const pids: number[] = [];
  const { run } = await prepared(cancel.signal, (line) => {
    pids.push(Number(line));
    if (pids.length === 2) cancel.abort();
  });
  const start = performance.now();
  await expect(runHooks([hook('sleep 60 & echo $!; echo $$; wait')], run)).rejects.toThrow(CancelledError);
  expect(performance.now() - start).toBeLessThan(5000);
  expect(pids).toHaveLength(2);
  // A process whose parent is gone can stay as a zombie until init takes it.
  for (const pid of pids) expect([undefined, 'Z']).toContain((await processStat(pid))?.state);
});
