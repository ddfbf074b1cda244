import { once } from 'node:events';
import { expect, it, vi } from 'vitest';

it('a signal that comes while modules are loaded cancels the command, which listens later', async () => {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', 'fabric-wizard', 'build']);
  await import('../../../src/commands/early-signals.ts');
  const { cancelOnSignals } = await import('../../../src/commands/terminal.ts');
  // It is delivered when this function waits, as one that comes while a module runs is delivered after it.
  process.kill(process.pid, 'SIGHUP');
  const { signal, dispose } = cancelOnSignals();
  if (!signal.aborted) await once(signal, 'abort');
  expect(signal.aborted).toBe(true);
  dispose();
});
