import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // None is slow; a machine that compiles Fabric meanwhile is.
      { test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 30_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // One engine, two cores: suites that start networks must not compete.
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
