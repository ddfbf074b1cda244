import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { runInGroup } from '../../../../src/pipeline/host/process-group.ts';

const never = new AbortController().signal;

function running(pid: number): boolean {
  try {
    // A dead process that nobody has waited for yet is still in the table, as Z.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('gives the exit code and the last lines of both streams', async () => {
  const lines: string[] = [];
  const script = 'echo out; echo err >&2; exit 3';
  const result = await runInGroup('sh', ['-c', script], {
    signal: never,
    onLine: (line) => lines.push(line),
  });
  expect(result.exitCode).toBe(3);
  expect([...result.tail].sort()).toEqual(['err', 'out']);
  expect([...lines].sort()).toEqual(['err', 'out']);
});

it('returns 127 for a program that does not exist', async () => {
  expect(await runInGroup('no-such-program-here', [], { signal: never })).toMatchObject({ exitCode: 127 });
});

it("ends a child's children too when it is cancelled", async () => {
  const controller = new AbortController();
  let grandchild = 0;
  const work = runInGroup('sh', ['-c', 'sleep 60 & echo $!; wait'], {
    signal: controller.signal,
    onLine: (line) => {
      grandchild = Number(line);
      controller.abort();
    },
  });
  await expect(work).rejects.toBeInstanceOf(CancelledError);
  expect(grandchild).toBeGreaterThan(0);
  await expect.poll(() => running(grandchild)).toBe(false);
});
