import { expect, it } from 'vitest';
import { PullProgress } from '../../../../src/pipeline/engine/pull-progress.ts';

it('sums over layers and never falls back', () => {
  const progress = new PullProgress();
  const layer = (id: string, status: string, current = 0, total = 0) =>
    progress.add({ id, status, current, total });
  expect(layer('a', 'Pulling fs layer')).toEqual({ done: 0, total: 0 });
  expect(layer('a', 'Downloading', 10, 100)).toEqual({ done: 10, total: 100 });
  expect(layer('b', 'Downloading', 5, 50)).toEqual({ done: 15, total: 150 });
  expect(layer('a', 'Download complete')).toEqual({ done: 105, total: 150 });
  expect(layer('a', 'Extracting', 20, 100)).toEqual({ done: 105, total: 150 });
  expect(layer('b', 'Pull complete')).toEqual({ done: 150, total: 150 });
  // Too small to be reported while it loaded.
  expect(layer('c', 'Extracting', 3, 3)).toEqual({ done: 153, total: 153 });
  expect(layer('d', 'Already exists')).toEqual({ done: 153, total: 153 });
});
