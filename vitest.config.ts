import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests with a limit of two seconds: no other test runs at the same time. */
const ALONE = ['cancel', 'doctor'].map((name) => `test/e2e/${name}.test.ts`);

/** The files that take longest. They begin first: a long file that begins last has the machine for itself. */
const LONGEST = [
  ...['rebuild', 'seed-case', 'up', 'gateway', 'swarm', 'diagnosis', 'faults', 'engine-elsewhere'],
  ...['chaincode', 'screens', 'engines', 'bad-input', 'package', 'bench', 'resolve', 'explain'],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const E2E = {
  globalSetup: 'test/support/e2e-setup.ts',
  // Loading the modules anew for each file takes more than a second of it.
  isolate: false,
  // The first test may have to build all images.
  testTimeout: 900_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
          maxWorkers: 4,
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ALONE,
          // A run waits half of its time; a third file made all slower. Each file has its own project and ports.
          maxWorkers: 2,
          // More tests that only start the program would wait for each other.
          maxConcurrency: 3,
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e-alone',
          include: ALONE,
          fileParallelism: false,
          // After all others.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
