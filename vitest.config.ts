import { defineConfig } from 'vitest/config';

/** Tests with a limit of two seconds: no other test runs at the same time. */
const ALONE = ['cancel', 'doctor'].map((name) => `test/e2e/${name}.test.ts`);

const E2E = {
  globalSetup: 'test/support/e2e-setup.ts',
  // The first test may have to build all images.
  testTimeout: 900_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    projects: [
      // The tests are fast, but other programs may slow down the machine.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          setupFiles: 'test/support/unit-setup.ts',
          testTimeout: 30_000,
          // Loading the modules anew for each file would take longer than the tests. A test restores what it changes.
          isolate: false,
          // Many tests wait for a timer or a program.
          maxWorkers: 3,
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ALONE,
          // A run spends half of its time waiting for the engine. Each file has its own project and ports.
          maxWorkers: 2,
          // More tests that only start the program would wait for each other.
          maxConcurrency: 3,
        },
      },
      { test: { ...E2E, name: 'e2e-alone', include: ALONE, fileParallelism: false } },
    ],
  },
});
