import { defineConfig } from 'vitest/config';

/** What has to be over within two seconds has the machine to itself. */
const ALONE = ['test/e2e/cancel.test.ts', 'test/e2e/rebuild.test.ts'];

const E2E = {
  globalSetup: 'test/support/e2e-setup.ts',
  // Everything may have to be built first.
  testTimeout: 900_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    projects: [
      // None is slow; a machine that compiles Fabric meanwhile is.
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 30_000, maxWorkers: 2 },
      },
      {
        test: {
          ...E2E,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ALONE,
          // Half of every run is waiting for the engine. Each file has a project and ports of its own.
          maxWorkers: 2,
          // Of tests that only start the program; more would wait for each other.
          maxConcurrency: 3,
        },
      },
      { test: { ...E2E, name: 'e2e-alone', include: ALONE, fileParallelism: false } },
    ],
  },
});
