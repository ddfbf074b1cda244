import { expect, it } from 'vitest';
import type { ProgressListener } from '../../../../src/pipeline/core/progress-listener.ts';
import { SharedBuilds } from '../../../../src/pipeline/images/shared-builds.ts';

function listener(): ProgressListener & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    signal: new AbortController().signal,
    log: (line) => lines.push(line),
    progress: (done, total) => lines.push(`${done}/${total}`),
    warn: (code) => lines.push(code),
  };
}

function deferred(): {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
} {
  let resolve = (): void => undefined;
  let reject = (_: Error): void => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

it('runs equal builds once, and reports to every listener', async () => {
  const builds = new SharedBuilds();
  const [first, second, other] = [listener(), listener(), listener()];
  const gate = deferred();
  let count = 0;
  const build = async (progress: ProgressListener) => {
    count += 1;
    progress.warn('installing-package', 'x');
    await gate.promise;
    progress.log('unpacking');
    progress.progress(1, 2, 'steps');
  };
  const running = [
    builds.run('a', first, build),
    builds.run('a', second, build),
    builds.run('b', other, build),
  ];
  gate.resolve();
  await Promise.all(running);
  expect(count).toBe(2);
  expect(first.lines).toEqual(['installing-package', 'unpacking', '1/2']);
  expect(second.lines).toEqual(['unpacking', '1/2']);
  expect(other.lines).toEqual(['installing-package', 'unpacking', '1/2']);
});

it('fails every caller of a failed build, and builds again on the next request', async () => {
  const builds = new SharedBuilds();
  const gate = deferred();
  const running = [1, 2].map(() => builds.run('a', listener(), () => gate.promise));
  gate.reject(new Error('no space left on device'));
  for (const result of await Promise.allSettled(running)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { message: 'no space left on device' } });
  }
  let isRebuilt = false;
  await builds.run('a', listener(), async () => {
    isRebuilt = true;
  });
  expect(isRebuilt).toBe(true);
});
